locals {
  # What a function is told beside what all are told.
  function_environments = {
    trigger = {
      STATE_MACHINE_ARN = local.state_machine_arn
    }
    check_stack_existence     = {}
    delete_failed_stack       = local.role_environment
    get_stack_deletion_status = {}
    create_stack              = merge(local.role_environment, local.template_environment)
    get_stack_creation_status = {}
    create_change_set         = merge(local.role_environment, local.template_environment)
    inspect_change_set_changes = {
      VERDICT_BUCKET = local.bucket_name
    }

    get_change_set_creation_status  = {}
    execute_change_set              = {}
    get_change_set_execution_status = {}
    delete_change_set               = {}
    set_stack_policy                = {}
  }

  role_environment = {
    CLOUDFORMATION_ROLE_ARN = module.iam.cloudformation_role_arn
  }

  template_environment = {
    TEMPLATE_BUCKET = local.bucket_name
  }

  # One function per task state, and the trigger; each has its own handler and, in module.iam, its own role.
  functions = {
    for key in [
      "trigger",
      "check_stack_existence",
      "delete_failed_stack",
      "get_stack_deletion_status",
      "create_stack",
      "get_stack_creation_status",
      "create_change_set",
      "get_change_set_creation_status",
      "inspect_change_set_changes",
      "execute_change_set",
      "get_change_set_execution_status",
      "delete_change_set",
      "set_stack_policy",
      ] : key => {
      name    = "${var.name}-${replace(key, "_", "-")}"
      handler = key == "trigger" ? "changegate.pipeline.trigger.handler" : "changegate.states.${key}.handler"
    }
  }
}

# Functions take their code from S3: from a file, the provider would make and update them one after the other.
resource "aws_s3_object" "functions" {
  bucket       = module.bucket.name
  key          = "${local.function_prefix}changegate.zip"
  source       = var.lambda_zip
  source_hash  = filebase64sha256(var.lambda_zip)
  content_type = "application/zip"

  server_side_encryption = local.object_encryption
  kms_key_id             = local.kms_key_arn
}

module "function" {
  source   = "./modules/lambda"
  for_each = local.functions

  name         = each.value.name
  handler      = each.value.handler
  role_arn     = module.iam.function_role_arns[each.key]
  architecture = var.architecture
  memory_size  = var.function_memory_size
  timeout      = var.function_timeout_seconds

  code = {
    s3_bucket         = aws_s3_object.functions.bucket
    s3_key            = aws_s3_object.functions.key
    s3_object_version = aws_s3_object.functions.version_id
    sha256            = filebase64sha256(var.lambda_zip)
  }

  log_level          = var.log_level
  log_retention_days = var.log_retention_days
  kms_key_arn        = local.kms_key_arn
  tracing_enabled    = var.tracing_enabled

  environment = merge(
    {
      POWERTOOLS_SERVICE_NAME = "changegate"
      POWERTOOLS_LOG_LEVEL    = var.log_level
    },
    local.function_environments[each.key],
  )

  # CodePipeline invokes the trigger asynchronously. It gives up on a job after 20 minutes, and so do the retries.
  asynchronous_invocation = each.key == "trigger" ? {
    maximum_retry_attempts    = 2
    maximum_event_age_seconds = 1200
    on_failure_arn            = one(module.lost_invocations[*].arn)
  } : null

  reserved_concurrency = lookup(var.reserved_concurrency, each.key, -1)
}
