resource "aws_iam_role" "cloudformation" {
  name               = var.roles.cloudformation.name
  description        = "Role that CloudFormation deploys stacks with."
  assume_role_policy = local.trust_policies.cloudformation

  path                 = var.role_path
  permissions_boundary = var.permissions_boundary_arn
}

resource "aws_iam_role_policy" "cloudformation" {
  count = var.deployment_policy_json == null ? 0 : 1

  name   = "deployment"
  role   = aws_iam_role.cloudformation.name
  policy = var.deployment_policy_json

  lifecycle {
    precondition {
      # IAM does not count white space.
      condition     = length(try(jsonencode(jsondecode(var.deployment_policy_json)), "")) <= local.policy_size_limit
      error_message = "deployment_policy_json is larger than IAM accepts (${local.policy_size_limit} characters). Managed policies (deployment_policy_arns) do not count."
    }
  }
}

resource "aws_iam_role_policy_attachment" "cloudformation" {
  for_each = toset(var.deployment_policy_arns)

  role       = aws_iam_role.cloudformation.name
  policy_arn = each.value
}
