"""Code that the plug-ins share: requests and their validation, pages, errors, clients, events."""
