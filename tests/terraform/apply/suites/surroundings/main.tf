# What functions, state machines and pipelines need: a role, and a bucket with the functions' zip.

terraform {
  required_version = ">= 1.11.0, < 2.0.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100.0, < 6.0.0"
    }
  }
}

variable "name" {
  description = "Name of the role. The name of the bucket begins with it."
  type        = string
}

variable "service" {
  description = "Service that assumes the role."
  type        = string
}

resource "aws_iam_role" "this" {
  name = var.name

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = { Service = var.service }
        Action    = "sts:AssumeRole"
      },
    ]
  })
}

resource "aws_s3_bucket" "this" {
  bucket        = "${var.name}-surroundings"
  force_destroy = true
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.this.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_object" "zip" {
  bucket = aws_s3_bucket_versioning.this.bucket
  key    = "functions/changegate.zip"
  source = "build/changegate.zip"
}

output "role_arn" {
  description = "ARN of the role."
  value       = aws_iam_role.this.arn
}

output "bucket_name" {
  description = "Name of the bucket."
  value       = aws_s3_bucket.this.bucket
}

output "code" {
  description = "Zip, in the form that modules/lambda expects."
  value = {
    s3_bucket         = aws_s3_object.zip.bucket
    s3_key            = aws_s3_object.zip.key
    s3_object_version = aws_s3_object.zip.version_id
    sha256            = filebase64sha256("build/changegate.zip")
  }
}
