mock_provider "aws" {
  source = "./tests/terraform/mocks"
}

variables {
  name            = "changegate"
  role_arn        = "arn:aws:iam::111122223333:role/changegate-pipeline"
  bucket_name     = "changegate-111122223333-eu-west-1"
  function_name   = "changegate-trigger"
  repository_name = "sample-app"
  repository_arn  = "arn:aws:codecommit:eu-west-1:111122223333:sample-app"
  branch_name     = "release"
  event_rule_name = "changegate"
  event_role_arn  = "arn:aws:iam::111122223333:role/changegate-event-rule"
  stages = [
    { name = "Test", state_machine_file = "state_machine_input/Test.json" },
    { name = "Prod", state_machine_file = "state_machine_input/Prod.json" },
  ]
}

run "has_a_stage_per_deployment_in_order" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  assert {
    condition     = [for stage in aws_codepipeline.this.stage : stage.name] == ["Source", "Test", "Prod"]
    error_message = "The stages must be Source and the deployments', in their order."
  }

  assert {
    condition     = aws_codepipeline.this.pipeline_type == "V2" && aws_codepipeline.this.execution_mode == "QUEUED"
    error_message = "The pipeline must be of type V2 and queue executions."
  }

  assert {
    condition     = alltrue([for stage in aws_codepipeline.this.stage : length(stage.action) == 1])
    error_message = "Every stage must have one action."
  }
}

run "hands_the_trigger_its_user_parameters" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  assert {
    condition = [for stage in slice(aws_codepipeline.this.stage, 1, 3) : stage.action[0].configuration["UserParameters"]] == [
      "{\"s3Bucket\":\"changegate-111122223333-eu-west-1\",\"stateMachineFile\":\"state_machine_input/Test.json\"}",
      "{\"s3Bucket\":\"changegate-111122223333-eu-west-1\",\"stateMachineFile\":\"state_machine_input/Prod.json\"}",
    ]
    error_message = "UserParameters must be exactly the contract's s3Bucket and stateMachineFile."
  }

  assert {
    condition = alltrue([
      for stage in slice(aws_codepipeline.this.stage, 1, 3) : (
        stage.action[0].name == "Deploy" &&
        stage.action[0].category == "Invoke" &&
        stage.action[0].owner == "AWS" &&
        stage.action[0].provider == "Lambda" &&
        stage.action[0].version == "1" &&
        stage.action[0].configuration["FunctionName"] == "changegate-trigger"
      )
    ])
    error_message = "Every Deploy action must invoke the trigger."
  }

  assert {
    condition = alltrue([
      for stage in slice(aws_codepipeline.this.stage, 1, 3) :
      stage.action[0].input_artifacts == aws_codepipeline.this.stage[0].action[0].output_artifacts
    ])
    error_message = "Every Deploy action must get the artifact of the Source action."
  }
}

run "starts_on_commits_to_the_branch_only" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  assert {
    condition = aws_codepipeline.this.stage[0].action[0].configuration == tomap({
      RepositoryName       = "sample-app"
      BranchName           = "release"
      OutputArtifactFormat = "CODE_ZIP"
      PollForSourceChanges = "false"
    })
    error_message = "The Source action must fetch the branch as a zip, and not poll."
  }

  assert {
    condition = jsondecode(aws_cloudwatch_event_rule.commit.event_pattern) == {
      source      = ["aws.codecommit"]
      detail-type = ["CodeCommit Repository State Change"]
      resources   = ["arn:aws:codecommit:eu-west-1:111122223333:sample-app"]
      detail = {
        event         = ["referenceCreated", "referenceUpdated"]
        referenceType = ["branch"]
        referenceName = ["release"]
      }
    }
    error_message = "The rule must match commits to the branch of the repository, and nothing else."
  }

  assert {
    condition     = aws_cloudwatch_event_target.pipeline.role_arn == "arn:aws:iam::111122223333:role/changegate-event-rule"
    error_message = "The rule must start the pipeline with its own role."
  }
}

run "creates_the_repository" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  assert {
    condition     = length(aws_codecommit_repository.this) == 1 && output.repository_name == "sample-app"
    error_message = "The repository must be created."
  }
}

run "takes_an_existing_repository" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    create_repository = false
  }

  override_data {
    target = data.aws_codecommit_repository.this[0]
    values = {
      clone_url_http = "https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/sample-app"
    }
  }

  assert {
    condition     = length(aws_codecommit_repository.this) == 0
    error_message = "No repository must be created."
  }

  assert {
    condition = (
      aws_codepipeline.this.stage[0].action[0].configuration["RepositoryName"] == "sample-app" &&
      output.repository_name == "sample-app" &&
      output.repository_clone_url_http == "https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/sample-app"
    )
    error_message = "The pipeline must use the repository that exists."
  }
}

run "refuses_to_be_without_a_stage" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = []
  }

  expect_failures = [var.stages]
}

run "refuses_a_name_that_codepipeline_would_refuse" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    name = "change gate"
  }

  expect_failures = [var.name]
}
