variables {
  name            = "pipeline-suite"
  function_name   = "pipeline-suite-trigger"
  event_rule_name = "pipeline-suite"
  pipeline_source = {
    codecommit = {
      repository_name = "pipeline-suite"
      repository_arn  = "arn:aws:codecommit:eu-west-1:000000000000:pipeline-suite"
    }
  }
  stages = [{ name = "Prod", state_machine_file = "state_machine_input/Prod.json" }]
}

run "surroundings" {
  module {
    source = "./tests/terraform/apply/suites/surroundings"
  }

  variables {
    name    = "pipeline-suite"
    service = "codepipeline.amazonaws.com"
  }
}

run "makes_it" {
  module {
    source = "./modules/pipeline"
  }

  variables {
    role_arn       = run.surroundings.role_arn
    event_role_arn = run.surroundings.role_arn
    bucket_name    = run.surroundings.bucket_name
  }

  assert {
    condition     = output.arn == "arn:aws:codepipeline:eu-west-1:000000000000:pipeline-suite"
    error_message = "The pipeline must have the ARN that the EventBridge rule's role may start."
  }

  assert {
    condition     = aws_codecommit_repository.this[0].arn == var.pipeline_source.codecommit.repository_arn
    error_message = "The repository must have the ARN that the EventBridge rule and the pipeline's role name."
  }

  assert {
    condition     = aws_cloudwatch_event_rule.revision[0].arn == "arn:aws:events:eu-west-1:000000000000:rule/pipeline-suite"
    error_message = "The rule must have the ARN that its role trusts."
  }
}

run "again" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    role_arn       = run.surroundings.role_arn
    event_role_arn = run.surroundings.role_arn
    bucket_name    = run.surroundings.bucket_name
  }
}

run "plans_another_stage_and_approval_in_place" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    role_arn       = run.surroundings.role_arn
    event_role_arn = run.surroundings.role_arn
    bucket_name    = run.surroundings.bucket_name
    execution_mode = "SUPERSEDED"
    stages = [
      { name = "Test", state_machine_file = "state_machine_input/Test.json" },
      { name = "Prod", state_machine_file = "state_machine_input/Prod.json", approval = { comments = "Look at Test." } },
    ]
  }
}

run "changes_in_place" {
  module {
    source = "./modules/pipeline"
  }

  variables {
    role_arn       = run.surroundings.role_arn
    event_role_arn = run.surroundings.role_arn
    bucket_name    = run.surroundings.bucket_name
    execution_mode = "SUPERSEDED"
    stages = [
      { name = "Test", state_machine_file = "state_machine_input/Test.json" },
      { name = "Prod", state_machine_file = "state_machine_input/Prod.json", approval = { comments = "Look at Test." } },
    ]
  }

  assert {
    condition     = output.arn == run.makes_it.arn && [for stage in aws_codepipeline.this.stage : stage.name] == ["Source", "Test", "Prod"]
    error_message = "The pipeline must stay, with the new settings."
  }
}
