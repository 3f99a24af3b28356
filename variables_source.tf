# ---------------------------------------------------------------------------------------------------------------------
# OPTIONAL: where revisions come from
# ---------------------------------------------------------------------------------------------------------------------

# Terraform keeps the name "source" for itself.
variable "pipeline_source" {
  description = <<-EOT
    Where revisions come from, and what starts the pipeline: exactly one of the three. codecommit is a CodeCommit
    repository of this account and region; with create_repository it is made, else it exists; its name is name where
    repository_name is null. codeconnections is a repository at GitHub, GitLab or Bitbucket (full_repository_id is
    <owner>/<name>), reached by a connection that exists; a push to the branch starts the pipeline, with file_paths only
    one that changes such files (globs). s3 is one zip in a bucket of this region that exists, keeps versions and sends
    its events to EventBridge; kms_key_arn is the key that encrypts it, if it is not an AWS managed one.
  EOT
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
  default  = { codecommit = {} }
  nullable = false

  validation {
    condition     = length([for given in values(var.pipeline_source) : given if given != null]) == 1
    error_message = "pipeline_source must be exactly one of codecommit, codeconnections and s3."
  }

  validation {
    # CreateRepository, CodeCommit API reference.
    condition = alltrue([
      for given in var.pipeline_source.codecommit[*] :
      given.repository_name == null || can(regex("^[A-Za-z0-9._-]{1,100}$", given.repository_name))
    ])
    error_message = "The repository_name of pipeline_source must be 1 to 100 of the characters A-Z a-z 0-9 . _ -."
  }

  validation {
    condition = alltrue([
      for given in var.pipeline_source.codecommit[*] : given.create_repository || given.repository_name != null
    ])
    error_message = "pipeline_source must name the existing repository (repository_name) when create_repository is false."
  }

  validation {
    condition = alltrue([
      for given in concat(var.pipeline_source.codecommit[*].branch_name, var.pipeline_source.codeconnections[*].branch_name) :
      can(regex("^[^\\s~^:?*\\[\\\\]{1,255}$", given))
    ])
    error_message = "The branch_name of pipeline_source must be the name of a Git branch, 255 characters at most."
  }

  validation {
    # The trigger takes a glob (CodePipeline User Guide, "Working with glob patterns in syntax"); the name is to be itself.
    condition = alltrue([
      for given in var.pipeline_source.codeconnections[*] : !can(regex("[{}\\]!]", given.branch_name))
    ])
    error_message = "The branch_name of a codeconnections source must not hold { } ] or !: its trigger takes them for a pattern."
  }

  validation {
    condition = alltrue([
      for given in var.pipeline_source.codeconnections[*] :
      can(regex("^arn:aws[a-z-]*:(codeconnections|codestar-connections):[a-z0-9-]+:[0-9]{12}:connection/[0-9a-f-]{36}$", given.connection_arn))
    ])
    error_message = "The connection_arn of pipeline_source must be the ARN of a connection of CodeConnections (or CodeStar Connections, its former name)."
  }

  validation {
    # At GitLab, groups can be in groups.
    condition = alltrue([
      for given in var.pipeline_source.codeconnections[*] : can(regex("^[\\w.-]+(/[\\w.-]+)+$", given.full_repository_id))
    ])
    error_message = "The full_repository_id of pipeline_source must be <owner>/<name>, as in some-company/some-app."
  }

  validation {
    # GitFilePathFilterCriteria, CodePipeline API reference.
    condition = alltrue(flatten([
      for given in var.pipeline_source.codeconnections[*] : [
        for patterns in [given.file_paths.includes, given.file_paths.excludes] :
        length(patterns) <= 8 && alltrue([for pattern in patterns : length(pattern) >= 1 && length(pattern) <= 255])
      ]
    ]))
    error_message = "The file_paths of pipeline_source take 8 includes and 8 excludes at most, each of 1 to 255 characters."
  }

  validation {
    # Amazon S3 User Guide, "General purpose bucket naming rules".
    condition = alltrue([
      for given in var.pipeline_source.s3[*] : can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", given.bucket_name))
    ])
    error_message = "The bucket_name of pipeline_source must be the name of a bucket, not its ARN."
  }

  validation {
    # A revision is a zip; a wildcard would let the pipeline's role read more than the one object.
    condition = alltrue([
      for given in var.pipeline_source.s3[*] :
      can(regex("^[^/*?$][^*?$]*\\.zip$", given.object_key)) && length(given.object_key) <= 1024
    ])
    error_message = "The object_key of pipeline_source must be the key of a zip: end with .zip, not begin with a slash, hold none of * ? $, 1024 characters at most."
  }

  validation {
    condition = alltrue([
      for given in var.pipeline_source.s3[*] :
      given.kms_key_arn == null || can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", given.kms_key_arn))
    ])
    error_message = "The kms_key_arn of pipeline_source must be the ARN of a key of KMS, not of an alias."
  }
}
