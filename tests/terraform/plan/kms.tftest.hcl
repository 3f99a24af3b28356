mock_provider "aws" {
  source = "./tests/terraform/plan/mocks"
}

variables {
  alias_name = "alias/changegate"
  account_id = "111122223333"
  partition  = "aws"
  region     = "eu-west-1"
  bucket_arn = "arn:aws:s3:::changegate-111122223333-eu-west-1"

  reader_arns = [
    "arn:aws:iam::111122223333:role/changegate-trigger",
    "arn:aws:iam::111122223333:role/changegate-create-stack",
  ]
  writer_arns               = ["arn:aws:iam::111122223333:role/changegate-create-stack"]
  pipeline_role_arn_pattern = "arn:aws:iam::111122223333:role/changegate-pipeline-*"
  log_group_arns = [
    "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/changegate-trigger",
    "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/vendedlogs/states/changegate-deploy",
  ]
}

run "makes_a_key_that_rotates" {
  command = plan

  module {
    source = "./modules/kms"
  }

  assert {
    condition     = aws_kms_key.this.enable_key_rotation && aws_kms_key.this.deletion_window_in_days == 30
    error_message = "The key must rotate, and its deletion must be cancellable for 30 days."
  }

  assert {
    condition     = output.alias_name == "alias/changegate"
    error_message = "The alias must have the name of the environment."
  }
}

run "lets_roles_use_the_key_through_s3_for_the_bucket_only" {
  command = plan

  module {
    source = "./modules/kms"
  }

  assert {
    condition = {
      for statement in jsondecode(aws_kms_key.this.policy).Statement : statement.Sid => {
        action = flatten([statement.Action])
        arns   = flatten([for operator in ["ArnEquals", "ArnLike"] : try(statement.Condition[operator]["aws:PrincipalArn"], [])])
      } if contains(["ReadObjects", "WriteObjects", "KeepArtifacts"], statement.Sid)
      } == {
      ReadObjects = {
        action = ["kms:Decrypt"]
        arns = [
          "arn:aws:iam::111122223333:role/changegate-trigger",
          "arn:aws:iam::111122223333:role/changegate-create-stack",
        ]
      }
      WriteObjects = {
        action = ["kms:GenerateDataKey"]
        arns   = ["arn:aws:iam::111122223333:role/changegate-create-stack"]
      }
      KeepArtifacts = {
        action = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
        arns   = ["arn:aws:iam::111122223333:role/changegate-pipeline-*"]
      }
    }
    error_message = "Readers must read, writers must write, and pipelines must do both."
  }

  assert {
    condition = alltrue([
      for statement in jsondecode(aws_kms_key.this.policy).Statement : (
        statement.Effect == "Allow" &&
        statement.Condition.StringEquals == {
          "kms:CallerAccount" = "111122223333"
          "kms:ViaService"    = "s3.eu-west-1.amazonaws.com"
        } &&
        statement.Condition.StringLike == {
          "kms:EncryptionContext:aws:s3:arn" = [
            "arn:aws:s3:::changegate-111122223333-eu-west-1",
            "arn:aws:s3:::changegate-111122223333-eu-west-1/*",
          ]
        }
      ) if contains(["ReadObjects", "WriteObjects", "KeepArtifacts"], statement.Sid)
    ])
    error_message = "The roles must use the key in this account, through S3, for objects of the bucket."
  }

  # A principal "*" without a condition on the caller would be public.
  assert {
    condition = alltrue([
      for statement in jsondecode(aws_kms_key.this.policy).Statement : (
        (can(statement.Condition.ArnEquals["aws:PrincipalArn"]) || can(statement.Condition.ArnLike["aws:PrincipalArn"])) &&
        statement.Condition.StringEquals["kms:CallerAccount"] == "111122223333"
      ) if try(statement.Principal.AWS == "*", false)
    ])
    error_message = "A condition must name who may use the key."
  }

  assert {
    condition = [
      for statement in jsondecode(aws_kms_key.this.policy).Statement : statement.Sid
      if contains(flatten([statement.Action]), "kms:*")
      ] == ["LeaveAdministrationToAccount"] && one([
        for statement in jsondecode(aws_kms_key.this.policy).Statement : statement.Principal
        if statement.Sid == "LeaveAdministrationToAccount"
    ]) == { AWS = "arn:aws:iam::111122223333:root" }
    error_message = "Only the account may administer the key."
  }
}

run "lets_cloudwatch_logs_encrypt_our_log_groups_only" {
  command = plan

  module {
    source = "./modules/kms"
  }

  assert {
    condition = [
      for statement in jsondecode(aws_kms_key.this.policy).Statement : {
        principal = statement.Principal
        condition = statement.Condition
      } if can(statement.Principal.Service)
      ] == [
      {
        principal = { Service = "logs.eu-west-1.amazonaws.com" }
        condition = {
          ArnEquals = {
            "kms:EncryptionContext:aws:logs:arn" = [
              "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/changegate-trigger",
              "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/vendedlogs/states/changegate-deploy",
            ]
          }
        }
      },
    ]
    error_message = "CloudWatch Logs of the region must be allowed to use the key for the named log groups, and no other service for anything."
  }
}

run "lets_events_and_our_alarms_use_it_for_a_topic" {
  command = plan

  module {
    source = "./modules/kms"
  }

  variables {
    alarm_arn_pattern = "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:changegate-*"
  }

  # EventBridge would not meet a condition on the account or the rule.
  assert {
    condition = {
      for statement in jsondecode(aws_kms_key.this.policy).Statement : statement.Sid => {
        principal = statement.Principal
        action    = statement.Action
        condition = jsonencode(try(statement.Condition, {}))
      } if contains(["TellOfDeployments", "TellOfAlarms"], statement.Sid)
      } == {
      TellOfDeployments = {
        principal = { Service = "events.amazonaws.com" }
        action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
        condition = "{}"
      }
      TellOfAlarms = {
        principal = { Service = "cloudwatch.amazonaws.com" }
        action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
        condition = jsonencode({
          ArnLike      = { "aws:SourceArn" = "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:changegate-*" }
          StringEquals = { "aws:SourceAccount" = "111122223333" }
        })
      }
    }
    error_message = "EventBridge and the alarms of this configuration must be allowed to use the key."
  }
}

run "lets_nobody_of_another_account_use_it" {
  command = plan

  module {
    source = "./modules/kms"
  }

  assert {
    condition     = !contains(jsondecode(aws_kms_key.this.policy).Statement[*].Sid, "ReadTemplates")
    error_message = "Without target roles, there must be no statement for them."
  }
}

run "lets_the_named_roles_of_other_accounts_read" {
  command = plan

  module {
    source = "./modules/kms"
  }

  variables {
    foreign_reader_arns = [
      "arn:aws:iam::444455556666:role/changegate",
      "arn:aws:iam::777788889999:role/teams/changegate",
      "arn:aws:iam::777788889999:role/teams/other",
    ]
  }

  assert {
    condition = one([for statement in jsondecode(aws_kms_key.this.policy).Statement : statement if statement.Sid == "ReadTemplates"]) == {
      Sid       = "ReadTemplates"
      Effect    = "Allow"
      Principal = { AWS = ["arn:aws:iam::444455556666:root", "arn:aws:iam::777788889999:root"] }
      Action    = "kms:Decrypt"
      Resource  = "*"
      Condition = {
        StringEquals = { "kms:ViaService" = "s3.eu-west-1.amazonaws.com" }
        StringLike = {
          "kms:EncryptionContext:aws:s3:arn" = [
            "arn:aws:s3:::changegate-111122223333-eu-west-1",
            "arn:aws:s3:::changegate-111122223333-eu-west-1/*",
          ]
        }
        ArnEquals = {
          "aws:PrincipalArn" = [
            "arn:aws:iam::444455556666:role/changegate",
            "arn:aws:iam::777788889999:role/teams/changegate",
            "arn:aws:iam::777788889999:role/teams/other",
          ]
        }
      }
    }
    error_message = "Target roles must be allowed to decrypt what they read in the bucket, and nothing else."
  }
}

run "refuses_an_alias_of_aws" {
  command = plan

  module {
    source = "./modules/kms"
  }

  variables {
    alias_name = "alias/aws/changegate"
  }

  expect_failures = [var.alias_name]
}

run "refuses_an_account_that_is_none" {
  command = plan

  module {
    source = "./modules/kms"
  }

  variables {
    account_id = "12345"
  }

  expect_failures = [var.account_id]
}

run "refuses_a_wildcard_for_a_reader" {
  command = plan

  module {
    source = "./modules/kms"
  }

  variables {
    reader_arns = ["arn:aws:iam::111122223333:role/*"]
  }

  expect_failures = [var.reader_arns]
}

run "refuses_to_be_without_a_reader" {
  command = plan

  module {
    source = "./modules/kms"
  }

  variables {
    reader_arns = []
  }

  expect_failures = [var.reader_arns]
}

run "refuses_a_wildcard_for_a_writer" {
  command = plan

  module {
    source = "./modules/kms"
  }

  variables {
    writer_arns = ["arn:aws:iam::111122223333:role/*"]
  }

  expect_failures = [var.writer_arns]
}

run "refuses_a_wildcard_for_the_pipeline" {
  command = plan

  module {
    source = "./modules/kms"
  }

  variables {
    pipeline_role_arn_pattern = "arn:aws:iam::111122223333:role/*"
  }

  expect_failures = [var.pipeline_role_arn_pattern]
}

run "refuses_a_wildcard_for_a_log_group" {
  command = plan

  module {
    source = "./modules/kms"
  }

  variables {
    log_group_arns = ["arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/*"]
  }

  expect_failures = [var.log_group_arns]
}

run "refuses_a_wildcard_for_all_alarms" {
  command = plan

  module {
    source = "./modules/kms"
  }

  variables {
    alarm_arn_pattern = "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:*"
  }

  expect_failures = [var.alarm_arn_pattern]
}

run "refuses_a_wildcard_for_a_foreign_reader" {
  command = plan

  module {
    source = "./modules/kms"
  }

  variables {
    foreign_reader_arns = ["arn:aws:iam::444455556666:role/*"]
  }

  expect_failures = [var.foreign_reader_arns]
}

run "refuses_a_short_deletion_window" {
  command = plan

  module {
    source = "./modules/kms"
  }

  variables {
    deletion_window_days = 6
  }

  expect_failures = [var.deletion_window_days]
}

run "refuses_a_policy_larger_than_kms_takes" {
  command = plan

  module {
    source = "./modules/kms"
  }

  variables {
    foreign_reader_arns = [
      for number in range(200) : "arn:aws:iam::444455556666:role/a-role-with-a-name-of-64-characters-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-${number}-and-a-path-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
    ]
  }

  expect_failures = [aws_kms_key.this]
}
