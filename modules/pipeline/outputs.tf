output "name" {
  description = "Name of the pipeline."
  value       = aws_codepipeline.this.name
}

output "arn" {
  description = "ARN of the pipeline."
  value       = aws_codepipeline.this.arn
}

output "role_arns" {
  description = "ARNs of the roles: pipeline, and event_rule if a rule starts the pipeline."
  value       = merge({ pipeline = aws_iam_role.pipeline.arn }, { for role in aws_iam_role.event_rule : "event_rule" => role.arn })
}

output "deployments" {
  description = "Deployments in order: the stage, the action, the full name of the stack and the key of the state machine's input in the bucket."
  value = flatten([
    for stage in local.stages : [
      for deployment in stage.deployments : {
        stage              = stage.name
        action             = deployment.action
        stack_name         = "${deployment.environment_name}-${deployment.stack_name}"
        state_machine_file = aws_s3_object.state_machine_input["${stage.name}/${deployment.action}"].key
      }
    ]
  ])
}

output "alarm_names" {
  description = "Names of the CloudWatch alarms."
  value       = aws_cloudwatch_metric_alarm.source[*].alarm_name
}

output "repository_name" {
  description = "Name of the CodeCommit repository; null with another source."
  value       = one(concat(aws_codecommit_repository.this[*].repository_name, data.aws_codecommit_repository.this[*].repository_name))
}

output "repository_clone_url_http" {
  description = "HTTP(S) URL of the CodeCommit repository, for clone and push; null with another source."
  value       = one(concat(aws_codecommit_repository.this[*].clone_url_http, data.aws_codecommit_repository.this[*].clone_url_http))
}
