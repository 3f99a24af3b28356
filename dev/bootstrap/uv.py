"""uv, the installer of all Python packages: where it is, and the environment it runs with."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def executable(checkout: Path) -> Path:
    """Return the pinned uv of ``checkout``, which ``dev/bootstrap/bootstrap.sh`` puts there."""
    return checkout / ".tools" / "uv" / "bin" / "uv"


def environment(inherited: Mapping[str, str]) -> dict[str, str]:
    """Return ``inherited`` with what uv needs to install reproducibly.

    A package index that the user has configured for pip serves uv as well, unless uv has one of its own.
    """
    index = inherited.get("UV_DEFAULT_INDEX") or inherited.get("UV_INDEX_URL") or inherited.get("PIP_INDEX_URL")
    return {
        **{name: value for name, value in inherited.items() if name not in {"VIRTUAL_ENV", "CONDA_PREFIX"}},
        **({"UV_DEFAULT_INDEX": index} if index else {}),
        # The interpreter is always named; uv must neither search for another nor bring one unasked.
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_NO_PROGRESS": "1",
        "NO_COLOR": "1",
    }
