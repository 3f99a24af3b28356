locals {
  # S3 refuses a policy that names a role which does not exist, and a role that is made anew is another one to it: so the
  # accounts are the principals, and the condition names the roles (IAM User Guide, "AWS JSON policy elements:
  # Principal"). A fixed account is not the public to S3 (S3 User Guide, "The meaning of public").
  template_reader_accounts = distinct([
    for arn in var.template_reader_arns : "${join(":", slice(split(":", arn), 0, 5))}:root"
  ])

  encryption_algorithm = var.kms_key == null ? "AES256" : "aws:kms"

  # What is put without a word about encryption gets the bucket's. So each of these asks with Null whether the word is
  # there: a key that is missing matches StringNotEquals as well (IAM User Guide, "IAM JSON policy elements: Condition
  # operators").
  encryption_statements = concat(
    [
      {
        Sid       = "DenyOtherEncryption"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:PutObject"
        Resource  = "${var.arn}/*"
        Condition = {
          Null            = { "s3:x-amz-server-side-encryption" = "false" }
          StringNotEquals = { "s3:x-amz-server-side-encryption" = local.encryption_algorithm }
        }
      },
      {
        # With a key that comes with the request, only who has that key could read the object.
        Sid       = "DenyKeysOfCustomers"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:PutObject"
        Resource  = "${var.arn}/*"
        Condition = { Null = { "s3:x-amz-server-side-encryption-customer-algorithm" = "false" } }
      },
    ],
    [
      for arns in var.kms_key[*].allowed_arns : {
        Sid       = "DenyOtherKeys"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:PutObject"
        Resource  = "${var.arn}/*"
        Condition = {
          Null       = { "s3:x-amz-server-side-encryption-aws-kms-key-id" = "false" }
          ArnNotLike = { "s3:x-amz-server-side-encryption-aws-kms-key-id" = arns }
        }
      }
    ],
  )

  statements = concat(
    [
      {
        Sid       = "DenyInsecureTransport"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"
        Resource  = [var.arn, "${var.arn}/*"]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ],
    local.encryption_statements,
    [
      for accounts in [local.template_reader_accounts] : {
        # CloudFormation reads a template with the rights of whoever names it.
        Sid       = "ReadTemplates"
        Effect    = "Allow"
        Principal = { AWS = accounts }
        Action    = "s3:GetObject"
        Resource  = "${var.arn}/${var.template_prefix}*"
        Condition = { ArnEquals = { "aws:PrincipalArn" = var.template_reader_arns } }
      } if length(accounts) > 0
    ],
  )
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.this.id

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = local.statements
  })

  # S3 refuses two changes of a bucket's access at the same time.
  depends_on = [aws_s3_bucket_public_access_block.this, aws_s3_bucket_ownership_controls.this]
}
