"""Builds the artifacts of a release."""
