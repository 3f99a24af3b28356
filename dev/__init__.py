"""Programs that make files of the project from others' published data."""
