"""The command ``changegate``.

This file imports nothing: a Python without packages runs :mod:`~changegate_cli.terraform` and
:mod:`~changegate_cli.processes` (``dev/provision.py``, ``dev/lanes.py``).
"""
