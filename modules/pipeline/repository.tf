resource "aws_codecommit_repository" "this" {
  count = var.create_repository ? 1 : 0

  repository_name = var.repository_name
  description     = "What the pipeline ${var.name} deploys."
}

data "aws_codecommit_repository" "this" {
  count = var.create_repository ? 0 : 1

  repository_name = var.repository_name
}
