mock_provider "aws" {
  source = "./tests/terraform/plan/mocks"
}

variables {
  topic_name = "changegate-deployment"
  rule_names = {
    for outcome in [
      "started", "succeeded", "rejected", "rolled_back", "needs_operator", "misconfigured", "failed", "timed_out", "aborted",
      "source_failed", "not_started", "approval_waiting",
    ] : outcome => "changegate-deployment-${replace(outcome, "_", "-")}"
  }
  account_id            = "111122223333"
  partition             = "aws"
  region                = "eu-west-1"
  state_machine_arn     = "arn:aws:states:eu-west-1:111122223333:stateMachine:changegate-deploy"
  pipeline_name_suffix  = "_changegate"
  dead_letter_queue_arn = "arn:aws:sqs:eu-west-1:111122223333:changegate-lost-notifications"
  alarm_arn_pattern     = "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:changegate-*"
}

override_resource {
  target          = aws_sns_topic.this
  override_during = plan
  values          = { arn = "arn:aws:sns:eu-west-1:111122223333:changegate-deployment" }
}

run "encrypts_the_topic_with_the_key" {
  command = plan

  module {
    source = "./modules/notifications"
  }

  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }

  assert {
    condition     = aws_sns_topic.this[0].kms_master_key_id == "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    error_message = "The topic must be encrypted with the key."
  }
}

run "lets_only_rules_and_our_alarms_tell_the_topic" {
  command = plan

  module {
    source = "./modules/notifications"
  }

  assert {
    condition = {
      for statement in jsondecode(aws_sns_topic_policy.this[0].policy).Statement : statement.Sid => {
        effect    = statement.Effect
        principal = statement.Principal
        action    = statement.Action
        resource  = statement.Resource
        condition = jsonencode(try(statement.Condition, {}))
      }
      } == {
      RefuseRequestsWithoutTls = {
        effect    = "Deny"
        principal = { AWS = "*" }
        action    = "sns:Publish"
        resource  = "arn:aws:sns:eu-west-1:111122223333:changegate-deployment"
        condition = jsonencode({ Bool = { "aws:SecureTransport" = "false" } })
      }
      TellOfDeployments = {
        effect    = "Allow"
        principal = { Service = "events.amazonaws.com" }
        action    = "sns:Publish"
        resource  = "arn:aws:sns:eu-west-1:111122223333:changegate-deployment"
        condition = "{}"
      }
      TellOfAlarms = {
        effect    = "Allow"
        principal = { Service = "cloudwatch.amazonaws.com" }
        action    = "sns:Publish"
        resource  = "arn:aws:sns:eu-west-1:111122223333:changegate-deployment"
        condition = jsonencode({
          ArnLike      = { "aws:SourceArn" = "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:changegate-*" }
          StringEquals = { "aws:SourceAccount" = "111122223333" }
        })
      }
    }
    error_message = "Only EventBridge and the alarms of this configuration may publish, with TLS."
  }
}

run "tells_outcomes_apart" {
  command = plan

  module {
    source = "./modules/notifications"
  }

  assert {
    condition = {
      for outcome, rule in aws_cloudwatch_event_rule.outcome : outcome => {
        name   = rule.name
        detail = jsonencode({ for field, values in jsondecode(rule.event_pattern).detail : field => values if !contains(["stateMachineArn", "pipeline"], field) })
      }
      } == {
      started        = { name = "changegate-deployment-started", detail = jsonencode({ status = ["RUNNING"] }) }
      succeeded      = { name = "changegate-deployment-succeeded", detail = jsonencode({ status = ["SUCCEEDED"] }) }
      rejected       = { name = "changegate-deployment-rejected", detail = jsonencode({ status = ["FAILED"], error = ["Changegate.Rejected"] }) }
      rolled_back    = { name = "changegate-deployment-rolled-back", detail = jsonencode({ status = ["FAILED"], error = ["Changegate.RolledBack"] }) }
      needs_operator = { name = "changegate-deployment-needs-operator", detail = jsonencode({ status = ["FAILED"], error = ["Changegate.NeedsOperator"] }) }
      misconfigured  = { name = "changegate-deployment-misconfigured", detail = jsonencode({ status = ["FAILED"], error = ["Changegate.Misconfigured"] }) }
      failed = {
        name = "changegate-deployment-failed"
        detail = jsonencode({
          status = ["FAILED"]
          error  = [{ anything-but = ["Changegate.Misconfigured", "Changegate.NeedsOperator", "Changegate.Rejected", "Changegate.RolledBack"] }]
        })
      }
      timed_out = { name = "changegate-deployment-timed-out", detail = jsonencode({ status = ["TIMED_OUT"] }) }
      aborted   = { name = "changegate-deployment-aborted", detail = jsonencode({ status = ["ABORTED"] }) }
      source_failed = {
        name   = "changegate-deployment-source-failed"
        detail = jsonencode({ state = ["FAILED"], type = { category = ["Source"] } })
      }
      not_started = {
        name = "changegate-deployment-not-started"
        detail = jsonencode({
          state = ["FAILED"]
          type  = { category = ["Invoke"] }
          "$or" = [
            { execution-result = { external-execution-id = [{ exists = false }] } },
            { execution-result = { external-execution-id = [{ anything-but = { prefix = "arn:" } }] } },
          ]
        })
      }
      approval_waiting = {
        name   = "changegate-deployment-approval-waiting"
        detail = jsonencode({ state = ["STARTED"], type = { category = ["Approval"] } })
      }
    }
    error_message = "Each outcome must have its rule, and no execution may match two."
  }

  assert {
    condition = alltrue([
      for outcome, rule in aws_cloudwatch_event_rule.outcome : (
        jsondecode(rule.event_pattern).source == ["aws.states"] &&
        jsondecode(rule.event_pattern)["detail-type"] == ["Step Functions Execution Status Change"] &&
        jsondecode(rule.event_pattern).detail.stateMachineArn == ["arn:aws:states:eu-west-1:111122223333:stateMachine:changegate-deploy"]
      ) if !contains(["source_failed", "not_started", "approval_waiting"], outcome)
    ])
    error_message = "Rules for outcomes of deployments must only match executions of the one state machine."
  }

  assert {
    condition = alltrue([
      for outcome in ["source_failed", "not_started", "approval_waiting"] : (
        jsondecode(aws_cloudwatch_event_rule.outcome[outcome].event_pattern).source == ["aws.codepipeline"] &&
        jsondecode(aws_cloudwatch_event_rule.outcome[outcome].event_pattern)["detail-type"] == ["CodePipeline Action Execution State Change"] &&
        jsondecode(aws_cloudwatch_event_rule.outcome[outcome].event_pattern).detail.pipeline == [{ suffix = "_changegate" }]
      )
    ])
    error_message = "Rules for what happens before must only match actions of the pipelines of this environment."
  }
}

run "writes_messages_that_are_json_whatever_the_cause_says" {
  command = plan

  module {
    source = "./modules/notifications"
  }

  # As EventBridge does it: a value by itself is quoted and escaped.
  assert {
    condition = alltrue([
      for outcome, target in aws_cloudwatch_event_target.topic : (
        sort(keys(jsondecode(replace(replace(replace(replace(
          target.input_transformer[0].input_template,
          "<error>", jsonencode("Changegate.Rejected")),
          "<cause>", jsonencode("\"Orders\" would be deleted.\n")),
          "<timed>", jsonencode("2026-01-01T00:00:00Z")),
          "<name>", jsonencode("a-job"),
          )))) == sort(concat(
          ["execution", "look", "time", "todo", "what"],
          contains(["rejected", "rolled_back", "needs_operator", "misconfigured", "failed"], outcome) ? ["cause", "error"] : [],
          outcome == "not_started" ? ["cause"] : [],
        ))
      )
    ])
    error_message = "Messages must be JSON, with error and cause if the execution has them."
  }

  assert {
    condition = alltrue([
      for target in aws_cloudwatch_event_target.topic : alltrue([
        for path in values(target.input_transformer[0].input_paths) :
        contains(["$.detail.executionArn", "$.detail.name", "$.detail.error", "$.detail.cause", "$.time", "$.detail.execution-id", "$.detail.pipeline", "$.detail.execution-result.external-execution-summary"], path)
      ])
    ])
    error_message = "Messages must have nothing of the execution's input and output."
  }

  assert {
    condition = alltrue([
      for outcome, target in aws_cloudwatch_event_target.topic : strcontains(
        target.input_transformer[0].input_template,
        contains(["source_failed", "not_started", "approval_waiting"], outcome)
        ? "https://console.aws.amazon.com/codesuite/codepipeline/pipelines/<pipeline>/view?region=eu-west-1"
        : "https://console.aws.amazon.com/states/home?region=eu-west-1#/v2/executions/details/<arn>"
      )
    ])
    error_message = "Messages must link to the execution, or to the pipeline."
  }

  assert {
    condition = alltrue([
      for target in aws_cloudwatch_event_target.topic :
      target.arn == "arn:aws:sns:eu-west-1:111122223333:changegate-deployment" &&
      target.dead_letter_config[0].arn == "arn:aws:sqs:eu-west-1:111122223333:changegate-lost-notifications"
    ])
    error_message = "Messages must go to the topic, and undelivered ones to the queue."
  }
}

run "tells_a_topic_that_exists" {
  command = plan

  module {
    source = "./modules/notifications"
  }

  variables {
    rule_names = { needs_operator = "changegate-deployment-needs-operator" }
    topic_arn  = "arn:aws:sns:eu-west-1:111122223333:operators"
    emails     = ["team@example.com"]
  }

  assert {
    condition = (
      length(aws_sns_topic.this) == 0 && length(aws_sns_topic_policy.this) == 0 &&
      keys(aws_cloudwatch_event_target.topic) == ["needs_operator"] &&
      aws_cloudwatch_event_target.topic["needs_operator"].arn == "arn:aws:sns:eu-west-1:111122223333:operators" &&
      aws_sns_topic_subscription.email["team@example.com"].topic_arn == "arn:aws:sns:eu-west-1:111122223333:operators" &&
      aws_sns_topic_subscription.email["team@example.com"].protocol == "email"
    )
    error_message = "An existing topic must be notified and subscribed to, and not be changed."
  }
}

run "refuses_a_long_name" {
  command = plan

  module {
    source = "./modules/notifications"
  }

  variables {
    topic_name = "name-of-257-characters-${join("", [for number in range(234) : "x"])}"
    rule_names = { needs_operator = "name-of-65-characters-${join("", [for number in range(43) : "x"])}" }
  }

  expect_failures = [
    var.topic_name,
    var.rule_names,
  ]
}

run "refuses_wildcards_and_what_is_none" {
  command = plan

  module {
    source = "./modules/notifications"
  }

  variables {
    account_id        = "12345"
    state_machine_arn = "arn:aws:states:eu-west-1:111122223333:stateMachine:*"
    alarm_arn_pattern = "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:*"
    rule_names        = { exploded = "changegate-deployment-exploded" }
    topic_arn         = "arn:aws:sns:eu-west-1:111122223333:operators.fifo"
    emails            = ["nobody"]
  }

  expect_failures = [
    var.account_id,
    var.state_machine_arn,
    var.alarm_arn_pattern,
    var.rule_names,
    var.topic_arn,
    var.emails,
  ]
}

run "refuses_to_tell_of_every_pipeline" {
  command = plan

  module {
    source = "./modules/notifications"
  }

  variables {
    pipeline_name_suffix = "_"
  }

  expect_failures = [var.pipeline_name_suffix]
}
