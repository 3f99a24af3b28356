locals {
  # Deployments without a role to assume use the functions' own rights. The others need the right to assume that role and
  # no other right here.
  own_deployments = [for d in var.deployments : merge(d, { region = coalesce(d.region, var.region) }) if d.target_role_arn == null]

  # The stacks, and the successors of the stacks of blue/green deployments. CloudFormation authorises each action below on
  # the stack.
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

  # The stacks with their nested stacks. The names of nested stacks begin with the name of the root stack, as do the names
  # of their change sets and of successors.
  stack_arns = distinct(flatten([
    for d in local.own_deployments : [
      "${local.stack_scopes[d.region]}:stack/${d.stack_name}/*",
      "${local.stack_scopes[d.region]}:stack/${d.stack_name}-*/*",
    ]
  ]))

  # Change sets are described by ARN, and the Service Authorization Reference has them as a separate resource type.
  change_set_arns = distinct([
    # A change set's name has at most 128 characters. The last 13 are different in each execution.
    for d in local.own_deployments :
    "${local.stack_scopes[d.region]}:changeSet/${trim(substr(d.stack_name, 0, 115), "-")}-*/*"
  ])

  all_change_set_arns = concat(local.stack_arns, local.change_set_arns)

  stack_scopes = {
    for region in distinct(local.own_deployments[*].region) :
    region => "${local.arn_prefix}:cloudformation:${region}:${var.account_id}"
  }

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

  # With another role, or none, CloudFormation would act with other rights than the deployment's.
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

  # Creating a stack with protection needs this right as well: CloudFormation User Guide, "Protecting a stack from being
  # deleted".
  protect_stack_statement = {
    Sid      = "ProtectStack"
    Effect   = "Allow"
    Action   = "cloudformation:UpdateTerminationProtection"
    Resource = local.root_stack_arns.protect
  }

  # The reference requires this right for SetStackPolicy, and does not say whether CreateStack with a policy needs it.
  # UpdateStack with a policy is known to fail without it. So the function that creates stacks has the right, too.
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

  # The rights of each function, by its key. CONTRIBUTING.md, "Add a state".
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
        # Read: if the stack exists after all, which operation created it?
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
        # Delete: failed change sets of earlier executions, if the stack accepts no more change sets.
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
      # If the change set no longer exists: was it executed?
      {
        Sid      = "ReadStack"
        Effect   = "Allow"
        Action   = ["cloudformation:DescribeStackEvents", "cloudformation:DescribeStacks"]
        Resource = local.root_stack_arns.all
      },
      # The protection of a stack that a change set creates.
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

  # A statement without resources is omitted: no deployment uses what it allows.
  function_policies = {
    for key in keys(var.functions) : key => jsonencode({
      Version = "2012-10-17"
      Statement = [
        for statement in concat(
          [local.function_log_statements[key]],
          try(local.function_statements[key], []),
          local.function_key_statements[key],
          key == "trigger" ? [] : [local.assume_role_statement],
          local.trace_statements,
        ) : statement if length(flatten([statement.Resource])) > 0
      ]
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
      error_message = "The policies of a function are larger than IAM accepts (${local.policy_size_limit} characters), because there are too many deployments for one pipeline. Split them into two environments with different names."
    }
  }
}
