# ---------------------------------------------------------------------------------------------------------------------
# REQUIRED
# ---------------------------------------------------------------------------------------------------------------------

variable "name" {
  description = "Name of the bucket."
  type        = string
}

variable "arn" {
  description = "ARN of the bucket, built from its name, so that the bucket policy is known in the plan."
  type        = string
}

variable "artifact_prefixes" {
  description = "Prefixes of the keys of the pipelines' artifacts, by the pipeline's key."
  type        = map(string)

  validation {
    # PutBucketLifecycleConfiguration, S3 API reference: at most 1,000 rules, four of which are not for artifacts.
    condition     = length(var.artifact_prefixes) <= 996
    error_message = "artifact_prefixes must have at most 996 entries: a bucket takes 1,000 lifecycle rules."
  }
}

variable "template_prefix" {
  description = "Prefix of the keys of the templates for CloudFormation."
  type        = string
}

variable "allowed_key_arns" {
  description = "Pattern for the ARNs of the KMS keys that requests to put an object may name."
  type        = string
}

variable "verdict_prefix" {
  description = "Prefix of the keys of the verdicts on change sets."
  type        = string
}

# ---------------------------------------------------------------------------------------------------------------------
# OPTIONAL
# ---------------------------------------------------------------------------------------------------------------------

variable "kms_key" {
  description = "KMS key that encrypts objects. With null, SSE-S3 encrypts them; requests may name a key all the same, as CodePipeline's do."
  type = object({
    arn = string
  })
  default = null
}

variable "access_log_bucket" {
  description = "Bucket that receives the access log, and the prefix of its keys, which defaults to <name>/. With null, there is no access log."
  type = object({
    name   = string
    prefix = optional(string)
  })
  default = null

  validation {
    # A bucket that logs to itself logs each delivery of its log.
    condition     = var.access_log_bucket == null ? true : var.access_log_bucket.name != var.name
    error_message = "access_log_bucket must name another bucket."
  }
}

variable "template_reader_arns" {
  description = "ARNs of the roles that may read the templates. They can be in other accounts."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for arn in var.template_reader_arns : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[\\w+=,.@/-]+$", arn))])
    error_message = "Each of template_reader_arns must be the ARN of an IAM role, without wildcards."
  }
}

variable "administrator_arns" {
  description = "ARNs of the only roles and users that may write and delete the objects of administered_object_arns. With null, IAM decides."
  type        = list(string)
  default     = null

  validation {
    condition = var.administrator_arns == null ? true : (
      length(var.administrator_arns) > 0 &&
      alltrue([for arn in var.administrator_arns : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:(root|(role|user)/[\\w+=,.@/-]+)$", arn))])
    )
    error_message = "administrator_arns must be null or have at least one entry, each the ARN of an IAM role or user without wildcards."
  }
}

variable "administered_object_arns" {
  description = "Patterns for the ARNs of the objects of the code and the state machine's input."
  type        = list(string)
  default     = []
}

variable "expire_objects" {
  description = "Whether artifacts, templates, verdicts and noncurrent versions expire. Otherwise everything is kept."
  type        = bool
  default     = true
}

variable "artifact_retention_days" {
  description = "Days that artifacts are kept."
  type        = number
  default     = 30
}

variable "template_retention_days" {
  description = "Days that templates are kept."
  type        = number
  default     = 30
}

variable "verdict_retention_days" {
  description = "Days that verdicts are kept."
  type        = number
  default     = 365
}

variable "noncurrent_version_retention_days" {
  description = "Days that replaced and deleted versions of objects are kept."
  type        = number
  default     = 30
}

variable "force_destroy" {
  description = "Whether destroying the bucket deletes its objects."
  type        = bool
  default     = false
}
