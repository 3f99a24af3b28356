locals {
  # The roles that functions may pass to CloudFormation.
  deployment_role_arns = distinct(concat(
    length(local.own_deployments) > 0 ? [var.roles.cloudformation.arn] : [],
    [for d in local.own_deployments : d.role_arn if d.role_arn != null],
  ))

  # Without the right to list, S3 answers "access denied" for a missing object.
  find_objects_statement = {
    Sid      = "TellMissingFromDenied"
    Effect   = "Allow"
    Action   = "s3:ListBucket"
    Resource = var.bucket_arn
  }

  # What the functions that pass a template to CloudFormation need in addition to the call itself.
  template_statements = [
    local.find_objects_statement,
    {
      Sid      = "ReadRevision"
      Effect   = "Allow"
      Action   = "s3:GetObject"
      Resource = local.artifact_object_arns
    },
    {
      # CloudFormation reads the template with the rights of the caller that names it.
      Sid      = "HandOverTemplate"
      Effect   = "Allow"
      Action   = ["s3:GetObject", "s3:PutObject"]
      Resource = local.template_object_arns
    },
    local.pass_role_statement,
  ]

  pass_role_statement = {
    Sid       = "PassDeploymentRole"
    Effect    = "Allow"
    Action    = "iam:PassRole"
    Resource  = local.deployment_role_arns
    Condition = { StringEquals = { "iam:PassedToService" = "cloudformation.amazonaws.com" } }
  }

  # The rights of each function to anything but stacks, by its key. Those to stacks are in stacks.tf. CONTRIBUTING.md, "Add
  # a state".
  function_statements = {
    trigger = [
      local.find_objects_statement,
      {
        Sid      = "ReadInput"
        Effect   = "Allow"
        Action   = "s3:GetObject"
        Resource = local.input_object_arns
      },
      {
        Sid      = "StartExecution"
        Effect   = "Allow"
        Action   = "states:StartExecution"
        Resource = var.state_machine.arn
      },
      {
        Sid      = "FollowExecution"
        Effect   = "Allow"
        Action   = "states:DescribeExecution"
        Resource = var.state_machine.execution_arns
      },
      {
        # No resource-level permissions: Service Authorization Reference, AWS CodePipeline.
        Sid      = "AnswerJob"
        Effect   = "Allow"
        Action   = ["codepipeline:PutJobFailureResult", "codepipeline:PutJobSuccessResult"]
        Resource = "*"
      },
      {
        # Lambda sends lost invocations with the function's role: Lambda Developer Guide, "Capturing records of Lambda
        # asynchronous invocations".
        Sid      = "KeepLostInvocation"
        Effect   = "Allow"
        Action   = "sqs:SendMessage"
        Resource = var.lost_invocation_queue_arn[*]
      },
    ]

    create_stack      = local.template_statements
    create_change_set = local.template_statements

    delete_failed_stack = [
      merge(local.pass_role_statement, {
        Resource = anytrue(local.own_deployments[*].recreate_failed_stack) ? local.deployment_role_arns : []
      }),
    ]

    inspect_change_set_changes = [
      {
        Sid      = "KeepVerdict"
        Effect   = "Allow"
        Action   = "s3:PutObject"
        Resource = local.verdict_object_arns
      },
    ]
  }

  functions_with_rights = keys(merge(local.function_statements, local.stack_actions))

  # With a target role, functions call CloudFormation as that role.
  assume_role_statement = {
    Sid      = "AssumeTargetRole"
    Effect   = "Allow"
    Action   = "sts:AssumeRole"
    Resource = var.target_role_arns
  }

  # Each function writes to its own log group. The group exists before the function, which cannot create one.
  function_log_statements = {
    for key, function in var.functions : key => {
      Sid      = "WriteLog"
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = "${function.log_group_arn}:*"
    }
  }

  # Lambda sends a function's traces with these actions (Lambda Developer Guide, "Visualize Lambda function invocations
  # using AWS X-Ray"). They have no resource-level permissions (Service Authorization Reference, AWS X-Ray).
  trace_statements = var.tracing_enabled ? [
    {
      Sid      = "Trace"
      Effect   = "Allow"
      Action   = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
      Resource = "*"
    },
  ] : []

  # What does not grow with the stacks. A statement without resources is omitted: no deployment uses what it allows.
  fixed_statements = {
    for key in keys(var.functions) : key => [
      for statement in concat(
        [local.function_log_statements[key]],
        try(local.function_statements[key], []),
        local.change_set_statements[key],
        local.function_key_statements[key],
        key == "trigger" ? [] : [local.assume_role_statement],
        local.trace_statements,
      ) : statement if length(flatten([statement.Resource])) > 0
    ]
  }

  function_policies = {
    for key in keys(var.functions) : key => jsonencode({
      Version   = "2012-10-17"
      Statement = concat(local.fixed_statements[key], local.inline_pieces[key])
    })
  }
}

resource "aws_iam_role" "function" {
  for_each = var.functions

  name               = each.value.role.name
  description        = "Role of the function ${each.value.name}."
  assume_role_policy = local.trust_policies.lambda

  path                 = var.role_path
  permissions_boundary = var.permissions_boundary_arn
}

resource "aws_iam_role_policy" "function" {
  for_each = var.functions

  name   = "function"
  role   = aws_iam_role.function[each.key].name
  policy = local.function_policies[each.key]

  lifecycle {
    precondition {
      condition     = length(local.function_policies[each.key]) + length(local.function_denials[each.key]) <= local.policy_size_limit
      error_message = "The rights of a function that do not depend on stacks are larger than IAM accepts (${local.policy_size_limit} characters): there are too many pipelines, deployment roles and roles of targets. Split the pipelines between two engines with different names."
    }

    precondition {
      condition     = length(local.stack_policies[each.key]) <= local.managed_policies_per_role
      error_message = "The rights of a function to its stacks need ${length(local.stack_policies[each.key])} managed policies, and a role takes ${local.managed_policies_per_role}: there are too many stacks. Split the pipelines between two engines with different names."
    }
  }
}
