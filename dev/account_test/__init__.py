"""Run the end-to-end tests on an AWS account: ``make e2e``, as docs/maintainers/account-test.md describes."""
