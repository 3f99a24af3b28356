from __future__ import annotations

import io
import stat
import struct
import zipfile
from typing import TYPE_CHECKING

import pytest

from changegate.errors import MisconfiguredError
from changegate.revision.archive import MAX_MEMBER_BYTES, MAX_MEMBERS, open_archive, read_member

if TYPE_CHECKING:
    from tests.unit.conftest import Aws


def archive(*members: tuple[str | zipfile.ZipInfo, bytes], compression: int = zipfile.ZIP_DEFLATED) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as revision:
        for name, content in members:
            revision.writestr(name, content)
    file.seek(0)
    return file


def test_one_member_is_read() -> None:
    file = archive(("README.md", b"no"), ("infra/template.yaml", b"Resources: {}"))
    assert read_member(file, "infra/template.yaml", "templatePath") == b"Resources: {}"


@pytest.mark.parametrize("path", ["", "/etc/passwd", "../a", "a/../b", "./a", "a//b", "a\\b", "a\0b", "a/"])
def test_a_path_that_leaves_the_repository_is_refused_before_the_archive_is_looked_at(path: str) -> None:
    with pytest.raises(MisconfiguredError, match="templatePath"):
        read_member(archive((path or "x", b"")), path, "templatePath")


def test_a_missing_file_is_named() -> None:
    with pytest.raises(MisconfiguredError, match=r"no file 'infra/other\.yaml'.*templatePath"):
        read_member(archive(("infra/template.yaml", b"")), "infra/other.yaml", "templatePath")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_stands_twice_is_refused() -> None:
    with pytest.raises(MisconfiguredError, match="2 times"):
        read_member(archive(("a", b"1"), ("a", b"2")), "a", "templatePath")


def test_a_member_of_the_largest_size_is_read_and_a_larger_one_refused() -> None:
    fits = bytes(range(256)) * (MAX_MEMBER_BYTES // 256)
    assert read_member(archive(("a", fits), compression=zipfile.ZIP_STORED), "a", "templatePath") == fits
    with pytest.raises(MisconfiguredError, match="larger than"):
        read_member(archive(("a", fits + b"!"), compression=zipfile.ZIP_STORED), "a", "templatePath")


def test_a_bomb_is_refused() -> None:
    with pytest.raises(MisconfiguredError, match="compressed more than"):
        read_member(archive(("a", b"\0" * MAX_MEMBER_BYTES)), "a", "templatePath")


def test_a_directory_that_lies_about_the_size_does_not_get_past_the_cap() -> None:
    content = archive(("a", b"0123456789" * 200_000)).getvalue()
    # The uncompressed size in the central directory (offset 24 of its entry) says 10 bytes.
    entry = content.index(b"PK\x01\x02")
    forged = content[: entry + 24] + struct.pack("<I", 10) + content[entry + 28 :]
    with pytest.raises(MisconfiguredError):
        read_member(io.BytesIO(forged), "a", "templatePath")


def test_a_link_is_refused() -> None:
    link = zipfile.ZipInfo("a")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with pytest.raises(MisconfiguredError, match="symbolic link"):
        read_member(archive((link, b"/etc/passwd")), "a", "templatePath")


def test_an_encrypted_member_is_refused() -> None:
    content = bytearray(archive(("a", b"secret")).getvalue())
    entry = content.index(b"PK\x01\x02")
    content[entry + 8] |= 1
    with pytest.raises(MisconfiguredError, match="encrypted"):
        read_member(io.BytesIO(bytes(content)), "a", "templatePath")


def test_too_many_members_are_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as revision:
        for number in range(MAX_MEMBERS + 1):
            revision.writestr(zipfile.ZipInfo(str(number)), b"")
    with pytest.raises(MisconfiguredError, match="50,001 members"):
        read_member(file, "0", "templatePath")


@pytest.mark.parametrize("content", [b"", b"PK", b"not a zip at all", b"PK\x05\x06" + b"\xff" * 18])
def test_what_is_no_zip_is_refused(content: bytes) -> None:
    with pytest.raises(MisconfiguredError, match="not a readable zip"):
        read_member(io.BytesIO(content), "a", "templatePath")


def test_a_damaged_member_is_refused() -> None:
    content = bytearray(archive(("a", b"Resources: {}" * 100), compression=zipfile.ZIP_STORED).getvalue())
    content[200] ^= 0xFF
    with pytest.raises(MisconfiguredError, match="not a readable zip file"):
        read_member(io.BytesIO(bytes(content)), "a", "templatePath")


def test_a_revision_that_is_not_in_s3_is_named(aws: Aws) -> None:
    aws.fail("s3", "head_object", "404", "Not Found", 404)
    with pytest.raises(MisconfiguredError, match="s3://artifacts/some/key does not exist"):
        open_archive(aws.clients["s3"], "artifacts", "some/key")
