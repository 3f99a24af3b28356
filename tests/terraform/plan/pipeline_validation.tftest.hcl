mock_provider "aws" {
  source = "./tests/terraform/plan/mocks"
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

run "refuses_to_have_no_stage" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = []
  }

  expect_failures = [var.stages]
}

run "refuses_more_stages_than_a_pipeline_takes" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      for number in range(50) :
      { name = "Stage${number}", deployments = [{ environment_name = "prod", stack_name = "app${number}", template_path = "infra/template.yaml" }] }
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_a_stage_that_codepipeline_would_refuse" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      { name = "Prod stage", deployments = [{ environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml" }] },
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_a_stage_without_a_name" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      { name = "", deployments = [{ environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml" }] },
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_a_stage_twice" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      { name = "Prod", deployments = [{ environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml" }] },
      { name = "Prod", deployments = [{ environment_name = "prod", stack_name = "other-app", template_path = "infra/template.yaml" }] },
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_a_stage_named_like_the_first" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      { name = "Source", deployments = [{ environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml" }] },
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_an_environment_that_starts_with_a_digit" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      { name = "Prod", deployments = [{ environment_name = "1prod", stack_name = "sample-app", template_path = "infra/template.yaml" }] },
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_an_environment_without_a_name" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      { name = "Prod", deployments = [{ environment_name = "", stack_name = "sample-app", template_path = "infra/template.yaml" }] },
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_a_stack_name_that_cloudformation_would_refuse" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      { name = "Prod", deployments = [{ environment_name = "prod", stack_name = "sample_app", template_path = "infra/template.yaml" }] },
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_a_stack_without_a_name" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      { name = "Prod", deployments = [{ environment_name = "prod", stack_name = "", template_path = "infra/template.yaml" }] },
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_a_stack_name_with_a_wildcard" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      { name = "Prod", deployments = [{ environment_name = "prod", stack_name = "*", template_path = "infra/template.yaml" }] },
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_a_stack_name_of_129_characters" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      { name = "Prod", deployments = [{ environment_name = "prod", stack_name = "sxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", template_path = "infra/template.yaml" }] },
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_an_absolute_template_path" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      { name = "Prod", deployments = [{ environment_name = "prod", stack_name = "sample-app", template_path = "/infra/template.yaml" }] },
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_a_template_path_that_leaves_the_repository" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      { name = "Prod", deployments = [{ environment_name = "prod", stack_name = "sample-app", template_path = "infra/../../template.yaml" }] },
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_a_template_path_that_leaves_the_repository_backwards" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      { name = "Prod", deployments = [{ environment_name = "prod", stack_name = "sample-app", template_path = "..\\template.yaml" }] },
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_an_empty_template_path" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      { name = "Prod", deployments = [{ environment_name = "prod", stack_name = "sample-app", template_path = "" }] },
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_an_unknown_capability" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      { name = "Prod", deployments = [{ environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml", capabilities = ["CAPABILITY_EVERYTHING"] }] },
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_a_template_configuration_path_that_leaves_the_repository" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      { name = "Prod", deployments = [{ environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml", template_configuration_path = "../configuration.json" }] },
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_an_absolute_template_configuration_path" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      { name = "Prod", deployments = [{ environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml", template_configuration_path = "/configuration.json" }] },
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_an_empty_template_configuration_path" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      { name = "Prod", deployments = [{ environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml", template_configuration_path = "" }] },
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_six_topics" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      { name = "Prod", deployments = [{ environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml", notification_arns = ["arn:aws:sns:eu-west-1:111122223333:topic0", "arn:aws:sns:eu-west-1:111122223333:topic1", "arn:aws:sns:eu-west-1:111122223333:topic2", "arn:aws:sns:eu-west-1:111122223333:topic3", "arn:aws:sns:eu-west-1:111122223333:topic4", "arn:aws:sns:eu-west-1:111122223333:topic5"] }] },
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_a_topic_that_is_none" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      { name = "Prod", deployments = [{ environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml", notification_arns = ["arn:aws:sqs:eu-west-1:111122223333:queue"] }] },
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_to_monitor_for_more_than_three_hours" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      { name = "Prod", deployments = [{ environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml", rollback_configuration = { monitoring_time_in_minutes = 181 } }] },
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_to_monitor_for_less_than_no_time" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      { name = "Prod", deployments = [{ environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml", rollback_configuration = { monitoring_time_in_minutes = -1 } }] },
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_to_monitor_for_half_a_minute" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      { name = "Prod", deployments = [{ environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml", rollback_configuration = { monitoring_time_in_minutes = 0.5 } }] },
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_six_rollback_triggers" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      {
        name = "Prod"
        deployments = [
          {
            environment_name = "prod"
            stack_name       = "sample-app"
            template_path    = "infra/template.yaml"
            rollback_configuration = {
              rollback_triggers = [
                for number in range(6) :
                { arn = "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:errors${number}", type = "AWS::CloudWatch::Alarm" }
              ]
            }
          },
        ]
      },
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_a_rollback_trigger_that_is_no_alarm" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      { name = "Prod", deployments = [{ environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml", rollback_configuration = { rollback_triggers = [{ arn = "arn:aws:sns:eu-west-1:111122223333:topic", type = "AWS::SNS::Topic" }] } }] },
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_a_rollback_trigger_by_name" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      { name = "Prod", deployments = [{ environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml", rollback_configuration = { rollback_triggers = [{ arn = "errors", type = "AWS::CloudWatch::Alarm" }] } }] },
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_an_unknown_answer_to_an_unsafe_update" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      { name = "Prod", deployments = [{ environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml", on_unsafe_update = "ask" }] },
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_a_blue_green_stack_name_without_room_for_the_successors" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      { name = "Prod", deployments = [{ environment_name = "prod", stack_name = "sssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss", template_path = "infra/template.yaml", on_unsafe_update = "blue_green" }] },
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_a_deployment_role_by_name" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      { name = "Prod", deployments = [{ environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml", role_arn = "deployment" }] },
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_any_deployment_role" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      { name = "Prod", deployments = [{ environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml", role_arn = "arn:aws:iam::111122223333:role/*" }] },
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_a_user_for_a_target_role" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      { name = "Prod", deployments = [{ environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml", role_arn = "arn:aws:iam::444455556666:role/deployment", target = { role_arn = "arn:aws:iam::444455556666:user/changegate" } }] },
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_a_target_role_without_a_deployment_role" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      { name = "Prod", deployments = [{ environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml", target = { role_arn = "arn:aws:iam::444455556666:role/changegate" } }] },
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_a_target_role_with_a_deployment_role_of_another_account" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      { name = "Prod", deployments = [{ environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml", role_arn = "arn:aws:iam::111122223333:role/deployment", target = { role_arn = "arn:aws:iam::444455556666:role/changegate" } }] },
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_an_external_id_without_a_role" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      { name = "Prod", deployments = [{ environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml", target = { external_id = "orders" } }] },
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_an_external_id_of_one_character" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      { name = "Prod", deployments = [{ environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml", role_arn = "arn:aws:iam::444455556666:role/deployment", target = { role_arn = "arn:aws:iam::444455556666:role/changegate", external_id = "o" } }] },
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_an_external_id_with_a_space" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      { name = "Prod", deployments = [{ environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml", role_arn = "arn:aws:iam::444455556666:role/deployment", target = { role_arn = "arn:aws:iam::444455556666:role/changegate", external_id = "or ders" } }] },
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_a_target_region_that_is_none" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      { name = "Prod", deployments = [{ environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml", target = { region = "Ireland" } }] },
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_no_source" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    pipeline_source = {}
  }

  expect_failures = [var.pipeline_source]
}

run "refuses_two_sources" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    pipeline_source = { codecommit = {}, s3 = { bucket_name = "some-revisions", object_key = "revision.zip" } }
  }

  expect_failures = [var.pipeline_source]
}

run "refuses_an_existing_repository_without_a_name" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    pipeline_source = { codecommit = { create_repository = false } }
  }

  expect_failures = [var.pipeline_source]
}

run "refuses_a_branch_that_git_would_refuse" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    pipeline_source = { codecommit = { branch_name = "a..b c" } }
  }

  expect_failures = [var.pipeline_source]
}

run "refuses_a_branch_that_is_a_pattern" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    pipeline_source = { codeconnections = { connection_arn = "arn:aws:codeconnections:eu-west-1:111122223333:connection/01234567-89ab-cdef-0123-456789abcdef", full_repository_id = "some-company/sample-app", branch_name = "{main,release}" } }
  }

  expect_failures = [var.pipeline_source]
}

run "refuses_a_connection_that_is_none" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    pipeline_source = { codeconnections = { connection_arn = "arn:aws:codeconnections:eu-west-1:111122223333:host/01234567", full_repository_id = "some-company/sample-app" } }
  }

  expect_failures = [var.pipeline_source]
}

run "refuses_a_wildcard_for_connections" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    pipeline_source = { codeconnections = { connection_arn = "arn:aws:codeconnections:eu-west-1:111122223333:connection/*", full_repository_id = "some-company/sample-app" } }
  }

  expect_failures = [var.pipeline_source]
}

run "refuses_a_repository_without_an_owner" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    pipeline_source = { codeconnections = { connection_arn = "arn:aws:codeconnections:eu-west-1:111122223333:connection/01234567-89ab-cdef-0123-456789abcdef", full_repository_id = "sample-app" } }
  }

  expect_failures = [var.pipeline_source]
}

run "refuses_a_repository_by_its_url" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    pipeline_source = { codeconnections = { connection_arn = "arn:aws:codeconnections:eu-west-1:111122223333:connection/01234567-89ab-cdef-0123-456789abcdef", full_repository_id = "https://github.com/some-company/sample-app" } }
  }

  expect_failures = [var.pipeline_source]
}

run "refuses_more_paths_than_a_trigger_takes" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    pipeline_source = { codeconnections = { connection_arn = "arn:aws:codeconnections:eu-west-1:111122223333:connection/01234567-89ab-cdef-0123-456789abcdef", full_repository_id = "some-company/sample-app", file_paths = { includes = [for number in range(9) : "infra${number}/**"] } } }
  }

  expect_failures = [var.pipeline_source]
}

run "refuses_a_path_of_nothing" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    pipeline_source = { codeconnections = { connection_arn = "arn:aws:codeconnections:eu-west-1:111122223333:connection/01234567-89ab-cdef-0123-456789abcdef", full_repository_id = "some-company/sample-app", file_paths = { excludes = [""] } } }
  }

  expect_failures = [var.pipeline_source]
}

run "refuses_a_source_bucket_by_its_arn" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    pipeline_source = { s3 = { bucket_name = "arn:aws:s3:::some-revisions", object_key = "revision.zip" } }
  }

  expect_failures = [var.pipeline_source]
}

run "refuses_an_object_that_is_no_zip" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    pipeline_source = { s3 = { bucket_name = "some-revisions", object_key = "revision.tar.gz" } }
  }

  expect_failures = [var.pipeline_source]
}

run "refuses_a_wildcard_for_objects" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    pipeline_source = { s3 = { bucket_name = "some-revisions", object_key = "*.zip" } }
  }

  expect_failures = [var.pipeline_source]
}

run "refuses_an_object_that_begins_with_a_slash" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    pipeline_source = { s3 = { bucket_name = "some-revisions", object_key = "/revision.zip" } }
  }

  expect_failures = [var.pipeline_source]
}

run "refuses_an_alias_for_the_key_of_the_source" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    pipeline_source = { s3 = { bucket_name = "some-revisions", object_key = "revision.zip", kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:alias/some-key" } }
  }

  expect_failures = [var.pipeline_source]
}

run "refuses_an_approval_topic_of_another_region" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      { name = "Prod", approval = { notification_topic_arn = "arn:aws:sns:us-east-1:111122223333:approvals" }, deployments = [{ environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml" }] },
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_a_fifo_topic_for_approvals" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      { name = "Prod", approval = { notification_topic_arn = "arn:aws:sns:eu-west-1:111122223333:approvals.fifo" }, deployments = [{ environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml" }] },
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_an_approval_key_without_a_topic" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      { name = "Prod", approval = { notification_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef" }, deployments = [{ environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml" }] },
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_an_alias_for_the_key_of_an_approval" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      { name = "Prod", approval = { notification_topic_arn = "arn:aws:sns:eu-west-1:111122223333:approvals", notification_key_arn = "alias/some-key" }, deployments = [{ environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml" }] },
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_comments_that_codepipeline_would_refuse" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      { name = "Prod", approval = { comments = "" }, deployments = [{ environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml" }] },
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_an_approval_url_that_is_none" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      { name = "Prod", approval = { url = "example.com" }, deployments = [{ environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml" }] },
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_approvals_that_outlive_the_artifact" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    engine = merge(var.engine, { bucket = merge(var.engine.bucket, { artifact_retention_days = 14 }) })
    stages = [
      for stage in ["Test", "Prod"] :
      { name = stage, approval = {}, deployments = [{ environment_name = lower(stage), stack_name = "sample-app", template_path = "infra/template.yaml" }] }
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_a_stack_that_is_called_like_changegate" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      { name = "Prod", deployments = [{ environment_name = "Changegate", stack_name = "app", template_path = "infra/template.yaml" }] },
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_a_stage_without_a_deployment" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [{ name = "Prod", deployments = [] }]
  }

  expect_failures = [var.stages]
}

run "refuses_more_actions_than_a_stage_takes" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      {
        name     = "Prod"
        approval = {}
        deployments = [
          for number in range(50) :
          { environment_name = "prod", stack_name = "app${number}", template_path = "infra/template.yaml" }
        ]
      },
    ]
  }

  expect_failures = [var.stages]
}

run "takes_as_many_actions_as_a_stage_takes" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      {
        name     = "Prod"
        approval = {}
        deployments = [
          for number in range(49) :
          { environment_name = "prod", stack_name = "app${number}", template_path = "infra/template.yaml" }
        ]
      },
    ]
  }

  assert {
    condition     = length(aws_codepipeline.this.stage[1].action) == 50 && length(aws_s3_object.state_machine_input) == 49
    error_message = "A stage must take an approval and 49 deployments."
  }
}

run "refuses_two_actions_of_one_name" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      {
        name = "Prod"
        deployments = [
          for region in ["eu-west-1", "us-east-1"] :
          { environment_name = "prod", stack_name = "app", template_path = "infra/template.yaml", target = { region = region } }
        ]
      },
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_an_action_with_the_name_of_the_approval" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      {
        name        = "Prod"
        deployments = [{ name = "Approve", environment_name = "prod", stack_name = "app", template_path = "infra/template.yaml" }]
      },
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_an_action_that_codepipeline_would_refuse" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      {
        name        = "Prod"
        deployments = [{ name = "in Ireland", environment_name = "prod", stack_name = "app", template_path = "infra/template.yaml" }]
      },
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_a_run_order_below_one" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      {
        name        = "Prod"
        deployments = [{ run_order = 0, environment_name = "prod", stack_name = "app", template_path = "infra/template.yaml" }]
      },
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_a_run_order_beyond_codepipelines" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      {
        name        = "Prod"
        deployments = [{ run_order = 999, environment_name = "prod", stack_name = "app", template_path = "infra/template.yaml" }]
      },
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_a_run_order_between_two_numbers" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      {
        name        = "Prod"
        deployments = [{ run_order = 1.5, environment_name = "prod", stack_name = "app", template_path = "infra/template.yaml" }]
      },
    ]
  }

  expect_failures = [var.stages]
}

run "refuses_executions_beside_each_other" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    execution_mode = "PARALLEL"
  }

  expect_failures = [var.execution_mode]
}

run "refuses_a_key_of_21_characters" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    key = "orders-and-everything"
  }

  expect_failures = [var.key]
}

run "refuses_a_key_with_an_underscore" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    key = "some_orders"
  }

  expect_failures = [var.key]
}

run "refuses_every_nested_stack" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      {
        name        = "Prod"
        deployments = [{ environment_name = "prod", stack_name = "app", template_path = "app.yaml", nested_stacks = ["*"] }]
      },
    ]
  }

  expect_failures = [var.stages]
}
