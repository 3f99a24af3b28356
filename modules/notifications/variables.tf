# ---------------------------------------------------------------------------------------------------------------------
# REQUIRED
# ---------------------------------------------------------------------------------------------------------------------

variable "topic_name" {
  description = "Name of the topic, if it is created."
  type        = string

  validation {
    # CreateTopic, SNS API reference.
    condition     = can(regex("^[A-Za-z0-9_-]{1,256}$", var.topic_name))
    error_message = "topic_name must be 1 to 256 letters, digits, hyphens and underscores."
  }
}

variable "rule_names" {
  description = "Names of the EventBridge rules by outcome: started, succeeded, rejected, rolled_back, needs_operator, misconfigured, failed, timed_out, aborted, source_failed, not_started, approval_waiting. The topic is notified of these outcomes."
  type        = map(string)

  validation {
    condition     = length(setsubtract(keys(var.rule_names), keys(local.outcomes))) == 0
    error_message = "The keys of rule_names must be ${join(", ", keys(local.outcomes))}."
  }

  validation {
    # PutRule, EventBridge API reference.
    condition     = alltrue([for name in values(var.rule_names) : can(regex("^[A-Za-z0-9._-]{1,64}$", name))])
    error_message = "Each name of rule_names must be 1 to 64 letters, digits, full stops, hyphens and underscores."
  }
}

variable "account_id" {
  description = "ID of the account."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id must be 12 digits."
  }
}

variable "partition" {
  description = "Partition of the console in links, such as aws."
  type        = string
}

variable "region" {
  description = "Region of the state machine, the rules and the topic."
  type        = string
}

variable "state_machine_arn" {
  description = "ARN of the state machine whose executions are reported."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:states:[a-z0-9-]+:[0-9]{12}:stateMachine:[A-Za-z0-9_-]+$", var.state_machine_arn))
    error_message = "state_machine_arn must be the ARN of a state machine, without wildcards."
  }
}

variable "pipeline_name_suffix" {
  description = "End of the names of the pipelines whose failing sources, failing actions and waiting approvals are reported, such as _changegate."
  type        = string

  validation {
    condition     = can(regex("^_[a-z0-9-]+$", var.pipeline_name_suffix))
    error_message = "pipeline_name_suffix must be an underscore and the name of an environment."
  }
}

variable "dead_letter_queue_arn" {
  description = "ARN of the SQS queue for messages that could not be delivered to the topic."
  type        = string
}

variable "alarm_arn_pattern" {
  description = "Pattern for the ARNs of the CloudWatch alarms that may publish to the topic."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:cloudwatch:[a-z0-9-]+:[0-9]{12}:alarm:[A-Za-z0-9_-]+\\*$", var.alarm_arn_pattern))
    error_message = "alarm_arn_pattern must be the ARN of an alarm whose name is a prefix and a wildcard, such as changegate-*."
  }
}

# ---------------------------------------------------------------------------------------------------------------------
# OPTIONAL
# ---------------------------------------------------------------------------------------------------------------------

variable "topic_arn" {
  description = "ARN of an existing SNS topic. With null, one is created."
  type        = string
  default     = null

  validation {
    condition     = var.topic_arn == null || can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", var.topic_arn))
    error_message = "topic_arn must be the ARN of an SNS topic, and not of a FIFO topic, which alarms cannot publish to."
  }
}

variable "emails" {
  description = "Email addresses that are subscribed to the topic."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for email in var.emails : can(regex("^[^@\\s]+@[^@\\s]+$", email))])
    error_message = "Each of emails must be an address like team@example.com."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the created topic. Its policy must allow EventBridge and CloudWatch to use it. With null, the topic is not encrypted."
  type        = string
  default     = null
}
