# Data with a certain form: generated values would not pass the provider's own checks.

mock_data "aws_caller_identity" {
  defaults = {
    account_id = "111122223333"
  }
}

# The definition names the versions, and tests of plans read it.
mock_resource "aws_lambda_function" {
  override_during = plan
  defaults = {
    version = "7"
  }
}

mock_data "aws_region" {
  defaults = {
    id = "eu-west-1"
  }
}

mock_data "aws_partition" {
  defaults = {
    partition = "aws"
  }
}
