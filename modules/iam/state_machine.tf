locals {
  state_machine_statements = concat(
    [
      {
        # Executions that began before an upgrade invoke earlier versions.
        Sid      = "InvokeTasks"
        Effect   = "Allow"
        Action   = "lambda:InvokeFunction"
        Resource = [for key in sort(keys(var.functions)) : "${var.functions[key].arn}:*" if key != "trigger"]
      },
      {
        # Log deliveries have no resource-level permissions: Step Functions Developer Guide, "Logging in CloudWatch Logs".
        Sid    = "DeliverLog"
        Effect = "Allow"
        Action = [
          "logs:CreateLogDelivery",
          "logs:DeleteLogDelivery",
          "logs:DescribeLogGroups",
          "logs:DescribeResourcePolicies",
          "logs:GetLogDelivery",
          "logs:ListLogDeliveries",
          "logs:PutResourcePolicy",
          "logs:UpdateLogDelivery",
        ]
        Resource = "*"
      },
    ],
    var.tracing_enabled ? [
      {
        # Neither has X-Ray: Step Functions Developer Guide, "Tracing with X-Ray".
        Sid    = "Trace"
        Effect = "Allow"
        Action = [
          "xray:GetSamplingRules",
          "xray:GetSamplingTargets",
          "xray:PutTelemetryRecords",
          "xray:PutTraceSegments",
        ]
        Resource = "*"
      },
    ] : [],
  )
}

resource "aws_iam_role" "state_machine" {
  name               = var.roles.state_machine.name
  description        = "Role of the state machine ${var.state_machine.name}."
  assume_role_policy = local.trust_policies.states

  path                 = var.role_path
  permissions_boundary = var.permissions_boundary_arn
}

resource "aws_iam_role_policy" "state_machine" {
  name = "state-machine"
  role = aws_iam_role.state_machine.name

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = local.state_machine_statements
  })
}
