# Policies are written with jsonencode and ARNs made of names, not with data sources and references: so every policy
# is known in full before anything exists, can be reviewed in the plan, and is asserted in tests without an account.

locals {
  arn_prefix     = "arn:${var.partition}"
  regional_scope = "${var.region}:${var.account_id}"

  function_arns          = { for key, name in var.function_names : key => "${local.arn_prefix}:lambda:${local.regional_scope}:function:${name}" }
  state_machine_arn      = "${local.arn_prefix}:states:${local.regional_scope}:stateMachine:${var.state_machine_name}"
  execution_arns         = "${local.arn_prefix}:states:${local.regional_scope}:execution:${var.state_machine_name}:*"
  pipeline_arn           = "${local.arn_prefix}:codepipeline:${local.regional_scope}:${var.pipeline_name}"
  event_rule_arn         = "${local.arn_prefix}:events:${local.regional_scope}:rule/${var.event_rule_name}"
  cloudformation_role    = "${var.name}-cloudformation"
  role_arn_prefix        = "${local.arn_prefix}:iam::${var.account_id}:role${var.role_path}"
  cloudformation_arn     = "${local.role_arn_prefix}${local.cloudformation_role}"
  function_role_arns     = { for key, name in var.function_names : key => "${local.role_arn_prefix}${name}" }
  artifact_object_arns   = "${var.bucket_arn}/${var.artifact_prefix}*"
  input_object_arns      = "${var.bucket_arn}/${var.input_prefix}*"
  template_object_arns   = "${var.bucket_arn}/${var.template_prefix}*"
  verdict_object_arns    = "${var.bucket_arn}/${var.verdict_prefix}*"
  key_alias_arn          = var.key_alias == null ? null : "${local.arn_prefix}:kms:${local.regional_scope}:${var.key_alias}"
  policy_size_limit      = 10240 # characters of all inline policies of a role; IAM quotas
  policy_too_large_error = "The policy is larger than IAM takes (${local.policy_size_limit} characters): there are too many deployments for one pipeline; split them over two configurations with names of their own."
}

locals {
  # Actions on log groups are authorised on this form of the ARN, all but those on tags (LogGroup, CloudWatch Logs API
  # reference).
  log_group_arns = [for name in var.log_group_names : "${local.arn_prefix}:logs:${local.regional_scope}:log-group:${name}:*"]
}

locals {
  # Every role of this module.
  role_arns = merge(local.function_role_arns, {
    cloudformation = local.cloudformation_arn
    event_rule     = "${local.role_arn_prefix}${var.name}-event-rule"
    pipeline       = "${local.role_arn_prefix}${var.name}-pipeline"
    state_machine  = "${local.role_arn_prefix}${var.name}-state-machine"
  })
}

locals {
  # Who may assume a role, by service. aws:SourceAccount and aws:SourceArn keep another customer's resources from
  # making the service act with our role. Step Functions and EventBridge document that they send both (Step Functions
  # Developer Guide, "Creating an IAM role for your state machine"; EventBridge User Guide, "Cross-service confused
  # deputy prevention"). The others document no such thing for these roles, so there the condition holds wherever the
  # service does send the account; a role is only ever passed within its account.
  trust_policies = {
    for service, condition in {
      lambda         = { StringEqualsIfExists = { "aws:SourceAccount" = var.account_id } }
      codepipeline   = { StringEqualsIfExists = { "aws:SourceAccount" = var.account_id } }
      cloudformation = { StringEqualsIfExists = { "aws:SourceAccount" = var.account_id } }
      states = {
        StringEquals = { "aws:SourceAccount" = var.account_id }
        ArnEquals    = { "aws:SourceArn" = local.state_machine_arn }
      }
      events = {
        StringEquals = { "aws:SourceAccount" = var.account_id }
        ArnEquals    = { "aws:SourceArn" = local.event_rule_arn }
      }
      } : service => jsonencode({
        Version = "2012-10-17"
        Statement = [
          {
            Effect    = "Allow"
            Action    = "sts:AssumeRole"
            Principal = { Service = "${service}.amazonaws.com" }
            Condition = condition
          },
        ]
    })
  }
}
