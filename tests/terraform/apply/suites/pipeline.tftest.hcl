variables {
  key = "orders"
  # Its bucket is that of the surroundings.
  engine = {
    name       = "pipeline-suite"
    region     = "eu-west-1"
    account_id = "000000000000"
    partition  = "aws"
    names = {
      artifact_prefix = "%.20s/"
      event_rule      = "pipeline-suite-pipeline-%s"
      event_rule_role = "pipeline-suite-event-rule-%s"
      pipeline        = "%s_pipeline-suite"
      pipeline_role   = "pipeline-suite-pipeline-%s"
      repository      = "pipeline-suite-%s"
      source_alarm    = "pipeline-suite-source-rule-failures-%s"
    }
    role_path = "/delivery/"
    bucket = {
      name                     = "pipeline-suite-surroundings"
      arn                      = "arn:aws:s3:::pipeline-suite-surroundings"
      input_prefix             = "state_machine_input/"
      administered_object_arns = ["arn:aws:s3:::pipeline-suite-surroundings/state_machine_input/*"]
    }
    trigger = {
      name = "pipeline-suite-trigger"
      arn  = "arn:aws:lambda:eu-west-1:000000000000:function:pipeline-suite-trigger"
    }
    alarms = {}
  }

  pipeline_source = { codecommit = {} }
  stages = [
    {
      name        = "Prod"
      deployments = [{ environment_name = "prod", stack_name = "app", template_path = "app.yaml" }]
    },
  ]
}

run "surroundings" {
  module {
    source = "./tests/terraform/apply/suites/surroundings"
  }

  variables {
    name    = "pipeline-suite"
    service = "codepipeline.amazonaws.com"
  }
}

run "makes_it" {
  module {
    source = "./modules/pipeline"
  }

  # ARNs that are built from names, in policies and in the event's pattern.
  assert {
    condition     = output.arn == local.pipeline_arn && output.arn == "arn:aws:codepipeline:eu-west-1:000000000000:orders_pipeline-suite"
    error_message = "The pipeline must have the ARN that the EventBridge rule's role may start."
  }

  assert {
    condition     = aws_codecommit_repository.this[0].arn == local.repository_arn
    error_message = "The repository must have the ARN that the EventBridge rule and the pipeline's role name."
  }

  assert {
    condition     = aws_cloudwatch_event_rule.revision[0].arn == local.event_rule_arn
    error_message = "The rule must have the ARN that its role trusts."
  }

  assert {
    condition = output.role_arns == {
      pipeline   = "arn:aws:iam::000000000000:role/delivery/pipeline-suite-pipeline-orders"
      event_rule = "arn:aws:iam::000000000000:role/delivery/pipeline-suite-event-rule-orders"
    }
    error_message = "The roles must have their names and their path."
  }
}

run "again" {
  command = plan

  module {
    source = "./modules/pipeline"
  }
}

run "plans_another_stage_and_approval_in_place" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    execution_mode = "SUPERSEDED"
    stages = [
      {
        name        = "Test"
        deployments = [{ environment_name = "test", stack_name = "app", template_path = "app.yaml" }]
      },
      {
        name     = "Prod"
        approval = { comments = "Look at Test." }
        deployments = [
          { environment_name = "prod", stack_name = "app", template_path = "app.yaml" },
          { environment_name = "prod", stack_name = "network", template_path = "network.yaml" },
          { environment_name = "prod", stack_name = "dashboards", template_path = "dashboards.yaml", run_order = 2 },
        ]
      },
    ]
  }
}

run "changes_in_place" {
  module {
    source = "./modules/pipeline"
  }

  variables {
    execution_mode = "SUPERSEDED"
    stages = [
      {
        name        = "Test"
        deployments = [{ environment_name = "test", stack_name = "app", template_path = "app.yaml" }]
      },
      {
        name     = "Prod"
        approval = { comments = "Look at Test." }
        deployments = [
          { environment_name = "prod", stack_name = "app", template_path = "app.yaml" },
          { environment_name = "prod", stack_name = "network", template_path = "network.yaml" },
          { environment_name = "prod", stack_name = "dashboards", template_path = "dashboards.yaml", run_order = 2 },
        ]
      },
    ]
  }

  assert {
    condition = output.arn == run.makes_it.arn && {
      for stage in aws_codepipeline.this.stage : stage.name => { for action in stage.action : action.name => action.run_order }
      } == {
      Source = { Source = 1 }
      Test   = { app = 1 }
      Prod   = { Approve = 1, app = 2, network = 2, dashboards = 3 }
    }
    error_message = "The pipeline must stay, with the new settings."
  }
}
