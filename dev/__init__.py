"""The workshop: what developers of Changegate run, and what neither functions nor command import."""
