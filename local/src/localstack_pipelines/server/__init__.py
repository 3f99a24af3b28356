"""The ``loopback`` runtime server: LocalStack's gateway on exactly the addresses it was given."""
