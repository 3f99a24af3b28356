resource "aws_sfn_state_machine" "this" {
  #checkov:skip=CKV_AWS_284:whether executions are traced is the caller's to say
  #checkov:skip=CKV_AWS_285:every event is logged, but not its data unless the caller says so: it may hold parameters of stacks
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
  #checkov:skip=CKV_AWS_338:the retention is the caller's to say; a year by default
  name              = "/aws/vendedlogs/states/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}
