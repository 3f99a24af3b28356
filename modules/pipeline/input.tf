locals {
  # The stages, with the names of their deployments' actions.
  stages = [
    for stage in var.stages : merge(stage, {
      deployments = [for given in stage.deployments : merge(given, { action = given.name == null ? given.stack_name : given.name })]
    })
  ]

  deployments = merge([
    for stage in local.stages : {
      for deployment in stage.deployments : "${stage.name}/${deployment.action}" => merge(deployment, { stage = stage.name })
    }
  ]...)

  # The state machine's input of each deployment, in the field names of its contract. Fields that are not set are omitted.
  state_machine_inputs = {
    for key, deployment in local.deployments : key => merge(
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
      { for target in local.targets[key][*] : "target" => target if length(target) > 0 },
    )
  }

  targets = {
    for key, deployment in local.deployments : key => {
      for name, value in {
        roleArn    = deployment.target.role_arn
        externalId = deployment.target.external_id
        region     = deployment.target.region
      } : name => value if value != null
    }
  }
}

resource "aws_s3_object" "state_machine_input" {
  for_each = local.state_machine_inputs

  bucket       = var.engine.bucket.name
  key          = "${var.engine.bucket.input_prefix}${var.key}/${each.key}.json"
  content      = jsonencode(each.value)
  content_type = "application/json"

  # S3 returns the checksum of what is there; the provider does not compare the content.
  checksum_algorithm = "SHA256"

  # Set on every object, although it is the bucket's default: the provider updates an object with the encryption that
  # the object had before.
  server_side_encryption = var.engine.kms_key == null ? "AES256" : "aws:kms"
  kms_key_id             = one(var.engine.kms_key[*].arn)

  # An object takes 10 tags (S3 User Guide, "Categorizing your storage using tags"), fewer than var.tags may have.
  override_provider {
    default_tags {
      tags = {}
    }
  }

  lifecycle {
    postcondition {
      condition     = self.checksum_sha256 == base64sha256(self.content)
      error_message = "The object s3://${self.bucket}/${self.key} is not what this configuration wrote: it was changed by hand. Look at its versions. To write it again, apply with -replace='<address of the object>', which is above."
    }
  }
}
