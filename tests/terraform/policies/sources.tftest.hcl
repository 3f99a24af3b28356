# One plan for each source of the pipeline and each kind of key, with the options that everything.tftest.hcl lacks.

mock_provider "aws" {
  source = "./tests/terraform/plan/mocks"
}

variables {
  region                 = "eu-west-1"
  lambda_zip             = "tests/terraform/plan/fixtures/functions.txt"
  keep_lost_invocations  = false
  deployment_policy_json = "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"sqs:CreateQueue\", \"Resource\": \"arn:aws:sqs:eu-west-1:111122223333:prod-sample-app-*\"}]}"
}

run "connection" {
  command = plan

  variables {
    pipelines = {
      main = {
        source = {
          codeconnections = {
            connection_arn     = "arn:aws:codeconnections:eu-west-1:111122223333:connection/01234567-89ab-cdef-0123-456789abcdef"
            full_repository_id = "some-company/sample-app"
          }
        }
        stages = [
          {
            name        = "Prod"
            deployments = [{ environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml" }]
          },
        ]
      }
    }
    permissions_boundary_arn = "arn:aws:iam::111122223333:policy/boundary"
    role_path                = "/delivery/"
    kms_key                  = "none"
  }
}

run "connection_under_its_old_name" {
  command = plan

  variables {
    pipelines = {
      main = {
        source = {
          codeconnections = {
            connection_arn     = "arn:aws:codestar-connections:eu-west-1:111122223333:connection/01234567-89ab-cdef-0123-456789abcdef"
            full_repository_id = "some-company/sample-app"
          }
        }
        stages = [
          {
            name        = "Prod"
            deployments = [{ environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml" }]
          },
        ]
      }
    }
    kms_key = "none"
  }
}

run "object" {
  command = plan

  variables {
    pipelines = {
      main = {
        source = {
          s3 = {
            bucket_name = "some-revisions"
            object_key  = "sample-app/revision.zip"
            kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/0987dcba-12ab-34cd-56ef-1234567890ab"
          }
        }
        stages = [
          {
            name        = "Prod"
            deployments = [{ environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml" }]
          },
        ]
      }
    }
    kms_key = "arn:aws:kms:eu-west-1:111122223333:key/5678efab-12ab-34cd-56ef-1234567890ab"
  }
}
