"""The store of unpacked code."""

from __future__ import annotations

import base64
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from localstack.services.lambda_.invocation.lambda_models import HotReloadingCode

from localstack_pipelines.lambda_process.code_store import CodeStore

if TYPE_CHECKING:
    from pathlib import Path

    from localstack.services.lambda_.invocation.lambda_models import S3Code


class Code:
    """Code that unpacks to one file and counts how often."""

    code_sha256 = base64.b64encode(b"hash").decode()

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.unpacked = 0

    def is_hot_reloading(self) -> bool:
        return False

    def get_unzipped_code_location(self) -> Path:
        return self.folder / "code"

    def prepare_for_execution(self) -> None:
        self.unpacked += 1
        self.get_unzipped_code_location().mkdir(parents=True)
        (self.get_unzipped_code_location() / "app.py").touch()

    def destroy_cached(self) -> None:
        self.folder.rmdir()


def a_version(arn: str, revision: str = "1") -> Any:
    return SimpleNamespace(qualified_arn=arn, config=SimpleNamespace(internal_revision=revision))


def test_code_is_unpacked_once_and_kept_for_its_last_user(tmp_path: Path) -> None:
    store, code = CodeStore(tmp_path / "store"), cast("S3Code", Code(tmp_path / "localstack"))
    folder = store.location(code)
    store.acquire(code, a_version("a"))
    store.acquire(code, a_version("b"))
    store.acquire(code, a_version("b", "2"))  # an update of b, which starts before the old one stops
    assert [path.name for path in folder.iterdir()] == ["app.py"]
    store.release(code, a_version("b"))
    store.release(code, a_version("a"))
    store.release(code, a_version("a"))
    assert folder.exists()
    store.release(code, a_version("b", "2"))
    assert not folder.exists()
    assert cast("Code", code).unpacked == 1
    store.acquire(code, a_version("a"))
    assert folder.exists()


def test_code_that_is_edited_stays_where_it_is(tmp_path: Path) -> None:
    store, code = CodeStore(tmp_path / "store"), HotReloadingCode(str(tmp_path / "mine"))
    (tmp_path / "mine").mkdir()
    store.acquire(code, a_version("a"))
    assert store.location(code) == tmp_path / "mine"
    store.release(code, a_version("a"))
    assert (tmp_path / "mine").exists()
