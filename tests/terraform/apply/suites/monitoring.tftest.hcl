variables {
  alarm_names = {
    for key in [
      "executions-timed-out",
      "executions-throttled",
      "trigger-errors",
      "trigger-throttles",
      "deployment-needs-operator",
      "lost-invocations",
      "lost-notifications",
    ] : key => "monitoring-suite-${key}"
  }
  dashboard_name        = "monitoring-suite"
  region                = "eu-west-1"
  state_machine_arn     = "arn:aws:states:eu-west-1:000000000000:stateMachine:monitoring-suite-deploy"
  trigger_function_name = "monitoring-suite-trigger"
  function_log_group_names = {
    monitoring-suite-trigger      = "/aws/lambda/monitoring-suite-trigger"
    monitoring-suite-create-stack = "/aws/lambda/monitoring-suite-create-stack"
  }
  topic_arn                = "arn:aws:sns:eu-west-1:000000000000:monitoring-suite-deployment"
  needs_operator_rule_name = "monitoring-suite-deployment-needs-operator"
  dead_letter_queue_names = {
    lost-invocations   = "monitoring-suite-lost-invocations"
    lost-notifications = "monitoring-suite-lost-notifications"
  }
}

run "makes_them" {
  module {
    source = "./modules/monitoring"
  }

  # The topic's policy has a pattern for these ARNs.
  assert {
    condition = alltrue([
      for alarm in aws_cloudwatch_metric_alarm.this :
      startswith(alarm.arn, "arn:aws:cloudwatch:eu-west-1:000000000000:alarm:monitoring-suite-")
    ])
    error_message = "Each alarm must have an ARN that the topic's policy allows."
  }

  assert {
    condition     = length(output.alarm_names) == 7 && output.dashboard_name == var.dashboard_name
    error_message = "All alarms and the dashboard must exist."
  }
}

run "again" {
  command = plan

  module {
    source = "./modules/monitoring"
  }
}

run "plans_silent_alarms_in_place" {
  command = plan

  module {
    source = "./modules/monitoring"
  }

  variables {
    topic_arn = null
    function_log_group_names = {
      monitoring-suite-trigger = "/aws/lambda/monitoring-suite-trigger"
    }
  }
}
