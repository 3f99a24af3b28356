run "surroundings" {
  module {
    source = "./tests/terraform/apply/suites/surroundings"
  }

  variables {
    name    = "lambda-suite"
    service = "lambda.amazonaws.com"
  }
}

run "makes_it" {
  module {
    source = "./modules/lambda"
  }

  variables {
    name           = "lambda-suite-trigger"
    log_group_name = "/aws/lambda/lambda-suite-trigger"
    handler        = "changegate.pipeline.trigger.handler"
    role_arn       = run.surroundings.role_arn
    code           = run.surroundings.code
    publish        = true
    environment    = { POWERTOOLS_SERVICE_NAME = "changegate" }
    asynchronous_invocation = {
      maximum_retry_attempts    = 2
      maximum_event_age_seconds = 1200
      on_failure_arn            = "arn:aws:sqs:eu-west-1:000000000000:lambda-suite-lost-invocations"
    }
    reserved_concurrency = 2
  }

  assert {
    condition     = output.arn == "arn:aws:lambda:eu-west-1:000000000000:function:lambda-suite-trigger"
    error_message = "The function must have the ARN that the definition and the policies of roles name."
  }

  assert {
    condition     = output.version == "1"
    error_message = "A version must be published."
  }

  assert {
    condition     = aws_lambda_function.this.code_sha256 == run.surroundings.code.sha256
    error_message = "Lambda must run the zip."
  }

  assert {
    condition     = aws_cloudwatch_log_group.this.arn == "arn:aws:logs:eu-west-1:000000000000:log-group:/aws/lambda/lambda-suite-trigger"
    error_message = "The log group must have the ARN that the function's role may write to."
  }
}

run "again" {
  command = plan

  module {
    source = "./modules/lambda"
  }

  variables {
    name           = "lambda-suite-trigger"
    log_group_name = "/aws/lambda/lambda-suite-trigger"
    handler        = "changegate.pipeline.trigger.handler"
    role_arn       = run.surroundings.role_arn
    code           = run.surroundings.code
    publish        = true
    environment    = { POWERTOOLS_SERVICE_NAME = "changegate" }
    asynchronous_invocation = {
      maximum_retry_attempts    = 2
      maximum_event_age_seconds = 1200
      on_failure_arn            = "arn:aws:sqs:eu-west-1:000000000000:lambda-suite-lost-invocations"
    }
    reserved_concurrency = 2
  }
}

run "plans_other_settings_in_place" {
  command = plan

  module {
    source = "./modules/lambda"
  }

  variables {
    name           = "lambda-suite-trigger"
    log_group_name = "/aws/lambda/lambda-suite-trigger"
    handler        = "changegate.pipeline.trigger.handler"
    role_arn       = run.surroundings.role_arn
    code           = run.surroundings.code
    publish        = true
    environment    = { POWERTOOLS_SERVICE_NAME = "changegate", POWERTOOLS_LOG_LEVEL = "DEBUG" }
    memory_size    = 512
    log_level      = "DEBUG"
    asynchronous_invocation = {
      maximum_retry_attempts    = 1
      maximum_event_age_seconds = 600
    }
  }
}

run "changes_in_place" {
  module {
    source = "./modules/lambda"
  }

  variables {
    name           = "lambda-suite-trigger"
    log_group_name = "/aws/lambda/lambda-suite-trigger"
    handler        = "changegate.pipeline.trigger.handler"
    role_arn       = run.surroundings.role_arn
    code           = run.surroundings.code
    publish        = true
    environment    = { POWERTOOLS_SERVICE_NAME = "changegate", POWERTOOLS_LOG_LEVEL = "DEBUG" }
    memory_size    = 512
    log_level      = "DEBUG"
    asynchronous_invocation = {
      maximum_retry_attempts    = 1
      maximum_event_age_seconds = 600
    }
  }

  assert {
    condition     = output.arn == run.makes_it.arn && aws_lambda_function.this.memory_size == 512
    error_message = "The function must stay, with the new settings."
  }

  assert {
    condition     = output.version == "2"
    error_message = "The new settings must be a separate version, so that executions keep the one they began with."
  }
}
