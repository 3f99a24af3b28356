mock_provider "aws" {
  source = "./tests/terraform/plan/mocks"
}

variables {
  account_id        = "111122223333"
  partition         = "aws"
  region            = "eu-west-1"
  bucket_arn        = "arn:aws:s3:::changegate-111122223333-eu-west-1"
  artifact_prefixes = ["orders_changegate/", "billing_changegate/"]
  administered_object_arns = [
    "arn:aws:s3:::changegate-111122223333-eu-west-1/functions/*",
    "arn:aws:s3:::changegate-111122223333-eu-west-1/state_machine_input/*",
  ]
  input_prefix    = "state_machine_input/"
  template_prefix = "templates/"
  verdict_prefix  = "verdicts/"
  state_machine = {
    name           = "changegate-deploy"
    arn            = "arn:aws:states:eu-west-1:111122223333:stateMachine:changegate-deploy"
    execution_arns = "arn:aws:states:eu-west-1:111122223333:execution:changegate-deploy:*"
  }
  target_role_arns = []
  deployments      = [{ stack_name = "prod-sample-app" }]
  protected_arns = [
    "arn:aws:lambda:eu-west-1:111122223333:function:changegate-*",
    "arn:aws:codepipeline:eu-west-1:111122223333:*_changegate*",
  ]
  template_policies = { denials = "changegate-template-denials", boundary = "changegate-template-boundary" }

  functions = {
    for key in concat(["trigger"], keys(jsondecode(file("asl/tasks.json")))) : key => {
      name = "changegate-${replace(key, "_", "-")}"
      arn  = "arn:aws:lambda:eu-west-1:111122223333:function:changegate-${replace(key, "_", "-")}"
      role = {
        name = "changegate-${replace(key, "_", "-")}"
        arn  = "arn:aws:iam::111122223333:role/changegate-${replace(key, "_", "-")}"
      }
      log_group_arn = "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/changegate-${replace(key, "_", "-")}"
    }
  }
  roles = {
    for key in ["cloudformation", "state_machine"] : key => {
      name = "changegate-${replace(key, "_", "-")}"
      arn  = "arn:aws:iam::111122223333:role/changegate-${replace(key, "_", "-")}"
    }
  }
}

run "every_function_may_do_its_work_and_no_more" {
  command = plan

  module {
    source = "./modules/iam"
  }

  assert {
    condition = {
      for key, policy in aws_iam_role_policy.function :
      key => sort(distinct(flatten([for statement in jsondecode(policy.policy).Statement : statement.Action])))
      } == {
      trigger = tolist([
        "codepipeline:PutJobFailureResult",
        "codepipeline:PutJobSuccessResult",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "s3:GetObject",
        "s3:ListBucket",
        "states:DescribeExecution",
        "states:StartExecution",
      ])
      check_stack_existence = tolist([
        "cloudformation:DescribeStackEvents",
        "cloudformation:DescribeStacks",
        "cloudformation:ListStackResources",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
      ])
      delete_failed_stack = tolist([
        "logs:CreateLogStream",
        "logs:PutLogEvents",
      ])
      get_stack_deletion_status = tolist([
        "cloudformation:DescribeStackEvents",
        "cloudformation:DescribeStacks",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
      ])
      create_stack = tolist([
        "cloudformation:CreateStack",
        "cloudformation:DescribeStackEvents",
        "cloudformation:DescribeStacks",
        "cloudformation:TagResource",
        "iam:PassRole",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "s3:GetObject",
        "s3:ListBucket",
        "s3:PutObject",
      ])
      get_stack_creation_status = tolist([
        "cloudformation:DescribeStackEvents",
        "cloudformation:DescribeStacks",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
      ])
      create_change_set = tolist([
        "cloudformation:CreateChangeSet",
        "cloudformation:DeleteChangeSet",
        "cloudformation:DescribeChangeSet",
        "cloudformation:ListChangeSets",
        "cloudformation:TagResource",
        "iam:PassRole",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "s3:GetObject",
        "s3:ListBucket",
        "s3:PutObject",
      ])
      get_change_set_creation_status = tolist([
        "cloudformation:DescribeChangeSet",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
      ])
      inspect_change_set_changes = tolist([
        "cloudformation:DescribeChangeSet",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "s3:PutObject",
      ])
      execute_change_set = tolist([
        "cloudformation:DescribeChangeSet",
        "cloudformation:DescribeStackEvents",
        "cloudformation:DescribeStacks",
        "cloudformation:ExecuteChangeSet",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
      ])
      get_change_set_execution_status = tolist([
        "cloudformation:DescribeChangeSet",
        "cloudformation:DescribeStackEvents",
        "cloudformation:DescribeStacks",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
      ])
      delete_change_set = tolist([
        "cloudformation:DeleteChangeSet",
        "cloudformation:DescribeChangeSet",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
      ])
      set_stack_policy = tolist([
        "logs:CreateLogStream",
        "logs:PutLogEvents",
      ])
    }
    error_message = "A function may do more, or less, than tests/terraform/plan/iam.tftest.hcl expects."
  }

  assert {
    condition = alltrue([
      for key, policy in aws_iam_role_policy.function :
      policy.role == var.functions[key].role.name && aws_iam_role.function[key].name == var.functions[key].role.name
    ])
    error_message = "Each function must have its own role, with its own name."
  }
}

# No role may do everything with everything.
run "nothing_may_do_everything" {
  command = plan

  module {
    source = "./modules/iam"
  }

  variables {
    target_role_arns = ["arn:aws:iam::444455556666:role/changegate"]

    tracing_enabled = true

    deployments = [
      {
        stack_name             = "prod-sample-app"
        recreate_failed_stack  = true
        termination_protection = true
        set_stack_policy       = true
        blue_green             = true
      },
      {
        stack_name      = "prod-other-app"
        role_arn        = "arn:aws:iam::444455556666:role/deployment"
        target_role_arn = "arn:aws:iam::444455556666:role/changegate"
      },
    ]
  }

  assert {
    condition = alltrue(flatten([
      for policy in concat(
        values(aws_iam_role_policy.function)[*].policy,
        [
          aws_iam_role_policy.state_machine.policy,
        ],
        ) : [
        for statement in jsondecode(policy).Statement : [
          for action in flatten([statement.Action]) : !strcontains(action, "*")
        ]
      ]
    ]))
    error_message = "Each action must be named in full."
  }

  assert {
    condition = toset(flatten([
      for policy in concat(
        values(aws_iam_role_policy.function)[*].policy,
        [
          aws_iam_role_policy.state_machine.policy,
        ],
        ) : [
        for statement in jsondecode(policy).Statement : statement.Action if contains(flatten([statement.Resource]), "*")
      ]
      ])) == toset([
      # None of these has resource-level permissions.
      "codepipeline:PutJobFailureResult",
      "codepipeline:PutJobSuccessResult",
      "logs:CreateLogDelivery",
      "logs:DeleteLogDelivery",
      "logs:DescribeLogGroups",
      "logs:DescribeResourcePolicies",
      "logs:GetLogDelivery",
      "logs:ListLogDeliveries",
      "logs:PutResourcePolicy",
      "logs:UpdateLogDelivery",
      "xray:GetSamplingRules",
      "xray:GetSamplingTargets",
      "xray:PutTelemetryRecords",
      "xray:PutTraceSegments",
    ])
    error_message = "Only actions without resource-level permissions may be allowed on all resources."
  }

  assert {
    condition = alltrue(flatten([
      for policy in concat(
        values(aws_iam_role_policy.function)[*].policy,
        [
          aws_iam_role_policy.state_machine.policy,
        ],
      ) : [for statement in jsondecode(policy).Statement : statement.Effect == "Allow"]
    ]))
    error_message = "Each statement must allow something."
  }
}

run "only_execute_change_set_executes" {
  command = plan

  module {
    source = "./modules/iam"
  }

  assert {
    condition = [
      for key, policy in aws_iam_role_policy.function : key if strcontains(policy.policy, "cloudformation:ExecuteChangeSet")
    ] == ["execute_change_set"]
    error_message = "Only the function execute_change_set may execute a change set."
  }

  assert {
    condition = [
      for key, policy in aws_iam_role_policy.function : key
      if strcontains(policy.policy, "cloudformation:UpdateStack") || strcontains(policy.policy, "cloudformation:DeleteStack")
    ] == []
    error_message = "No function may change or delete a stack without a change set."
  }
}

run "functions_may_do_more_only_to_the_stacks_that_want_it" {
  command = plan

  module {
    source = "./modules/iam"
  }

  variables {
    target_role_arns = ["arn:aws:iam::444455556666:role/changegate"]

    deployments = [
      { stack_name = "test-plain" },
      { stack_name = "test-recreated", recreate_failed_stack = true },
      { stack_name = "test-recreated-green", recreate_failed_stack = true, blue_green = true },
      { stack_name = "test-protected", termination_protection = true },
      { stack_name = "test-with-a-policy", set_stack_policy = true },
      { stack_name = "test-with-a-policy-green", set_stack_policy = true, blue_green = true },
      {
        stack_name             = "test-elsewhere"
        role_arn               = "arn:aws:iam::444455556666:role/deployment"
        target_role_arn        = "arn:aws:iam::444455556666:role/changegate"
        recreate_failed_stack  = true
        termination_protection = true
        set_stack_policy       = true
      },
    ]
  }

  assert {
    condition = {
      for action in ["DeleteStack", "UpdateTerminationProtection", "SetStackPolicy"] : action => {
        for key, policy in aws_iam_role_policy.function : key => flatten([
          for statement in jsondecode(policy.policy).Statement : statement.Resource
          if contains(flatten([statement.Action]), "cloudformation:${action}")
        ]) if strcontains(policy.policy, "cloudformation:${action}")
      }
      } == {
      DeleteStack = {
        delete_failed_stack = [
          "arn:aws:cloudformation:eu-west-1:111122223333:stack/test-recreated/*",
          "arn:aws:cloudformation:eu-west-1:111122223333:stack/test-recreated-green/*",
          "arn:aws:cloudformation:eu-west-1:111122223333:stack/test-recreated-green-????????/*",
        ]
      }
      UpdateTerminationProtection = {
        for key in ["create_stack", "execute_change_set"] : key => [
          "arn:aws:cloudformation:eu-west-1:111122223333:stack/test-protected/*",
        ]
      }
      SetStackPolicy = {
        for key in ["create_stack", "set_stack_policy"] : key => [
          "arn:aws:cloudformation:eu-west-1:111122223333:stack/test-with-a-policy/*",
          "arn:aws:cloudformation:eu-west-1:111122223333:stack/test-with-a-policy-green/*",
          "arn:aws:cloudformation:eu-west-1:111122223333:stack/test-with-a-policy-green-????????/*",
        ]
      }
    }
    error_message = "Deleting and protecting a stack and setting its policy must be allowed for the stacks whose deployments ask for it, to the functions that do it."
  }

  assert {
    condition = sort(flatten([
      for statement in jsondecode(aws_iam_role_policy.function["create_stack"].policy).Statement : statement.Resource
      if contains(flatten([statement.Action]), "cloudformation:CreateStack")
      ])) == tolist(sort([
      "arn:aws:cloudformation:eu-west-1:111122223333:stack/test-plain/*",
      "arn:aws:cloudformation:eu-west-1:111122223333:stack/test-recreated/*",
      "arn:aws:cloudformation:eu-west-1:111122223333:stack/test-recreated-green/*",
      "arn:aws:cloudformation:eu-west-1:111122223333:stack/test-recreated-green-????????/*",
      "arn:aws:cloudformation:eu-west-1:111122223333:stack/test-protected/*",
      "arn:aws:cloudformation:eu-west-1:111122223333:stack/test-with-a-policy/*",
      "arn:aws:cloudformation:eu-west-1:111122223333:stack/test-with-a-policy-green/*",
      "arn:aws:cloudformation:eu-west-1:111122223333:stack/test-with-a-policy-green-????????/*",
    ]))
    error_message = "The stacks of deployments and their successors may be created, and no others."
  }
}

run "functions_assume_the_roles_of_targets_and_no_others" {
  command = plan

  module {
    source = "./modules/iam"
  }

  variables {
    target_role_arns = ["arn:aws:iam::444455556666:role/changegate", "arn:aws:iam::777788889999:role/teams/changegate"]

    deployments = [
      { stack_name = "test-sample-app" },
      {
        stack_name      = "stage-sample-app"
        role_arn        = "arn:aws:iam::444455556666:role/deployment"
        target_role_arn = "arn:aws:iam::444455556666:role/changegate"
      },
      {
        stack_name      = "prod-sample-app"
        role_arn        = "arn:aws:iam::777788889999:role/deployment"
        target_role_arn = "arn:aws:iam::777788889999:role/teams/changegate"
      },
      {
        stack_name      = "prod-other-app"
        role_arn        = "arn:aws:iam::777788889999:role/deployment"
        target_role_arn = "arn:aws:iam::777788889999:role/teams/changegate"
      },
    ]
  }

  assert {
    condition = {
      for key, policy in aws_iam_role_policy.function : key => [
        for statement in jsondecode(policy.policy).Statement : statement if contains(flatten([statement.Action]), "sts:AssumeRole")
      ] if strcontains(policy.policy, "sts:")
      } == {
      for key in keys(var.functions) : key => [
        {
          Sid    = "AssumeTargetRole"
          Effect = "Allow"
          Action = "sts:AssumeRole"
          Resource = [
            "arn:aws:iam::444455556666:role/changegate",
            "arn:aws:iam::777788889999:role/teams/changegate",
          ]
        },
      ] if key != "trigger"
    }
    error_message = "The functions of tasks must be allowed to assume the roles of targets, each named once; the trigger none."
  }

  assert {
    condition = alltrue([
      for policy in aws_iam_role_policy.function :
      !strcontains(policy.policy, "stage-sample-app") && !strcontains(policy.policy, "prod-") && !strcontains(policy.policy, "role/deployment")
    ])
    error_message = "With a target role, functions must have no other right."
  }
}

run "functions_that_deploy_elsewhere_only_may_do_nothing_here" {
  command = plan

  module {
    source = "./modules/iam"
  }

  variables {
    target_role_arns = ["arn:aws:iam::444455556666:role/changegate"]

    deployments = [
      {
        stack_name            = "prod-sample-app"
        role_arn              = "arn:aws:iam::444455556666:role/deployment"
        target_role_arn       = "arn:aws:iam::444455556666:role/changegate"
        recreate_failed_stack = true
      },
    ]
  }

  assert {
    condition = toset(flatten([
      for key, policy in aws_iam_role_policy.function : jsondecode(policy.policy).Statement[*].Action if key != "trigger"
      ])) == toset([
      "logs:CreateLogStream",
      "logs:PutLogEvents",
      "s3:GetObject",
      "s3:ListBucket",
      "s3:PutObject",
      "sts:AssumeRole",
    ])
    error_message = "There must be no right to stacks and roles of this account, only the right to assume the target role."
  }

  assert {
    condition = alltrue(flatten([
      for policy in aws_iam_role_policy.function : [
        for statement in jsondecode(policy.policy).Statement : length(flatten([statement.Resource])) > 0
      ]
    ]))
    error_message = "No statement may be without a resource."
  }
}

run "only_the_trigger_starts_executions_and_answers_codepipeline" {
  command = plan

  module {
    source = "./modules/iam"
  }

  assert {
    condition = alltrue([
      for action in ["states:StartExecution", "codepipeline:PutJobSuccessResult", "codepipeline:PutJobFailureResult"] :
      [for key, policy in aws_iam_role_policy.function : key if strcontains(policy.policy, action)] == ["trigger"]
    ])
    error_message = "Only the trigger may start the state machine and answer CodePipeline."
  }

  assert {
    condition = {
      for statement in jsondecode(aws_iam_role_policy.function["trigger"].policy).Statement :
      statement.Sid => statement.Resource
      } == {
      AnswerJob             = "*"
      FollowExecution       = "arn:aws:states:eu-west-1:111122223333:execution:changegate-deploy:*"
      ReadInput             = "arn:aws:s3:::changegate-111122223333-eu-west-1/state_machine_input/*"
      StartExecution        = "arn:aws:states:eu-west-1:111122223333:stateMachine:changegate-deploy"
      TellMissingFromDenied = "arn:aws:s3:::changegate-111122223333-eu-west-1"
      WriteLog              = "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/changegate-trigger:*"
    }
    error_message = "The trigger must only reach its input, its state machine and its log."
  }
}

run "lambda_may_keep_the_invocations_that_the_trigger_lost" {
  command = plan

  module {
    source = "./modules/iam"
  }

  variables {
    lost_invocation_queue_arn = "arn:aws:sqs:eu-west-1:111122223333:changegate-lost-invocations"
  }

  assert {
    condition = {
      for key, policy in aws_iam_role_policy.function : key => one([
        for statement in jsondecode(policy.policy).Statement : statement if statement.Sid == "KeepLostInvocation"
      ]) if strcontains(policy.policy, "sqs:")
      } == {
      trigger = {
        Sid      = "KeepLostInvocation"
        Effect   = "Allow"
        Action   = "sqs:SendMessage"
        Resource = ["arn:aws:sqs:eu-west-1:111122223333:changegate-lost-invocations"]
      }
    }
    error_message = "The trigger's role must be allowed to send to the queue, and no other role to any."
  }
}

run "refuses_a_wildcard_for_the_queue" {
  command = plan

  module {
    source = "./modules/iam"
  }

  variables {
    lost_invocation_queue_arn = "arn:aws:sqs:eu-west-1:111122223333:*"
  }

  expect_failures = [var.lost_invocation_queue_arn]
}

run "deployment_roles_go_to_cloudformation_only" {
  command = plan

  module {
    source = "./modules/iam"
  }

  variables {
    target_role_arns = ["arn:aws:iam::444455556666:role/changegate"]

    deployments = [
      { stack_name = "test-sample-app", recreate_failed_stack = true },
      { stack_name = "prod-sample-app", role_arn = "arn:aws:iam::111122223333:role/teams/orders" },
      { stack_name = "prod-other-app", role_arn = "arn:aws:iam::111122223333:role/teams/orders" },
      {
        stack_name      = "prod-third-app"
        role_arn        = "arn:aws:iam::444455556666:role/deployment"
        target_role_arn = "arn:aws:iam::444455556666:role/changegate"
      },
    ]
  }

  assert {
    condition = {
      for key, policy in aws_iam_role_policy.function : key => [
        for statement in jsondecode(policy.policy).Statement : { resource = statement.Resource, condition = statement.Condition }
        if contains(flatten([statement.Action]), "iam:PassRole")
      ] if strcontains(policy.policy, "iam:PassRole")
      } == {
      for key in ["create_change_set", "create_stack", "delete_failed_stack"] : key => [
        {
          resource = [
            "arn:aws:iam::111122223333:role/changegate-cloudformation",
            "arn:aws:iam::111122223333:role/teams/orders",
          ]
          condition = { StringEquals = { "iam:PassedToService" = "cloudformation.amazonaws.com" } }
        },
      ]
    }
    error_message = "Only the functions that create and delete may pass a role: the roles that CloudFormation deploys with in this account, to CloudFormation."
  }

  assert {
    condition     = aws_iam_role.cloudformation.name == "changegate-cloudformation"
    error_message = "The role that may be passed must exist."
  }

  assert {
    condition = {
      for key, policy in aws_iam_role_policy.function_denials : key => one([
        for statement in jsondecode(policy.policy).Statement : [statement.Action, statement.Resource, statement.Condition]
        if statement.Sid == "DeployWithDeploymentRoles"
      ]) if strcontains(policy.policy, "cloudformation:RoleArn")
      } == {
      for key, action in { create_change_set = "CreateChangeSet", create_stack = "CreateStack", delete_failed_stack = "DeleteStack" } : key => [
        ["cloudformation:${action}"],
        "*",
        {
          ArnNotEquals = {
            "cloudformation:RoleArn" = [
              "arn:aws:iam::111122223333:role/changegate-cloudformation",
              "arn:aws:iam::111122223333:role/teams/orders",
            ]
          }
        },
      ]
    }
    error_message = "With another role, or none, nothing must be created or deleted."
  }
}

run "functions_see_only_the_deployed_stacks" {
  command = plan

  module {
    source = "./modules/iam"
  }

  variables {
    deployments = [
      # The first is the beginning of the others, which can be of other teams.
      { stack_name = "app", nested_stacks = ["Network", "Queue*"] },
      { stack_name = "app-billing", blue_green = true, nested_stacks = ["Data"] },
    ]
  }

  assert {
    condition = toset(flatten([
      for policy in aws_iam_role_policy.function : [
        for statement in jsondecode(policy.policy).Statement : statement.Resource
        if anytrue([for action in flatten([statement.Action]) : startswith(action, "cloudformation:")])
      ]
      ])) == toset([
      "arn:aws:cloudformation:eu-west-1:111122223333:changeSet/*-17348445????????????-*/*",
      "arn:aws:cloudformation:eu-west-1:111122223333:changeSet/*-17348445????????????/*",
      "arn:aws:cloudformation:eu-west-1:111122223333:stack/app-Network-*/*",
      "arn:aws:cloudformation:eu-west-1:111122223333:stack/app-Queue*-*/*",
      "arn:aws:cloudformation:eu-west-1:111122223333:stack/app-billing-????????-Data-*/*",
      "arn:aws:cloudformation:eu-west-1:111122223333:stack/app-billing-????????/*",
      "arn:aws:cloudformation:eu-west-1:111122223333:stack/app-billing-Data-*/*",
      "arn:aws:cloudformation:eu-west-1:111122223333:stack/app-billing/*",
      "arn:aws:cloudformation:eu-west-1:111122223333:stack/app/*",
    ])
    error_message = "Functions must only see the deployed stacks, their successors, their nested stacks and the change sets of the state machine."
  }

  assert {
    condition = {
      for key, policy in aws_iam_role_policy.function : key => one([
        for statement in jsondecode(policy.policy).Statement : statement.Action
        if contains(flatten([statement.Resource]), "arn:aws:cloudformation:eu-west-1:111122223333:stack/app-Network-*/*")
      ]) if strcontains(policy.policy, "app-Network")
      } == {
      check_stack_existence           = ["cloudformation:DescribeStackEvents"]
      create_change_set               = ["cloudformation:CreateChangeSet", "cloudformation:TagResource"]
      delete_change_set               = ["cloudformation:DeleteChangeSet", "cloudformation:DescribeChangeSet"]
      execute_change_set              = ["cloudformation:DescribeChangeSet", "cloudformation:ExecuteChangeSet"]
      get_change_set_creation_status  = ["cloudformation:DescribeChangeSet"]
      get_change_set_execution_status = ["cloudformation:DescribeChangeSet", "cloudformation:DescribeStackEvents"]
      get_stack_creation_status       = ["cloudformation:DescribeStackEvents"]
      get_stack_deletion_status       = ["cloudformation:DescribeStackEvents"]
      inspect_change_set_changes      = ["cloudformation:DescribeChangeSet"]
    }
    error_message = "Nested stacks must only be read, and changed by change sets."
  }
}

run "functions_see_stacks_where_they_are" {
  command = plan

  module {
    source = "./modules/iam"
  }

  variables {
    deployments = [
      { stack_name = "prod-sample-app" },
      { stack_name = "prod-sample-app", region = "us-east-1", blue_green = true },
    ]
  }

  assert {
    condition = {
      for key in ["create_stack", "execute_change_set"] : key => flatten([
        for statement in jsondecode(aws_iam_role_policy.function[key].policy).Statement : statement.Resource
        if anytrue([for action in flatten([statement.Action]) : contains(["cloudformation:CreateStack", "cloudformation:ExecuteChangeSet"], action)])
      ])
      } == {
      create_stack = [
        "arn:aws:cloudformation:eu-west-1:111122223333:stack/prod-sample-app/*",
        "arn:aws:cloudformation:us-east-1:111122223333:stack/prod-sample-app/*",
        "arn:aws:cloudformation:us-east-1:111122223333:stack/prod-sample-app-????????/*",
      ]
      execute_change_set = [
        "arn:aws:cloudformation:eu-west-1:111122223333:changeSet/*-17348445????????????/*",
        "arn:aws:cloudformation:eu-west-1:111122223333:changeSet/*-17348445????????????-*/*",
        "arn:aws:cloudformation:us-east-1:111122223333:changeSet/*-17348445????????????/*",
        "arn:aws:cloudformation:us-east-1:111122223333:changeSet/*-17348445????????????-*/*",
        "arn:aws:cloudformation:eu-west-1:111122223333:stack/prod-sample-app/*",
        "arn:aws:cloudformation:us-east-1:111122223333:stack/prod-sample-app/*",
        "arn:aws:cloudformation:us-east-1:111122223333:stack/prod-sample-app-????????/*",
      ]
    }
    error_message = "Functions must see a stack in its region."
  }
}

# Twenty pipelines, each with a role and twenty stacks; every option somewhere.
run "rights_are_complete_for_hundreds_of_stacks" {
  command = plan

  module {
    source = "./modules/iam"
  }

  variables {
    deployments = [
      for number in range(400) : {
        stack_name             = "prod-a-team-of-the-company-${floor(number / 20)}-application-${number}"
        role_arn               = "arn:aws:iam::111122223333:role/teams/deployment-of-team-${floor(number / 20)}"
        recreate_failed_stack  = number % 3 == 0
        termination_protection = number % 5 == 0
        set_stack_policy       = number % 7 == 0
      }
    ]
  }

  assert {
    condition = alltrue([
      for key, actions in {
        check_stack_existence           = "DescribeStackEvents DescribeStacks ListStackResources"
        create_stack                    = "CreateStack DescribeStackEvents DescribeStacks TagResource"
        get_stack_creation_status       = "DescribeStackEvents DescribeStacks"
        get_stack_deletion_status       = "DescribeStackEvents DescribeStacks"
        create_change_set               = "CreateChangeSet DeleteChangeSet DescribeChangeSet ListChangeSets TagResource"
        get_change_set_creation_status  = "DescribeChangeSet"
        inspect_change_set_changes      = "DescribeChangeSet"
        execute_change_set              = "DescribeChangeSet DescribeStackEvents DescribeStacks ExecuteChangeSet"
        get_change_set_execution_status = "DescribeChangeSet DescribeStackEvents DescribeStacks"
        delete_change_set               = "DeleteChangeSet DescribeChangeSet"
      } :
      # Each stack once.
      sort(flatten([
        for policy in concat(
          [aws_iam_role_policy.function[key].policy],
          [for stacks in aws_iam_policy.stacks : stacks.policy if startswith(stacks.name, "${var.functions[key].name}-stacks-")],
          ) : [
          for statement in jsondecode(policy).Statement : statement.Resource
          if startswith(statement.Sid, "Stacks") && length(setsubtract(
            [for action in split(" ", actions) : "cloudformation:${action}"], flatten([statement.Action]),
          )) == 0
        ]
        ])) == tolist(sort([
        for d in var.deployments : "arn:aws:cloudformation:eu-west-1:111122223333:stack/${d.stack_name}/*"
      ]))
    ])
    error_message = "Each function must have its rights to each stack."
  }

  assert {
    condition = {
      for action, divisor in { DeleteStack = 3, UpdateTerminationProtection = 5, SetStackPolicy = 7 } : action => length(distinct(flatten([
        for policy in concat(values(aws_iam_role_policy.function)[*].policy, values(aws_iam_policy.stacks)[*].policy) : [
          for statement in jsondecode(policy).Statement : statement.Resource
          if contains(flatten([statement.Action]), "cloudformation:${action}")
        ]
      ])))
    } == { DeleteStack = 134, UpdateTerminationProtection = 80, SetStackPolicy = 58 }
    error_message = "More must be allowed to the stacks that ask for it, and to no other."
  }

  assert {
    condition = (
      max([for policy in aws_iam_policy.stacks : length(policy.policy)]...) <= 6144 &&
      max([for key, policy in aws_iam_role_policy.function : length(policy.policy) + length(aws_iam_role_policy.function_denials[key].policy)]...) <= 10240 &&
      max([for key in keys(var.functions) : length([for attached in aws_iam_role_policy_attachment.stacks : attached if attached.role == var.functions[key].role.name])]...) <= 10
    )
    error_message = "Each policy must fit, and each role must take its policies."
  }

  assert {
    condition = alltrue([
      for key, attached in aws_iam_role_policy_attachment.stacks : attached.role == trimsuffix(aws_iam_policy.stacks[key].name, "-stacks-${split("/", key)[1]}")
    ])
    error_message = "Each function must have its own policies."
  }
}

run "takes_sixty_deployment_roles" {
  command = plan

  module {
    source = "./modules/iam"
  }

  variables {
    deployments = [
      for number in range(60) : {
        stack_name = "prod-${number}"
        role_arn   = "arn:aws:iam::111122223333:role/teams/deployment-of-team-${number}"
      }
    ]
  }

  assert {
    condition     = length(local.deployment_role_arns) == 61 && length(aws_iam_role_policy.function) == length(var.functions)
    error_message = "A function must be allowed to pass sixty roles, and denied all others."
  }
}

run "refuses_more_stacks_than_the_policies_of_a_role_hold" {
  command = plan

  module {
    source = "./modules/iam"
  }

  variables {
    deployments = [for number in range(1000) : { stack_name = "prod-a-team-of-the-company-application-${number}" }]
  }

  expect_failures = [aws_iam_role_policy.function]
}

run "functions_that_hand_over_templates_see_revisions_and_templates_only" {
  command = plan

  module {
    source = "./modules/iam"
  }

  assert {
    condition = alltrue([
      for key in ["create_change_set", "create_stack"] : {
        for statement in jsondecode(aws_iam_role_policy.function[key].policy).Statement :
        statement.Sid => { actions = flatten([statement.Action]), resource = statement.Resource }
        if anytrue([for action in flatten([statement.Action]) : startswith(action, "s3:")])
        } == {
        HandOverTemplate = {
          actions  = ["s3:GetObject", "s3:PutObject"]
          resource = "arn:aws:s3:::changegate-111122223333-eu-west-1/templates/*"
        }
        ReadRevision = {
          actions = ["s3:GetObject"]
          resource = [
            "arn:aws:s3:::changegate-111122223333-eu-west-1/orders_changegate/*",
            "arn:aws:s3:::changegate-111122223333-eu-west-1/billing_changegate/*",
          ]
        }
        TellMissingFromDenied = {
          actions  = ["s3:ListBucket"]
          resource = "arn:aws:s3:::changegate-111122223333-eu-west-1"
        }
      }
    ])
    error_message = "The two functions must only read revisions, and read and write templates."
  }
}

run "the_state_machine_invokes_its_tasks_only" {
  command = plan

  module {
    source = "./modules/iam"
  }

  assert {
    condition = {
      for statement in jsondecode(aws_iam_role_policy.state_machine.policy).Statement :
      statement.Sid => statement.Resource if startswith(flatten([statement.Action])[0], "lambda:")
      } == {
      InvokeTasks = [
        for key in keys(jsondecode(file("asl/tasks.json"))) :
        "arn:aws:lambda:eu-west-1:111122223333:function:changegate-${replace(key, "_", "-")}:*"
      ]
    }
    error_message = "The state machine must invoke the functions of its tasks, and not the trigger."
  }

  assert {
    condition = alltrue([
      for policy in concat([aws_iam_role_policy.state_machine], values(aws_iam_role_policy.function)) : !strcontains(policy.policy, "xray:")
    ])
    error_message = "Without tracing, there must be no right to trace."
  }
}

run "functions_may_send_traces_where_they_are_traced" {
  command = plan

  module {
    source = "./modules/iam"
  }

  variables {
    tracing_enabled = true
  }

  assert {
    condition = {
      for key, policy in aws_iam_role_policy.function : key => [
        for statement in jsondecode(policy.policy).Statement : statement if strcontains(jsonencode(statement.Action), "xray:")
      ]
      } == {
      for key in keys(var.functions) : key => [
        {
          Sid      = "Trace"
          Effect   = "Allow"
          Action   = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
          Resource = "*"
        },
      ]
    }
    error_message = "Each function must be allowed to send its traces, and nothing else in X-Ray."
  }
}

run "roles_trust_one_service_of_this_account" {
  command = plan

  module {
    source = "./modules/iam"
  }

  assert {
    condition = alltrue([
      for role in aws_iam_role.function : jsondecode(role.assume_role_policy).Statement == [
        {
          Effect    = "Allow"
          Action    = "sts:AssumeRole"
          Principal = { Service = "lambda.amazonaws.com" }
          Condition = { StringEqualsIfExists = { "aws:SourceAccount" = "111122223333" } }
        },
      ]
    ])
    error_message = "A function's role must trust Lambda, for this account."
  }

  assert {
    condition = jsondecode(aws_iam_role.cloudformation.assume_role_policy).Statement == [
      {
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { Service = "cloudformation.amazonaws.com" }
        Condition = { StringEqualsIfExists = { "aws:SourceAccount" = "111122223333" } }
      },
    ]
    error_message = "CloudFormation's role must trust it, for this account."
  }

  assert {
    condition = jsondecode(aws_iam_role.state_machine.assume_role_policy).Statement == [
      {
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { Service = "states.amazonaws.com" }
        Condition = {
          ArnEquals    = { "aws:SourceArn" = "arn:aws:states:eu-west-1:111122223333:stateMachine:changegate-deploy" }
          StringEquals = { "aws:SourceAccount" = "111122223333" }
        }
      },
    ]
    error_message = "The state machine's role must trust Step Functions, for the one state machine."
  }
}

run "cloudformation_may_do_what_the_user_says" {
  command = plan

  module {
    source = "./modules/iam"
  }

  variables {
    deployment_policy_arns = ["arn:aws:iam::aws:policy/AmazonSQSFullAccess"]
    deployment_policy_json = "{\"Version\": \"2012-10-17\", \"Statement\": []}"
  }

  assert {
    condition = (
      [for attachment in aws_iam_role_policy_attachment.cloudformation : attachment.policy_arn] == ["arn:aws:iam::aws:policy/AmazonSQSFullAccess"] &&
      jsondecode(aws_iam_role_policy.cloudformation[0].policy) == { Version = "2012-10-17", Statement = [] }
    )
    error_message = "The role must have exactly the given policies."
  }
}

run "cloudformation_may_do_nothing_of_itself" {
  command = plan

  module {
    source = "./modules/iam"
  }

  assert {
    condition     = length(aws_iam_role_policy_attachment.cloudformation) == 0 && length(aws_iam_role_policy.cloudformation) == 0
    error_message = "The role must only have given policies."
  }
}

run "refuses_a_policy_larger_than_iam_takes" {
  command = plan

  module {
    source = "./modules/iam"
  }

  variables {
    deployments = [
      for number in range(100) : {
        stack_name = "prod-${number}"
        role_arn   = "arn:aws:iam::111122223333:role/teams/a-role-with-a-name-of-a-length-that-is-not-unusual-${number}"
      }
    ]
  }

  expect_failures = [aws_iam_role_policy.function]
}

run "refuses_a_wildcard_for_a_stack" {
  command = plan

  module {
    source = "./modules/iam"
  }

  variables {
    deployments = [{ stack_name = "prod-*" }]
  }

  expect_failures = [var.deployments]
}

run "refuses_a_wildcard_for_a_deployment_role" {
  command = plan

  module {
    source = "./modules/iam"
  }

  variables {
    deployments = [{ stack_name = "prod-sample-app", role_arn = "arn:aws:iam::111122223333:role/*" }]
  }

  expect_failures = [var.deployments]
}

run "refuses_a_wildcard_for_a_target_role" {
  command = plan

  module {
    source = "./modules/iam"
  }

  variables {
    deployments = [
      {
        stack_name      = "prod-sample-app"
        role_arn        = "arn:aws:iam::444455556666:role/deployment"
        target_role_arn = "arn:aws:iam::444455556666:role/*"
      },
    ]
  }

  expect_failures = [var.deployments]
}

run "refuses_a_deployment_role_of_another_account_without_a_target_role" {
  command = plan

  module {
    source = "./modules/iam"
  }

  variables {
    deployments = [
      { stack_name = "prod-sample-app", role_arn = "arn:aws:iam::444455556666:role/deployment" },
    ]
  }

  expect_failures = [var.deployments]
}

run "refuses_a_function_without_statements" {
  command = plan

  module {
    source = "./modules/iam"
  }

  variables {
    functions = {
      for key in concat(["trigger", "drop_database"], keys(jsondecode(file("asl/tasks.json")))) : key => {
        name          = key
        arn           = "arn:aws:lambda:eu-west-1:111122223333:function:${key}"
        role          = { name = key, arn = "arn:aws:iam::111122223333:role/${key}" }
        log_group_arn = "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/${key}"
      }
    }
  }

  expect_failures = [var.functions]
}

run "refuses_statements_without_a_function" {
  command = plan

  module {
    source = "./modules/iam"
  }

  variables {
    functions = {
      for key in concat(["trigger"], [for key in keys(jsondecode(file("asl/tasks.json"))) : key if key != "get_stack_creation_status"]) : key => {
        name          = key
        arn           = "arn:aws:lambda:eu-west-1:111122223333:function:${key}"
        role          = { name = key, arn = "arn:aws:iam::111122223333:role/${key}" }
        log_group_arn = "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/${key}"
      }
    }
  }

  expect_failures = [var.functions]
}

run "refuses_an_account_that_is_none" {
  command = plan

  module {
    source = "./modules/iam"
  }

  variables {
    account_id = "12345"
  }

  expect_failures = [var.account_id]
}

run "refuses_an_alias_for_a_key" {
  command = plan

  module {
    source = "./modules/iam"
  }

  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:alias/changegate"
  }

  expect_failures = [var.kms_key_arn]
}

run "refuses_a_boundary_that_is_no_policy" {
  command = plan

  module {
    source = "./modules/iam"
  }

  variables {
    permissions_boundary_arn = "arn:aws:iam::111122223333:role/boundary"
  }

  expect_failures = [var.permissions_boundary_arn]
}

run "refuses_a_path_that_does_not_end" {
  command = plan

  module {
    source = "./modules/iam"
  }

  variables {
    role_path = "/teams"
  }

  expect_failures = [var.role_path]
}

run "bounds_every_role_and_puts_it_on_its_path" {
  command = plan

  module {
    source = "./modules/iam"
  }

  variables {
    permissions_boundary_arn = "arn:aws:iam::111122223333:policy/teams/boundary"
    role_path                = "/teams/delivery/"
    deployments              = [{ stack_name = "prod-sample-app", recreate_failed_stack = true }]
    roles = {
      for key in ["cloudformation", "state_machine"] : key => {
        name = "changegate-${replace(key, "_", "-")}"
        arn  = "arn:aws:iam::111122223333:role/teams/delivery/changegate-${replace(key, "_", "-")}"
      }
    }
  }

  assert {
    condition = alltrue([
      for role in concat(
        values(aws_iam_role.function),
        [aws_iam_role.cloudformation, aws_iam_role.state_machine],
        ) : (
        role.path == "/teams/delivery/" && role.permissions_boundary == "arn:aws:iam::111122223333:policy/teams/boundary"
      )
    ])
    error_message = "Each role must have the boundary and the path."
  }

  assert {
    condition = alltrue([
      for policy in aws_iam_role_policy.function :
      strcontains(policy.policy, "arn:aws:iam::111122223333:role/teams/delivery/changegate-cloudformation")
      if strcontains(policy.policy, "iam:PassRole")
    ])
    error_message = "The role that is passed must be named with its path."
  }

}

run "roles_have_no_boundary_unless_one_is_given" {
  command = plan

  module {
    source = "./modules/iam"
  }

  assert {
    condition     = alltrue([for role in aws_iam_role.function : role.path == "/" && role.permissions_boundary == null])
    error_message = "By default, roles must have no boundary and no path."
  }

  assert {
    condition = output.object_role_arns == {
      readers = [
        "arn:aws:iam::111122223333:role/changegate-create-change-set",
        "arn:aws:iam::111122223333:role/changegate-create-stack",
        "arn:aws:iam::111122223333:role/changegate-trigger",
      ]
      writers = [
        "arn:aws:iam::111122223333:role/changegate-create-change-set",
        "arn:aws:iam::111122223333:role/changegate-create-stack",
        "arn:aws:iam::111122223333:role/changegate-inspect-change-set-changes",
      ]
    }
    error_message = "The roles that read and write objects must be those whose statements allow it."
  }
}

run "roles_use_a_given_key_for_what_they_read_and_write" {
  command = plan

  module {
    source = "./modules/iam"
  }

  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }

  assert {
    condition = {
      for key, policy in aws_iam_role_policy.function : key => one([
        for statement in jsondecode(policy.policy).Statement : statement if statement.Sid == "UseKeyOfObjects"
      ]) if strcontains(policy.policy, "kms:")
      } == {
      for key, actions in {
        trigger                    = ["kms:Decrypt"]
        create_stack               = ["kms:Decrypt", "kms:GenerateDataKey"]
        create_change_set          = ["kms:Decrypt", "kms:GenerateDataKey"]
        inspect_change_set_changes = ["kms:GenerateDataKey"]
        } : key => {
        Sid       = "UseKeyOfObjects"
        Effect    = "Allow"
        Action    = actions
        Resource  = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
        Condition = { StringEquals = { "kms:ViaService" = "s3.eu-west-1.amazonaws.com" } }
      }
    }
    error_message = "Functions must be allowed to use the key through S3, for what they read and write there."
  }
}

run "roles_use_no_key_by_policies_of_their_own" {
  command = plan

  module {
    source = "./modules/iam"
  }

  assert {
    condition = alltrue([
      for policy in aws_iam_role_policy.function : !strcontains(policy.policy, "kms:")
    ])
    error_message = "Without a given key, there must be no right to a key."
  }
}

run "functions_are_denied_what_is_not_their_work" {
  command = plan

  module {
    source = "./modules/iam"
  }

  variables {
    deployments = [
      { stack_name = "prod-sample-app" },
      { stack_name = "test-sample-app", recreate_failed_stack = true, termination_protection = true, set_stack_policy = true },
    ]
  }

  assert {
    condition = {
      for action in keys(local.reserved_actions) : action => [
        for key, policy in aws_iam_role_policy.function_denials : key
        if !contains(jsondecode(policy.policy).Statement[0].Action, action)
      ]
      } == {
      "cloudformation:CreateChangeSet"             = ["create_change_set"]
      "cloudformation:CreateStack"                 = ["create_stack"]
      "cloudformation:DeleteStack"                 = ["delete_failed_stack"]
      "cloudformation:ExecuteChangeSet"            = ["execute_change_set"]
      "cloudformation:SetStackPolicy"              = ["create_stack", "set_stack_policy"]
      "cloudformation:UpdateStack"                 = []
      "cloudformation:UpdateTerminationProtection" = ["create_stack", "execute_change_set"]
      "codepipeline:PutJobFailureResult"           = ["trigger"]
      "codepipeline:PutJobSuccessResult"           = ["trigger"]
      "iam:PassRole"                               = ["create_change_set", "create_stack", "delete_failed_stack"]
      "states:StartExecution"                      = ["trigger"]
    }
    error_message = "Each reserved action must be denied to all functions except those whose work it is."
  }

  assert {
    condition = alltrue(flatten([
      for key, policy in aws_iam_role_policy.function : [
        for statement in jsondecode(policy.policy).Statement : [
          for action in flatten([statement.Action]) :
          !contains(jsondecode(aws_iam_role_policy.function_denials[key].policy).Statement[0].Action, action)
        ]
      ]
    ]))
    error_message = "No function may be denied what it is allowed."
  }

  assert {
    condition = alltrue(flatten([
      for key, policy in aws_iam_role_policy.function_denials : [
        for statement in jsondecode(policy.policy).Statement : statement.Effect == "Deny" && policy.role == var.functions[key].role.name
      ]
    ]))
    error_message = "Each denial must deny, and belong to its function."
  }
}

run "nobody_deletes_stacks_where_none_is_created_again" {
  command = plan

  module {
    source = "./modules/iam"
  }

  assert {
    condition = alltrue([
      for policy in aws_iam_role_policy.function_denials :
      contains(jsondecode(policy.policy).Statement[0].Action, "cloudformation:DeleteStack")
    ])
    error_message = "Without recreate_failed_stack, every function must be denied deleting stacks."
  }
}

run "nobody_puts_code_and_input_but_who_applies" {
  command = plan

  module {
    source = "./modules/iam"
  }

  assert {
    condition = alltrue([
      for policy in values(aws_iam_role_policy.function_denials)[*].policy :
      contains(jsondecode(policy).Statement, {
        Sid    = "LeaveCodeAndInputAlone"
        Effect = "Deny"
        Action = ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObject"]
        Resource = [
          "arn:aws:s3:::changegate-111122223333-eu-west-1/functions/*",
          "arn:aws:s3:::changegate-111122223333-eu-west-1/state_machine_input/*",
        ]
      })
    ])
    error_message = "Functions must be denied changing the code and the input."
  }
}

run "no_template_changes_what_judges_it_nor_does_what_it_creates" {
  command = plan

  module {
    source = "./modules/iam"
  }

  variables {
    deployment_policy_json = "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"*\"}]}"
    key_alias_name         = "alias/changegate"
  }

  assert {
    condition = alltrue([
      for policy in [aws_iam_policy.template_denials.policy, aws_iam_policy.template_boundary[0].policy] : [
        for statement in jsondecode(policy).Statement : statement if startswith(statement.Sid, "Leave") && can(statement.Resource) && statement.Resource != "*"
        ] == [
        {
          Sid      = "LeaveBucketAlone"
          Effect   = "Deny"
          Action   = ["s3:Delete*", "s3:Put*", "s3:Replicate*"]
          Resource = ["arn:aws:s3:::changegate-111122223333-eu-west-1", "arn:aws:s3:::changegate-111122223333-eu-west-1/*"]
        },
        {
          Sid       = "LeaveChangegateAlone"
          Effect    = "Deny"
          NotAction = "sns:Publish"
          Resource = [
            "arn:aws:lambda:eu-west-1:111122223333:function:changegate-*",
            "arn:aws:codepipeline:eu-west-1:111122223333:*_changegate*",
          ]
        },
        {
          Sid       = "LeaveKeyAlone"
          Effect    = "Deny"
          NotAction = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
          Resource  = "arn:aws:kms:eu-west-1:111122223333:key/*"
          Condition = { "ForAnyValue:StringEquals" = { "kms:ResourceAliases" = "alias/changegate" } }
        },
      ]
    ])
    error_message = "CloudFormation, and the roles that templates create, must be denied every change of the bucket, of everything protected and of the key."
  }

  assert {
    condition = one([
      for statement in jsondecode(aws_iam_policy.template_denials.policy).Statement : statement.Condition if statement.Sid == "BoundWhatIsCreated"
    ]) == { StringNotEquals = { "iam:PermissionsBoundary" = "arn:aws:iam::111122223333:policy/changegate-template-boundary" } }
    error_message = "Templates must create roles with the boundary only."
  }

  assert {
    condition     = aws_iam_role_policy_attachment.template_denials.role == "changegate-cloudformation"
    error_message = "The role that CloudFormation deploys with must have the denials."
  }
}

run "requires_the_boundary_that_is_given" {
  command = plan

  module {
    source = "./modules/iam"
  }

  variables {
    template_boundary_arn = "arn:aws:iam::111122223333:policy/theirs"
  }

  assert {
    condition = length(aws_iam_policy.template_boundary) == 0 && one([
      for statement in jsondecode(aws_iam_policy.template_denials.policy).Statement : statement.Condition if statement.Sid == "BoundWhatIsCreated"
    ]) == { StringNotEquals = { "iam:PermissionsBoundary" = "arn:aws:iam::111122223333:policy/theirs" } }
    error_message = "The given boundary must take the place of the created one."
  }

  assert {
    condition     = output.template_boundary_arn == "arn:aws:iam::111122223333:policy/theirs" && can(jsondecode(output.template_boundary_json).Statement)
    error_message = "The outputs must say which boundary, and what must be in it."
  }
}

run "refuses_to_protect_what_has_no_name" {
  command = plan

  module {
    source = "./modules/iam"
  }

  variables {
    key_alias_name        = "alias/*"
    protected_arns        = ["arn:aws:sns:eu-west-1:111122223333:*"]
    template_boundary_arn = "changegate"
  }

  expect_failures = [
    var.key_alias_name,
    var.protected_arns,
    var.template_boundary_arn,
  ]
}

run "refuses_denials_larger_than_iam_takes" {
  command = plan

  module {
    source = "./modules/iam"
  }

  variables {
    protected_arns = [for number in range(100) : "arn:aws:lambda:eu-west-1:111122223333:function:a-function-with-a-long-name-${number}"]
  }

  expect_failures = [aws_iam_policy.template_denials, aws_iam_policy.template_boundary]
}

run "refuses_a_deployment_policy_larger_than_iam_takes" {
  command = plan

  module {
    source = "./modules/iam"
  }

  variables {
    deployment_policy_json = "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"sqs:*\", \"Resource\": \"${join("", [for number in range(1020) : "0123456789"])}\"}]}"
  }

  expect_failures = [aws_iam_role_policy.cloudformation]
}

run "refuses_a_wildcard_for_a_role_to_assume" {
  command = plan

  module {
    source = "./modules/iam"
  }

  variables {
    target_role_arns = ["arn:aws:iam::444455556666:role/*"]
  }

  expect_failures = [var.target_role_arns]
}
