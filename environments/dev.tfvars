# An environment in an account of your own: change what is below, then
#   make apply ENV=dev
# For another environment, copy this file to environments/<name>.tfvars and give it a name of its own.

region = "eu-west-1"
name   = "changegate-dev"

tags = {
  Environment = "dev"
}

# The stages after Source, in order. The state machine's input of each is written to the bucket.
deployments = [
  {
    stage            = "Dev"
    environment_name = "dev"
    stack_name       = "sample-app"
    template_path    = "infra/template.yaml"

    parameters = {
      MaximumReceives = "3"
    }

    tags = {
      Team = "orders"
    }

    # For templates that create IAM resources:
    # capabilities = ["CAPABILITY_NAMED_IAM"]
  },
]

# What CloudFormation may do for the stacks: the sample application's resources, under names that begin with the
# stack's. Managed policies can be named instead, or as well: deployment_policy_arns = ["arn:aws:iam::aws:policy/..."].
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
        "Resource": "arn:aws:sqs:eu-west-1:*:dev-sample-app-*"
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
        "Resource": "arn:aws:sns:eu-west-1:*:dev-sample-app-*"
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
        "Resource": "arn:aws:ssm:eu-west-1:*:parameter/dev-sample-app/*"
      }
    ]
  }
EOT
