variables {
  account_id        = "000000000000"
  partition         = "aws"
  region            = "eu-west-1"
  bucket_arn        = "arn:aws:s3:::iam-suite-000000000000-eu-west-1"
  artifact_prefixes = ["orders_iam-suite/"]
  administered_object_arns = [
    "arn:aws:s3:::iam-suite-000000000000-eu-west-1/functions/*",
    "arn:aws:s3:::iam-suite-000000000000-eu-west-1/state_machine_input/*",
  ]
  input_prefix    = "state_machine_input/"
  template_prefix = "templates/"
  verdict_prefix  = "verdicts/"
  state_machine = {
    name           = "iam-suite-deploy"
    arn            = "arn:aws:states:eu-west-1:000000000000:stateMachine:iam-suite-deploy"
    execution_arns = "arn:aws:states:eu-west-1:000000000000:execution:iam-suite-deploy:*"
  }
  role_path         = "/delivery/"
  protected_arns    = ["arn:aws:lambda:eu-west-1:000000000000:function:iam-suite-*"]
  template_policies = { denials = "iam-suite-template-denials", boundary = "iam-suite-template-boundary" }
  target_role_arns  = ["arn:aws:iam::444455556666:role/changegate"]
  # Every option of deployments that needs rights.
  deployments = [
    {
      stack_name             = "prod-iam-suite"
      recreate_failed_stack  = true
      termination_protection = true
      set_stack_policy       = true
      blue_green             = true
    },
    {
      stack_name      = "prod-elsewhere"
      region          = "eu-central-1"
      target_role_arn = "arn:aws:iam::444455556666:role/changegate"
    },
  ]
  kms_key_arn               = "arn:aws:kms:eu-west-1:000000000000:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  lost_invocation_queue_arn = "arn:aws:sqs:eu-west-1:000000000000:iam-suite-lost-invocations"
  deployment_policy_arns    = ["arn:aws:iam::aws:policy/AmazonSQSFullAccess"]
  permissions_boundary_arn  = "arn:aws:iam::aws:policy/PowerUserAccess"
  deployment_policy_json = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sns:*", Resource = "*" }]
  })

  functions = {
    for key in concat(["trigger"], keys(jsondecode(file("asl/tasks.json")))) : key => {
      name = "iam-suite-${replace(key, "_", "-")}"
      arn  = "arn:aws:lambda:eu-west-1:000000000000:function:iam-suite-${replace(key, "_", "-")}"
      role = {
        name = "iam-suite-${replace(key, "_", "-")}"
        arn  = "arn:aws:iam::000000000000:role/delivery/iam-suite-${replace(key, "_", "-")}"
      }
      log_group_arn = "arn:aws:logs:eu-west-1:000000000000:log-group:/aws/lambda/iam-suite-${replace(key, "_", "-")}"
    }
  }
  roles = {
    for key in ["cloudformation", "state_machine"] : key => {
      name = "iam-suite-${replace(key, "_", "-")}"
      arn  = "arn:aws:iam::000000000000:role/delivery/iam-suite-${replace(key, "_", "-")}"
    }
  }
}

run "makes_them" {
  module {
    source = "./modules/iam"
  }

  # These ARNs are built from names, and the key policy has them before the roles exist.
  assert {
    condition = output.object_role_arns == {
      readers = [for key in ["create_change_set", "create_stack", "trigger"] : aws_iam_role.function[key].arn]
      writers = [for key in ["create_change_set", "create_stack", "inspect_change_set_changes"] : aws_iam_role.function[key].arn]
    }
    error_message = "The ARNs that are built from names must be those of IAM."
  }

  assert {
    condition     = output.cloudformation_role_arn == var.roles.cloudformation.arn
    error_message = "The functions must be allowed to pass the role that exists."
  }

  assert {
    condition = output.function_role_arns == {
      for key, function in var.functions : key => function.role.arn
    }
    error_message = "Each function must have its own role, with the path."
  }
}

run "again" {
  command = plan

  module {
    source = "./modules/iam"
  }
}

run "plans_other_rights_in_place" {
  command = plan

  module {
    source = "./modules/iam"
  }

  variables {
    deployments     = [{ stack_name = "prod-iam-suite" }]
    approvals       = []
    tracing_enabled = true
  }
}
