"""``changegate inspect``: the verdict on a change set, for people and scripts."""
