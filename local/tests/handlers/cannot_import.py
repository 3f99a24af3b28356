"""A module that imports one that is not bundled."""

import a_module_that_is_not_bundled  # noqa: F401


def handler(event, context):
    """Not reached."""
