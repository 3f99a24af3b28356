"""Checks that are not tests."""
