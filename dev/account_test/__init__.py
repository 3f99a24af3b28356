"""Runs the end-to-end tests on an AWS account: ``make e2e``. docs/maintainers/account-test.md has the details."""
