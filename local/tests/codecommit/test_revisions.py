"""Revisions and contents of repositories, without a running instance."""

from __future__ import annotations

import io
import stat
import zipfile
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from dulwich.objects import Blob, ObjectID
from dulwich.refs import Ref

from localstack_pipelines.codecommit import (
    commits,
    contents,
    edits,
    errors,
    models,
    provider,
    references,
    revisions,
    store,
)

if TYPE_CHECKING:
    from pathlib import Path

ACCOUNT_ID, REGION = "000000000000", "eu-west-1"
AUTHOR = commits.Author("Ada", "ada@example.com", "A message\n\nwith a body: ü")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> models.Repository:
    monkeypatch.setattr(models, "data_folder", lambda: tmp_path)
    monkeypatch.setattr(references, "publish", lambda *_: None)
    made = models.Repository(ACCOUNT_ID, REGION, tmp_path.name)
    store.add(made)
    return made


def commit(repository: models.Repository, files: dict[str, tuple[str, bytes]], branch: str = "main") -> str:
    with repository.open() as git:
        parent = references.branch_head(git, branch)
        head = commits.head_of(repository, git, branch, parent)
        changes = edits.TreeEdits(commits.files_of(git, head.commit))
        for path, (mode, content) in files.items():
            changes.put(path, mode, content)
        return commits.commit_on(head, changes, AUTHOR, "arn:aws:iam::000000000000:root").id.decode()


FILES = {
    "infra/template.yaml": ("NORMAL", b"Resources: {}"),
    "run": ("EXECUTABLE", b"#!/bin/sh"),
    "link": ("SYMLINK", b"run"),
    "ümlaut": ("NORMAL", b""),
}


def test_the_head_of_a_branch(repository: models.Repository) -> None:
    first = commit(repository, FILES)
    assert revisions.head_commit(ACCOUNT_ID, REGION, repository.name, "main") == first
    second = commit(repository, {"more": ("NORMAL", b"more")})
    assert revisions.head_commit(ACCOUNT_ID, REGION, repository.name, "main") == second != first


def test_a_missing_repository_or_branch_has_the_error_of_the_api(repository: models.Repository) -> None:
    with pytest.raises(errors.RepositoryDoesNotExistException, match="nowhere does not exist"):
        revisions.head_commit(ACCOUNT_ID, REGION, "nowhere", "main")
    with pytest.raises(errors.BranchDoesNotExistException, match="no branch named main"):
        revisions.head_commit(ACCOUNT_ID, REGION, repository.name, "main")
    with pytest.raises(errors.RepositoryDoesNotExistException):
        revisions.head_commit(ACCOUNT_ID, "us-east-1", repository.name, "main")


def test_the_message_of_a_commit(repository: models.Repository) -> None:
    made = commit(repository, FILES)
    message = revisions.commit_message(ACCOUNT_ID, REGION, repository.name, made)
    assert message == "A message\n\nwith a body: ü"


@pytest.mark.parametrize("commit_id", ["1" * 40, "main", ""])
def test_a_missing_commit_has_the_error_of_the_api(repository: models.Repository, commit_id: str) -> None:
    commit(repository, FILES)
    for function in (revisions.export_zip, revisions.commit_message):
        with pytest.raises(errors.CommitDoesNotExistException):
            function(ACCOUNT_ID, REGION, repository.name, commit_id)


def test_the_zip_holds_the_tree_of_the_commit(repository: models.Repository) -> None:
    made = commit(repository, FILES)
    commit(repository, {"later": ("NORMAL", b"not in the zip")})
    exported = revisions.export_zip(ACCOUNT_ID, REGION, repository.name, made)
    with zipfile.ZipFile(io.BytesIO(exported)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["infra/template.yaml", "link", "run", "ümlaut"]
        assert {name: archive.read(name) for name in archive.namelist()} == {
            path: content for path, (_, content) in FILES.items()
        }
        modes = {member.filename: member.external_attr >> 16 for member in archive.infolist()}
    assert modes["run"] == stat.S_IFREG | 0o755
    assert modes["infra/template.yaml"] == stat.S_IFREG | 0o644
    assert stat.S_ISLNK(modes["link"])


def test_the_same_tree_gives_the_same_bytes(repository: models.Repository) -> None:
    one = commit(repository, FILES)
    commit(repository, {"more": ("NORMAL", b"more")})
    with repository.open() as git:
        assert references.branch_head(git, "main") != one
        again = commits.commit_tree(
            git.object_store,
            [
                (path.encode(), entry.blob_id, entry.mode)
                for path, entry in reversed(commits.files_of(git, contents.load_commit(git, one)).items())
            ],
        )
        assert revisions.tree_zip(git, again) == revisions.export_zip(ACCOUNT_ID, REGION, repository.name, one)


@pytest.fixture
def with_submodule(repository: models.Repository) -> models.Repository:
    """A repository whose head has a file and a submodule, as only a push can make it."""
    with repository.open() as git:
        blob = Blob.from_string(b"a")
        git.object_store.add_object(blob)
        files = {"a": edits.FileEntry(0o100644, blob.id), "vendor/sub": edits.FileEntry(0o160000, ObjectID(b"c" * 40))}
        changes = edits.TreeEdits({})
        changes.files = files
        commits.commit_on(commits.head_of(repository, git, "main", None), changes, AUTHOR, "arn")
    return repository


def test_a_submodule_is_left_out_of_the_zip(with_submodule: models.Repository) -> None:
    head = revisions.head_commit(ACCOUNT_ID, REGION, with_submodule.name, "main")
    exported = revisions.export_zip(ACCOUNT_ID, REGION, with_submodule.name, head)
    assert zipfile.ZipFile(io.BytesIO(exported)).namelist() == ["a"]


def test_a_submodule_is_neither_a_file_nor_a_folder(with_submodule: models.Repository) -> None:
    with with_submodule.open() as git:
        head = contents.resolve_commit(with_submodule, git, None)
        (module,) = contents.describe_folder(git, head, "vendor")["subModules"]
        assert module == {"commitId": "c" * 40, "absolutePath": "vendor/sub", "relativePath": "sub"}
        for path in ("vendor/sub", "vendor/sub/deeper"):
            with pytest.raises(errors.FileDoesNotExistException):
                contents.find_file(git, head, path)
            with pytest.raises(errors.FolderDoesNotExistException):
                contents.describe_folder(git, head, path)
        changes = edits.TreeEdits(commits.files_of(git, head))
        for path in ("vendor/sub", "vendor/sub/deeper"):
            with pytest.raises(errors.FilePathConflictsWithSubmodulePathException):
                changes.put(path, None, b"x")


def test_a_tag_names_a_commit_unless_it_is_one_of_something_else(repository: models.Repository) -> None:
    made = commit(repository, FILES)
    with repository.open() as git:
        tree = contents.load_commit(git, made).tree
        git.refs[Ref(b"refs/tags/v1")] = ObjectID(made.encode())
        git.refs[Ref(b"refs/tags/tree")] = tree
        assert contents.resolve_commit(repository, git, "v1").id.decode() == made
        with pytest.raises(errors.InvalidCommitException):
            contents.resolve_commit(repository, git, "tree")
        with pytest.raises(errors.BranchNameIsTagNameException):
            commits.head_of(repository, git, "v1", made)


def test_a_service_that_stops_or_is_reset_forgets_its_git_data(repository: models.Repository) -> None:
    service = provider.CodeCommitProvider()
    service.on_after_state_reset()
    assert not repository.path.exists()
    again = models.Repository(ACCOUNT_ID, REGION, "again")
    store.add(again)
    service.on_before_stop()
    assert not again.path.exists()
    visited: list[object] = []
    service.accept_state_visitor(SimpleNamespace(visit=visited.append))  # type: ignore[arg-type]
    assert visited == [store.codecommit_stores]


def test_the_git_data_is_named_by_the_id_of_the_repository(repository: models.Repository) -> None:
    assert repository.path.name == repository.repository_id
    store.delete(repository)
    assert not repository.path.exists()
    with pytest.raises(errors.RepositoryDoesNotExistException):
        store.find(ACCOUNT_ID, REGION, repository.name)
