# What must never happen, whatever else a role is allowed later, by this configuration or by hand: a denial beats every
# right that a role has. Denials are policies of their own, beside what a role may do.

locals {
  # Actions, and the functions whose work they are; the others are denied them. An update goes by a change set that was
  # inspected, so nobody may update a stack directly. Whether UpdateTerminationProtection protects a stack or lifts its
  # protection no condition key tells (Service Authorization Reference, AWS CloudFormation): it can only be kept to the
  # functions that protect.
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

  # The code that functions run and what the state machine is told are put by whoever applies this configuration, and by
  # nobody else.
  leave_code_and_input_statement = {
    Sid      = "LeaveCodeAndInputAlone"
    Effect   = "Deny"
    Action   = ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObject"]
    Resource = ["${var.bucket_arn}/${var.function_prefix}*", local.input_object_arns]
  }

  function_denials = {
    for key in keys(var.function_names) : key => jsonencode({
      Version = "2012-10-17"
      Statement = concat(
        [
          {
            # On all, because the function may do it to nothing.
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

  # What CloudFormation may do is the user's to say, and often much. But no template may change what judges templates, nor
  # borrow its roles.
  cloudformation_denials = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          # Every way to change the bucket and what is in it.
          Sid      = "LeaveBucketAlone"
          Effect   = "Deny"
          Action   = ["s3:Delete*", "s3:Put*", "s3:Replicate*"]
          Resource = [var.bucket_arn, "${var.bucket_arn}/*"]
        },
        {
          # All actions, because nothing a template makes has to do with any of these; but a topic that is told of a
          # stack's events may be ours, and with whose rights CloudFormation tells it, its documentation does not say.
          Sid       = "LeaveChangegateAlone"
          Effect    = "Deny"
          NotAction = "sns:Publish"
          Resource = concat(
            values(local.function_arns),
            values(local.role_arns),
            [
              local.event_rule_arn,
              local.execution_arns,
              local.pipeline_arn,
              "${local.pipeline_arn}/*",
              local.state_machine_arn,
            ],
            local.log_group_arns,
            local.key_alias_arn[*],
            var.protected_arns,
          )
        },
      ],
      [
        # All but its use. The key's ARN is not known before it is made, so it is told by its alias (KMS Developer Guide,
        # "AWS KMS condition keys", kms:ResourceAliases), which no template may take away.
        for alias in var.key_alias[*] : {
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
  for_each = var.function_names

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
      error_message = "deployment_policy_json is larger than IAM takes: with the denials of this module, the role that CloudFormation deploys with has room for ${local.policy_size_limit - length(local.cloudformation_denials)} characters. Managed policies (deployment_policy_arns) have room of their own."
    }
  }
}
