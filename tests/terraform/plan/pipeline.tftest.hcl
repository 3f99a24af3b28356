mock_provider "aws" {
  source = "./tests/terraform/plan/mocks"
}

# Known in the plan, so that assertions can compare them.
override_resource {
  target          = aws_iam_role.event_rule[0]
  override_during = plan
  values          = { arn = "arn:aws:iam::111122223333:role/changegate-event-rule-orders" }
}

override_resource {
  target          = aws_iam_role.pipeline
  override_during = plan
  values          = { arn = "arn:aws:iam::111122223333:role/changegate-pipeline-orders" }
}

variables {
  key = "orders"
  engine = {
    name       = "changegate"
    region     = "eu-west-1"
    account_id = "111122223333"
    partition  = "aws"
    names = {
      artifact_prefix = "%.20s/"
      event_rule      = "changegate-pipeline-%s"
      event_rule_role = "changegate-event-rule-%s"
      pipeline        = "%s_changegate"
      pipeline_role   = "changegate-pipeline-%s"
      repository      = "changegate-%s"
      source_alarm    = "changegate-source-rule-failures-%s"
    }
    role_path = "/"
    bucket = {
      name                    = "changegate-111122223333-eu-west-1"
      arn                     = "arn:aws:s3:::changegate-111122223333-eu-west-1"
      input_prefix            = "state_machine_input/"
      artifact_retention_days = 30
      administered_object_arns = [
        "arn:aws:s3:::changegate-111122223333-eu-west-1/functions/*",
        "arn:aws:s3:::changegate-111122223333-eu-west-1/state_machine_input/*",
      ]
    }
    trigger = {
      name = "changegate-trigger"
      arn  = "arn:aws:lambda:eu-west-1:111122223333:function:changegate-trigger"
    }
  }
  pipeline_source = { codecommit = { repository_name = "sample-app", branch_name = "release" } }
  stages = [
    {
      name        = "Test"
      deployments = [{ environment_name = "test", stack_name = "sample-app", template_path = "infra/template.yaml" }]
    },
    {
      name        = "Prod"
      deployments = [{ environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml" }]
    },
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
    condition     = aws_codepipeline.this.name == "orders_changegate" && aws_codepipeline.this.role_arn == "arn:aws:iam::111122223333:role/changegate-pipeline-orders"
    error_message = "The pipeline must have its name and its role."
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
      "{\"s3Bucket\":\"changegate-111122223333-eu-west-1\",\"stateMachineFile\":\"state_machine_input/orders/Test/sample-app.json\"}",
      "{\"s3Bucket\":\"changegate-111122223333-eu-west-1\",\"stateMachineFile\":\"state_machine_input/orders/Prod/sample-app.json\"}",
    ]
    error_message = "UserParameters must be exactly the contract's s3Bucket and stateMachineFile."
  }

  assert {
    condition = alltrue([
      for stage in slice(aws_codepipeline.this.stage, 1, 3) : (
        stage.action[0].name == "sample-app" &&
        stage.action[0].category == "Invoke" &&
        stage.action[0].owner == "AWS" &&
        stage.action[0].provider == "Lambda" &&
        stage.action[0].version == "1" &&
        stage.action[0].configuration["FunctionName"] == "changegate-trigger"
      )
    ])
    error_message = "Each deployment must invoke the trigger."
  }

  assert {
    condition = alltrue([
      for stage in slice(aws_codepipeline.this.stage, 1, 3) :
      stage.action[0].input_artifacts == aws_codepipeline.this.stage[0].action[0].output_artifacts
    ])
    error_message = "Each deployment must receive the artifact of the Source action."
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
    condition     = aws_cloudwatch_event_target.pipeline[0].role_arn == "arn:aws:iam::111122223333:role/changegate-event-rule-orders"
    error_message = "The rule must start the pipeline with its own role."
  }
}

run "starts_on_pushes_through_a_connection_without_a_rule" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
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
    error_message = "Each deployment must receive the artifact of the Source action."
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
      aws_cloudwatch_event_target.pipeline[0].role_arn == "arn:aws:iam::111122223333:role/changegate-event-rule-orders" &&
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
      {
        name        = "Test"
        deployments = [{ environment_name = "test", stack_name = "app", template_path = "infra/template.yaml" }]
      },
      {
        name        = "Stage"
        approval    = {}
        deployments = [{ environment_name = "stage", stack_name = "app", template_path = "infra/template.yaml" }]
      },
      {
        name = "Prod"
        approval = {
          notification_topic_arn = "arn:aws:sns:eu-west-1:111122223333:approvals"
          comments               = "Look at the verdict of Test first."
          url                    = "https://example.com/runbook"
        }
        deployments = [
          { environment_name = "prod", stack_name = "network", template_path = "infra/network.yaml" },
          { environment_name = "prod", stack_name = "app", template_path = "infra/app.yaml", run_order = 2 },
          { environment_name = "prod", stack_name = "dashboards", template_path = "infra/dashboards.yaml", run_order = 2, name = "Boards" },
        ]
      },
    ]
  }

  assert {
    condition = [
      for stage in slice(aws_codepipeline.this.stage, 1, 4) : [for action in stage.action : [action.name, action.run_order]]
      ] == [
      [["app", 1]],
      [["Approve", 1], ["app", 2]],
      [["Approve", 1], ["network", 2], ["app", 3], ["Boards", 3]],
    ]
    error_message = "A stage must deploy after its approval, in the order of run_order, and only stages with an approval must have one."
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

run "encrypts_artifacts_with_the_key" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    engine = merge(var.engine, {
      kms_key = { arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab", needs_policies = false }
    })
  }

  assert {
    condition = one(flatten([
      for store in aws_codepipeline.this.artifact_store : [for key in store.encryption_key : "${key.type} ${key.id}"]
    ])) == "KMS arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    error_message = "Artifacts must be encrypted with the key."
  }
}

run "names_the_repository_after_engine_and_key" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    pipeline_source = { codecommit = {} }
  }

  assert {
    condition = (
      output.repository_name == "changegate-orders" &&
      strcontains(aws_iam_role_policy.pipeline.policy, "arn:aws:codecommit:eu-west-1:111122223333:changegate-orders")
    )
    error_message = "The repository must have the name of the engine and the key, and the pipeline must reach it."
  }
}

run "writes_every_option_of_a_deployment" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      {
        name     = "All"
        approval = { comments = "Is it Tuesday?" }
        deployments = [
          {
            name                        = "everything"
            run_order                   = 2
            environment_name            = "all"
            stack_name                  = "sample-app"
            template_path               = "infra/template.yaml"
            template_configuration_path = "infra/configuration.json"
            parameters                  = { MaximumReceives = "3" }
            tags                        = { Team = "orders" }
            capabilities                = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
            notification_arns           = ["arn:aws:sns:us-east-1:444455556666:stacks"]
            rollback_configuration = {
              monitoring_time_in_minutes = 15
              rollback_triggers = [
                { arn = "arn:aws:cloudwatch:us-east-1:444455556666:alarm:errors", type = "AWS::CloudWatch::Alarm" },
              ]
            }
            termination_protection = true
            recreate_failed_stack  = true
            on_unsafe_update       = "blue_green"
            role_arn               = "arn:aws:iam::444455556666:role/deployment"
            target = {
              role_arn    = "arn:aws:iam::444455556666:role/changegate"
              external_id = "orders"
              region      = "us-east-1"
            }
          },
          {
            environment_name       = "some"
            stack_name             = "sample-app"
            template_path          = "infra/template.yaml"
            rollback_configuration = {}
            termination_protection = false
            recreate_failed_stack  = false
            on_unsafe_update       = "reject"
            target                 = { region = "us-east-1" }
          },
        ]
      },
    ]
  }

  assert {
    condition = {
      for input in aws_s3_object.state_machine_input : input.key => jsondecode(input.content)
      } == {
      "state_machine_input/orders/All/everything.json" = {
        environmentName           = "all"
        stackName                 = "sample-app"
        templatePath              = "infra/template.yaml"
        templateConfigurationPath = "infra/configuration.json"
        parameters                = { MaximumReceives = "3" }
        tags                      = { Team = "orders" }
        capabilities              = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
        notificationArns          = ["arn:aws:sns:us-east-1:444455556666:stacks"]
        rollbackConfiguration = {
          monitoringTimeInMinutes = 15
          rollbackTriggers = [
            { arn = "arn:aws:cloudwatch:us-east-1:444455556666:alarm:errors", type = "AWS::CloudWatch::Alarm" },
          ]
        }
        terminationProtection = true
        recreateFailedStack   = true
        onUnsafeUpdate        = "blue_green"
        roleArn               = "arn:aws:iam::444455556666:role/deployment"
        target = {
          roleArn    = "arn:aws:iam::444455556666:role/changegate"
          externalId = "orders"
          region     = "us-east-1"
        }
      }
      "state_machine_input/orders/All/sample-app.json" = {
        environmentName       = "some"
        stackName             = "sample-app"
        templatePath          = "infra/template.yaml"
        rollbackConfiguration = { monitoringTimeInMinutes = 0, rollbackTriggers = [] }
        target                = { region = "us-east-1" }
      }
    }
    error_message = "Each input must have what its deployment sets, in the contract's field names, and nothing else."
  }

  assert {
    condition = alltrue([
      for input in aws_s3_object.state_machine_input :
      input.bucket == "changegate-111122223333-eu-west-1" && input.server_side_encryption == "AES256"
    ])
    error_message = "The input must be in the bucket that the trigger may read, encrypted as the engine says."
  }

  assert {
    condition = output.deployments == [
      { stage = "All", action = "everything", stack_name = "all-sample-app", state_machine_file = "state_machine_input/orders/All/everything.json" },
      { stage = "All", action = "sample-app", stack_name = "some-sample-app", state_machine_file = "state_machine_input/orders/All/sample-app.json" },
    ]
    error_message = "The output deployments must list stage, action, full stack name and input file, in order."
  }
}

run "watches_its_rule" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    engine = merge(var.engine, { alarms = { topic_arn = "arn:aws:sns:eu-west-1:111122223333:changegate-deployment" } })
  }

  assert {
    condition = (
      one(aws_cloudwatch_metric_alarm.source).alarm_name == "changegate-source-rule-failures-orders" &&
      one(aws_cloudwatch_metric_alarm.source).namespace == "AWS/Events" &&
      one(aws_cloudwatch_metric_alarm.source).metric_name == "FailedInvocations" &&
      one(aws_cloudwatch_metric_alarm.source).dimensions == tomap({ RuleName = "changegate-pipeline-orders" }) &&
      one(aws_cloudwatch_metric_alarm.source).alarm_actions == toset(["arn:aws:sns:eu-west-1:111122223333:changegate-deployment"]) &&
      output.alarm_names == ["changegate-source-rule-failures-orders"]
    )
    error_message = "An alarm must watch the rule, and notify the topic."
  }
}

run "watches_no_rule_behind_a_connection" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    engine = merge(var.engine, { alarms = {} })
    pipeline_source = {
      codeconnections = {
        connection_arn     = "arn:aws:codeconnections:eu-west-1:111122223333:connection/01234567-89ab-cdef-0123-456789abcdef"
        full_repository_id = "some-company/sample-app"
      }
    }
  }

  assert {
    condition     = output.alarm_names == []
    error_message = "Without a rule, there must be no alarm."
  }
}
