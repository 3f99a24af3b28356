locals {
  # The state machine's input of each stage, in the field names of its contract. Fields that are not set are omitted.
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

  # The properties of deployments that the rights of roles depend on.
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

resource "aws_s3_object" "state_machine_input" {
  for_each = local.state_machine_inputs

  bucket       = module.bucket.name
  key          = "${local.input_prefix}${each.key}.json"
  content      = jsonencode(each.value)
  content_type = "application/json"

  server_side_encryption = local.object_encryption
  kms_key_id             = local.kms_key_arn

  # An object takes 10 tags (S3 User Guide, "Categorizing your storage using tags"), fewer than var.tags may have.
  override_provider {
    default_tags {
      tags = {}
    }
  }
}
