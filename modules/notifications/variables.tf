# ---------------------------------------------------------------------------------------------------------------------
# REQUIRED
# ---------------------------------------------------------------------------------------------------------------------

variable "name" {
  description = "Name of the topic; the names of the rules begin with it."
  type        = string

  validation {
    # 64 characters for a rule's name, less those of the longest: -needs-operator (PutRule, EventBridge API reference).
    condition     = can(regex("^[A-Za-z0-9_-]{1,49}$", var.name))
    error_message = "name must be 1 to 49 letters, digits, hyphens and underscores."
  }
}

variable "account_id" {
  description = "The account's ID."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id must be 12 digits."
  }
}

variable "partition" {
  description = "The partition in ARNs, such as aws."
  type        = string
}

variable "region" {
  description = "The region of the state machine, the rules and the topic."
  type        = string
}

variable "state_machine_arn" {
  description = "ARN of the state machine whose executions are told of."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:states:[a-z0-9-]+:[0-9]{12}:stateMachine:[A-Za-z0-9_-]+$", var.state_machine_arn))
    error_message = "state_machine_arn must be the ARN of a state machine; a wildcard is none."
  }
}

variable "dead_letter_queue_arn" {
  description = "ARN of the SQS queue that keeps what the topic could not be told."
  type        = string
}

variable "alarm_name_prefix" {
  description = "What the names of the alarms that may tell the topic begin with."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]+$", var.alarm_name_prefix))
    error_message = "alarm_name_prefix must be letters, digits, hyphens and underscores, one at least; a wildcard is none."
  }
}

variable "outcomes" {
  description = "Which outcomes are told of: started, succeeded, rejected, rolled_back, needs_operator, misconfigured, failed, timed_out, aborted."
  type        = set(string)

  validation {
    condition = length(setsubtract(var.outcomes, [
      "started", "succeeded", "rejected", "rolled_back", "needs_operator", "misconfigured", "failed", "timed_out", "aborted",
    ])) == 0
    error_message = "Every one of outcomes must be started, succeeded, rejected, rolled_back, needs_operator, misconfigured, failed, timed_out or aborted."
  }
}

# ---------------------------------------------------------------------------------------------------------------------
# OPTIONAL
# ---------------------------------------------------------------------------------------------------------------------

variable "topic_arn" {
  description = "ARN of the SNS topic that is told; null makes one."
  type        = string
  default     = null

  validation {
    condition     = var.topic_arn == null || can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", var.topic_arn))
    error_message = "topic_arn must be the ARN of an SNS topic, and not of a FIFO one, which alarms cannot tell."
  }
}

variable "emails" {
  description = "Addresses that are subscribed to the topic."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for email in var.emails : can(regex("^[^@\\s]+@[^@\\s]+$", email))])
    error_message = "Every one of emails must be an address like team@example.com."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the topic that is made; its policy must let EventBridge and CloudWatch use it. Null leaves the topic unencrypted."
  type        = string
  default     = null
}
