# ---------------------------------------------------------------------------------------------------------------------
# REQUIRED
# ---------------------------------------------------------------------------------------------------------------------

variable "name" {
  description = "Name of the queue."
  type        = string

  validation {
    # CreateQueue, SQS API reference.
    condition     = can(regex("^[A-Za-z0-9_-]{1,80}$", var.name))
    error_message = "name must be 1 to 80 letters, digits, hyphens and underscores."
  }
}

# ---------------------------------------------------------------------------------------------------------------------
# OPTIONAL
# ---------------------------------------------------------------------------------------------------------------------

variable "event_rule_arns" {
  description = "ARNs of the EventBridge rules that may send undelivered events to the queue."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for arn in var.event_rule_arns : can(regex("^arn:[a-z-]+:events:[a-z0-9-]+:[0-9]{12}:rule/[A-Za-z0-9._/-]+$", arn))])
    error_message = "Each of event_rule_arns must be the ARN of an EventBridge rule, without wildcards."
  }
}

variable "message_retention_seconds" {
  description = "Seconds that a message is kept."
  type        = number
  default     = 1209600

  validation {
    # SetQueueAttributes, SQS API reference.
    condition     = var.message_retention_seconds >= 60 && var.message_retention_seconds <= 1209600 && floor(var.message_retention_seconds) == var.message_retention_seconds
    error_message = "message_retention_seconds must be a whole number from 60 to 1209600."
  }
}
