variables {
  name           = "state-machine-suite-deploy"
  log_group_name = "/aws/vendedlogs/states/state-machine-suite-deploy"
  definition     = jsonencode({ StartAt = "Deployment Succeeded", States = { "Deployment Succeeded" = { Type = "Succeed" } } })
}

run "surroundings" {
  module {
    source = "./tests/terraform/apply/suites/surroundings"
  }

  variables {
    name    = "state-machine-suite"
    service = "states.amazonaws.com"
  }
}

run "makes_it" {
  module {
    source = "./modules/state_machine"
  }

  variables {
    role_arn = run.surroundings.role_arn
  }

  assert {
    condition     = output.arn == "arn:aws:states:eu-west-1:000000000000:stateMachine:state-machine-suite-deploy"
    error_message = "The state machine must have the ARN that the trigger, its role and the rules use."
  }

  assert {
    condition     = aws_sfn_state_machine.this.status == "ACTIVE"
    error_message = "The state machine must be ready."
  }
}

# The local AWS does not return the state machine's tracing.
run "again" {
  command = plan

  module {
    source = "./modules/state_machine"
  }

  variables {
    role_arn = run.surroundings.role_arn
  }
}

run "plans_another_definition_in_place" {
  command = plan

  module {
    source = "./modules/state_machine"
  }

  variables {
    role_arn   = run.surroundings.role_arn
    definition = jsonencode({ StartAt = "Deployment Failed", States = { "Deployment Failed" = { Type = "Fail" } } })
    log_level  = "ERROR"
  }
}

run "changes_in_place" {
  module {
    source = "./modules/state_machine"
  }

  variables {
    role_arn   = run.surroundings.role_arn
    definition = jsonencode({ StartAt = "Deployment Failed", States = { "Deployment Failed" = { Type = "Fail" } } })
    log_level  = "ERROR"
  }

  assert {
    condition     = aws_sfn_state_machine.this.arn == run.makes_it.arn && jsondecode(aws_sfn_state_machine.this.definition).StartAt == "Deployment Failed"
    error_message = "The state machine must stay, with the new definition."
  }
}
