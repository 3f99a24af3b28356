terraform {
  required_version = ">= 1.11.0, < 2.0.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }

  # The path of the state file is the environment's: terraform init -backend-config=path=... Where
  # environments/<environment>.s3.tfbackend exists, the Makefile puts another backend in its place.
  backend "local" {}
}

provider "aws" {
  region              = var.region
  allowed_account_ids = var.account_id == null ? null : [var.account_id]

  default_tags {
    tags = merge({ Application = var.name }, var.tags)
  }
}
