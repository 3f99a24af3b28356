locals {
  # Deployments without a role to assume are made with the functions' own rights; the others need none here but the right
  # to assume that role.
  own_deployments  = [for d in var.deployments : merge(d, { region = coalesce(d.region, var.region) }) if d.target_role_arn == null]
  target_role_arns = distinct([for d in var.deployments : d.target_role_arn if d.target_role_arn != null])

  # The stacks themselves and, of blue/green deployments, their successors. CloudFormation authorises every action below
  # on the stack.
  root_stack_arns = {
    for use, deployments in {
      all        = local.own_deployments
      recreate   = [for d in local.own_deployments : d if d.recreate_failed_stack]
      protect    = [for d in local.own_deployments : d if d.termination_protection]
      set_policy = [for d in local.own_deployments : d if d.set_stack_policy]
      } : use => distinct(flatten([
        for d in deployments : [
          for suffix in d.blue_green ? ["", "-????????"] : [""] :
          "${local.stack_scopes[d.region]}:stack/${d.stack_name}${suffix}/*"
        ]
    ]))
  }

  # And with them the nested ones, whose names begin with those of the root, as those of their change sets do. (So do the
  # names of successors.)
  stack_arns = distinct(flatten([
    for d in local.own_deployments : [
      "${local.stack_scopes[d.region]}:stack/${d.stack_name}/*",
      "${local.stack_scopes[d.region]}:stack/${d.stack_name}-*/*",
    ]
  ]))

  # A change set's own ARN is listed beside the stack's because the service authorization reference has it as a resource
  # type, and change sets are looked up by ARN.
  change_set_arns = distinct([
    # A change set's name has 128 characters at most, the last 13 of which tell executions apart.
    for d in local.own_deployments :
    "${local.stack_scopes[d.region]}:changeSet/${trim(substr(d.stack_name, 0, 115), "-")}-*/*"
  ])

  all_change_set_arns = concat(local.stack_arns, local.change_set_arns)

  stack_scopes = {
    for region in distinct(local.own_deployments[*].region) :
    region => "${local.arn_prefix}:cloudformation:${region}:${var.account_id}"
  }

  # The roles that CloudFormation may be told to deploy with.
  deployment_role_arns = distinct(concat(
    length(local.own_deployments) > 0 ? [local.cloudformation_arn] : [],
    [for d in local.own_deployments : d.role_arn if d.role_arn != null],
  ))

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
      Action   = "s3:GetObject"
      Resource = local.artifact_object_arns
    },
    {
      # CloudFormation reads the template with the rights of whoever names it.
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

  # With any other role, or none, CloudFormation would act with somebody else's rights.
  deployment_role_condition = { ArnEquals = { "cloudformation:RoleArn" = local.deployment_role_arns } }

  read_stack_statement = {
    Sid      = "ReadStack"
    Effect   = "Allow"
    Action   = "cloudformation:DescribeStacks"
    Resource = local.root_stack_arns.all
  }

  # The root cause of a failure can be in a nested stack.
  read_events_statement = {
    Sid      = "ReadEvents"
    Effect   = "Allow"
    Action   = "cloudformation:DescribeStackEvents"
    Resource = local.stack_arns
  }

  # To create a stack with protection takes this right, too: CloudFormation User Guide, "Protecting a stack from being
  # deleted".
  protect_stack_statement = {
    Sid      = "ProtectStack"
    Effect   = "Allow"
    Action   = "cloudformation:UpdateTerminationProtection"
    Resource = local.root_stack_arns.protect
  }

  # The reference says of SetStackPolicy alone that it takes this right; whether CreateStack with a policy does, it leaves
  # open, and UpdateStack with one is known to be refused without it. So the function that creates has it, too.
  set_stack_policy_statement = {
    Sid      = "SetStackPolicy"
    Effect   = "Allow"
    Action   = "cloudformation:SetStackPolicy"
    Resource = local.root_stack_arns.set_policy
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
        Action   = "s3:GetObject"
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
      {
        # Lambda sends with the function's role what it gives up: Lambda Developer Guide, "Capturing records of Lambda
        # asynchronous invocations".
        Sid      = "KeepLostInvocation"
        Effect   = "Allow"
        Action   = "sqs:SendMessage"
        Resource = var.lost_invocation_queue_arn[*]
      },
    ]

    check_stack_existence = [
      {
        Sid      = "LookAtStack"
        Effect   = "Allow"
        Action   = ["cloudformation:DescribeStacks", "cloudformation:ListStackResources"]
        Resource = local.root_stack_arns.all
      },
      local.read_events_statement,
    ]

    # No other function may delete a stack.
    delete_failed_stack = [
      local.read_stack_statement,
      {
        Sid       = "DeleteStack"
        Effect    = "Allow"
        Action    = "cloudformation:DeleteStack"
        Resource  = local.root_stack_arns.recreate
        Condition = local.deployment_role_condition
      },
      merge(local.pass_role_statement, {
        Resource = length(local.root_stack_arns.recreate) > 0 ? local.deployment_role_arns : []
      }),
    ]

    get_stack_deletion_status = [local.read_stack_statement, local.read_events_statement]

    create_stack = concat(local.template_statements, [
      {
        Sid       = "CreateStack"
        Effect    = "Allow"
        Action    = "cloudformation:CreateStack"
        Resource  = local.root_stack_arns.all
        Condition = local.deployment_role_condition
      },
      {
        # Read: when the stack exists all the same, whose is it?
        Sid    = "ReadAndTag"
        Effect = "Allow"
        Action = [
          "cloudformation:DescribeStackEvents",
          "cloudformation:DescribeStacks",
          "cloudformation:TagResource",
        ]
        Resource = local.root_stack_arns.all
      },
      local.protect_stack_statement,
      local.set_stack_policy_statement,
    ])

    get_stack_creation_status = [local.read_stack_statement, local.read_events_statement]

    create_change_set = concat(local.template_statements, [
      {
        Sid       = "CreateChangeSet"
        Effect    = "Allow"
        Action    = "cloudformation:CreateChangeSet"
        Resource  = local.all_change_set_arns
        Condition = local.deployment_role_condition
      },
      {
        Sid      = "Tag"
        Effect   = "Allow"
        Action   = "cloudformation:TagResource"
        Resource = local.all_change_set_arns
      },
      {
        # Delete: failed change sets of former executions, when the stack takes no more.
        Sid    = "ReadAndTidy"
        Effect = "Allow"
        Action = [
          "cloudformation:DeleteChangeSet",
          "cloudformation:DescribeChangeSet",
          "cloudformation:ListChangeSets",
        ]
        Resource = concat(local.root_stack_arns.all, local.change_set_arns)
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
      # When the change set is gone: was it executed?
      {
        Sid      = "ReadStack"
        Effect   = "Allow"
        Action   = ["cloudformation:DescribeStackEvents", "cloudformation:DescribeStacks"]
        Resource = local.root_stack_arns.all
      },
      # A stack that its change set creates is protected here.
      local.protect_stack_statement,
    ]

    get_change_set_execution_status = [
      local.read_stack_statement,
      local.read_events_statement,
      local.read_change_set_statement,
    ]

    delete_change_set = [
      {
        Sid      = "Delete"
        Effect   = "Allow"
        Action   = ["cloudformation:DeleteChangeSet", "cloudformation:DescribeChangeSet"]
        Resource = local.all_change_set_arns
      },
    ]

    set_stack_policy = [local.set_stack_policy_statement]
  }

  # Every function that calls CloudFormation does so as the target's role, where there is one.
  assume_role_statement = {
    Sid      = "AssumeTargetRole"
    Effect   = "Allow"
    Action   = "sts:AssumeRole"
    Resource = local.target_role_arns
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

  # X-Ray has no resource to name for these actions (Service Authorization Reference, AWS X-Ray); Lambda sends with them
  # what a function's trace consists of (Lambda Developer Guide, "Visualize Lambda function invocations using AWS X-Ray").
  trace_statements = var.tracing_enabled ? [
    {
      Sid      = "Trace"
      Effect   = "Allow"
      Action   = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
      Resource = "*"
    },
  ] : []

  # A statement about nothing is left out: it is for what no deployment uses.
  function_policies = {
    for key, statements in local.function_statements : key => jsonencode({
      Version = "2012-10-17"
      Statement = [
        for statement in concat(
          [local.function_log_statements[key]],
          statements,
          local.function_key_statements[key],
          key == "trigger" ? [] : [local.assume_role_statement],
          local.trace_statements,
        ) : statement if length(flatten([statement.Resource])) > 0
      ]
    })
  }
}

resource "aws_iam_role" "function" {
  for_each = var.function_names

  name               = each.value
  description        = "Role of the function ${each.value}."
  assume_role_policy = local.trust_policies.lambda

  path                 = var.role_path
  permissions_boundary = var.permissions_boundary_arn
}

resource "aws_iam_role_policy" "function" {
  for_each = var.function_names

  name   = "function"
  role   = aws_iam_role.function[each.key].name
  policy = local.function_policies[each.key]

  lifecycle {
    precondition {
      condition     = length(local.function_policies[each.key]) + length(local.function_denials[each.key]) <= local.policy_size_limit
      error_message = local.policy_too_large_error
    }
  }
}
