"""The handlers of the API operations, by the kind of resource."""
