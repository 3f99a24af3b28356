"""The ``process`` Lambda runtime executor, which runs each execution environment as a local process."""
