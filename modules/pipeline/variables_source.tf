# ---------------------------------------------------------------------------------------------------------------------
# REQUIRED: source of revisions
# ---------------------------------------------------------------------------------------------------------------------

# Terraform reserves the name "source".
variable "pipeline_source" {
  description = "Source of revisions, whose changes start the pipeline: exactly one of codecommit, codeconnections and s3, as in pipelines of the root module."
  type = object({
    codecommit = optional(object({
      repository_name   = optional(string)
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
      kms_key_arn = optional(string)
    }))
  })
  nullable = false

  validation {
    condition     = length([for given in values(var.pipeline_source) : given if given != null]) == 1
    error_message = "Pipeline ${var.key}: source must be exactly one of codecommit, codeconnections and s3."
  }

  validation {
    # CreateRepository, CodeCommit API reference.
    condition = alltrue([
      for given in var.pipeline_source.codecommit[*] :
      given.repository_name == null || can(regex("^[A-Za-z0-9._-]{1,100}$", given.repository_name))
    ])
    error_message = "Pipeline ${var.key}: the repository_name of source must have 1 to 100 of the characters A-Z a-z 0-9 . _ -."
  }

  validation {
    condition = alltrue([
      for given in var.pipeline_source.codecommit[*] : given.create_repository || given.repository_name != null
    ])
    error_message = "Pipeline ${var.key}: source must have a repository_name if create_repository is false."
  }

  validation {
    condition = alltrue([
      for given in concat(var.pipeline_source.codecommit[*].branch_name, var.pipeline_source.codeconnections[*].branch_name) :
      can(regex("^[^\\s~^:?*\\[\\\\]{1,255}$", given))
    ])
    error_message = "Pipeline ${var.key}: the branch_name of source must be the name of a Git branch, at most 255 characters."
  }

  validation {
    # The trigger expects a glob (CodePipeline User Guide, "Working with glob patterns in syntax"), which must match the
    # branch alone.
    condition = alltrue([
      for given in var.pipeline_source.codeconnections[*] : !can(regex("[{}\\]!]", given.branch_name))
    ])
    error_message = "Pipeline ${var.key}: the branch_name of a codeconnections source must not contain { } ] or !, which its trigger reads as a pattern."
  }

  validation {
    condition = alltrue([
      for given in var.pipeline_source.codeconnections[*] :
      can(regex("^arn:aws[a-z-]*:(codeconnections|codestar-connections):[a-z0-9-]+:[0-9]{12}:connection/[0-9a-f-]{36}$", given.connection_arn))
    ])
    error_message = "Pipeline ${var.key}: the connection_arn of source must be the ARN of a connection of CodeConnections (or CodeStar Connections, its former name)."
  }

  validation {
    # GitLab groups can be nested.
    condition = alltrue([
      for given in var.pipeline_source.codeconnections[*] : can(regex("^[\\w.-]+(/[\\w.-]+)+$", given.full_repository_id))
    ])
    error_message = "Pipeline ${var.key}: the full_repository_id of source must be <owner>/<name>, such as some-company/some-app."
  }

  validation {
    # GitFilePathFilterCriteria, CodePipeline API reference.
    condition = alltrue(flatten([
      for given in var.pipeline_source.codeconnections[*] : [
        for patterns in [given.file_paths.includes, given.file_paths.excludes] :
        length(patterns) <= 8 && alltrue([for pattern in patterns : length(pattern) >= 1 && length(pattern) <= 255])
      ]
    ]))
    error_message = "Pipeline ${var.key}: the file_paths of source must have at most 8 includes and 8 excludes, each of 1 to 255 characters."
  }

  validation {
    # Amazon S3 User Guide, "General purpose bucket naming rules".
    condition = alltrue([
      for given in var.pipeline_source.s3[*] : can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", given.bucket_name))
    ])
    error_message = "Pipeline ${var.key}: the bucket_name of source must be the name of a bucket, not its ARN."
  }

  validation {
    # A revision is a zip. With a wildcard, the pipeline's role could read other objects.
    condition = alltrue([
      for given in var.pipeline_source.s3[*] :
      can(regex("^[^/*?$][^*?$]*\\.zip$", given.object_key)) && length(given.object_key) <= 1024
    ])
    error_message = "Pipeline ${var.key}: the object_key of source must be the key of a zip: end with .zip, not begin with a slash, contain none of * ? $, and have at most 1024 characters."
  }

  validation {
    condition = alltrue([
      for given in var.pipeline_source.s3[*] :
      given.kms_key_arn == null || can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", given.kms_key_arn))
    ])
    error_message = "Pipeline ${var.key}: the kms_key_arn of source must be the ARN of a KMS key, not of an alias."
  }
}
