# Run with -var-file of an environment: what is in environments/ must be a plan, whatever it is.

mock_provider "aws" {
  source = "./tests/terraform/mocks"
}

variables {
  lambda_zip = "tests/terraform/fixtures/functions.txt"
}

run "plans" {
  command = plan

  assert {
    condition     = length(output.deployments) >= 1 && length(output.function_names) == length(local.functions)
    error_message = "An environment must provision the functions and deploy something."
  }

  assert {
    condition = alltrue([
      for deployment in output.deployments : strcontains(var.deployment_policy_json, "${deployment.stack_name}-*")
    ])
    error_message = "CloudFormation must be allowed something for every stack of the environment, under the stack's name."
  }
}
