# ---------------------------------------------------------------------------------------------------------------------
# OPTIONAL: waiting for CloudFormation
# ---------------------------------------------------------------------------------------------------------------------

variable "waiting" {
  description = <<-EOT
    How long the state machine waits for CloudFormation, in seconds. It checks after minimum_seconds at first, then after
    a quarter of the time that it has waited, at most maximum_seconds. It gives up after busy_stack_seconds on a stack
    that is busy with another operation, after change_set_seconds on a change set that is being created, and after
    stack_operation_seconds on a stack that is being created, updated or deleted.
  EOT
  type = object({
    minimum_seconds         = optional(number, 5)
    maximum_seconds         = optional(number, 60)
    busy_stack_seconds      = optional(number, 3600)
    change_set_seconds      = optional(number, 1800)
    stack_operation_seconds = optional(number, 14400)
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for seconds in values(var.waiting) : floor(seconds) == seconds])
    error_message = "Each number of waiting must be a whole number."
  }

  validation {
    condition     = var.waiting.minimum_seconds >= 1 && var.waiting.minimum_seconds <= var.waiting.maximum_seconds
    error_message = "minimum_seconds of waiting must be at least 1 and at most maximum_seconds."
  }

  validation {
    condition = alltrue([
      for limit in [var.waiting.busy_stack_seconds, var.waiting.change_set_seconds, var.waiting.stack_operation_seconds] :
      limit >= var.waiting.maximum_seconds
    ])
    error_message = "busy_stack_seconds, change_set_seconds and stack_operation_seconds of waiting must be at least maximum_seconds."
  }

  validation {
    # The history of an execution has 25,000 events (Step Functions service quotas), and a check adds nine: room for 2,300
    # checks at the longest interval and for those at shorter ones. docs/maintainers/aws-checklist.md has the calculation.
    condition = 2300 * var.waiting.maximum_seconds >= (
      2 * (var.waiting.busy_stack_seconds + var.waiting.change_set_seconds + var.waiting.stack_operation_seconds)
    )
    error_message = "maximum_seconds of waiting is too short for its limits: the state machine would check more often than the history of an execution has room for. Twice the sum of the limits must be at most 2300 times maximum_seconds."
  }
}
