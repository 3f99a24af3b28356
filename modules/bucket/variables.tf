# ---------------------------------------------------------------------------------------------------------------------
# REQUIRED
# ---------------------------------------------------------------------------------------------------------------------

variable "name" {
  description = "Name of the bucket."
  type        = string
}

variable "arn" {
  description = "ARN of the bucket, made of its name: so its policy is known, and can be reviewed, before it exists."
  type        = string
}

variable "artifact_prefix" {
  description = "Prefix of the keys of the pipeline's artifacts."
  type        = string
}

variable "template_prefix" {
  description = "Prefix of the keys of the templates handed to CloudFormation."
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
  description = <<-EOT
    The KMS key that encrypts objects: its ARN, and a pattern of the ARNs of keys that an object may be put with, which is
    known before the key exists. null takes SSE-S3.
  EOT
  type = object({
    arn          = string
    allowed_arns = string
  })
  default = null
}

variable "access_log_bucket" {
  description = "The bucket that receives the access log, and the prefix of its keys (<name>/ where left out); null keeps none."
  type = object({
    name   = string
    prefix = optional(string)
  })
  default = null

  validation {
    # A bucket that logs into itself would log its own logging.
    condition     = var.access_log_bucket == null ? true : var.access_log_bucket.name != var.name
    error_message = "access_log_bucket must name another bucket."
  }
}

variable "template_reader_arns" {
  description = "ARNs of roles, of other accounts as well, that may read the templates."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for arn in var.template_reader_arns : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[\\w+=,.@/-]+$", arn))])
    error_message = "Every one of template_reader_arns must be the ARN of an IAM role; a wildcard is none."
  }
}

variable "expire_objects" {
  description = "Whether artifacts, templates, verdicts and noncurrent versions expire; if not, all is kept."
  type        = bool
  default     = true
}

variable "artifact_retention_days" {
  description = "How long artifacts are kept, in days."
  type        = number
  default     = 30
}

variable "template_retention_days" {
  description = "How long templates are kept, in days."
  type        = number
  default     = 30
}

variable "verdict_retention_days" {
  description = "How long verdicts are kept, in days."
  type        = number
  default     = 365
}

variable "noncurrent_version_retention_days" {
  description = "How long versions of objects that were replaced or deleted are kept, in days."
  type        = number
  default     = 30
}

variable "force_destroy" {
  description = "Whether destroying the bucket deletes what it holds."
  type        = bool
  default     = false
}
