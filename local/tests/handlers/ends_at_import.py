"""A module that ends the runtime at import."""

import os

print("loading", flush=True)
os._exit(7)
