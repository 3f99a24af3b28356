mock_provider "aws" {
  source = "./tests/terraform/plan/mocks"
}

variables {
  region                 = "eu-west-1"
  lambda_zip             = "tests/terraform/plan/fixtures/functions.txt"
  deployment_policy_json = "{\"Version\": \"2012-10-17\", \"Statement\": []}"

  pipelines = {
    main = {
      source = { codecommit = {} }
      stages = [
        {
          name        = "Test"
          deployments = [{ environment_name = "test", stack_name = "sample-app", template_path = "infra/template.yaml" }]
        },
        {
          name = "Prod"
          deployments = [
            {
              environment_name = "prod"
              stack_name       = "sample-app"
              template_path    = "infra/template.yaml"
              parameters       = { MaximumReceives = "3" }
            },
          ]
        },
      ]
    }
  }
}

run "hands_targets_and_options_to_roles_and_bucket" {
  command = plan

  variables {
    pipelines = {
      orders = {
        source = { codecommit = {} }
        stages = [
          {
            name = "Here"
            deployments = [
              {
                environment_name            = "here"
                stack_name                  = "sample-app"
                template_path               = "infra/template.yaml"
                template_configuration_path = "infra/configuration.json"
                termination_protection      = true
                recreate_failed_stack       = true
                on_unsafe_update            = "blue_green"
                role_arn                    = "arn:aws:iam::111122223333:role/deployment"
                target                      = { region = "us-east-1" }
              },
            ]
          },
        ]
      }
      billing = {
        source = { s3 = { bucket_name = "some-revisions", object_key = "billing/revision.zip" } }
        stages = [
          for name in ["There", "Again"] : {
            name = name
            deployments = [
              {
                environment_name = lower(name)
                stack_name       = "sample-app"
                template_path    = "infra/template.yaml"
                role_arn         = "arn:aws:iam::444455556666:role/deployment"
                target           = { role_arn = "arn:aws:iam::444455556666:role/changegate" }
              },
            ]
          }
        ]
      }
    }
    external_pipelines = { payments = { target_role_arns = ["arn:aws:iam::777788889999:role/changegate", "arn:aws:iam::444455556666:role/changegate"] } }
  }

  assert {
    condition = jsonencode(local.iam_deployments) == jsonencode([
      {
        stack_name             = "there-sample-app"
        region                 = null
        role_arn               = "arn:aws:iam::444455556666:role/deployment"
        target_role_arn        = "arn:aws:iam::444455556666:role/changegate"
        termination_protection = false
        recreate_failed_stack  = false
        set_stack_policy       = false
        blue_green             = false
        nested_stacks          = []
      },
      {
        stack_name             = "again-sample-app"
        region                 = null
        role_arn               = "arn:aws:iam::444455556666:role/deployment"
        target_role_arn        = "arn:aws:iam::444455556666:role/changegate"
        termination_protection = false
        recreate_failed_stack  = false
        set_stack_policy       = false
        blue_green             = false
        nested_stacks          = []
      },
      {
        stack_name             = "here-sample-app"
        region                 = "us-east-1"
        role_arn               = "arn:aws:iam::111122223333:role/deployment"
        target_role_arn        = null
        termination_protection = true
        recreate_failed_stack  = true
        set_stack_policy       = true
        blue_green             = true
        nested_stacks          = []
      },
    ])
    error_message = "The rights of roles must follow from the deployments."
  }

  assert {
    condition     = local.target_role_arns == tolist(["arn:aws:iam::444455556666:role/changegate", "arn:aws:iam::777788889999:role/changegate"])
    error_message = "The bucket must know each role that reads templates, once, also those of external pipelines."
  }

  assert {
    condition = local.artifact_prefixes == {
      billing  = "billing_changegate/"
      orders   = "orders_changegate/"
      payments = "payments_changegate/"
    }
    error_message = "The artifacts of every pipeline must expire and can be read, also those of external pipelines."
  }
}

run "tells_what_it_provisions" {
  command = plan

  override_module {
    target          = module.pipeline
    override_during = plan
    outputs = {
      name                      = "main_changegate"
      arn                       = "arn:aws:codepipeline:eu-west-1:111122223333:main_changegate"
      role_arns                 = { pipeline = "arn:aws:iam::111122223333:role/changegate-pipeline-main" }
      repository_name           = "changegate-main"
      repository_clone_url_http = "https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/changegate-main"
      alarm_names               = []
      deployments = [
        { stage = "Test", action = "sample-app", stack_name = "test-sample-app", state_machine_file = "state_machine_input/main/Test/sample-app.json" },
      ]
    }
  }

  assert {
    condition = output.pipelines == {
      main = {
        name                      = "main_changegate"
        arn                       = "arn:aws:codepipeline:eu-west-1:111122223333:main_changegate"
        role_arns                 = { pipeline = "arn:aws:iam::111122223333:role/changegate-pipeline-main" }
        repository_name           = "changegate-main"
        repository_clone_url_http = "https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/changegate-main"
        deployments = [
          { stage = "Test", action = "sample-app", stack_name = "test-sample-app", state_machine_file = "state_machine_input/main/Test/sample-app.json" },
        ]
      }
    }
    error_message = "The output pipelines must tell everything about each pipeline."
  }

  assert {
    condition     = output.bucket_name == "changegate-111122223333-eu-west-1"
    error_message = "The name of the bucket must come from name."
  }

  assert {
    condition = output.function_names == {
      for key in concat(["trigger"], keys(jsondecode(file("asl/tasks.json")))) : key => "changegate-${replace(key, "_", "-")}"
    }
    error_message = "There must be the trigger and one function per task state."
  }

  assert {
    condition = alltrue([
      for key in setunion(keys(local.functions), ["state_machine", "cloudformation"]) :
      contains(keys(output.role_arns), key)
    ])
    error_message = "The output role_arns must have every role."
  }
}

# Otherwise Delete Change Set could run the function that executes.
run "every_task_invokes_its_own_function" {
  command = plan

  variables {
    task_timeout_seconds      = 61
    execution_timeout_seconds = 7200
    waiting = {
      minimum_seconds         = 7
      maximum_seconds         = 70
      busy_stack_seconds      = 71
      change_set_seconds      = 72
      stack_operation_seconds = 73
    }
  }

  assert {
    condition = {
      for name, state in jsondecode(local.definition).States : name => state.Parameters.FunctionName if state.Type == "Task"
      } == {
      for key in keys(jsondecode(file("asl/tasks.json"))) :
      title(replace(key, "_", " ")) => "arn:aws:lambda:eu-west-1:111122223333:function:changegate-${replace(key, "_", "-")}:7"
    }
    error_message = "Each task must invoke the published version of the function with its name."
  }

  assert {
    condition = alltrue([
      for key, function in local.functions : function.handler == (key == "trigger" ? "changegate.pipeline.trigger.handler" : "changegate.states.${key}.handler")
    ])
    error_message = "Each function must run the handler with its name."
  }

  assert {
    condition = (
      jsondecode(local.definition).TimeoutSeconds == 7200 &&
      alltrue([for state in jsondecode(local.definition).States : state.TimeoutSeconds == 61 if state.Type == "Task"])
    )
    error_message = "The state machine must take its timeouts from the variables."
  }

  assert {
    # By Wait state: the limits that each of its tasks receives.
    condition = {
      for told in [
        for state in jsondecode(local.definition).States : state.Parameters.Payload.wait if can(state.Parameters.Payload.wait)
      ] : told.state => [told.minimumSeconds, told.maximumSeconds, told.limitSeconds]...
      } == {
      "Wait Stack Operation"      = [[7, 70, 71]]
      "Wait Stack Deletion"       = [[7, 70, 73], [7, 70, 73]]
      "Wait Stack Creation"       = [[7, 70, 73], [7, 70, 73]]
      "Wait Change Set Creation"  = [[7, 70, 72], [7, 70, 72]]
      "Wait Change Set Execution" = [[7, 70, 73], [7, 70, 73]]
    }
    error_message = "Tasks must take the limits of their waits from the variables."
  }
}

run "tells_functions_what_they_need" {
  command = plan

  override_resource {
    target          = module.iam.aws_iam_role.cloudformation
    override_during = plan
    values          = { arn = "arn:aws:iam::111122223333:role/changegate-cloudformation" }
  }

  assert {
    condition = local.environment_values == {
      CLOUDFORMATION_ROLE_ARN = "arn:aws:iam::111122223333:role/changegate-cloudformation"
      STATE_MACHINE_ARN       = "arn:aws:states:eu-west-1:111122223333:stateMachine:changegate-deploy"
      TEMPLATE_BUCKET         = "changegate-111122223333-eu-west-1"
      VERDICT_BUCKET          = "changegate-111122223333-eu-west-1"
    }
    error_message = "Each environment variable must have its value."
  }

  assert {
    condition = { for key, function in local.functions : key => function.environment if length(function.environment) > 0 } == {
      trigger                    = ["STATE_MACHINE_ARN"]
      create_stack               = ["CLOUDFORMATION_ROLE_ARN", "TEMPLATE_BUCKET"]
      create_change_set          = ["CLOUDFORMATION_ROLE_ARN", "TEMPLATE_BUCKET"]
      delete_failed_stack        = ["CLOUDFORMATION_ROLE_ARN"]
      inspect_change_set_changes = ["VERDICT_BUCKET"]
    }
    error_message = "Each function must have the variables that it reads and no other, except those for the log."
  }
}

run "builds_the_arns_of_roles_with_their_path" {
  command = plan

  variables {
    role_path = "/teams/delivery/"
  }

  assert {
    condition = (
      local.roles.cloudformation == { name = "changegate-cloudformation", arn = "arn:aws:iam::111122223333:role/teams/delivery/changegate-cloudformation" } &&
      local.function_roles.trigger == { name = "changegate-trigger", arn = "arn:aws:iam::111122223333:role/teams/delivery/changegate-trigger" }
    )
    error_message = "The ARNs of roles must include the path."
  }
}

run "says_what_the_state_is_of" {
  command = plan

  variables {
    name = "changegate-prod"
  }

  assert {
    condition     = output.environment == { name = "changegate-prod", region = "eu-west-1", account_id = "111122223333" }
    error_message = "The state must name its environment."
  }
}

run "takes_the_longest_name" {
  command = plan

  variables {
    name = "name-of-thirty-two-characters-xx"
  }

  assert {
    condition     = max([for name in values(output.function_names) : length(name)]...) == 64
    error_message = "The longest name of a function must just fit."
  }

  assert {
    condition     = length("${var.name}-111122223333-ap-southeast-1") <= 63
    error_message = "The bucket's name must fit in a region with a long name as well."
  }
}

run "judges_by_the_default_policy" {
  command = plan

  assert {
    condition = jsondecode(local.definition).States["Inspect Change Set Changes"].Parameters.Payload.policy == {
      built_in_rules = true
      default        = { replacement = "refuse", conditional = "refuse", removal = "refuse", undetermined = "refuse" }
      rules          = []
    }
    error_message = "Without a policy, every loss must be refused."
  }
}

run "renders_the_policy_into_the_definition" {
  command = plan

  variables {
    policy = {
      built_in_rules = false
      default        = { removal = "approve" }
      rules = [
        {
          action         = "allow"
          reason         = "Log groups of \"dev\" hold nothing; 100 % sure: $${x}"
          kinds          = ["replacement"]
          resource_types = ["AWS::Logs::*"]
          stacks         = ["dev-*"]
          expires        = "2027-01-31"
        },
      ]
    }
  }

  assert {
    condition = jsondecode(local.definition).States["Inspect Change Set Changes"].Parameters.Payload.policy == {
      built_in_rules = false
      default        = { replacement = "refuse", conditional = "refuse", removal = "approve", undetermined = "refuse" }
      rules = [
        {
          action         = "allow"
          reason         = "Log groups of \"dev\" hold nothing; 100 % sure: $${x}"
          kinds          = ["replacement"]
          resource_types = ["AWS::Logs::*"]
          logical_ids    = null
          stacks         = ["dev-*"]
          expires        = "2027-01-31"
        },
      ]
    }
    error_message = "The inspection must receive the policy as it is given."
  }

  assert {
    condition = alltrue([
      for name, state in jsondecode(local.definition).States :
      name == "Inspect Change Set Changes" || !strcontains(jsonencode(state), "Log groups")
    ])
    error_message = "Only the inspection must receive the policy."
  }
}

run "encrypts_with_a_key_of_its_own" {
  command = plan

  assert {
    condition     = length(module.kms) == 1 && local.allowed_key_arns == "arn:aws:kms:eu-west-1:111122223333:key/*"
    error_message = "By default there must be a key, and objects with keys of other accounts must be refused."
  }

  assert {
    condition     = module.kms[0].alias_name == "alias/changegate"
    error_message = "The alias must have the name of the environment."
  }
}

run "encrypts_every_log_there_is" {
  command = plan

  override_module {
    target          = module.kms
    override_during = plan
    outputs = {
      key_arn    = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
      alias_name = "alias/changegate"
    }
  }

  assert {
    condition = toset(concat(
      [for function in module.function : function.log_group_name],
      [module.state_machine.log_group_name],
    )) == toset([for arn in local.log_group_arns : trimprefix(arn, "arn:aws:logs:eu-west-1:111122223333:log-group:")])
    error_message = "The key policy must name the log groups that exist."
  }

  assert {
    condition     = output.kms_key_arn == "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    error_message = "The output must be the key."
  }

  assert {
    condition = alltrue([
      for object in aws_s3_object.functions :
      object.server_side_encryption == "aws:kms" && object.kms_key_id == output.kms_key_arn
    ])
    error_message = "The code must be encrypted with the key, whatever encrypted them before."
  }
}

run "takes_the_key_it_is_given" {
  command = plan

  variables {
    kms_key = "arn:aws:kms:eu-west-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }

  assert {
    condition = (
      length(module.kms) == 0 &&
      local.kms_key.arn == "arn:aws:kms:eu-west-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab" &&
      local.allowed_key_arns == local.kms_key.arn
    )
    error_message = "A given key must be the only one."
  }
}

run "does_without_a_key" {
  command = plan

  variables {
    kms_key = "none"
  }

  assert {
    condition     = length(module.kms) == 0 && local.kms_key == null && output.kms_key_arn == null
    error_message = "There must be no key."
  }

  assert {
    condition = alltrue([
      for object in aws_s3_object.functions :
      object.server_side_encryption == "AES256"
    ])
    error_message = "The code must be encrypted without a key, whatever encrypted them before."
  }
}

run "keeps_what_the_trigger_lost_and_watches_nothing_by_default" {
  command = plan

  assert {
    condition = (
      module.lost_invocations[0].name == "changegate-lost-invocations" &&
      local.lost_invocations_arn == "arn:aws:sqs:eu-west-1:111122223333:changegate-lost-invocations"
    )
    error_message = "Lost invocations must be kept in the queue that the trigger's role may send to."
  }

  assert {
    condition = (
      length(module.notifications) == 0 && length(module.lost_notifications) == 0 && output.notification_topic_arn == null &&
      length(output.alarm_names) == 0 && module.monitoring.dashboard_name == null
    )
    error_message = "What costs money or needs an address must be off by default."
  }
}

run "keeps_no_lost_invocations_where_it_is_told_to" {
  command = plan

  variables {
    keep_lost_invocations = false
  }

  assert {
    condition     = length(module.lost_invocations) == 0
    error_message = "There must be no queue."
  }
}

run "tells_a_topic_of_its_own" {
  command = plan

  variables {
    notifications     = { emails = ["team@example.com"], outcomes = ["rejected", "needs_operator"] }
    alarms_enabled    = true
    dashboard_enabled = true
  }

  assert {
    condition = toset([for name in values(module.notifications[0].rule_names) : "arn:aws:events:eu-west-1:111122223333:rule/${name}"]) == toset(local.notification_rule_arns) && toset(local.notification_rule_arns) == toset([
      "arn:aws:events:eu-west-1:111122223333:rule/changegate-deployment-needs-operator",
      "arn:aws:events:eu-west-1:111122223333:rule/changegate-deployment-rejected",
    ])
    error_message = "The rules that may send to the queue must be the rules that exist."
  }

  assert {
    condition = local.creates_topic && output.alarm_names == [
      "changegate-deployment-needs-operator",
      "changegate-executions-throttled",
      "changegate-executions-timed-out",
      "changegate-lost-invocations",
      "changegate-lost-notifications",
      "changegate-trigger-errors",
      "changegate-trigger-throttles",
      "changegate-source-rule-failures-main",
    ]
    error_message = "The topic must use the key, and there must be all alarms."
  }

  assert {
    condition     = module.monitoring.dashboard_name == "changegate"
    error_message = "The dashboard must have the name of the environment."
  }
}

run "tells_a_topic_that_is_given" {
  command = plan

  variables {
    notifications = { topic_arn = "arn:aws:sns:eu-west-1:444455556666:operators" }
  }

  assert {
    condition     = !local.creates_topic && output.notification_topic_arn == "arn:aws:sns:eu-west-1:444455556666:operators"
    error_message = "The given topic must be used, and the key policy must not mention it."
  }

  assert {
    condition = sort(keys(module.notifications[0].rule_names)) == tolist([
      "aborted", "failed", "misconfigured", "needs_operator", "not_started", "rejected", "rolled_back", "source_failed",
      "timed_out",
    ])
    error_message = "By default, all outcomes except started, succeeded and approval_waiting must be notified."
  }
}

run "reserves_concurrency" {
  command = plan

  variables {
    reserved_concurrency = { trigger = 2 }
  }

  assert {
    condition     = { for key, function in module.function : key => function.reserved_concurrency if function.reserved_concurrency != -1 } == { trigger = 2 }
    error_message = "Only the named functions must have reserved concurrency."
  }
}

run "runs_a_released_object" {
  command = plan

  variables {
    lambda_zip        = null
    lambda_zip_object = { bucket = "releases", key = "changegate-0.2.0-arm64.zip", version_id = "3HL4kqtJlcpXroDTDmjVBH40Nrjfkd" }
  }

  assert {
    condition     = length(aws_s3_object.functions) == 0 && length(module.function) == length(local.functions)
    error_message = "Nothing must be uploaded."
  }

  assert {
    condition     = [for name, value in local.code : value if value != null] == ["releases", "changegate-0.2.0-arm64.zip", "3HL4kqtJlcpXroDTDmjVBH40Nrjfkd"]
    error_message = "The functions must run the object."
  }
}

run "hands_pipelines_what_they_need" {
  command = plan

  variables {
    role_path                = "/delivery/"
    permissions_boundary_arn = "arn:aws:iam::111122223333:policy/boundary"
    kms_key                  = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }

  assert {
    condition = jsonencode(output.engine) == jsonencode({
      name                     = "changegate"
      region                   = "eu-west-1"
      account_id               = "111122223333"
      partition                = "aws"
      role_path                = "/delivery/"
      permissions_boundary_arn = "arn:aws:iam::111122223333:policy/boundary"
      names = {
        artifact_prefix = "%.20s/"
        event_rule      = "changegate-pipeline-%s"
        event_rule_role = "changegate-event-rule-%s"
        pipeline        = "%s_changegate"
        pipeline_role   = "changegate-pipeline-%s"
        repository      = "changegate-%s"
        source_alarm    = "changegate-source-rule-failures-%s"
      }
      bucket = {
        name         = "changegate-111122223333-eu-west-1"
        arn          = "arn:aws:s3:::changegate-111122223333-eu-west-1"
        input_prefix = "state_machine_input/"
        administered_object_arns = [
          "arn:aws:s3:::changegate-111122223333-eu-west-1/functions/*",
          "arn:aws:s3:::changegate-111122223333-eu-west-1/state_machine_input/*",
        ]
        artifact_retention_days = 30
      }
      kms_key = { arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab", needs_policies = true }
      trigger = { name = "changegate-trigger", arn = "arn:aws:lambda:eu-west-1:111122223333:function:changegate-trigger" }
      alarms  = null
    })
    error_message = "The output engine must have what modules/pipeline needs."
  }

  assert {
    condition     = local.pipeline_role_arn_pattern == "arn:aws:iam::111122223333:role/delivery/changegate-pipeline-*"
    error_message = "The key policy must know the roles of pipelines with their path."
  }
}

run "keeps_templates_away_from_pipelines_and_repositories" {
  command = plan

  variables {
    pipelines = {
      for key, source in {
        named    = { codecommit = { repository_name = "orders" } }
        unnamed  = { codecommit = {} }
        existing = { codecommit = { repository_name = "billing", create_repository = false } }
        } : key => {
        source = source
        stages = [{ name = "Prod", deployments = [{ environment_name = "prod", stack_name = key, template_path = "app.yaml" }] }]
      }
    }
  }

  assert {
    condition = [
      for arn in local.protected_arns : arn if strcontains(arn, ":codepipeline:") || strcontains(arn, ":codecommit:")
      ] == [
      "arn:aws:codecommit:eu-west-1:111122223333:changegate-*",
      "arn:aws:codepipeline:eu-west-1:111122223333:*_changegate*",
      "arn:aws:codecommit:eu-west-1:111122223333:orders",
    ]
    error_message = "Every pipeline and every repository that is created must be protected."
  }
}

# A team that has twenty more does not get a policy that is twenty times as long.
run "names_pipelines_so_that_policies_do_not_grow" {
  command = plan

  variables {
    name = "name-of-thirty-two-characters-xx"
    pipelines = {
      for number in range(20) : "pipeline-${1000000000 + number}x" => {
        source = { codecommit = {} }
        stages = [{ name = "Prod", deployments = [{ environment_name = "prod", stack_name = "app${number}", template_path = "app.yaml" }] }]
      }
    }
  }

  assert {
    condition     = length(distinct(values(local.artifact_prefixes))) == 20 && alltrue([for prefix in values(local.artifact_prefixes) : length(prefix) == 21])
    error_message = "Each pipeline must have an artifact prefix."
  }

  assert {
    condition     = length(local.protected_arns) == 15
    error_message = "What no template may change must not grow with the pipelines."
  }
}

run "plans_twenty_pipelines_with_three_hundred_stacks" {
  command = plan

  variables {
    alarms_enabled = true
    notifications  = {}
    pipelines = {
      for number in range(20) : "team-${number}" => {
        source = { codecommit = {} }
        stages = [
          for stage in ["Test", "Stage", "Prod"] : {
            name     = stage
            approval = stage == "Prod" ? {} : null
            deployments = [
              for service in ["network", "data", "api", "worker", "frontend"] : {
                environment_name = lower(stage)
                stack_name       = "team-${number}-${service}"
                template_path    = "infra/${service}.yaml"
                role_arn         = "arn:aws:iam::111122223333:role/teams/team-${number}"
              }
            ]
          }
        ]
      }
    }
  }

  assert {
    condition = (
      length(module.pipeline) == 20 && length(local.deployments) == 300 && length(module.function) == length(local.functions) &&
      length(distinct(flatten(values(module.pipeline)[*].deployments[*].stack_name))) == 300
    )
    error_message = "One engine must serve twenty pipelines with three hundred stacks."
  }
}
