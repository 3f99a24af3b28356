mock_provider "aws" {
  source = "./tests/terraform/plan/mocks"
}

variables {
  name = "changegate-lost-notifications"
}

run "keeps_messages_encrypted" {
  command = plan

  module {
    source = "./modules/dead_letter_queue"
  }

  assert {
    condition     = aws_sqs_queue.this.sqs_managed_sse_enabled && aws_sqs_queue.this.message_retention_seconds == 1209600
    error_message = "Messages must be encrypted and, by default, kept for two weeks."
  }
}

run "refuses_requests_without_tls" {
  command = apply

  module {
    source = "./modules/dead_letter_queue"
  }

  override_resource {
    target = aws_sqs_queue.this
    values = { arn = "arn:aws:sqs:eu-west-1:111122223333:changegate-lost-notifications" }
  }

  assert {
    condition = jsondecode(aws_sqs_queue_policy.this.policy).Statement == [
      {
        Sid       = "RefuseRequestsWithoutTls"
        Effect    = "Deny"
        Principal = { AWS = "*" }
        Action    = "sqs:*"
        Resource  = "arn:aws:sqs:eu-west-1:111122223333:changegate-lost-notifications"
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
    error_message = "Requests without TLS must be refused, and the policy must allow nobody."
  }
}

run "lets_the_named_rules_send" {
  command = apply

  module {
    source = "./modules/dead_letter_queue"
  }

  override_resource {
    target = aws_sqs_queue.this
    values = { arn = "arn:aws:sqs:eu-west-1:111122223333:changegate-lost-notifications" }
  }

  variables {
    event_rule_arns = ["arn:aws:events:eu-west-1:111122223333:rule/changegate-deployment-rejected"]
  }

  assert {
    condition = [for statement in jsondecode(aws_sqs_queue_policy.this.policy).Statement : statement if statement.Effect == "Allow"] == [
      {
        Sid       = "KeepUndeliveredEvents"
        Effect    = "Allow"
        Principal = { Service = "events.amazonaws.com" }
        Action    = "sqs:SendMessage"
        Resource  = "arn:aws:sqs:eu-west-1:111122223333:changegate-lost-notifications"
        Condition = { ArnEquals = { "aws:SourceArn" = ["arn:aws:events:eu-west-1:111122223333:rule/changegate-deployment-rejected"] } }
      },
    ]
    error_message = "Only the named rules may send."
  }
}

run "refuses_a_name_that_is_none" {
  command = plan

  module {
    source = "./modules/dead_letter_queue"
  }

  variables {
    name = "lost.fifo"
  }

  expect_failures = [var.name]
}

run "refuses_a_wildcard_for_a_rule" {
  command = plan

  module {
    source = "./modules/dead_letter_queue"
  }

  variables {
    event_rule_arns = ["arn:aws:events:eu-west-1:111122223333:rule/*"]
  }

  expect_failures = [var.event_rule_arns]
}

run "refuses_a_retention_longer_than_sqs_has" {
  command = plan

  module {
    source = "./modules/dead_letter_queue"
  }

  variables {
    message_retention_seconds = 1209601
  }

  expect_failures = [var.message_retention_seconds]
}
