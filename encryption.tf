locals {
  # An object around the ARN, because the ARN is not known before the key exists. Whether there is a key is known.
  kms_key = var.kms_key == "none" ? null : {
    arn = var.kms_key == "create" ? module.kms[0].key_arn : var.kms_key
  }
  kms_key_arn = one(local.kms_key[*].arn)

  # The keys that objects can be encrypted with. A key of another account would let that account decide who reads them.
  allowed_key_arns = contains(["create", "none"], var.kms_key) ? local.key_arn_pattern : var.kms_key

  # Set on every object, although it is the bucket's default: the provider updates an object with the encryption that
  # the object had before.
  object_encryption = local.kms_key == null ? "AES256" : "aws:kms"
}
