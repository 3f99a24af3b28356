locals {
  create_topic = var.topic_arn == null
  topic_arn    = local.create_topic ? aws_sns_topic.this[0].arn : var.topic_arn
}

resource "aws_sns_topic" "this" {
  #checkov:skip=CKV_AWS_26:the caller decides whether there is a key; by default there is one
  count = local.create_topic ? 1 : 0

  name              = var.topic_name
  kms_master_key_id = var.kms_key_arn
}

# A given topic has its own policy, which docs/guides/operations.md describes.
resource "aws_sns_topic_policy" "this" {
  count = local.create_topic ? 1 : 0

  arn = aws_sns_topic.this[0].arn

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "RefuseRequestsWithoutTls"
        Effect    = "Deny"
        Principal = { AWS = "*" }
        Action    = "sns:Publish"
        Resource  = aws_sns_topic.this[0].arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
      {
        # Without a condition, as in the EventBridge User Guide ("Using resource-based policies for Amazon EventBridge",
        # "Amazon SNS permissions"): with a condition that is not supported, no message arrives, and nothing reports it.
        Sid       = "TellOfDeployments"
        Effect    = "Allow"
        Principal = { Service = "events.amazonaws.com" }
        Action    = "sns:Publish"
        Resource  = aws_sns_topic.this[0].arn
      },
      {
        # Amazon SNS Developer Guide, "Example cases for Amazon SNS access control", CloudWatch alarms.
        Sid       = "TellOfAlarms"
        Effect    = "Allow"
        Principal = { Service = "cloudwatch.amazonaws.com" }
        Action    = "sns:Publish"
        Resource  = aws_sns_topic.this[0].arn
        Condition = {
          StringEquals = { "aws:SourceAccount" = var.account_id }
          ArnLike      = { "aws:SourceArn" = var.alarm_arn_pattern }
        }
      },
    ]
  })
}

# Subscribers confirm with a link in the first mail.
resource "aws_sns_topic_subscription" "email" {
  for_each = var.emails

  topic_arn = local.topic_arn
  protocol  = "email"
  endpoint  = each.value
}
