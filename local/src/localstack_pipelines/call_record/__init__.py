"""Records the calls that are made with credentials of roles, so that they can be held against the roles' policies."""
