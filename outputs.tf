# dev/provision.py compares this with the variables before it does anything.
output "environment" {
  description = "Name, region and account of the environment."
  value = {
    name       = var.name
    region     = var.region
    account_id = local.account_id
  }
}

output "pipeline_name" {
  description = "Name of the pipeline."
  value       = module.pipeline.name
}

output "pipeline_arn" {
  description = "ARN of the pipeline."
  value       = module.pipeline.arn
}

output "state_machine_arn" {
  description = "ARN of the state machine."
  value       = module.state_machine.arn
}

output "repository_name" {
  description = "Name of the CodeCommit repository whose commits are deployed; null with another pipeline_source."
  value       = module.pipeline.repository_name
}

output "repository_clone_url_http" {
  description = "HTTP(S) URL of the CodeCommit repository to push to; null with another pipeline_source."
  value       = module.pipeline.repository_clone_url_http
}

output "bucket_name" {
  description = "Name of the bucket for artifacts, templates, verdicts and the state machine's input."
  value       = module.bucket.name
}

output "bucket_arn" {
  description = "ARN of the bucket."
  value       = module.bucket.arn
}

output "function_names" {
  description = "Names of the functions by key."
  value       = { for key, function in module.function : key => function.name }

  precondition {
    condition     = length(setsubtract(local.listed_environment, keys(local.environment_values))) == 0
    error_message = "asl/tasks.json lists environment variables without a value in functions.tf: ${join(", ", setsubtract(local.listed_environment, keys(local.environment_values)))}."
  }

  precondition {
    condition     = length(setsubtract(keys(local.environment_values), local.listed_environment)) == 0
    error_message = "functions.tf has values for environment variables that no function lists: ${join(", ", setsubtract(keys(local.environment_values), local.listed_environment))}."
  }
}

output "role_arns" {
  description = "ARNs of the roles: one per function by its key, and state_machine, pipeline and cloudformation; also event if a rule starts the pipeline."
  value = merge(module.iam.function_role_arns, {
    state_machine  = module.iam.state_machine_role_arn
    pipeline       = module.iam.pipeline_role_arn
    cloudformation = module.iam.cloudformation_role_arn
    }, var.pipeline_source.codeconnections != null ? {} : {
    event = module.iam.event_role_arn
  })
}

output "template_boundary_arn" {
  description = "ARN of the permissions boundary that the roles and users which templates create must have: docs/guides/security.md."
  value       = module.iam.template_boundary_arn
}

output "template_boundary_json" {
  description = "The statements that a boundary of your own (template_boundary_arn) must have."
  value       = module.iam.template_boundary_json
}

output "template_denials_arn" {
  description = "ARN of the managed policy of denials for roles that deploy templates. The role that is created here has it; attach it to each role_arn of deployments."
  value       = module.iam.template_denials_arn
}

output "deployments" {
  description = "Deployments in order: the stage, the full name of its stack and the key of its state machine input in the bucket."
  value = [
    for deployment in var.deployments : {
      stage              = deployment.stage
      stack_name         = "${deployment.environment_name}-${deployment.stack_name}"
      state_machine_file = aws_s3_object.state_machine_input[deployment.stage].key
    }
  ]
}

output "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the bucket's objects and the logs; null without a key."
  value       = local.kms_key_arn
}

output "notification_topic_arn" {
  description = "ARN of the SNS topic for deployments and alarms; null without a topic."
  value       = one(module.notifications[*].topic_arn)
}

output "alarm_names" {
  description = "Names of the CloudWatch alarms."
  value       = module.monitoring.alarm_names
}
