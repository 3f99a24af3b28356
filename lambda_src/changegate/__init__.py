"""Changegate: continuous delivery for CloudFormation that loses no resource nobody agreed to lose."""
