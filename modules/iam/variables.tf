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

variable "artifact_prefixes" {
  description = "Prefixes of the keys of the pipelines' artifacts."
  type        = list(string)
}

variable "administered_object_arns" {
  description = "Patterns for the ARNs of the objects that only whoever applies the configuration writes: the functions' code and the state machine's input."
  type        = list(string)
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
    condition     = length(setsubtract(keys(var.functions), local.functions_with_rights)) == 0
    error_message = "modules/iam has no rights for these functions of asl/tasks.json: ${join(", ", setsubtract(keys(var.functions), local.functions_with_rights))}. Add them to stack_actions in stacks.tf, or to function_statements in functions.tf."
  }

  validation {
    condition     = length(setsubtract(local.functions_with_rights, keys(var.functions))) == 0
    error_message = "asl/tasks.json has no task for these functions in modules/iam: ${join(", ", setsubtract(local.functions_with_rights, keys(var.functions)))}. Add the task to the list, or remove its rights."
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

variable "deployments" {
  description = <<-EOT
    What the functions deploy. stack_name is the full name of the stack; region defaults to the variable region; role_arn
    is the role that CloudFormation deploys with, and defaults to the role that is created here; target_role_arn is the
    role that the functions assume, if any. With recreate_failed_stack, the stack can be deleted after a failed creation;
    with termination_protection, it is created with protection; with set_stack_policy, it has a stack policy; with
    blue_green, it can have successors, whose names are the stack's with a hyphen and 8 characters. nested_stacks are the
    logical IDs of its nested stacks.
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
    nested_stacks          = optional(list(string), [])
  }))

  validation {
    condition     = alltrue([for d in var.deployments : can(regex("^[A-Za-z][A-Za-z0-9-]{0,127}$", d.stack_name))])
    error_message = "Each stack_name of deployments must be the name of a stack, without wildcards."
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

variable "target_role_arns" {
  description = "ARNs of the roles that the functions assume."
  type        = list(string)

  validation {
    condition     = alltrue([for arn in var.target_role_arns : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[\\w+=,.@/-]+$", arn))])
    error_message = "Each of target_role_arns must be the ARN of an IAM role, without wildcards."
  }
}

variable "template_policies" {
  description = "Names of the managed policies for templates: the denials of the role that deploys them, and the boundary of the roles that they create."
  type        = object({ denials = string, boundary = string })
}

variable "protected_arns" {
  description = "ARNs of what no template may change and no role that a template creates: everything of this configuration but the bucket and the key. A wildcard can be at the end, and before the name of the environment, as in *_changegate*."
  type        = list(string)

  validation {
    condition     = length(var.protected_arns) > 0 && alltrue([for arn in var.protected_arns : can(regex("^arn:[a-z-]+:[a-z0-9-]+:[a-z0-9-]*:[0-9]{12}:(\\*_)?[^*?]{3,}\\*?$", arn))])
    error_message = "protected_arns must have at least one entry, each the ARN of a resource of an account, with no wildcard but a last one and one before the name of the environment."
  }
}

# ---------------------------------------------------------------------------------------------------------------------
# OPTIONAL
# ---------------------------------------------------------------------------------------------------------------------

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
