# Run with the -var-file of an environment: each file in environments/ must have a plan.

mock_provider "aws" {
  source = "./tests/terraform/plan/mocks"
}

# The resources in policies, which are not known in a plan: the policies are checked, too.
override_resource {
  target          = module.notifications[0].aws_sns_topic.this
  override_during = plan
  values          = { arn = "arn:aws:sns:eu-west-1:111122223333:topic" }
}

override_resource {
  target          = module.lost_invocations[0].aws_sqs_queue.this
  override_during = plan
  values          = { arn = "arn:aws:sqs:eu-west-1:111122223333:lost-invocations" }
}

override_resource {
  target          = module.lost_notifications[0].aws_sqs_queue.this
  override_during = plan
  values          = { arn = "arn:aws:sqs:eu-west-1:111122223333:lost-notifications" }
}

variables {
  lambda_zip = "tests/terraform/plan/fixtures/functions.txt"
}

run "plans" {
  command = plan

  assert {
    condition     = length(local.deployments) >= 1 && length(output.function_names) == length(local.functions)
    error_message = "An environment must provision the functions and deploy something."
  }

  assert {
    condition = alltrue([
      for d in local.deployments :
      var.deployment_policy_json == null ? true : strcontains(var.deployment_policy_json, "${d.full_stack_name}-*")
    ])
    error_message = "CloudFormation must have rights for each stack of the environment that it lists, under the stack's name."
  }
}
