# Available when the queue has its policy, so that senders are allowed to send at once.
output "arn" {
  description = "ARN of the queue."
  value       = aws_sqs_queue.this.arn
  depends_on  = [aws_sqs_queue_policy.this]
}

output "name" {
  description = "Name of the queue."
  value       = aws_sqs_queue.this.name
}
