locals {
  creates_topic = var.notifications == null ? false : var.notifications.topic_arn == null

  # The alarms that are created.
  alarms = var.alarms_enabled ? concat(
    ["executions-timed-out", "executions-throttled", "trigger-errors", "trigger-throttles"],
    contains(keys(local.notification_rule_names), "needs_operator") ? ["deployment-needs-operator"] : [],
    var.keep_lost_invocations ? ["lost-invocations"] : [],
    var.notifications == null ? [] : ["lost-notifications"],
  ) : []

  # What no template may change, next to what module.iam knows itself.
  protected_arns = concat(
    local.notification_rule_arns,
    local.creates_topic ? [local.topic_arn] : [],
    var.keep_lost_invocations ? [local.lost_invocations_arn] : [],
    var.notifications == null ? [] : [local.lost_notifications_arn],
    local.alarm_arns,
    var.dashboard_enabled ? [local.dashboard_arn] : [],
    try(var.pipeline_source.codecommit.create_repository, false) ? [local.repository_arn] : [],
  )
}
