"""Looks for mistakes in the policies that the configuration renders: ``make check-policies``."""
