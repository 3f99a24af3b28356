"""Records the API calls that roles make, to compare them with the roles' policies."""
