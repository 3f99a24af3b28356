region = "eu-west-1"
name   = "changegate-prod"
pipelines = { shop = {
  source = { codeconnections = {
    connection_arn     = "arn:aws:codeconnections:eu-west-1:111122223333:connection/01234567-89ab-cdef-0123-456789abcdef"
    full_repository_id = "some-company/shop"
  } }
  stages = [{ name = "Prod", deployments = [{ environment_name = "prod", stack_name = "shop", template_path = "infra/template.yaml" }] }]
} }
deployment_policy_arns = ["arn:aws:iam::111122223333:policy/what-shop-may-create"]
