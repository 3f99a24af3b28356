locals {
  lambda_zip = coalesce(var.lambda_zip, "${path.module}/build/changegate.zip")

  # The list of task states. Functions, roles and the definition follow from it: CONTRIBUTING.md, "Add a state".
  tasks = jsondecode(file("${path.module}/asl/tasks.json"))

  functions = merge(
    # The one function that is no task: CodePipeline invokes it.
    { trigger = { handler = "changegate.pipeline.trigger.handler", environment = ["STATE_MACHINE_ARN"] } },
    {
      for key, task in local.tasks : key => {
        handler     = "changegate.states.${key}.handler"
        environment = task.environment
      }
    },
  )

  # An execution has the definition that it began with, and this one names versions: an upgrade changes nothing under it.
  task_function_arns = { for key in keys(local.tasks) : key => "${local.function_arns[key]}:${module.function[key].version}" }

  # The values of the environment variables that functions list.
  environment_values = {
    CLOUDFORMATION_ROLE_ARN = module.iam.cloudformation_role_arn
    STATE_MACHINE_ARN       = local.state_machine_arn
    TEMPLATE_BUCKET         = local.bucket_name
    VERDICT_BUCKET          = local.bucket_name
  }

  listed_environment = toset(flatten(values(local.functions)[*].environment))
}

# Functions take their code from S3. From a local file, the provider creates and updates them one at a time.
resource "aws_s3_object" "functions" {
  bucket       = module.bucket.name
  key          = "${local.function_prefix}changegate.zip"
  source       = local.lambda_zip
  source_hash  = filebase64sha256(local.lambda_zip)
  content_type = "application/zip"

  server_side_encryption = local.object_encryption
  kms_key_id             = local.kms_key_arn

  # An object takes 10 tags (S3 User Guide, "Categorizing your storage using tags"), fewer than var.tags may have.
  override_provider {
    default_tags {
      tags = {}
    }
  }

  lifecycle {
    precondition {
      condition     = length(setsubtract(local.listed_environment, keys(local.environment_values))) == 0
      error_message = "asl/tasks.json lists environment variables without a value in functions.tf: ${join(", ", setsubtract(local.listed_environment, keys(local.environment_values)))}."
    }

    precondition {
      condition     = length(setsubtract(keys(local.environment_values), local.listed_environment)) == 0
      error_message = "functions.tf has values for environment variables that no function lists: ${join(", ", setsubtract(keys(local.environment_values), local.listed_environment))}."
    }
  }
}
