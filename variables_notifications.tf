# ---------------------------------------------------------------------------------------------------------------------
# OPTIONAL: notifications
# ---------------------------------------------------------------------------------------------------------------------

variable "notifications" {
  description = <<-EOT
    Notifications of deployments; with null, there are none. topic_arn is an existing SNS topic of this region, whose
    policy docs/guides/operations.md describes; without it, a topic is created. emails are subscribed to the topic, and confirm
    with a link in the first mail. outcomes are those that are notified: started, succeeded, rejected, rolled_back,
    needs_operator, misconfigured, failed (with an error that has no name), timed_out and aborted; and, before there is a
    deployment, source_failed (the pipeline could not fetch a revision), not_started (its action failed before there was an
    execution) and approval_waiting.
  EOT
  type = object({
    topic_arn = optional(string)
    emails    = optional(set(string), [])
    outcomes = optional(set(string), [
      "rejected", "rolled_back", "needs_operator", "misconfigured", "failed", "timed_out", "aborted",
      "source_failed", "not_started",
    ])
  })
  default = null

  validation {
    condition = alltrue([
      for given in var.notifications[*] :
      given.topic_arn == null || try(can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", given.topic_arn)) && split(":", given.topic_arn)[3] == var.region, false)
    ])
    error_message = "The topic_arn of notifications must be the ARN of an SNS topic in the region of this configuration, and not of a FIFO topic."
  }

  validation {
    condition     = alltrue(flatten([for given in var.notifications[*] : [for email in given.emails : can(regex("^[^@\\s]+@[^@\\s]+$", email))]]))
    error_message = "Each of emails of notifications must be an address such as team@example.com."
  }

  validation {
    condition = alltrue([
      for given in var.notifications[*] : length(given.outcomes) > 0 && length(setsubtract(given.outcomes, [
        "started", "succeeded", "rejected", "rolled_back", "needs_operator", "misconfigured", "failed", "timed_out", "aborted",
        "source_failed", "not_started", "approval_waiting",
      ])) == 0
    ])
    error_message = "The outcomes of notifications must be one or more of started, succeeded, rejected, rolled_back, needs_operator, misconfigured, failed, timed_out, aborted, source_failed, not_started and approval_waiting."
  }
}
