# ---------------------------------------------------------------------------------------------------------------------
# REQUIRED: stages
# ---------------------------------------------------------------------------------------------------------------------

variable "stages" {
  description = <<-EOT
    Stages after Source, in order: what pipelines of the root module has. approval asks a person before the stage
    deploys. deployments of the same run_order run beside each other. name is the name of the deployment's action, and
    defaults to stack_name.
  EOT
  type = list(object({
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
  nullable = false

  validation {
    # Quotas in AWS CodePipeline, CodePipeline User Guide. The first of 50 stages is Source.
    condition     = length(var.stages) >= 1 && length(var.stages) <= 49
    error_message = "Pipeline ${var.key}: stages must have 1 to 49 entries."
  }

  validation {
    condition     = alltrue([for stage in var.stages : can(regex("^[A-Za-z0-9.@_-]{1,100}$", stage.name))])
    error_message = "Pipeline ${var.key}: each name of stages must have 1 to 100 of the characters A-Z a-z 0-9 . @ _ -."
  }

  validation {
    condition     = length(distinct(concat(["Source"], var.stages[*].name))) == length(var.stages) + 1
    error_message = "Pipeline ${var.key}: each stage must have a different name, and none the name Source, which is the first stage of the pipeline."
  }

  validation {
    # Quotas in AWS CodePipeline, CodePipeline User Guide: 50 actions of a stage, one of which is the approval.
    condition = alltrue([
      for stage in var.stages :
      length(stage.deployments) >= 1 && length(stage.deployments) + length(stage.approval[*]) <= 50
    ])
    error_message = "Pipeline ${var.key}: each stage must have 1 to 50 deployments, 49 with an approval."
  }

  validation {
    condition = alltrue([
      for d in flatten(var.stages[*].deployments) : can(regex("^[A-Za-z0-9.@_-]{1,100}$", d.name == null ? d.stack_name : d.name))
    ])
    error_message = "Pipeline ${var.key}: each name of deployments, which defaults to stack_name, must have 1 to 100 of the characters A-Z a-z 0-9 . @ _ -."
  }

  validation {
    condition = alltrue([
      for stage in var.stages :
      length(distinct(concat(["Approve"], [for d in stage.deployments : d.name == null ? d.stack_name : d.name]))) == length(stage.deployments) + 1
    ])
    error_message = "Pipeline ${var.key}: the deployments of a stage must have different names, and none the name Approve, which is the approval's. Set name, which defaults to stack_name."
  }

  validation {
    # ActionDeclaration, CodePipeline API reference: at most 999. An approval is before all deployments.
    condition = alltrue([
      for d in flatten(var.stages[*].deployments) : d.run_order >= 1 && d.run_order <= 998 && floor(d.run_order) == d.run_order
    ])
    error_message = "Pipeline ${var.key}: each run_order of deployments must be a whole number from 1 to 998."
  }

  validation {
    condition = alltrue([
      for d in flatten(var.stages[*].deployments) : can(regex("^[A-Za-z][A-Za-z0-9-]*$", d.environment_name))
    ])
    error_message = "Pipeline ${var.key}: each environment_name of deployments must begin with a letter and contain only letters, digits and hyphens."
  }

  validation {
    condition = alltrue([
      for d in flatten(var.stages[*].deployments) : can(regex("^[A-Za-z0-9-]+$", d.stack_name)) &&
      length("${d.environment_name}-${d.stack_name}") <= 128
    ])
    error_message = "Pipeline ${var.key}: each stack_name of deployments must contain only letters, digits and hyphens, and <environment_name>-<stack_name> must have at most 128 characters."
  }

  validation {
    # Templates are denied everything whose name begins with the name of the environment, and CloudFormation begins the
    # names of resources with that of the stack.
    condition = alltrue([
      for d in flatten(var.stages[*].deployments) : !startswith(lower("${d.environment_name}-${d.stack_name}-"), "${var.engine.name}-")
    ])
    error_message = "Pipeline ${var.key}: <environment_name>-<stack_name> of deployments must not be ${var.engine.name} or begin with ${var.engine.name}-: templates may change nothing whose name begins so. Choose another environment_name, or another name."
  }

  validation {
    # The successor's name ends with a hyphen and 8 digits.
    condition = alltrue([
      for d in flatten(var.stages[*].deployments) : d.on_unsafe_update != "blue_green" || length("${d.environment_name}-${d.stack_name}") <= 119
    ])
    error_message = "Pipeline ${var.key}: <environment_name>-<stack_name> of a blue_green deployment must have at most 119 characters: the name of its successor is 9 characters longer."
  }

  validation {
    condition = alltrue(flatten([
      for d in flatten(var.stages[*].deployments) : [
        for segment in split("/", replace(d.template_path, "\\", "/")) : !contains(["", ".", ".."], segment)
      ]
    ]))
    error_message = "Pipeline ${var.key}: each template_path of deployments must be a path in the repository: relative, and without empty, '.' and '..' segments."
  }

  validation {
    condition = alltrue(flatten([
      for d in flatten(var.stages[*].deployments) : [
        for segment in split("/", replace(d.template_configuration_path, "\\", "/")) : !contains(["", ".", ".."], segment)
      ] if d.template_configuration_path != null
    ]))
    error_message = "Pipeline ${var.key}: each template_configuration_path of deployments must be a path in the repository: relative, and without empty, '.' and '..' segments."
  }

  validation {
    condition = alltrue(flatten([
      for d in flatten(var.stages[*].deployments) : [
        for capability in d.capabilities :
        contains(["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"], capability)
      ]
    ]))
    error_message = "Pipeline ${var.key}: each of capabilities of deployments must be CAPABILITY_IAM, CAPABILITY_NAMED_IAM or CAPABILITY_AUTO_EXPAND."
  }

  validation {
    # CreateStack, API reference.
    condition = alltrue([
      for d in flatten(var.stages[*].deployments) : length(d.notification_arns) <= 5 && alltrue([
        for arn in d.notification_arns : can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_.-]+$", arn))
      ])
    ])
    error_message = "Pipeline ${var.key}: the notification_arns of deployments must be at most 5 ARNs of SNS topics."
  }

  validation {
    # RollbackConfiguration, API reference.
    condition = alltrue([
      for d in flatten(var.stages[*].deployments) : d.rollback_configuration == null ? true : (
        d.rollback_configuration.monitoring_time_in_minutes >= 0 &&
        d.rollback_configuration.monitoring_time_in_minutes <= 180 &&
        floor(d.rollback_configuration.monitoring_time_in_minutes) == d.rollback_configuration.monitoring_time_in_minutes
      )
    ])
    error_message = "Pipeline ${var.key}: the monitoring_time_in_minutes of a rollback_configuration of deployments must be a whole number from 0 to 180."
  }

  validation {
    # RollbackTrigger, API reference.
    condition = alltrue([
      for d in flatten(var.stages[*].deployments) : d.rollback_configuration == null ? true : (
        length(d.rollback_configuration.rollback_triggers) <= 5 && alltrue([
          for trigger in d.rollback_configuration.rollback_triggers : startswith(trigger.arn, "arn:") &&
          contains(["AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"], trigger.type)
        ])
      )
    ])
    error_message = "Pipeline ${var.key}: a rollback_configuration of deployments must have at most 5 rollback_triggers, each an ARN with the type AWS::CloudWatch::Alarm or AWS::CloudWatch::CompositeAlarm."
  }

  validation {
    # Template anatomy, CloudFormation User Guide: logical IDs are alphanumeric.
    condition = alltrue(flatten([
      for d in flatten(var.stages[*].deployments) : [for id in d.nested_stacks : can(regex("^[A-Za-z0-9]+\\*?$", id))]
    ]))
    error_message = "Pipeline ${var.key}: each of nested_stacks of deployments must be the logical ID of a nested stack, or the beginning of some with a final *."
  }

  validation {
    condition     = alltrue([for d in flatten(var.stages[*].deployments) : contains(["reject", "blue_green"], d.on_unsafe_update)])
    error_message = "Pipeline ${var.key}: each on_unsafe_update of deployments must be reject or blue_green."
  }

  validation {
    condition = alltrue(flatten([
      for d in flatten(var.stages[*].deployments) : [
        for arn in [d.role_arn, d.target.role_arn] :
        arn == null ? true : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[\\w+=,.@/-]+$", arn))
      ]
    ]))
    error_message = "Pipeline ${var.key}: each role_arn of deployments and of their targets must be the ARN of an IAM role."
  }

  validation {
    # AssumeRole, API reference.
    condition = alltrue([
      for d in flatten(var.stages[*].deployments) : d.target.external_id == null ? true : (
        can(regex("^[\\w+=,.@:/-]+$", d.target.external_id)) &&
        length(d.target.external_id) >= 2 && length(d.target.external_id) <= 1224
      )
    ])
    error_message = "Pipeline ${var.key}: each external_id of a target of deployments must have 2 to 1224 letters, digits and characters of _+=,.@:/-."
  }

  validation {
    condition = alltrue([
      for d in flatten(var.stages[*].deployments) : d.target.external_id == null || d.target.role_arn != null
    ])
    error_message = "Pipeline ${var.key}: a target of deployments with an external_id must have the role_arn that is assumed with it."
  }

  validation {
    condition = alltrue([
      for d in flatten(var.stages[*].deployments) : d.target.region == null ? true : can(regex("^[a-z]{2,4}(-[a-z]+)+-[0-9]+$", d.target.region))
    ])
    error_message = "Pipeline ${var.key}: each region of a target of deployments must be the code of an AWS region, such as eu-west-1."
  }

  validation {
    # A role can only be passed within its account.
    condition = alltrue([
      for d in flatten(var.stages[*].deployments) : d.target.role_arn == null ? true : (
        d.role_arn != null && try(split(":", d.role_arn)[4] == split(":", d.target.role_arn)[4], true)
      )
    ])
    error_message = "Pipeline ${var.key}: a deployment whose target has a role_arn must have a role_arn itself: a role of the same account that CloudFormation deploys with."
  }

  validation {
    # CodePipeline publishes to topics in the pipeline's region.
    condition = alltrue(flatten([
      for stage in var.stages : [
        for arn in stage.approval[*].notification_topic_arn :
        arn == null || can(regex("^arn:aws[a-z-]*:sns:${var.engine.region}:[0-9]{12}:[A-Za-z0-9_-]{1,256}$", arn))
      ]
    ]))
    error_message = "Pipeline ${var.key}: each notification_topic_arn of an approval must be the ARN of an SNS topic in the pipeline's region, and not of a FIFO topic."
  }

  validation {
    condition = alltrue(flatten([
      for stage in var.stages : [
        for approval in stage.approval[*] : approval.notification_key_arn == null ? true : (
          approval.notification_topic_arn != null &&
          can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", approval.notification_key_arn))
        )
      ]
    ]))
    error_message = "Pipeline ${var.key}: each notification_key_arn of an approval must be the ARN of a KMS key, next to the notification_topic_arn that it encrypts."
  }

  validation {
    # Values of an action's configuration: CodePipeline API reference, ActionDeclaration.
    condition = alltrue(flatten([
      for stage in var.stages : [
        for approval in stage.approval[*] :
        (approval.comments == null ? true : length(approval.comments) >= 1 && length(approval.comments) <= 1000) &&
        (approval.url == null ? true : can(regex("^https?://\\S+$", approval.url)) && length(approval.url) <= 1000)
      ]
    ]))
    error_message = "Pipeline ${var.key}: the comments of an approval must have 1 to 1000 characters. Its url must begin with https:// or http:// and have at most 1000 characters."
  }

  validation {
    # An approval waits for at most 7 days (CodePipeline quotas), after which its artifact must still exist.
    condition = (
      var.engine.bucket.artifact_retention_days == null ? true :
      length([for stage in var.stages : stage if stage.approval != null]) * 7 < var.engine.bucket.artifact_retention_days
    )
    error_message = "Pipeline ${var.key}: each approval can wait for 7 days. artifact_retention_days must be more than the sum of these days."
  }
}
