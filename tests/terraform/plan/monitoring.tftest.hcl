mock_provider "aws" {
  source = "./tests/terraform/plan/mocks"
}

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
    ] : key => "changegate-${key}"
  }
  dashboard_name        = "changegate"
  region                = "eu-west-1"
  state_machine_arn     = "arn:aws:states:eu-west-1:111122223333:stateMachine:changegate-deploy"
  trigger_function_name = "changegate-trigger"
  function_log_group_names = {
    changegate-trigger      = "/aws/lambda/changegate-trigger"
    changegate-create-stack = "/aws/lambda/changegate-create-stack"
  }
  topic_arn                = "arn:aws:sns:eu-west-1:111122223333:changegate-deployment"
  needs_operator_rule_name = "changegate-deployment-needs-operator"
  dead_letter_queue_names = {
    lost-invocations   = "changegate-lost-invocations"
    lost-notifications = "changegate-lost-notifications"
  }
}

run "watches_what_a_person_must_see_to" {
  command = plan

  module {
    source = "./modules/monitoring"
  }

  assert {
    condition = {
      for alarm in aws_cloudwatch_metric_alarm.this :
      alarm.alarm_name => "${alarm.namespace} ${alarm.metric_name} ${alarm.statistic} ${jsonencode(alarm.dimensions)}"
      } == {
      changegate-executions-timed-out      = "AWS/States ExecutionsTimedOut Sum ${jsonencode({ StateMachineArn = var.state_machine_arn })}"
      changegate-executions-throttled      = "AWS/States ExecutionThrottled Sum ${jsonencode({ StateMachineArn = var.state_machine_arn })}"
      changegate-trigger-errors            = "AWS/Lambda Errors Sum ${jsonencode({ FunctionName = "changegate-trigger" })}"
      changegate-trigger-throttles         = "AWS/Lambda Throttles Sum ${jsonencode({ FunctionName = "changegate-trigger" })}"
      changegate-deployment-needs-operator = "AWS/Events TriggeredRules Sum ${jsonencode({ RuleName = "changegate-deployment-needs-operator" })}"
      changegate-lost-invocations          = "AWS/SQS ApproximateNumberOfMessagesVisible Maximum ${jsonencode({ QueueName = "changegate-lost-invocations" })}"
      changegate-lost-notifications        = "AWS/SQS ApproximateNumberOfMessagesVisible Maximum ${jsonencode({ QueueName = "changegate-lost-notifications" })}"
    }
    error_message = "There must be an alarm on everything that needs a person."
  }

  assert {
    condition = alltrue([
      for alarm in aws_cloudwatch_metric_alarm.this : (
        alarm.threshold == 1 && alarm.evaluation_periods == 1 && alarm.treat_missing_data == "notBreaching" &&
        alarm.comparison_operator == "GreaterThanOrEqualToThreshold"
      )
    ])
    error_message = "One occurrence must raise an alarm; without any, there must be none."
  }
}

run "alarms_tell_the_topic_what_to_do" {
  command = plan

  module {
    source = "./modules/monitoring"
  }

  assert {
    condition = alltrue([
      for alarm in aws_cloudwatch_metric_alarm.this :
      alarm.alarm_actions == toset(["arn:aws:sns:eu-west-1:111122223333:changegate-deployment"]) &&
      length(alarm.alarm_description) > 60 && length(alarm.alarm_description) <= 1024
    ])
    error_message = "Alarms must notify the topic, with a description that says what to do."
  }
}

run "does_without_topic_rule_and_queues" {
  command = plan

  module {
    source = "./modules/monitoring"
  }

  variables {
    topic_arn = null
    alarm_names = {
      for key in ["executions-timed-out", "executions-throttled", "trigger-errors", "trigger-throttles"] : key => "changegate-${key}"
    }
    needs_operator_rule_name = null
    dead_letter_queue_names  = {}
  }

  assert {
    condition = output.alarm_names == tolist([
      "changegate-executions-throttled",
      "changegate-executions-timed-out",
      "changegate-trigger-errors",
      "changegate-trigger-throttles",
    ]) && alltrue([for alarm in aws_cloudwatch_metric_alarm.this : try(length(alarm.alarm_actions), 0) == 0])
    error_message = "Only the named alarms must exist, and without a topic they must have no action."
  }
}

run "shows_deployments_functions_and_named_errors" {
  command = plan

  module {
    source = "./modules/monitoring"
  }

  assert {
    condition = [for widget in jsondecode(aws_cloudwatch_dashboard.this[0].dashboard_body).widgets : widget.properties.title] == [
      "Deployments",
      "Longest deployments (milliseconds)",
      "Errors of functions",
      "Throttles of functions",
      "Named errors and their messages",
    ]
    error_message = "The dashboard must show all widgets."
  }

  assert {
    condition = (
      jsondecode(aws_cloudwatch_dashboard.this[0].dashboard_body).widgets[2].properties.metrics == [
        ["AWS/Lambda", "Errors", "FunctionName", "changegate-create-stack"],
        ["AWS/Lambda", "Errors", "FunctionName", "changegate-trigger"],
      ] &&
      startswith(
        jsondecode(aws_cloudwatch_dashboard.this[0].dashboard_body).widgets[4].properties.query,
        "SOURCE '/aws/lambda/changegate-create-stack' | SOURCE '/aws/lambda/changegate-trigger' | fields ",
      )
    )
    error_message = "The dashboard must show each function."
  }

  # No two widgets overlap.
  assert {
    condition = length(distinct([
      for widget in jsondecode(aws_cloudwatch_dashboard.this[0].dashboard_body).widgets : "${widget.x} ${widget.y}"
    ])) == 5
    error_message = "Each widget must have its own place."
  }
}

run "can_be_switched_off" {
  command = plan

  module {
    source = "./modules/monitoring"
  }

  variables {
    alarm_names    = {}
    dashboard_name = null
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.this) == 0 && length(aws_cloudwatch_dashboard.this) == 0 && output.dashboard_name == null
    error_message = "There must be neither alarms nor a dashboard."
  }
}

run "refuses_what_is_none" {
  command = plan

  module {
    source = "./modules/monitoring"
  }

  variables {
    dashboard_name           = "a name"
    state_machine_arn        = "arn:aws:states:eu-west-1:111122223333:stateMachine:*"
    function_log_group_names = {}
    dead_letter_queue_names  = { other = "changegate-other" }
  }

  expect_failures = [
    var.dashboard_name,
    var.state_machine_arn,
    var.function_log_group_names,
    var.dead_letter_queue_names,
  ]
}

run "refuses_alarms_on_what_does_not_exist" {
  command = plan

  module {
    source = "./modules/monitoring"
  }

  variables {
    needs_operator_rule_name = null
    dead_letter_queue_names  = { lost-notifications = "changegate-lost-notifications" }
  }

  expect_failures = [var.alarm_names]
}

run "refuses_an_unknown_alarm" {
  command = plan

  module {
    source = "./modules/monitoring"
  }

  variables {
    alarm_names = { other = "changegate-other" }
  }

  expect_failures = [var.alarm_names]
}
