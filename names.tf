# Every name, ARN and prefix, once. ARNs are built from names, so that a policy can name a resource before it exists,
# and is known in full in the plan.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {
  lifecycle {
    postcondition {
      condition     = self.id == var.region
      error_message = "region is ${var.region}, but the provider is configured for ${self.id}. Give the module a provider of its region."
    }
  }
}

locals {
  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition

  arn_prefix     = "arn:${local.partition}"
  regional_scope = "${var.region}:${local.account_id}"
}

# Bucket

locals {
  bucket_name = "${var.name}-${local.account_id}-${var.region}"
  bucket_arn  = "${local.arn_prefix}:s3:::${local.bucket_name}"

  function_prefix = "functions/"
  input_prefix    = "state_machine_input/"
  template_prefix = "templates/"
  verdict_prefix  = "verdicts/"

  # What only whoever applies this configuration writes.
  administered_object_arns = [for prefix in [local.function_prefix, local.input_prefix] : "${local.bucket_arn}/${prefix}*"]
}

# Functions and state machine

locals {
  function_names = { for key in keys(local.functions) : key => "${var.name}-${replace(key, "_", "-")}" }
  function_arns = {
    for key, name in local.function_names : key => "${local.arn_prefix}:lambda:${local.regional_scope}:function:${name}"
  }
  # State "Create Stack" runs the function create_stack.
  task_state_names = { for key in keys(local.tasks) : key => title(replace(key, "_", " ")) }

  state_machine_name = "${var.name}-deploy"
  state_machine_arn  = "${local.arn_prefix}:states:${local.regional_scope}:stateMachine:${local.state_machine_name}"
  execution_arns     = "${local.arn_prefix}:states:${local.regional_scope}:execution:${local.state_machine_name}:*"
}

# Log groups

locals {
  function_log_group_names = { for key, name in local.function_names : key => "/aws/lambda/${name}" }
  # Log deliveries to groups under /aws/vendedlogs share one resource policy instead of filling its size.
  state_machine_log_group_name = "/aws/vendedlogs/states/${local.state_machine_name}"

  function_log_group_arns = {
    for key, name in local.function_log_group_names : key => "${local.arn_prefix}:logs:${local.regional_scope}:log-group:${name}"
  }
  log_group_arns = concat(
    values(local.function_log_group_arns),
    ["${local.arn_prefix}:logs:${local.regional_scope}:log-group:${local.state_machine_log_group_name}"],
  )
}

# Pipelines

locals {
  # By format, so that another configuration can make a pipeline. No key and no name contains the underscore, so a
  # pipeline's name says which engine it belongs to, and two pipelines of an engine differ before it: CodePipeline stores
  # artifacts under the first 20 characters of the name, which a key of at most 20 characters distinguishes.
  names_of_pipelines = {
    artifact_prefix = "%.20s/"
    event_rule      = "${var.name}-pipeline-%s"
    event_rule_role = "${var.name}-event-rule-%s"
    pipeline        = "%s_${var.name}"
    pipeline_role   = "${var.name}-pipeline-%s"
    repository      = "${var.name}-%s"
    source_alarm    = "${var.name}-source-rule-failures-%s"
  }

  pipeline_keys = concat(keys(var.pipelines), keys(var.external_pipelines))
  artifact_prefixes = {
    for key in local.pipeline_keys :
    key => format(local.names_of_pipelines.artifact_prefix, format(local.names_of_pipelines.pipeline, key))
  }

  pipeline_arn_pattern      = "${local.arn_prefix}:codepipeline:${local.regional_scope}:${format(local.names_of_pipelines.pipeline, "*")}"
  pipeline_role_arn_pattern = "${local.role_arn_prefix}${format(local.names_of_pipelines.pipeline_role, "*")}"

  # Repositories that are created with a name that does not begin with that of the environment.
  named_repository_arns = [
    for name in flatten([for pipeline in values(var.pipelines) : [
      for given in pipeline.source.codecommit[*] : given.repository_name if given.create_repository && given.repository_name != null
    ]]) : "${local.arn_prefix}:codecommit:${local.regional_scope}:${name}" if !startswith(name, "${var.name}-")
  ]
}

# Roles

locals {
  role_arn_prefix = "${local.arn_prefix}:iam::${local.account_id}:role${var.role_path}"

  # A function's role has the function's name.
  function_roles = {
    for key, name in local.function_names : key => { name = name, arn = "${local.role_arn_prefix}${name}" }
  }
  roles = {
    for key, name in {
      cloudformation = "${var.name}-cloudformation"
      state_machine  = "${var.name}-state-machine"
    } : key => { name = name, arn = "${local.role_arn_prefix}${name}" }
  }
}

# Key

locals {
  key_alias_name = "alias/${var.name}"
  key_alias_arn  = "${local.arn_prefix}:kms:${local.regional_scope}:${local.key_alias_name}"
  # The ARN of a key is not known before the key exists.
  key_arn_pattern = "${local.arn_prefix}:kms:${local.regional_scope}:key/*"
}

# Notifications and monitoring

locals {
  topic_name = "${var.name}-deployment"

  notification_rule_names = {
    for outcome in flatten([for given in var.notifications[*] : sort(given.outcomes)]) :
    outcome => "${var.name}-deployment-${replace(outcome, "_", "-")}"
  }
  notification_rule_arns = [
    for name in values(local.notification_rule_names) : "${local.arn_prefix}:events:${local.regional_scope}:rule/${name}"
  ]

  lost_invocations_name   = "${var.name}-lost-invocations"
  lost_invocations_arn    = "${local.arn_prefix}:sqs:${local.regional_scope}:${local.lost_invocations_name}"
  lost_notifications_name = "${var.name}-lost-notifications"

  alarm_names       = { for alarm in local.alarms : alarm => "${var.name}-${alarm}" }
  alarm_arn_pattern = "${local.arn_prefix}:cloudwatch:${local.regional_scope}:alarm:${var.name}-*"

  dashboard_name = var.name
  dashboard_arn  = "${local.arn_prefix}:cloudwatch::${local.account_id}:dashboard/${local.dashboard_name}"
}

# What no template may change, and nothing that a template creates

locals {
  template_policies = { denials = "${var.name}-template-denials", boundary = "${var.name}-template-boundary" }

  # By the beginning of the name, so that the policies stay below IAM's limits whatever there is. No stack may have a name
  # that begins like these: modules/pipeline/variables_stages.tf.
  protected_arns = concat(
    [
      "${local.arn_prefix}:cloudwatch:${local.regional_scope}:alarm:${var.name}-*",
      "${local.arn_prefix}:codecommit:${local.regional_scope}:${var.name}-*",
      "${local.arn_prefix}:events:${local.regional_scope}:rule/${var.name}-*",
      "${local.arn_prefix}:iam::${local.account_id}:policy${var.role_path}${var.name}-*",
      "${local.role_arn_prefix}${var.name}-*",
      "${local.arn_prefix}:lambda:${local.regional_scope}:function:${var.name}-*",
      "${local.arn_prefix}:logs:${local.regional_scope}:log-group:/aws/lambda/${var.name}-*",
      "${local.arn_prefix}:logs:${local.regional_scope}:log-group:/aws/vendedlogs/states/${var.name}-*",
      "${local.arn_prefix}:sns:${local.regional_scope}:${var.name}-*",
      "${local.arn_prefix}:sqs:${local.regional_scope}:${var.name}-*",
      "${local.arn_prefix}:states:${local.regional_scope}:execution:${var.name}-*",
      "${local.arn_prefix}:states:${local.regional_scope}:stateMachine:${var.name}-*",
      local.dashboard_arn,
      local.key_alias_arn,
      # With stages and actions. Whether IAM accepts a wildcard in front of a slash, where other services have the type of
      # the resource, is not documented; so pipelines of an engine whose name begins with this one's are in it, too.
      "${local.pipeline_arn_pattern}*",
    ],
    local.named_repository_arns,
  )
}
