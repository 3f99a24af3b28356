"""CodeCommit for LocalStack: the API, a git endpoint, and the events of repository state changes."""
