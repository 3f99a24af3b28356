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
    "cloudformation:DeleteStack"                 = anytrue(local.own_deployments[*].recreate_failed_stack) ? ["delete_failed_stack"] : []
    "cloudformation:ExecuteChangeSet"            = ["execute_change_set"]
    "cloudformation:SetStackPolicy"              = ["create_stack", "set_stack_policy"]
    "cloudformation:UpdateStack"                 = []
    "cloudformation:UpdateTerminationProtection" = ["create_stack", "execute_change_set"]
    "codepipeline:PutJobFailureResult"           = ["trigger"]
    "codepipeline:PutJobSuccessResult"           = ["trigger"]
    "iam:PassRole"                               = ["create_change_set", "create_stack", "delete_failed_stack"]
    "states:StartExecution"                      = ["trigger"]
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
          {
            # Only whoever applies this configuration uploads the functions' code and the state machine's input.
            Sid      = "LeaveCodeAndInputAlone"
            Effect   = "Deny"
            Action   = ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObject"]
            Resource = var.administered_object_arns
          },
        ],
        [
          for actions in [[
            for action in ["CreateChangeSet", "CreateStack", "DeleteStack"] : "cloudformation:${action}"
            if contains(flatten(values(try(local.stack_actions[key], {}))), action)
            ]] : {
            # With another role, or none, CloudFormation would act with other rights than the deployment's. The condition
            # holds for a request without a role, too (IAM User Guide, "IAM JSON policy elements: Condition operators").
            Sid       = "DeployWithDeploymentRoles"
            Effect    = "Deny"
            Action    = actions
            Resource  = "*"
            Condition = { ArnNotEquals = { "cloudformation:RoleArn" = local.deployment_role_arns } }
          } if length(actions) > 0 && length(local.deployment_role_arns) > 0
        ],
      )
    })
  }
}

resource "aws_iam_role_policy" "function_denials" {
  for_each = var.functions

  name   = "denials"
  role   = aws_iam_role.function[each.key].name
  policy = local.function_denials[each.key]
}
