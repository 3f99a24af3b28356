mock_provider "aws" {
  source = "./tests/terraform/mocks"
}

variables {
  region                 = "eu-west-1"
  lambda_zip             = "tests/terraform/fixtures/functions.txt"
  deployment_policy_json = "{\"Version\": \"2012-10-17\", \"Statement\": []}"

  deployments = [
    {
      stage            = "Test"
      environment_name = "test"
      stack_name       = "sample-app"
      template_path    = "infra/template.yaml"
    },
    {
      stage            = "Prod"
      environment_name = "prod"
      stack_name       = "sample-app"
      template_path    = "infra/template.yaml"
      parameters       = { MaximumReceives = "3" }
      tags             = { Team = "orders" }
      capabilities     = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
    },
  ]
}

run "writes_the_input_of_every_stage" {
  command = plan

  assert {
    condition = {
      for stage, input in aws_s3_object.state_machine_input : stage => { key = input.key, content = input.content }
      } == {
      Test = {
        key     = "state_machine_input/Test.json"
        content = "{\"environmentName\":\"test\",\"stackName\":\"sample-app\",\"templatePath\":\"infra/template.yaml\"}"
      }
      Prod = {
        key     = "state_machine_input/Prod.json"
        content = "{\"capabilities\":[\"CAPABILITY_IAM\",\"CAPABILITY_AUTO_EXPAND\"],\"environmentName\":\"prod\",\"parameters\":{\"MaximumReceives\":\"3\"},\"stackName\":\"sample-app\",\"tags\":{\"Team\":\"orders\"},\"templatePath\":\"infra/template.yaml\"}"
      }
    }
    error_message = "Every stage's input must hold what its deployment says, in the contract's field names, and nothing that was not given."
  }

  assert {
    condition = alltrue([
      for input in aws_s3_object.state_machine_input : input.bucket == "changegate-111122223333-eu-west-1"
    ])
    error_message = "The input must be in the bucket that the trigger may read."
  }
}

run "tells_what_it_provisions" {
  command = plan

  assert {
    condition = output.deployments == [
      { stage = "Test", stack_name = "test-sample-app", state_machine_file = "state_machine_input/Test.json" },
      { stage = "Prod", stack_name = "prod-sample-app", state_machine_file = "state_machine_input/Prod.json" },
    ]
    error_message = "The output deployments must name stage, full stack name and input file, in order."
  }

  assert {
    condition = (
      output.pipeline_name == "changegate" &&
      output.repository_name == "changegate" &&
      output.bucket_name == "changegate-111122223333-eu-west-1"
    )
    error_message = "Pipeline, repository and bucket must be named after name."
  }

  assert {
    condition = output.function_names == {
      trigger                         = "changegate-trigger"
      check_stack_existence           = "changegate-check-stack-existence"
      create_stack                    = "changegate-create-stack"
      get_stack_creation_status       = "changegate-get-stack-creation-status"
      create_change_set               = "changegate-create-change-set"
      get_change_set_creation_status  = "changegate-get-change-set-creation-status"
      inspect_change_set_changes      = "changegate-inspect-change-set-changes"
      execute_change_set              = "changegate-execute-change-set"
      get_change_set_execution_status = "changegate-get-change-set-execution-status"
      delete_change_set               = "changegate-delete-change-set"
    }
    error_message = "There must be the trigger and one function per task state."
  }

  assert {
    condition = alltrue([
      for key in setunion(keys(local.functions), ["state_machine", "pipeline", "event", "cloudformation"]) :
      contains(keys(output.role_arns), key)
    ])
    error_message = "The output role_arns must name every role."
  }
}

# Point 2 of what the original got wrong: Delete Change Set ran the function that executes.
run "every_task_invokes_its_own_function" {
  command = plan

  variables {
    poll_interval_seconds     = 7
    task_timeout_seconds      = 61
    execution_timeout_seconds = 7200
  }

  assert {
    condition = {
      for name, state in jsondecode(local.definition).States : name => state.Parameters.FunctionName if state.Type == "Task"
      } == {
      for key, function in local.functions :
      title(replace(key, "_", " ")) => "arn:aws:lambda:eu-west-1:111122223333:function:${function.name}" if key != "trigger"
    }
    error_message = "Every task must invoke the function that bears its name."
  }

  assert {
    condition = alltrue([
      for key, function in local.functions : function.handler == "changegate.${key}.handler"
    ])
    error_message = "Every function must run the handler that bears its name."
  }

  assert {
    condition = (
      jsondecode(local.definition).TimeoutSeconds == 7200 &&
      alltrue([for state in jsondecode(local.definition).States : state.TimeoutSeconds == 61 if state.Type == "Task"]) &&
      alltrue([for state in jsondecode(local.definition).States : state.Seconds == 7 if state.Type == "Wait"])
    )
    error_message = "The state machine must take its intervals and timeouts from the variables."
  }
}

run "tells_functions_what_they_need" {
  command = plan

  override_module {
    target          = module.iam
    override_during = plan
    outputs = {
      cloudformation_role_arn = "arn:aws:iam::111122223333:role/changegate-cloudformation"
      state_machine_role_arn  = "arn:aws:iam::111122223333:role/changegate-state-machine"
      pipeline_role_arn       = "arn:aws:iam::111122223333:role/changegate-pipeline"
      event_role_arn          = "arn:aws:iam::111122223333:role/changegate-event-rule"
      function_role_arns = {
        trigger                         = "arn:aws:iam::111122223333:role/changegate-trigger"
        check_stack_existence           = "arn:aws:iam::111122223333:role/changegate-check-stack-existence"
        create_stack                    = "arn:aws:iam::111122223333:role/changegate-create-stack"
        get_stack_creation_status       = "arn:aws:iam::111122223333:role/changegate-get-stack-creation-status"
        create_change_set               = "arn:aws:iam::111122223333:role/changegate-create-change-set"
        get_change_set_creation_status  = "arn:aws:iam::111122223333:role/changegate-get-change-set-creation-status"
        inspect_change_set_changes      = "arn:aws:iam::111122223333:role/changegate-inspect-change-set-changes"
        execute_change_set              = "arn:aws:iam::111122223333:role/changegate-execute-change-set"
        get_change_set_execution_status = "arn:aws:iam::111122223333:role/changegate-get-change-set-execution-status"
        delete_change_set               = "arn:aws:iam::111122223333:role/changegate-delete-change-set"
      }
    }
  }

  assert {
    condition = local.function_environments.trigger == {
      STATE_MACHINE_ARN = "arn:aws:states:eu-west-1:111122223333:stateMachine:changegate-deploy"
    }
    error_message = "The trigger must be told its state machine."
  }

  assert {
    condition = alltrue([
      for key in ["create_stack", "create_change_set"] : local.function_environments[key] == {
        TEMPLATE_BUCKET         = "changegate-111122223333-eu-west-1"
        CLOUDFORMATION_ROLE_ARN = "arn:aws:iam::111122223333:role/changegate-cloudformation"
      }
    ])
    error_message = "The functions that hand over templates must be told where to, and for which role."
  }

  assert {
    condition = local.function_environments.inspect_change_set_changes == {
      VERDICT_BUCKET = "changegate-111122223333-eu-west-1"
    }
    error_message = "The inspection must be told where to keep its verdicts."
  }

  assert {
    condition = alltrue([
      for key, environment in local.function_environments :
      length(environment) == 0
      if !contains(["trigger", "create_stack", "create_change_set", "inspect_change_set_changes"], key)
    ])
    error_message = "The other functions must be told nothing but how to log."
  }
}

run "serves_an_existing_repository" {
  command = plan

  variables {
    create_repository = false
    repository_name   = "orders"
  }

  assert {
    condition     = output.repository_name == "orders"
    error_message = "The pipeline must take the repository that exists."
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
    error_message = "The bucket's name must fit in a region with a long name, too."
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
    error_message = "The inspection must judge by the policy as it is given."
  }

  assert {
    condition = alltrue([
      for name, state in jsondecode(local.definition).States :
      name == "Inspect Change Set Changes" || !strcontains(jsonencode(state), "Log groups")
    ])
    error_message = "Only the inspection needs the policy."
  }
}
