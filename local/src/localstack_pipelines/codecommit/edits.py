"""Edits of the files of a commit, as the API requests them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dulwich.objects import S_ISGITLINK, Blob, ObjectID

from . import errors, validation
from .contents import MAXIMUM_FILE_SIZE, file_mode_name

if TYPE_CHECKING:
    from collections.abc import Mapping

MODES = {"NORMAL": 0o100644, "EXECUTABLE": 0o100755, "SYMLINK": 0o120000}

MAXIMUM_CONTENT_SIZE = 7 * 1024 * 1024

# Keeps a folder in the tree after the deletion of its last file (parameter keepEmptyFolders).
KEEP_FILE = ".gitkeep"


@dataclass(frozen=True)
class FileEntry:
    """A file in a tree: its git mode and the id of its blob."""

    mode: int
    blob_id: ObjectID

    def metadata(self, path: str) -> dict[str, str]:
        """Return ``FileMetadata``."""
        return {
            "absolutePath": path,
            "blobId": self.blob_id.decode(),
            "fileMode": file_mode_name(self.mode),
        }


@dataclass
class TreeEdits:
    """The edited files of a commit.

    ``before`` has the files of the parent and ``files`` the edited ones, by path. ``blobs`` has the blobs that the
    repository may lack.
    """

    before: Mapping[str, FileEntry]
    files: dict[str, FileEntry] = field(init=False)
    blobs: list[Blob] = field(default_factory=list)
    content_size: int = 0

    def __post_init__(self) -> None:
        self.files = dict(self.before)

    def put(self, path: str, mode: str | None, content: bytes) -> None:
        """Add or replace a file. Without a mode, a file keeps its mode; a new file is ``NORMAL``.

        :raises errors.FileContentSizeLimitExceededException: the file, or the files in total, are too large.
        """
        self.content_size += len(content)
        if len(content) > MAXIMUM_FILE_SIZE or self.content_size > MAXIMUM_CONTENT_SIZE:
            raise errors.FileContentSizeLimitExceededException(
                f"A file can have {MAXIMUM_FILE_SIZE} bytes, all files in total {MAXIMUM_CONTENT_SIZE}."
            )
        blob = Blob.from_string(content)
        self.blobs.append(blob)
        self._place(path, FileEntry(self._mode(path, mode), blob.id))

    def copy(self, source: str, path: str, mode: str | None, *, move: bool) -> None:
        """Copy or move a file of the parent.

        :raises errors.FileDoesNotExistException: the parent has no file ``source``.
        """
        if source.rsplit("/", 1)[-1] == KEEP_FILE:
            raise errors.RestrictedSourceFileException(f"{source} cannot be copied or moved")
        entry = self._existing(source)
        if move:
            self.files.pop(source, None)
        self._place(path, FileEntry(MODES[mode] if mode else entry.mode, entry.blob_id))

    def delete(self, path: str) -> FileEntry:
        """Delete a file of the parent and return its entry.

        :raises errors.FileDoesNotExistException: the parent has no such file.
        """
        entry = self._existing(path)
        self.files.pop(path, None)
        return entry

    def set_mode(self, path: str, mode: str) -> None:
        """Change the mode of a file of the parent.

        :raises errors.FileDoesNotExistException: the parent has no such file.
        """
        self.files[path] = FileEntry(MODES[mode], self._existing(path).blob_id)

    def keep_empty_folders(self) -> None:
        """Add a ``.gitkeep`` to each folder that the edits have emptied."""
        keep = Blob.from_string(b"")
        for path in self.deleted:
            folder, slash, _ = path.rpartition("/")
            if slash and not any(other.startswith(f"{folder}/") for other in self.files):
                self.blobs.append(keep)
                self.files[f"{folder}/{KEEP_FILE}"] = FileEntry(MODES["NORMAL"], keep.id)

    @property
    def added(self) -> list[str]:
        """The paths of new files, sorted."""
        return sorted(self.files.keys() - self.before.keys())

    @property
    def updated(self) -> list[str]:
        """The paths of files whose content or mode has changed, sorted."""
        return sorted(path for path in self.files.keys() & self.before if self.files[path] != self.before[path])

    @property
    def deleted(self) -> list[str]:
        """The paths of deleted files, sorted."""
        return sorted(self.before.keys() - self.files.keys())

    def _mode(self, path: str, mode: str | None) -> int:
        if mode:
            return MODES[mode]
        return self.before[path].mode if path in self.before else MODES["NORMAL"]

    def _existing(self, path: str) -> FileEntry:
        entry = self.before.get(path)
        if entry is None or S_ISGITLINK(entry.mode):
            raise errors.FileDoesNotExistException(f"The file {path} does not exist")
        return entry

    def _place(self, path: str, entry: FileEntry) -> None:
        parents = ["/".join(path.split("/")[:depth]) for depth in range(1, path.count("/") + 1)]
        for place in (path, *parents):
            if place in self.files and S_ISGITLINK(self.files[place].mode):
                raise errors.FilePathConflictsWithSubmodulePathException(f"{place} is a submodule")
        for parent in parents:
            if parent in self.files:
                raise errors.DirectoryNameConflictsWithFileNameException(f"{parent} is a file")
        if any(other.startswith(f"{path}/") for other in self.files):
            raise errors.FileNameConflictsWithDirectoryNameException(f"{path} is a folder")
        self.files[path] = entry


def default_message(edits: TreeEdits) -> str:
    """Return the message of a commit without one: the change of the first file, and the number of other files."""
    changes = [
        *(f"Added {path}" for path in edits.added),
        *(f"Edited {path}" for path in edits.updated),
        *(f"Deleted {path}" for path in edits.deleted),
    ]
    if not changes:
        return "No file changed"
    return changes[0] if len(changes) == 1 else f"{changes[0]} and {len(changes) - 1} more"


def put_file_entries(edits: TreeEdits, entries: list[dict[str, Any]]) -> None:
    """Apply the ``putFiles`` of CreateCommit.

    :raises errors.CodeCommitError: an entry is not valid or conflicts with the tree.
    """
    for entry in entries:
        path = validation.path(entry.get("filePath"))
        mode = validation.file_mode(entry["fileMode"]) if entry.get("fileMode") else None
        content, source = entry.get("fileContent"), entry.get("sourceFile")
        if content is not None and source:
            raise errors.FileContentAndSourceFileSpecifiedException(f"{path} has content and a source file")
        if source:
            source_path = validation.path(source.get("filePath"))
            edits.copy(source_path, path, mode, move=bool(source.get("isMove")))
        elif content is not None:
            edits.put(path, mode, content)
        else:
            raise errors.SourceFileOrContentRequiredException(f"{path} has neither content nor a source file")
