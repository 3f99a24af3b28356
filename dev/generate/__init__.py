"""Generators of files that are committed; tests keep them current."""
