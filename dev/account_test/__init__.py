"""Runs the end-to-end tests on an AWS account: ``make e2e``; docs/account-test.md says what that means and costs."""
