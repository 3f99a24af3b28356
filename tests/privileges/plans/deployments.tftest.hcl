# Plans of the configuration for every kind of deployment in the scenarios and the end-to-end tests. The recorded calls are
# checked against the policies in these plans ("Least privilege" in tests/README.md).
#
# Each run has one deployment, whose stack is a placeholder. No two runs give the state machine the same input.

mock_provider "aws" {
  # Values that are known after apply are mocked, so that the plan has the policies that contain them.
  override_during = plan

  mock_data "aws_caller_identity" {
    defaults = { account_id = "000000000000" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }

  mock_data "aws_region" {
    defaults = { id = "eu-west-1" }
  }

  # The only role in the variables of a function.
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::000000000000:role/changegate-cloudformation" }
  }

  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:eu-west-1:000000000000:key/1234abcd-12ab-34cd-56ef-1234567890ab" }
  }
}

variables {
  region     = "eu-west-1"
  name       = "changegate"
  lambda_zip = "tests/terraform/plan/fixtures/functions.txt"

  # These tests ignore the permissions of CloudFormation.
  deployment_policy_json = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"sqs:*\",\"Resource\":\"*\"}]}"
}

run "plain" {
  command = plan

  variables {
    pipelines = {
      main = {
        source = { codecommit = {} }
        stages = [{
          name = "Prod"
          deployments = [{
            environment_name = "prod"
            stack_name       = "placeholder"
            template_path    = "template.yaml"
            nested_stacks    = ["Network"]
          }]
        }]
      }
    }
  }
}

run "recreates" {
  command = plan

  variables {
    pipelines = {
      main = {
        source = { codecommit = {} }
        stages = [{
          name = "Prod"
          deployments = [{
            environment_name      = "prod"
            stack_name            = "placeholder"
            template_path         = "template.yaml"
            recreate_failed_stack = true
          }]
        }]
      }
    }
  }
}

run "protects" {
  command = plan

  variables {
    pipelines = {
      main = {
        source = { codecommit = {} }
        stages = [{
          name = "Prod"
          deployments = [{
            environment_name       = "prod"
            stack_name             = "placeholder"
            template_path          = "template.yaml"
            termination_protection = true
          }]
        }]
      }
    }
  }
}

run "has_a_configuration" {
  command = plan

  variables {
    pipelines = {
      main = {
        source = { codecommit = {} }
        stages = [{
          name = "Prod"
          deployments = [{
            environment_name            = "prod"
            stack_name                  = "placeholder"
            template_path               = "template.yaml"
            template_configuration_path = "configuration.json"
          }]
        }]
      }
    }
  }
}

run "has_a_role_a_configuration_and_protects" {
  command = plan

  variables {
    pipelines = {
      main = {
        source = { codecommit = {} }
        stages = [{
          name = "Prod"
          deployments = [{
            environment_name            = "prod"
            stack_name                  = "placeholder"
            template_path               = "template.yaml"
            role_arn                    = "arn:aws:iam::000000000000:role/deployment"
            template_configuration_path = "configuration.json"
            termination_protection      = true
          }]
        }]
      }
    }
  }
}

run "blue_green" {
  command = plan

  variables {
    pipelines = {
      main = {
        source = { codecommit = {} }
        stages = [{
          name = "Prod"
          deployments = [{
            environment_name = "prod"
            stack_name       = "placeholder"
            template_path    = "template.yaml"
            nested_stacks    = ["Network"]
            on_unsafe_update = "blue_green"
          }]
        }]
      }
    }
  }
}

run "blue_green_that_recreates" {
  command = plan

  variables {
    pipelines = {
      main = {
        source = { codecommit = {} }
        stages = [{
          name = "Prod"
          deployments = [{
            environment_name      = "prod"
            stack_name            = "placeholder"
            template_path         = "template.yaml"
            on_unsafe_update      = "blue_green"
            recreate_failed_stack = true
          }]
        }]
      }
    }
  }
}

run "blue_green_that_protects" {
  command = plan

  variables {
    pipelines = {
      main = {
        source = { codecommit = {} }
        stages = [{
          name = "Prod"
          deployments = [{
            environment_name       = "prod"
            stack_name             = "placeholder"
            template_path          = "template.yaml"
            on_unsafe_update       = "blue_green"
            termination_protection = true
          }]
        }]
      }
    }
  }
}

run "blue_green_with_a_configuration" {
  command = plan

  variables {
    pipelines = {
      main = {
        source = { codecommit = {} }
        stages = [{
          name = "Prod"
          deployments = [{
            environment_name            = "prod"
            stack_name                  = "placeholder"
            template_path               = "template.yaml"
            on_unsafe_update            = "blue_green"
            template_configuration_path = "configuration.json"
          }]
        }]
      }
    }
  }
}

run "in_another_region" {
  command = plan

  variables {
    pipelines = {
      main = {
        source = { codecommit = {} }
        stages = [{
          name = "Prod"
          deployments = [{
            environment_name = "prod"
            stack_name       = "placeholder"
            template_path    = "template.yaml"
            nested_stacks    = ["Network"]
            target           = { region = "eu-north-1" }
          }]
        }]
      }
    }
  }
}

run "in_another_account" {
  command = plan

  variables {
    pipelines = {
      main = {
        source = { codecommit = {} }
        stages = [{
          name = "Prod"
          deployments = [{
            environment_name = "prod"
            stack_name       = "placeholder"
            template_path    = "template.yaml"
            nested_stacks    = ["Network"]
            role_arn         = "arn:aws:iam::111122223333:role/changegate-deployment"
            target = {
              role_arn    = "arn:aws:iam::111122223333:role/changegate-target"
              external_id = "changegate-prod"
              region      = "us-west-2"
            }
          }]
        }]
      }
    }
  }
}
