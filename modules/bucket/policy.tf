locals {
  # S3 refuses a policy that names a role which does not exist, and a role that is made anew is another one to it: so the
  # accounts are the principals, and the condition names the roles (IAM User Guide, "AWS JSON policy elements:
  # Principal"). A fixed account is not the public to S3 (S3 User Guide, "The meaning of public").
  template_reader_accounts = distinct([
    for arn in var.template_reader_arns : "${join(":", slice(split(":", arn), 0, 5))}:root"
  ])

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
