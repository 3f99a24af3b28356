"""Running the whole of Changegate on one machine: LocalStack, Terraform, a git push, and a watcher."""
