mock_provider "aws" {
  source = "./tests/terraform/plan/mocks"
}

variables {
  region                 = "eu-west-1"
  lambda_zip             = "tests/terraform/plan/fixtures/functions.txt"
  deployment_policy_json = "{\"Version\": \"2012-10-17\", \"Statement\": []}"

  pipelines = {
    orders = {
      source = { codecommit = {} }
      stages = [
        {
          name        = "Prod"
          deployments = [{ environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml" }]
        },
      ]
    }
  }
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
    # A function that outlives its task, an execution that does not, a role without rights.
    function_timeout_seconds  = 60
    task_timeout_seconds      = 60
    execution_timeout_seconds = 60
    deployment_policy_arns    = []
    deployment_policy_json    = null
  }

  expect_failures = [
    var.function_timeout_seconds,
    var.execution_timeout_seconds,
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

run "demands_no_deployment_policy_where_every_deployment_has_its_role" {
  command = plan

  variables {
    deployment_policy_json = null
    deployment_policy_arns = []
    pipelines = {
      orders = {
        source = { codecommit = {} }
        stages = [
          {
            name = "Prod"
            deployments = [
              {
                environment_name = "prod"
                stack_name       = "app"
                template_path    = "infra/template.yaml"
                role_arn         = "arn:aws:iam::111122223333:role/app"
              },
            ]
          },
        ]
      }
    }
  }
}

run "refuses_to_have_no_pipeline" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    pipelines = {}
  }

  expect_failures = [var.pipelines]
}

run "takes_the_pipelines_of_others_only" {
  command = plan

  variables {
    pipelines              = {}
    deployment_policy_json = null
    external_pipelines     = { orders = { target_role_arns = ["arn:aws:iam::444455556666:role/changegate"] } }
  }

  assert {
    condition     = one(local.target_role_arns) == "arn:aws:iam::444455556666:role/changegate" && length(output.pipelines) == 0
    error_message = "An engine must do without pipelines if others have some."
  }
}

run "refuses_a_key_in_both_variables" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    external_pipelines = { orders = { target_role_arns = [] } }
  }

  expect_failures = [var.pipelines]
}

run "refuses_external_pipelines_that_no_module_would_take" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    external_pipelines = { some_orders = { target_role_arns = [] } }
  }

  expect_failures = [var.external_pipelines]
}

run "refuses_a_wildcard_for_the_roles_of_external_pipelines" {
  command = plan

  module {
    source = "./tests/terraform/plan/variables"
  }

  variables {
    external_pipelines = { billing = { target_role_arns = ["arn:aws:iam::444455556666:role/*"] } }
  }

  expect_failures = [var.external_pipelines]
}

run "refuses_two_stages_that_deploy_one_stack" {
  command = plan

  variables {
    pipelines = {
      orders = {
        source = { codecommit = {} }
        stages = [
          for name in ["Test", "Prod"] : {
            name        = name
            deployments = [{ environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml" }]
          }
        ]
      }
    }
  }

  expect_failures = [output.pipelines]
}

run "refuses_two_pipelines_that_deploy_one_stack" {
  command = plan

  variables {
    pipelines = {
      for key, deployment in {
        orders  = { environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml" }
        billing = { environment_name = "prod-sample", stack_name = "app", template_path = "app.yaml", target = { region = "eu-west-1" } }
        } : key => {
        source = { codecommit = {} }
        stages = [{ name = "Prod", deployments = [deployment] }]
      }
    }
  }

  expect_failures = [output.pipelines]
}

run "takes_one_name_for_the_stacks_of_two_accounts_and_regions" {
  command = plan

  variables {
    pipelines = {
      orders = {
        source = { codecommit = {} }
        stages = [
          {
            name = "Prod"
            deployments = [
              { environment_name = "prod", stack_name = "app", template_path = "app.yaml" },
              { name = "us", environment_name = "prod", stack_name = "app", template_path = "app.yaml", target = { region = "us-east-1" } },
              {
                name             = "other"
                environment_name = "prod"
                stack_name       = "app"
                template_path    = "app.yaml"
                role_arn         = "arn:aws:iam::444455556666:role/deployment"
                target           = { role_arn = "arn:aws:iam::444455556666:role/changegate" }
              },
            ]
          },
        ]
      }
    }
  }

  assert {
    condition = keys(local.places_of_stacks) == [
      "prod-app 111122223333 eu-west-1", "prod-app 111122223333 us-east-1", "prod-app 444455556666 eu-west-1",
    ]
    error_message = "A stack must be identified by account, region and name."
  }
}

run "refuses_a_stack_that_is_called_like_a_successor" {
  command = plan

  variables {
    pipelines = {
      for key, deployment in {
        shop   = { environment_name = "prod", stack_name = "shop", template_path = "app.yaml", on_unsafe_update = "blue_green" }
        others = { environment_name = "prod", stack_name = "shop-12345678", template_path = "app.yaml" }
        } : key => {
        source = { codecommit = {} }
        stages = [{ name = "Prod", deployments = [deployment] }]
      }
    }
  }

  expect_failures = [output.pipelines]
}


run "refuses_a_stack_that_is_called_like_a_nested_stack" {
  command = plan

  variables {
    pipelines = {
      for key, deployment in {
        shop   = { environment_name = "prod", stack_name = "shop", template_path = "app.yaml", nested_stacks = ["Net*"] }
        others = { environment_name = "prod", stack_name = "shop-Network-of-others", template_path = "app.yaml" }
        } : key => {
        source = { codecommit = {} }
        stages = [{ name = "Prod", deployments = [deployment] }]
      }
    }
  }

  expect_failures = [output.pipelines]
}

run "takes_a_stack_that_only_begins_like_another" {
  command = plan

  variables {
    pipelines = {
      for key, deployment in {
        shop   = { environment_name = "prod", stack_name = "shop", template_path = "app.yaml", on_unsafe_update = "blue_green", nested_stacks = ["Data"] }
        others = { environment_name = "prod", stack_name = "shop-billing", template_path = "app.yaml", nested_stacks = ["Data"] }
        us     = { environment_name = "prod", stack_name = "shop-12345678", template_path = "app.yaml", target = { region = "us-east-1" } }
        } : key => {
        source = { codecommit = {} }
        stages = [{ name = "Prod", deployments = [deployment] }]
      }
    }
  }

  assert {
    condition     = local.iam_deployments[0].nested_stacks == tolist(["Data"])
    error_message = "The rights must follow from the nested stacks."
  }
}
