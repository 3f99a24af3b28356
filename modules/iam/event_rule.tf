resource "aws_iam_role" "event_rule" {
  name               = "${var.name}-event-rule"
  description        = "Role with which the event rule ${var.event_rule_name} starts the pipeline ${var.pipeline_name}."
  assume_role_policy = local.trust_policies.events
}

resource "aws_iam_role_policy" "event_rule" {
  name = "event-rule"
  role = aws_iam_role.event_rule.name

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
