locals {
  # Nothing polls: an event of the source starts the pipeline. With a connection, the pipeline's own trigger does.
  event_patterns = concat(
    [
      for given in var.pipeline_source.codecommit[*] : {
        description = "Starts the pipeline ${local.name} on a commit to ${given.branch_name} of ${local.repository_name}."
        pattern = jsonencode({
          source      = ["aws.codecommit"]
          detail-type = ["CodeCommit Repository State Change"]
          resources   = [local.repository_arn]
          detail = {
            event         = ["referenceCreated", "referenceUpdated"]
            referenceType = ["branch"]
            referenceName = [given.branch_name]
          }
        })
      }
    ],
    [
      # The bucket sends these events if its EventBridge notifications are on; no CloudTrail trail is needed (CodePipeline
      # User Guide, "Connecting to Amazon S3 source actions with a source enabled for events").
      for given in var.pipeline_source.s3[*] : {
        description = "Starts the pipeline ${local.name} on an upload of s3://${given.bucket_name}/${given.object_key}."
        pattern = jsonencode({
          source      = ["aws.s3"]
          detail-type = ["Object Created"]
          detail = {
            bucket = { name = [given.bucket_name] }
            object = { key = [given.object_key] }
          }
        })
      }
    ],
  )
}

resource "aws_cloudwatch_event_rule" "revision" {
  count = length(local.event_patterns)

  name = local.event_rule_name
  # At most 512 characters: PutRule, EventBridge API reference.
  description   = substr(local.event_patterns[count.index].description, 0, 512)
  event_pattern = local.event_patterns[count.index].pattern
}

resource "aws_cloudwatch_event_target" "pipeline" {
  count = length(local.event_patterns)

  rule      = aws_cloudwatch_event_rule.revision[count.index].name
  target_id = "pipeline"
  arn       = aws_codepipeline.this.arn
  role_arn  = aws_iam_role.event_rule[0].arn

  depends_on = [aws_iam_role_policy.event_rule]
}

resource "aws_iam_role" "event_rule" {
  count = length(local.event_patterns)

  name               = format(var.engine.names.event_rule_role, var.key)
  description        = "Role with which the EventBridge rule ${local.event_rule_name} starts the pipeline ${local.name}."
  assume_role_policy = local.trust_policies.events

  path                 = var.engine.role_path
  permissions_boundary = var.engine.permissions_boundary_arn
}

resource "aws_iam_role_policy" "event_rule" {
  count = length(local.event_patterns)

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

moved {
  from = aws_cloudwatch_event_rule.commit
  to   = aws_cloudwatch_event_rule.revision[0]
}
