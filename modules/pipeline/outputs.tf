output "name" {
  description = "Name of the pipeline."
  value       = aws_codepipeline.this.name
}

output "arn" {
  description = "ARN of the pipeline."
  value       = aws_codepipeline.this.arn
}

output "repository_name" {
  description = "Name of the CodeCommit repository; null with another source."
  value       = one(concat(aws_codecommit_repository.this[*].repository_name, data.aws_codecommit_repository.this[*].repository_name))
}

output "repository_clone_url_http" {
  description = "HTTP(S) URL of the CodeCommit repository, for clone and push; null with another source."
  value       = one(concat(aws_codecommit_repository.this[*].clone_url_http, data.aws_codecommit_repository.this[*].clone_url_http))
}
