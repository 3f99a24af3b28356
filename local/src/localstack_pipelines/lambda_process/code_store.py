"""Unpacked code, shared by all function versions with the same zip.

Many functions often share one zip. Unpacking it once saves disk space, and Python compiles it once.
"""

from __future__ import annotations

import base64
import shutil
import tempfile
import threading
from collections import defaultdict
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from localstack.services.lambda_.invocation.lambda_models import FunctionVersion, HotReloadingCode, S3Code


class CodeStore:
    """Directories of unpacked code by the hash of the zip, kept as long as a version uses them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._users: defaultdict[Path, set[tuple[str, str]]] = defaultdict(set)

    def location(self, code: S3Code | HotReloadingCode) -> Path:
        """Return the directory of ``code``, which exists between :meth:`acquire` and :meth:`release`.

        Hot-reloading code stays in the developer's directory.
        """
        if code.is_hot_reloading():
            return code.get_unzipped_code_location()
        return self._folder / base64.b64decode(code.code_sha256).hex()

    def acquire(self, code: S3Code | HotReloadingCode, version: FunctionVersion) -> None:
        """Unpack ``code`` unless it is unpacked already, and keep it for ``version``.

        LocalStack unpacks it, without the members whose names lead outside.
        """
        if code.is_hot_reloading():
            return
        location = self.location(code)
        with self._lock:
            if not location.exists():
                self._folder.mkdir(parents=True, exist_ok=True)
                code.prepare_for_execution()
                code.get_unzipped_code_location().rename(location)
                code.destroy_cached()
            self._users[location].add(_user(version))

    def release(self, code: S3Code | HotReloadingCode, version: FunctionVersion) -> None:
        """Release the code that ``version`` uses, if any."""
        if code.is_hot_reloading():
            return
        location = self.location(code)
        with self._lock:
            self._users[location].discard(_user(version))
            if not self._users[location]:
                del self._users[location]
                shutil.rmtree(location, ignore_errors=True)


@lru_cache(maxsize=1)
def shared_code_store() -> CodeStore:
    """Return the store of this LocalStack."""
    return CodeStore(Path(tempfile.gettempdir()) / "lambda-code")


def _user(version: FunctionVersion) -> tuple[str, str]:
    # An update keeps the ARN; the revision distinguishes the version that starts from the one that stops.
    return version.qualified_arn, version.config.internal_revision
