data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition

  # ARNs are made of names here, so that roles can name what is created with them without a cycle.
  arn_prefix         = "arn:${local.partition}"
  regional_scope     = "${var.region}:${local.account_id}"
  bucket_name        = "${var.name}-${local.account_id}-${var.region}"
  pipeline_name      = var.name
  state_machine_name = "${var.name}-deploy"
  repository_name    = try(coalesce(var.pipeline_source.codecommit.repository_name, var.name), null)

  function_arns = {
    for key, function in local.functions : key => "${local.arn_prefix}:lambda:${local.regional_scope}:function:${function.name}"
  }
  bucket_arn        = "${local.arn_prefix}:s3:::${local.bucket_name}"
  state_machine_arn = "${local.arn_prefix}:states:${local.regional_scope}:stateMachine:${local.state_machine_name}"
  pipeline_arn      = "${local.arn_prefix}:codepipeline:${local.regional_scope}:${local.pipeline_name}"
  repository_arn    = local.repository_name == null ? null : "${local.arn_prefix}:codecommit:${local.regional_scope}:${local.repository_name}"
  source_object_arn = try("${local.arn_prefix}:s3:::${var.pipeline_source.s3.bucket_name}/${var.pipeline_source.s3.object_key}", null)

  # CodePipeline keeps artifacts under the first 20 characters of the pipeline's name.
  artifact_prefix = "${substr(local.pipeline_name, 0, 20)}/"
  input_prefix    = "state_machine_input/"
  template_prefix = "templates/"
  verdict_prefix  = "verdicts/"
  function_prefix = "functions/"

  definition = templatefile("${path.root}/asl/deploy.json.tftpl", {
    partition                 = local.partition
    retry                     = file("${path.root}/asl/retry.json")
    policy                    = jsonencode(var.policy)
    functions                 = { for key, arn in local.function_arns : key => arn if key != "trigger" }
    waiting                   = var.waiting
    task_timeout_seconds      = var.task_timeout_seconds
    execution_timeout_seconds = var.execution_timeout_seconds
  })

  # The state machine's input by stage, in the field names of its contract; what is not given is left out.
  state_machine_inputs = {
    for deployment in var.deployments : deployment.stage => merge(
      {
        environmentName = deployment.environment_name
        stackName       = deployment.stack_name
        templatePath    = deployment.template_path
      },
      length(deployment.parameters) > 0 ? { parameters = deployment.parameters } : {},
      length(deployment.tags) > 0 ? { tags = deployment.tags } : {},
      length(deployment.capabilities) > 0 ? { capabilities = deployment.capabilities } : {},
      length(deployment.notification_arns) > 0 ? { notificationArns = deployment.notification_arns } : {},
      { for path in deployment.template_configuration_path[*] : "templateConfigurationPath" => path },
      {
        for given in deployment.rollback_configuration[*] : "rollbackConfiguration" => {
          monitoringTimeInMinutes = given.monitoring_time_in_minutes
          rollbackTriggers        = given.rollback_triggers
        }
      },
      deployment.termination_protection ? { terminationProtection = true } : {},
      deployment.recreate_failed_stack ? { recreateFailedStack = true } : {},
      deployment.on_unsafe_update == "reject" ? {} : { onUnsafeUpdate = deployment.on_unsafe_update },
      { for arn in deployment.role_arn[*] : "roleArn" => arn },
      { for target in local.targets[deployment.stage][*] : "target" => target if length(target) > 0 },
    )
  }

  targets = {
    for deployment in var.deployments : deployment.stage => {
      for name, value in {
        roleArn    = deployment.target.role_arn
        externalId = deployment.target.external_id
        region     = deployment.target.region
      } : name => value if value != null
    }
  }

  # What deployments mean for roles.
  iam_deployments = [
    for d in var.deployments : {
      stack_name             = "${d.environment_name}-${d.stack_name}"
      region                 = d.target.region
      role_arn               = d.role_arn
      target_role_arn        = d.target.role_arn
      recreate_failed_stack  = d.recreate_failed_stack
      termination_protection = d.termination_protection
      set_stack_policy       = d.template_configuration_path != null
      blue_green             = d.on_unsafe_update == "blue_green"
    }
  ]

  target_role_arns = distinct([for d in var.deployments : d.target.role_arn if d.target.role_arn != null])
}

module "bucket" {
  source = "./modules/bucket"

  name                              = local.bucket_name
  arn                               = local.bucket_arn
  expire_objects                    = var.expire_objects
  artifact_prefix                   = local.artifact_prefix
  artifact_retention_days           = var.artifact_retention_days
  template_prefix                   = local.template_prefix
  template_retention_days           = var.template_retention_days
  template_reader_arns              = local.target_role_arns
  verdict_prefix                    = local.verdict_prefix
  verdict_retention_days            = var.verdict_retention_days
  noncurrent_version_retention_days = var.noncurrent_version_retention_days
  force_destroy                     = var.force_destroy
  kms_key                           = local.kms_key
  access_log_bucket                 = var.access_log_bucket
}

module "iam" {
  source = "./modules/iam"

  name       = var.name
  account_id = local.account_id
  partition  = local.partition
  region     = var.region

  bucket_arn      = local.bucket_arn
  artifact_prefix = local.artifact_prefix
  input_prefix    = local.input_prefix
  template_prefix = local.template_prefix
  verdict_prefix  = local.verdict_prefix

  function_names     = { for key, function in local.functions : key => function.name }
  state_machine_name = local.state_machine_name
  pipeline_name      = local.pipeline_name
  event_rule_name    = local.pipeline_name
  pipeline_source = {
    repository_arn     = local.repository_arn
    connection_arn     = try(var.pipeline_source.codeconnections.connection_arn, null)
    full_repository_id = try(var.pipeline_source.codeconnections.full_repository_id, null)
    object_arn         = local.source_object_arn
    object_key_arn     = try(var.pipeline_source.s3.kms_key_arn, null)
  }
  approvals = [
    for d in var.deployments : {
      topic_arn = d.approval.notification_topic_arn
      key_arn   = d.approval.notification_key_arn
    } if d.approval != null
  ]

  deployments            = local.iam_deployments
  deployment_policy_arns = var.deployment_policy_arns
  deployment_policy_json = var.deployment_policy_json
  tracing_enabled        = var.tracing_enabled

  lost_invocation_queue_arn = local.lost_invocations_arn
  log_group_names           = local.log_group_names
  key_alias                 = var.kms_key == "create" ? "alias/${var.name}" : null
  protected_arns            = local.protected_arns

  function_prefix          = local.function_prefix
  permissions_boundary_arn = var.permissions_boundary_arn
  role_path                = var.role_path
  # The policy of the key made here lets the roles use it.
  kms_key_arn = contains(["create", "none"], var.kms_key) ? null : var.kms_key
}

module "state_machine" {
  source = "./modules/state_machine"

  name                   = local.state_machine_name
  definition             = local.definition
  role_arn               = module.iam.state_machine_role_arn
  log_level              = var.state_machine_log_level
  log_retention_days     = var.log_retention_days
  kms_key_arn            = local.kms_key_arn
  include_execution_data = var.include_execution_data
  tracing_enabled        = var.tracing_enabled

  # The definition names the functions by ARNs made of their names.
  depends_on = [module.function]
}

resource "aws_s3_object" "state_machine_input" {
  for_each = local.state_machine_inputs

  bucket       = module.bucket.name
  key          = "${local.input_prefix}${each.key}.json"
  content      = jsonencode(each.value)
  content_type = "application/json"

  server_side_encryption = local.object_encryption
  kms_key_id             = local.kms_key_arn
}

module "pipeline" {
  source = "./modules/pipeline"

  name           = local.pipeline_name
  role_arn       = module.iam.pipeline_role_arn
  execution_mode = var.execution_mode
  bucket_name    = module.bucket.name
  kms_key        = local.kms_key
  function_name  = module.function["trigger"].name

  pipeline_source = {
    codecommit = var.pipeline_source.codecommit == null ? null : {
      repository_name   = local.repository_name
      repository_arn    = local.repository_arn
      create_repository = var.pipeline_source.codecommit.create_repository
      branch_name       = var.pipeline_source.codecommit.branch_name
    }
    codeconnections = var.pipeline_source.codeconnections
    s3              = var.pipeline_source.s3
  }
  event_rule_name = local.pipeline_name
  event_role_arn  = module.iam.event_role_arn

  stages = [
    for deployment in var.deployments : {
      name               = deployment.stage
      state_machine_file = aws_s3_object.state_machine_input[deployment.stage].key
      approval           = deployment.approval
    }
  ]

  # A new pipeline runs at once: what its trigger starts must exist by then.
  depends_on = [module.state_machine]
}
