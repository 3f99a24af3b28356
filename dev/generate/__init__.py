"""Generators of committed files; tests check that the files are current."""
