# Test, approval, prod: the engine in a delivery account, each stage in a separate account.
region = "eu-west-1"
name   = "changegate-delivery"
pipelines = {
  shop = {
    source = { codeconnections = {
      connection_arn     = "arn:aws:codeconnections:eu-west-1:111122223333:connection/01234567-89ab-cdef-0123-456789abcdef"
      full_repository_id = "some-company/shop"
    } }
    stages = [
      {
        name = "Test"
        deployments = [{
          environment_name = "test"
          stack_name       = "shop"
          template_path    = "infra/template.yaml"
          role_arn         = "arn:aws:iam::444455556666:role/changegate-deployment"
          target           = { role_arn = "arn:aws:iam::444455556666:role/changegate-target", external_id = "changegate-delivery" }
        }]
      },
      {
        name = "Prod"
        approval = {
          notification_topic_arn = "arn:aws:sns:eu-west-1:111122223333:approvals"
          comments               = "Does the shop work in the test account?"
        }
        deployments = [{
          environment_name = "prod"
          stack_name       = "shop"
          template_path    = "infra/template.yaml"
          role_arn         = "arn:aws:iam::777788889999:role/changegate-deployment"
          target           = { role_arn = "arn:aws:iam::777788889999:role/changegate-target", external_id = "changegate-delivery" }
        }]
      },
    ]
  }
}
