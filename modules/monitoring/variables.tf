# ---------------------------------------------------------------------------------------------------------------------
# REQUIRED
# ---------------------------------------------------------------------------------------------------------------------

variable "region" {
  description = "Region of what is monitored."
  type        = string
}

variable "state_machine_arn" {
  description = "ARN of the state machine."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:states:[a-z0-9-]+:[0-9]{12}:stateMachine:[A-Za-z0-9_-]+$", var.state_machine_arn))
    error_message = "state_machine_arn must be the ARN of a state machine, without wildcards."
  }
}

variable "trigger_function_name" {
  description = "Name of the trigger function."
  type        = string
}

variable "function_log_group_names" {
  description = "Names of the log groups by name of the function."
  type        = map(string)

  validation {
    condition     = length(var.function_log_group_names) > 0
    error_message = "function_log_group_names must have at least one entry."
  }
}

# ---------------------------------------------------------------------------------------------------------------------
# OPTIONAL
# ---------------------------------------------------------------------------------------------------------------------

variable "alarm_names" {
  description = "Names of the alarms that are created, by key: executions-timed-out, executions-throttled, trigger-errors, trigger-throttles, deployment-needs-operator, lost-invocations, lost-notifications."
  type        = map(string)
  default     = {}

  validation {
    condition     = length(setsubtract(keys(var.alarm_names), keys(local.known_alarms))) == 0
    error_message = "The keys of alarm_names must be ${join(", ", keys(local.known_alarms))}."
  }

  validation {
    condition     = !contains(keys(var.alarm_names), "deployment-needs-operator") || var.needs_operator_rule_name != null
    error_message = "The alarm deployment-needs-operator needs a needs_operator_rule_name."
  }

  validation {
    condition = alltrue([
      for queue in ["lost-invocations", "lost-notifications"] :
      !contains(keys(var.alarm_names), queue) || contains(keys(var.dead_letter_queue_names), queue)
    ])
    error_message = "The alarms lost-invocations and lost-notifications need their queues in dead_letter_queue_names."
  }
}

variable "dashboard_name" {
  description = "Name of the dashboard. With null, there is no dashboard."
  type        = string
  default     = null

  validation {
    # PutDashboard, CloudWatch API reference.
    condition     = var.dashboard_name == null || can(regex("^[A-Za-z0-9_-]{1,200}$", var.dashboard_name))
    error_message = "dashboard_name must be 1 to 200 letters, digits, hyphens and underscores."
  }
}

variable "topic_arn" {
  description = "ARN of the SNS topic that alarms notify. With null, they notify nobody."
  type        = string
  default     = null
}

variable "needs_operator_rule_name" {
  description = "Name of the EventBridge rule for deployments that need an operator; null without one."
  type        = string
  default     = null
}

variable "dead_letter_queue_names" {
  description = "Names of the dead-letter queues by key: lost-invocations for the trigger, lost-notifications for the EventBridge rules."
  type        = map(string)
  default     = {}

  validation {
    condition     = length(setsubtract(keys(var.dead_letter_queue_names), ["lost-invocations", "lost-notifications"])) == 0
    error_message = "The keys of dead_letter_queue_names must be lost-invocations and lost-notifications."
  }
}
