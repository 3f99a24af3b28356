output "name" {
  description = "Name of the function."
  value       = aws_lambda_function.this.function_name
}

output "arn" {
  description = "ARN of the function."
  value       = aws_lambda_function.this.arn
}

output "version" {
  description = "Version of the function that has the code and the settings of this configuration; $LATEST if none is published."
  value       = aws_lambda_function.this.version
}

output "log_group_name" {
  description = "Name of the log group."
  value       = aws_cloudwatch_log_group.this.name
}

output "reserved_concurrency" {
  description = "Concurrent executions that are reserved for the function. -1 reserves none."
  value       = aws_lambda_function.this.reserved_concurrent_executions
}
