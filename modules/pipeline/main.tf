locals {
  source_artifact = "CodeCommitOutput"
}

resource "aws_codepipeline" "this" {
  name           = var.name
  role_arn       = var.role_arn
  pipeline_type  = "V2"
  execution_mode = var.execution_mode

  artifact_store {
    type     = "S3"
    location = var.bucket_name
  }

  stage {
    name = "Source"

    action {
      name             = "Source"
      category         = "Source"
      owner            = "AWS"
      provider         = "CodeCommit"
      version          = "1"
      output_artifacts = [local.source_artifact]

      configuration = {
        RepositoryName       = var.create_repository ? aws_codecommit_repository.this[0].repository_name : var.repository_name
        BranchName           = var.branch_name
        OutputArtifactFormat = "CODE_ZIP"
        # The event rule starts the pipeline.
        PollForSourceChanges = "false"
      }
    }
  }

  dynamic "stage" {
    for_each = var.stages

    content {
      name = stage.value.name

      action {
        name            = "Deploy"
        category        = "Invoke"
        owner           = "AWS"
        provider        = "Lambda"
        version         = "1"
        run_order       = 1
        input_artifacts = [local.source_artifact]

        configuration = {
          FunctionName = var.function_name
          UserParameters = jsonencode({
            s3Bucket         = var.bucket_name
            stateMachineFile = stage.value.state_machine_file
          })
        }
      }
    }
  }
}
