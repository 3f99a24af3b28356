locals {
  # With a connection, the pipeline's own trigger starts it.
  event_rules = var.pipeline_source.connection_arn == null ? 1 : 0
}

resource "aws_iam_role" "event_rule" {
  count = local.event_rules

  name               = var.roles.event_rule.name
  description        = "Role with which the EventBridge rule ${var.event_rule.name} starts the pipeline ${var.pipeline.name}."
  assume_role_policy = local.trust_policies.events

  path                 = var.role_path
  permissions_boundary = var.permissions_boundary_arn
}

resource "aws_iam_role_policy" "event_rule" {
  count = local.event_rules

  name = "event-rule"
  role = aws_iam_role.event_rule[0].name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "StartPipeline"
        Effect   = "Allow"
        Action   = "codepipeline:StartPipelineExecution"
        Resource = var.pipeline.arn
      },
    ]
  })
}
