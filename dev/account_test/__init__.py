"""Runs the end-to-end tests on an AWS account: ``make e2e``. docs/account-test.md has what that does and costs."""
