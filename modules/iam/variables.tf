# ---------------------------------------------------------------------------------------------------------------------
# REQUIRED
# ---------------------------------------------------------------------------------------------------------------------

variable "name" {
  description = "What the roles are named after."
  type        = string
}

variable "account_id" {
  description = "The account's ID."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id must be 12 digits."
  }
}

variable "partition" {
  description = "The partition in ARNs, such as aws."
  type        = string
}

variable "region" {
  description = "The region in ARNs."
  type        = string
}

variable "bucket_arn" {
  description = "ARN of the bucket of artifacts, templates and the state machine's input."
  type        = string
}

variable "artifact_prefix" {
  description = "Prefix of the keys of the pipeline's artifacts."
  type        = string
}

variable "input_prefix" {
  description = "Prefix of the keys of the state machine's input."
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

variable "function_names" {
  description = "Names of the functions by key: the trigger, and one per task state."
  type        = map(string)

  validation {
    condition = toset(keys(var.function_names)) == toset([
      "trigger",
      "check_stack_existence",
      "delete_failed_stack",
      "get_stack_deletion_status",
      "create_stack",
      "get_stack_creation_status",
      "create_change_set",
      "get_change_set_creation_status",
      "inspect_change_set_changes",
      "execute_change_set",
      "get_change_set_execution_status",
      "delete_change_set",
      "set_stack_policy",
    ])
    error_message = "function_names must name the trigger and the function of every task state, and no other."
  }
}

variable "state_machine_name" {
  description = "Name of the state machine."
  type        = string
}

variable "pipeline_name" {
  description = "Name of the pipeline."
  type        = string
}

variable "event_rule_name" {
  description = "Name of the event rule that starts the pipeline."
  type        = string
}

variable "pipeline_source" {
  description = <<-EOT
    Where the pipeline fetches revisions: the CodeCommit repository (repository_arn); or the connection and the repository
    behind it (connection_arn, full_repository_id); or one object in S3 (object_arn), and the key of KMS that encrypts
    it, if any (object_key_arn).
  EOT
  type = object({
    repository_arn     = optional(string)
    connection_arn     = optional(string)
    full_repository_id = optional(string)
    object_arn         = optional(string)
    object_key_arn     = optional(string)
  })

  validation {
    condition = length([
      for arn in [var.pipeline_source.repository_arn, var.pipeline_source.connection_arn, var.pipeline_source.object_arn] :
      arn if arn != null
    ]) == 1
    error_message = "pipeline_source must have exactly one of repository_arn, connection_arn and object_arn."
  }

  validation {
    condition     = alltrue([for arn in values(var.pipeline_source) : arn == null || !can(regex("[*?]", arn))])
    error_message = "Nothing of pipeline_source may be a wildcard."
  }

  validation {
    condition     = (var.pipeline_source.connection_arn == null) == (var.pipeline_source.full_repository_id == null)
    error_message = "connection_arn and full_repository_id of pipeline_source belong together."
  }
}

variable "deployments" {
  description = <<-EOT
    What the functions deploy: the full name of the stack; its region, if not region; the role that CloudFormation
    deploys with, if not the one made here; the role that is assumed to deploy, if any. recreate_failed_stack lets the
    stack be deleted after a failed creation, termination_protection protects it when it is created, set_stack_policy
    gives it a policy, and blue_green lets it have successors, named like it with a hyphen and 8 characters behind.
  EOT
  type = list(object({
    stack_name             = string
    region                 = optional(string)
    role_arn               = optional(string)
    target_role_arn        = optional(string)
    recreate_failed_stack  = optional(bool, false)
    termination_protection = optional(bool, false)
    set_stack_policy       = optional(bool, false)
    blue_green             = optional(bool, false)
  }))

  validation {
    condition     = length(var.deployments) >= 1 && alltrue([for d in var.deployments : can(regex("^[A-Za-z][A-Za-z0-9-]{0,127}$", d.stack_name))])
    error_message = "deployments needs at least one entry, each with the name of a stack; a wildcard is none."
  }

  validation {
    condition = alltrue(flatten([
      for d in var.deployments : [
        for arn in [d.role_arn, d.target_role_arn] :
        arn == null ? true : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[\\w+=,.@/-]+$", arn))
      ]
    ]))
    error_message = "Every role_arn and target_role_arn of deployments must be the ARN of an IAM role; a wildcard is none."
  }

  validation {
    # A role can be passed within its account only.
    condition = alltrue([
      for d in var.deployments :
      d.role_arn == null || d.target_role_arn != null ? true : try(split(":", d.role_arn)[4] == var.account_id, true)
    ])
    error_message = "The role_arn of a deployment without a target_role_arn must be of this account."
  }
}

# ---------------------------------------------------------------------------------------------------------------------
# OPTIONAL
# ---------------------------------------------------------------------------------------------------------------------

variable "approvals" {
  description = "The pipeline's approvals: the SNS topic that each tells, and the key of KMS that encrypts the topic, if any."
  type = list(object({
    topic_arn = optional(string)
    key_arn   = optional(string)
  }))
  default = []

  validation {
    condition = alltrue(flatten([
      for approval in var.approvals : [
        for arn in [approval.topic_arn, approval.key_arn] : arn == null || !can(regex("[*?]", arn))
      ]
    ]))
    error_message = "No ARN of approvals may be a wildcard."
  }
}

variable "deployment_policy_arns" {
  description = "ARNs of managed policies of the role that CloudFormation deploys with."
  type        = list(string)
  default     = []
}

variable "deployment_policy_json" {
  description = "Inline policy, in JSON, of the role that CloudFormation deploys with."
  type        = string
  default     = null
}

variable "log_group_names" {
  description = "Names of the log groups that no template may change."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for name in var.log_group_names : can(regex("^[A-Za-z0-9._/#-]+$", name))])
    error_message = "Every one of log_group_names must be the name of a log group; a wildcard is none."
  }
}

variable "key_alias" {
  description = "Alias of the KMS key that is made beside the roles, which no template may change; null if none is made."
  type        = string
  default     = null

  validation {
    condition     = var.key_alias == null || can(regex("^alias/[A-Za-z0-9/_-]+$", var.key_alias))
    error_message = "key_alias must be the alias of a KMS key, such as alias/changegate; a wildcard is none."
  }
}

variable "protected_arns" {
  description = "ARNs of what else no template may change: topics, queues, alarms, rules and the like."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for arn in var.protected_arns : can(regex("^arn:[a-z-]+:[a-z0-9-]+:[a-z0-9-]*:[0-9]{12}:[^*?]+$", arn))])
    error_message = "Every one of protected_arns must be the ARN of something of an account; a wildcard is none."
  }
}

variable "tracing_enabled" {
  description = "Whether the state machine and the functions are traced with X-Ray."
  type        = bool
  default     = false
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the bucket's objects, if its use is left to the policies of roles; null if there is no key, or its own policy lets the roles use it."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a KMS key: an alias is none, for policies do not know it."
  }
}

variable "lost_invocation_queue_arn" {
  description = "ARN of the SQS queue that keeps the invocations of the trigger that Lambda gave up; null if there is none."
  type        = string
  default     = null

  validation {
    condition     = var.lost_invocation_queue_arn == null || can(regex("^arn:[a-z-]+:sqs:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", var.lost_invocation_queue_arn))
    error_message = "lost_invocation_queue_arn must be the ARN of an SQS queue; a wildcard is none."
  }
}

variable "function_prefix" {
  description = "Prefix of the keys of the functions' code."
  type        = string
  default     = "functions/"
}

variable "permissions_boundary_arn" {
  description = "ARN of the managed policy that bounds what each role may do; null sets no boundary."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary_arn == null || can(regex("^arn:[a-z-]+:iam::(aws|[0-9]{12}):policy/[\\w+=,.@/-]+$", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn must be the ARN of a managed policy."
  }
}

variable "role_path" {
  description = "Path of the roles."
  type        = string
  default     = "/"

  validation {
    # CreateRole, IAM API reference.
    condition     = can(regex("^/([A-Za-z0-9+=,.@_-]+/)*$", var.role_path)) && length(var.role_path) <= 512
    error_message = "role_path must begin and end with a slash, and hold letters, digits and characters of +=,.@_-/ only, 512 at most."
  }
}
