"""What a commit brings: the archive, the template and the template configuration."""
