resource "aws_cloudwatch_event_rule" "commit" {
  name        = var.event_rule_name
  description = "Starts the pipeline ${var.name} on a commit to ${var.branch_name} of ${var.repository_name}."

  event_pattern = jsonencode({
    source      = ["aws.codecommit"]
    detail-type = ["CodeCommit Repository State Change"]
    resources   = [var.repository_arn]
    detail = {
      event         = ["referenceCreated", "referenceUpdated"]
      referenceType = ["branch"]
      referenceName = [var.branch_name]
    }
  })
}

resource "aws_cloudwatch_event_target" "pipeline" {
  rule      = aws_cloudwatch_event_rule.commit.name
  target_id = "pipeline"
  arn       = aws_codepipeline.this.arn
  role_arn  = var.event_role_arn
}
