"""The trigger: the only code that knows CodePipeline."""
