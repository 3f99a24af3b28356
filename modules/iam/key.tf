locals {
  # The functions whose statements let them read and write objects in the bucket.
  function_uses_of_objects = {
    for action in ["s3:GetObject", "s3:PutObject"] : action => [
      for key in sort(keys(var.functions)) : key
      if contains(flatten(try(local.function_statements[key], [])[*].Action), action)
    ]
  }

  # If the key policy does not allow the roles to use the key, their own policies must. S3 uses the key on behalf of the
  # caller that reads or writes an object (S3 User Guide, "Using server-side encryption with AWS KMS keys").
  function_key_statements = {
    for key in keys(var.functions) : key => [
      for arn in var.kms_key_arn[*] : {
        Sid    = "UseKeyOfObjects"
        Effect = "Allow"
        Action = concat(
          contains(local.function_uses_of_objects["s3:GetObject"], key) ? ["kms:Decrypt"] : [],
          contains(local.function_uses_of_objects["s3:PutObject"], key) ? ["kms:GenerateDataKey"] : [],
        )
        Resource  = arn
        Condition = local.through_s3_condition
      }
      if contains(flatten(values(local.function_uses_of_objects)), key)
    ]
  }

  through_s3_condition = { StringEquals = { "kms:ViaService" = "s3.${var.region}.amazonaws.com" } }
}
