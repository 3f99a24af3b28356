variables {
  name               = "iam-suite"
  account_id         = "000000000000"
  partition          = "aws"
  region             = "eu-west-1"
  bucket_arn         = "arn:aws:s3:::iam-suite-000000000000-eu-west-1"
  artifact_prefix    = "iam-suite/"
  input_prefix       = "state_machine_input/"
  template_prefix    = "templates/"
  verdict_prefix     = "verdicts/"
  state_machine_name = "iam-suite-deploy"
  pipeline_name      = "iam-suite"
  event_rule_name    = "iam-suite"
  role_path          = "/delivery/"
  pipeline_source    = { repository_arn = "arn:aws:codecommit:eu-west-1:000000000000:iam-suite" }
  # Everything a deployment can ask of the roles.
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
  approvals                 = [{ topic_arn = "arn:aws:sns:eu-west-1:000000000000:approvals" }]
  kms_key_arn               = "arn:aws:kms:eu-west-1:000000000000:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  lost_invocation_queue_arn = "arn:aws:sqs:eu-west-1:000000000000:iam-suite-lost-invocations"
  deployment_policy_arns    = ["arn:aws:iam::aws:policy/AmazonSQSFullAccess"]
  permissions_boundary_arn  = "arn:aws:iam::aws:policy/PowerUserAccess"
  deployment_policy_json = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sns:*", Resource = "*" }]
  })

  function_names = {
    trigger                         = "iam-suite-trigger"
    check_stack_existence           = "iam-suite-check-stack-existence"
    delete_failed_stack             = "iam-suite-delete-failed-stack"
    get_stack_deletion_status       = "iam-suite-get-stack-deletion-status"
    create_stack                    = "iam-suite-create-stack"
    get_stack_creation_status       = "iam-suite-get-stack-creation-status"
    create_change_set               = "iam-suite-create-change-set"
    get_change_set_creation_status  = "iam-suite-get-change-set-creation-status"
    inspect_change_set_changes      = "iam-suite-inspect-change-set-changes"
    execute_change_set              = "iam-suite-execute-change-set"
    get_change_set_execution_status = "iam-suite-get-change-set-execution-status"
    delete_change_set               = "iam-suite-delete-change-set"
    set_stack_policy                = "iam-suite-set-stack-policy"
  }
}

run "makes_them" {
  module {
    source = "./modules/iam"
  }

  # These ARNs are made of names, and are in the key's policy before the roles exist.
  assert {
    condition = output.object_role_arns == {
      readers  = [for key in ["create_change_set", "create_stack", "trigger"] : aws_iam_role.function[key].arn]
      writers  = [for key in ["create_change_set", "create_stack", "inspect_change_set_changes"] : aws_iam_role.function[key].arn]
      pipeline = aws_iam_role.pipeline.arn
    }
    error_message = "The ARNs made of names must be those that IAM gives."
  }

  assert {
    condition     = output.cloudformation_role_arn == local.cloudformation_arn
    error_message = "The functions must be allowed to pass the role that there is."
  }

  assert {
    condition = output.function_role_arns == {
      for key, name in var.function_names : key => "arn:aws:iam::000000000000:role/delivery/${name}"
    }
    error_message = "Every function must have a role of its own, under the path."
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
