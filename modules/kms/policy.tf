# In a key policy, the resource "*" is the key itself (KMS Developer Guide, "Key policies in AWS KMS").

locals {
  # S3 uses the key on behalf of the caller that reads or writes an object. The encryption context is the bucket's ARN, or
  # the object's ARN without a bucket key (S3 User Guide, "Using server-side encryption with AWS KMS keys").
  through_bucket = {
    StringEquals = { "kms:ViaService" = "s3.${var.region}.amazonaws.com" }
    StringLike   = { "kms:EncryptionContext:aws:s3:arn" = [var.bucket_arn, "${var.bucket_arn}/*"] }
  }

  # A condition names the roles, not the principal: KMS rejects a policy whose principal is a role that does not exist,
  # and no longer matches a role that was created again. Hence the principal "*", as in the policies of AWS managed keys;
  # kms:CallerAccount limits it to this account.
  by_roles = {
    for use, arns in { read = var.reader_arns, write = var.writer_arns } : use => {
      StringEquals          = merge(local.through_bucket.StringEquals, { "kms:CallerAccount" = var.account_id })
      StringLike            = local.through_bucket.StringLike
      ArnEquals             = { "aws:PrincipalArn" = arns }
    }
  }

  # A role of another account needs the right in its own policy as well.
  foreign_reader_accounts = distinct([
    for arn in var.foreign_reader_arns : "${join(":", slice(split(":", arn), 0, 5))}:root"
  ])

  statements = concat(
    [
      {
        # All actions, because nobody can administer a key that its account cannot. The statement itself allows nothing: it
        # lets the account's IAM policies govern the key (KMS Developer Guide, "Default key policy"). They also give the
        # use of the key to whoever applies this configuration.
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
        # The actions that CodePipeline needs: CodePipeline User Guide, "Create a pipeline in CodePipeline that uses
        # resources from another AWS account". It uses the key through S3, as it must with its default key, aws/s3, whose
        # policy allows no other way.
        Sid       = "KeepArtifacts"
        Effect    = "Allow"
        Principal = { AWS = "*" }
        Action    = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
        Resource  = "*"
        Condition = {
          StringEquals = local.by_roles.read.StringEquals
          StringLike   = local.through_bucket.StringLike
          ArnLike      = { "aws:PrincipalArn" = var.pipeline_role_arn_pattern }
        }
      },
      {
        Sid       = "LookAtKey"
        Effect    = "Allow"
        Principal = { AWS = "*" }
        Action    = "kms:DescribeKey"
        Resource  = "*"
        Condition = {
          StringEquals = { "kms:CallerAccount" = var.account_id }
          ArnLike      = { "aws:PrincipalArn" = var.pipeline_role_arn_pattern }
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
            "kms:EncryptionContext:aws:logs:arn" = var.log_group_arns
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
    # Amazon SNS Developer Guide, "Enable compatibility between event sources from AWS services and encrypted topics".
    [
      for statement in [
        {
          # Without a condition: according to the guide, EventBridge supports neither aws:SourceAccount nor aws:SourceArn
          # here, so with them no message would arrive.
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
            ArnLike      = { "aws:SourceArn" = var.alarm_arn_pattern }
          }
        },
      ] : statement if var.alarm_arn_pattern != null
    ],
  )
}
