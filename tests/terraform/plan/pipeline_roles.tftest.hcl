mock_provider "aws" {
  source = "./tests/terraform/plan/mocks"
}

variables {
  key = "orders"
  engine = {
    name       = "changegate"
    region     = "eu-west-1"
    account_id = "111122223333"
    partition  = "aws"
    names = {
      artifact_prefix = "%.20s/"
      event_rule      = "changegate-pipeline-%s"
      event_rule_role = "changegate-event-rule-%s"
      pipeline        = "%s_changegate"
      pipeline_role   = "changegate-pipeline-%s"
      repository      = "changegate-%s"
      source_alarm    = "changegate-source-rule-failures-%s"
    }
    role_path = "/"
    bucket = {
      name                    = "changegate-111122223333-eu-west-1"
      arn                     = "arn:aws:s3:::changegate-111122223333-eu-west-1"
      input_prefix            = "state_machine_input/"
      artifact_retention_days = 30
      administered_object_arns = [
        "arn:aws:s3:::changegate-111122223333-eu-west-1/functions/*",
        "arn:aws:s3:::changegate-111122223333-eu-west-1/state_machine_input/*",
      ]
    }
    trigger = {
      name = "changegate-trigger"
      arn  = "arn:aws:lambda:eu-west-1:111122223333:function:changegate-trigger"
    }
  }
  pipeline_source = { codecommit = { repository_name = "sample-app", branch_name = "release" } }
  stages = [
    {
      name        = "Test"
      deployments = [{ environment_name = "test", stack_name = "sample-app", template_path = "infra/template.yaml" }]
    },
    {
      name        = "Prod"
      deployments = [{ environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml" }]
    },
  ]
}

run "pipeline_and_rule_reach_what_they_are_wired_to_only" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  assert {
    condition = {
      for statement in jsondecode(aws_iam_role_policy.pipeline.policy).Statement : statement.Sid => statement.Resource
      } == {
      FetchSource   = "arn:aws:codecommit:eu-west-1:111122223333:sample-app"
      FindTrigger   = "*"
      InvokeTrigger = "arn:aws:lambda:eu-west-1:111122223333:function:changegate-trigger"
      KeepArtifacts = "arn:aws:s3:::changegate-111122223333-eu-west-1/orders_changegate/*"
      LookAtBucket  = "arn:aws:s3:::changegate-111122223333-eu-west-1"
    }
    error_message = "The pipeline must only reach its repository, its artifacts and the trigger."
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.event_rule[0].policy).Statement == [
      {
        Sid      = "StartPipeline"
        Effect   = "Allow"
        Action   = "codepipeline:StartPipelineExecution"
        Resource = "arn:aws:codepipeline:eu-west-1:111122223333:orders_changegate"
      },
    ]
    error_message = "The EventBridge rule must be allowed to start the one pipeline, and nothing else."
  }
}

run "pipeline_uses_one_connection_for_one_repository" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    pipeline_source = {
      codeconnections = {
        connection_arn     = "arn:aws:codeconnections:eu-west-1:111122223333:connection/01234567-89ab-cdef-0123-456789abcdef"
        full_repository_id = "some-company/sample-app"
      }
    }
  }

  assert {
    condition = [
      for statement in jsondecode(aws_iam_role_policy.pipeline.policy).Statement : statement
      if !contains(["FindTrigger", "InvokeTrigger", "KeepArtifacts", "LookAtBucket"], statement.Sid)
      ] == [
      {
        Sid       = "FetchSource"
        Effect    = "Allow"
        Action    = "codeconnections:UseConnection"
        Resource  = "arn:aws:codeconnections:eu-west-1:111122223333:connection/01234567-89ab-cdef-0123-456789abcdef"
        Condition = { StringEqualsIfExists = { "codeconnections:FullRepositoryId" = "some-company/sample-app" } }
      },
    ]
    error_message = "The pipeline must use the one connection, for the one repository, and no other source."
  }

  assert {
    condition     = keys(output.role_arns) == ["pipeline"]
    error_message = "Without a rule, there must be no role for it."
  }
}

run "pipeline_uses_a_connection_under_the_former_name" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    pipeline_source = {
      codeconnections = {
        connection_arn     = "arn:aws:codestar-connections:eu-west-1:111122223333:connection/01234567-89ab-cdef-0123-456789abcdef"
        full_repository_id = "some-company/sample-app"
      }
    }
  }

  assert {
    condition = one([
      for statement in jsondecode(aws_iam_role_policy.pipeline.policy).Statement : [statement.Action, keys(statement.Condition.StringEqualsIfExists)]
      if statement.Sid == "FetchSource"
    ]) == ["codestar-connections:UseConnection", ["codestar-connections:FullRepositoryId"]]
    error_message = "The action must have the prefix of the connection's ARN."
  }
}

run "pipeline_reads_one_object" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    pipeline_source = {
      s3 = {
        bucket_name = "some-revisions"
        object_key  = "sample-app/revision.zip"
        kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef"
      }
    }
  }

  assert {
    condition = {
      for statement in jsondecode(aws_iam_role_policy.pipeline.policy).Statement :
      statement.Sid => [flatten([statement.Action]), statement.Resource]
      if !contains(["FindTrigger", "InvokeTrigger", "KeepArtifacts", "LookAtBucket"], statement.Sid)
      } == {
      FetchSource        = [["s3:GetObject", "s3:GetObjectVersion"], "arn:aws:s3:::some-revisions/sample-app/revision.zip"]
      LookAtSourceBucket = [["s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketVersioning"], "arn:aws:s3:::some-revisions"]
      DecryptSource      = [["kms:Decrypt"], "arn:aws:kms:eu-west-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef"]
    }
    error_message = "The pipeline must read the one object, with its key, and no other source."
  }

  assert {
    condition = one([
      for statement in jsondecode(aws_iam_role_policy.pipeline.policy).Statement : statement.Condition
      if statement.Sid == "DecryptSource"
    ]) == { StringEquals = { "kms:ViaService" = "s3.eu-west-1.amazonaws.com" } }
    error_message = "The key must be used through S3 only."
  }

  assert {
    condition     = keys(output.role_arns) == ["event_rule", "pipeline"]
    error_message = "The rule that starts the pipeline must have its role."
  }
}

run "pipeline_tells_the_topics_of_approvals_only" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      for name, approval in {
        Test  = {}
        Stage = { notification_topic_arn = "arn:aws:sns:eu-west-1:111122223333:approvals" }
        Prod = {
          notification_topic_arn = "arn:aws:sns:eu-west-1:111122223333:approvals"
          notification_key_arn   = "arn:aws:kms:eu-west-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef"
        }
        } : {
        name        = name
        approval    = approval
        deployments = [{ environment_name = lower(name), stack_name = "app", template_path = "infra/template.yaml" }]
      }
    ]
  }

  assert {
    condition = {
      for statement in jsondecode(aws_iam_role_policy.pipeline.policy).Statement : statement.Sid => statement
      if contains(["AskForApproval", "EncryptRequestForApproval"], statement.Sid)
      } == {
      AskForApproval = {
        Sid      = "AskForApproval"
        Effect   = "Allow"
        Action   = ["sns:Publish"]
        Resource = ["arn:aws:sns:eu-west-1:111122223333:approvals"]
      }
      EncryptRequestForApproval = {
        Sid       = "EncryptRequestForApproval"
        Effect    = "Allow"
        Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource  = ["arn:aws:kms:eu-west-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef"]
        Condition = { StringEquals = { "kms:ViaService" = "sns.eu-west-1.amazonaws.com" } }
      }
    }
    error_message = "The pipeline must publish to the topics of approvals, once each, and use their keys through SNS."
  }
}

run "pipeline_tells_nobody_without_a_topic" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    stages = [
      {
        name        = "Prod"
        approval    = {}
        deployments = [{ environment_name = "prod", stack_name = "app", template_path = "infra/template.yaml" }]
      },
    ]
  }

  assert {
    condition     = !strcontains(aws_iam_role_policy.pipeline.policy, "sns:") && !strcontains(aws_iam_role_policy.pipeline.policy, "kms:")
    error_message = "Without a topic, there must be no right to publish."
  }
}

run "roles_of_a_pipeline_trust_one_service_of_this_account" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  assert {
    condition = jsondecode(aws_iam_role.pipeline.assume_role_policy).Statement == [
      {
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { Service = "codepipeline.amazonaws.com" }
        Condition = { StringEqualsIfExists = { "aws:SourceAccount" = "111122223333" } }
      },
    ]
    error_message = "The pipeline's role must trust CodePipeline, for this account."
  }

  assert {
    condition = jsondecode(aws_iam_role.event_rule[0].assume_role_policy).Statement == [
      {
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { Service = "events.amazonaws.com" }
        Condition = {
          ArnEquals    = { "aws:SourceArn" = "arn:aws:events:eu-west-1:111122223333:rule/changegate-pipeline-orders" }
          StringEquals = { "aws:SourceAccount" = "111122223333" }
        }
      },
    ]
    error_message = "The rule's role must trust EventBridge, for the one rule."
  }

  assert {
    condition = alltrue(flatten([
      for policy in [aws_iam_role_policy.pipeline.policy, aws_iam_role_policy.event_rule[0].policy] : [
        for statement in jsondecode(policy).Statement : [
          for action in flatten([statement.Action]) :
          statement.Effect == "Allow" && !strcontains(action, "*") && (!contains(flatten([statement.Resource]), "*") || action == "lambda:ListFunctions")
        ]
      ]
    ]))
    error_message = "Each action must be named in full, and allowed on named resources if it has any."
  }
}

run "the_pipeline_changes_neither_code_nor_input" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.pipeline_denials.policy).Statement == [
      {
        Sid    = "LeaveCodeAndInputAlone"
        Effect = "Deny"
        Action = ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObject"]
        Resource = [
          "arn:aws:s3:::changegate-111122223333-eu-west-1/functions/*",
          "arn:aws:s3:::changegate-111122223333-eu-west-1/state_machine_input/*",
        ]
      },
    ]
    error_message = "The pipeline must be denied changing the code and the input."
  }
}

run "bounds_the_roles_of_a_pipeline_and_puts_them_on_their_path" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    engine = merge(var.engine, {
      permissions_boundary_arn = "arn:aws:iam::111122223333:policy/teams/boundary"
      role_path                = "/teams/delivery/"
    })
  }

  assert {
    condition = [
      for role in [aws_iam_role.pipeline, aws_iam_role.event_rule[0]] : [role.name, role.path, role.permissions_boundary]
      ] == [
      ["changegate-pipeline-orders", "/teams/delivery/", "arn:aws:iam::111122223333:policy/teams/boundary"],
      ["changegate-event-rule-orders", "/teams/delivery/", "arn:aws:iam::111122223333:policy/teams/boundary"],
    ]
    error_message = "Each role must have its name, the boundary and the path."
  }
}

run "the_pipeline_uses_a_given_key_through_s3" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    engine = merge(var.engine, {
      kms_key = { arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab", needs_policies = true }
    })
  }

  assert {
    condition = {
      for statement in jsondecode(aws_iam_role_policy.pipeline_key[0].policy).Statement :
      statement.Sid => { resource = statement.Resource, via = try(statement.Condition.StringEquals["kms:ViaService"], null) }
      } == {
      KeepArtifacts = { resource = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab", via = "s3.eu-west-1.amazonaws.com" }
      LookAtKey     = { resource = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab", via = null }
    }
    error_message = "The pipeline must be allowed to use the key through S3."
  }
}

run "the_pipeline_uses_no_key_by_policies_where_the_key_allows_it" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    engine = merge(var.engine, {
      kms_key = { arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab", needs_policies = false }
    })
  }

  assert {
    condition     = length(aws_iam_role_policy.pipeline_key) == 0 && !strcontains(aws_iam_role_policy.pipeline.policy, "kms:")
    error_message = "There must be no right to a key."
  }
}
