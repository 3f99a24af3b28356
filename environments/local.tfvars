# The environment on the local AWS, for the demonstration and the end-to-end tests.

region = "eu-west-1"
name   = "changegate"

pipelines = {
  main = {
    source = { codecommit = { repository_name = "sample-app" } }
    stages = [
      { name = "Prod", deployments = [{ environment_name = "prod", stack_name = "sample-app", template_path = "infra/template.yaml" }] },
    ]
  }
}

# The resources of the sample application, with names that begin with the stack's name.
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
        "Resource": "arn:aws:sqs:*:*:prod-sample-app-*"
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
        "Resource": "arn:aws:sns:*:*:prod-sample-app-*"
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
        "Resource": "arn:aws:ssm:*:*:parameter/prod-sample-app/*"
      }
    ]
  }
EOT

# The local AWS exists for minutes, so nothing expires, and there is no queue for lost invocations: Terraform waits for
# about a minute until lifecycle rules apply, and as long for a queue and its policy.
waiting = {
  minimum_seconds         = 1
  maximum_seconds         = 2
  busy_stack_seconds      = 500
  change_set_seconds      = 500
  stack_operation_seconds = 1300
}
expire_objects        = false
keep_lost_invocations = false
force_destroy         = true
