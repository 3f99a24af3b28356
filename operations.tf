locals {
  creates_topic = var.notifications == null ? false : var.notifications.topic_arn == null

  # The alarms that are created.
  alarms = var.alarms_enabled ? concat(
    ["executions-timed-out", "executions-throttled", "trigger-errors", "trigger-throttles"],
    contains(keys(local.notification_rule_names), "needs_operator") ? ["deployment-needs-operator"] : [],
    var.keep_lost_invocations ? ["lost-invocations"] : [],
    var.notifications == null ? [] : ["lost-notifications"],
  ) : []
}
