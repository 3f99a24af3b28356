"""A module that needs one that is not bundled."""

import a_module_that_is_not_bundled  # noqa: F401


def handler(event, context):
    """Never reached."""
