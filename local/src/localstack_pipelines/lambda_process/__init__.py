"""The ``process`` Lambda runtime executor: every execution environment is a process of this machine."""
