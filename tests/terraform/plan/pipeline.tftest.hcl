mock_provider "aws" {
  source = "./tests/terraform/plan/mocks"
}

variables {
  name            = "changegate"
  role_arn        = "arn:aws:iam::111122223333:role/changegate-pipeline"
  bucket_name     = "changegate-111122223333-eu-west-1"
  function_name   = "changegate-trigger"
  event_rule_name = "changegate"
  event_role_arn  = "arn:aws:iam::111122223333:role/changegate-event-rule"
  pipeline_source = {
    codecommit = {
      repository_name = "sample-app"
      repository_arn  = "arn:aws:codecommit:eu-west-1:111122223333:sample-app"
      branch_name     = "release"
    }
  }
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
    error_message = "The stages must be Source and those of the deployments, in order."
  }

  assert {
    condition     = aws_codepipeline.this.pipeline_type == "V2" && aws_codepipeline.this.execution_mode == "QUEUED"
    error_message = "The pipeline must be of type V2 and queue executions."
  }

  assert {
    condition     = alltrue([for stage in aws_codepipeline.this.stage : length(stage.action) == 1])
    error_message = "Each stage must have one action."
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
    error_message = "Each Deploy action must invoke the trigger."
  }

  assert {
    condition = alltrue([
      for stage in slice(aws_codepipeline.this.stage, 1, 3) :
      stage.action[0].input_artifacts == aws_codepipeline.this.stage[0].action[0].output_artifacts
    ])
    error_message = "Each Deploy action must receive the artifact of the Source action."
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
    condition = jsondecode(aws_cloudwatch_event_rule.revision[0].event_pattern) == {
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
    condition     = aws_cloudwatch_event_target.pipeline[0].role_arn == "arn:aws:iam::111122223333:role/changegate-event-rule"
    error_message = "The rule must start the pipeline with its own role."
  }
}

run "starts_on_pushes_through_a_connection_without_a_rule" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    event_role_arn = null

    pipeline_source = {
      codeconnections = {
        connection_arn     = "arn:aws:codeconnections:eu-west-1:111122223333:connection/01234567-89ab-cdef-0123-456789abcdef"
        full_repository_id = "some-company/sample-app"
        branch_name        = "release"
      }
    }
  }

  assert {
    condition = (
      aws_codepipeline.this.stage[0].action[0].owner == "AWS" &&
      aws_codepipeline.this.stage[0].action[0].provider == "CodeStarSourceConnection" &&
      aws_codepipeline.this.stage[0].action[0].configuration == tomap({
        ConnectionArn        = "arn:aws:codeconnections:eu-west-1:111122223333:connection/01234567-89ab-cdef-0123-456789abcdef"
        FullRepositoryId     = "some-company/sample-app"
        BranchName           = "release"
        OutputArtifactFormat = "CODE_ZIP"
        DetectChanges        = "false"
      })
    )
    error_message = "The Source action must fetch the branch through the connection as a zip, and leave the detection of changes to the trigger."
  }

  assert {
    condition = (
      one(aws_codepipeline.this.trigger).provider_type == "CodeStarSourceConnection" &&
      one(aws_codepipeline.this.trigger).git_configuration[0].source_action_name == aws_codepipeline.this.stage[0].action[0].name &&
      one(one(aws_codepipeline.this.trigger).git_configuration[0].push).branches[0].includes == tolist(["release"]) &&
      length(one(one(aws_codepipeline.this.trigger).git_configuration[0].push).file_paths) == 0 &&
      length(one(aws_codepipeline.this.trigger).git_configuration[0].pull_request) == 0
    )
    error_message = "The trigger must start the pipeline on pushes to the branch, and on nothing else."
  }

  assert {
    condition = (
      length(aws_cloudwatch_event_rule.revision) == 0 && length(aws_cloudwatch_event_target.pipeline) == 0 &&
      length(aws_codecommit_repository.this) == 0 && length(data.aws_codecommit_repository.this) == 0 &&
      output.repository_name == null && output.repository_clone_url_http == null
    )
    error_message = "There must be neither a rule nor a repository."
  }

  assert {
    condition = alltrue([
      for stage in slice(aws_codepipeline.this.stage, 1, 3) :
      stage.action[0].input_artifacts == aws_codepipeline.this.stage[0].action[0].output_artifacts
    ])
    error_message = "Each Deploy action must receive the artifact of the Source action."
  }
}

run "starts_on_pushes_that_change_given_files_only" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    pipeline_source = {
      codeconnections = {
        connection_arn     = "arn:aws:codeconnections:eu-west-1:111122223333:connection/01234567-89ab-cdef-0123-456789abcdef"
        full_repository_id = "some-company/sample-app"
        file_paths         = { includes = ["infra/**"], excludes = ["**/README.md"] }
      }
    }
  }

  assert {
    condition = (
      one(one(one(aws_codepipeline.this.trigger).git_configuration[0].push).file_paths).includes == tolist(["infra/**"]) &&
      one(one(one(aws_codepipeline.this.trigger).git_configuration[0].push).file_paths).excludes == tolist(["**/README.md"]) &&
      one(one(aws_codepipeline.this.trigger).git_configuration[0].push).branches[0].includes == tolist(["main"])
    )
    error_message = "The trigger must filter by branch and by paths."
  }
}

run "starts_on_uploads_of_the_one_object" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    pipeline_source = { s3 = { bucket_name = "some-revisions", object_key = "sample-app/revision.zip" } }
  }

  assert {
    condition = (
      aws_codepipeline.this.stage[0].action[0].owner == "AWS" &&
      aws_codepipeline.this.stage[0].action[0].provider == "S3" &&
      aws_codepipeline.this.stage[0].action[0].configuration == tomap({
        S3Bucket             = "some-revisions"
        S3ObjectKey          = "sample-app/revision.zip"
        PollForSourceChanges = "false"
      })
    )
    error_message = "The Source action must fetch the object, and not poll."
  }

  assert {
    condition = jsondecode(aws_cloudwatch_event_rule.revision[0].event_pattern) == {
      source      = ["aws.s3"]
      detail-type = ["Object Created"]
      detail = {
        bucket = { name = ["some-revisions"] }
        object = { key = ["sample-app/revision.zip"] }
      }
    }
    error_message = "The rule must match uploads of the object, and nothing else."
  }

  assert {
    condition = (
      aws_cloudwatch_event_target.pipeline[0].role_arn == "arn:aws:iam::111122223333:role/changegate-event-rule" &&
      length(aws_codepipeline.this.trigger) == 0
    )
    error_message = "Only the rule must start the pipeline, with its own role."
  }
}

run "lets_a_person_approve_a_stage_before_it_deploys" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      { name = "Test", state_machine_file = "state_machine_input/Test.json" },
      { name = "Stage", state_machine_file = "state_machine_input/Stage.json", approval = {} },
      {
        name               = "Prod"
        state_machine_file = "state_machine_input/Prod.json"
        approval = {
          notification_topic_arn = "arn:aws:sns:eu-west-1:111122223333:approvals"
          comments               = "Look at the verdict of Test first."
          url                    = "https://example.com/runbook"
        }
      },
    ]
  }

  assert {
    condition = [
      for stage in slice(aws_codepipeline.this.stage, 1, 4) : [for action in stage.action : [action.name, action.run_order]]
      ] == [
      [["Deploy", 1]],
      [["Approve", 1], ["Deploy", 2]],
      [["Approve", 1], ["Deploy", 2]],
    ]
    error_message = "A stage must deploy after its approval, and only deployments with an approval must have one."
  }

  assert {
    condition = alltrue([
      for stage in slice(aws_codepipeline.this.stage, 2, 4) :
      stage.action[0].category == "Approval" && stage.action[0].owner == "AWS" && stage.action[0].provider == "Manual"
    ])
    error_message = "An approval must be a manual approval of CodePipeline."
  }

  assert {
    condition = (
      length(aws_codepipeline.this.stage[2].action[0].configuration) == 0 &&
      aws_codepipeline.this.stage[3].action[0].configuration == tomap({
        NotificationArn    = "arn:aws:sns:eu-west-1:111122223333:approvals"
        CustomData         = "Look at the verdict of Test first."
        ExternalEntityLink = "https://example.com/runbook"
      })
    )
    error_message = "An approval must have exactly the given settings."
  }
}

run "refuses_to_be_without_a_source" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    pipeline_source = {}
  }

  expect_failures = [var.pipeline_source]
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
    pipeline_source = {
      codecommit = {
        repository_name   = "sample-app"
        repository_arn    = "arn:aws:codecommit:eu-west-1:111122223333:sample-app"
        create_repository = false
      }
    }
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

run "encrypts_artifacts_with_the_key" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    kms_key = { arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab" }
  }

  assert {
    condition = one(flatten([
      for store in aws_codepipeline.this.artifact_store : [for key in store.encryption_key : "${key.type} ${key.id}"]
    ])) == "KMS arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    error_message = "Artifacts must be encrypted with the key."
  }
}
