locals {
  # CloudFormation authorises every action below on the stack. A change set's own ARN is listed beside it because the
  # service authorization reference has it as a resource type, and change sets are looked up by ARN. The names of
  # nested stacks, and of their change sets, begin with those of the root.
  stack_arns = flatten([
    for name in var.stack_names : [
      "${local.arn_prefix}:cloudformation:${local.regional_scope}:stack/${name}/*",
      "${local.arn_prefix}:cloudformation:${local.regional_scope}:stack/${name}-*/*",
    ]
  ])
  change_set_arns = [
    # A change set's name has 128 characters at most, the last 13 of which tell executions apart.
    for name in var.stack_names :
    "${local.arn_prefix}:cloudformation:${local.regional_scope}:changeSet/${trim(substr(name, 0, 115), "-")}-*/*"
  ]

  all_change_set_arns = concat(local.stack_arns, local.change_set_arns)

  # Without the right to list, S3 says of a missing object that access to it is denied.
  find_objects_statement = {
    Sid      = "TellMissingFromDenied"
    Effect   = "Allow"
    Action   = "s3:ListBucket"
    Resource = var.bucket_arn
  }

  # What the functions that hand a template to CloudFormation need beside the call itself.
  template_statements = [
    local.find_objects_statement,
    {
      Sid      = "ReadRevision"
      Effect   = "Allow"
      Action   = ["s3:GetObject", "s3:GetObjectVersion"]
      Resource = local.artifact_object_arns
    },
    {
      # CloudFormation reads the template with the rights of whoever names it.
      Sid      = "HandOverTemplate"
      Effect   = "Allow"
      Action   = ["s3:GetObject", "s3:PutObject"]
      Resource = local.template_object_arns
    },
    {
      Sid       = "PassDeploymentRole"
      Effect    = "Allow"
      Action    = "iam:PassRole"
      Resource  = local.cloudformation_arn
      Condition = { StringEquals = { "iam:PassedToService" = "cloudformation.amazonaws.com" } }
    },
  ]

  # With any other role, or none, CloudFormation would deploy with somebody else's rights.
  deployment_role_condition = { StringEquals = { "cloudformation:RoleArn" = local.cloudformation_arn } }

  read_stack_statement = {
    Sid      = "ReadStack"
    Effect   = "Allow"
    Action   = ["cloudformation:DescribeStackEvents", "cloudformation:DescribeStacks"]
    Resource = local.stack_arns
  }

  read_change_set_statement = {
    Sid      = "ReadChangeSet"
    Effect   = "Allow"
    Action   = "cloudformation:DescribeChangeSet"
    Resource = local.all_change_set_arns
  }

  function_statements = {
    trigger = [
      local.find_objects_statement,
      {
        Sid      = "ReadInput"
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:GetObjectVersion"]
        Resource = local.input_object_arns
      },
      {
        Sid      = "StartExecution"
        Effect   = "Allow"
        Action   = "states:StartExecution"
        Resource = local.state_machine_arn
      },
      {
        Sid      = "FollowExecution"
        Effect   = "Allow"
        Action   = "states:DescribeExecution"
        Resource = local.execution_arns
      },
      {
        # These actions have no resource to name: service authorization reference, CodePipeline.
        Sid      = "AnswerJob"
        Effect   = "Allow"
        Action   = ["codepipeline:PutJobFailureResult", "codepipeline:PutJobSuccessResult"]
        Resource = "*"
      },
    ]

    check_stack_existence = [
      {
        Sid      = "FindStack"
        Effect   = "Allow"
        Action   = "cloudformation:DescribeStacks"
        Resource = local.stack_arns
      },
    ]

    create_stack = concat(local.template_statements, [
      {
        Sid       = "CreateStack"
        Effect    = "Allow"
        Action    = "cloudformation:CreateStack"
        Resource  = local.stack_arns
        Condition = local.deployment_role_condition
      },
      {
        Sid      = "TagStack"
        Effect   = "Allow"
        Action   = "cloudformation:TagResource"
        Resource = local.stack_arns
      },
      # When the stack exists all the same: whose is it?
      local.read_stack_statement,
    ])

    get_stack_creation_status = [local.read_stack_statement]

    create_change_set = concat(local.template_statements, [
      {
        Sid       = "CreateChangeSet"
        Effect    = "Allow"
        Action    = "cloudformation:CreateChangeSet"
        Resource  = local.all_change_set_arns
        Condition = local.deployment_role_condition
      },
      {
        Sid      = "ReadAndTag"
        Effect   = "Allow"
        Action   = ["cloudformation:DescribeChangeSet", "cloudformation:TagResource"]
        Resource = local.all_change_set_arns
      },
    ])

    get_change_set_creation_status = [local.read_change_set_statement]

    inspect_change_set_changes = [
      {
        Sid      = "Inspect"
        Effect   = "Allow"
        Action   = "cloudformation:DescribeChangeSet"
        Resource = local.all_change_set_arns
      },
      {
        Sid      = "KeepVerdict"
        Effect   = "Allow"
        Action   = "s3:PutObject"
        Resource = local.verdict_object_arns
      },
    ]

    # No other function may execute a change set.
    execute_change_set = [
      {
        Sid      = "Execute"
        Effect   = "Allow"
        Action   = ["cloudformation:DescribeChangeSet", "cloudformation:ExecuteChangeSet"]
        Resource = local.all_change_set_arns
      },
    ]

    get_change_set_execution_status = [local.read_stack_statement, local.read_change_set_statement]

    delete_change_set = [
      {
        Sid      = "Delete"
        Effect   = "Allow"
        Action   = ["cloudformation:DeleteChangeSet", "cloudformation:DescribeChangeSet"]
        Resource = local.all_change_set_arns
      },
    ]
  }

  # Each function writes to its own log group, which exists before it: it need not, and cannot, create one.
  function_log_statements = {
    for key, name in var.function_names : key => {
      Sid      = "WriteLog"
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = "${local.arn_prefix}:logs:${local.regional_scope}:log-group:/aws/lambda/${name}:*"
    }
  }

  function_policies = {
    for key, statements in local.function_statements : key => jsonencode({
      Version   = "2012-10-17"
      Statement = concat([local.function_log_statements[key]], statements)
    })
  }
}

resource "aws_iam_role" "function" {
  for_each = var.function_names

  name               = each.value
  description        = "Role of the function ${each.value}."
  assume_role_policy = local.trust_policies.lambda
}

resource "aws_iam_role_policy" "function" {
  for_each = var.function_names

  name   = "function"
  role   = aws_iam_role.function[each.key].name
  policy = local.function_policies[each.key]

  lifecycle {
    precondition {
      condition     = length(local.function_policies[each.key]) <= local.policy_size_limit
      error_message = local.policy_too_large_error
    }
  }
}
