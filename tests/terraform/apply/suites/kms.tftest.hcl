variables {
  alias_name                = "alias/kms-suite"
  account_id                = "000000000000"
  partition                 = "aws"
  region                    = "eu-west-1"
  bucket_arn                = "arn:aws:s3:::kms-suite-000000000000-eu-west-1"
  reader_arns               = ["arn:aws:iam::000000000000:role/kms-suite-trigger"]
  writer_arns               = ["arn:aws:iam::000000000000:role/kms-suite-create-stack"]
  pipeline_role_arn_pattern = "arn:aws:iam::000000000000:role/kms-suite-pipeline-*"
  log_group_arns = [
    "arn:aws:logs:eu-west-1:000000000000:log-group:/aws/lambda/kms-suite-trigger",
    "arn:aws:logs:eu-west-1:000000000000:log-group:/aws/vendedlogs/states/kms-suite-deploy",
  ]
}

run "makes_it" {
  module {
    source = "./modules/kms"
  }

  assert {
    condition     = can(regex("^arn:aws:kms:eu-west-1:000000000000:key/[0-9a-f-]{36}$", output.key_arn))
    error_message = "The key must be in this account and region, to match the pattern in the bucket policy."
  }

  assert {
    condition     = aws_kms_alias.this.target_key_arn == output.key_arn
    error_message = "The alias must point to the key."
  }
}

run "again" {
  command = plan

  module {
    source = "./modules/kms"
  }
}

run "plans_another_policy_in_place" {
  command = plan

  module {
    source = "./modules/kms"
  }

  variables {
    foreign_reader_arns = ["arn:aws:iam::444455556666:role/changegate"]
    alarm_arn_pattern   = "arn:aws:cloudwatch:eu-west-1:000000000000:alarm:kms-suite-*"
  }
}

run "changes_in_place" {
  module {
    source = "./modules/kms"
  }

  variables {
    foreign_reader_arns = ["arn:aws:iam::444455556666:role/changegate"]
    alarm_arn_pattern   = "arn:aws:cloudwatch:eu-west-1:000000000000:alarm:kms-suite-*"
  }

  assert {
    condition     = output.key_arn == run.makes_it.key_arn
    error_message = "The key must stay: without it, nobody can read what it encrypted."
  }
}
