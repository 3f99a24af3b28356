# ---------------------------------------------------------------------------------------------------------------------
# OPTIONAL: who is told, and what is watched
# ---------------------------------------------------------------------------------------------------------------------

variable "notifications" {
  description = <<-EOT
    Who is told of deployments, and of which outcomes; null tells nobody. topic_arn is an SNS topic of this region that
    exists, whose policy docs/guides/operations.md describes; without it one is made. emails are subscribed to it, and confirm
    that by a link in the first mail. outcomes are of started, succeeded, rejected, rolled_back, needs_operator,
    misconfigured, failed (for a reason that has no name), timed_out and aborted.
  EOT
  type = object({
    topic_arn = optional(string)
    emails    = optional(set(string), [])
    outcomes = optional(set(string), [
      "rejected", "rolled_back", "needs_operator", "misconfigured", "failed", "timed_out", "aborted",
    ])
  })
  default = null

  validation {
    condition = alltrue([
      for given in var.notifications[*] :
      given.topic_arn == null || try(can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", given.topic_arn)) && split(":", given.topic_arn)[3] == var.region, false)
    ])
    error_message = "The topic_arn of notifications must be the ARN of an SNS topic of the region of everything else, and not of a FIFO one."
  }

  validation {
    condition     = alltrue(flatten([for given in var.notifications[*] : [for email in given.emails : can(regex("^[^@\\s]+@[^@\\s]+$", email))]]))
    error_message = "Every one of emails of notifications must be an address like team@example.com."
  }

  validation {
    condition = alltrue([
      for given in var.notifications[*] : length(given.outcomes) > 0 && length(setsubtract(given.outcomes, [
        "started", "succeeded", "rejected", "rolled_back", "needs_operator", "misconfigured", "failed", "timed_out", "aborted",
      ])) == 0
    ])
    error_message = "The outcomes of notifications must be one or more of started, succeeded, rejected, rolled_back, needs_operator, misconfigured, failed, timed_out and aborted."
  }
}

variable "alarms_enabled" {
  description = "Whether there are CloudWatch alarms, which cost something each; they tell the topic of notifications, where there is one."
  type        = bool
  default     = false
  nullable    = false
}

variable "dashboard_enabled" {
  description = "Whether there is a CloudWatch dashboard, which costs something."
  type        = bool
  default     = false
  nullable    = false
}

variable "keep_lost_invocations" {
  description = "Whether an SQS queue keeps, for a day, the invocations of the trigger that Lambda gave up."
  type        = bool
  default     = true
  nullable    = false
}

variable "reserved_concurrency" {
  description = "Concurrent executions that are reserved for functions, and that they cannot exceed, by function: trigger, create_stack and so on. The account keeps 100 for others."
  type        = map(number)
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(keys(var.reserved_concurrency), keys(local.functions))) == 0
    error_message = "Every key of reserved_concurrency must be one of the functions: trigger, check_stack_existence and so on, as in functions.tf."
  }

  validation {
    # None at all (0) would stop the function.
    condition     = alltrue([for number in values(var.reserved_concurrency) : number >= 1 && floor(number) == number])
    error_message = "Every number of reserved_concurrency must be a whole number, 1 at least."
  }
}
