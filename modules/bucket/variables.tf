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
