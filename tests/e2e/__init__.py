"""The whole way, from a git push to a stack."""
