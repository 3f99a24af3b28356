variables {
  name            = "dead-letter-queue-suite"
  event_rule_arns = ["arn:aws:events:eu-west-1:000000000000:rule/dead-letter-queue-suite-rejected"]
}

run "makes_it" {
  module {
    source = "./modules/dead_letter_queue"
  }

  assert {
    condition     = output.arn == "arn:aws:sqs:eu-west-1:000000000000:dead-letter-queue-suite"
    error_message = "The queue must have the ARN that the policy of the trigger's role names."
  }

  assert {
    condition     = output.name == var.name
    error_message = "The queue must have the name that alarms use."
  }
}

run "again" {
  command = plan

  module {
    source = "./modules/dead_letter_queue"
  }
}

# Only planned: the provider waits for half a minute after each change of a queue.
run "plans_another_retention_and_rule_in_place" {
  command = plan

  module {
    source = "./modules/dead_letter_queue"
  }

  variables {
    message_retention_seconds = 86400
    event_rule_arns           = ["arn:aws:events:eu-west-1:000000000000:rule/dead-letter-queue-suite-failed"]
  }
}
