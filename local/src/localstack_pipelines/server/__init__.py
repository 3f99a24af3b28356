"""The ``loopback`` runtime server, which serves LocalStack's gateway on exactly the configured addresses."""
