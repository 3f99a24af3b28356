"""EventBridge targets that LocalStack lacks: a rule can start a CodePipeline pipeline."""
