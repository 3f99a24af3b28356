# dev/provision.py compares this with the variables before it does anything.
output "environment" {
  description = "Name, region and account of the environment."
  value = {
    name       = var.name
    region     = var.region
    account_id = local.account_id
  }
}

output "pipelines" {
  description = "Pipelines by key: name, ARN and roles; name and HTTP(S) clone URL of the CodeCommit repository, null with another source; and deployments in order, each with stage, action, full name of the stack and key of the state machine's input in the bucket."
  value = {
    for key, pipeline in module.pipeline : key => {
      name                      = pipeline.name
      arn                       = pipeline.arn
      role_arns                 = pipeline.role_arns
      repository_name           = pipeline.repository_name
      repository_clone_url_http = pipeline.repository_clone_url_http
      deployments               = pipeline.deployments
    }
  }

  precondition {
    # The later deployment would undo the earlier one, each time.
    condition     = length(local.stacks_deployed_twice) == 0
    error_message = "A stack can have one deployment in all pipelines. These have more: ${join("; ", local.stacks_deployed_twice)}."
  }

  precondition {
    condition     = length(local.stacks_like_derived_stacks) == 0
    error_message = "The names of these stacks are like those of the successors (blue_green) or nested stacks of others, whose deployments would have rights to them: ${join(", ", local.stacks_like_derived_stacks)}. Choose other names."
  }
}

output "engine" {
  description = "What modules/pipeline needs to make a pipeline of external_pipelines in another configuration."
  value       = local.engine

  # A new pipeline runs at once: what its trigger starts must exist by then.
  depends_on = [module.state_machine]
}

output "state_machine_arn" {
  description = "ARN of the state machine."
  value       = module.state_machine.arn
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
  description = "ARNs of the roles: one per function by its key, and state_machine and cloudformation."
  value = merge(module.iam.function_role_arns, {
    state_machine  = module.iam.state_machine_role_arn
    cloudformation = module.iam.cloudformation_role_arn
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
  value       = concat(module.monitoring.alarm_names, flatten(values(module.pipeline)[*].alarm_names))
}
