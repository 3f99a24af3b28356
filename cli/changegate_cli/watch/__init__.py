"""``changegate watch``: follows an execution of a pipeline on any AWS, and shows it."""
