locals {
  # Each alarm that can be created, by its key.
  known_alarms = {
    executions-timed-out = {
      namespace  = "AWS/States"
      metric     = "ExecutionsTimedOut"
      statistic  = "Sum"
      dimensions = { StateMachineArn = var.state_machine_arn }
      todo       = "A deployment reached the timeout of the state machine. Look at the stack: the CloudFormation operation may still be running. Deploy again when it has finished. If the timeout was too short, raise execution_timeout_seconds."
    }
    executions-throttled = {
      namespace  = "AWS/States"
      metric     = "ExecutionThrottled"
      statistic  = "Sum"
      dimensions = { StateMachineArn = var.state_machine_arn }
      todo       = "Step Functions throttles the state transitions of the account: deployments continue slowly. If this persists, request a higher quota for state transitions."
    }
    trigger-errors = {
      namespace  = "AWS/Lambda"
      metric     = "Errors"
      statistic  = "Sum"
      dimensions = { FunctionName = var.trigger_function_name }
      todo       = "The trigger failed before it answered CodePipeline. Lambda invokes it twice more. Read its log. If the pipeline's action hangs, stop the pipeline's execution and release the change again."
    }
    trigger-throttles = {
      namespace  = "AWS/Lambda"
      metric     = "Throttles"
      statistic  = "Sum"
      dimensions = { FunctionName = var.trigger_function_name }
      todo       = "Lambda throttles the trigger, and invokes it again for 20 minutes. Raise its reserved concurrency or the concurrency quota of the account."
    }
    deployment-needs-operator = {
      # A rule counts the events that it matches: EventBridge User Guide, "Monitoring Amazon EventBridge".
      namespace  = "AWS/Events"
      metric     = "TriggeredRules"
      statistic  = "Sum"
      dimensions = { RuleName = var.needs_operator_rule_name }
      todo       = "A person must act before a stack can be deployed to again. The cause of the failed execution says what to do."
    }
    lost-invocations = {
      namespace  = "AWS/SQS"
      metric     = "ApproximateNumberOfMessagesVisible"
      statistic  = "Maximum"
      dimensions = { QueueName = lookup(var.dead_letter_queue_names, "lost-invocations", null) }
      todo       = "Lambda gave up an invocation of the trigger. Its job has no answer, and the pipeline's action hangs until CodePipeline fails it. Stop the pipeline's execution, fix what the trigger's log reports, release the change again and delete the message."
    }
    lost-notifications = {
      namespace  = "AWS/SQS"
      metric     = "ApproximateNumberOfMessagesVisible"
      statistic  = "Maximum"
      dimensions = { QueueName = lookup(var.dead_letter_queue_names, "lost-notifications", null) }
      todo       = "The topic did not receive a notification. The attributes of the message say why. Fix the policy of the topic or of its key, look at the execution that the message names, and delete the message."
    }
  }
}

# There is no alarm on failed executions alone: the state machine is there to reject deployments.
resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = var.alarm_names

  alarm_name        = each.value
  alarm_description = local.known_alarms[each.key].todo

  namespace   = local.known_alarms[each.key].namespace
  metric_name = local.known_alarms[each.key].metric
  dimensions  = local.known_alarms[each.key].dimensions
  statistic   = local.known_alarms[each.key].statistic
  period      = 300

  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  evaluation_periods  = 1
  # These metrics have no data points while nothing happens.
  treat_missing_data = "notBreaching"

  alarm_actions = var.topic_arn[*]
}
