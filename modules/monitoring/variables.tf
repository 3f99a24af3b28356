# ---------------------------------------------------------------------------------------------------------------------
# REQUIRED
# ---------------------------------------------------------------------------------------------------------------------

variable "name" {
  description = "Name of the dashboard; the names of the alarms begin with it."
  type        = string

  validation {
    # PutDashboard, CloudWatch API reference.
    condition     = can(regex("^[A-Za-z0-9_-]{1,200}$", var.name))
    error_message = "name must be 1 to 200 letters, digits, hyphens and underscores."
  }
}

variable "region" {
  description = "The region of what is watched."
  type        = string
}

variable "state_machine_arn" {
  description = "ARN of the state machine."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:states:[a-z0-9-]+:[0-9]{12}:stateMachine:[A-Za-z0-9_-]+$", var.state_machine_arn))
    error_message = "state_machine_arn must be the ARN of a state machine; a wildcard is none."
  }
}

variable "trigger_function_name" {
  description = "Name of the function that CodePipeline invokes."
  type        = string
}

variable "function_log_group_names" {
  description = "Names of the functions' log groups, by the functions' names."
  type        = map(string)

  validation {
    condition     = length(var.function_log_group_names) > 0
    error_message = "function_log_group_names needs at least one entry."
  }
}

# ---------------------------------------------------------------------------------------------------------------------
# OPTIONAL
# ---------------------------------------------------------------------------------------------------------------------

variable "alarms_enabled" {
  description = "Whether there are alarms."
  type        = bool
  default     = true
}

variable "dashboard_enabled" {
  description = "Whether there is a dashboard."
  type        = bool
  default     = true
}

variable "topic_arn" {
  description = "ARN of the SNS topic that alarms tell; null tells nobody."
  type        = string
  default     = null
}

variable "needs_operator_rule_name" {
  description = "Name of the EventBridge rule that matches deployments which need an operator; null where there is none."
  type        = string
  default     = null
}

variable "dead_letter_queue_names" {
  description = "Names of the dead-letter queues: lost-invocations, the trigger's; lost-notifications, the rules'."
  type        = map(string)
  default     = {}

  validation {
    condition     = length(setsubtract(keys(var.dead_letter_queue_names), ["lost-invocations", "lost-notifications"])) == 0
    error_message = "The keys of dead_letter_queue_names must be lost-invocations and lost-notifications."
  }
}
