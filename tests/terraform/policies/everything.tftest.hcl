# The plan with every option: its policies are checked, and that no template may change what it creates.

mock_provider "aws" {
  source = "./tests/terraform/plan/mocks"
}

# The resources in policies, which are not known in a plan.
override_resource {
  target          = module.notifications[0].aws_sns_topic.this
  override_during = plan
  values          = { arn = "arn:aws:sns:eu-west-1:111122223333:changegate-deployment" }
}

override_resource {
  target          = module.lost_invocations[0].aws_sqs_queue.this
  override_during = plan
  values          = { arn = "arn:aws:sqs:eu-west-1:111122223333:changegate-lost-invocations" }
}

override_resource {
  target          = module.lost_notifications[0].aws_sqs_queue.this
  override_during = plan
  values          = { arn = "arn:aws:sqs:eu-west-1:111122223333:changegate-lost-notifications" }
}

override_resource {
  target          = module.kms[0].aws_kms_key.this
  override_during = plan
  values          = { arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab" }
}

variables {
  region                 = "eu-west-1"
  lambda_zip             = "tests/terraform/plan/fixtures/functions.txt"
  deployment_policy_json = "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"sqs:CreateQueue\", \"Resource\": \"arn:aws:sqs:eu-west-1:111122223333:prod-sample-app-*\"}]}"
}

# Every option of a deployment that needs rights.
run "everything" {
  command = plan

  variables {
    notifications = {
      emails   = ["team@example.com"]
      outcomes = ["started", "succeeded", "rejected", "rolled_back", "needs_operator", "misconfigured", "failed", "timed_out", "aborted", "source_failed", "not_started", "approval_waiting"]
    }
    alarms_enabled    = true
    dashboard_enabled = true
    tracing_enabled   = true
    access_log_bucket = { name = "logs-111122223333" }

    pipelines = {
      orders = {
        source = { codecommit = { repository_name = "sample-app" } }
        stages = [
          {
            name = "Prod"
            approval = {
              notification_topic_arn = "arn:aws:sns:eu-west-1:111122223333:approvals"
              notification_key_arn   = "arn:aws:kms:eu-west-1:111122223333:key/0987dcba-12ab-34cd-56ef-1234567890ab"
            }
            deployments = [
              {
                environment_name            = "prod"
                stack_name                  = "sample-app"
                template_path               = "infra/template.yaml"
                template_configuration_path = "infra/configuration.json"
                role_arn                    = "arn:aws:iam::111122223333:role/teams/orders"
                on_unsafe_update            = "blue_green"
                recreate_failed_stack       = true
                termination_protection      = true
              },
              {
                run_order        = 2
                environment_name = "prod"
                stack_name       = "other-app"
                template_path    = "infra/template.yaml"
                target           = { region = "us-east-1" }
              },
            ]
          },
        ]
      }
      theirs = {
        source         = { codecommit = {} }
        execution_mode = "SUPERSEDED"
        stages = [
          {
            name = "Theirs"
            deployments = [
              {
                environment_name = "theirs"
                stack_name       = "sample-app"
                template_path    = "infra/template.yaml"
                role_arn         = "arn:aws:iam::444455556666:role/deployment"
                target = {
                  role_arn    = "arn:aws:iam::444455556666:role/changegate"
                  external_id = "orders"
                }
              },
            ]
          },
        ]
      }
    }
    external_pipelines = { payments = { target_role_arns = ["arn:aws:iam::777788889999:role/changegate"] } }
  }

  # No part may be missing.
  assert {
    condition = (
      length(module.notifications) == 1 && length(module.lost_invocations) == 1 && length(module.lost_notifications) == 1 &&
      length(module.kms) == 1 && length(output.alarm_names) == 9 && length(module.pipeline) == 2
    )
    error_message = "Everything must exist."
  }
}
