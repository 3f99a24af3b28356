"""uv, which installs all Python packages: its path and its environment variables."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def executable(checkout: Path) -> Path:
    """Return the pinned uv of ``checkout``, which ``dev/bootstrap/bootstrap.sh`` installs."""
    return checkout / ".tools" / "uv" / "bin" / "uv"


def environment(inherited: Mapping[str, str]) -> dict[str, str]:
    """Return ``inherited`` with the settings for a reproducible installation.

    uv uses the package index that the user has configured for it, or else the one configured for pip.
    """
    index = inherited.get("UV_DEFAULT_INDEX") or inherited.get("UV_INDEX_URL") or inherited.get("PIP_INDEX_URL")
    return {
        **{name: value for name, value in inherited.items() if name not in {"VIRTUAL_ENV", "CONDA_PREFIX"}},
        **({"UV_DEFAULT_INDEX": index} if index else {}),
        # The caller names the interpreter; uv must not download another.
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_NO_PROGRESS": "1",
        "NO_COLOR": "1",
    }
