# ---------------------------------------------------------------------------------------------------------------------
# REQUIRED
# ---------------------------------------------------------------------------------------------------------------------

variable "name" {
  description = "Name of the pipeline."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9.@_-]{1,100}$", var.name))
    error_message = "name must be 1 to 100 of the characters A-Z a-z 0-9 . @ _ -."
  }
}

variable "role_arn" {
  description = "ARN of the pipeline's service role."
  type        = string
}

variable "bucket_name" {
  description = "Name of the bucket for artifacts and the state machine's input."
  type        = string
}

variable "function_name" {
  description = "Name of the function that Deploy actions invoke."
  type        = string
}

variable "stages" {
  description = <<-EOT
    Stages after Source, in order: name, and key of the state machine's input in the bucket. With approval, a person
    approves the stage before it deploys; the SNS topic notification_topic_arn is notified, and the approver sees comments
    and url.
  EOT
  type = list(object({
    name               = string
    state_machine_file = string
    approval = optional(object({
      notification_topic_arn = optional(string)
      comments               = optional(string)
      url                    = optional(string)
    }))
  }))

  validation {
    # A pipeline has at least two stages; the first is Source.
    condition     = length(var.stages) >= 1
    error_message = "stages must have at least one entry."
  }
}

variable "pipeline_source" {
  description = <<-EOT
    Source of revisions: exactly one of a CodeCommit repository, a repository behind a CodeConnections connection, and a
    zip in S3.
  EOT
  type = object({
    codecommit = optional(object({
      repository_name   = string
      repository_arn    = string
      create_repository = optional(bool, true)
      branch_name       = optional(string, "main")
    }))
    codeconnections = optional(object({
      connection_arn     = string
      full_repository_id = string
      branch_name        = optional(string, "main")
      file_paths = optional(object({
        includes = optional(list(string), [])
        excludes = optional(list(string), [])
      }), {})
    }))
    s3 = optional(object({
      bucket_name = string
      object_key  = string
    }))
  })

  validation {
    condition     = length([for given in values(var.pipeline_source) : given if given != null]) == 1
    error_message = "pipeline_source must be exactly one of codecommit, codeconnections and s3."
  }
}

variable "event_rule_name" {
  description = "Name of the EventBridge rule that starts the pipeline."
  type        = string
}

# ---------------------------------------------------------------------------------------------------------------------
# OPTIONAL
# ---------------------------------------------------------------------------------------------------------------------

variable "kms_key" {
  description = "KMS key that encrypts artifacts. With null, the encryption of the bucket applies."
  type = object({
    arn = string
  })
  default = null
}

variable "execution_mode" {
  description = "Mode of overlapping executions: QUEUED or SUPERSEDED."
  type        = string
  default     = "QUEUED"
}

variable "event_role_arn" {
  description = "ARN of the role with which the EventBridge rule starts the pipeline. A codeconnections source has no rule."
  type        = string
  default     = null
}
