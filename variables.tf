# ---------------------------------------------------------------------------------------------------------------------
# REQUIRED
# ---------------------------------------------------------------------------------------------------------------------

variable "region" {
  description = "AWS region of everything that is provisioned and, by default, of the deployed stacks."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2,4}(-[a-z]+)+-[0-9]+$", var.region))
    error_message = "region must be the code of an AWS region, such as eu-west-1."
  }
}

# ---------------------------------------------------------------------------------------------------------------------
# OPTIONAL: name
# ---------------------------------------------------------------------------------------------------------------------

variable "name" {
  description = "Name of the environment; all names begin with it. Roles are global, so two regions of one account need two names."
  type        = string
  default     = "changegate"
  nullable    = false

  validation {
    # 64 characters for the name of a function or a role, less the longest suffix: -get-change-set-execution-status.
    condition     = can(regex("^[a-z][a-z0-9-]{0,30}[a-z0-9]$", var.name))
    error_message = "name must have 2 to 32 lower-case letters, digits and hyphens, begin with a letter and not end with a hyphen."
  }

  validation {
    # The bucket is <name>-<account>-<region>: Amazon S3 User Guide, "General purpose bucket naming rules".
    condition     = length("${var.name}-000000000000-${var.region}") <= 63
    error_message = "name is too long for the region: the name of the bucket, <name>-<account>-<region>, can have 63 characters."
  }
}

# ---------------------------------------------------------------------------------------------------------------------
# OPTIONAL: functions
# ---------------------------------------------------------------------------------------------------------------------

variable "lambda_zip" {
  description = "Path of the zip that all functions run. With null, it is the one that make build made: build/changegate.zip."
  type        = string
  default     = null

  validation {
    condition     = var.lambda_zip_object != null || fileexists(coalesce(var.lambda_zip, "${path.module}/build/changegate.zip"))
    error_message = "The file lambda_zip does not exist. Build it with make build, or name a released one."
  }

  validation {
    condition     = var.lambda_zip == null || var.lambda_zip_object == null
    error_message = "Set lambda_zip or lambda_zip_object, not both."
  }
}

variable "lambda_zip_sha256" {
  description = "SHA-256 of the file lambda_zip in hexadecimal, as a release names it; another file is refused. With null, any file is taken."
  type        = string
  default     = null

  validation {
    condition = (
      var.lambda_zip_sha256 == null ? true :
      lower(var.lambda_zip_sha256) == try(filesha256(coalesce(var.lambda_zip, "${path.module}/build/changegate.zip")), "")
    )
    error_message = "The file lambda_zip does not have the SHA-256 lambda_zip_sha256: it is another release, or was changed."
  }
}

variable "lambda_zip_object" {
  description = "Zip that all functions run, as an object in S3 instead of the file lambda_zip: the bucket, in this region, the key and the version."
  type = object({
    bucket     = string
    key        = string
    version_id = string
  })
  default = null
}

variable "architecture" {
  description = "Instruction set of the functions: arm64 or x86_64."
  type        = string
  default     = "arm64"
  nullable    = false

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "architecture must be arm64 or x86_64."
  }
}

variable "function_memory_size" {
  description = "Memory of each function in MB."
  type        = number
  default     = 256
  nullable    = false

  validation {
    condition     = var.function_memory_size >= 128 && var.function_memory_size <= 10240 && floor(var.function_memory_size) == var.function_memory_size
    error_message = "function_memory_size must be a whole number from 128 to 10240."
  }
}

variable "function_timeout_seconds" {
  description = "Timeout of each function in seconds. It is shorter than task_timeout_seconds, so that the state machine reports the function's own error."
  type        = number
  default     = 50
  nullable    = false

  validation {
    condition     = var.function_timeout_seconds >= 1 && var.function_timeout_seconds < var.task_timeout_seconds && floor(var.function_timeout_seconds) == var.function_timeout_seconds
    error_message = "function_timeout_seconds must be a whole number, at least 1 and less than task_timeout_seconds."
  }
}

variable "log_level" {
  description = "Log level of the functions: DEBUG, INFO, WARNING, ERROR or CRITICAL."
  type        = string
  default     = "INFO"
  nullable    = false

  validation {
    condition     = contains(["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], var.log_level)
    error_message = "log_level must be DEBUG, INFO, WARNING, ERROR or CRITICAL."
  }
}

variable "log_retention_days" {
  description = "Days that the logs of the functions and the state machine are kept. 0 keeps them without limit."
  type        = number
  default     = 365
  nullable    = false

  validation {
    # PutRetentionPolicy, CloudWatch Logs API reference.
    condition = contains(
      [0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653],
      var.log_retention_days,
    )
    error_message = "log_retention_days must be 0 or a retention of CloudWatch Logs: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }
}

# ---------------------------------------------------------------------------------------------------------------------
# OPTIONAL: state machine
# ---------------------------------------------------------------------------------------------------------------------

variable "task_timeout_seconds" {
  description = "Timeout of each task of the state machine in seconds."
  type        = number
  default     = 60
  nullable    = false

  validation {
    # A function can run for 15 minutes.
    condition     = var.task_timeout_seconds >= 2 && var.task_timeout_seconds <= 900 && floor(var.task_timeout_seconds) == var.task_timeout_seconds
    error_message = "task_timeout_seconds must be a whole number from 2 to 900."
  }
}

variable "execution_timeout_seconds" {
  description = "Timeout of an execution of the state machine in seconds. It is longer than all limits of waiting, so that the state machine reports the limit that was reached."
  type        = number
  default     = 43200
  nullable    = false

  validation {
    # CodePipeline fails a Lambda action after 24 hours.
    condition     = var.execution_timeout_seconds > var.task_timeout_seconds && var.execution_timeout_seconds <= 86400 && floor(var.execution_timeout_seconds) == var.execution_timeout_seconds
    error_message = "execution_timeout_seconds must be a whole number, more than task_timeout_seconds and at most 86400."
  }

  validation {
    # Blue/green checks a stack and creates a change set twice. A failed stack is deleted and then created.
    condition = var.execution_timeout_seconds >= (
      2 * (var.waiting.busy_stack_seconds + var.waiting.change_set_seconds) + 2 * var.waiting.stack_operation_seconds
    )
    error_message = "execution_timeout_seconds must be at least twice the sum of busy_stack_seconds, change_set_seconds and stack_operation_seconds of waiting."
  }
}

variable "state_machine_log_level" {
  description = "Events of executions that are logged: ALL, ERROR, FATAL or OFF."
  type        = string
  default     = "ALL"
  nullable    = false

  validation {
    condition     = contains(["ALL", "ERROR", "FATAL", "OFF"], var.state_machine_log_level)
    error_message = "state_machine_log_level must be ALL, ERROR, FATAL or OFF."
  }
}

variable "include_execution_data" {
  description = "Whether the state machine's log includes the input and output of states, and with them the parameters of stacks."
  type        = bool
  default     = false
  nullable    = false
}

variable "tracing_enabled" {
  description = "Whether X-Ray traces the executions of the state machine and the functions."
  type        = bool
  default     = false
  nullable    = false
}

# ---------------------------------------------------------------------------------------------------------------------
# OPTIONAL: bucket
# ---------------------------------------------------------------------------------------------------------------------

variable "expire_objects" {
  description = "Whether artifacts, templates, verdicts and noncurrent versions in the bucket expire. Otherwise everything is kept."
  type        = bool
  default     = true
  nullable    = false
}

variable "artifact_retention_days" {
  description = "Days that the artifacts of pipelines are kept."
  type        = number
  default     = 30
  nullable    = false

  validation {
    # A stage can be retried, and an execution can wait, for days. Its artifact must still exist.
    condition     = var.artifact_retention_days >= 7 && floor(var.artifact_retention_days) == var.artifact_retention_days
    error_message = "artifact_retention_days must be a whole number, at least 7."
  }
}

variable "template_retention_days" {
  description = "Days that the templates for CloudFormation are kept."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.template_retention_days >= 7 && floor(var.template_retention_days) == var.template_retention_days
    error_message = "template_retention_days must be a whole number, at least 7."
  }
}

variable "verdict_retention_days" {
  description = "Days that the verdicts on change sets are kept."
  type        = number
  default     = 365
  nullable    = false

  validation {
    condition     = var.verdict_retention_days >= 7 && floor(var.verdict_retention_days) == var.verdict_retention_days
    error_message = "verdict_retention_days must be a whole number, at least 7."
  }
}

variable "noncurrent_version_retention_days" {
  description = "Days that replaced and deleted versions of objects are kept."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.noncurrent_version_retention_days >= 1 && floor(var.noncurrent_version_retention_days) == var.noncurrent_version_retention_days
    error_message = "noncurrent_version_retention_days must be a whole number, at least 1."
  }
}

variable "force_destroy" {
  description = "Whether destroying the bucket deletes its objects."
  type        = bool
  default     = false
  nullable    = false
}
