"""Where a revision is, and which of its files a deployment uses."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Revision:
    """A revision in S3, and the paths of a deployment's files in it."""

    bucket: str
    key: str
    template_path: str
    template_configuration_path: str | None = None
