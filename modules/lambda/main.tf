resource "aws_lambda_function" "this" {
  #checkov:skip=CKV_AWS_116:only the trigger is invoked asynchronously; it has a destination for lost invocations
  #checkov:skip=CKV_AWS_117:functions call AWS APIs and nothing in a VPC
  #checkov:skip=CKV_AWS_173:the variables are names, ARNs and a log level
  #checkov:skip=CKV_AWS_272:whoever applies uploads the code; every role that is created here is denied changing it
  function_name = var.name
  role          = var.role_arn
  handler       = var.handler
  runtime       = var.runtime
  architectures = [var.architecture]
  memory_size   = var.memory_size
  timeout       = var.timeout

  s3_bucket         = var.code.s3_bucket
  s3_key            = var.code.s3_key
  s3_object_version = var.code.s3_object_version
  source_code_hash  = var.code.sha256
  publish           = var.publish

  reserved_concurrent_executions = var.reserved_concurrency

  dynamic "environment" {
    for_each = length(var.environment) > 0 ? [var.environment] : []

    content {
      variables = environment.value
    }
  }

  # Written even when tracing is off: without the block, Terraform does not turn it off. PassThrough is Lambda's default.
  tracing_config {
    mode = var.tracing_enabled ? "Active" : "PassThrough"
  }

  logging_config {
    log_format            = "JSON"
    log_group             = aws_cloudwatch_log_group.this.name
    application_log_level = local.application_log_levels[var.log_level]
    system_log_level      = "INFO"
  }
}

resource "aws_lambda_function_event_invoke_config" "this" {
  count = var.asynchronous_invocation == null ? 0 : 1

  function_name                = aws_lambda_function.this.function_name
  maximum_retry_attempts       = var.asynchronous_invocation.maximum_retry_attempts
  maximum_event_age_in_seconds = var.asynchronous_invocation.maximum_event_age_seconds

  dynamic "destination_config" {
    for_each = var.asynchronous_invocation.on_failure_arn[*]

    content {
      on_failure {
        destination = destination_config.value
      }
    }
  }
}
