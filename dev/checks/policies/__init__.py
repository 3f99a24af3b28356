"""Linter of the policies that the configuration renders: ``make check-policies``."""
