module "bucket" {
  source = "./modules/bucket"

  name                              = local.bucket_name
  arn                               = local.bucket_arn
  expire_objects                    = var.expire_objects
  artifact_prefixes                 = local.artifact_prefixes
  artifact_retention_days           = var.artifact_retention_days
  template_prefix                   = local.template_prefix
  template_retention_days           = var.template_retention_days
  template_reader_arns              = local.target_role_arns
  administrator_arns                = var.administrator_arns
  administered_object_arns          = local.administered_object_arns
  verdict_prefix                    = local.verdict_prefix
  verdict_retention_days            = var.verdict_retention_days
  noncurrent_version_retention_days = var.noncurrent_version_retention_days
  force_destroy                     = var.force_destroy
  kms_key                           = local.kms_key
  allowed_key_arns                  = local.allowed_key_arns
  access_log_bucket                 = var.access_log_bucket

  # A destroy that fails because the bucket has objects leaves the key that can read them.
  depends_on = [module.kms]
}

module "kms" {
  source = "./modules/kms"
  count  = var.kms_key == "create" ? 1 : 0

  alias_name = local.key_alias_name
  account_id = local.account_id
  partition  = local.partition
  region     = var.region

  bucket_arn                = local.bucket_arn
  reader_arns               = module.iam.object_role_arns.readers
  writer_arns               = module.iam.object_role_arns.writers
  pipeline_role_arn_pattern = local.pipeline_role_arn_pattern
  foreign_reader_arns       = local.target_role_arns
  log_group_arns            = local.log_group_arns
  alarm_arn_pattern         = local.creates_topic ? local.alarm_arn_pattern : null
}

module "iam" {
  source = "./modules/iam"

  account_id = local.account_id
  partition  = local.partition
  region     = var.region

  bucket_arn               = local.bucket_arn
  artifact_prefixes        = values(local.artifact_prefixes)
  administered_object_arns = local.administered_object_arns
  input_prefix             = local.input_prefix
  template_prefix          = local.template_prefix
  verdict_prefix           = local.verdict_prefix

  functions = {
    for key, name in local.function_names : key => {
      name          = name
      arn           = local.function_arns[key]
      role          = local.function_roles[key]
      log_group_arn = local.function_log_group_arns[key]
    }
  }
  roles = local.roles
  state_machine = {
    name           = local.state_machine_name
    arn            = local.state_machine_arn
    execution_arns = local.execution_arns
  }

  deployments            = local.iam_deployments
  target_role_arns       = local.target_role_arns
  deployment_policy_arns = var.deployment_policy_arns
  deployment_policy_json = var.deployment_policy_json
  tracing_enabled        = var.tracing_enabled

  lost_invocation_queue_arn = var.keep_lost_invocations ? local.lost_invocations_arn : null
  key_alias_name            = var.kms_key == "create" ? local.key_alias_name : null
  protected_arns            = local.protected_arns
  template_policies         = local.template_policies
  template_boundary_arn     = var.template_boundary_arn

  permissions_boundary_arn = var.permissions_boundary_arn
  role_path                = var.role_path
  # The policy of the key that is created here allows the roles to use it.
  kms_key_arn = contains(["create", "none"], var.kms_key) ? null : var.kms_key
}

module "function" {
  source   = "./modules/lambda"
  for_each = local.functions

  name           = local.function_names[each.key]
  log_group_name = local.function_log_group_names[each.key]
  handler        = each.value.handler
  # Executions continue with the functions that they began with. CodePipeline invokes the trigger by its name.
  publish      = each.key != "trigger"
  role_arn     = module.iam.function_role_arns[each.key]
  architecture = var.architecture
  memory_size  = var.function_memory_size
  timeout      = var.function_timeout_seconds

  code               = local.code
  log_level          = var.log_level
  log_retention_days = var.log_retention_days
  kms_key_arn        = local.kms_key_arn
  tracing_enabled    = var.tracing_enabled

  environment = merge(
    {
      POWERTOOLS_SERVICE_NAME = "changegate"
      POWERTOOLS_LOG_LEVEL    = var.log_level
    },
    { for name in each.value.environment : name => lookup(local.environment_values, name, null) },
  )

  # CodePipeline invokes the trigger asynchronously. It gives up on a job after 20 minutes, and so do the retries.
  asynchronous_invocation = each.key == "trigger" ? {
    maximum_retry_attempts    = 2
    maximum_event_age_seconds = 1200
    on_failure_arn            = one(module.lost_invocations[*].arn)
  } : null

  reserved_concurrency = lookup(var.reserved_concurrency, each.key, -1)
}

module "state_machine" {
  source = "./modules/state_machine"

  name                   = local.state_machine_name
  log_group_name         = local.state_machine_log_group_name
  definition             = local.definition
  task_functions         = { for key, name in local.task_state_names : name => local.task_function_arns[key] }
  role_arn               = module.iam.state_machine_role_arn
  log_level              = var.state_machine_log_level
  log_retention_days     = var.log_retention_days
  kms_key_arn            = local.kms_key_arn
  include_execution_data = var.include_execution_data
  tracing_enabled        = var.tracing_enabled
}

module "pipeline" {
  source   = "./modules/pipeline"
  for_each = var.pipelines

  engine          = local.engine
  key             = each.key
  pipeline_source = each.value.source
  execution_mode  = each.value.execution_mode
  stages          = each.value.stages

  # A new pipeline runs at once: what its trigger starts must exist by then.
  depends_on = [module.state_machine]
}

# An environment of 0.1.0 had one pipeline. With the key main, its repository stays.
moved {
  from = module.pipeline
  to   = module.pipeline["main"]
}

# When Lambda gives up an invocation, the pipeline's action has no answer. The event holds credentials of CodePipeline
# that soon expire, so it is kept for a day only.
module "lost_invocations" {
  source = "./modules/dead_letter_queue"
  count  = var.keep_lost_invocations ? 1 : 0

  name                      = local.lost_invocations_name
  message_retention_seconds = 86400
}

module "lost_notifications" {
  source = "./modules/dead_letter_queue"
  count  = var.notifications == null ? 0 : 1

  name            = local.lost_notifications_name
  event_rule_arns = local.notification_rule_arns
}

module "notifications" {
  source = "./modules/notifications"
  count  = var.notifications == null ? 0 : 1

  topic_name = local.topic_name
  rule_names = local.notification_rule_names
  account_id = local.account_id
  partition  = local.partition
  region     = var.region

  state_machine_arn     = local.state_machine_arn
  pipeline_name_suffix  = format(local.names_of_pipelines.pipeline, "")
  topic_arn             = var.notifications.topic_arn
  emails                = var.notifications.emails
  kms_key_arn           = local.kms_key_arn
  alarm_arn_pattern     = local.alarm_arn_pattern
  dead_letter_queue_arn = module.lost_notifications[0].arn
}

module "monitoring" {
  source = "./modules/monitoring"

  alarm_names    = local.alarm_names
  dashboard_name = var.dashboard_enabled ? local.dashboard_name : null
  region         = var.region

  state_machine_arn        = local.state_machine_arn
  trigger_function_name    = local.function_names.trigger
  function_log_group_names = { for key, name in local.function_names : name => module.function[key].log_group_name }
  topic_arn                = one(module.notifications[*].topic_arn)
  needs_operator_rule_name = try(module.notifications[0].rule_names["needs_operator"], null)
  dead_letter_queue_names = merge(
    { for name in module.lost_invocations[*].name : "lost-invocations" => name },
    { for name in module.lost_notifications[*].name : "lost-notifications" => name },
  )
}
