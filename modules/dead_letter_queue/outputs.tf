# Handed out once the queue has its policy: what sends to it at once may then do so.
output "arn" {
  description = "ARN of the queue."
  value       = aws_sqs_queue.this.arn
  depends_on  = [aws_sqs_queue_policy.this]
}

output "name" {
  description = "Name of the queue."
  value       = aws_sqs_queue.this.name
}
