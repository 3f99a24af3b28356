"""Mirrors on loopback, and checkouts that contain the bootstrap only."""

from __future__ import annotations

import contextlib
import functools
import http.server
import os
import shutil
import socket
import threading
from typing import TYPE_CHECKING, Any

import pytest

from tests.dev.bootstrap.helpers import Mirror
from tests.support.checkout import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# The programs that the shell scripts of the bootstrap call, except Python and uv.
TOOLS = ("sh", "env", "cat", "cmp", "cp", "ln", "ls", "mkdir", "mv", "readlink", "rm", "sed", "tail", "uname")


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Serves a folder without logging requests."""

    def log_message(self, *_: Any) -> None:
        """Log nothing."""


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[Mirror]:
    """Serve an empty folder on a free port of 127.0.0.1."""
    folder = tmp_path / "mirror"
    folder.mkdir()
    handler = functools.partial(_Handler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield Mirror(folder, f"http://127.0.0.1:{server.server_port}")
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def refusing_url() -> Iterator[str]:
    """Return an address that refuses every connection: the port is bound, but nothing listens on it."""
    with contextlib.closing(socket.socket()) as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a folder with the bootstrap and the requirements of this checkout, before any setup."""
    folder = tmp_path / "check out"
    shutil.copytree(ROOT / "dev", folder / "dev", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.fixture
def bare_environment(tmp_path: Path) -> dict[str, str]:
    """Return the environment of a machine with a shell and its tools, but without Python, uv and Terraform."""
    home, tools = tmp_path / "home", tmp_path / "tools"
    home.mkdir()
    tools.mkdir()
    for name in TOOLS:
        found = shutil.which(name)
        assert found, f"{name} is needed"
        (tools / name).symlink_to(found)
    return {
        "PATH": str(tools),
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "TMPDIR": str(tmp_path),
        # The settings of this machine must not matter, and a refusal must be immediate.
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_RETRIES": "0",
        "UV_NO_CONFIG": "1",
        "UV_HTTP_RETRIES": "0",
        "UV_CACHE_DIR": str(tmp_path / "uv-cache"),
    }
