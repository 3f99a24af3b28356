# ---------------------------------------------------------------------------------------------------------------------
# REQUIRED
# ---------------------------------------------------------------------------------------------------------------------

variable "account_id" {
  description = "ID of the account."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id must be 12 digits."
  }
}

variable "partition" {
  description = "Partition in ARNs, such as aws."
  type        = string
}

variable "region" {
  description = "Region in ARNs."
  type        = string
}

variable "bucket_arn" {
  description = "ARN of the bucket for artifacts, templates, verdicts, code and the state machine's input."
  type        = string
}

variable "artifact_prefix" {
  description = "Prefix of the keys of the pipeline's artifacts."
  type        = string
}

variable "function_prefix" {
  description = "Prefix of the keys of the functions' code."
  type        = string
}

variable "input_prefix" {
  description = "Prefix of the keys of the state machine's input."
  type        = string
}

variable "template_prefix" {
  description = "Prefix of the keys of the templates for CloudFormation."
  type        = string
}

variable "verdict_prefix" {
  description = "Prefix of the keys of the verdicts on change sets."
  type        = string
}

variable "functions" {
  description = "Functions by key: name, ARN, name and ARN of the role, and ARN of the log group. They are the trigger and one function for each task state."
  type = map(object({
    name          = string
    arn           = string
    role          = object({ name = string, arn = string })
    log_group_arn = string
  }))

  validation {
    condition     = length(setsubtract(keys(var.functions), keys(local.function_statements))) == 0
    error_message = "modules/iam/functions.tf has no statements for these functions of asl/tasks.json: ${join(", ", setsubtract(keys(var.functions), keys(local.function_statements)))}. Add their rights to function_statements."
  }

  validation {
    condition     = length(setsubtract(keys(local.function_statements), keys(var.functions))) == 0
    error_message = "asl/tasks.json has no task for these statements of modules/iam/functions.tf: ${join(", ", setsubtract(keys(local.function_statements), keys(var.functions)))}. Add the task to the list, or remove its rights."
  }

  validation {
    condition     = length(setsubtract(flatten(values(local.reserved_actions)), keys(var.functions))) == 0
    error_message = "modules/iam/denials.tf reserves actions for functions that do not exist: ${join(", ", setsubtract(flatten(values(local.reserved_actions)), keys(var.functions)))}."
  }
}

variable "roles" {
  description = "Names and ARNs of the roles that are not a function's. The ARNs include role_path."
  type = object({
    cloudformation = object({ name = string, arn = string })
    event_rule     = object({ name = string, arn = string })
    pipeline       = object({ name = string, arn = string })
    state_machine  = object({ name = string, arn = string })
  })
}

variable "state_machine" {
  description = "Name and ARN of the state machine, and the ARN pattern of its executions."
  type = object({
    name           = string
    arn            = string
    execution_arns = string
  })
}

variable "pipeline" {
  description = "Name and ARN of the pipeline."
  type = object({
    name = string
    arn  = string
  })
}

variable "event_rule" {
  description = "Name and ARN of the EventBridge rule that starts the pipeline."
  type = object({
    name = string
    arn  = string
  })
}

variable "pipeline_source" {
  description = <<-EOT
    Source of revisions: a CodeCommit repository (repository_arn); or a connection and the repository behind it
    (connection_arn, full_repository_id); or an object in S3 (object_arn) and the KMS key that encrypts it, if any
    (object_key_arn).
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
    error_message = "pipeline_source must not contain wildcards."
  }

  validation {
    condition     = (var.pipeline_source.connection_arn == null) == (var.pipeline_source.full_repository_id == null)
    error_message = "pipeline_source must have both or neither of connection_arn and full_repository_id."
  }
}

variable "deployments" {
  description = <<-EOT
    What the functions deploy. stack_name is the full name of the stack; region defaults to the variable region; role_arn
    is the role that CloudFormation deploys with, and defaults to the role that is created here; target_role_arn is the
    role that the functions assume, if any. With recreate_failed_stack, the stack can be deleted after a failed creation;
    with termination_protection, it is created with protection; with set_stack_policy, it has a stack policy; with
    blue_green, it can have successors, whose names are the stack's with a hyphen and 8 characters.
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
    error_message = "deployments must have at least one entry, each with the name of a stack without wildcards."
  }

  validation {
    condition = alltrue(flatten([
      for d in var.deployments : [
        for arn in [d.role_arn, d.target_role_arn] :
        arn == null ? true : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[\\w+=,.@/-]+$", arn))
      ]
    ]))
    error_message = "Each role_arn and target_role_arn of deployments must be the ARN of an IAM role, without wildcards."
  }

  validation {
    # A role can only be passed within its account.
    condition = alltrue([
      for d in var.deployments :
      d.role_arn == null || d.target_role_arn != null ? true : try(split(":", d.role_arn)[4] == var.account_id, true)
    ])
    error_message = "The role_arn of a deployment without a target_role_arn must be in this account."
  }
}

variable "template_policies" {
  description = "Names of the managed policies for templates: the denials of the role that deploys them, and the boundary of the roles that they create."
  type        = object({ denials = string, boundary = string })
}

variable "protected_arns" {
  description = "ARNs of what no template may change and no role that a template creates: everything of this configuration but the bucket and the key. A wildcard can be at the end."
  type        = list(string)

  validation {
    condition     = length(var.protected_arns) > 0 && alltrue([for arn in var.protected_arns : can(regex("^arn:[a-z-]+:[a-z0-9-]+:[a-z0-9-]*:[0-9]{12}:[^*?]{3,}\\*?$", arn))])
    error_message = "protected_arns must have at least one entry, each the ARN of a resource of an account, with no wildcard but a last one."
  }
}

# ---------------------------------------------------------------------------------------------------------------------
# OPTIONAL
# ---------------------------------------------------------------------------------------------------------------------

variable "approvals" {
  description = "Approvals of the pipeline: the SNS topic that each notifies, and the KMS key that encrypts the topic, if any."
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
    error_message = "The ARNs of approvals must not contain wildcards."
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

variable "key_alias_name" {
  description = "Name of the alias of the KMS key that no template may change; null without a key."
  type        = string
  default     = null

  validation {
    condition     = var.key_alias_name == null || can(regex("^alias/[A-Za-z0-9/_-]+$", var.key_alias_name))
    error_message = "key_alias_name must be the name of a KMS alias, such as alias/changegate, without wildcards."
  }
}

variable "template_boundary_arn" {
  description = "ARN of the managed policy that the roles and users which templates create must have as their permissions boundary, with the statements of the output template_boundary_json. With null, it is created."
  type        = string
  default     = null

  validation {
    condition     = var.template_boundary_arn == null || can(regex("^arn:[a-z-]+:iam::[0-9]{12}:policy/[\\w+=,.@/-]+$", var.template_boundary_arn))
    error_message = "template_boundary_arn must be the ARN of a managed policy of an account."
  }
}

variable "tracing_enabled" {
  description = "Whether X-Ray traces the state machine and the functions."
  type        = bool
  default     = false
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the bucket's objects, if the policies of the roles must allow its use. Null if there is no key, or if the key policy allows it."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a KMS key. An alias does not work in policies."
  }
}

variable "lost_invocation_queue_arn" {
  description = "ARN of the SQS queue for lost invocations of the trigger; null without one."
  type        = string
  default     = null

  validation {
    condition     = var.lost_invocation_queue_arn == null || can(regex("^arn:[a-z-]+:sqs:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", var.lost_invocation_queue_arn))
    error_message = "lost_invocation_queue_arn must be the ARN of an SQS queue, without wildcards."
  }
}

variable "permissions_boundary_arn" {
  description = "ARN of the managed policy that is the permissions boundary of each role. With null, roles have no boundary."
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
    error_message = "role_path must begin and end with a slash, contain only letters, digits and the characters +=,.@_-/, and have at most 512 characters."
  }
}
