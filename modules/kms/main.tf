resource "aws_kms_key" "this" {
  description             = "Encrypts the objects and logs of ${trimprefix(var.alias_name, "alias/")}."
  enable_key_rotation     = true
  deletion_window_in_days = var.deletion_window_days

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = local.statements
  })

  lifecycle {
    precondition {
      condition     = length(jsonencode(local.statements)) <= 32000
      error_message = "The key policy is larger than KMS accepts (32 KB), because there are too many target roles for one key. Split the deployments into two environments with different names."
    }
  }
}

resource "aws_kms_alias" "this" {
  name          = var.alias_name
  target_key_id = aws_kms_key.this.key_id
}
