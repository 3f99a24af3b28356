locals {
  lambda_zip = coalesce(var.lambda_zip, "${path.module}/build/changegate.zip")

  # With an object of the user's, its version says whether the code is another.
  code = var.lambda_zip_object == null ? {
    s3_bucket         = aws_s3_object.functions[0].bucket
    s3_key            = aws_s3_object.functions[0].key
    s3_object_version = aws_s3_object.functions[0].version_id
    sha256            = filebase64sha256(local.lambda_zip)
    } : {
    s3_bucket         = var.lambda_zip_object.bucket
    s3_key            = var.lambda_zip_object.key
    s3_object_version = var.lambda_zip_object.version_id
    sha256            = null
  }

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
  count = var.lambda_zip_object == null ? 1 : 0

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
}

moved {
  from = aws_s3_object.functions
  to   = aws_s3_object.functions[0]
}
