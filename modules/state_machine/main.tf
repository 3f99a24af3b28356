resource "aws_sfn_state_machine" "this" {
  #checkov:skip=CKV_AWS_284:the caller decides whether executions are traced
  #checkov:skip=CKV_AWS_285:every event is logged; its data, which can hold stack parameters, only if the caller says so
  name       = var.name
  type       = "STANDARD"
  role_arn   = var.role_arn
  definition = var.definition

  logging_configuration {
    level                  = var.log_level
    include_execution_data = var.include_execution_data
    log_destination        = "${aws_cloudwatch_log_group.this.arn}:*"
  }

  # Written even when tracing is off: without the block, Terraform does not turn it off.
  tracing_configuration {
    enabled = var.tracing_enabled
  }

  lifecycle {
    precondition {
      condition     = length(local.tasks_without_state) == 0
      error_message = "The definition has no Task state for these tasks of asl/tasks.json: ${join(", ", local.tasks_without_state)}. Add the block to asl/deploy.json.tftpl, or remove the task from the list."
    }

    precondition {
      condition     = length(local.states_without_task) == 0
      error_message = "asl/tasks.json has no task for these Task states of the definition: ${join(", ", local.states_without_task)}. Add the task to the list, or remove the block from asl/deploy.json.tftpl."
    }

    precondition {
      condition     = length(local.tasks_of_other_functions) == 0
      error_message = "Each Task state must invoke the function with its name. These invoke another one: ${join(", ", local.tasks_of_other_functions)}."
    }

    precondition {
      condition     = length(local.unknown_waits) == 0
      error_message = "A task of asl/tasks.json must wait in a Wait state of the definition. These do not: ${join(", ", local.unknown_waits)}."
    }
  }
}

resource "aws_cloudwatch_log_group" "this" {
  #checkov:skip=CKV_AWS_338:the caller decides the retention; the default is a year
  name              = var.log_group_name
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}
