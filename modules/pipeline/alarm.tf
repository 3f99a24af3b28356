# With a connection there is no rule, and no alarm.
resource "aws_cloudwatch_metric_alarm" "source" {
  count = var.engine.alarms == null ? 0 : length(local.event_patterns)

  alarm_name        = format(var.engine.names.source_alarm, var.key)
  alarm_description = "EventBridge could not start the pipeline for a new revision, so that nothing was deployed. Look at the role of the rule, and start the pipeline by hand."

  namespace   = "AWS/Events"
  metric_name = "FailedInvocations"
  dimensions  = { RuleName = aws_cloudwatch_event_rule.revision[count.index].name }
  statistic   = "Sum"
  period      = 300

  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  evaluation_periods  = 1
  # The metric has no data points while nothing fails.
  treat_missing_data = "notBreaching"

  alarm_actions = var.engine.alarms.topic_arn[*]
}
