# ---------------------------------------------------------------------------------------------------------------------
# OPTIONAL: encryption, access log and roles
# ---------------------------------------------------------------------------------------------------------------------

variable "kms_key" {
  description = <<-EOT
    The KMS key that encrypts the objects of the bucket and the logs: create makes one; the ARN of a key takes that one,
    whose policy docs/guides/security.md describes; none leaves objects to SSE-S3 and logs to a key of CloudWatch Logs. From
    create to something else, the key that was made is deleted 30 days later, and what it encrypted can be read no more.
  EOT
  type        = string
  default     = "create"
  nullable    = false

  validation {
    condition     = contains(["create", "none"], var.kms_key) || can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key))
    error_message = "kms_key must be create, none or the ARN of a KMS key; an alias is none, for policies do not know it."
  }

  validation {
    # S3 and CloudWatch Logs take keys of their own region only.
    condition     = contains(["create", "none"], var.kms_key) || try(split(":", var.kms_key)[3] == var.region, true)
    error_message = "The key of kms_key must be of the region of everything else."
  }
}

variable "access_log_bucket" {
  description = <<-EOT
    The bucket that receives the access log of the bucket made here, and the prefix of its keys (the bucket's name and a
    slash where left out); null keeps none. It is of the same account and region, lets logging.s3.amazonaws.com put
    objects, and is encrypted with SSE-S3.
  EOT
  type = object({
    name   = string
    prefix = optional(string)
  })
  default = null

  validation {
    condition     = var.access_log_bucket == null ? true : can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.access_log_bucket.name))
    error_message = "The name of access_log_bucket must be that of a bucket: 3 to 63 lower-case letters, digits, hyphens and dots."
  }
}

variable "permissions_boundary_arn" {
  description = "ARN of the managed policy that bounds what each role made here may do; null sets no boundary."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary_arn == null || can(regex("^arn:[a-z-]+:iam::(aws|[0-9]{12}):policy/[\\w+=,.@/-]+$", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn must be the ARN of a managed policy."
  }
}

variable "role_path" {
  description = "Path of the roles made here. Another path makes other roles: those that trust them by ARN must learn of it."
  type        = string
  default     = "/"
  nullable    = false

  validation {
    # CreateRole, IAM API reference.
    condition     = can(regex("^/([A-Za-z0-9+=,.@_-]+/)*$", var.role_path)) && length(var.role_path) <= 512
    error_message = "role_path must begin and end with a slash, and hold letters, digits and characters of +=,.@_-/ only, 512 at most."
  }
}
