locals {
  # What the source action needs, for the source that is set.
  fetch_statements = concat(
    [
      for arn in var.pipeline_source.repository_arn[*] : {
        Sid    = "FetchSource"
        Effect = "Allow"
        Action = [
          "codecommit:CancelUploadArchive",
          "codecommit:GetBranch",
          "codecommit:GetCommit",
          "codecommit:GetUploadArchiveStatus",
          "codecommit:UploadArchive",
        ]
        Resource = arn
      }
    ],
    [
      for arn in var.pipeline_source.connection_arn[*] : {
        Sid    = "FetchSource"
        Effect = "Allow"
        # The action needs the prefix of the connection's ARN, old or new: Developer Tools console User Guide, "Identity
        # and access management for AWS CodeStar Notifications and AWS CodeConnections".
        Action   = "${local.connection_prefix}:UseConnection"
        Resource = arn
        # A connection reaches all repositories of its installation; this pipeline needs one. The condition key is in each
        # request that names a repository: Service Authorization Reference, AWS CodeConnections.
        Condition = {
          StringEqualsIfExists = { "${local.connection_prefix}:FullRepositoryId" = var.pipeline_source.full_repository_id }
        }
      }
    ],
    flatten([
      for arn in var.pipeline_source.object_arn[*] : [
        {
          Sid      = "FetchSource"
          Effect   = "Allow"
          Action   = ["s3:GetObject", "s3:GetObjectVersion"]
          Resource = arn
        },
        {
          Sid      = "LookAtSourceBucket"
          Effect   = "Allow"
          Action   = ["s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketVersioning"]
          Resource = split("/", arn)[0]
        },
      ]
    ]),
    [
      for arn in var.pipeline_source.object_key_arn[*] : {
        Sid       = "DecryptSource"
        Effect    = "Allow"
        Action    = "kms:Decrypt"
        Resource  = arn
        Condition = { StringEquals = { "kms:ViaService" = "s3.${var.region}.amazonaws.com" } }
      }
    ],
  )

  connection_prefix = try(split(":", var.pipeline_source.connection_arn)[2], null)

  # CodePipeline User Guide, "Configure an SNS topic for a manual approval action"; for an encrypted topic, Amazon SNS
  # Developer Guide, "Managing Amazon SNS encryption keys and costs".
  approval_topic_arns = distinct([for approval in var.approvals : approval.topic_arn if approval.topic_arn != null])
  approval_key_arns   = distinct([for approval in var.approvals : approval.key_arn if approval.key_arn != null])
  approval_statements = [
    for statement in [
      {
        Sid       = "AskForApproval"
        Effect    = "Allow"
        Action    = ["sns:Publish"]
        Resource  = local.approval_topic_arns
        Condition = {}
      },
      {
        Sid       = "EncryptRequestForApproval"
        Effect    = "Allow"
        Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource  = local.approval_key_arns
        Condition = { StringEquals = { "kms:ViaService" = "sns.${var.region}.amazonaws.com" } }
      },
    ] : { for name, value in statement : name => value if length(value) > 0 } if length(statement.Resource) > 0
  ]
}

resource "aws_iam_role" "pipeline" {
  name               = var.roles.pipeline.name
  description        = "Service role of the pipeline ${var.pipeline.name}."
  assume_role_policy = local.trust_policies.codepipeline

  path                 = var.role_path
  permissions_boundary = var.permissions_boundary_arn
}

resource "aws_iam_role_policy" "pipeline" {
  name = "pipeline"
  role = aws_iam_role.pipeline.name

  # What each action needs: CodePipeline User Guide, "Manage the CodePipeline service role" and the action references.
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
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
      ],
      local.fetch_statements,
      [
        {
          Sid      = "InvokeTrigger"
          Effect   = "Allow"
          Action   = "lambda:InvokeFunction"
          Resource = var.functions["trigger"].arn
        },
        {
          # The action lists functions to find its own. Listing has no resource-level permissions.
          Sid      = "FindTrigger"
          Effect   = "Allow"
          Action   = "lambda:ListFunctions"
          Resource = "*"
        },
      ],
      local.approval_statements,
    )
  })
}
