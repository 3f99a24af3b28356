# ---------------------------------------------------------------------------------------------------------------------
# REQUIRED
# ---------------------------------------------------------------------------------------------------------------------

variable "region" {
  description = "The AWS region that everything is provisioned in and deployed to."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2,4}(-[a-z]+)+-[0-9]+$", var.region))
    error_message = "region must be the code of an AWS region, such as eu-west-1."
  }
}

variable "deployments" {
  description = <<-EOT
    What the pipeline deploys, one Deploy stage per entry, in this order. The stack is named
    <environment_name>-<stack_name>; template_path is the template's path in the repository; parameters, tags,
    capabilities, notification_arns and rollback_configuration go to CloudFormation. template_configuration_path is the
    path of a file with Parameters, Tags and StackPolicy, in the format of CodePipeline's CloudFormation action;
    parameters and tags given here win over the file's. termination_protection is of stacks that are created.
    recreate_failed_stack lets a stack whose creation failed be deleted and created again. on_unsafe_update is reject,
    or blue_green: the stack stays as it is, and the revision goes to one named <stack>-<8 hex digits>. role_arn is the
    role that CloudFormation deploys with, if not the one of deployment_policy_json and deployment_policy_arns. target
    is another account (the role to assume, and its external ID) or region: docs/guides/accounts-and-regions.md.
    approval lets a person approve the stage in CodePipeline before it deploys: approval = {} does;
    notification_topic_arn is the SNS topic that is told of it, notification_key_arn the key of KMS that encrypts the
    topic, comments and url are what the approver is shown.
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
    # A pipeline takes 50 stages; the first is Source.
    condition     = length(var.deployments) >= 1 && length(var.deployments) <= 49
    error_message = "deployments needs at least one entry, and 49 at most."
  }

  validation {
    condition     = alltrue([for d in var.deployments : can(regex("^[A-Za-z0-9.@_-]{1,100}$", d.stage))])
    error_message = "Every stage of deployments must be 1 to 100 of the characters A-Z a-z 0-9 . @ _ -."
  }

  validation {
    condition     = length(distinct([for d in var.deployments : d.stage])) == length(var.deployments)
    error_message = "Every stage of deployments must be named once only."
  }

  validation {
    condition     = alltrue([for d in var.deployments : d.stage != "Source"])
    error_message = "No stage of deployments can be named Source: that is the pipeline's first stage."
  }

  validation {
    condition = alltrue([
      for d in var.deployments : can(regex("^[A-Za-z][A-Za-z0-9-]*$", d.environment_name))
    ])
    error_message = "Every environment_name of deployments must start with a letter and hold letters, digits and hyphens only."
  }

  validation {
    condition = alltrue([
      for d in var.deployments : can(regex("^[A-Za-z0-9-]+$", d.stack_name)) &&
      length("${d.environment_name}-${d.stack_name}") <= 128
    ])
    error_message = "Every stack_name of deployments must hold letters, digits and hyphens only, and <environment_name>-<stack_name> 128 characters at most."
  }

  validation {
    # The successor's name ends with a hyphen and 8 digits.
    condition = alltrue([
      for d in var.deployments : d.on_unsafe_update != "blue_green" || length("${d.environment_name}-${d.stack_name}") <= 119
    ])
    error_message = "<environment_name>-<stack_name> of a blue_green deployment must have 119 characters at most: its successor's name is 9 characters longer."
  }

  validation {
    condition = alltrue(flatten([
      for d in var.deployments : [
        for segment in split("/", replace(d.template_path, "\\", "/")) : !contains(["", ".", ".."], segment)
      ]
    ]))
    error_message = "Every template_path of deployments must be a path inside the repository: relative, and without empty, '.' and '..' segments."
  }

  validation {
    condition = alltrue(flatten([
      for d in var.deployments : [
        for segment in split("/", replace(d.template_configuration_path, "\\", "/")) : !contains(["", ".", ".."], segment)
      ] if d.template_configuration_path != null
    ]))
    error_message = "Every template_configuration_path of deployments must be a path inside the repository: relative, and without empty, '.' and '..' segments."
  }

  validation {
    condition = alltrue(flatten([
      for d in var.deployments : [
        for capability in d.capabilities :
        contains(["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"], capability)
      ]
    ]))
    error_message = "Every one of the capabilities of deployments must be CAPABILITY_IAM, CAPABILITY_NAMED_IAM or CAPABILITY_AUTO_EXPAND."
  }

  validation {
    # CreateStack, API reference.
    condition = alltrue([
      for d in var.deployments : length(d.notification_arns) <= 5 && alltrue([
        for arn in d.notification_arns : can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_.-]+$", arn))
      ])
    ])
    error_message = "The notification_arns of deployments must be ARNs of SNS topics, 5 at most."
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
    error_message = "The rollback_triggers of deployments must be 5 at most, each an ARN with the type AWS::CloudWatch::Alarm or AWS::CloudWatch::CompositeAlarm."
  }

  validation {
    condition     = alltrue([for d in var.deployments : contains(["reject", "blue_green"], d.on_unsafe_update)])
    error_message = "Every on_unsafe_update of deployments must be reject or blue_green."
  }

  validation {
    condition = alltrue(flatten([
      for d in var.deployments : [
        for arn in [d.role_arn, d.target.role_arn] :
        arn == null ? true : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[\\w+=,.@/-]+$", arn))
      ]
    ]))
    error_message = "Every role_arn of deployments, and of their targets, must be the ARN of an IAM role."
  }

  validation {
    # AssumeRole, API reference.
    condition = alltrue([
      for d in var.deployments : d.target.external_id == null ? true : (
        can(regex("^[\\w+=,.@:/-]+$", d.target.external_id)) &&
        length(d.target.external_id) >= 2 && length(d.target.external_id) <= 1224
      )
    ])
    error_message = "Every external_id of a target of deployments must be 2 to 1224 letters, digits and characters of _+=,.@:/-."
  }

  validation {
    condition = alltrue([
      for d in var.deployments : d.target.external_id == null || d.target.role_arn != null
    ])
    error_message = "A target of deployments with an external_id needs the role_arn that is assumed with it."
  }

  validation {
    condition = alltrue([
      for d in var.deployments : d.target.region == null ? true : can(regex("^[a-z]{2,4}(-[a-z]+)+-[0-9]+$", d.target.region))
    ])
    error_message = "Every region of a target of deployments must be the code of an AWS region, such as eu-west-1."
  }

  validation {
    # A role can be passed within its account only.
    condition = alltrue([
      for d in var.deployments : d.target.role_arn == null ? true : (
        d.role_arn != null && try(split(":", d.role_arn)[4] == split(":", d.target.role_arn)[4], true)
      )
    ])
    error_message = "A deployment whose target has a role_arn needs a role_arn of its own: a role of the same account, which CloudFormation deploys with."
  }

  validation {
    # A topic is published to in the pipeline's own region.
    condition = alltrue(flatten([
      for d in var.deployments : [
        for arn in d.approval[*].notification_topic_arn :
        arn == null || can(regex("^arn:aws[a-z-]*:sns:${var.region}:[0-9]{12}:[A-Za-z0-9_-]{1,256}$", arn))
      ]
    ]))
    error_message = "Every notification_topic_arn of an approval of deployments must be the ARN of an SNS topic in the pipeline's region, and not a FIFO topic."
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
    error_message = "Every notification_key_arn of an approval of deployments must be the ARN of a key of KMS, beside the notification_topic_arn that it encrypts."
  }

  validation {
    # The values of an action's configuration: CodePipeline API reference, ActionDeclaration.
    condition = alltrue(flatten([
      for d in var.deployments : [
        for approval in d.approval[*] :
        (approval.comments == null ? true : length(approval.comments) >= 1 && length(approval.comments) <= 1000) &&
        (approval.url == null ? true : can(regex("^https?://\\S+$", approval.url)) && length(approval.url) <= 1000)
      ]
    ]))
    error_message = "The comments of an approval of deployments must have 1 to 1000 characters, its url must begin with https:// or http:// and have 1000 at most."
  }

  validation {
    # An approval waits for 7 days at most (CodePipeline quotas), and what it waits with must still be there.
    condition = (
      !var.expire_objects || length([for d in var.deployments : d if d.approval != null]) * 7 < var.artifact_retention_days
    )
    error_message = "Every approval of deployments can wait for 7 days: artifact_retention_days must be more than that for all of them together."
  }
}

# ---------------------------------------------------------------------------------------------------------------------
# OPTIONAL: names and tags
# ---------------------------------------------------------------------------------------------------------------------

variable "name" {
  description = "What everything is named after. Roles are global: two regions of one account need two names."
  type        = string
  default     = "changegate"
  nullable    = false

  validation {
    # 64 characters for a function's or a role's name, less those of the longest: -get-change-set-execution-status.
    condition     = can(regex("^[a-z][a-z0-9-]{0,30}[a-z0-9]$", var.name))
    error_message = "name must be 2 to 32 lower-case letters, digits and hyphens, start with a letter and not end with a hyphen."
  }

  validation {
    # The bucket is <name>-<account>-<region>: Amazon S3 User Guide, "General purpose bucket naming rules".
    condition     = length("${var.name}-000000000000-${var.region}") <= 63
    error_message = "name is too long for the region: the bucket's name, <name>-<account>-<region>, takes 63 characters."
  }

  validation {
    # CodePipeline keeps artifacts under it, beside these.
    condition     = !contains(["functions", "templates", "verdicts"], var.name)
    error_message = "name must not be functions, templates or verdicts: the bucket has these prefixes for other objects."
  }
}

variable "tags" {
  description = "Tags of everything that is provisioned, beside Application = name. Stacks take theirs from deployments."
  type        = map(string)
  default     = {}
  nullable    = false
}

# ---------------------------------------------------------------------------------------------------------------------
# OPTIONAL: what CloudFormation may do
# ---------------------------------------------------------------------------------------------------------------------

variable "deployment_policy_arns" {
  description = "ARNs of managed policies of the role that CloudFormation deploys with."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.deployment_policy_arns : can(regex("^arn:aws[a-z-]*:iam::(aws|[0-9]{12}):policy/.+$", arn))])
    error_message = "Every one of deployment_policy_arns must be the ARN of a managed policy."
  }
}

variable "deployment_policy_json" {
  description = "Inline policy, in JSON, of the role that CloudFormation deploys with."
  type        = string
  default     = null

  validation {
    condition     = var.deployment_policy_json == null || can(jsondecode(var.deployment_policy_json).Statement)
    error_message = "deployment_policy_json must be a policy document: a JSON object with a Statement."
  }

  validation {
    condition     = var.deployment_policy_json != null || length(var.deployment_policy_arns) > 0
    error_message = "Give deployment_policy_json or deployment_policy_arns: with neither, CloudFormation may create nothing."
  }
}

# ---------------------------------------------------------------------------------------------------------------------
# OPTIONAL: pipeline
# ---------------------------------------------------------------------------------------------------------------------

variable "execution_mode" {
  description = "How the pipeline treats executions that overlap: QUEUED, SUPERSEDED or PARALLEL."
  type        = string
  default     = "QUEUED"
  nullable    = false

  validation {
    condition     = contains(["QUEUED", "SUPERSEDED", "PARALLEL"], var.execution_mode)
    error_message = "execution_mode must be QUEUED, SUPERSEDED or PARALLEL."
  }
}

# ---------------------------------------------------------------------------------------------------------------------
# OPTIONAL: functions
# ---------------------------------------------------------------------------------------------------------------------

variable "lambda_zip" {
  description = "Path of the zip that all functions run."
  type        = string
  default     = "build/changegate.zip"
  nullable    = false

  validation {
    condition     = fileexists(var.lambda_zip)
    error_message = "There is no file at lambda_zip: build it first (make build)."
  }
}

variable "architecture" {
  description = "Instruction set of the functions: arm64 or x86_64."
  type        = string
  default     = "arm64"
  nullable    = false

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "architecture must be arm64 or x86_64."
  }
}

variable "function_memory_size" {
  description = "Memory of each function, in MB."
  type        = number
  default     = 256
  nullable    = false

  validation {
    condition     = var.function_memory_size >= 128 && var.function_memory_size <= 10240 && floor(var.function_memory_size) == var.function_memory_size
    error_message = "function_memory_size must be a whole number from 128 to 10240."
  }
}

variable "function_timeout_seconds" {
  description = "Timeout of each function, in seconds. Shorter than task_timeout_seconds, so that the function's own error is what the state machine reports."
  type        = number
  default     = 50
  nullable    = false

  validation {
    condition     = var.function_timeout_seconds >= 1 && var.function_timeout_seconds < var.task_timeout_seconds && floor(var.function_timeout_seconds) == var.function_timeout_seconds
    error_message = "function_timeout_seconds must be a whole number from 1 to less than task_timeout_seconds."
  }
}

variable "log_level" {
  description = "What the functions log: DEBUG, INFO, WARNING, ERROR or CRITICAL and above."
  type        = string
  default     = "INFO"
  nullable    = false

  validation {
    condition     = contains(["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], var.log_level)
    error_message = "log_level must be DEBUG, INFO, WARNING, ERROR or CRITICAL."
  }
}

variable "log_retention_days" {
  description = "How long the logs of functions and state machine are kept, in days; 0 for ever."
  type        = number
  default     = 365
  nullable    = false

  validation {
    # PutRetentionPolicy, CloudWatch Logs API reference.
    condition = contains(
      [0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653],
      var.log_retention_days,
    )
    error_message = "log_retention_days must be 0 or one of the retentions of CloudWatch Logs: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }
}

# ---------------------------------------------------------------------------------------------------------------------
# OPTIONAL: state machine
# ---------------------------------------------------------------------------------------------------------------------

variable "waiting" {
  description = <<-EOT
    How long the state machine waits for CloudFormation, in seconds. It looks again after minimum_seconds at first, later
    after a quarter of what it has waited, maximum_seconds at most. It gives up after busy_stack_seconds on a stack that
    somebody else's operation keeps busy, after change_set_seconds on a change set that is being created, and after
    stack_operation_seconds on a stack that is being created, updated or deleted.
  EOT
  type = object({
    minimum_seconds         = optional(number, 5)
    maximum_seconds         = optional(number, 60)
    busy_stack_seconds      = optional(number, 3600)
    change_set_seconds      = optional(number, 1800)
    stack_operation_seconds = optional(number, 14400)
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for seconds in values(var.waiting) : floor(seconds) == seconds])
    error_message = "Every number of waiting must be a whole number."
  }

  validation {
    condition     = var.waiting.minimum_seconds >= 1 && var.waiting.minimum_seconds <= var.waiting.maximum_seconds
    error_message = "minimum_seconds of waiting must be 1 at least, and no more than maximum_seconds."
  }

  validation {
    condition = alltrue([
      for limit in [var.waiting.busy_stack_seconds, var.waiting.change_set_seconds, var.waiting.stack_operation_seconds] :
      limit >= var.waiting.maximum_seconds
    ])
    error_message = "busy_stack_seconds, change_set_seconds and stack_operation_seconds of waiting must be no less than maximum_seconds."
  }

  validation {
    # An execution's history has 25,000 events (Step Functions service quotas), and a look takes nine of them: room for
    # 2,300 looks in the longest rhythm, and for those before it comes to that. docs/maintainers/aws-checklist.md has the count.
    condition = 2300 * var.waiting.maximum_seconds >= (
      2 * (var.waiting.busy_stack_seconds + var.waiting.change_set_seconds + var.waiting.stack_operation_seconds)
    )
    error_message = "maximum_seconds of waiting is too short for its limits: the state machine would look more often than an execution's history has room for. Twice the sum of the limits must be no more than 2300 times maximum_seconds."
  }
}

variable "task_timeout_seconds" {
  description = "Timeout of each task of the state machine, in seconds."
  type        = number
  default     = 60
  nullable    = false

  validation {
    # A function ends after 15 minutes.
    condition     = var.task_timeout_seconds >= 2 && var.task_timeout_seconds <= 900 && floor(var.task_timeout_seconds) == var.task_timeout_seconds
    error_message = "task_timeout_seconds must be a whole number from 2 to 900."
  }
}

variable "execution_timeout_seconds" {
  description = "Timeout of a whole execution of the state machine, in seconds. Longer than all that it may wait for, so that a limit of waiting is what it reports."
  type        = number
  default     = 43200
  nullable    = false

  validation {
    # CodePipeline gives up on a Lambda action after 24 hours.
    condition     = var.execution_timeout_seconds > var.task_timeout_seconds && var.execution_timeout_seconds <= 86400 && floor(var.execution_timeout_seconds) == var.execution_timeout_seconds
    error_message = "execution_timeout_seconds must be a whole number, more than task_timeout_seconds and 86400 at most."
  }

  validation {
    # Blue/green looks at a stack and makes a change set twice; a failed stack is deleted, and then created.
    condition = var.execution_timeout_seconds >= (
      2 * (var.waiting.busy_stack_seconds + var.waiting.change_set_seconds) + 2 * var.waiting.stack_operation_seconds
    )
    error_message = "execution_timeout_seconds must be no less than twice the sum of busy_stack_seconds, change_set_seconds and stack_operation_seconds of waiting."
  }
}

variable "state_machine_log_level" {
  description = "Which events of executions are logged: ALL, ERROR, FATAL or OFF."
  type        = string
  default     = "ALL"
  nullable    = false

  validation {
    condition     = contains(["ALL", "ERROR", "FATAL", "OFF"], var.state_machine_log_level)
    error_message = "state_machine_log_level must be ALL, ERROR, FATAL or OFF."
  }
}

variable "include_execution_data" {
  description = "Whether the state machine's log holds the input and output of states, and with them the parameters of stacks."
  type        = bool
  default     = false
  nullable    = false
}

variable "tracing_enabled" {
  description = "Whether executions of the state machine, and its functions and the trigger, are traced with X-Ray."
  type        = bool
  default     = false
  nullable    = false
}

# ---------------------------------------------------------------------------------------------------------------------
# OPTIONAL: bucket
# ---------------------------------------------------------------------------------------------------------------------

variable "expire_objects" {
  description = "Whether the bucket's artifacts, templates and old versions of objects expire after the days below; if not, all is kept."
  type        = bool
  default     = true
  nullable    = false
}

variable "artifact_retention_days" {
  description = "How long the pipeline's artifacts are kept, in days."
  type        = number
  default     = 30
  nullable    = false

  validation {
    # A stage can be retried, and an execution can wait, for days: its artifact must still be there.
    condition     = var.artifact_retention_days >= 7 && floor(var.artifact_retention_days) == var.artifact_retention_days
    error_message = "artifact_retention_days must be a whole number, 7 at least."
  }
}

variable "template_retention_days" {
  description = "How long the templates handed to CloudFormation are kept, in days."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.template_retention_days >= 7 && floor(var.template_retention_days) == var.template_retention_days
    error_message = "template_retention_days must be a whole number, 7 at least."
  }
}

variable "verdict_retention_days" {
  description = "How long the verdicts on change sets are kept, in days."
  type        = number
  default     = 365
  nullable    = false

  validation {
    condition     = var.verdict_retention_days >= 7 && floor(var.verdict_retention_days) == var.verdict_retention_days
    error_message = "verdict_retention_days must be a whole number, 7 at least."
  }
}

variable "noncurrent_version_retention_days" {
  description = "How long versions of objects that were replaced or deleted are kept, in days."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.noncurrent_version_retention_days >= 1 && floor(var.noncurrent_version_retention_days) == var.noncurrent_version_retention_days
    error_message = "noncurrent_version_retention_days must be a whole number, 1 at least."
  }
}

variable "force_destroy" {
  description = "Whether destroying the bucket deletes what it holds."
  type        = bool
  default     = false
  nullable    = false
}

# Rendered into the definition of the state machine, so that no commit to the deployed repository can change it.
variable "policy" {
  description = <<-EOT
    The rules that the verdict on a change set is judged by. default says what becomes of a kind of finding (refuse,
    approve or allow; approve is refused until approvals exist). rules come first: the first one that matches a change
    wins. A rule matches where all its conditions hold: kinds (all but undetermined where left out), resource_types,
    logical_ids and stacks (globs; stacks by full name), until the end of the day expires (UTC). built_in_rules lets
    through types that are replaced by design and hold nothing.
  EOT
  type = object({
    built_in_rules = optional(bool, true)
    default = optional(object({
      replacement  = optional(string, "refuse")
      conditional  = optional(string, "refuse")
      removal      = optional(string, "refuse")
      undetermined = optional(string, "refuse")
    }), {})
    rules = optional(list(object({
      action         = string
      reason         = string
      kinds          = optional(list(string))
      resource_types = optional(list(string))
      logical_ids    = optional(list(string))
      stacks         = optional(list(string))
      expires        = optional(string)
    })), [])
  })
  default  = {}
  nullable = false

  validation {
    condition = alltrue([
      for action in concat(values(var.policy.default), var.policy.rules[*].action) :
      contains(["refuse", "approve", "allow"], action)
    ])
    error_message = "Every action of policy must be refuse, approve or allow."
  }

  validation {
    condition     = alltrue([for rule in var.policy.rules : trimspace(rule.reason) != ""])
    error_message = "Every rule of policy needs a reason, so that people know why it is there."
  }

  validation {
    condition = alltrue(flatten([
      for rule in var.policy.rules : [
        for kind in rule.kinds == null ? [] : rule.kinds : contains(["replacement", "conditional", "removal", "undetermined"], kind)
      ]
    ]))
    error_message = "The kinds of a rule of policy must be among replacement, conditional, removal and undetermined."
  }

  validation {
    condition = alltrue(flatten([
      for rule in var.policy.rules : [
        for list in [rule.kinds, rule.resource_types, rule.logical_ids, rule.stacks] :
        list == null ? true : length(list) > 0 && alltrue([for item in list : item != null && item != ""])
      ]
    ]))
    error_message = "A list of a rule of policy must not be empty, nor any text in it: leave the list out to match everything."
  }

  validation {
    condition = alltrue([
      for rule in var.policy.rules :
      rule.expires == null ? true : can(regex("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", rule.expires)) && can(formatdate("YYYY", "${rule.expires}T00:00:00Z"))
    ])
    error_message = "The expires of a rule of policy must be a date like 2026-12-31."
  }
}
