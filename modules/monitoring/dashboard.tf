locals {
  width  = 12 # of 24 columns
  height = 6

  # Metrics have the form of "Dashboard body structure and syntax", CloudWatch API reference.
  graphs = [
    {
      title     = "Deployments"
      statistic = "Sum"
      metrics = [
        for metric in ["ExecutionsStarted", "ExecutionsSucceeded", "ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted", "ExecutionThrottled"] :
        ["AWS/States", metric, "StateMachineArn", var.state_machine_arn]
      ]
    },
    {
      title     = "Longest deployments (milliseconds)"
      statistic = "Maximum"
      metrics   = [["AWS/States", "ExecutionTime", "StateMachineArn", var.state_machine_arn]]
    },
    {
      # They include named errors, which end a deployment.
      title     = "Errors of functions"
      statistic = "Sum"
      metrics   = [for name in local.function_names : ["AWS/Lambda", "Errors", "FunctionName", name]]
    },
    {
      title     = "Throttles of functions"
      statistic = "Sum"
      metrics   = [for name in local.function_names : ["AWS/Lambda", "Throttles", "FunctionName", name]]
    },
  ]

  function_names = sort(keys(var.function_log_group_names))
  log_groups     = join(" | ", [for name in local.function_names : "SOURCE '${var.function_log_group_names[name]}'"])

  widgets = concat(
    [
      for index, graph in local.graphs : {
        type   = "metric"
        x      = index % 2 * local.width
        y      = floor(index / 2) * local.height
        width  = local.width
        height = local.height
        properties = {
          title   = graph.title
          region  = var.region
          view    = "timeSeries"
          stat    = graph.statistic
          period  = 300
          metrics = graph.metrics
        }
      }
    ],
    [
      {
        type   = "log"
        x      = 0
        y      = 2 * local.height
        width  = 2 * local.width
        height = local.height
        properties = {
          title  = "Named errors and their messages"
          region = var.region
          view   = "table"
          # The fields that Lambda logs for an exception that ends an invocation.
          query = "${local.log_groups} | fields @timestamp, errorType, errorMessage, @log | filter errorType like /^Changegate\\./ | sort @timestamp desc | limit 50"
        }
      },
    ],
  )
}

resource "aws_cloudwatch_dashboard" "this" {
  count = var.dashboard_name == null ? 0 : 1

  dashboard_name = var.dashboard_name
  dashboard_body = jsonencode({ widgets = local.widgets })
}
