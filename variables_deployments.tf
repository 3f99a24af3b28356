# ---------------------------------------------------------------------------------------------------------------------
# REQUIRED: deployments
# ---------------------------------------------------------------------------------------------------------------------

variable "deployments" {
  description = <<-EOT
    What the pipeline deploys: one stage per entry, in this order. The name of the stack is
    <environment_name>-<stack_name>. template_path is the path of the template in the repository. parameters, tags,
    capabilities, notification_arns and rollback_configuration are passed to CloudFormation. template_configuration_path
    is the path of a file with Parameters, Tags and StackPolicy, in the format of CodePipeline's CloudFormation action;
    the parameters and tags of the deployment override those of the file. termination_protection applies to stacks that
    are created. With recreate_failed_stack, a stack whose creation failed is deleted and created again.
    on_unsafe_update is reject, or blue_green: the stack stays as it is, and the revision is deployed to a successor
    named <stack>-<8 hex digits>. role_arn is the role that CloudFormation deploys with, if it is not the role of
    deployment_policy_json and deployment_policy_arns. target is another account (the role to assume and its external
    ID) or another region: docs/guides/accounts-and-regions.md. With approval, which can be {}, a person approves the stage in CodePipeline
    before it deploys: notification_topic_arn is the SNS topic that is notified, notification_key_arn is the KMS key
    that encrypts the topic, and the approver sees comments and url.
  EOT
  type = list(object({
    stage                       = string
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
    role_arn               = optional(string)
    target = optional(object({
      role_arn    = optional(string)
      external_id = optional(string)
      region      = optional(string)
    }), {})
    approval = optional(object({
      notification_topic_arn = optional(string)
      notification_key_arn   = optional(string)
      comments               = optional(string)
      url                    = optional(string)
    }))
  }))
  nullable = false

  validation {
    # A pipeline has at most 50 stages; the first is Source.
    condition     = length(var.deployments) >= 1 && length(var.deployments) <= 49
    error_message = "deployments must have 1 to 49 entries."
  }

  validation {
    condition     = alltrue([for d in var.deployments : can(regex("^[A-Za-z0-9.@_-]{1,100}$", d.stage))])
    error_message = "Each stage of deployments must have 1 to 100 of the characters A-Z a-z 0-9 . @ _ -."
  }

  validation {
    condition     = length(distinct([for d in var.deployments : d.stage])) == length(var.deployments)
    error_message = "Each stage of deployments must have a different name."
  }

  validation {
    condition     = alltrue([for d in var.deployments : d.stage != "Source"])
    error_message = "No stage of deployments can have the name Source, which is the first stage of the pipeline."
  }

  validation {
    condition = alltrue([
      for d in var.deployments : can(regex("^[A-Za-z][A-Za-z0-9-]*$", d.environment_name))
    ])
    error_message = "Each environment_name of deployments must begin with a letter and contain only letters, digits and hyphens."
  }

  validation {
    condition = alltrue([
      for d in var.deployments : can(regex("^[A-Za-z0-9-]+$", d.stack_name)) &&
      length("${d.environment_name}-${d.stack_name}") <= 128
    ])
    error_message = "Each stack_name of deployments must contain only letters, digits and hyphens, and <environment_name>-<stack_name> must have at most 128 characters."
  }

  validation {
    # Templates are denied everything whose name begins with the name of the environment, and CloudFormation begins the
    # names of resources with that of the stack.
    condition = alltrue([
      for d in var.deployments : !startswith(lower("${d.environment_name}-${d.stack_name}-"), "${var.name}-")
    ])
    error_message = "<environment_name>-<stack_name> of deployments must not be ${var.name} or begin with ${var.name}-: templates may change nothing whose name begins so. Choose another environment_name, or another name."
  }

  validation {
    # The successor's name ends with a hyphen and 8 digits.
    condition = alltrue([
      for d in var.deployments : d.on_unsafe_update != "blue_green" || length("${d.environment_name}-${d.stack_name}") <= 119
    ])
    error_message = "<environment_name>-<stack_name> of a blue_green deployment must have at most 119 characters: the name of its successor is 9 characters longer."
  }

  validation {
    condition = alltrue(flatten([
      for d in var.deployments : [
        for segment in split("/", replace(d.template_path, "\\", "/")) : !contains(["", ".", ".."], segment)
      ]
    ]))
    error_message = "Each template_path of deployments must be a path in the repository: relative, and without empty, '.' and '..' segments."
  }

  validation {
    condition = alltrue(flatten([
      for d in var.deployments : [
        for segment in split("/", replace(d.template_configuration_path, "\\", "/")) : !contains(["", ".", ".."], segment)
      ] if d.template_configuration_path != null
    ]))
    error_message = "Each template_configuration_path of deployments must be a path in the repository: relative, and without empty, '.' and '..' segments."
  }

  validation {
    condition = alltrue(flatten([
      for d in var.deployments : [
        for capability in d.capabilities :
        contains(["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"], capability)
      ]
    ]))
    error_message = "Each of capabilities of deployments must be CAPABILITY_IAM, CAPABILITY_NAMED_IAM or CAPABILITY_AUTO_EXPAND."
  }

  validation {
    # CreateStack, API reference.
    condition = alltrue([
      for d in var.deployments : length(d.notification_arns) <= 5 && alltrue([
        for arn in d.notification_arns : can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_.-]+$", arn))
      ])
    ])
    error_message = "The notification_arns of deployments must be at most 5 ARNs of SNS topics."
  }

  validation {
    # RollbackConfiguration, API reference.
    condition = alltrue([
      for d in var.deployments : d.rollback_configuration == null ? true : (
        d.rollback_configuration.monitoring_time_in_minutes >= 0 &&
        d.rollback_configuration.monitoring_time_in_minutes <= 180 &&
        floor(d.rollback_configuration.monitoring_time_in_minutes) == d.rollback_configuration.monitoring_time_in_minutes
      )
    ])
    error_message = "The monitoring_time_in_minutes of a rollback_configuration of deployments must be a whole number from 0 to 180."
  }

  validation {
    # RollbackTrigger, API reference.
    condition = alltrue([
      for d in var.deployments : d.rollback_configuration == null ? true : (
        length(d.rollback_configuration.rollback_triggers) <= 5 && alltrue([
          for trigger in d.rollback_configuration.rollback_triggers : startswith(trigger.arn, "arn:") &&
          contains(["AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"], trigger.type)
        ])
      )
    ])
    error_message = "A rollback_configuration of deployments must have at most 5 rollback_triggers, each an ARN with the type AWS::CloudWatch::Alarm or AWS::CloudWatch::CompositeAlarm."
  }

  validation {
    condition     = alltrue([for d in var.deployments : contains(["reject", "blue_green"], d.on_unsafe_update)])
    error_message = "Each on_unsafe_update of deployments must be reject or blue_green."
  }

  validation {
    condition = alltrue(flatten([
      for d in var.deployments : [
        for arn in [d.role_arn, d.target.role_arn] :
        arn == null ? true : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[\\w+=,.@/-]+$", arn))
      ]
    ]))
    error_message = "Each role_arn of deployments and of their targets must be the ARN of an IAM role."
  }

  validation {
    # AssumeRole, API reference.
    condition = alltrue([
      for d in var.deployments : d.target.external_id == null ? true : (
        can(regex("^[\\w+=,.@:/-]+$", d.target.external_id)) &&
        length(d.target.external_id) >= 2 && length(d.target.external_id) <= 1224
      )
    ])
    error_message = "Each external_id of a target of deployments must have 2 to 1224 letters, digits and characters of _+=,.@:/-."
  }

  validation {
    condition = alltrue([
      for d in var.deployments : d.target.external_id == null || d.target.role_arn != null
    ])
    error_message = "A target of deployments with an external_id must have the role_arn that is assumed with it."
  }

  validation {
    condition = alltrue([
      for d in var.deployments : d.target.region == null ? true : can(regex("^[a-z]{2,4}(-[a-z]+)+-[0-9]+$", d.target.region))
    ])
    error_message = "Each region of a target of deployments must be the code of an AWS region, such as eu-west-1."
  }

  validation {
    # A role can only be passed within its account.
    condition = alltrue([
      for d in var.deployments : d.target.role_arn == null ? true : (
        d.role_arn != null && try(split(":", d.role_arn)[4] == split(":", d.target.role_arn)[4], true)
      )
    ])
    error_message = "A deployment whose target has a role_arn must have a role_arn itself: a role of the same account that CloudFormation deploys with."
  }

  validation {
    # CodePipeline publishes to topics in the pipeline's region.
    condition = alltrue(flatten([
      for d in var.deployments : [
        for arn in d.approval[*].notification_topic_arn :
        arn == null || can(regex("^arn:aws[a-z-]*:sns:${var.region}:[0-9]{12}:[A-Za-z0-9_-]{1,256}$", arn))
      ]
    ]))
    error_message = "Each notification_topic_arn of an approval of deployments must be the ARN of an SNS topic in the pipeline's region, and not of a FIFO topic."
  }

  validation {
    condition = alltrue(flatten([
      for d in var.deployments : [
        for approval in d.approval[*] : approval.notification_key_arn == null ? true : (
          approval.notification_topic_arn != null &&
          can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", approval.notification_key_arn))
        )
      ]
    ]))
    error_message = "Each notification_key_arn of an approval of deployments must be the ARN of a KMS key, next to the notification_topic_arn that it encrypts."
  }

  validation {
    # Values of an action's configuration: CodePipeline API reference, ActionDeclaration.
    condition = alltrue(flatten([
      for d in var.deployments : [
        for approval in d.approval[*] :
        (approval.comments == null ? true : length(approval.comments) >= 1 && length(approval.comments) <= 1000) &&
        (approval.url == null ? true : can(regex("^https?://\\S+$", approval.url)) && length(approval.url) <= 1000)
      ]
    ]))
    error_message = "The comments of an approval of deployments must have 1 to 1000 characters. Its url must begin with https:// or http:// and have at most 1000 characters."
  }

  validation {
    # An approval waits for at most 7 days (CodePipeline quotas), after which its artifact must still exist.
    condition = (
      !var.expire_objects || length([for d in var.deployments : d if d.approval != null]) * 7 < var.artifact_retention_days
    )
    error_message = "Each approval of deployments can wait for 7 days. artifact_retention_days must be more than the sum of these days."
  }
}
