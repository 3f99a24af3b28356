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
      "create_stack",
      "get_stack_creation_status",
      "create_change_set",
      "get_change_set_creation_status",
      "inspect_change_set_changes",
      "execute_change_set",
      "get_change_set_execution_status",
      "delete_change_set",
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

variable "repository_arn" {
  description = "ARN of the CodeCommit repository."
  type        = string
}

variable "stack_names" {
  description = "Full names of the stacks that are deployed to."
  type        = list(string)

  validation {
    condition     = length(var.stack_names) >= 1 && alltrue([for name in var.stack_names : can(regex("^[A-Za-z][A-Za-z0-9-]{0,127}$", name))])
    error_message = "stack_names needs at least one entry, each the name of a stack; a wildcard is none."
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

variable "tracing_enabled" {
  description = "Whether the state machine is traced with X-Ray."
  type        = bool
  default     = false
}
