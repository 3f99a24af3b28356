# What makes the configuration a root module: make links this file beside it. Where the configuration is used as a module,
# the root module has a provider already, and its default_tags.

provider "aws" {
  region              = var.region
  allowed_account_ids = var.account_id == null ? null : [var.account_id]

  default_tags {
    tags = merge({ Application = var.name }, var.tags)
  }
}

# ---------------------------------------------------------------------------------------------------------------------
# OPTIONAL: account and tags
# ---------------------------------------------------------------------------------------------------------------------

variable "account_id" {
  description = "ID of the account. With credentials of another account, plan and apply fail. With null, the account of the credentials is used."
  type        = string
  default     = null

  validation {
    condition     = var.account_id == null || can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id must be 12 digits."
  }
}

variable "tags" {
  description = "Tags of all provisioned resources, in addition to Application = name. The tags of stacks are in deployments."
  type        = map(string)
  default     = {}
  nullable    = false
}
