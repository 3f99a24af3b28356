variables {
  topic_name = "notifications-suite-deployment"
  rule_names = {
    for outcome in [
      "started", "succeeded", "rejected", "rolled_back", "needs_operator", "misconfigured", "failed", "timed_out", "aborted",
      "source_failed", "not_started", "approval_waiting",
    ] : outcome => "notifications-suite-deployment-${replace(outcome, "_", "-")}"
  }
  account_id            = "000000000000"
  partition             = "aws"
  region                = "eu-west-1"
  pipeline_name_suffix  = "_notifications-suite"
  state_machine_arn     = "arn:aws:states:eu-west-1:000000000000:stateMachine:notifications-suite-deploy"
  dead_letter_queue_arn = "arn:aws:sqs:eu-west-1:000000000000:notifications-suite-lost-notifications"
  alarm_arn_pattern     = "arn:aws:cloudwatch:eu-west-1:000000000000:alarm:notifications-suite-*"
  emails                = ["team@example.com"]
}

run "makes_them" {
  module {
    source = "./modules/notifications"
  }

  # The dead-letter queue's policy has these ARNs before the rules exist.
  assert {
    condition = { for outcome, rule in aws_cloudwatch_event_rule.outcome : outcome => rule.arn } == {
      for outcome in keys(var.rule_names) :
      outcome => "arn:aws:events:eu-west-1:000000000000:rule/notifications-suite-deployment-${replace(outcome, "_", "-")}"
    }
    error_message = "Each outcome must have a rule, with the ARN that is built from its name."
  }

  assert {
    condition     = output.topic_arn == "arn:aws:sns:eu-west-1:000000000000:notifications-suite-deployment"
    error_message = "The topic must have the given name."
  }
}

run "again" {
  command = plan

  module {
    source = "./modules/notifications"
  }
}

run "plans_another_state_machine_and_a_key_in_place" {
  command = plan

  module {
    source = "./modules/notifications"
  }

  variables {
    state_machine_arn = "arn:aws:states:eu-west-1:000000000000:stateMachine:notifications-suite-another"
    kms_key_arn       = "arn:aws:kms:eu-west-1:000000000000:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }
}

run "changes_in_place" {
  module {
    source = "./modules/notifications"
  }

  variables {
    state_machine_arn = "arn:aws:states:eu-west-1:000000000000:stateMachine:notifications-suite-another"
    kms_key_arn       = "arn:aws:kms:eu-west-1:000000000000:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }

  assert {
    condition     = output.topic_arn == run.makes_them.topic_arn && output.rule_names == run.makes_them.rule_names
    error_message = "The topic and the rules must stay."
  }
}
