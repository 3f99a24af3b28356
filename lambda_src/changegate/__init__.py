"""Changegate: continuous delivery for CloudFormation that loses nothing nobody agreed to lose."""
