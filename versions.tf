terraform {
  required_version = ">= 1.11.0, < 2.0.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }

  # Each environment has its own state file: terraform init -backend-config=path=... If
  # environments/<environment>.s3.tfbackend exists, the Makefile uses the backend s3 instead.
  backend "local" {}
}

provider "aws" {
  region              = var.region
  allowed_account_ids = var.account_id == null ? null : [var.account_id]

  default_tags {
    tags = merge({ Application = var.name }, var.tags)
  }
}
