"""The ``cloudformation:scripted`` provider: CloudFormation that replays scripts. ``README.md`` documents the format."""
