mock_provider "aws" {
  source = "./tests/terraform/plan/mocks"
}

variables {
  name              = "changegate-111122223333-eu-west-1"
  arn               = "arn:aws:s3:::changegate-111122223333-eu-west-1"
  allowed_key_arns  = "arn:aws:kms:eu-west-1:111122223333:key/*"
  artifact_prefixes = { orders = "orders_changegate/", billing = "billing_changegate/" }
  template_prefix   = "templates/"
  verdict_prefix    = "verdicts/"
}

run "is_closed_and_versioned" {
  command = plan

  module {
    source = "./modules/bucket"
  }

  assert {
    condition = (
      aws_s3_bucket_public_access_block.this.block_public_acls &&
      aws_s3_bucket_public_access_block.this.block_public_policy &&
      aws_s3_bucket_public_access_block.this.ignore_public_acls &&
      aws_s3_bucket_public_access_block.this.restrict_public_buckets
    )
    error_message = "Every kind of public access must be blocked."
  }

  assert {
    condition     = aws_s3_bucket_ownership_controls.this.rule[0].object_ownership == "BucketOwnerEnforced"
    error_message = "ACLs must be off."
  }

  assert {
    condition     = aws_s3_bucket_versioning.this.versioning_configuration[0].status == "Enabled"
    error_message = "The bucket must be versioned."
  }

  assert {
    condition = one(flatten([
      for rule in aws_s3_bucket_server_side_encryption_configuration.this.rule :
      [for default in rule.apply_server_side_encryption_by_default : default.sse_algorithm]
    ])) == "AES256"
    error_message = "The bucket must be encrypted."
  }

  assert {
    condition     = !aws_s3_bucket.this.force_destroy
    error_message = "By default, a bucket with objects must not be destroyed."
  }

  assert {
    condition     = output.name == "changegate-111122223333-eu-west-1"
    error_message = "The bucket must have the given name."
  }
}

run "refuses_requests_without_tls" {
  command = plan

  module {
    source = "./modules/bucket"
  }

  assert {
    condition = [
      for statement in jsondecode(aws_s3_bucket_policy.this.policy).Statement : statement
      if statement.Action == "s3:*" || statement.Effect == "Allow"
      ] == [
      {
        Sid       = "DenyInsecureTransport"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"
        Resource = [
          "arn:aws:s3:::changegate-111122223333-eu-west-1",
          "arn:aws:s3:::changegate-111122223333-eu-west-1/*",
        ]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
    error_message = "The policy must deny every request without TLS, and allow nothing."
  }
}

run "refuses_other_encryption_than_its_own" {
  command = plan

  module {
    source = "./modules/bucket"
  }

  assert {
    condition = [
      for statement in jsondecode(aws_s3_bucket_policy.this.policy).Statement : statement if statement.Action == "s3:PutObject"
      ] == [
      {
        Sid       = "DenyOtherEncryption"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:PutObject"
        Resource  = "arn:aws:s3:::changegate-111122223333-eu-west-1/*"
        Condition = {
          Null            = { "s3:x-amz-server-side-encryption" = "false" }
          StringNotEquals = { "s3:x-amz-server-side-encryption" = ["AES256", "aws:kms"] }
        }
      },
      {
        Sid       = "DenyKeysOfCustomers"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:PutObject"
        Resource  = "arn:aws:s3:::changegate-111122223333-eu-west-1/*"
        Condition = { Null = { "s3:x-amz-server-side-encryption-customer-algorithm" = "false" } }
      },
      {
        Sid       = "DenyOtherKeys"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:PutObject"
        Resource  = "arn:aws:s3:::changegate-111122223333-eu-west-1/*"
        Condition = {
          Null       = { "s3:x-amz-server-side-encryption-aws-kms-key-id" = "false" }
          ArnNotLike = { "s3:x-amz-server-side-encryption-aws-kms-key-id" = "arn:aws:kms:eu-west-1:111122223333:key/*" }
        }
      },
    ]
    # Without a key of ours, CodePipeline encrypts artifacts with the key aws/s3 of the account.
    error_message = "Objects with another encryption must be refused; objects without one, or with a key of the account, must not."
  }

  assert {
    condition     = length(aws_s3_bucket_logging.this) == 0
    error_message = "Without a bucket for the access log, there must be none."
  }
}

run "encrypts_with_the_key" {
  command = plan

  module {
    source = "./modules/bucket"
  }

  variables {
    kms_key = {
      arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    }
  }

  assert {
    condition = one([
      for rule in aws_s3_bucket_server_side_encryption_configuration.this.rule : {
        bucket_key = rule.bucket_key_enabled
        algorithm  = one(rule.apply_server_side_encryption_by_default[*].sse_algorithm)
        key        = one(rule.apply_server_side_encryption_by_default[*].kms_master_key_id)
      }
      ]) == {
      bucket_key = true
      algorithm  = "aws:kms"
      key        = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    }
    error_message = "Objects must be encrypted with the key, through a bucket key."
  }

  assert {
    condition = {
      for statement in jsondecode(aws_s3_bucket_policy.this.policy).Statement : statement.Sid => statement.Condition
      if statement.Action == "s3:PutObject" && statement.Effect == "Deny"
      } == {
      DenyOtherEncryption = {
        Null            = { "s3:x-amz-server-side-encryption" = "false" }
        StringNotEquals = { "s3:x-amz-server-side-encryption" = ["aws:kms"] }
      }
      DenyKeysOfCustomers = {
        Null = { "s3:x-amz-server-side-encryption-customer-algorithm" = "false" }
      }
      DenyOtherKeys = {
        Null       = { "s3:x-amz-server-side-encryption-aws-kms-key-id" = "false" }
        ArnNotLike = { "s3:x-amz-server-side-encryption-aws-kms-key-id" = "arn:aws:kms:eu-west-1:111122223333:key/*" }
      }
    }
    error_message = "Objects with another encryption or another account's key must be refused."
  }
}

run "logs_access_where_it_is_told_to" {
  command = plan

  module {
    source = "./modules/bucket"
  }

  variables {
    access_log_bucket = { name = "logs-111122223333" }
  }

  assert {
    condition = (
      aws_s3_bucket_logging.this[0].target_bucket == "logs-111122223333" &&
      aws_s3_bucket_logging.this[0].target_prefix == "changegate-111122223333-eu-west-1/"
    )
    error_message = "The access log must go to the bucket, under the name of the logged bucket."
  }
}

run "logs_access_under_the_prefix_it_is_given" {
  command = plan

  module {
    source = "./modules/bucket"
  }

  variables {
    access_log_bucket = { name = "logs-111122223333", prefix = "s3/changegate/" }
  }

  assert {
    condition     = aws_s3_bucket_logging.this[0].target_prefix == "s3/changegate/"
    error_message = "The access log must go under the prefix."
  }
}

run "refuses_to_log_into_itself" {
  command = plan

  module {
    source = "./modules/bucket"
  }

  variables {
    access_log_bucket = { name = "changegate-111122223333-eu-west-1" }
  }

  expect_failures = [var.access_log_bucket]
}

run "lets_the_named_roles_read_templates_and_nothing_else" {
  command = plan

  module {
    source = "./modules/bucket"
  }

  variables {
    template_reader_arns = [
      "arn:aws:iam::444455556666:role/changegate",
      "arn:aws:iam::777788889999:role/teams/changegate",
      "arn:aws:iam::777788889999:role/teams/other",
    ]
  }

  assert {
    condition = [
      for statement in jsondecode(aws_s3_bucket_policy.this.policy).Statement : statement if statement.Effect == "Allow"
      ] == [
      {
        Sid       = "ReadTemplates"
        Effect    = "Allow"
        Principal = { AWS = ["arn:aws:iam::444455556666:root", "arn:aws:iam::777788889999:root"] }
        Action    = "s3:GetObject"
        Resource  = "arn:aws:s3:::changegate-111122223333-eu-west-1/templates/*"
        Condition = {
          ArnEquals = {
            "aws:PrincipalArn" = [
              "arn:aws:iam::444455556666:role/changegate",
              "arn:aws:iam::777788889999:role/teams/changegate",
              "arn:aws:iam::777788889999:role/teams/other",
            ]
          }
        }
      },
    ]
    error_message = "Target roles must be allowed to read templates, and nobody anything else."
  }

  assert {
    condition     = jsondecode(aws_s3_bucket_policy.this.policy).Statement[0].Sid == "DenyInsecureTransport"
    error_message = "Requests without TLS must still be denied."
  }
}

run "refuses_a_wildcard_for_a_reader" {
  command = plan

  module {
    source = "./modules/bucket"
  }

  variables {
    template_reader_arns = ["arn:aws:iam::444455556666:role/*"]
  }

  expect_failures = [var.template_reader_arns]
}

run "lets_artifacts_and_templates_expire_but_not_the_input" {
  command = plan

  module {
    source = "./modules/bucket"
  }

  variables {
    artifact_retention_days           = 8
    template_retention_days           = 9
    verdict_retention_days            = 11
    noncurrent_version_retention_days = 10
  }

  assert {
    condition = {
      for rule in aws_s3_bucket_lifecycle_configuration.this[0].rule : rule.id => {
        prefix = rule.filter[0].prefix
        days   = try(rule.expiration[0].days, null)
        old    = try(rule.noncurrent_version_expiration[0].noncurrent_days, null)
      }
      if rule.id != "leftovers"
      } == {
      artifacts-billing   = { prefix = "billing_changegate/", days = 8, old = null }
      artifacts-orders    = { prefix = "orders_changegate/", days = 8, old = null }
      templates           = { prefix = "templates/", days = 9, old = null }
      verdicts            = { prefix = "verdicts/", days = 11, old = null }
      noncurrent-versions = { prefix = "", days = null, old = 10 }
    }
    error_message = "Only artifacts, templates, verdicts and noncurrent versions must expire, after their days."
  }

  assert {
    condition = one([
      for rule in aws_s3_bucket_lifecycle_configuration.this[0].rule :
      rule.abort_incomplete_multipart_upload[0].days_after_initiation == 7 && rule.expiration[0].expired_object_delete_marker
      if rule.id == "leftovers"
    ])
    error_message = "Incomplete uploads must expire after a week, and delete markers without versions at once."
  }

  assert {
    condition     = alltrue([for rule in aws_s3_bucket_lifecycle_configuration.this[0].rule : rule.status == "Enabled"])
    error_message = "Each rule must be enabled."
  }
}

run "can_keep_everything" {
  command = plan

  module {
    source = "./modules/bucket"
  }

  variables {
    expire_objects = false
  }

  assert {
    condition     = length(aws_s3_bucket_lifecycle_configuration.this) == 0
    error_message = "Nothing must expire."
  }
}

run "lets_administrators_alone_write_code_and_input" {
  command = plan

  module {
    source = "./modules/bucket"
  }

  variables {
    administrator_arns       = ["arn:aws:iam::111122223333:role/delivery"]
    administered_object_arns = ["arn:aws:s3:::changegate-111122223333-eu-west-1/functions/*", "arn:aws:s3:::changegate-111122223333-eu-west-1/state_machine_input/*"]
  }

  assert {
    condition = [
      for statement in jsondecode(aws_s3_bucket_policy.this.policy).Statement : statement if statement.Sid == "DenyOthersCodeAndInput"
      ] == [
      {
        Sid       = "DenyOthersCodeAndInput"
        Effect    = "Deny"
        Principal = "*"
        Action    = ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObject"]
        Resource = [
          "arn:aws:s3:::changegate-111122223333-eu-west-1/functions/*",
          "arn:aws:s3:::changegate-111122223333-eu-west-1/state_machine_input/*",
        ]
        Condition = { ArnNotEquals = { "aws:PrincipalArn" = ["arn:aws:iam::111122223333:role/delivery"] } }
      },
    ]
    error_message = "The bucket must deny everyone else the code and the input."
  }
}

run "refuses_administrators_by_a_pattern" {
  command = plan

  module {
    source = "./modules/bucket"
  }

  variables {
    administrator_arns = ["arn:aws:iam::111122223333:role/*"]
  }

  expect_failures = [var.administrator_arns]
}

run "refuses_more_pipelines_than_a_bucket_has_rules_for" {
  command = plan

  module {
    source = "./modules/bucket"
  }

  variables {
    artifact_prefixes = { for number in range(997) : "pipeline-${number}" => "pipeline-${number}/" }
  }

  expect_failures = [var.artifact_prefixes]
}
