# ---------------------------------------------------------------------------------------------------------------------
# REQUIRED: pipelines
# ---------------------------------------------------------------------------------------------------------------------

variable "pipelines" {
  description = <<-EOT
    Pipelines by key; the name of a pipeline is <key>_<name>. A pipeline deploys the revisions of its source, whose
    changes start it. execution_mode is QUEUED or SUPERSEDED. Its stages follow one another.

    source is exactly one of codecommit, codeconnections and s3. codeconnections is a repository on GitHub, GitLab or
    Bitbucket (full_repository_id is <owner>/<name>) behind an existing connection; a push to the branch starts the
    pipeline, with file_paths (globs) only a push that changes such files. codecommit is a CodeCommit repository of this
    account and region, which is created or, with create_repository = false, exists; repository_name defaults to
    <name>-<key>. s3 is a zip in an existing bucket of this region that is versioned and sends its events to EventBridge;
    kms_key_arn is the key that encrypts the zip, if it is not an AWS managed key.

    With approval, which can be {}, a person approves a stage in CodePipeline before it deploys: notification_topic_arn is
    the SNS topic that is notified, notification_key_arn is the KMS key that encrypts the topic, and the approver sees
    comments and url.

    The deployments of a stage run beside each other, or in the order of their run_order. The name of the stack is
    <environment_name>-<stack_name>; name is that of the action in CodePipeline, and defaults to stack_name. template_path
    is the path of the template in the repository. parameters, tags, capabilities, notification_arns and
    rollback_configuration are passed to CloudFormation. template_configuration_path is the path of a file with
    Parameters, Tags and StackPolicy, in the format of CodePipeline's CloudFormation action; the parameters and tags of the
    deployment override those of the file. termination_protection applies to stacks that are created. With
    recreate_failed_stack, a stack whose creation failed is deleted and created again. on_unsafe_update is reject, or
    blue_green: the stack stays as it is, and the revision is deployed to a successor named <stack>-<8 hex digits>.
    nested_stacks are the logical IDs of the template's nested stacks, or the beginning of some with a *.
    role_arn is the role that CloudFormation deploys with, if it is not the role of deployment_policy_json and
    deployment_policy_arns. target is another account (the role to assume and its external ID) or another region:
    docs/guides/accounts-and-regions.md.
  EOT
  type = map(object({
    source = object({
      codecommit = optional(object({
        repository_name   = optional(string)
        create_repository = optional(bool, true)
        branch_name       = optional(string, "main")
      }))
      codeconnections = optional(object({
        connection_arn     = string
        full_repository_id = string
        branch_name        = optional(string, "main")
        file_paths = optional(object({
          includes = optional(list(string), [])
          excludes = optional(list(string), [])
        }), {})
      }))
      s3 = optional(object({
        bucket_name = string
        object_key  = string
        kms_key_arn = optional(string)
      }))
    })
    execution_mode = optional(string, "QUEUED")
    stages = list(object({
      name = string
      approval = optional(object({
        notification_topic_arn = optional(string)
        notification_key_arn   = optional(string)
        comments               = optional(string)
        url                    = optional(string)
      }))
      deployments = list(object({
        name                        = optional(string)
        run_order                   = optional(number, 1)
        environment_name            = string
        stack_name                  = string
        template_path               = string
        template_configuration_path = optional(string)
        parameters                  = optional(map(string), {})
        tags                        = optional(map(string), {})
        capabilities                = optional(list(string), [])
        notification_arns           = optional(list(string), [])
        rollback_configuration = optional(object({
          monitoring_time_in_minutes = optional(number, 0)
          rollback_triggers = optional(list(object({
            arn  = string
            type = string
          })), [])
        }))
        termination_protection = optional(bool, false)
        recreate_failed_stack  = optional(bool, false)
        on_unsafe_update       = optional(string, "reject")
        nested_stacks          = optional(list(string), [])
        role_arn               = optional(string)
        target = optional(object({
          role_arn    = optional(string)
          external_id = optional(string)
          region      = optional(string)
        }), {})
      }))
    }))
  }))
  nullable = false

  validation {
    condition     = length(var.pipelines) + length(var.external_pipelines) > 0
    error_message = "pipelines must have at least one entry, or external_pipelines."
  }

  validation {
    condition     = length(setintersection(keys(var.external_pipelines), keys(var.pipelines))) == 0
    error_message = "A key must be in pipelines or in external_pipelines, not in both."
  }
}

# ---------------------------------------------------------------------------------------------------------------------
# OPTIONAL: pipelines of other configurations
# ---------------------------------------------------------------------------------------------------------------------

variable "external_pipelines" {
  description = <<-EOT
    Pipelines that other configurations make with modules/pipeline and the output engine, by key: docs/guides/module.md.
    target_role_arns are the roles that the functions assume for their deployments; each of their deployments must have
    one of them as the role_arn of its target.
  EOT
  type = map(object({
    target_role_arns = list(string)
  }))
  default  = {}
  nullable = false

  validation {
    # As in modules/pipeline, which names the pipeline after it.
    condition     = alltrue([for key in keys(var.external_pipelines) : can(regex("^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$", key))])
    error_message = "Each key of external_pipelines must have 1 to 20 lower-case letters, digits and hyphens, begin with a letter and not end with a hyphen."
  }

  validation {
    condition = alltrue(flatten([
      for pipeline in values(var.external_pipelines) : [
        for arn in pipeline.target_role_arns : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[\\w+=,.@/-]+$", arn))
      ]
    ]))
    error_message = "Each of target_role_arns of external_pipelines must be the ARN of an IAM role, without wildcards."
  }
}
