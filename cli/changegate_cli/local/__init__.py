"""``changegate local``: all of Changegate on one machine, with LocalStack, Terraform and a git push."""
