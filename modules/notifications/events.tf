# Step Functions tells EventBridge of every change of an execution's status. Of one that failed, the event has error and
# cause (Step Functions Developer Guide, "Automating Step Functions event delivery with EventBridge"), so that outcomes are
# told apart by the names of errors, which are part of the product's contract.

locals {
  named_errors = {
    rejected       = "Changegate.Rejected"
    rolled_back    = "Changegate.RolledBack"
    needs_operator = "Changegate.NeedsOperator"
    misconfigured  = "Changegate.Misconfigured"
  }

  # What is told of each outcome; "failed" is what has none of our names.
  outcomes = {
    started = {
      detail = { status = ["RUNNING"] }
      what   = "A deployment has started."
      todo   = "Nothing."
    }
    succeeded = {
      detail = { status = ["SUCCEEDED"] }
      what   = "A deployment has succeeded."
      todo   = "Nothing."
    }
    rejected = {
      detail = { status = ["FAILED"], error = [local.named_errors.rejected] }
      what   = "A deployment was rejected; nothing was changed."
      todo   = "Read the cause: change the template, or allow by the policy what is to be lost."
    }
    rolled_back = {
      detail = { status = ["FAILED"], error = [local.named_errors.rolled_back] }
      what   = "CloudFormation undid a deployment."
      todo   = "Mend what the cause names, and deploy again."
    }
    needs_operator = {
      detail = { status = ["FAILED"], error = [local.named_errors.needs_operator] }
      what   = "A deployment needs a person: the stack cannot be deployed to before."
      todo   = "Do what the cause says, and deploy again."
    }
    misconfigured = {
      detail = { status = ["FAILED"], error = [local.named_errors.misconfigured] }
      what   = "A deployment was given something wrong: the input, the revision, the template or a permission."
      todo   = "Mend what the cause names, and deploy again."
    }
    failed = {
      detail = { status = ["FAILED"], error = [{ anything-but = sort(values(local.named_errors)) }] }
      what   = "A deployment failed for a reason that has no name."
      todo   = "Look at the execution and at the stack: an update may be going on."
    }
    timed_out = {
      detail = { status = ["TIMED_OUT"] }
      what   = "A deployment took longer than the state machine may."
      todo   = "Look at the stack: CloudFormation may be going on. Then deploy again."
    }
    aborted = {
      detail = { status = ["ABORTED"] }
      what   = "Somebody stopped a deployment."
      todo   = "Look at the stack: CloudFormation may be going on."
    }
  }

  console = {
    aws        = "console.aws.amazon.com"
    aws-cn     = "console.amazonaws.cn"
    aws-us-gov = "console.amazonaws-us-gov.com"
  }
  execution_url = "https://${lookup(local.console, var.partition, local.console.aws)}/states/home?region=${var.region}#/v2/executions/details/<arn>"

  rule_names = { for outcome in var.outcomes : outcome => "${var.name}-${replace(outcome, "_", "-")}" }
}

resource "aws_cloudwatch_event_rule" "outcome" {
  for_each = local.rule_names

  name        = each.value
  description = local.outcomes[each.key].what

  event_pattern = jsonencode({
    source      = ["aws.states"]
    detail-type = ["Step Functions Execution Status Change"]
    detail      = merge({ stateMachineArn = [var.state_machine_arn] }, local.outcomes[each.key].detail)
  })
}

resource "aws_cloudwatch_event_target" "topic" {
  for_each = local.rule_names

  rule      = aws_cloudwatch_event_rule.outcome[each.key].name
  target_id = "topic"
  arn       = local.topic_arn

  # JSON, because a cause is full of quotes: Lambda's error object, as a text. A variable that stands by itself is quoted by
  # EventBridge, so that the result is JSON (EventBridge User Guide, "Amazon EventBridge input transformation"); within
  # quotes of ours it would be put in as it is. What could not be delivered all the same is kept. The execution's input and output are left out: they may hold parameters.
  input_transformer {
    input_paths = merge(
      {
        arn   = "$.detail.executionArn"
        name  = "$.detail.name"
        timed = "$.time"
      },
      can(local.outcomes[each.key].detail.error) ? { error = "$.detail.error", cause = "$.detail.cause" } : {},
    )

    # Not jsonencode, which would escape the angle brackets.
    input_template = join("\n", concat(
      [
        "{",
        "  \"what\": \"${local.outcomes[each.key].what}\",",
        "  \"todo\": \"${local.outcomes[each.key].todo}\",",
      ],
      can(local.outcomes[each.key].detail.error) ? ["  \"error\": <error>,", "  \"cause\": <cause>,"] : [],
      [
        "  \"time\": <timed>,",
        "  \"execution\": <name>,",
        "  \"look\": \"${local.execution_url}\"",
        "}",
      ],
    ))
  }

  dead_letter_config {
    arn = var.dead_letter_queue_arn
  }
}
