resource "aws_codepipeline" "this" {
  name           = local.name
  role_arn       = aws_iam_role.pipeline.arn
  pipeline_type  = "V2"
  execution_mode = var.execution_mode

  artifact_store {
    type     = "S3"
    location = var.engine.bucket.name

    dynamic "encryption_key" {
      for_each = var.engine.kms_key[*]

      content {
        type = "KMS"
        id   = encryption_key.value.arn
      }
    }
  }

  stage {
    name = "Source"

    action {
      name             = "Source"
      category         = "Source"
      owner            = "AWS"
      provider         = local.source_action.provider
      version          = "1"
      output_artifacts = [local.source_artifact]
      configuration    = local.source_action.configuration
    }
  }

  dynamic "stage" {
    for_each = local.stages

    content {
      name = stage.value.name

      dynamic "action" {
        for_each = stage.value.approval[*]

        content {
          name      = "Approve"
          category  = "Approval"
          owner     = "AWS"
          provider  = "Manual"
          version   = "1"
          run_order = 1

          configuration = {
            for key, value in {
              NotificationArn    = action.value.notification_topic_arn
              CustomData         = action.value.comments
              ExternalEntityLink = action.value.url
            } : key => value if value != null
          }
        }
      }

      dynamic "action" {
        for_each = stage.value.deployments

        content {
          name     = action.value.action
          category = "Invoke"
          owner    = "AWS"
          provider = "Lambda"
          version  = "1"
          # After the approval.
          run_order       = action.value.run_order + length(stage.value.approval[*])
          input_artifacts = [local.source_artifact]

          configuration = {
            FunctionName = var.engine.trigger.name
            UserParameters = jsonencode({
              s3Bucket         = var.engine.bucket.name
              stateMachineFile = aws_s3_object.state_machine_input["${stage.value.name}/${action.value.action}"].key
            })
          }
        }
      }
    }
  }

  dynamic "trigger" {
    for_each = var.pipeline_source.codeconnections[*]

    content {
      provider_type = "CodeStarSourceConnection"

      git_configuration {
        source_action_name = "Source"

        push {
          branches {
            includes = [trigger.value.branch_name]
          }

          dynamic "file_paths" {
            for_each = length(concat(trigger.value.file_paths.includes, trigger.value.file_paths.excludes)) > 0 ? [trigger.value.file_paths] : []

            content {
              includes = length(file_paths.value.includes) > 0 ? file_paths.value.includes : null
              excludes = length(file_paths.value.excludes) > 0 ? file_paths.value.excludes : null
            }
          }
        }
      }
    }
  }

  # A new pipeline runs at once, with its rights.
  depends_on = [
    aws_iam_role_policy.pipeline,
    aws_iam_role_policy.pipeline_denials,
    aws_iam_role_policy.pipeline_key,
  ]
}
