# Encrypted with a key of SQS: Lambda and EventBridge can send without rights to a key.
resource "aws_sqs_queue" "this" {
  name                      = var.name
  message_retention_seconds = var.message_retention_seconds
  sqs_managed_sse_enabled   = true
}

locals {
  statements = concat(
    [
      {
        Sid       = "RefuseRequestsWithoutTls"
        Effect    = "Deny"
        Principal = { AWS = "*" }
        # All actions: none needs an unencrypted connection.
        Action    = "sqs:*"
        Resource  = aws_sqs_queue.this.arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ],
    [
      # EventBridge User Guide, "Using dead-letter queues to process undelivered events".
      for arns in [var.event_rule_arns] : {
        Sid       = "KeepUndeliveredEvents"
        Effect    = "Allow"
        Principal = { Service = "events.amazonaws.com" }
        Action    = "sqs:SendMessage"
        Resource  = aws_sqs_queue.this.arn
        Condition = { ArnEquals = { "aws:SourceArn" = arns } }
      } if length(arns) > 0
    ],
  )
}

resource "aws_sqs_queue_policy" "this" {
  queue_url = aws_sqs_queue.this.id

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = local.statements
  })
}
