"""One local AWS for all tests of a session, and the interpreters of its parts."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

ROOT = Path(__file__).parents[2]

# The runner is installed in another virtual environment.
sys.path.insert(0, str(ROOT / "cli"))

from changegate_cli.local import instance  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def localstack_python() -> Path:
    """Return the interpreter of LocalStack: the one that runs the tests."""
    return Path(sys.executable)


@pytest.fixture(scope="session")
def lambda_python() -> Path:
    """Return the interpreter of functions, which the plug-in's variable overrides."""
    named = os.environ.get("LOCALSTACK_PIPELINES_LAMBDA_PYTHON")
    return Path(named) if named else ROOT / ".venvs" / "lambda" / "bin" / "python"


@pytest.fixture(scope="session")
def local_aws(
    tmp_path_factory: pytest.TempPathFactory, localstack_python: Path, lambda_python: Path
) -> Iterator[instance.LocalAws]:
    """Run the instance that the tests share, so each test needs its own resource names."""
    with instance.start(tmp_path_factory.mktemp("local-aws"), localstack_python, lambda_python) as aws:
        yield aws
