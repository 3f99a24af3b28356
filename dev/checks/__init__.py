"""Checks that are not tests, and what runs tests side by side."""
