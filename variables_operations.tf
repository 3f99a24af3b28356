# ---------------------------------------------------------------------------------------------------------------------
# OPTIONAL: monitoring and concurrency
# ---------------------------------------------------------------------------------------------------------------------

variable "alarms_enabled" {
  description = "Whether CloudWatch alarms are created. Each costs money. They notify the topic of notifications, if there is one."
  type        = bool
  default     = false
  nullable    = false
}

variable "dashboard_enabled" {
  description = "Whether a CloudWatch dashboard is created. It costs money."
  type        = bool
  default     = false
  nullable    = false
}

variable "keep_lost_invocations" {
  description = "Whether an SQS queue keeps invocations of the trigger that Lambda gave up, for a day."
  type        = bool
  default     = true
  nullable    = false
}

variable "reserved_concurrency" {
  description = "Concurrent executions that are reserved for a function, which it cannot exceed, by function: trigger, or a task of asl/tasks.json such as create_stack. 100 of the account must stay unreserved."
  type        = map(number)
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(keys(var.reserved_concurrency), keys(local.functions))) == 0
    error_message = "Each key of reserved_concurrency must be trigger or a task of asl/tasks.json, such as create_stack."
  }

  validation {
    # 0 would stop the function.
    condition     = alltrue([for number in values(var.reserved_concurrency) : number >= 1 && floor(number) == number])
    error_message = "Each number of reserved_concurrency must be a whole number, at least 1."
  }
}
