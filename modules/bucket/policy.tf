locals {
  # S3 rejects a policy whose principal is a role that does not exist, and no longer matches a role that was created
  # again. So the accounts are the principals, and a condition names the roles (IAM User Guide, "AWS JSON policy
  # elements: Principal"). S3 does not treat a fixed account as public (S3 User Guide, "The meaning of public").
  template_reader_accounts = distinct([
    for arn in var.template_reader_arns : "${join(":", slice(split(":", arn), 0, 5))}:root"
  ])

  encryption_algorithm = var.kms_key == null ? "AES256" : "aws:kms"
  # Without a key of ours, CodePipeline encrypts artifacts with "the default key for Amazon S3", the AWS managed key aws/s3
  # (CodePipeline API reference, ArtifactStore).
  accepted_encryption_algorithms = var.kms_key == null ? ["AES256", "aws:kms"] : ["aws:kms"]

  # A request without an encryption header gets the bucket's encryption. Null keeps these statements to requests with the
  # header, because StringNotEquals also matches a missing key (IAM User Guide, "IAM JSON policy elements: Condition
  # operators").
  encryption_statements = [
    {
      Sid       = "DenyOtherEncryption"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:PutObject"
      Resource  = "${var.arn}/*"
      Condition = {
        Null            = { "s3:x-amz-server-side-encryption" = "false" }
        StringNotEquals = { "s3:x-amz-server-side-encryption" = local.accepted_encryption_algorithms }
      }
    },
    {
      # An object that is encrypted with a key from the request can only be read with that key.
      Sid       = "DenyKeysOfCustomers"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:PutObject"
      Resource  = "${var.arn}/*"
      Condition = { Null = { "s3:x-amz-server-side-encryption-customer-algorithm" = "false" } }
    },
    {
      Sid       = "DenyOtherKeys"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:PutObject"
      Resource  = "${var.arn}/*"
      Condition = {
        Null       = { "s3:x-amz-server-side-encryption-aws-kms-key-id" = "false" }
        ArnNotLike = { "s3:x-amz-server-side-encryption-aws-kms-key-id" = var.allowed_key_arns }
      }
    },
  ]

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
      for arns in var.administrator_arns == null ? [] : [var.administrator_arns] : {
        # Whoever can write the code or the input decides what is judged. aws:PrincipalArn is the role's ARN in a session,
        # too (IAM User Guide, "AWS global condition context keys").
        Sid       = "DenyOthersCodeAndInput"
        Effect    = "Deny"
        Principal = "*"
        Action    = ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObject"]
        Resource  = var.administered_object_arns
        Condition = { ArnNotEquals = { "aws:PrincipalArn" = arns } }
      }
    ],
    [
      for accounts in [local.template_reader_accounts] : {
        # CloudFormation reads a template with the rights of the caller that names it.
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

  # S3 rejects two changes of a bucket's access at the same time.
  depends_on = [aws_s3_bucket_public_access_block.this, aws_s3_bucket_ownership_controls.this]
}
