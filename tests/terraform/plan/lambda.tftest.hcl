mock_provider "aws" {
  source = "./tests/terraform/plan/mocks"
}

variables {
  name           = "changegate-create-stack"
  log_group_name = "/aws/lambda/changegate-create-stack"
  handler        = "changegate.states.create_stack.handler"
  role_arn       = "arn:aws:iam::111122223333:role/changegate-create-stack"
  code = {
    s3_bucket         = "changegate-111122223333-eu-west-1"
    s3_key            = "functions/changegate.zip"
    s3_object_version = "3HL4kqtJlcpXroDTDmjVBH40Nrjfkd"
    sha256            = "uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek="
  }
}

run "runs_the_zip" {
  command = plan

  module {
    source = "./modules/lambda"
  }

  variables {
    environment = { POWERTOOLS_SERVICE_NAME = "changegate" }
  }

  assert {
    condition = (
      aws_lambda_function.this.handler == "changegate.states.create_stack.handler" &&
      aws_lambda_function.this.runtime == "python3.13" &&
      one(aws_lambda_function.this.architectures) == "arm64" &&
      aws_lambda_function.this.role == "arn:aws:iam::111122223333:role/changegate-create-stack"
    )
    error_message = "Handler, runtime, architecture and role must be the given ones."
  }

  assert {
    condition = (
      aws_lambda_function.this.s3_bucket == "changegate-111122223333-eu-west-1" &&
      aws_lambda_function.this.s3_key == "functions/changegate.zip" &&
      aws_lambda_function.this.s3_object_version == "3HL4kqtJlcpXroDTDmjVBH40Nrjfkd" &&
      aws_lambda_function.this.source_code_hash == "uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek="
    )
    error_message = "The function must run exactly the given version of the zip."
  }

  assert {
    condition     = aws_lambda_function.this.environment[0].variables == tomap({ POWERTOOLS_SERVICE_NAME = "changegate" })
    error_message = "The function must have its environment."
  }

  assert {
    condition     = length(aws_lambda_function_event_invoke_config.this) == 0
    error_message = "Without settings for asynchronous invocations, Lambda's defaults must apply."
  }

  assert {
    condition     = aws_lambda_function.this.tracing_config[0].mode == "PassThrough"
    error_message = "By default, tracing must be off, and turned off if it was on."
  }
}

run "is_traced_where_it_is_told_to" {
  command = plan

  module {
    source = "./modules/lambda"
  }

  variables {
    tracing_enabled = true
  }

  assert {
    condition     = aws_lambda_function.this.tracing_config[0].mode == "Active"
    error_message = "Invocations that X-Ray samples must be traced."
  }
}

run "logs_json_to_a_group_with_a_retention" {
  command = plan

  module {
    source = "./modules/lambda"
  }

  variables {
    log_level          = "WARNING"
    log_retention_days = 7
  }

  assert {
    condition = (
      aws_cloudwatch_log_group.this.name == "/aws/lambda/changegate-create-stack" &&
      aws_cloudwatch_log_group.this.retention_in_days == 7
    )
    error_message = "The log group must have the given name and retention."
  }

  assert {
    condition = (
      aws_lambda_function.this.logging_config[0].log_format == "JSON" &&
      aws_lambda_function.this.logging_config[0].log_group == "/aws/lambda/changegate-create-stack" &&
      aws_lambda_function.this.logging_config[0].application_log_level == "WARN"
    )
    error_message = "The function must log JSON to its group, with Lambda's name of the level."
  }
}

run "keeps_its_log_for_a_year" {
  command = plan

  module {
    source = "./modules/lambda"
  }

  assert {
    condition     = aws_cloudwatch_log_group.this.retention_in_days == 365
    error_message = "By default, the log must be kept for a year."
  }
}

run "bounds_asynchronous_invocations" {
  command = plan

  module {
    source = "./modules/lambda"
  }

  variables {
    asynchronous_invocation = { maximum_retry_attempts = 1, maximum_event_age_seconds = 600 }
  }

  assert {
    condition = (
      aws_lambda_function_event_invoke_config.this[0].maximum_retry_attempts == 1 &&
      aws_lambda_function_event_invoke_config.this[0].maximum_event_age_in_seconds == 600
    )
    error_message = "Retries and age of asynchronous invocations must be the given ones."
  }

  assert {
    condition     = length(aws_lambda_function_event_invoke_config.this[0].destination_config) == 0
    error_message = "Without a queue, there must be no destination for lost invocations."
  }
}

run "keeps_what_lambda_gives_up" {
  command = plan

  module {
    source = "./modules/lambda"
  }

  variables {
    asynchronous_invocation = {
      maximum_retry_attempts    = 2
      maximum_event_age_seconds = 1200
      on_failure_arn            = "arn:aws:sqs:eu-west-1:111122223333:changegate-lost-invocations"
    }
  }

  assert {
    condition     = aws_lambda_function_event_invoke_config.this[0].destination_config[0].on_failure[0].destination == "arn:aws:sqs:eu-west-1:111122223333:changegate-lost-invocations"
    error_message = "Lost invocations must go to the queue."
  }
}

run "reserves_concurrency_where_it_is_told_to" {
  command = plan

  module {
    source = "./modules/lambda"
  }

  variables {
    reserved_concurrency = 3
  }

  assert {
    condition     = aws_lambda_function.this.reserved_concurrent_executions == 3
    error_message = "The concurrency must be reserved."
  }
}

run "refuses_a_long_name" {
  command = plan

  module {
    source = "./modules/lambda"
  }

  variables {
    name = "function-of-sixty-five-characters-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
  }

  expect_failures = [var.name]
}

run "refuses_an_unknown_log_level" {
  command = plan

  module {
    source = "./modules/lambda"
  }

  variables {
    log_level = "WARN"
  }

  expect_failures = [var.log_level]
}

run "encrypts_its_log" {
  command = plan

  module {
    source = "./modules/lambda"
  }

  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }

  assert {
    condition     = aws_cloudwatch_log_group.this.kms_key_id == "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    error_message = "The log must be encrypted with the key."
  }
}
