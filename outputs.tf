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
  description = "Name of the CodeCommit repository whose commits are deployed."
  value       = module.pipeline.repository_name
}

output "repository_clone_url_http" {
  description = "URL to push to over HTTP(S)."
  value       = module.pipeline.repository_clone_url_http
}

output "bucket_name" {
  description = "Name of the bucket that holds artifacts, templates and the state machine's input."
  value       = module.bucket.name
}

output "bucket_arn" {
  description = "ARN of the bucket."
  value       = module.bucket.arn
}

output "function_names" {
  description = "Names of the functions, by key."
  value       = { for key, function in module.function : key => function.name }
}

output "role_arns" {
  description = "ARNs of the roles: one per function by its key, and state_machine, pipeline, event and cloudformation."
  value = merge(module.iam.function_role_arns, {
    state_machine  = module.iam.state_machine_role_arn
    pipeline       = module.iam.pipeline_role_arn
    event          = module.iam.event_role_arn
    cloudformation = module.iam.cloudformation_role_arn
  })
}

output "deployments" {
  description = "What each stage deploys, in order: the stage, the full name of its stack and the key of its state machine input in the bucket."
  value = [
    for deployment in var.deployments : {
      stage              = deployment.stage
      stack_name         = "${deployment.environment_name}-${deployment.stack_name}"
      state_machine_file = aws_s3_object.state_machine_input[deployment.stage].key
    }
  ]
}
