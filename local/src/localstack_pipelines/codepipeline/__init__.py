"""CodePipeline: pipelines, executions, the CodeCommit, Lambda and manual approval actions, and their jobs.

``operations`` has the handlers of the API. ``structure``, ``progress``, ``variables``, ``state_changes`` and ``views``
decide without threads and without calls to services; ``execution_runner`` performs what ``progress`` returns.
"""
