"""The git endpoint, with the real git: clone, push, fetch, refusals, and the event of each changed reference."""

from __future__ import annotations

import gzip
import hashlib
import http.client
import itertools
import json
import os
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from pathlib import Path

ACCOUNT_ID, REGION = "000000000000", "eu-west-1"
NAMES = (f"git-{number}" for number in itertools.count())

IDENTITY = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.com",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.com",
}


@dataclass
class WorkTree:
    """A clone-like working tree that pushes to one repository."""

    path: Path
    url: str

    def git(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.path),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            **IDENTITY,
        }
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert not check or done.returncode == 0, done.stderr
        return done

    def commit(self, name: str, content: bytes | str = "content", message: str = "Change") -> str:
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        self.git("add", "--all")
        self.git("commit", "--message", message)
        return self.head()

    def head(self) -> str:
        return self.git("rev-parse", "HEAD").stdout.strip()

    def push(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return self.git("push", self.url, *arguments, check=check)


@dataclass
class Repository:
    """A repository of the service, and a queue that gets its events."""

    aws: Any
    tmp_path: Path
    name: str = field(default_factory=lambda: next(NAMES))

    def __post_init__(self) -> None:
        self.codecommit = self.aws.client("codecommit")
        self.sqs = self.aws.client("sqs")
        self.metadata = self.codecommit.create_repository(repositoryName=self.name)["repositoryMetadata"]
        self.url: str = self.metadata["cloneUrlHttp"]
        self.queue_url = self.sqs.create_queue(QueueName=self.name)["QueueUrl"]
        events = self.aws.client("events")
        pattern = {
            "source": ["aws.codecommit"],
            "detail-type": ["CodeCommit Repository State Change"],
            "resources": [self.metadata["Arn"]],
        }
        events.put_rule(Name=self.name, EventPattern=json.dumps(pattern))
        queue_arn = f"arn:aws:sqs:{REGION}:{ACCOUNT_ID}:{self.name}"
        events.put_targets(Rule=self.name, Targets=[{"Id": "queue", "Arn": queue_arn}])

    def work_tree(self, folder: str = "work") -> WorkTree:
        tree = WorkTree(self.tmp_path / folder, self.url)
        tree.path.mkdir()
        tree.git("init", "--initial-branch", "main")
        return tree

    def clone(self, folder: str) -> WorkTree:
        WorkTree(self.tmp_path, self.url).git("clone", self.url, folder)
        return WorkTree(self.tmp_path / folder, self.url)

    def head(self, branch: str = "main") -> str:
        commit_id: str = self.codecommit.get_branch(repositoryName=self.name, branchName=branch)["branch"]["commitId"]
        return commit_id

    def events(self, count: int) -> list[dict[str, Any]]:
        """Return the next ``count`` events, and fail when there are fewer within ten seconds, or more."""
        received: list[dict[str, Any]] = []
        deadline = time.monotonic() + 10
        while len(received) < count and time.monotonic() < deadline:
            received += self._receive(wait_seconds=1)
        time.sleep(0.3)
        received += self._receive(wait_seconds=0)
        assert len(received) == count, received
        return received

    def _receive(self, wait_seconds: int) -> list[dict[str, Any]]:
        answer = self.sqs.receive_message(QueueUrl=self.queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=wait_seconds)
        messages = answer.get("Messages", [])
        for message in messages:
            self.sqs.delete_message(QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"])
        return [json.loads(message["Body"]) for message in messages]


@pytest.fixture
def repository(local_aws: Any, tmp_path: Path) -> Repository:
    return Repository(local_aws, tmp_path)


def test_the_clone_url_is_on_the_one_port_of_the_local_aws(repository: Repository, local_aws: Any) -> None:
    assert repository.url == f"{local_aws.endpoint_url}/git/{ACCOUNT_ID}/{REGION}/{repository.name}"


def test_what_was_pushed_can_be_cloned(repository: Repository) -> None:
    work = repository.work_tree()
    commit = work.commit("infra/template.yaml", "Resources: {}", "Add a template")
    work.push("main")
    clone = repository.clone("clone")
    assert clone.head() == commit == repository.head()
    assert (clone.path / "infra/template.yaml").read_text() == "Resources: {}"


def test_the_first_push_is_announced_as_codecommit_does(repository: Repository) -> None:
    work = repository.work_tree()
    commit = work.commit("a")
    work.push("main")
    (event,) = repository.events(1)
    assert {key: event[key] for key in ("source", "detail-type", "account", "region", "resources")} == {
        "source": "aws.codecommit",
        "detail-type": "CodeCommit Repository State Change",
        "account": ACCOUNT_ID,
        "region": REGION,
        "resources": [repository.metadata["Arn"]],
    }
    assert event["detail"] == {
        "event": "referenceCreated",
        "repositoryName": repository.name,
        "repositoryId": repository.metadata["repositoryId"],
        "referenceType": "branch",
        "referenceName": "main",
        "referenceFullName": "refs/heads/main",
        "commitId": commit,
        "callerUserArn": f"arn:aws:iam::{ACCOUNT_ID}:root",
    }


def test_a_further_push_is_announced_as_an_update(repository: Repository) -> None:
    work = repository.work_tree()
    old = work.commit("a")
    work.push("main")
    repository.events(1)
    new = work.commit("b")
    work.push("main")
    (event,) = repository.events(1)
    detail = event["detail"]
    assert (detail["event"], detail["oldCommitId"], detail["commitId"]) == ("referenceUpdated", old, new)


def test_each_reference_of_a_push_is_announced_once(repository: Repository) -> None:
    work = repository.work_tree()
    commit = work.commit("a")
    work.git("branch", "feature/one")
    work.git("tag", "v1")
    work.git("tag", "--annotate", "v2", "--message", "Second")
    work.push("main", "feature/one", "v1", "v2")
    details = [event["detail"] for event in repository.events(4)]
    assert sorted((d["referenceType"], d["referenceName"], d["commitId"]) for d in details) == [
        ("branch", "feature/one", commit),
        ("branch", "main", commit),
        ("tag", "v1", commit),
        ("tag", "v2", commit),
    ]
    assert sorted(repository.codecommit.list_branches(repositoryName=repository.name)["branches"]) == [
        "feature/one",
        "main",
    ]


def test_a_deleted_branch_is_announced_with_the_commit_it_was_at(repository: Repository) -> None:
    work = repository.work_tree()
    commit = work.commit("a")
    work.push("main", "main:old")
    repository.events(2)
    work.push(":old")
    (event,) = repository.events(1)
    assert event["detail"]["event"] == "referenceDeleted"
    assert event["detail"]["oldCommitId"] == commit
    assert "commitId" not in event["detail"]


def test_the_first_branch_pushed_becomes_the_default_one(repository: Repository) -> None:
    work = repository.work_tree()
    work.commit("a")
    work.push("main:trunk")
    get = repository.codecommit.get_repository
    assert get(repositoryName=repository.name)["repositoryMetadata"]["defaultBranch"] == "trunk"
    assert repository.clone("clone").git("branch", "--show-current").stdout.strip() == "trunk"


def test_the_default_branch_cannot_be_deleted_by_a_push(repository: Repository) -> None:
    work = repository.work_tree()
    work.commit("a")
    work.push("main", "main:next")
    repository.events(2)
    refused = work.push(":main", check=False)
    assert refused.returncode != 0
    assert "the default branch cannot be deleted" in refused.stderr
    repository.events(0)

    repository.codecommit.update_default_branch(repositoryName=repository.name, defaultBranchName="next")
    work.push(":main")
    assert repository.codecommit.list_branches(repositoryName=repository.name)["branches"] == ["next"]


def test_an_empty_repository_can_be_cloned(repository: Repository) -> None:
    clone = repository.clone("clone")
    commit = clone.commit("a")
    clone.push("HEAD:main")
    assert repository.head() == commit


def test_history_can_be_rewritten_by_force_only(repository: Repository) -> None:
    work = repository.work_tree()
    first = work.commit("a")
    second = work.commit("b")
    work.push("main")
    work.git("reset", "--hard", first)
    rewritten = work.commit("c")
    assert work.push("main", check=False).returncode != 0
    assert repository.head() == second
    work.push("--force", "main")
    assert repository.head() == rewritten


def test_a_fetch_brings_what_others_pushed(repository: Repository) -> None:
    work = repository.work_tree()
    work.commit("a")
    work.push("main")
    clone = repository.clone("clone")
    # Enough history in common that git compresses its request, which names the commits it has.
    for number in range(40):
        clone.commit(f"local-{number}")
    commit = work.commit("b")
    work.push("main")
    clone.git("fetch", "origin")
    assert clone.git("rev-parse", "origin/main").stdout.strip() == commit


def test_a_shallow_clone_works(repository: Repository) -> None:
    work = repository.work_tree()
    for number in range(3):
        work.commit(f"file-{number}")
    work.push("main")
    WorkTree(repository.tmp_path, repository.url).git("clone", "--depth", "1", repository.url, "shallow")
    shallow = WorkTree(repository.tmp_path / "shallow", repository.url)
    assert shallow.git("rev-list", "--count", "HEAD").stdout.strip() == "1"


@pytest.mark.parametrize("post_buffer", ["1m", "64m"], ids=["chunked", "in one piece"])
def test_five_megabytes_can_be_pushed(repository: Repository, post_buffer: str) -> None:
    work = repository.work_tree()
    content = os.urandom(5 * 1024 * 1024)
    work.commit("large.bin", content)
    work.git("-c", f"http.postBuffer={post_buffer}", "push", repository.url, "main")
    assert (repository.clone("clone").path / "large.bin").read_bytes() == content


def test_a_compressed_request_is_understood(repository: Repository) -> None:
    work = repository.work_tree()
    commit = work.commit("a")
    work.push("main")
    want = f"want {commit} side-band-64k thin-pack ofs-delta\n"
    request = f"{len(want) + 4:04x}{want}00000009done\n".encode()
    url = f"{repository.url}/git-upload-pack"
    _, answer = _request("POST", url, gzip.compress(request), Content_Encoding="gzip")
    assert answer.startswith(b"0008NAK\n")
    assert b"PACK" in answer


def test_a_request_that_is_not_gits_is_refused(repository: Repository) -> None:
    work = repository.work_tree()
    commit = work.commit("a")
    work.push("main")
    url = f"{repository.url}/git-upload-pack"
    # Without the capabilities that every git client has; and not even a packet.
    want = f"want {commit} no-progress\n"
    for body in (f"{len(want) + 4:04x}{want}00000009done\n".encode(), b"zzzz"):
        status, _ = _request("POST", url, body)
        assert status == 400


def test_of_two_pushes_to_one_branch_at_once_one_wins(repository: Repository) -> None:
    base = repository.work_tree("base")
    base.commit("a")
    base.push("main")
    repository.events(1)
    rivals = [repository.clone(f"rival-{number}") for number in range(3)]
    commits = [rival.commit(f"file-{number}") for number, rival in enumerate(rivals)]
    with ThreadPoolExecutor(len(rivals)) as pool:
        results = list(pool.map(lambda rival: rival.push("HEAD:main", check=False), rivals))
    winners = [commit for commit, result in zip(commits, results, strict=True) if result.returncode == 0]
    assert winners == [repository.head()]
    (event,) = repository.events(1)
    assert event["detail"]["commitId"] == winners[0]


def test_pushes_to_different_branches_at_once_all_arrive(repository: Repository) -> None:
    base = repository.work_tree("base")
    base.commit("a")
    base.push("main")
    repository.events(1)
    clones = [repository.clone(f"clone-{number}") for number in range(4)]
    commits = [clone.commit(f"file-{number}") for number, clone in enumerate(clones)]
    with ThreadPoolExecutor(len(clones)) as pool:
        list(pool.map(lambda pair: pair[1].push(f"HEAD:branch-{pair[0]}"), enumerate(clones)))
    assert [repository.head(f"branch-{number}") for number in range(4)] == commits
    details = [event["detail"] for event in repository.events(4)]
    assert sorted(detail["commitId"] for detail in details) == sorted(commits)


def test_a_stale_atomic_push_changes_nothing(repository: Repository) -> None:
    work = repository.work_tree()
    work.commit("a")
    work.push("main", "main:other")
    late = repository.clone("late")
    head = work.commit("b")
    work.push("main")
    repository.events(3)
    late.commit("c")
    refused = late.push("--atomic", "--force-with-lease=main:" + late.head(), "HEAD:main", "HEAD:other", check=False)
    assert refused.returncode != 0
    assert (repository.head("main"), repository.head("other") != late.head()) == (head, True)
    repository.events(0)


def test_a_branch_below_another_is_refused(repository: Repository) -> None:
    work = repository.work_tree()
    work.commit("a")
    work.push("main")
    refused = work.push("main:main/deeper", check=False)
    assert refused.returncode != 0
    assert "there is a branch main" in refused.stderr


def test_only_references_below_refs_are_accepted(repository: Repository) -> None:
    work = repository.work_tree()
    commit = work.commit("a")
    work.push("main")
    repository.events(1)
    line = f"{'0' * 40} {commit} HEAD\0report-status\n"
    _, status = _request("POST", f"{repository.url}/git-receive-pack", _pushed(line, _empty_pack()))
    assert b"ng HEAD" in status
    repository.events(0)


def test_a_push_without_its_objects_is_refused(repository: Repository) -> None:
    line = f"{'0' * 40} {'1' * 40} refs/heads/main\0report-status\n"
    _, status = _request("POST", f"{repository.url}/git-receive-pack", _pushed(line, _empty_pack()))
    assert b"ng refs/heads/main missing necessary objects" in status
    assert repository.codecommit.list_branches(repositoryName=repository.name)["branches"] == []
    repository.events(0)


def test_a_branch_cannot_point_at_a_tree(repository: Repository) -> None:
    work = repository.work_tree()
    work.commit("a")
    work.push("main")
    tree = work.git("rev-parse", "HEAD^{tree}").stdout.strip()
    line = f"{'0' * 40} {tree} refs/heads/tree\0report-status\n"
    _, status = _request("POST", f"{repository.url}/git-receive-pack", _pushed(line, _empty_pack()))
    assert b"ng refs/heads/tree a branch must point at a commit" in status


def test_a_broken_pack_changes_nothing(repository: Repository) -> None:
    line = f"{'0' * 40} {'1' * 40} refs/heads/main\0report-status\n"
    pack = b"PACK" + os.urandom(40)
    status, answer = _request("POST", f"{repository.url}/git-receive-pack", _pushed(line, pack))
    # dulwich reports what it foresaw in a regular answer, and raises for the rest.
    assert status == 500 or b"unpack ok" not in answer
    assert repository.codecommit.list_branches(repositoryName=repository.name)["branches"] == []


@pytest.mark.parametrize(
    "path",
    [
        "{name}/HEAD",
        "{name}/config",
        "{name}/objects/info/packs",
        "{name}/info/refs",
        "no-such-repository/info/refs?service=git-upload-pack",
        "..%2F{name}/info/refs?service=git-upload-pack",
        "%2e%2e/{name}/info/refs?service=git-upload-pack",
        "{name}%2F..%2F{name}/info/refs?service=git-upload-pack",
        "{name}/../../../../etc/passwd",
    ],
)
def test_nothing_but_the_git_protocol_is_served(repository: Repository, path: str) -> None:
    base = repository.url.removesuffix(repository.name)
    status, _ = _request("GET", base + path.format(name=repository.name))
    assert status in {400, 403, 404}


@pytest.mark.parametrize("place", ["000000000000/nowhere-1", "000000000001/eu-west-1", "000000000000/us-east-1"])
def test_repositories_belong_to_their_account_and_region(repository: Repository, place: str) -> None:
    url = repository.url.replace(f"{ACCOUNT_ID}/{REGION}", place)
    result = WorkTree(repository.tmp_path, url).git("ls-remote", url, check=False)
    assert result.returncode != 0
    assert "not found" in result.stderr


def test_a_renamed_repository_is_pushed_to_by_its_new_name(repository: Repository) -> None:
    work = repository.work_tree()
    work.commit("a")
    work.push("main")
    new_name = f"{repository.name}-renamed"
    repository.codecommit.update_repository_name(oldName=repository.name, newName=new_name)
    renamed = repository.codecommit.get_repository(repositoryName=new_name)["repositoryMetadata"]
    assert renamed["repositoryId"] == repository.metadata["repositoryId"]
    work.commit("b")
    assert work.push("main", check=False).returncode != 0
    work.git("push", renamed["cloneUrlHttp"], "main")


def test_a_deleted_repository_is_gone_for_git(repository: Repository) -> None:
    work = repository.work_tree()
    work.commit("a")
    work.push("main")
    repository.codecommit.delete_repository(repositoryName=repository.name)
    refused = work.git("ls-remote", repository.url, check=False)
    assert refused.returncode != 0
    assert "not found" in refused.stderr
    # A new one of the same name begins empty.
    repository.codecommit.create_repository(repositoryName=repository.name)
    assert work.git("ls-remote", repository.url).stdout == ""


def test_credentials_in_the_url_are_not_needed_and_do_no_harm(repository: Repository) -> None:
    work = repository.work_tree()
    commit = work.commit("a")
    work.git("push", repository.url.replace("http://", "http://someone:secret@"), "main")
    assert repository.head() == commit


def _request(method: str, url: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
    """Send a request as it stands: unlike most clients, this one leaves dots and slashes of the path alone."""
    parts = urlsplit(url)
    assert parts.hostname
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)
    service = parts.path.rsplit("/", 1)[-1]
    connection.request(
        method,
        url.removeprefix(f"http://{parts.netloc}"),
        body=body,
        headers={"Content-Type": f"application/x-{service}-request"}
        | {name.replace("_", "-"): value for name, value in headers.items()},
    )
    response = connection.getresponse()
    answer = response.read()
    connection.close()
    return response.status, answer


def _pushed(line: str, pack: bytes) -> bytes:
    """Return a push of one reference as git-receive-pack reads it."""
    return f"{len(line) + 4:04x}{line}0000".encode() + pack


def _empty_pack() -> bytes:
    header = b"PACK" + (2).to_bytes(4) + (0).to_bytes(4)
    return header + hashlib.sha1(header, usedforsecurity=False).digest()
