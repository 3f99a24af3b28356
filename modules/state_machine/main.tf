resource "aws_sfn_state_machine" "this" {
  name       = var.name
  type       = "STANDARD"
  role_arn   = var.role_arn
  definition = var.definition

  logging_configuration {
    level                  = var.log_level
    include_execution_data = var.include_execution_data
    log_destination        = "${aws_cloudwatch_log_group.this.arn}:*"
  }

  # Written out also when it is off: without the block, Terraform would not turn it off.
  tracing_configuration {
    enabled = var.tracing_enabled
  }
}

# Under /aws/vendedlogs, where log deliveries share one resource policy instead of filling its size.
resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/vendedlogs/states/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}
