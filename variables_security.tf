# ---------------------------------------------------------------------------------------------------------------------
# OPTIONAL: encryption, access log and roles
# ---------------------------------------------------------------------------------------------------------------------

variable "kms_key" {
  description = <<-EOT
    KMS key that encrypts the objects in the bucket and the logs: create, the ARN of an existing key, whose policy
    docs/guides/security.md describes, or none. With none, SSE-S3 encrypts objects, except artifacts, which
    CodePipeline encrypts with the key aws/s3; CloudWatch Logs encrypts logs with its own key. If create is changed to
    another value, the created key is deleted after 30 days, and what it encrypted can no longer be read.
  EOT
  type        = string
  default     = "create"
  nullable    = false

  validation {
    condition     = contains(["create", "none"], var.kms_key) || can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key))
    error_message = "kms_key must be create, none or the ARN of a KMS key. An alias does not work in policies."
  }

  validation {
    # S3 and CloudWatch Logs only accept keys of their region.
    condition     = contains(["create", "none"], var.kms_key) || try(split(":", var.kms_key)[3] == var.region, true)
    error_message = "The key of kms_key must be in the region of this configuration."
  }
}

variable "access_log_bucket" {
  description = <<-EOT
    Bucket that receives the access log of the created bucket, and the prefix of its keys, which defaults to the name of
    the created bucket and a slash. It must be in the same account and region, allow logging.s3.amazonaws.com to put
    objects, and be encrypted with SSE-S3. With null, there is no access log.
  EOT
  type = object({
    name   = string
    prefix = optional(string)
  })
  default = null

  validation {
    condition     = var.access_log_bucket == null ? true : can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.access_log_bucket.name))
    error_message = "The name of access_log_bucket must be the name of a bucket: 3 to 63 lower-case letters, digits, hyphens and full stops."
  }
}

variable "permissions_boundary_arn" {
  description = "ARN of the managed policy that is the permissions boundary of each created role. With null, roles have no boundary."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary_arn == null || can(regex("^arn:[a-z-]+:iam::(aws|[0-9]{12}):policy/[\\w+=,.@/-]+$", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn must be the ARN of a managed policy."
  }
}

variable "administrator_arns" {
  description = "ARNs of the roles and users that apply this configuration. If they are set, the bucket denies everyone else writing the functions' code and the state machine's input. A role is named by its own ARN, not by that of a session."
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

variable "template_boundary_arn" {
  description = "ARN of a managed policy that is the permissions boundary of the roles and users that templates create, instead of the one that is created here. It must have the statements of the output template_boundary_json."
  type        = string
  default     = null

  validation {
    condition     = var.template_boundary_arn == null || can(regex("^arn:[a-z-]+:iam::[0-9]{12}:policy/[\\w+=,.@/-]+$", var.template_boundary_arn))
    error_message = "template_boundary_arn must be the ARN of a managed policy of an account."
  }
}

variable "role_path" {
  description = "Path of the created roles. Another path creates other roles, and policies that name them by ARN must change."
  type        = string
  default     = "/"
  nullable    = false

  validation {
    # CreateRole, IAM API reference.
    condition     = can(regex("^/([A-Za-z0-9+=,.@_-]+/)*$", var.role_path)) && length(var.role_path) <= 512
    error_message = "role_path must begin and end with a slash, contain only letters, digits and the characters +=,.@_-/, and have at most 512 characters."
  }
}

# ---------------------------------------------------------------------------------------------------------------------
# OPTIONAL: rights of CloudFormation
# ---------------------------------------------------------------------------------------------------------------------

variable "deployment_policy_arns" {
  description = "ARNs of the managed policies of the role that CloudFormation deploys with."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.deployment_policy_arns : can(regex("^arn:aws[a-z-]*:iam::(aws|[0-9]{12}):policy/.+$", arn))])
    error_message = "Each of deployment_policy_arns must be the ARN of a managed policy."
  }
}

variable "deployment_policy_json" {
  description = "Inline policy (JSON) of the role that CloudFormation deploys with."
  type        = string
  default     = null

  validation {
    condition     = var.deployment_policy_json == null || can(jsondecode(var.deployment_policy_json).Statement)
    error_message = "deployment_policy_json must be a policy document: a JSON object with a Statement."
  }

  validation {
    # Deployments with a role_arn do not use this role.
    condition = (
      var.deployment_policy_json != null || length(var.deployment_policy_arns) > 0 ||
      alltrue([for d in flatten([for pipeline in values(var.pipelines) : pipeline.stages[*].deployments]) : d.role_arn != null])
    )
    error_message = "Set deployment_policy_json or deployment_policy_arns: with neither, CloudFormation may create nothing. Only if every deployment has a role_arn, neither is needed."
  }
}
