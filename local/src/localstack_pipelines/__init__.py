"""Plug-ins for LocalStack in host mode: Lambda as processes, CodePipeline, CodeCommit, scripted CloudFormation."""
