mock_provider "aws" {
  source = "./tests/terraform/plan/mocks"
}

variables {
  region                 = "eu-west-1"
  lambda_zip             = "tests/terraform/plan/fixtures/functions.txt"
  deployment_policy_json = "{\"Version\": \"2012-10-17\", \"Statement\": []}"

  deployments = [
    { stage = "Prod", environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml" },
  ]
}

run "refuses_no_deployment" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    deployments = []
  }

  expect_failures = [var.deployments]
}

run "refuses_more_stages_than_a_pipeline_takes" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    deployments = [
      for number in range(50) :
      { stage = "Stage${number}", environment_name = "prod", stack_name = "app${number}", template_path = "infra/template.yaml" }
    ]
  }

  expect_failures = [var.deployments]
}

run "refuses_a_stage_that_codepipeline_would_refuse" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    deployments = [
      { stage = "Prod stage", environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml" },
    ]
  }

  expect_failures = [var.deployments]
}

run "refuses_a_stage_without_a_name" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    deployments = [
      { stage = "", environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml" },
    ]
  }

  expect_failures = [var.deployments]
}

run "refuses_a_stage_twice" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    deployments = [
      { stage = "Prod", environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml" },
      { stage = "Prod", environment_name = "prod", stack_name = "other-app", template_path = "infra/template.yaml" },
    ]
  }

  expect_failures = [var.deployments]
}

run "refuses_a_stage_named_like_the_first" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    deployments = [
      { stage = "Source", environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml" },
    ]
  }

  expect_failures = [var.deployments]
}

run "refuses_an_environment_that_starts_with_a_digit" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    deployments = [
      { stage = "Prod", environment_name = "1prod", stack_name = "sample-app", template_path = "infra/template.yaml" },
    ]
  }

  expect_failures = [var.deployments]
}

run "refuses_an_environment_without_a_name" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    deployments = [
      { stage = "Prod", environment_name = "", stack_name = "sample-app", template_path = "infra/template.yaml" },
    ]
  }

  expect_failures = [var.deployments]
}

run "refuses_a_stack_name_that_cloudformation_would_refuse" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    deployments = [
      { stage = "Prod", environment_name = "prod", stack_name = "sample_app", template_path = "infra/template.yaml" },
    ]
  }

  expect_failures = [var.deployments]
}

run "refuses_a_stack_without_a_name" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    deployments = [
      { stage = "Prod", environment_name = "prod", stack_name = "", template_path = "infra/template.yaml" },
    ]
  }

  expect_failures = [var.deployments]
}

run "refuses_a_stack_name_with_a_wildcard" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    deployments = [
      { stage = "Prod", environment_name = "prod", stack_name = "*", template_path = "infra/template.yaml" },
    ]
  }

  expect_failures = [var.deployments]
}

run "refuses_a_stack_name_of_129_characters" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    deployments = [
      { stage = "Prod", environment_name = "prod", stack_name = "sxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", template_path = "infra/template.yaml" },
    ]
  }

  expect_failures = [var.deployments]
}

run "refuses_an_absolute_template_path" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    deployments = [
      { stage = "Prod", environment_name = "prod", stack_name = "sample-app", template_path = "/infra/template.yaml" },
    ]
  }

  expect_failures = [var.deployments]
}

run "refuses_a_template_path_that_leaves_the_repository" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    deployments = [
      { stage = "Prod", environment_name = "prod", stack_name = "sample-app", template_path = "infra/../../template.yaml" },
    ]
  }

  expect_failures = [var.deployments]
}

run "refuses_a_template_path_that_leaves_the_repository_backwards" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    deployments = [
      { stage = "Prod", environment_name = "prod", stack_name = "sample-app", template_path = "..\\template.yaml" },
    ]
  }

  expect_failures = [var.deployments]
}

run "refuses_an_empty_template_path" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    deployments = [
      { stage = "Prod", environment_name = "prod", stack_name = "sample-app", template_path = "" },
    ]
  }

  expect_failures = [var.deployments]
}

run "refuses_an_unknown_capability" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    deployments = [
      { stage = "Prod", environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml", capabilities = ["CAPABILITY_EVERYTHING"] },
    ]
  }

  expect_failures = [var.deployments]
}

run "refuses_a_template_configuration_path_that_leaves_the_repository" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    deployments = [
      { stage = "Prod", environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml", template_configuration_path = "../configuration.json" },
    ]
  }

  expect_failures = [var.deployments]
}

run "refuses_an_absolute_template_configuration_path" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    deployments = [
      { stage = "Prod", environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml", template_configuration_path = "/configuration.json" },
    ]
  }

  expect_failures = [var.deployments]
}

run "refuses_an_empty_template_configuration_path" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    deployments = [
      { stage = "Prod", environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml", template_configuration_path = "" },
    ]
  }

  expect_failures = [var.deployments]
}

run "refuses_six_topics" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    deployments = [
      { stage = "Prod", environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml", notification_arns = ["arn:aws:sns:eu-west-1:111122223333:topic0", "arn:aws:sns:eu-west-1:111122223333:topic1", "arn:aws:sns:eu-west-1:111122223333:topic2", "arn:aws:sns:eu-west-1:111122223333:topic3", "arn:aws:sns:eu-west-1:111122223333:topic4", "arn:aws:sns:eu-west-1:111122223333:topic5"] },
    ]
  }

  expect_failures = [var.deployments]
}

run "refuses_a_topic_that_is_none" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    deployments = [
      { stage = "Prod", environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml", notification_arns = ["arn:aws:sqs:eu-west-1:111122223333:queue"] },
    ]
  }

  expect_failures = [var.deployments]
}

run "refuses_to_monitor_for_more_than_three_hours" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    deployments = [
      { stage = "Prod", environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml", rollback_configuration = { monitoring_time_in_minutes = 181 } },
    ]
  }

  expect_failures = [var.deployments]
}

run "refuses_to_monitor_for_less_than_no_time" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    deployments = [
      { stage = "Prod", environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml", rollback_configuration = { monitoring_time_in_minutes = -1 } },
    ]
  }

  expect_failures = [var.deployments]
}

run "refuses_to_monitor_for_half_a_minute" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    deployments = [
      { stage = "Prod", environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml", rollback_configuration = { monitoring_time_in_minutes = 0.5 } },
    ]
  }

  expect_failures = [var.deployments]
}

run "refuses_six_rollback_triggers" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    deployments = [
      {
        stage            = "Prod"
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
  }

  expect_failures = [var.deployments]
}

run "refuses_a_rollback_trigger_that_is_no_alarm" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    deployments = [
      { stage = "Prod", environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml", rollback_configuration = { rollback_triggers = [{ arn = "arn:aws:sns:eu-west-1:111122223333:topic", type = "AWS::SNS::Topic" }] } },
    ]
  }

  expect_failures = [var.deployments]
}

run "refuses_a_rollback_trigger_by_name" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    deployments = [
      { stage = "Prod", environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml", rollback_configuration = { rollback_triggers = [{ arn = "errors", type = "AWS::CloudWatch::Alarm" }] } },
    ]
  }

  expect_failures = [var.deployments]
}

run "refuses_an_unknown_answer_to_an_unsafe_update" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    deployments = [
      { stage = "Prod", environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml", on_unsafe_update = "ask" },
    ]
  }

  expect_failures = [var.deployments]
}

run "refuses_a_blue_green_stack_name_without_room_for_the_successors" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    deployments = [
      { stage = "Prod", environment_name = "prod", stack_name = "sssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss", template_path = "infra/template.yaml", on_unsafe_update = "blue_green" },
    ]
  }

  expect_failures = [var.deployments]
}

run "refuses_a_deployment_role_by_name" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    deployments = [
      { stage = "Prod", environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml", role_arn = "deployment" },
    ]
  }

  expect_failures = [var.deployments]
}

run "refuses_any_deployment_role" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    deployments = [
      { stage = "Prod", environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml", role_arn = "arn:aws:iam::111122223333:role/*" },
    ]
  }

  expect_failures = [var.deployments]
}

run "refuses_a_user_for_a_target_role" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    deployments = [
      { stage = "Prod", environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml", role_arn = "arn:aws:iam::444455556666:role/deployment", target = { role_arn = "arn:aws:iam::444455556666:user/changegate" } },
    ]
  }

  expect_failures = [var.deployments]
}

run "refuses_a_target_role_without_a_deployment_role" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    deployments = [
      { stage = "Prod", environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml", target = { role_arn = "arn:aws:iam::444455556666:role/changegate" } },
    ]
  }

  expect_failures = [var.deployments]
}

run "refuses_a_target_role_with_a_deployment_role_of_another_account" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    deployments = [
      { stage = "Prod", environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml", role_arn = "arn:aws:iam::111122223333:role/deployment", target = { role_arn = "arn:aws:iam::444455556666:role/changegate" } },
    ]
  }

  expect_failures = [var.deployments]
}

run "refuses_an_external_id_without_a_role" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    deployments = [
      { stage = "Prod", environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml", target = { external_id = "orders" } },
    ]
  }

  expect_failures = [var.deployments]
}

run "refuses_an_external_id_of_one_character" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    deployments = [
      { stage = "Prod", environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml", role_arn = "arn:aws:iam::444455556666:role/deployment", target = { role_arn = "arn:aws:iam::444455556666:role/changegate", external_id = "o" } },
    ]
  }

  expect_failures = [var.deployments]
}

run "refuses_an_external_id_with_a_space" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    deployments = [
      { stage = "Prod", environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml", role_arn = "arn:aws:iam::444455556666:role/deployment", target = { role_arn = "arn:aws:iam::444455556666:role/changegate", external_id = "or ders" } },
    ]
  }

  expect_failures = [var.deployments]
}

run "refuses_a_target_region_that_is_none" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    deployments = [
      { stage = "Prod", environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml", target = { region = "Ireland" } },
    ]
  }

  expect_failures = [var.deployments]
}

run "refuses_a_name_in_capitals" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    name = "Changegate"
  }

  expect_failures = [var.name]
}

run "refuses_a_deployment_policy_that_is_none" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    deployment_policy_json = "Allow everything"
  }

  expect_failures = [var.deployment_policy_json]
}

run "refuses_values_that_aws_would_refuse" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    pipeline_source                   = { codecommit = { repository_name = "team/sample-app", branch_name = "my branch" } }
    execution_mode                    = "PARALLEL"
    lambda_zip                        = "tests/terraform/plan/fixtures/missing.zip"
    architecture                      = "amd64"
    function_memory_size              = 127
    log_level                         = "WARN"
    log_retention_days                = 10
    waiting                           = { minimum_seconds = 0 }
    task_timeout_seconds              = 901
    state_machine_log_level           = "DEBUG"
    artifact_retention_days           = 6
    template_retention_days           = 6
    verdict_retention_days            = 6
    noncurrent_version_retention_days = 0
  }

  expect_failures = [
    var.pipeline_source,
    var.execution_mode,
    var.lambda_zip,
    var.architecture,
    var.function_memory_size,
    var.log_level,
    var.log_retention_days,
    var.waiting,
    var.task_timeout_seconds,
    var.state_machine_log_level,
    var.artifact_retention_days,
    var.template_retention_days,
    var.verdict_retention_days,
    var.noncurrent_version_retention_days,
  ]
}

run "refuses_a_deployment_policy_without_statements" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    deployment_policy_json = "{\"Version\": \"2012-10-17\"}"
  }

  expect_failures = [var.deployment_policy_json]
}

run "refuses_values_beyond_the_other_end" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    name                      = "name-of-thirty-three-characters-x"
    function_memory_size      = 10241
    execution_timeout_seconds = 86401
    function_timeout_seconds  = 0
  }

  expect_failures = [
    var.name,
    var.function_memory_size,
    var.execution_timeout_seconds,
    var.function_timeout_seconds,
  ]
}

run "refuses_values_that_contradict_each_other" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    # A function that outlives its task, an execution that does not, a repository without a name, a role without rights.
    function_timeout_seconds  = 60
    task_timeout_seconds      = 60
    execution_timeout_seconds = 60
    pipeline_source           = { codecommit = { create_repository = false } }
    deployment_policy_arns    = []
    deployment_policy_json    = null
  }

  expect_failures = [
    var.function_timeout_seconds,
    var.execution_timeout_seconds,
    var.pipeline_source,
    var.deployment_policy_json,
  ]
}

run "refuses_to_wait_for_half_a_second_more" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    waiting = { minimum_seconds = 1.5 }
  }

  expect_failures = [var.waiting]
}

run "refuses_to_wait_at_least_longer_than_at_most" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    waiting = { minimum_seconds = 61 }
  }

  expect_failures = [var.waiting]
}

run "refuses_a_busy_stack_limit_below_the_longest_wait" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    waiting = { busy_stack_seconds = 59 }
  }

  expect_failures = [var.waiting]
}

run "refuses_a_change_set_limit_below_the_longest_wait" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    waiting = { change_set_seconds = 59 }
  }

  expect_failures = [var.waiting]
}

run "refuses_a_stack_operation_limit_below_the_longest_wait" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    waiting = { stack_operation_seconds = 59 }
  }

  expect_failures = [var.waiting]
}

run "refuses_more_looks_than_a_history_has_room_for" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    # 39600 / 17 is 2329.
    waiting = { maximum_seconds = 17 }
  }

  expect_failures = [var.waiting]
}

run "takes_as_many_looks_as_a_history_has_room_for" {
  command = plan

  variables {
    waiting = { maximum_seconds = 18 }
  }

  assert {
    condition     = jsondecode(local.definition).States["Check Stack Existence"].Parameters.Payload.wait.maximumSeconds == 18
    error_message = "A number of checks that the history has room for must be accepted."
  }
}

run "refuses_an_execution_shorter_than_what_it_waits_for" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    execution_timeout_seconds = 39599
  }

  expect_failures = [var.execution_timeout_seconds]
}

run "takes_an_execution_as_long_as_what_it_waits_for" {
  command = plan

  variables {
    execution_timeout_seconds = 39600
  }

  assert {
    condition     = jsondecode(local.definition).TimeoutSeconds == 39600
    error_message = "An execution as long as its waits must be accepted."
  }
}

run "refuses_a_name_that_starts_with_a_digit" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    name = "1changegate"
  }

  expect_failures = [var.name]
}

run "refuses_a_name_that_ends_with_a_hyphen" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    name = "changegate-"
  }

  expect_failures = [var.name]
}

run "refuses_a_policy_arn_that_is_none" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    deployment_policy_arns = ["AmazonSQSFullAccess"]
  }

  expect_failures = [var.deployment_policy_arns]
}

run "refuses_an_unknown_action_in_the_policy" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    policy = { rules = [{ action = "permit", reason = "because" }] }
  }

  expect_failures = [var.policy]
}

run "refuses_an_unknown_default_in_the_policy" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    policy = { default = { removal = "maybe" } }
  }

  expect_failures = [var.policy]
}

run "refuses_a_rule_without_a_reason" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    policy = { rules = [{ action = "allow", reason = " " }] }
  }

  expect_failures = [var.policy]
}

run "refuses_a_rule_about_an_unknown_kind" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    policy = { rules = [{ action = "allow", reason = "because", kinds = ["deletion"] }] }
  }

  expect_failures = [var.policy]
}

run "refuses_a_rule_with_an_empty_list" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    policy = { rules = [{ action = "allow", reason = "because", stacks = [] }] }
  }

  expect_failures = [var.policy]
}

run "refuses_a_rule_with_an_empty_glob" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    policy = { rules = [{ action = "allow", reason = "because", logical_ids = [""] }] }
  }

  expect_failures = [var.policy]
}

run "refuses_a_rule_that_expires_someday" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    policy = { rules = [{ action = "allow", reason = "because", expires = "someday" }] }
  }

  expect_failures = [var.policy]
}

run "refuses_a_rule_that_expires_on_no_day" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    policy = { rules = [{ action = "allow", reason = "because", expires = "2026-13-01" }] }
  }

  expect_failures = [var.policy]
}

run "refuses_no_source" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    pipeline_source = {}
  }

  expect_failures = [var.pipeline_source]
}

run "refuses_two_sources" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    pipeline_source = { codecommit = {}, s3 = { bucket_name = "some-revisions", object_key = "revision.zip" } }
  }

  expect_failures = [var.pipeline_source]
}

run "refuses_an_existing_repository_without_a_name" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    pipeline_source = { codecommit = { create_repository = false } }
  }

  expect_failures = [var.pipeline_source]
}

run "refuses_a_branch_that_git_would_refuse" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    pipeline_source = { codecommit = { branch_name = "a..b c" } }
  }

  expect_failures = [var.pipeline_source]
}

run "refuses_a_branch_that_is_a_pattern" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    pipeline_source = { codeconnections = { connection_arn = "arn:aws:codeconnections:eu-west-1:111122223333:connection/01234567-89ab-cdef-0123-456789abcdef", full_repository_id = "some-company/sample-app", branch_name = "{main,release}" } }
  }

  expect_failures = [var.pipeline_source]
}

run "refuses_a_connection_that_is_none" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    pipeline_source = { codeconnections = { connection_arn = "arn:aws:codeconnections:eu-west-1:111122223333:host/01234567", full_repository_id = "some-company/sample-app" } }
  }

  expect_failures = [var.pipeline_source]
}

run "refuses_a_wildcard_for_connections" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    pipeline_source = { codeconnections = { connection_arn = "arn:aws:codeconnections:eu-west-1:111122223333:connection/*", full_repository_id = "some-company/sample-app" } }
  }

  expect_failures = [var.pipeline_source]
}

run "refuses_a_repository_without_an_owner" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    pipeline_source = { codeconnections = { connection_arn = "arn:aws:codeconnections:eu-west-1:111122223333:connection/01234567-89ab-cdef-0123-456789abcdef", full_repository_id = "sample-app" } }
  }

  expect_failures = [var.pipeline_source]
}

run "refuses_a_repository_by_its_url" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    pipeline_source = { codeconnections = { connection_arn = "arn:aws:codeconnections:eu-west-1:111122223333:connection/01234567-89ab-cdef-0123-456789abcdef", full_repository_id = "https://github.com/some-company/sample-app" } }
  }

  expect_failures = [var.pipeline_source]
}

run "refuses_more_paths_than_a_trigger_takes" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    pipeline_source = { codeconnections = { connection_arn = "arn:aws:codeconnections:eu-west-1:111122223333:connection/01234567-89ab-cdef-0123-456789abcdef", full_repository_id = "some-company/sample-app", file_paths = { includes = [for number in range(9) : "infra${number}/**"] } } }
  }

  expect_failures = [var.pipeline_source]
}

run "refuses_a_path_of_nothing" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    pipeline_source = { codeconnections = { connection_arn = "arn:aws:codeconnections:eu-west-1:111122223333:connection/01234567-89ab-cdef-0123-456789abcdef", full_repository_id = "some-company/sample-app", file_paths = { excludes = [""] } } }
  }

  expect_failures = [var.pipeline_source]
}

run "refuses_a_source_bucket_by_its_arn" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    pipeline_source = { s3 = { bucket_name = "arn:aws:s3:::some-revisions", object_key = "revision.zip" } }
  }

  expect_failures = [var.pipeline_source]
}

run "refuses_an_object_that_is_no_zip" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    pipeline_source = { s3 = { bucket_name = "some-revisions", object_key = "revision.tar.gz" } }
  }

  expect_failures = [var.pipeline_source]
}

run "refuses_a_wildcard_for_objects" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    pipeline_source = { s3 = { bucket_name = "some-revisions", object_key = "*.zip" } }
  }

  expect_failures = [var.pipeline_source]
}

run "refuses_an_object_that_begins_with_a_slash" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    pipeline_source = { s3 = { bucket_name = "some-revisions", object_key = "/revision.zip" } }
  }

  expect_failures = [var.pipeline_source]
}

run "refuses_an_alias_for_the_key_of_the_source" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    pipeline_source = { s3 = { bucket_name = "some-revisions", object_key = "revision.zip", kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:alias/some-key" } }
  }

  expect_failures = [var.pipeline_source]
}

run "refuses_an_approval_topic_of_another_region" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    deployments = [
      { stage = "Prod", environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml", approval = { notification_topic_arn = "arn:aws:sns:us-east-1:111122223333:approvals" } },
    ]
  }

  expect_failures = [var.deployments]
}

run "refuses_a_fifo_topic_for_approvals" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    deployments = [
      { stage = "Prod", environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml", approval = { notification_topic_arn = "arn:aws:sns:eu-west-1:111122223333:approvals.fifo" } },
    ]
  }

  expect_failures = [var.deployments]
}

run "refuses_an_approval_key_without_a_topic" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    deployments = [
      { stage = "Prod", environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml", approval = { notification_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef" } },
    ]
  }

  expect_failures = [var.deployments]
}

run "refuses_an_alias_for_the_key_of_an_approval" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    deployments = [
      { stage = "Prod", environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml", approval = { notification_topic_arn = "arn:aws:sns:eu-west-1:111122223333:approvals", notification_key_arn = "alias/some-key" } },
    ]
  }

  expect_failures = [var.deployments]
}

run "refuses_comments_that_codepipeline_would_refuse" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    deployments = [
      { stage = "Prod", environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml", approval = { comments = "" } },
    ]
  }

  expect_failures = [var.deployments]
}

run "refuses_an_approval_url_that_is_none" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    deployments = [
      { stage = "Prod", environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml", approval = { url = "example.com" } },
    ]
  }

  expect_failures = [var.deployments]
}

run "refuses_approvals_that_outlive_the_artifact" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    artifact_retention_days = 14
    deployments = [
      for stage in ["Test", "Prod"] :
      { stage = stage, environment_name = lower(stage), stack_name = "sample-app", template_path = "infra/template.yaml", approval = {} }
    ]
  }

  expect_failures = [var.deployments]
}

run "refuses_a_name_too_long_for_the_region" {
  command = plan

  variables {
    region = "us-gov-northeast-1"
    name   = "name-of-thirty-two-characters-xx"
  }

  expect_failures = [var.name, data.aws_region.current]
}

run "refuses_a_name_without_letters" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    name = ""
  }

  expect_failures = [var.name]
}

run "refuses_a_provider_of_another_region" {
  command = plan

  variables {
    region = "eu-central-1"
  }

  expect_failures = [data.aws_region.current]
}

run "refuses_a_zip_that_is_not_the_released_one" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    lambda_zip_sha256 = "0000000000000000000000000000000000000000000000000000000000000000"
  }

  expect_failures = [var.lambda_zip_sha256]
}

run "refuses_a_zip_and_an_object" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    lambda_zip_object = { bucket = "releases", key = "changegate.zip", version_id = "1" }
  }

  expect_failures = [var.lambda_zip]
}

run "takes_the_zip_that_is_the_released_one" {
  command = plan

  variables {
    lambda_zip_sha256 = upper(filesha256("tests/terraform/plan/fixtures/functions.txt"))
  }
}

run "refuses_a_name_that_is_a_prefix_in_the_bucket" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    name = "functions"
  }

  expect_failures = [var.name]
}

run "refuses_an_alias_for_a_key" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    kms_key = "alias/changegate"
  }

  expect_failures = [var.kms_key]
}

run "refuses_a_key_of_another_region" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    kms_key = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }

  expect_failures = [var.kms_key]
}

run "refuses_an_access_log_bucket_that_is_none" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    access_log_bucket = { name = "Logs" }
  }

  expect_failures = [var.access_log_bucket]
}

run "refuses_a_boundary_that_is_no_policy" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    permissions_boundary_arn = "arn:aws:iam::111122223333:role/boundary"
  }

  expect_failures = [var.permissions_boundary_arn]
}

run "refuses_a_role_path_that_does_not_begin" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    role_path = "teams/"
  }

  expect_failures = [var.role_path]
}

run "refuses_a_region_that_is_none" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    region = "Ireland"
  }

  expect_failures = [var.region]
}

run "refuses_to_tell_a_fifo_topic" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    notifications = { topic_arn = "arn:aws:sns:eu-west-1:111122223333:operators.fifo" }
  }

  expect_failures = [var.notifications]
}

run "refuses_to_tell_a_topic_of_another_region" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    notifications = { topic_arn = "arn:aws:sns:us-east-1:111122223333:operators" }
  }

  expect_failures = [var.notifications]
}

run "refuses_an_address_that_is_none" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    notifications = { emails = ["nobody"] }
  }

  expect_failures = [var.notifications]
}

run "refuses_an_unknown_outcome" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    notifications = { outcomes = ["exploded"] }
  }

  expect_failures = [var.notifications]
}

run "refuses_to_tell_of_nothing" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    notifications = { outcomes = [] }
  }

  expect_failures = [var.notifications]
}

run "refuses_to_reserve_concurrency_for_an_unknown_function" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    reserved_concurrency = { tigger = 1 } # codespell:ignore tigger
  }

  expect_failures = [var.reserved_concurrency]
}

run "refuses_to_reserve_no_concurrency" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    reserved_concurrency = { trigger = 0 }
  }

  expect_failures = [var.reserved_concurrency]
}

run "refuses_an_administrator_by_a_session" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    administrator_arns = ["arn:aws:sts::111122223333:assumed-role/delivery/person"]
  }

  expect_failures = [var.administrator_arns]
}

run "refuses_a_boundary_that_is_none" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    template_boundary_arn = "changegate"
  }

  expect_failures = [var.template_boundary_arn]
}

run "refuses_a_stack_that_is_called_like_changegate" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    deployments = [
      { stage = "Prod", environment_name = "Changegate", stack_name = "app", template_path = "infra/template.yaml" },
    ]
  }

  expect_failures = [var.deployments]
}

run "demands_no_deployment_policy_where_every_deployment_has_its_role" {
  command = plan

  variables {
    deployment_policy_json = null
    deployment_policy_arns = []
    deployments = [
      {
        stage            = "Prod"
        environment_name = "prod"
        stack_name       = "app"
        template_path    = "infra/template.yaml"
        role_arn         = "arn:aws:iam::111122223333:role/app"
      },
    ]
  }
}
