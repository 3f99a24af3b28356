"""Stacks and change sets: the only code that calls CloudFormation."""
