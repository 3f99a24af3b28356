"""CodeCommit: the API, the git endpoint, and the events that report repository state changes.

``operations`` has the handlers of the API, ``git_endpoint`` serves clone, fetch and push; both change branches and tags
through ``references``. ``revisions`` is the interface for CodePipeline.
"""
