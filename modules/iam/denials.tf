# What must never happen, whatever a role is allowed later, by this configuration or by hand: a denial overrides every
# right. Denials are separate policies.

locals {
  # Actions that all functions are denied, except the functions given here. An update executes an inspected change set, so
  # no function may update a stack directly. No condition key says whether UpdateTerminationProtection turns the
  # protection on or off (Service Authorization Reference, AWS CloudFormation), so the action is limited to the functions
  # that turn it on.
  reserved_actions = {
    "cloudformation:CreateChangeSet"             = ["create_change_set"]
    "cloudformation:CreateStack"                 = ["create_stack"]
    "cloudformation:DeleteStack"                 = length(local.root_stack_arns.recreate) > 0 ? ["delete_failed_stack"] : []
    "cloudformation:ExecuteChangeSet"            = ["execute_change_set"]
    "cloudformation:SetStackPolicy"              = ["create_stack", "set_stack_policy"]
    "cloudformation:UpdateStack"                 = []
    "cloudformation:UpdateTerminationProtection" = ["create_stack", "execute_change_set"]
    "codepipeline:PutJobFailureResult"           = ["trigger"]
    "codepipeline:PutJobSuccessResult"           = ["trigger"]
    "iam:PassRole"                               = ["create_change_set", "create_stack", "delete_failed_stack"]
    "states:StartExecution"                      = ["trigger"]
  }

  # Only whoever applies this configuration uploads the functions' code and the state machine's input.
  leave_code_and_input_statement = {
    Sid      = "LeaveCodeAndInputAlone"
    Effect   = "Deny"
    Action   = ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObject"]
    Resource = ["${var.bucket_arn}/${var.function_prefix}*", local.input_object_arns]
  }

  function_denials = {
    for key in keys(var.functions) : key => jsonencode({
      Version = "2012-10-17"
      Statement = concat(
        [
          {
            # All resources: the function may do this to none.
            Sid      = "NotItsWork"
            Effect   = "Deny"
            Action   = [for action, functions in local.reserved_actions : action if !contains(functions, key)]
            Resource = "*"
          },
          local.leave_code_and_input_statement,
        ],
        [
          for arns in [local.root_stack_arns.recreate] : {
            Sid         = "DeleteNothingButFailedStacks"
            Effect      = "Deny"
            Action      = "cloudformation:DeleteStack"
            NotResource = arns
          } if key == "delete_failed_stack" && length(arns) > 0
        ],
      )
    })
  }

  # The user decides what CloudFormation may do, which is often a lot. But no template may change what judges templates, or
  # use its roles.
  cloudformation_denials = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          # Every way to change the bucket and its objects.
          Sid      = "LeaveBucketAlone"
          Effect   = "Deny"
          Action   = ["s3:Delete*", "s3:Put*", "s3:Replicate*"]
          Resource = [var.bucket_arn, "${var.bucket_arn}/*"]
        },
        {
          # All actions, because no template needs any of these resources. The exception is publishing: a stack can send its
          # events to the topic of this configuration, and CloudFormation does not document whose rights it uses for that.
          Sid       = "LeaveChangegateAlone"
          Effect    = "Deny"
          NotAction = "sns:Publish"
          Resource = concat(
            # The function and, after a colon, its versions. Two patterns would not leave room for a policy of the user.
            [for function in values(var.functions) : "${function.arn}*"],
            local.role_arns,
            [
              var.event_rule.arn,
              var.state_machine.execution_arns,
              var.pipeline.arn,
              "${var.pipeline.arn}/*",
              var.state_machine.arn,
            ],
            local.log_group_arns,
            var.key_alias[*].arn,
            var.protected_arns,
          )
        },
      ],
      [
        # All actions except its use. The key's ARN is not known before the key exists, so the condition identifies the key
        # by its alias (KMS Developer Guide, "AWS KMS condition keys", kms:ResourceAliases), which no template may remove.
        for alias in var.key_alias[*].name : {
          Sid       = "LeaveKeyAlone"
          Effect    = "Deny"
          NotAction = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
          Resource  = "${local.arn_prefix}:kms:${local.regional_scope}:key/*"
          Condition = { "ForAnyValue:StringEquals" = { "kms:ResourceAliases" = alias } }
        }
      ],
    )
  })
}

resource "aws_iam_role_policy" "function_denials" {
  for_each = var.functions

  name   = "denials"
  role   = aws_iam_role.function[each.key].name
  policy = local.function_denials[each.key]
}

resource "aws_iam_role_policy" "pipeline_denials" {
  name = "denials"
  role = aws_iam_role.pipeline.name

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [local.leave_code_and_input_statement]
  })
}

resource "aws_iam_role_policy" "cloudformation_denials" {
  name   = "denials"
  role   = aws_iam_role.cloudformation.name
  policy = local.cloudformation_denials

  lifecycle {
    precondition {
      # IAM does not count white space.
      condition     = length(local.cloudformation_denials) + length(try(jsonencode(jsondecode(var.deployment_policy_json)), "")) <= local.policy_size_limit
      error_message = "deployment_policy_json is larger than IAM accepts. With the denials of this module, the role that CloudFormation deploys with has room for ${local.policy_size_limit - length(local.cloudformation_denials)} characters. Managed policies (deployment_policy_arns) do not count."
    }
  }
}
