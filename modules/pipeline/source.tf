locals {
  # The name from the time when CodeCommit was the only source, so that existing pipelines do not change.
  source_artifact = "CodeCommitOutput"

  # The action of the source that is set. Its artifact is a zip, which is what the trigger reads.
  source_action = one(concat(
    [
      for given in var.pipeline_source.codecommit[*] : {
        provider = "CodeCommit"
        configuration = tomap({
          RepositoryName       = given.create_repository ? aws_codecommit_repository.this[0].repository_name : local.repository_name
          BranchName           = given.branch_name
          OutputArtifactFormat = "CODE_ZIP"
          # The event rule starts the pipeline.
          PollForSourceChanges = "false"
        })
      }
    ],
    [
      for given in var.pipeline_source.codeconnections[*] : {
        provider = "CodeStarSourceConnection"
        configuration = tomap({
          ConnectionArn        = given.connection_arn
          FullRepositoryId     = given.full_repository_id
          BranchName           = given.branch_name
          OutputArtifactFormat = "CODE_ZIP"
          # The pipeline's trigger starts it: CodePipeline User Guide, "Automate starting pipelines using triggers and
          # filtering".
          DetectChanges = "false"
        })
      }
    ],
    [
      for given in var.pipeline_source.s3[*] : {
        provider = "S3"
        configuration = tomap({
          S3Bucket             = given.bucket_name
          S3ObjectKey          = given.object_key
          PollForSourceChanges = "false"
        })
      }
    ],
  ))

  create_repository   = try(var.pipeline_source.codecommit.create_repository, false)
  existing_repository = var.pipeline_source.codecommit != null && !local.create_repository
}

resource "aws_codecommit_repository" "this" {
  #checkov:skip=CKV2_AWS_37:the team that owns the repository decides who approves pull requests
  count = local.create_repository ? 1 : 0

  repository_name = local.repository_name
  description     = "Source of the pipeline ${local.name}."
}

data "aws_codecommit_repository" "this" {
  count = local.existing_repository ? 1 : 0

  repository_name = local.repository_name
}
