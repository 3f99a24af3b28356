# In a key's policy, the resource "*" is the key itself (KMS Developer Guide, "Key policies in AWS KMS").

locals {
  # S3 asks for the key in the name of whoever reads or writes an object, with the bucket's ARN as encryption context, or
  # the object's where the bucket key is not used (S3 User Guide, "Using server-side encryption with AWS KMS keys").
  through_bucket = {
    StringEquals = { "kms:ViaService" = "s3.${var.region}.amazonaws.com" }
    StringLike   = { "kms:EncryptionContext:aws:s3:arn" = [var.bucket_arn, "${var.bucket_arn}/*"] }
  }

  # The roles are named by a condition, not as principals: KMS refuses a policy that names a role which does not exist,
  # and a role that is made anew is another one to it. Hence the principal "*", as in the policies of the keys that AWS
  # manages; kms:CallerAccount keeps it to this account.
  by_roles = {
    for use, arns in { read = var.reader_arns, write = var.writer_arns } : use => {
      StringEquals          = merge(local.through_bucket.StringEquals, { "kms:CallerAccount" = var.account_id })
      StringLike            = local.through_bucket.StringLike
      ArnEquals             = { "aws:PrincipalArn" = arns }
    }
  }

  # A role of another account needs the right in its own policy, too.
  foreign_reader_accounts = distinct([
    for arn in var.foreign_reader_arns : "${join(":", slice(split(":", arn), 0, 5))}:root"
  ])

  statements = concat(
    [
      {
        # All actions, because a key that its account cannot administer is lost to everybody. The statement lets nobody do
        # anything: it leaves the account's administration to its IAM policies (KMS Developer Guide, "Default key policy").
        # Whoever applies this configuration uses the key by it.
        Sid       = "LeaveAdministrationToAccount"
        Effect    = "Allow"
        Principal = { AWS = "arn:${var.partition}:iam::${var.account_id}:root" }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        Sid       = "ReadObjects"
        Effect    = "Allow"
        Principal = { AWS = "*" }
        Action    = "kms:Decrypt"
        Resource  = "*"
        Condition = local.by_roles.read
      },
      {
        Sid       = "WriteObjects"
        Effect    = "Allow"
        Principal = { AWS = "*" }
        Action    = "kms:GenerateDataKey"
        Resource  = "*"
        Condition = local.by_roles.write
      },
      {
        # What CodePipeline asks of a key: CodePipeline User Guide, "Create a pipeline in CodePipeline that uses resources
        # from another AWS account". That it asks through S3 is known from the key that it takes by default, aws/s3: its
        # policy lets nobody use it otherwise.
        Sid       = "KeepArtifacts"
        Effect    = "Allow"
        Principal = { AWS = "*" }
        Action    = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
        Resource  = "*"
        Condition = merge(local.by_roles.read, { ArnEquals = { "aws:PrincipalArn" = var.pipeline_role_arn } })
      },
      {
        Sid       = "LookAtKey"
        Effect    = "Allow"
        Principal = { AWS = "*" }
        Action    = "kms:DescribeKey"
        Resource  = "*"
        Condition = {
          StringEquals = { "kms:CallerAccount" = var.account_id }
          ArnEquals    = { "aws:PrincipalArn" = var.pipeline_role_arn }
        }
      },
      {
        # Actions and condition as in the CloudWatch Logs User Guide, "Encrypt log data in CloudWatch Logs using AWS Key
        # Management Service".
        Sid       = "KeepLogs"
        Effect    = "Allow"
        Principal = { Service = "logs.${var.region}.amazonaws.com" }
        Action    = ["kms:Decrypt*", "kms:Describe*", "kms:Encrypt*", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
        Resource  = "*"
        Condition = {
          ArnEquals = {
            "kms:EncryptionContext:aws:logs:arn" = [
              for name in var.log_group_names :
              "arn:${var.partition}:logs:${var.region}:${var.account_id}:log-group:${name}"
            ]
          }
        }
      },
    ],
    [
      for accounts in [local.foreign_reader_accounts] : {
        Sid       = "ReadTemplates"
        Effect    = "Allow"
        Principal = { AWS = accounts }
        Action    = "kms:Decrypt"
        Resource  = "*"
        Condition = merge(local.through_bucket, { ArnEquals = { "aws:PrincipalArn" = var.foreign_reader_arns } })
      } if length(accounts) > 0
    ],
    # Both as in the Amazon SNS Developer Guide, "Enable compatibility between event sources from AWS services and encrypted
    # topics".
    [
      for statement in [
        {
          # EventBridge supports neither aws:SourceAccount nor aws:SourceArn here, says the guide: with them, no message would
          # arrive.
          Sid       = "TellOfDeployments"
          Effect    = "Allow"
          Principal = { Service = "events.amazonaws.com" }
          Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
          Resource  = "*"
        },
        {
          Sid       = "TellOfAlarms"
          Effect    = "Allow"
          Principal = { Service = "cloudwatch.amazonaws.com" }
          Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
          Resource  = "*"
          Condition = {
            StringEquals = { "aws:SourceAccount" = var.account_id }
            ArnLike      = { "aws:SourceArn" = "arn:${var.partition}:cloudwatch:${var.region}:${var.account_id}:alarm:${var.name}-*" }
          }
        },
      ] : statement if var.encrypts_topic
    ],
  )
}
