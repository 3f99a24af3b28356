output "name" {
  description = "Name of the pipeline."
  value       = aws_codepipeline.this.name
}

output "arn" {
  description = "ARN of the pipeline."
  value       = aws_codepipeline.this.arn
}

output "repository_name" {
  description = "Name of the repository."
  value       = var.create_repository ? aws_codecommit_repository.this[0].repository_name : data.aws_codecommit_repository.this[0].repository_name
}

output "repository_clone_url_http" {
  description = "URL to clone from and push to over HTTP(S)."
  value       = var.create_repository ? aws_codecommit_repository.this[0].clone_url_http : data.aws_codecommit_repository.this[0].clone_url_http
}
