"""The CodeCommit API through boto3 against a running instance."""

from __future__ import annotations

import itertools
import json
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

ACCOUNT_ID, REGION = "000000000000", "eu-west-1"
UNKNOWN_COMMIT = "1" * 40
NAMES = (f"api-{number}" for number in itertools.count())

TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT_ID}:topic"


@pytest.fixture(scope="module")
def codecommit(local_aws: Any) -> Any:
    return local_aws.client("codecommit")


@pytest.fixture
def empty(codecommit: Any) -> str:
    name = next(NAMES)
    codecommit.create_repository(repositoryName=name)
    return name


@pytest.fixture
def filled(codecommit: Any, empty: str) -> str:
    """A repository whose branch main has two commits."""
    first = codecommit.create_commit(
        repositoryName=empty,
        branchName="main",
        authorName="Ada",
        email="ada@example.com",
        commitMessage="First",
        putFiles=[
            {"filePath": "README.md", "fileContent": b"read me"},
            {"filePath": "infra/template.yaml", "fileContent": b"Resources: {}"},
            {"filePath": "infra/bin/run", "fileContent": b"#!/bin/sh", "fileMode": "EXECUTABLE"},
            {"filePath": "latest", "fileContent": b"README.md", "fileMode": "SYMLINK"},
        ],
    )
    codecommit.put_file(
        repositoryName=empty,
        branchName="main",
        filePath="README.md",
        fileContent=b"read me again",
        parentCommitId=first["commitId"],
        commitMessage="Second",
    )
    return empty


def head(codecommit: Any, repository: str, branch: str = "main") -> str:
    commit_id: str = codecommit.get_branch(repositoryName=repository, branchName=branch)["branch"]["commitId"]
    return commit_id


def error_code(call: Any, **arguments: Any) -> str:
    with pytest.raises(ClientError) as error:
        call(**arguments)
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert error.value.response["Error"]["Message"]
    code: str = error.value.response["Error"]["Code"]
    return code


def test_a_new_repository_is_described(codecommit: Any) -> None:
    name = next(NAMES)
    created = codecommit.create_repository(repositoryName=name, repositoryDescription="Templates")
    metadata = created["repositoryMetadata"]
    assert metadata["Arn"] == f"arn:aws:codecommit:{REGION}:{ACCOUNT_ID}:{name}"
    assert (metadata["repositoryName"], metadata["accountId"]) == (name, ACCOUNT_ID)
    assert metadata["repositoryDescription"] == "Templates"
    assert metadata["creationDate"] <= metadata["lastModifiedDate"]
    assert "defaultBranch" not in metadata
    assert codecommit.get_repository(repositoryName=name)["repositoryMetadata"] == metadata


@pytest.mark.parametrize("name", ["a/b", "a b", "a" * 101, "repository.git", "ä", "../up"])
def test_a_name_that_breaks_the_rules_is_refused(codecommit: Any, name: str) -> None:
    assert error_code(codecommit.create_repository, repositoryName=name) == "InvalidRepositoryNameException"


def test_a_name_is_taken_once(codecommit: Any, empty: str) -> None:
    assert error_code(codecommit.create_repository, repositoryName=empty) == "RepositoryNameExistsException"


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("get_repository", {}),
        ("update_repository_description", {"repositoryDescription": "a"}),
        ("update_default_branch", {"defaultBranchName": "main"}),
        ("create_branch", {"branchName": "main", "commitId": UNKNOWN_COMMIT}),
        ("get_branch", {"branchName": "main"}),
        ("list_branches", {}),
        ("delete_branch", {"branchName": "main"}),
        ("get_commit", {"commitId": UNKNOWN_COMMIT}),
        ("batch_get_commits", {"commitIds": [UNKNOWN_COMMIT]}),
        ("get_blob", {"blobId": UNKNOWN_COMMIT}),
        ("get_file", {"filePath": "a"}),
        ("get_folder", {"folderPath": "/"}),
        ("get_differences", {"afterCommitSpecifier": "main"}),
        ("put_file", {"branchName": "main", "filePath": "a", "fileContent": b"a"}),
        ("create_commit", {"branchName": "main", "putFiles": [{"filePath": "a", "fileContent": b"a"}]}),
        ("delete_file", {"branchName": "main", "filePath": "a", "parentCommitId": UNKNOWN_COMMIT}),
        ("get_repository_triggers", {}),
        ("put_repository_triggers", {"triggers": []}),
        ("update_repository_encryption_key", {"kmsKeyId": "alias/key"}),
    ],
)
def test_a_repository_that_does_not_exist_is_named(codecommit: Any, operation: str, arguments: dict[str, Any]) -> None:
    call = getattr(codecommit, operation)
    assert error_code(call, repositoryName="nowhere", **arguments) == "RepositoryDoesNotExistException"


def test_deleting_a_repository_twice_is_no_error(codecommit: Any, empty: str) -> None:
    metadata = codecommit.get_repository(repositoryName=empty)["repositoryMetadata"]
    assert codecommit.delete_repository(repositoryName=empty)["repositoryId"] == metadata["repositoryId"]
    assert "repositoryId" not in codecommit.delete_repository(repositoryName=empty)
    assert error_code(codecommit.get_repository, repositoryName=empty) == "RepositoryDoesNotExistException"


def test_several_repositories_are_looked_up_at_once(codecommit: Any, empty: str) -> None:
    answer = codecommit.batch_get_repositories(repositoryNames=[empty, "nowhere"])
    assert [found["repositoryName"] for found in answer["repositories"]] == [empty]
    assert answer["repositoriesNotFound"] == ["nowhere"]
    call = codecommit.batch_get_repositories
    assert error_code(call, repositoryNames=["a"] * 101) == "MaximumRepositoryNamesExceededException"
    assert error_code(call, repositoryNames=[]) == "RepositoryNamesRequiredException"


def test_repositories_are_listed_in_the_order_asked_for(codecommit: Any, empty: str) -> None:
    names = [found["repositoryName"] for found in codecommit.list_repositories()["repositories"]]
    assert empty in names
    assert names == sorted(names)
    backwards = codecommit.list_repositories(sortBy="repositoryName", order="descending")["repositories"]
    assert [found["repositoryName"] for found in backwards] == names[::-1]
    assert error_code(codecommit.list_repositories, sortBy="size") == "InvalidSortByException"
    assert error_code(codecommit.list_repositories, order="up") == "InvalidOrderException"
    assert error_code(codecommit.list_repositories, nextToken="bogus") == "InvalidContinuationTokenException"


def test_description_and_key_can_be_changed(codecommit: Any, empty: str) -> None:
    codecommit.update_repository_description(repositoryName=empty, repositoryDescription="New")
    first = codecommit.update_repository_encryption_key(repositoryName=empty, kmsKeyId="alias/one")
    assert "originalKmsKeyId" not in first
    second = codecommit.update_repository_encryption_key(repositoryName=empty, kmsKeyId="alias/two")
    assert second["originalKmsKeyId"] == "alias/one"
    metadata = codecommit.get_repository(repositoryName=empty)["repositoryMetadata"]
    assert (metadata["repositoryDescription"], metadata["kmsKeyId"]) == ("New", "alias/two")
    codecommit.update_repository_description(repositoryName=empty, repositoryDescription="")
    assert "repositoryDescription" not in codecommit.get_repository(repositoryName=empty)["repositoryMetadata"]
    call = codecommit.update_repository_description
    code = error_code(call, repositoryName=empty, repositoryDescription="a" * 1001)
    assert code == "InvalidRepositoryDescriptionException"


def test_a_repository_cannot_take_the_name_of_another(codecommit: Any, empty: str, filled: str) -> None:
    other = next(NAMES)
    codecommit.create_repository(repositoryName=other)
    call = codecommit.update_repository_name
    assert error_code(call, oldName=empty, newName=other) == "RepositoryNameExistsException"
    assert error_code(call, oldName="nowhere", newName="x") == "RepositoryDoesNotExistException"


def test_tags_are_added_replaced_and_removed(codecommit: Any) -> None:
    name = next(NAMES)
    created = codecommit.create_repository(repositoryName=name, tags={"team": "a", "stage": "dev"})
    arn = created["repositoryMetadata"]["Arn"]
    codecommit.tag_resource(resourceArn=arn, tags={"team": "b", "new": ""})
    codecommit.untag_resource(resourceArn=arn, tagKeys=["stage", "absent"])
    assert codecommit.list_tags_for_resource(resourceArn=arn)["tags"] == {"team": "b", "new": ""}


def test_tags_have_limits(codecommit: Any, empty: str) -> None:
    arn = f"arn:aws:codecommit:{REGION}:{ACCOUNT_ID}:{empty}"
    tag = codecommit.tag_resource
    assert error_code(tag, resourceArn=arn, tags={"aws:a": "b"}) == "InvalidSystemTagUsageException"
    assert error_code(tag, resourceArn=arn, tags={"a" * 129: "b"}) == "InvalidTagsMapException"
    assert error_code(tag, resourceArn=arn, tags={str(n): "" for n in range(51)}) == "TooManyTagsException"
    assert error_code(tag, resourceArn=arn, tags={}) == "TagsMapRequiredException"
    assert error_code(codecommit.untag_resource, resourceArn=arn, tagKeys=[]) == "TagKeysListRequiredException"
    elsewhere = f"arn:aws:codecommit:us-east-1:{ACCOUNT_ID}:{empty}"
    assert error_code(tag, resourceArn=elsewhere, tags={"a": "b"}) == "InvalidResourceArnException"
    assert error_code(tag, resourceArn=arn + "x", tags={"a": "b"}) == "RepositoryDoesNotExistException"
    assert codecommit.list_tags_for_resource(resourceArn=arn)["tags"] == {}


def test_triggers_are_kept(codecommit: Any, empty: str) -> None:
    before = codecommit.get_repository_triggers(repositoryName=empty)
    assert before["triggers"] == []
    trigger = {"name": "all", "destinationArn": TOPIC, "branches": ["main"], "events": ["all"]}
    put = codecommit.put_repository_triggers(repositoryName=empty, triggers=[trigger])
    after = codecommit.get_repository_triggers(repositoryName=empty)
    assert after["triggers"] == [trigger]
    assert after["configurationId"] == put["configurationId"] != before["configurationId"]
    codecommit.put_repository_triggers(repositoryName=empty, triggers=[])
    assert codecommit.get_repository_triggers(repositoryName=empty)["triggers"] == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": ""}, "RepositoryTriggerNameRequiredException"),
        ({"name": "a b"}, "InvalidRepositoryTriggerNameException"),
        ({"destinationArn": ""}, "RepositoryTriggerDestinationArnRequiredException"),
        ({"destinationArn": "arn:aws:s3:::b"}, "InvalidRepositoryTriggerDestinationArnException"),
        ({"destinationArn": TOPIC.replace(REGION, "us-east-1")}, "InvalidRepositoryTriggerRegionException"),
        ({"events": []}, "RepositoryTriggerEventsListRequiredException"),
        ({"events": ["push"]}, "InvalidRepositoryTriggerEventsException"),
        ({"customData": "a" * 1001}, "InvalidRepositoryTriggerCustomDataException"),
        ({"branches": ["b"] * 11}, "MaximumBranchesExceededException"),
        ({"branches": ["a..b"]}, "InvalidRepositoryTriggerBranchNameException"),
    ],
)
def test_a_trigger_that_breaks_the_rules_is_refused(
    codecommit: Any, empty: str, change: dict[str, Any], code: str
) -> None:
    trigger = {"name": "all", "destinationArn": TOPIC, "events": ["all"]} | change
    call = codecommit.put_repository_triggers
    assert error_code(call, repositoryName=empty, triggers=[trigger]) == code
    assert codecommit.get_repository_triggers(repositoryName=empty)["triggers"] == []


def test_more_than_ten_triggers_are_refused(codecommit: Any, empty: str) -> None:
    triggers = [{"name": f"t{n}", "destinationArn": TOPIC, "events": ["all"]} for n in range(11)]
    code = error_code(codecommit.put_repository_triggers, repositoryName=empty, triggers=triggers)
    assert code == "MaximumRepositoryTriggersExceededException"


def test_branches_are_created_read_listed_and_deleted(codecommit: Any, filled: str) -> None:
    commit = head(codecommit, filled)
    codecommit.create_branch(repositoryName=filled, branchName="feature/one", commitId=commit)
    assert codecommit.get_branch(repositoryName=filled, branchName="feature/one")["branch"] == {
        "branchName": "feature/one",
        "commitId": commit,
    }
    assert codecommit.list_branches(repositoryName=filled)["branches"] == ["feature/one", "main"]
    deleted = codecommit.delete_branch(repositoryName=filled, branchName="feature/one")
    assert deleted["deletedBranch"] == {"branchName": "feature/one", "commitId": commit}
    assert "deletedBranch" not in codecommit.delete_branch(repositoryName=filled, branchName="feature/one")
    assert codecommit.list_branches(repositoryName=filled)["branches"] == ["main"]


def test_a_branch_needs_a_free_name_and_a_commit(codecommit: Any, filled: str) -> None:
    commit = head(codecommit, filled)
    create = codecommit.create_branch
    arguments = {"repositoryName": filled, "branchName": "new", "commitId": commit}
    assert error_code(create, **arguments | {"branchName": "main"}) == "BranchNameExistsException"
    assert error_code(create, **arguments | {"branchName": "main/deeper"}) == "BranchNameExistsException"
    assert error_code(create, **arguments | {"branchName": "a..b"}) == "InvalidBranchNameException"
    assert error_code(create, **arguments | {"commitId": UNKNOWN_COMMIT}) == "CommitDoesNotExistException"
    assert error_code(create, **arguments | {"commitId": "main"}) == "InvalidCommitIdException"
    get = codecommit.get_branch
    assert error_code(get, repositoryName=filled, branchName="new") == "BranchDoesNotExistException"


def test_the_default_branch_stays(codecommit: Any, filled: str) -> None:
    delete = codecommit.delete_branch
    code = error_code(delete, repositoryName=filled, branchName="main")
    assert code == "DefaultBranchCannotBeDeletedException"
    update = codecommit.update_default_branch
    code = error_code(update, repositoryName=filled, defaultBranchName="nowhere")
    assert code == "BranchDoesNotExistException"
    codecommit.create_branch(repositoryName=filled, branchName="next", commitId=head(codecommit, filled))
    update(repositoryName=filled, defaultBranchName="next")
    delete(repositoryName=filled, branchName="main")
    metadata = codecommit.get_repository(repositoryName=filled)["repositoryMetadata"]
    assert metadata["defaultBranch"] == "next"


def test_a_commit_is_described(codecommit: Any, filled: str) -> None:
    second = codecommit.get_commit(repositoryName=filled, commitId=head(codecommit, filled))["commit"]
    assert second["message"] == "Second"
    (first_id,) = second["parents"]
    answer = codecommit.batch_get_commits(repositoryName=filled, commitIds=[first_id, UNKNOWN_COMMIT])
    (first,) = answer["commits"]
    assert (first["commitId"], first["parents"], first["message"]) == (first_id, [], "First")
    assert (first["author"]["name"], first["author"]["email"]) == ("Ada", "ada@example.com")
    seconds, zone = first["author"]["date"].split()
    assert (abs(int(seconds) - time.time()) < 120, zone) == (True, "+0000")
    assert [(e["commitId"], e["errorCode"]) for e in answer["errors"]] == [
        (UNKNOWN_COMMIT, "CommitDoesNotExistException")
    ]
    get = codecommit.get_commit
    assert error_code(get, repositoryName=filled, commitId=UNKNOWN_COMMIT) == "CommitIdDoesNotExistException"
    assert error_code(get, repositoryName=filled, commitId="main") == "InvalidCommitIdException"


@pytest.mark.parametrize("specifier", [None, "HEAD", "main", "refs/heads/main", "<commit>"])
def test_a_file_is_read_at_a_commit(codecommit: Any, filled: str, specifier: str | None) -> None:
    commit = head(codecommit, filled)
    chosen = {} if specifier is None else {"commitSpecifier": specifier.replace("<commit>", commit)}
    answer = codecommit.get_file(repositoryName=filled, filePath="/README.md", **chosen)
    assert answer["fileContent"] == b"read me again"
    assert (answer["commitId"], answer["filePath"]) == (commit, "README.md")
    assert (answer["fileMode"], answer["fileSize"]) == ("NORMAL", 13)
    blob = codecommit.get_blob(repositoryName=filled, blobId=answer["blobId"])
    assert blob["content"] == b"read me again"


def test_an_old_file_is_read_at_an_old_commit(codecommit: Any, filled: str) -> None:
    second = codecommit.get_commit(repositoryName=filled, commitId=head(codecommit, filled))["commit"]
    answer = codecommit.get_file(repositoryName=filled, filePath="README.md", commitSpecifier=second["parents"][0])
    assert answer["fileContent"] == b"read me"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"filePath": "absent"}, "FileDoesNotExistException"),
        ({"filePath": "infra"}, "FileDoesNotExistException"),
        ({"filePath": "README.md/deeper"}, "FileDoesNotExistException"),
        ({"filePath": ""}, "PathRequiredException"),
        ({"filePath": "../README.md"}, "InvalidPathException"),
        ({"filePath": "README.md", "commitSpecifier": "absent"}, "CommitDoesNotExistException"),
        ({"filePath": "README.md", "commitSpecifier": UNKNOWN_COMMIT}, "CommitDoesNotExistException"),
    ],
)
def test_a_file_that_is_not_there_is_an_error(
    codecommit: Any, filled: str, arguments: dict[str, str], code: str
) -> None:
    assert error_code(codecommit.get_file, repositoryName=filled, **arguments) == code


def test_an_empty_repository_has_no_files(codecommit: Any, empty: str) -> None:
    code = error_code(codecommit.get_file, repositoryName=empty, filePath="a")
    assert code == "CommitDoesNotExistException"


def test_a_folder_is_listed(codecommit: Any, filled: str) -> None:
    root = codecommit.get_folder(repositoryName=filled, folderPath="/")
    assert (root["folderPath"], root["commitId"]) == ("", head(codecommit, filled))
    assert [folder["absolutePath"] for folder in root["subFolders"]] == ["infra"]
    assert [file["absolutePath"] for file in root["files"]] == ["README.md"]
    assert [link["fileMode"] for link in root["symbolicLinks"]] == ["SYMLINK"]
    infra = codecommit.get_folder(repositoryName=filled, folderPath="infra/bin")
    (run,) = infra["files"]
    assert (run["absolutePath"], run["relativePath"]) == ("infra/bin/run", "run")
    assert run["fileMode"] == "EXECUTABLE"
    get = codecommit.get_folder
    assert error_code(get, repositoryName=filled, folderPath="absent") == "FolderDoesNotExistException"
    assert error_code(get, repositoryName=filled, folderPath="README.md") == "FolderDoesNotExistException"


def test_differences_between_two_commits(codecommit: Any, filled: str) -> None:
    before = head(codecommit, filled)
    after = codecommit.create_commit(
        repositoryName=filled,
        branchName="main",
        parentCommitId=before,
        putFiles=[{"filePath": "new", "fileContent": b"new"}, {"filePath": "README.md", "fileContent": b"3"}],
        deleteFiles=[{"filePath": "infra/template.yaml"}],
    )["commitId"]
    arguments = {"repositoryName": filled, "beforeCommitSpecifier": before, "afterCommitSpecifier": after}
    found = codecommit.get_differences(**arguments)["differences"]
    assert [
        (d["changeType"], d.get("beforeBlob", {}).get("path"), d.get("afterBlob", {}).get("path")) for d in found
    ] == [
        ("M", "README.md", "README.md"),
        ("D", "infra/template.yaml", None),
        ("A", None, "new"),
    ]
    assert found[0]["afterBlob"]["mode"] == "100644"

    pages = codecommit.get_paginator("get_differences").paginate(**arguments, PaginationConfig={"PageSize": 2})
    assert [len(page["differences"]) for page in pages] == [2, 1]
    assert codecommit.get_differences(**arguments, beforePath="infra")["differences"] == [found[1]]
    assert codecommit.get_differences(**arguments, afterPath="new")["differences"] == [found[2]]
    call = codecommit.get_differences
    assert error_code(call, **arguments, afterPath="absent") == "PathDoesNotExistException"
    assert error_code(call, **arguments, MaxResults=401) == "InvalidMaxResultsException"
    assert error_code(call, **arguments, NextToken="bogus") == "InvalidContinuationTokenException"
    assert len(call(repositoryName=filled, afterCommitSpecifier="main")["differences"]) == 4


def test_a_commit_says_what_it_did(codecommit: Any, filled: str) -> None:
    answer = codecommit.create_commit(
        repositoryName=filled,
        branchName="main",
        parentCommitId=head(codecommit, filled),
        putFiles=[
            {"filePath": "new", "fileContent": b""},
            {"filePath": "moved", "sourceFile": {"filePath": "infra/bin/run", "isMove": True}},
        ],
        deleteFiles=[{"filePath": "latest"}],
        setFileModes=[{"filePath": "README.md", "fileMode": "EXECUTABLE"}],
        keepEmptyFolders=True,
    )
    assert [(f["absolutePath"], f["fileMode"]) for f in answer["filesAdded"]] == [
        ("infra/bin/.gitkeep", "NORMAL"),
        ("moved", "EXECUTABLE"),
        ("new", "NORMAL"),
    ]
    assert [(f["absolutePath"], f["fileMode"]) for f in answer["filesUpdated"]] == [("README.md", "EXECUTABLE")]
    assert [f["absolutePath"] for f in answer["filesDeleted"]] == ["infra/bin/run", "latest"]
    assert head(codecommit, filled) == answer["commitId"]
    commit = codecommit.get_commit(repositoryName=filled, commitId=answer["commitId"])["commit"]
    assert commit["treeId"] == answer["treeId"]
    assert commit["message"] == "Added infra/bin/.gitkeep and 5 more"


A = {"filePath": "a", "fileContent": b"a"}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({}, "FileEntryRequiredException"),
        ({"putFiles": [A, A]}, "SamePathRequestException"),
        ({"putFiles": [A], "deleteFiles": [{"filePath": "/a"}]}, "SamePathRequestException"),
        ({"putFiles": [A, {"filePath": "a/b", "fileContent": b"b"}]}, "PutFileEntryConflictException"),
        ({"putFiles": [{"filePath": "a"}]}, "SourceFileOrContentRequiredException"),
        (
            {"putFiles": [A | {"sourceFile": {"filePath": "README.md"}}]},
            "FileContentAndSourceFileSpecifiedException",
        ),
        ({"putFiles": [{"filePath": "a", "sourceFile": {"filePath": "no"}}]}, "FileDoesNotExistException"),
        (
            {"putFiles": [{"filePath": "a", "sourceFile": {"filePath": "infra/.gitkeep"}}]},
            "RestrictedSourceFileException",
        ),
        ({"putFiles": [A | {"fileMode": "777"}]}, "InvalidFileModeException"),
        ({"putFiles": [A | {"filePath": "a/../b"}]}, "InvalidPathException"),
        ({"putFiles": [A | {"filePath": ".git/config"}]}, "InvalidPathException"),
        ({"putFiles": [A | {"filePath": "infra"}]}, "FileNameConflictsWithDirectoryNameException"),
        ({"putFiles": [A | {"filePath": "README.md/a"}]}, "DirectoryNameConflictsWithFileNameException"),
        ({"putFiles": [A | {"fileContent": b"a" * (6 * 2**20 + 1)}]}, "FileContentSizeLimitExceededException"),
        ({"putFiles": [A | {"filePath": str(n)} for n in range(101)]}, "MaximumFileEntriesExceededException"),
        ({"deleteFiles": [{"filePath": "absent"}]}, "FileDoesNotExistException"),
        ({"setFileModes": [{"filePath": "README.md", "fileMode": "NORMAL"}]}, "NoChangeException"),
        ({"setFileModes": [{"filePath": "absent", "fileMode": "NORMAL"}]}, "FileDoesNotExistException"),
        ({"putFiles": [A], "authorName": "a" * 257}, "NameLengthExceededException"),
        ({"putFiles": [A], "email": "a>b"}, "InvalidEmailException"),
        ({"putFiles": [A], "branchName": "absent"}, "BranchDoesNotExistException"),
        ({"putFiles": [A], "parentCommitId": None}, "ParentCommitIdRequiredException"),
        ({"putFiles": [A], "parentCommitId": "main"}, "InvalidParentCommitIdException"),
        ({"putFiles": [A], "parentCommitId": UNKNOWN_COMMIT}, "ParentCommitDoesNotExistException"),
    ],
)
def test_a_commit_that_breaks_the_rules_changes_nothing(
    codecommit: Any, filled: str, arguments: dict[str, Any], code: str
) -> None:
    before = head(codecommit, filled)
    request = {"repositoryName": filled, "branchName": "main", "parentCommitId": before} | arguments
    request = {name: value for name, value in request.items() if value is not None}
    assert error_code(codecommit.create_commit, **request) == code
    assert head(codecommit, filled) == before


def test_an_outdated_parent_is_refused(codecommit: Any, filled: str) -> None:
    second = codecommit.get_commit(repositoryName=filled, commitId=head(codecommit, filled))["commit"]
    for call in (codecommit.put_file, codecommit.delete_file):
        extra = {"fileContent": b"x"} if call == codecommit.put_file else {}
        code = error_code(
            call,
            repositoryName=filled,
            branchName="main",
            filePath="README.md",
            parentCommitId=second["parents"][0],
            **extra,
        )
        assert code == "ParentCommitIdOutdatedException"


def test_put_file_refuses_what_is_the_same_or_empty(codecommit: Any, filled: str) -> None:
    arguments = {
        "repositoryName": filled,
        "branchName": "main",
        "filePath": "README.md",
        "parentCommitId": head(codecommit, filled),
    }
    put = codecommit.put_file
    assert error_code(put, **arguments, fileContent=b"read me again") == "SameFileContentException"
    assert error_code(put, **arguments, fileContent=b"") == "FileContentRequiredException"


def test_a_file_is_deleted(codecommit: Any, filled: str) -> None:
    answer = codecommit.delete_file(
        repositoryName=filled,
        branchName="main",
        filePath="infra/template.yaml",
        parentCommitId=head(codecommit, filled),
        name="Bo",
        email="bo@example.com",
    )
    commit = codecommit.get_commit(repositoryName=filled, commitId=answer["commitId"])["commit"]
    assert (commit["message"], commit["author"]["name"]) == ("Deleted infra/template.yaml", "Bo")
    code = error_code(codecommit.get_file, repositoryName=filled, filePath="infra/template.yaml")
    assert code == "FileDoesNotExistException"


def test_commits_and_branches_of_the_api_are_announced(codecommit: Any, local_aws: Any, empty: str) -> None:
    events, sqs = local_aws.client("events"), local_aws.client("sqs")
    queue_url = sqs.create_queue(QueueName=f"{empty}.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    pattern = {"source": ["aws.codecommit"], "detail": {"repositoryName": [empty]}}
    events.put_rule(Name=empty, EventPattern=json.dumps(pattern))
    events.put_targets(
        Rule=empty,
        Targets=[
            {
                "Id": "queue",
                "Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT_ID}:{empty}.fifo",
                "SqsParameters": {"MessageGroupId": "all"},
                "InputPath": "$.detail",
            }
        ],
    )
    sqs.set_queue_attributes(QueueUrl=queue_url, Attributes={"ContentBasedDeduplication": "true"})
    received: list[dict[str, str]] = []

    def next_event() -> tuple[str, str]:
        answer = sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=1, WaitTimeSeconds=10)
        (message,) = answer["Messages"]
        sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
        received.append(json.loads(message["Body"]))
        return received[-1]["event"], received[-1]["referenceName"]

    put = codecommit.put_file(repositoryName=empty, branchName="main", filePath="a", fileContent=b"a")
    assert next_event() == ("referenceCreated", "main")
    codecommit.delete_file(repositoryName=empty, branchName="main", filePath="a", parentCommitId=put["commitId"])
    assert next_event() == ("referenceUpdated", "main")
    assert received[-1]["oldCommitId"] == put["commitId"]
    codecommit.create_branch(repositoryName=empty, branchName="other", commitId=put["commitId"])
    assert next_event() == ("referenceCreated", "other")
    codecommit.delete_branch(repositoryName=empty, branchName="other")
    assert next_event() == ("referenceDeleted", "other")
