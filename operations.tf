locals {
  notifications_name = "${var.name}-deployment"

  # The trigger's role may send to the queue before it is there.
  lost_invocations_name = "${var.name}-lost-invocations"
  lost_invocations_arn  = var.keep_lost_invocations ? "${local.arn_prefix}:sqs:${local.regional_scope}:${local.lost_invocations_name}" : null

  lost_notifications_name = "${var.name}-lost-notifications"

  # As the module names the rules; here, because what they cannot deliver needs its queue before they are there.
  notification_rule_arns = [
    for outcome in flatten([for given in var.notifications[*] : sort(given.outcomes)]) :
    "${local.arn_prefix}:events:${local.regional_scope}:rule/${local.notifications_name}-${replace(outcome, "_", "-")}"
  ]
  creates_topic = var.notifications == null ? false : var.notifications.topic_arn == null

  # As the modules name what no template may change; here, because the roles come before it.
  alarms = var.alarms_enabled ? concat(
    ["executions-timed-out", "executions-throttled", "trigger-errors", "trigger-throttles"],
    contains(flatten([for given in var.notifications[*] : given.outcomes]), "needs_operator") ? ["deployment-needs-operator"] : [],
    var.keep_lost_invocations ? ["lost-invocations"] : [],
    var.notifications == null ? [] : ["lost-notifications"],
  ) : []
  protected_arns = concat(
    local.notification_rule_arns,
    local.creates_topic ? ["${local.arn_prefix}:sns:${local.regional_scope}:${local.notifications_name}"] : [],
    local.lost_invocations_arn[*],
    var.notifications == null ? [] : ["${local.arn_prefix}:sqs:${local.regional_scope}:${local.lost_notifications_name}"],
    [for alarm in local.alarms : "${local.arn_prefix}:cloudwatch:${local.regional_scope}:alarm:${var.name}-${alarm}"],
    var.dashboard_enabled ? ["${local.arn_prefix}:cloudwatch::${local.account_id}:dashboard/${var.name}"] : [],
    try(var.pipeline_source.codecommit.create_repository, false) ? [local.repository_arn] : [],
  )
}

# An invocation that Lambda gives up leaves a pipeline's action without an answer. Its event has credentials of CodePipeline,
# which soon expire: it is kept for a day, no longer.
module "lost_invocations" {
  source = "./modules/dead_letter_queue"
  count  = var.keep_lost_invocations ? 1 : 0

  name                      = local.lost_invocations_name
  message_retention_seconds = 86400
}

module "lost_notifications" {
  source = "./modules/dead_letter_queue"
  count  = var.notifications == null ? 0 : 1

  name            = local.lost_notifications_name
  event_rule_arns = local.notification_rule_arns
}

module "notifications" {
  source = "./modules/notifications"
  count  = var.notifications == null ? 0 : 1

  name       = local.notifications_name
  account_id = local.account_id
  partition  = local.partition
  region     = var.region

  state_machine_arn     = local.state_machine_arn
  topic_arn             = var.notifications.topic_arn
  emails                = var.notifications.emails
  outcomes              = var.notifications.outcomes
  kms_key_arn           = local.kms_key_arn
  alarm_name_prefix     = "${var.name}-"
  dead_letter_queue_arn = module.lost_notifications[0].arn
}

module "monitoring" {
  source = "./modules/monitoring"

  name   = var.name
  region = var.region

  alarms_enabled    = var.alarms_enabled
  dashboard_enabled = var.dashboard_enabled

  state_machine_arn        = local.state_machine_arn
  trigger_function_name    = local.functions.trigger.name
  function_log_group_names = { for key, function in local.functions : function.name => module.function[key].log_group_name }
  topic_arn                = one(module.notifications[*].topic_arn)
  needs_operator_rule_name = try(module.notifications[0].rule_names["needs_operator"], null)
  dead_letter_queue_names = merge(
    { for name in module.lost_invocations[*].name : "lost-invocations" => name },
    { for name in module.lost_notifications[*].name : "lost-notifications" => name },
  )
}
