# Step Functions sends an event to EventBridge for each change of an execution's status. The event of a failed execution
# has its error and cause (Step Functions Developer Guide, "Automating Step Functions event delivery with EventBridge").
# The names of errors, which are part of the contract, distinguish the outcomes.

locals {
  named_errors = {
    rejected       = "Changegate.Rejected"
    rolled_back    = "Changegate.RolledBack"
    needs_operator = "Changegate.NeedsOperator"
    misconfigured  = "Changegate.Misconfigured"
  }

  # The executions of each outcome, and the message about them. "failed" has none of the named errors.
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
      todo   = "Read the cause. Change the template, or allow the loss in the policy."
    }
    rolled_back = {
      detail = { status = ["FAILED"], error = [local.named_errors.rolled_back] }
      what   = "CloudFormation rolled back a deployment."
      todo   = "Fix what the cause names and deploy again."
    }
    needs_operator = {
      detail = { status = ["FAILED"], error = [local.named_errors.needs_operator] }
      what   = "A deployment needs a person, who must act before the stack can be deployed to again."
      todo   = "Do what the cause says and deploy again."
    }
    misconfigured = {
      detail = { status = ["FAILED"], error = [local.named_errors.misconfigured] }
      what   = "A deployment failed because of a wrong input, revision, template or permission."
      todo   = "Fix what the cause names and deploy again."
    }
    failed = {
      detail = { status = ["FAILED"], error = [{ anything-but = sort(values(local.named_errors)) }] }
      what   = "A deployment failed with an error that has no name."
      todo   = "Look at the execution and at the stack: an update may still be running."
    }
    timed_out = {
      detail = { status = ["TIMED_OUT"] }
      what   = "A deployment reached the timeout of the state machine."
      todo   = "Look at the stack: the CloudFormation operation may still be running. Deploy again when it has finished."
    }
    aborted = {
      detail = { status = ["ABORTED"] }
      what   = "Someone stopped a deployment."
      todo   = "Look at the stack: the CloudFormation operation may still be running."
    }
    # Before there is an execution: events of the pipelines' actions (CodePipeline User Guide, "Monitoring CodePipeline
    # events").
    source_failed = {
      detail = { state = ["FAILED"], type = { category = ["Source"] } }
      what   = "A pipeline could not fetch a revision; nothing was deployed."
      todo   = "Read the error of the Source action in CodePipeline: the connection, the repository, the branch, or a permission."
    }
    # An action that fails with its execution names it: FailureDetails.externalExecutionId, CodePipeline API reference. The
    # event has no id otherwise, or one of Lambda's.
    not_started = {
      detail = {
        state = ["FAILED"]
        type  = { category = ["Invoke"] }
        "$or" = [
          { execution-result = { external-execution-id = [{ exists = false }] } },
          { execution-result = { external-execution-id = [{ anything-but = { prefix = "arn:" } }] } },
        ]
      }
      what  = "A pipeline could not start a deployment; nothing was deployed."
      todo  = "Read the error of the action in CodePipeline, and the log of the trigger: the input, a permission, or no answer."
      cause = "$.detail.execution-result.external-execution-summary"
    }
    approval_waiting = {
      detail = { state = ["STARTED"], type = { category = ["Approval"] } }
      what   = "A pipeline waits for an approval."
      todo   = "Approve or reject it in CodePipeline."
    }
  }

  # What an outcome is about: an execution of the state machine, or an action of a pipeline.
  subjects = {
    for outcome, of in local.outcomes : outcome => can(of.detail.type) ? {
      source      = "aws.codepipeline"
      detail_type = "CodePipeline Action Execution State Change"
      filter      = jsonencode({ pipeline = [{ suffix = var.pipeline_name_suffix }] })
      paths       = { name = "$.detail.execution-id", pipeline = "$.detail.pipeline", timed = "$.time" }
      look        = "${local.console_url}/codesuite/codepipeline/pipelines/<pipeline>/view?region=${var.region}"
      } : {
      source      = "aws.states"
      detail_type = "Step Functions Execution Status Change"
      filter      = jsonencode({ stateMachineArn = [var.state_machine_arn] })
      paths       = { arn = "$.detail.executionArn", name = "$.detail.name", timed = "$.time" }
      look        = "${local.console_url}/states/home?region=${var.region}#/v2/executions/details/<arn>"
    }
  }

  # The paths of what tells why, of an execution that failed or of an action: fields of the message.
  reasons = {
    for outcome, of in local.outcomes : outcome => can(of.detail.error) ? {
      error = "$.detail.error"
      cause = "$.detail.cause"
    } : { for path in [try(of.cause, null)] : "cause" => path if path != null }
  }

  console = {
    aws        = "console.aws.amazon.com"
    aws-cn     = "console.amazonaws.cn"
    aws-us-gov = "console.amazonaws-us-gov.com"
  }
  console_url = "https://${lookup(local.console, var.partition, local.console.aws)}"
}

resource "aws_cloudwatch_event_rule" "outcome" {
  for_each = var.rule_names

  name        = each.value
  description = local.outcomes[each.key].what

  event_pattern = jsonencode({
    source      = [local.subjects[each.key].source]
    detail-type = [local.subjects[each.key].detail_type]
    detail      = merge(jsondecode(local.subjects[each.key].filter), local.outcomes[each.key].detail)
  })
}

resource "aws_cloudwatch_event_target" "topic" {
  for_each = var.rule_names

  rule      = aws_cloudwatch_event_rule.outcome[each.key].name
  target_id = "topic"
  arn       = local.topic_arn

  # JSON, because a cause is Lambda's error object as a string, which is full of quotes. EventBridge quotes a variable that
  # is a separate value, so that the result is JSON (EventBridge User Guide, "Amazon EventBridge input transformation"). Inside
  # quotes, it would insert the value as it is. The execution's input and output are omitted: they can hold parameters.
  input_transformer {
    input_paths = merge(local.subjects[each.key].paths, local.reasons[each.key])

    # Not jsonencode, which would escape the angle brackets.
    input_template = join("\n", concat(
      [
        "{",
        "  \"what\": \"${local.outcomes[each.key].what}\",",
        "  \"todo\": \"${local.outcomes[each.key].todo}\",",
      ],
      [for name in ["error", "cause"] : "  \"${name}\": <${name}>," if contains(keys(local.reasons[each.key]), name)],
      [
        "  \"time\": <timed>,",
        "  \"execution\": <name>,",
        "  \"look\": \"${local.subjects[each.key].look}\"",
        "}",
      ],
    ))
  }

  dead_letter_config {
    arn = var.dead_letter_queue_arn
  }
}
