"""Plug-ins that complete LocalStack in host mode: Lambda as local processes, CodePipeline, CodeCommit."""
