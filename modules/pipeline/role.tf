# Policies are written with jsonencode and with ARNs that are built from names, so that each is known in the plan.

locals {
  # aws:SourceAccount and aws:SourceArn keep the resources of other customers from making the service act with these roles.
  # EventBridge documents that it sends both (EventBridge User Guide, "Cross-service confused deputy prevention").
  # CodePipeline does not, so its condition applies only if it sends the account. A role can only be passed within its
  # account.
  trust_policies = {
    for service, condition in {
      codepipeline = { StringEqualsIfExists = { "aws:SourceAccount" = var.engine.account_id } }
      events = {
        StringEquals = { "aws:SourceAccount" = var.engine.account_id }
        ArnEquals    = { "aws:SourceArn" = local.event_rule_arn }
      }
      } : service => jsonencode({
        Version = "2012-10-17"
        Statement = [
          {
            Effect    = "Allow"
            Action    = "sts:AssumeRole"
            Principal = { Service = "${service}.amazonaws.com" }
            Condition = condition
          },
        ]
    })
  }
}

locals {
  # What the source action needs, for the source that is set.
  fetch_statements = concat(
    [
      for arn in local.repository_arn[*] : {
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
      for given in var.pipeline_source.codeconnections[*] : {
        Sid    = "FetchSource"
        Effect = "Allow"
        # The action needs the prefix of the connection's ARN, old or new: Developer Tools console User Guide, "Identity
        # and access management for AWS CodeStar Notifications and AWS CodeConnections".
        Action   = "${split(":", given.connection_arn)[2]}:UseConnection"
        Resource = given.connection_arn
        # A connection reaches all repositories of its installation; this pipeline needs one. The condition key is in each
        # request that names a repository: Service Authorization Reference, AWS CodeConnections.
        Condition = {
          StringEqualsIfExists = { "${split(":", given.connection_arn)[2]}:FullRepositoryId" = given.full_repository_id }
        }
      }
    ],
    flatten([
      for arn in local.source_object_arn[*] : [
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
      for arn in var.pipeline_source.s3[*].kms_key_arn : {
        Sid       = "DecryptSource"
        Effect    = "Allow"
        Action    = "kms:Decrypt"
        Resource  = arn
        Condition = local.through_s3_condition
      } if arn != null
    ],
  )

  through_s3_condition = { StringEquals = { "kms:ViaService" = "s3.${var.engine.region}.amazonaws.com" } }

  # CodePipeline User Guide, "Configure an SNS topic for a manual approval action"; for an encrypted topic, Amazon SNS
  # Developer Guide, "Managing Amazon SNS encryption keys and costs".
  approvals           = flatten([for stage in var.stages : stage.approval[*]])
  approval_topic_arns = distinct([for approval in local.approvals : approval.notification_topic_arn if approval.notification_topic_arn != null])
  approval_key_arns   = distinct([for approval in local.approvals : approval.notification_key_arn if approval.notification_key_arn != null])
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
        Condition = { StringEquals = { "kms:ViaService" = "sns.${var.engine.region}.amazonaws.com" } }
      },
    ] : { for name, value in statement : name => value if length(value) > 0 } if length(statement.Resource) > 0
  ]
}

resource "aws_iam_role" "pipeline" {
  name               = format(var.engine.names.pipeline_role, var.key)
  description        = "Service role of the pipeline ${local.name}."
  assume_role_policy = local.trust_policies.codepipeline

  path                 = var.engine.role_path
  permissions_boundary = var.engine.permissions_boundary_arn
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
          Resource  = var.engine.bucket.arn
          Condition = { StringEquals = { "aws:ResourceAccount" = var.engine.account_id } }
        },
        {
          Sid       = "KeepArtifacts"
          Effect    = "Allow"
          Action    = ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:PutObjectAcl"]
          Resource  = "${var.engine.bucket.arn}/${local.artifact_prefix}*"
          Condition = { StringEquals = { "aws:ResourceAccount" = var.engine.account_id } }
        },
      ],
      local.fetch_statements,
      [
        {
          Sid      = "InvokeTrigger"
          Effect   = "Allow"
          Action   = "lambda:InvokeFunction"
          Resource = var.engine.trigger.arn
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

resource "aws_iam_role_policy" "pipeline_key" {
  count = try(var.engine.kms_key.needs_policies, false) ? 1 : 0

  name = "key"
  role = aws_iam_role.pipeline.name

  # CodePipeline User Guide, "Create a pipeline in CodePipeline that uses resources from another AWS account".
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "KeepArtifacts"
        Effect    = "Allow"
        Action    = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
        Resource  = var.engine.kms_key.arn
        Condition = local.through_s3_condition
      },
      {
        Sid      = "LookAtKey"
        Effect   = "Allow"
        Action   = "kms:DescribeKey"
        Resource = var.engine.kms_key.arn
      },
    ]
  })
}

# A denial overrides every right, whatever the role is allowed later: only whoever applies the configuration uploads the
# functions' code and the state machine's input.
resource "aws_iam_role_policy" "pipeline_denials" {
  name = "denials"
  role = aws_iam_role.pipeline.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "LeaveCodeAndInputAlone"
        Effect   = "Deny"
        Action   = ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObject"]
        Resource = var.engine.bucket.administered_object_arns
      },
    ]
  })
}
