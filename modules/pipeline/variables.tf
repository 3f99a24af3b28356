# ---------------------------------------------------------------------------------------------------------------------
# REQUIRED
# ---------------------------------------------------------------------------------------------------------------------

variable "engine" {
  description = <<-EOT
    The engine that the pipeline uses: the output engine of the root module. The values of names are formats, with %s
    for the key of the pipeline, or for its name in artifact_prefix. artifact_retention_days is null if artifacts are
    kept. kms_key is null without a key; with needs_policies, the policies of roles must allow its use. alarms is null if
    there are none.
  EOT
  type = object({
    name       = string
    region     = string
    account_id = string
    partition  = string
    names = object({
      artifact_prefix = string
      event_rule      = string
      event_rule_role = string
      pipeline        = string
      pipeline_role   = string
      repository      = string
      source_alarm    = string
    })
    role_path                = string
    permissions_boundary_arn = optional(string)
    bucket = object({
      name                     = string
      arn                      = string
      input_prefix             = string
      administered_object_arns = list(string)
      artifact_retention_days  = optional(number)
    })
    kms_key = optional(object({
      arn            = string
      needs_policies = bool
    }))
    trigger = object({
      name = string
      arn  = string
    })
    alarms = optional(object({
      topic_arn = optional(string)
    }))
  })
  nullable = false
}

variable "key" {
  description = "Key of the pipeline in pipelines or external_pipelines of the engine. The name of the pipeline is <key>_<name of the engine>."
  type        = string
  nullable    = false

  validation {
    # With the longest name of an engine, 32 characters, a role's name has the 64 that IAM accepts.
    condition     = can(regex("^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$", var.key))
    error_message = "The key of a pipeline must have 1 to 20 lower-case letters, digits and hyphens, begin with a letter and not end with a hyphen."
  }
}

# ---------------------------------------------------------------------------------------------------------------------
# OPTIONAL
# ---------------------------------------------------------------------------------------------------------------------

variable "execution_mode" {
  description = "Mode of overlapping executions: QUEUED or SUPERSEDED. With PARALLEL, an older revision could be deployed over a newer one, so it is refused."
  type        = string
  default     = "QUEUED"
  nullable    = false

  validation {
    condition     = contains(["QUEUED", "SUPERSEDED"], var.execution_mode)
    error_message = "Pipeline ${var.key}: execution_mode must be QUEUED or SUPERSEDED. With PARALLEL, an older revision could be deployed over a newer one."
  }
}
