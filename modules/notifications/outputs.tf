# Available when the topic has its policy.
output "topic_arn" {
  description = "ARN of the topic."
  value       = local.topic_arn
  depends_on  = [aws_sns_topic_policy.this]
}

output "rule_names" {
  description = "Names of the EventBridge rules by outcome."
  value       = { for outcome, rule in aws_cloudwatch_event_rule.outcome : outcome => rule.name }
}
