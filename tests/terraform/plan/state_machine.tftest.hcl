mock_provider "aws" {
  source = "./tests/terraform/plan/mocks"
}

variables {
  name           = "changegate-deploy"
  log_group_name = "/aws/vendedlogs/states/changegate-deploy"
  role_arn       = "arn:aws:iam::111122223333:role/changegate-state-machine"
  definition     = "{\"StartAt\": \"Deployment Succeeded\", \"States\": {\"Deployment Succeeded\": {\"Type\": \"Succeed\"}}}"
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
    error_message = "Each event must be logged; by default without the input and output of states."
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
    error_message = "The log must be kept for a year, in the given log group."
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

run "takes_a_definition_whose_tasks_invoke_their_functions" {
  command = plan

  module {
    source = "./modules/state_machine"
  }

  variables {
    task_functions = { "Create Stack" = "arn:aws:lambda:eu-west-1:111122223333:function:changegate-create-stack" }
    definition = jsonencode({
      StartAt = "Create Stack"
      States = {
        "Create Stack" = {
          Type = "Task"
          Parameters = {
            FunctionName = "arn:aws:lambda:eu-west-1:111122223333:function:changegate-create-stack"
            Payload      = { wait = { state = "Wait Stack Creation" } }
          }
        }
        "Wait Stack Creation" = { Type = "Wait" }
      }
    })
  }

  assert {
    condition     = jsondecode(aws_sfn_state_machine.this.definition).StartAt == "Create Stack"
    error_message = "A definition with the tasks of the list must be accepted."
  }
}

run "refuses_a_task_without_a_state" {
  command = plan

  module {
    source = "./modules/state_machine"
  }

  variables {
    task_functions = { "Create Stack" = "arn:aws:lambda:eu-west-1:111122223333:function:changegate-create-stack" }
  }

  expect_failures = [aws_sfn_state_machine.this]
}

run "refuses_a_state_without_a_task" {
  command = plan

  module {
    source = "./modules/state_machine"
  }

  variables {
    definition = jsonencode({
      StartAt = "Create Stack"
      States = {
        "Create Stack" = {
          Type       = "Task"
          Parameters = { FunctionName = "arn:aws:lambda:eu-west-1:111122223333:function:changegate-create-stack" }
        }
      }
    })
  }

  expect_failures = [aws_sfn_state_machine.this]
}

run "refuses_a_task_that_invokes_another_function" {
  command = plan

  module {
    source = "./modules/state_machine"
  }

  variables {
    task_functions = { "Delete Change Set" = "arn:aws:lambda:eu-west-1:111122223333:function:changegate-delete-change-set" }
    definition = jsonencode({
      StartAt = "Delete Change Set"
      States = {
        "Delete Change Set" = {
          Type       = "Task"
          Parameters = { FunctionName = "arn:aws:lambda:eu-west-1:111122223333:function:changegate-execute-change-set" }
        }
      }
    })
  }

  expect_failures = [aws_sfn_state_machine.this]
}

run "refuses_a_task_that_waits_in_no_wait_state" {
  command = plan

  module {
    source = "./modules/state_machine"
  }

  variables {
    task_functions = { "Create Stack" = "arn:aws:lambda:eu-west-1:111122223333:function:changegate-create-stack" }
    definition = jsonencode({
      StartAt = "Create Stack"
      States = {
        "Create Stack" = {
          Type = "Task"
          Parameters = {
            FunctionName = "arn:aws:lambda:eu-west-1:111122223333:function:changegate-create-stack"
            Payload      = { wait = { state = "Wait Stack Creation" } }
          }
        }
      }
    })
  }

  expect_failures = [aws_sfn_state_machine.this]
}
