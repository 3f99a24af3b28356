# Ten stacks of one repository: those of one number beside each other, the next number when they have succeeded.
region = "eu-west-1"
name   = "changegate-prod"
pipelines = {
  shop = {
    source = { codeconnections = {
      connection_arn     = "arn:aws:codeconnections:eu-west-1:111122223333:connection/01234567-89ab-cdef-0123-456789abcdef"
      full_repository_id = "some-company/shop"
    } }
    stages = [{
      name = "Prod"
      deployments = [
        { run_order = 1, environment_name = "prod", stack_name = "shop-network", template_path = "infra/network.yaml" },
        { run_order = 2, environment_name = "prod", stack_name = "shop-data", template_path = "infra/data.yaml" },
        { run_order = 2, environment_name = "prod", stack_name = "shop-queues", template_path = "infra/queues.yaml" },
        { run_order = 2, environment_name = "prod", stack_name = "shop-identity", template_path = "infra/identity.yaml" },
        { run_order = 3, environment_name = "prod", stack_name = "shop-api", template_path = "infra/api.yaml" },
        { run_order = 3, environment_name = "prod", stack_name = "shop-worker", template_path = "infra/worker.yaml" },
        { run_order = 3, environment_name = "prod", stack_name = "shop-search", template_path = "infra/search.yaml" },
        { run_order = 4, environment_name = "prod", stack_name = "shop-frontend", template_path = "infra/frontend.yaml" },
        { run_order = 5, environment_name = "prod", stack_name = "shop-dashboards", template_path = "infra/dashboards.yaml" },
        { run_order = 5, environment_name = "prod", stack_name = "shop-alarms", template_path = "infra/alarms.yaml" },
      ]
    }]
  }
}
deployment_policy_arns = ["arn:aws:iam::111122223333:policy/what-shop-may-create"]
