resource "aws_iam_role" "pipeline" {
  name               = "${var.name}-pipeline"
  description        = "Service role of the pipeline ${var.pipeline_name}."
  assume_role_policy = local.trust_policies.codepipeline
}

resource "aws_iam_role_policy" "pipeline" {
  name = "pipeline"
  role = aws_iam_role.pipeline.name

  # What each action needs: CodePipeline User Guide, "Manage the CodePipeline service role" and the action references.
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "LookAtBucket"
        Effect    = "Allow"
        Action    = ["s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketVersioning"]
        Resource  = var.bucket_arn
        Condition = { StringEquals = { "aws:ResourceAccount" = var.account_id } }
      },
      {
        Sid       = "KeepArtifacts"
        Effect    = "Allow"
        Action    = ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:PutObjectAcl"]
        Resource  = local.artifact_object_arns
        Condition = { StringEquals = { "aws:ResourceAccount" = var.account_id } }
      },
      {
        Sid    = "FetchSource"
        Effect = "Allow"
        Action = [
          "codecommit:CancelUploadArchive",
          "codecommit:GetBranch",
          "codecommit:GetCommit",
          "codecommit:GetUploadArchiveStatus",
          "codecommit:UploadArchive",
        ]
        Resource = var.repository_arn
      },
      {
        Sid      = "InvokeTrigger"
        Effect   = "Allow"
        Action   = "lambda:InvokeFunction"
        Resource = local.function_arns["trigger"]
      },
      {
        # The action looks the function up by listing; listing has no resource to name.
        Sid      = "FindTrigger"
        Effect   = "Allow"
        Action   = "lambda:ListFunctions"
        Resource = "*"
      },
    ]
  })
}
