locals {
  alarms = var.alarms_enabled ? merge(
    {
      executions-timed-out = {
        namespace  = "AWS/States"
        metric     = "ExecutionsTimedOut"
        statistic  = "Sum"
        dimensions = { StateMachineArn = var.state_machine_arn }
        todo       = "A deployment took longer than the state machine may. Look at the stack: CloudFormation may be going on. Deploy again when it is done, and raise execution_timeout_seconds if that was too short."
      }
      executions-throttled = {
        namespace  = "AWS/States"
        metric     = "ExecutionThrottled"
        statistic  = "Sum"
        dimensions = { StateMachineArn = var.state_machine_arn }
        todo       = "Step Functions throttles the executions of the account: deployments go on, but slowly. Have the quota for state transitions raised if this stays."
      }
      trigger-errors = {
        namespace  = "AWS/Lambda"
        metric     = "Errors"
        statistic  = "Sum"
        dimensions = { FunctionName = var.trigger_function_name }
        todo       = "The trigger failed before it could answer CodePipeline; Lambda invokes it twice more. Read its log. If the pipeline's action hangs, stop the pipeline's execution and release the change again."
      }
      trigger-throttles = {
        namespace  = "AWS/Lambda"
        metric     = "Throttles"
        statistic  = "Sum"
        dimensions = { FunctionName = var.trigger_function_name }
        todo       = "Lambda throttles the trigger; it is invoked again for 20 minutes. Raise its reserved concurrency, or the account's."
      }
    },
    {
      for rule in var.needs_operator_rule_name[*] : "deployment-needs-operator" => {
        # EventBridge User Guide, "Monitoring Amazon EventBridge": a rule counts the events that it matched.
        namespace  = "AWS/Events"
        metric     = "TriggeredRules"
        statistic  = "Sum"
        dimensions = { RuleName = rule }
        todo       = "A stack cannot be deployed to before a person has acted. The cause of the failed execution says what to do."
      }
    },
    {
      for name, todo in {
        lost-invocations   = "An invocation of the trigger was given up: its job was not answered, and the pipeline's action hangs until CodePipeline fails it. Stop the pipeline's execution, mend what the trigger's log says, release the change again, and delete the message."
        lost-notifications = "The topic could not be told of a deployment. The message's attributes say why: mend the policy of the topic or of its key, look at the execution that it names, and delete the message."
        } : name => {
        namespace  = "AWS/SQS"
        metric     = "ApproximateNumberOfMessagesVisible"
        statistic  = "Maximum"
        dimensions = { QueueName = var.dead_letter_queue_names[name] }
        todo       = todo
      } if contains(keys(var.dead_letter_queue_names), name)
    },
  ) : {}
}

# A failed execution alone is no alarm: rejecting what would lose something is what the state machine is for.
resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name        = "${var.name}-${each.key}"
  alarm_description = each.value.todo

  namespace   = each.value.namespace
  metric_name = each.value.metric
  dimensions  = each.value.dimensions
  statistic   = each.value.statistic
  period      = 300

  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  evaluation_periods  = 1
  # None of these metrics has points while nothing happens.
  treat_missing_data = "notBreaching"

  alarm_actions = var.topic_arn[*]
}
