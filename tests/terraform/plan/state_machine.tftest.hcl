mock_provider "aws" {
  source = "./tests/terraform/plan/mocks"
}

variables {
  name       = "changegate-deploy"
  role_arn   = "arn:aws:iam::111122223333:role/changegate-state-machine"
  definition = "{\"StartAt\": \"Deployment Succeeded\", \"States\": {\"Deployment Succeeded\": {\"Type\": \"Succeed\"}}}"
}

run "logs_without_data" {
  command = plan

  module {
    source = "./modules/state_machine"
  }

  assert {
    condition     = aws_sfn_state_machine.this.type == "STANDARD"
    error_message = "The state machine must be of type STANDARD."
  }

  assert {
    condition = (
      aws_sfn_state_machine.this.logging_configuration[0].level == "ALL" &&
      !aws_sfn_state_machine.this.logging_configuration[0].include_execution_data
    )
    error_message = "Every event must be logged, but by default not the input and output of states."
  }

  assert {
    condition     = !aws_sfn_state_machine.this.tracing_configuration[0].enabled
    error_message = "Tracing must be off by default."
  }

  assert {
    condition = (
      aws_cloudwatch_log_group.this.name == "/aws/vendedlogs/states/changegate-deploy" &&
      aws_cloudwatch_log_group.this.retention_in_days == 365
    )
    error_message = "The log must be kept for a year, under the prefix for log deliveries."
  }
}

run "refuses_a_definition_that_is_not_json" {
  command = plan

  module {
    source = "./modules/state_machine"
  }

  variables {
    definition = "StartAt: Deployment Succeeded"
  }

  expect_failures = [var.definition]
}

run "refuses_a_long_name" {
  command = plan

  module {
    source = "./modules/state_machine"
  }

  variables {
    name = "state-machine-of-eighty-one-characters-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
  }

  expect_failures = [var.name]
}

run "encrypts_its_log" {
  command = plan

  module {
    source = "./modules/state_machine"
  }

  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }

  assert {
    condition     = aws_cloudwatch_log_group.this.kms_key_id == "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    error_message = "The log must be encrypted with the key."
  }
}
