locals {
  # An object around the ARN, which is not known before the key is made: whether there is a key is known at once.
  kms_key = var.kms_key == "none" ? null : {
    arn          = var.kms_key == "create" ? module.kms[0].key_arn : var.kms_key
    allowed_arns = var.kms_key == "create" ? "${local.arn_prefix}:kms:${local.regional_scope}:key/*" : var.kms_key
  }
  kms_key_arn = one(local.kms_key[*].arn)

  # Said of every object that is put here, though it is what the bucket does anyway: the provider would put a changed
  # object with the encryption that it had before.
  object_encryption = local.kms_key == null ? "AES256" : "aws:kms"

  # As the modules name them; here, because the key comes before the log groups.
  log_group_names = concat(
    [for function in local.functions : "/aws/lambda/${function.name}"],
    ["/aws/vendedlogs/states/${local.state_machine_name}"],
  )
}

module "kms" {
  source = "./modules/kms"
  count  = var.kms_key == "create" ? 1 : 0

  name       = var.name
  account_id = local.account_id
  partition  = local.partition
  region     = var.region

  bucket_arn          = local.bucket_arn
  reader_arns         = module.iam.object_role_arns.readers
  writer_arns         = module.iam.object_role_arns.writers
  pipeline_role_arn   = module.iam.object_role_arns.pipeline
  foreign_reader_arns = local.target_role_arns
  log_group_names     = local.log_group_names
  encrypts_topic      = local.creates_topic
}
