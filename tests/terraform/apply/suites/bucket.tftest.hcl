variables {
  name              = "bucket-suite-000000000000-eu-west-1"
  arn               = "arn:aws:s3:::bucket-suite-000000000000-eu-west-1"
  artifact_prefixes = { orders = "orders_bucket-suite/" }
  allowed_key_arns  = "arn:aws:kms:eu-west-1:000000000000:key/*"
  template_prefix   = "templates/"
  verdict_prefix    = "verdicts/"
  # The provider waits for about a minute until lifecycle rules apply: once is enough.
  expire_objects = false
}

run "makes_it" {
  module {
    source = "./modules/bucket"
  }

  variables {
    template_reader_arns = ["arn:aws:iam::444455556666:role/changegate"]
  }

  assert {
    condition     = output.arn == var.arn && output.name == var.name
    error_message = "The bucket must have the ARN that its policy and the policies of roles name."
  }

  assert {
    condition     = aws_s3_bucket.this.region == "eu-west-1"
    error_message = "The bucket must be in the given region."
  }
}

run "again" {
  command = plan

  module {
    source = "./modules/bucket"
  }

  variables {
    template_reader_arns = ["arn:aws:iam::444455556666:role/changegate"]
  }
}

run "plans_a_key_rules_and_another_policy_in_place" {
  command = plan

  module {
    source = "./modules/bucket"
  }

  variables {
    expire_objects = true
    kms_key = {
      arn = "arn:aws:kms:eu-west-1:000000000000:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    }
  }
}

run "changes_in_place" {
  module {
    source = "./modules/bucket"
  }

  variables {
    expire_objects = true
    kms_key = {
      arn = "arn:aws:kms:eu-west-1:000000000000:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    }
  }

  assert {
    condition     = length(aws_s3_bucket_lifecycle_configuration.this[0].rule) == 5
    error_message = "S3 must accept each lifecycle rule."
  }
}

run "again_after_the_change" {
  command = plan

  module {
    source = "./modules/bucket"
  }

  variables {
    expire_objects = true
    kms_key = {
      arn = "arn:aws:kms:eu-west-1:000000000000:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    }
  }
}
