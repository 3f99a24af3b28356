"""Readers: each finds the passages in files of one kind."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from dev.checks.prose.readers import hcl, lexed, markdown, python

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from dev.checks.prose.passages import Passage

    type Reader = Callable[[str], Iterable[Passage]]

_BY_SUFFIX: dict[str, Reader] = {
    ".cjs": lexed.reader("javascript"),
    ".hcl": hcl.passages,
    ".in": lexed.reader("bash"),
    ".md": markdown.passages,
    ".py": python.passages,
    ".sh": lexed.reader("bash"),
    ".tf": hcl.passages,
    ".tfbackend": hcl.passages,
    ".tfvars": hcl.passages,
    ".toml": lexed.reader("toml"),
    ".yaml": lexed.reader("yaml"),
    ".yml": lexed.reader("yaml"),
}
_BY_NAME: dict[str, Reader] = {
    ".gitignore": lexed.reader("bash"),
    "Makefile": lexed.reader("make"),
    "run": lexed.reader("bash"),
}
# Terraform writes the lock file; the list of phrases has wrong sentences.
_NOT_PROSE = {".terraform.lock.hcl", "phrases.toml"}


def reader_for(name: str) -> Reader | None:
    """Return the reader of the file ``name``; None where there is nothing to read."""
    path = PurePath(name.removesuffix(".example"))
    if path.name in _NOT_PROSE:
        return None
    return _BY_NAME.get(path.name) or _BY_SUFFIX.get(path.suffix)
