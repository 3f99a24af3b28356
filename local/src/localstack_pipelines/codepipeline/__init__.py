"""CodePipeline for LocalStack: pipelines, executions, the CodeCommit, Lambda and Manual actions, and their jobs.

The decisions are in modules without threads and without AWS calls (``constraints``, ``structure``, ``transitions``,
``variables``, ``views``, ``notifications``); ``conductor`` runs what they decide; ``provider`` is the API.
"""
