"""Builds what is shipped."""
