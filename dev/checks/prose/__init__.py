"""Linter of the project's English: ``make lint``."""
