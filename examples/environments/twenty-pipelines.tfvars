# Twenty teams, each with its repository and its role, which bounds what its templates may create.
region = "eu-west-1"
name   = "changegate-prod"
pipelines = {
  accounts = {
    source = { codeconnections = { connection_arn = "arn:aws:codeconnections:eu-west-1:111122223333:connection/01234567-89ab-cdef-0123-456789abcdef", full_repository_id = "some-company/accounts" } }
    stages = [{ name = "Prod", deployments = [
      { environment_name = "prod", stack_name = "accounts", template_path = "infra/template.yaml", role_arn = "arn:aws:iam::111122223333:role/teams/accounts" },
    ] }]
  }
  billing = {
    source = { codeconnections = { connection_arn = "arn:aws:codeconnections:eu-west-1:111122223333:connection/01234567-89ab-cdef-0123-456789abcdef", full_repository_id = "some-company/billing" } }
    stages = [{ name = "Prod", deployments = [
      { environment_name = "prod", stack_name = "billing", template_path = "infra/template.yaml", role_arn = "arn:aws:iam::111122223333:role/teams/billing" },
    ] }]
  }
  catalog = {
    source = { codeconnections = { connection_arn = "arn:aws:codeconnections:eu-west-1:111122223333:connection/01234567-89ab-cdef-0123-456789abcdef", full_repository_id = "some-company/catalog" } }
    stages = [{ name = "Prod", deployments = [
      { environment_name = "prod", stack_name = "catalog", template_path = "infra/template.yaml", role_arn = "arn:aws:iam::111122223333:role/teams/catalog" },
    ] }]
  }
  checkout = {
    source = { codeconnections = { connection_arn = "arn:aws:codeconnections:eu-west-1:111122223333:connection/01234567-89ab-cdef-0123-456789abcdef", full_repository_id = "some-company/checkout" } }
    stages = [{ name = "Prod", deployments = [
      { environment_name = "prod", stack_name = "checkout", template_path = "infra/template.yaml", role_arn = "arn:aws:iam::111122223333:role/teams/checkout" },
    ] }]
  }
  customers = {
    source = { codeconnections = { connection_arn = "arn:aws:codeconnections:eu-west-1:111122223333:connection/01234567-89ab-cdef-0123-456789abcdef", full_repository_id = "some-company/customers" } }
    stages = [{ name = "Prod", deployments = [
      { environment_name = "prod", stack_name = "customers", template_path = "infra/template.yaml", role_arn = "arn:aws:iam::111122223333:role/teams/customers" },
    ] }]
  }
  delivery = {
    source = { codeconnections = { connection_arn = "arn:aws:codeconnections:eu-west-1:111122223333:connection/01234567-89ab-cdef-0123-456789abcdef", full_repository_id = "some-company/delivery" } }
    stages = [{ name = "Prod", deployments = [
      { environment_name = "prod", stack_name = "delivery", template_path = "infra/template.yaml", role_arn = "arn:aws:iam::111122223333:role/teams/delivery" },
    ] }]
  }
  discounts = {
    source = { codeconnections = { connection_arn = "arn:aws:codeconnections:eu-west-1:111122223333:connection/01234567-89ab-cdef-0123-456789abcdef", full_repository_id = "some-company/discounts" } }
    stages = [{ name = "Prod", deployments = [
      { environment_name = "prod", stack_name = "discounts", template_path = "infra/template.yaml", role_arn = "arn:aws:iam::111122223333:role/teams/discounts" },
    ] }]
  }
  fraud = {
    source = { codeconnections = { connection_arn = "arn:aws:codeconnections:eu-west-1:111122223333:connection/01234567-89ab-cdef-0123-456789abcdef", full_repository_id = "some-company/fraud" } }
    stages = [{ name = "Prod", deployments = [
      { environment_name = "prod", stack_name = "fraud", template_path = "infra/template.yaml", role_arn = "arn:aws:iam::111122223333:role/teams/fraud" },
    ] }]
  }
  identity = {
    source = { codeconnections = { connection_arn = "arn:aws:codeconnections:eu-west-1:111122223333:connection/01234567-89ab-cdef-0123-456789abcdef", full_repository_id = "some-company/identity" } }
    stages = [{ name = "Prod", deployments = [
      { environment_name = "prod", stack_name = "identity", template_path = "infra/template.yaml", role_arn = "arn:aws:iam::111122223333:role/teams/identity" },
    ] }]
  }
  inventory = {
    source = { codeconnections = { connection_arn = "arn:aws:codeconnections:eu-west-1:111122223333:connection/01234567-89ab-cdef-0123-456789abcdef", full_repository_id = "some-company/inventory" } }
    stages = [{ name = "Prod", deployments = [
      { environment_name = "prod", stack_name = "inventory", template_path = "infra/template.yaml", role_arn = "arn:aws:iam::111122223333:role/teams/inventory" },
    ] }]
  }
  invoices = {
    source = { codeconnections = { connection_arn = "arn:aws:codeconnections:eu-west-1:111122223333:connection/01234567-89ab-cdef-0123-456789abcdef", full_repository_id = "some-company/invoices" } }
    stages = [{ name = "Prod", deployments = [
      { environment_name = "prod", stack_name = "invoices", template_path = "infra/template.yaml", role_arn = "arn:aws:iam::111122223333:role/teams/invoices" },
    ] }]
  }
  mail = {
    source = { codeconnections = { connection_arn = "arn:aws:codeconnections:eu-west-1:111122223333:connection/01234567-89ab-cdef-0123-456789abcdef", full_repository_id = "some-company/mail" } }
    stages = [{ name = "Prod", deployments = [
      { environment_name = "prod", stack_name = "mail", template_path = "infra/template.yaml", role_arn = "arn:aws:iam::111122223333:role/teams/mail" },
    ] }]
  }
  orders = {
    source = { codeconnections = { connection_arn = "arn:aws:codeconnections:eu-west-1:111122223333:connection/01234567-89ab-cdef-0123-456789abcdef", full_repository_id = "some-company/orders" } }
    stages = [{ name = "Prod", deployments = [
      { environment_name = "prod", stack_name = "orders", template_path = "infra/template.yaml", role_arn = "arn:aws:iam::111122223333:role/teams/orders" },
    ] }]
  }
  payments = {
    source = { codeconnections = { connection_arn = "arn:aws:codeconnections:eu-west-1:111122223333:connection/01234567-89ab-cdef-0123-456789abcdef", full_repository_id = "some-company/payments" } }
    stages = [{ name = "Prod", deployments = [
      { environment_name = "prod", stack_name = "payments", template_path = "infra/template.yaml", role_arn = "arn:aws:iam::111122223333:role/teams/payments" },
    ] }]
  }
  prices = {
    source = { codeconnections = { connection_arn = "arn:aws:codeconnections:eu-west-1:111122223333:connection/01234567-89ab-cdef-0123-456789abcdef", full_repository_id = "some-company/prices" } }
    stages = [{ name = "Prod", deployments = [
      { environment_name = "prod", stack_name = "prices", template_path = "infra/template.yaml", role_arn = "arn:aws:iam::111122223333:role/teams/prices" },
    ] }]
  }
  refunds = {
    source = { codeconnections = { connection_arn = "arn:aws:codeconnections:eu-west-1:111122223333:connection/01234567-89ab-cdef-0123-456789abcdef", full_repository_id = "some-company/refunds" } }
    stages = [{ name = "Prod", deployments = [
      { environment_name = "prod", stack_name = "refunds", template_path = "infra/template.yaml", role_arn = "arn:aws:iam::111122223333:role/teams/refunds" },
    ] }]
  }
  reports = {
    source = { codeconnections = { connection_arn = "arn:aws:codeconnections:eu-west-1:111122223333:connection/01234567-89ab-cdef-0123-456789abcdef", full_repository_id = "some-company/reports" } }
    stages = [{ name = "Prod", deployments = [
      { environment_name = "prod", stack_name = "reports", template_path = "infra/template.yaml", role_arn = "arn:aws:iam::111122223333:role/teams/reports" },
    ] }]
  }
  returns = {
    source = { codeconnections = { connection_arn = "arn:aws:codeconnections:eu-west-1:111122223333:connection/01234567-89ab-cdef-0123-456789abcdef", full_repository_id = "some-company/returns" } }
    stages = [{ name = "Prod", deployments = [
      { environment_name = "prod", stack_name = "returns", template_path = "infra/template.yaml", role_arn = "arn:aws:iam::111122223333:role/teams/returns" },
    ] }]
  }
  search = {
    source = { codeconnections = { connection_arn = "arn:aws:codeconnections:eu-west-1:111122223333:connection/01234567-89ab-cdef-0123-456789abcdef", full_repository_id = "some-company/search" } }
    stages = [{ name = "Prod", deployments = [
      { environment_name = "prod", stack_name = "search", template_path = "infra/template.yaml", role_arn = "arn:aws:iam::111122223333:role/teams/search" },
    ] }]
  }
  shop = {
    source = { codeconnections = { connection_arn = "arn:aws:codeconnections:eu-west-1:111122223333:connection/01234567-89ab-cdef-0123-456789abcdef", full_repository_id = "some-company/shop" } }
    stages = [{ name = "Prod", deployments = [
      { environment_name = "prod", stack_name = "shop", template_path = "infra/template.yaml", role_arn = "arn:aws:iam::111122223333:role/teams/shop" },
    ] }]
  }
}
