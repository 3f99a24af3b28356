"""Installs what the project needs into the checkout.

Standard library only: these modules run before any package is installed. Run them from the top of the checkout with
``python -m dev.bootstrap.<module>``.
"""
