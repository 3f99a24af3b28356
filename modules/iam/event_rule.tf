locals {
  # A connection starts the pipeline by itself.
  event_rules = var.pipeline_source.connection_arn == null ? 1 : 0
}

resource "aws_iam_role" "event_rule" {
  count = local.event_rules

  name               = "${var.name}-event-rule"
  description        = "Role with which the event rule ${var.event_rule_name} starts the pipeline ${var.pipeline_name}."
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
        Resource = local.pipeline_arn
      },
    ]
  })
}
