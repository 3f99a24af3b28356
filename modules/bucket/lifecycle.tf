resource "aws_s3_bucket_lifecycle_configuration" "this" {
  count = var.expire_objects ? 1 : 0

  bucket = aws_s3_bucket.this.id

  dynamic "rule" {
    for_each = var.artifact_prefixes

    content {
      id     = "artifacts-${rule.key}"
      status = "Enabled"

      filter {
        prefix = rule.value
      }

      expiration {
        days = var.artifact_retention_days
      }
    }
  }

  rule {
    id     = "templates"
    status = "Enabled"

    filter {
      prefix = var.template_prefix
    }

    expiration {
      days = var.template_retention_days
    }
  }

  rule {
    id     = "verdicts"
    status = "Enabled"

    filter {
      prefix = var.verdict_prefix
    }

    expiration {
      days = var.verdict_retention_days
    }
  }

  rule {
    id     = "noncurrent-versions"
    status = "Enabled"

    filter {
      prefix = ""
    }

    noncurrent_version_expiration {
      noncurrent_days = var.noncurrent_version_retention_days
    }
  }

  # S3 does not accept days and a delete marker in one expiration, so this is a separate rule.
  rule {
    id     = "leftovers"
    status = "Enabled"

    filter {
      prefix = ""
    }

    expiration {
      expired_object_delete_marker = true
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  # Rules for noncurrent versions need versioning.
  depends_on = [aws_s3_bucket_versioning.this]
}
