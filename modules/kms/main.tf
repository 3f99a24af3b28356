resource "aws_kms_key" "this" {
  description             = "Encrypts the objects and logs of ${var.name}."
  enable_key_rotation     = true
  deletion_window_in_days = var.deletion_window_days

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = local.statements
  })

  lifecycle {
    precondition {
      condition     = length(jsonencode(local.statements)) <= 32000
      error_message = "The policy of the key is larger than KMS takes (32 KB): there are too many target roles for one key; split deployments over two configurations with names of their own."
    }
  }
}

resource "aws_kms_alias" "this" {
  name          = "alias/${var.name}"
  target_key_id = aws_kms_key.this.key_id
}
