"""Brings what the project needs into the checkout, and builds the deployment package.

Standard library only: these modules run before anything has been installed. Start them from the top of the
checkout with ``python -m bootstrap.<module>``.
"""
