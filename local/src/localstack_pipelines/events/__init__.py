"""EventBridge: targets that LocalStack lacks. A rule can start a pipeline of CodePipeline."""
