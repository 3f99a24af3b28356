"""The command ``changegate``: the verdict for people and scripts, by the same code as the function's."""
