# An environment in your own account. Change the values below, then run
#   make apply ENV=dev
# For another environment, copy this file to environments/<name>.tfvars and change name.

region = "eu-west-1"
name   = "changegate-dev"

# With credentials of another account, plan and apply fail:
# account_id = "111122223333"

tags = {
  Environment = "dev"
}

# A pipeline for each repository. Its stages run in order; the deployments of a stage run beside each other.
pipelines = {
  sample = {
    # GitHub, GitLab or Bitbucket, through an existing connection (docs/guides/sources.md):
    source = {
      codeconnections = {
        connection_arn     = "arn:aws:codeconnections:eu-west-1:111122223333:connection/01234567-89ab-cdef-0123-456789abcdef"
        full_repository_id = "some-company/sample-app"
      }
    }

    # Or a CodeCommit repository, which is created:
    # source = { codecommit = {} }

    stages = [
      {
        name = "Dev"
        deployments = [
          {
            environment_name = "dev"
            stack_name       = "sample-app"
            template_path    = "infra/template.yaml"
            parameters       = { MaximumReceives = "3" }
            tags             = { Team = "orders" }

            # For templates that create IAM resources:
            # capabilities = ["CAPABILITY_NAMED_IAM"]
          },
        ]
      },

      # A second stage, which a person approves in CodePipeline:
      # {
      #   name        = "Prod"
      #   approval    = { comments = "Does the sample application work in dev?" }
      #   deployments = [{ environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml" }]
      # },
    ]
  }
}

# A KMS key is created for objects and logs. Your own key, an access log, and limits of the roles: docs/guides/security.md.
# kms_key                  = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
# access_log_bucket        = { name = "logs-111122223333" }
# permissions_boundary_arn = "arn:aws:iam::111122223333:policy/boundary"
# role_path                = "/delivery/"

# Notifications of failed deployments, and monitoring: docs/guides/operations.md.
# notifications     = { emails = ["team@example.com"] }
# alarms_enabled    = true
# dashboard_enabled = true

# The rights of CloudFormation: the resources of the sample application, with names that begin with the stack's name.
# Managed policies can be used instead, or as well: deployment_policy_arns = ["arn:aws:iam::aws:policy/..."].
deployment_policy_json = <<-EOT
  {
    "Version": "2012-10-17",
    "Statement": [
      {
        "Sid": "Queues",
        "Effect": "Allow",
        "Action": [
          "sqs:CreateQueue",
          "sqs:DeleteQueue",
          "sqs:GetQueueAttributes",
          "sqs:GetQueueUrl",
          "sqs:ListQueueTags",
          "sqs:SetQueueAttributes",
          "sqs:TagQueue",
          "sqs:UntagQueue"
        ],
        "Resource": "arn:aws:sqs:*:*:dev-sample-app-*"
      },
      {
        "Sid": "Topics",
        "Effect": "Allow",
        "Action": [
          "sns:CreateTopic",
          "sns:DeleteTopic",
          "sns:GetDataProtectionPolicy",
          "sns:GetTopicAttributes",
          "sns:ListSubscriptionsByTopic",
          "sns:ListTagsForResource",
          "sns:SetTopicAttributes",
          "sns:TagResource",
          "sns:UntagResource"
        ],
        "Resource": "arn:aws:sns:*:*:dev-sample-app-*"
      },
      {
        "Sid": "Parameters",
        "Effect": "Allow",
        "Action": [
          "ssm:AddTagsToResource",
          "ssm:DeleteParameter",
          "ssm:GetParameter",
          "ssm:GetParameters",
          "ssm:ListTagsForResource",
          "ssm:PutParameter",
          "ssm:RemoveTagsFromResource"
        ],
        "Resource": "arn:aws:ssm:*:*:parameter/dev-sample-app/*"
      }
    ]
  }
EOT
