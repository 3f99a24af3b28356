"""Reads single members of a revision: the zip that CodePipeline stores in S3.

The archive is an upload. It is never extracted and never read whole: one member at a time, in memory, and only if its
name, its size and its compression ratio are within limits.
"""

from __future__ import annotations

import stat
import zipfile
import zlib
from typing import IO, TYPE_CHECKING, Final, cast

from aws_lambda_powertools.utilities.streaming import S3Object
from botocore.exceptions import ClientError

from changegate.errors import MisconfiguredError, error_code

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MAX_MEMBERS: Final = 50_000
MAX_MEMBER_BYTES: Final = 1_048_576
"""CloudFormation accepts templates of at most 1 MB from S3 ("Understand CloudFormation quotas" in its User Guide)."""
MAX_RATIO: Final = 200
"""Deflate reaches 1,032 to 1 on zeros; a repetitive template stays below 50."""

_NOT_FOUND_CODES: Final = frozenset({"404", "NoSuchKey", "NoSuchBucket", "NotFound"})


def open_archive(s3: S3Client, bucket: str, key: str) -> IO[bytes]:
    """Return the archive as a seekable file that fetches only the ranges that are read.

    :raises MisconfiguredError: when there is no such object.
    """
    archive = S3Object(bucket=bucket, key=key, boto3_client=s3)
    try:
        archive.seek(0, 2)
    except ClientError as error:
        if error_code(error) in _NOT_FOUND_CODES:
            raise MisconfiguredError(
                f"The revision s3://{bucket}/{key} does not exist: check revisionS3Bucket and revisionS3Key."
            ) from error
        raise
    archive.seek(0)
    return cast("IO[bytes]", archive)


def read_member(archive: IO[bytes], path: str, field: str) -> bytes:
    """Return the content of the member named ``path``, a relative path with slashes.

    :param field: the field of the state machine's input that gives the path, for messages.

    :raises MisconfiguredError: when the path is not that of a member; when there is no such member, or more than one;
        when it is too large, compressed too much, encrypted, a link or damaged; or when the archive is not a zip.
    """
    _check_path(path, field)
    try:
        with zipfile.ZipFile(archive) as revision:
            return _read(revision, _find(revision, path, field))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise MisconfiguredError(f"The revision is not a readable zip file: {error}.") from error


def _check_path(path: str, field: str) -> None:
    parts = path.split("/")
    if path.startswith("/") or "\\" in path or "\0" in path or any(part in {"", ".", ".."} for part in parts):
        raise MisconfiguredError(
            f"{field} {path!r} must be a path inside the repository, with slashes and without '..'."
        )


def _find(revision: zipfile.ZipFile, path: str, field: str) -> zipfile.ZipInfo:
    members = revision.infolist()
    if len(members) > MAX_MEMBERS:
        raise MisconfiguredError(f"The revision has {len(members):,} members; at most {MAX_MEMBERS:,} are read.")
    found = [member for member in members if member.filename == path]
    if not found:
        raise MisconfiguredError(f"The revision has no file {path!r}: commit it, or fix {field} in the deployment.")
    if len(found) > 1:
        raise MisconfiguredError(f"The revision has {path!r} {len(found)} times; it must have it once.")
    return found[0]


def _read(revision: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    path = member.filename
    if stat.S_ISLNK(member.external_attr >> 16):
        raise MisconfiguredError(f"{path!r} in the revision is a symbolic link; commit the file itself.")
    if member.flag_bits & 0x1:
        raise MisconfiguredError(f"{path!r} in the revision is encrypted.")
    if member.file_size > max(MAX_RATIO * member.compress_size, MAX_RATIO):
        raise MisconfiguredError(f"{path!r} in the revision is compressed more than {MAX_RATIO} to 1.")
    # The directory may give a wrong size, so the read itself is limited too.
    with revision.open(member) as file:
        content = file.read(MAX_MEMBER_BYTES + 1)
    if len(content) > MAX_MEMBER_BYTES:
        raise MisconfiguredError(
            f"{path!r} in the revision is larger than {MAX_MEMBER_BYTES:,} bytes, the most CloudFormation accepts."
        )
    return content
