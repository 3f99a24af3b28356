locals {
  # Nothing polls: an event of the source starts the pipeline. With a connection, the pipeline's own trigger does.
  event_patterns = concat(
    [
      for given in var.pipeline_source.codecommit[*] : {
        description = "Starts the pipeline ${var.name} on a commit to ${given.branch_name} of ${given.repository_name}."
        pattern = jsonencode({
          source      = ["aws.codecommit"]
          detail-type = ["CodeCommit Repository State Change"]
          resources   = [given.repository_arn]
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
        description = "Starts the pipeline ${var.name} on an upload of s3://${given.bucket_name}/${given.object_key}."
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

  name = var.event_rule_name
  # At most 512 characters: PutRule, EventBridge API reference.
  description   = substr(local.event_patterns[count.index].description, 0, 512)
  event_pattern = local.event_patterns[count.index].pattern
}

resource "aws_cloudwatch_event_target" "pipeline" {
  count = length(local.event_patterns)

  rule      = aws_cloudwatch_event_rule.revision[count.index].name
  target_id = "pipeline"
  arn       = aws_codepipeline.this.arn
  role_arn  = var.event_role_arn
}

moved {
  from = aws_cloudwatch_event_rule.commit
  to   = aws_cloudwatch_event_rule.revision[0]
}
