# ---------------------------------------------------------------------------------------------------------------------
# REQUIRED
# ---------------------------------------------------------------------------------------------------------------------

variable "name" {
  description = "Name of the function."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,64}$", var.name))
    error_message = "name must be 1 to 64 letters, digits, hyphens and underscores."
  }
}

variable "log_group_name" {
  description = "Name of the log group."
  type        = string
}

variable "handler" {
  description = "Handler, as module.function."
  type        = string
}

variable "role_arn" {
  description = "ARN of the execution role."
  type        = string
}

variable "code" {
  description = "Zip that the function runs: bucket, key and version of the object, and the SHA-256 of its content in base64, if it is known."
  type = object({
    s3_bucket         = string
    s3_key            = string
    s3_object_version = string
    sha256            = optional(string)
  })
}

# ---------------------------------------------------------------------------------------------------------------------
# OPTIONAL
# ---------------------------------------------------------------------------------------------------------------------

variable "publish" {
  description = "Whether each change of code and settings publishes a version. Versions are never deleted."
  type        = bool
  default     = false
}

variable "runtime" {
  description = "Runtime."
  type        = string
  default     = "python3.13"
}

variable "architecture" {
  description = "Instruction set: arm64 or x86_64."
  type        = string
  default     = "arm64"
}

variable "memory_size" {
  description = "Memory in MB."
  type        = number
  default     = 256
}

variable "timeout" {
  description = "Timeout in seconds."
  type        = number
  default     = 50
}

variable "environment" {
  description = "Environment variables."
  type        = map(string)
  default     = {}
}

variable "reserved_concurrency" {
  description = "Concurrent executions that are reserved for the function. -1 reserves none."
  type        = number
  default     = -1
}

variable "log_level" {
  description = "Log level, by its name in Python: DEBUG, INFO, WARNING, ERROR or CRITICAL."
  type        = string
  default     = "INFO"

  validation {
    condition     = contains(["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], var.log_level)
    error_message = "log_level must be DEBUG, INFO, WARNING, ERROR or CRITICAL."
  }
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

variable "tracing_enabled" {
  description = "Whether X-Ray traces invocations. The role must be allowed to send traces."
  type        = bool
  default     = false
}

variable "asynchronous_invocation" {
  description = "Retries of failed asynchronous invocations, and ARN of the SQS queue for those that Lambda gives up. Null keeps the defaults of Lambda."
  type = object({
    maximum_retry_attempts    = number
    maximum_event_age_seconds = number
    on_failure_arn            = optional(string)
  })
  default = null
}
