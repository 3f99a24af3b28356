# The rights of functions to stacks. These grow with the deployments, so each stack is in one statement of a function, and
# what does not fit into the function's inline policy is in managed policies.

locals {
  # Deployments without a role to assume use the functions' own rights. The others need the right to assume that role and
  # no other right here.
  own_deployments = [for d in var.deployments : merge(d, { region = coalesce(d.region, var.region) }) if d.target_role_arn == null]

  stack_scopes = {
    for region in distinct(local.own_deployments[*].region) :
    region => "${local.arn_prefix}:cloudformation:${region}:${var.account_id}"
  }

  # The actions of each function, by what they are for: each stack; a stack that may be deleted after a failed creation,
  # that is protected, or that has a stack policy; nested stacks; and change sets, which are described by ARN.
  # CloudFormation authorises each of them on the stack (Service Authorization Reference, AWS CloudFormation). A report says
  # that a call which names a change set by ARN is authorised on that ARN
  # (https://github.com/widdix/complete-aws-iam-reference/issues/6), so these rights exist for both.
  stack_actions = {
    check_stack_existence = {
      all = ["DescribeStackEvents", "DescribeStacks", "ListStackResources"]
      # The root cause of a failure can be in a nested stack.
      nested = ["DescribeStackEvents"]
    }
    # No other function may delete a stack.
    delete_failed_stack       = { recreate = ["DeleteStack", "DescribeStacks"] }
    get_stack_deletion_status = { all = ["DescribeStackEvents", "DescribeStacks"], nested = ["DescribeStackEvents"] }
    create_stack = {
      # Describe: if the stack exists after all, which operation created it?
      all = ["CreateStack", "DescribeStackEvents", "DescribeStacks", "TagResource"]
      # Creating a stack with protection needs this right as well: CloudFormation User Guide, "Protecting a stack from being
      # deleted".
      protect = ["UpdateTerminationProtection"]
      # The reference requires this right for SetStackPolicy, and does not say whether CreateStack with a policy needs it.
      # UpdateStack with a policy is known to fail without it.
      set_policy = ["SetStackPolicy"]
    }
    get_stack_creation_status = { all = ["DescribeStackEvents", "DescribeStacks"], nested = ["DescribeStackEvents"] }
    create_change_set = {
      # Delete and list: failed change sets of earlier executions, if the stack accepts no more change sets.
      all         = ["CreateChangeSet", "DeleteChangeSet", "DescribeChangeSet", "ListChangeSets", "TagResource"]
      nested      = ["CreateChangeSet", "TagResource"]
      change_sets = ["CreateChangeSet", "DeleteChangeSet", "DescribeChangeSet", "ListChangeSets", "TagResource"]
    }
    get_change_set_creation_status = { for of in ["all", "nested", "change_sets"] : of => ["DescribeChangeSet"] }
    inspect_change_set_changes     = { for of in ["all", "nested", "change_sets"] : of => ["DescribeChangeSet"] }
    # No other function may execute a change set.
    execute_change_set = {
      # Describe: if the change set no longer exists, was it executed?
      all         = ["DescribeChangeSet", "DescribeStackEvents", "DescribeStacks", "ExecuteChangeSet"]
      protect     = ["UpdateTerminationProtection"]
      nested      = ["DescribeChangeSet", "ExecuteChangeSet"]
      change_sets = ["DescribeChangeSet", "ExecuteChangeSet"]
    }
    get_change_set_execution_status = {
      all         = ["DescribeChangeSet", "DescribeStackEvents", "DescribeStacks"]
      nested      = ["DescribeChangeSet", "DescribeStackEvents"]
      change_sets = ["DescribeChangeSet"]
    }
    delete_change_set = { for of in ["all", "nested", "change_sets"] : of => ["DeleteChangeSet", "DescribeChangeSet"] }
    set_stack_policy  = { set_policy = ["SetStackPolicy"] }
  }

  # The stacks, the successors of blue/green deployments, and nested stacks: their ARNs and what functions may do with them.
  # The name of a nested stack is <parent>-<logical ID>-<random characters>, and those in it begin with that: known from
  # stacks on AWS, not from a reference.
  stacks = flatten([
    for d in local.own_deployments : [
      for suffix in d.blue_green ? ["", "-????????"] : [""] : concat(
        [
          {
            arn = "${local.stack_scopes[d.region]}:stack/${d.stack_name}${suffix}/*"
            uses = concat(
              ["all"],
              d.recreate_failed_stack ? ["recreate"] : [],
              d.termination_protection ? ["protect"] : [],
              d.set_stack_policy ? ["set_policy"] : [],
            )
          },
        ],
        [
          for id in d.nested_stacks : {
            arn  = "${local.stack_scopes[d.region]}:stack/${d.stack_name}${suffix}-${id}-*/*"
            uses = ["nested"]
          }
        ],
      )
    ]
  ])

  # One statement for all stacks that a function may do the same with.
  stack_statements = {
    for key in keys(var.functions) : key => [
      for actions, arns in {
        for stack in local.stacks : join(" ", sort(distinct(flatten([
          for use in stack.uses : try(local.stack_actions[key][use], [])
        ])))) => stack.arn...
        } : {
        Effect   = "Allow"
        Action   = [for action in split(" ", actions) : "cloudformation:${action}"]
        Resource = distinct(arns)
      } if actions != ""
    ]
  }

  # The change sets of this state machine: lambda_src/changegate/stacks/own_change_sets.py. A change set of a nested stack
  # begins with the name of its root's.
  change_set_mark = substr(sha256(trimsuffix(var.state_machine.execution_arns, ":*")), 0, 8)
  change_set_statements = {
    for key in keys(var.functions) : key => [
      {
        Sid    = "ChangeSets"
        Effect = "Allow"
        Action = [for action in try(local.stack_actions[key].change_sets, []) : "cloudformation:${action}"]
        Resource = can(local.stack_actions[key].change_sets) ? flatten([
          for scope in values(local.stack_scopes) : [
            for end in ["", "-*"] : "${scope}:changeSet/*-${local.change_set_mark}????????????${end}/*"
          ]
        ]) : []
      },
    ]
  }
}

# Pieces of statements, and the policies that they are in

locals {
  # Characters of the ARNs of a piece. With its actions, a piece has at most piece_size_limit.
  piece_arns_size  = 1200
  piece_size_limit = 1700

  stack_pieces = {
    for key, statements in local.stack_statements : key => [
      for index, statement in flatten([
        for statement in statements : [
          for arns in chunklist(
            statement.Resource,
            max(1, floor(local.piece_arns_size / (max([for arn in statement.Resource : length(arn)]...) + 3))),
          ) : merge(statement, { Resource = arns })
        ]
      ]) : merge({ Sid = "Stacks${index == 0 ? "" : index + 1}" }, statement)
    ]
  }
  # Where each piece ends, if they follow one another. A comma is between them.
  piece_ends = {
    for key, pieces in local.stack_pieces : key => [
      for index in range(length(pieces)) :
      sum([for piece in slice(pieces, 0, index + 1) : length(jsonencode(piece)) + 1])
    ]
  }

  # The inline policy has what fits next to the other statements and the denials.
  inline_room = {
    for key in keys(var.functions) : key => local.policy_size_limit - length(local.function_denials[key]) - length(
      jsonencode({ Version = "2012-10-17", Statement = local.fixed_statements[key] })
    )
  }
  inline_numbers = {
    for key, ends in local.piece_ends : key => length([for end in ends : end if end <= local.inline_room[key]])
  }
  inline_pieces = {
    for key, pieces in local.stack_pieces : key => slice(pieces, 0, local.inline_numbers[key])
  }

  # IAM User Guide, "IAM and AWS STS quotas": managed policies attached to a role, by default.
  managed_policies_per_role = 10
  # A policy has the pieces that begin in a section of this length, so that the last one fits, too.
  section = local.managed_policy_size_limit - local.piece_size_limit - 50
  stack_policies = {
    for key, pieces in local.stack_pieces : key => {
      for number, members in {
        for index in range(local.inline_numbers[key], length(pieces)) : format("%02d", floor((
          (index == 0 ? 0 : local.piece_ends[key][index - 1]) -
          (local.inline_numbers[key] == 0 ? 0 : local.piece_ends[key][local.inline_numbers[key] - 1])
        ) / local.section) + 1) => pieces[index]...
      } : number => jsonencode({ Version = "2012-10-17", Statement = members })
    }
  }
  managed_stack_policies = merge([
    for key, policies in local.stack_policies : { for number, policy in policies : "${key}/${number}" => {
      function = key
      name     = "${var.functions[key].name}-stacks-${number}"
      policy   = policy
    } }
  ]...)
}

resource "aws_iam_policy" "stacks" {
  for_each = local.managed_stack_policies

  name        = each.value.name
  description = "Rights of the function ${var.functions[each.value.function].name} to stacks."
  path        = var.role_path
  policy      = each.value.policy

  lifecycle {
    precondition {
      condition     = length(each.value.policy) <= local.managed_policy_size_limit
      error_message = "The rights of a function to stacks are larger than IAM accepts for a managed policy (${local.managed_policy_size_limit} characters): the names of stacks or roles are too long."
    }
  }
}

resource "aws_iam_role_policy_attachment" "stacks" {
  for_each = local.managed_stack_policies

  role       = aws_iam_role.function[each.value.function].name
  policy_arn = aws_iam_policy.stacks[each.key].arn
}
