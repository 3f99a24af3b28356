mock_provider "aws" {
  source = "./tests/terraform/mocks"
}

variables {
  name            = "changegate-111122223333-eu-west-1"
  arn             = "arn:aws:s3:::changegate-111122223333-eu-west-1"
  artifact_prefix = "changegate/"
  template_prefix = "templates/"
  verdict_prefix  = "verdicts/"
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
    error_message = "By default, a bucket that holds something must not be destroyed."
  }

  assert {
    condition     = output.name == "changegate-111122223333-eu-west-1"
    error_message = "The bucket must bear the name it was given."
  }
}

run "refuses_requests_without_tls" {
  command = plan

  module {
    source = "./modules/bucket"
  }

  assert {
    condition = jsondecode(aws_s3_bucket_policy.this.policy).Statement == [
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
    error_message = "The roles of targets must read templates, and nobody anything else."
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
      artifacts           = { prefix = "changegate/", days = 8, old = null }
      templates           = { prefix = "templates/", days = 9, old = null }
      verdicts            = { prefix = "verdicts/", days = 11, old = null }
      noncurrent-versions = { prefix = "", days = null, old = 10 }
    }
    error_message = "Artifacts, templates, verdicts and noncurrent versions must expire after their days, and nothing else."
  }

  assert {
    condition = one([
      for rule in aws_s3_bucket_lifecycle_configuration.this[0].rule :
      rule.abort_incomplete_multipart_upload[0].days_after_initiation == 7 && rule.expiration[0].expired_object_delete_marker
      if rule.id == "leftovers"
    ])
    error_message = "Uploads that nobody finished must go after a week, and delete markers with nothing behind them."
  }

  assert {
    condition     = alltrue([for rule in aws_s3_bucket_lifecycle_configuration.this[0].rule : rule.status == "Enabled"])
    error_message = "Every rule must be in force."
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
