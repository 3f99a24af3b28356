# ---------------------------------------------------------------------------------------------------------------------
# REQUIRED
# ---------------------------------------------------------------------------------------------------------------------

variable "name" {
  description = "Name of the state machine."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,80}$", var.name))
    error_message = "name must be 1 to 80 letters, digits, hyphens and underscores."
  }
}

variable "definition" {
  description = "Definition in Amazon States Language."
  type        = string

  validation {
    condition     = can(jsondecode(var.definition).StartAt) && can(jsondecode(var.definition).States)
    error_message = "definition must be a JSON object with StartAt and States."
  }
}

variable "log_group_name" {
  description = "Name of the log group."
  type        = string
}

variable "role_arn" {
  description = "ARN of the role that the state machine runs with."
  type        = string
}

# ---------------------------------------------------------------------------------------------------------------------
# OPTIONAL
# ---------------------------------------------------------------------------------------------------------------------

variable "task_functions" {
  description = "ARN of the function that each Task state of the definition invokes, by the state's name."
  type        = map(string)
  default     = {}
}

variable "log_level" {
  description = "Events that are logged: ALL, ERROR, FATAL or OFF."
  type        = string
  default     = "ALL"
}

variable "log_retention_days" {
  description = "Days that the log is kept. 0 keeps it without limit."
  type        = number
  default     = 365
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the log. With null, CloudWatch Logs encrypts it with its own key."
  type        = string
  default     = null
}

variable "include_execution_data" {
  description = "Whether the log includes the input and output of states."
  type        = bool
  default     = false
}

variable "tracing_enabled" {
  description = "Whether executions are traced with X-Ray."
  type        = bool
  default     = false
}
