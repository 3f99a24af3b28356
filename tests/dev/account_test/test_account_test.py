"""What `make e2e` refuses, and that it always cleans up; tests/e2e has what it does on an account."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from moto import mock_aws

from changegate_cli.local.account import AwsAccount
from changegate_cli.local.installation import TEMPLATE
from changegate_cli.local.provisioned import LOCAL_PACE
from dev import provision
from dev.account_test import __main__ as program
from dev.account_test import aws as on_account
from dev.account_test import child
from dev.account_test.aws import CleanUpError
from dev.account_test.under_test import EXPRESSION, EnvironmentUnderTest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

ACCOUNT = "123456789012"  # moto's
REGION = "eu-west-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/changegate-e2e-cloudformation"
VALUES: dict[str, Any] = {
    "name": "changegate-e2e",
    "region": REGION,
    "account_id": ACCOUNT,
    "force_destroy": True,
    "pipeline": "main",
    "repository": "changegate-e2e",
    "creates_repository": True,
    "branch": "main",
    "stacks": ["e2e-sample-app"],
    "templates": [TEMPLATE],
    "in_own_account": True,
    "rejects_unattended": True,
}
OUTPUTS = {
    "pipelines": {"main": {"name": "main_changegate-e2e"}},
    "state_machine_arn": f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:changegate-e2e-deploy",
    "role_arns": {"cloudformation": ROLE},
}
TOPIC = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})


@pytest.fixture
def aws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsAccount]:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    with mock_aws():
        yield AwsAccount(tmp_path, REGION)


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dev.account_test.aws.time.sleep", lambda _: None)


def environment_with(**changes: Any) -> EnvironmentUnderTest:
    return EnvironmentUnderTest.of({**VALUES, **changes})


def test_a_fit_environment_meets_no_objection() -> None:
    assert list(environment_with().objections(TEMPLATE)) == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"account_id": None}, "account_id must name the account"),
        ({"force_destroy": False}, "force_destroy must be true"),
        ({"repository": None}, "from a CodeCommit repository"),
        ({"creates_repository": False}, "from a CodeCommit repository"),
        ({"branch": "trunk"}, "from a CodeCommit repository"),
        ({"templates": ["template.yaml"]}, "There must be one deployment"),
        ({"templates": [TEMPLATE, TEMPLATE]}, "There must be one deployment"),
        ({"in_own_account": False}, "must have no target"),
        ({"rejects_unattended": False}, "must have no approval"),
    ],
)
def test_an_environment_that_is_not_fit_is_told_why(changes: dict[str, Any], sentence: str) -> None:
    (objection,) = environment_with(**changes).objections(TEMPLATE)
    assert sentence in objection


def test_nothing_is_there_on_an_empty_account(aws: AwsAccount) -> None:
    assert on_account.account_id(aws) == ACCOUNT
    assert list(on_account.present(aws, environment_with())) == []


def test_what_is_there_is_named(aws: AwsAccount) -> None:
    aws.client("events").put_rule(Name="changegate-e2e-pipeline-main", ScheduleExpression="rate(5 minutes)")
    aws.client("s3").create_bucket(
        Bucket=environment_with().bucket, CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    aws.client("cloudformation").create_stack(StackName="e2e-sample-app", TemplateBody=TOPIC)
    aws.client("iam").create_role(RoleName="changegate-e2e-state-machine", AssumeRolePolicyDocument="{}")
    aws.client("codecommit").create_repository(repositoryName="changegate-e2e")
    assert list(on_account.present(aws, environment_with())) == [
        "the stack e2e-sample-app",
        "the repository changegate-e2e",
        "the rule changegate-e2e-pipeline-main",
        "the role changegate-e2e-state-machine",
        f"the bucket changegate-e2e-{ACCOUNT}-{REGION}",
    ]


class TestDeleteStack:
    def test_ours_is_deleted(self, aws: AwsAccount) -> None:
        cloudformation = aws.client("cloudformation")
        cloudformation.create_stack(StackName="e2e-sample-app", TemplateBody=TOPIC, RoleARN=ROLE)
        assert on_account.delete_stack(aws, "e2e-sample-app", ROLE)
        assert list(on_account.present(aws, environment_with())) == []

    def test_somebody_elses_is_left_alone(self, aws: AwsAccount) -> None:
        cloudformation = aws.client("cloudformation")
        cloudformation.create_stack(StackName="e2e-sample-app", TemplateBody=TOPIC)
        with pytest.raises(CleanUpError, match="was not deployed by the tests: it is left alone"):
            on_account.delete_stack(aws, "e2e-sample-app", ROLE)
        assert list(on_account.present(aws, environment_with())) == ["the stack e2e-sample-app"]

    def test_there_is_none(self, aws: AwsAccount) -> None:
        assert not on_account.delete_stack(aws, "e2e-sample-app", ROLE)

    def test_a_stack_at_work_is_waited_for(self) -> None:
        cloudformation = FakeCloudFormation(
            "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE", "DELETE_IN_PROGRESS", "DELETE_COMPLETE"
        )
        assert on_account.delete_stack(cloudformation, "e2e-sample-app", ROLE)
        assert cloudformation.deleted_at == ["UPDATE_COMPLETE"]

    def test_a_stack_that_stays_is_told(self) -> None:
        cloudformation = FakeCloudFormation("UPDATE_COMPLETE", "DELETE_IN_PROGRESS", "DELETE_FAILED")
        with pytest.raises(CleanUpError, match="could not be deleted: a queue is in the way"):
            on_account.delete_stack(cloudformation, "e2e-sample-app", ROLE)


class FakeCloudFormation(AwsAccount):
    """One stack, with one status after the other."""

    def __init__(self, *statuses: str) -> None:
        self.statuses = list(statuses)
        self.deleted_at: list[str] = []

    pace = LOCAL_PACE

    def client(self, service: str) -> Any:
        return self

    def describe_stacks(self, **_: Any) -> dict[str, Any]:
        self.status = self.statuses.pop(0)
        stack = {"StackId": "id", "StackStatus": self.status, "RoleARN": ROLE}
        return {"Stacks": [{**stack, "StackStatusReason": "a queue is in the way"}]}

    def delete_stack(self, **_: Any) -> None:
        self.deleted_at.append(self.status)


class FakeTerraform:
    """Replaces provision.EnvironmentTerraform; ``resources`` are those in the state."""

    def __init__(self, environment: provision.Environment, variables: Any) -> None:
        self.resources: list[str] = []
        self.values = VALUES

    def state(self) -> dict[str, Any]:
        outputs = {name: {"value": value} for name, value in OUTPUTS.items()} if self.resources else {}
        return {"resources": self.resources, "outputs": outputs}

    def evaluate(self, expression: str, arguments: Sequence[str]) -> dict[str, Any]:
        assert expression == EXPRESSION
        return self.values


class Scene:
    """A run of the program in which every other program only notes that it was called."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls: list[str] = []
        self.codes: dict[str, int] = {}
        self.terraform = FakeTerraform(provision.Environment.named("e2e", provision.ROOT, {}), {})
        self.interrupts = ""
        monkeypatch.setattr(provision, "check_backend", lambda _: None)
        monkeypatch.setattr(provision, "make_ready", lambda *_: None)
        monkeypatch.setattr(provision, "EnvironmentTerraform", lambda *_: self.terraform)
        monkeypatch.setattr(program, "run", self.run)
        monkeypatch.setattr(on_account, "account_id", lambda _: ACCOUNT)
        monkeypatch.setattr(on_account, "present", lambda *_: [])
        monkeypatch.setattr(on_account, "stop_deployments", lambda *_: self.calls.append("stop"))
        monkeypatch.setattr(on_account, "delete_stack", self.delete_stack)

    def run(self, command: Sequence[str], folder: Path) -> int:
        name = "pytest" if "pytest" in command else command[3]
        self.calls.append(name)
        if name == "pytest":
            assert command[command.index("-m", 3) + 1] == "on_account"
        else:
            assert command[4:] == ["e2e", "-auto-approve", "-input=false", "-no-color"]
        if name == self.interrupts:
            raise KeyboardInterrupt
        code = self.codes.get(name, 0)
        if name == "apply":
            self.terraform.resources = ["a pipeline"]
        elif name == "destroy" and code == 0:
            self.terraform.resources = []
        return code

    def delete_stack(self, aws: AwsAccount, name: str, role_arn: str) -> bool:
        assert (name, role_arn) == ("e2e-sample-app", ROLE)
        self.calls.append("delete")
        if "delete" in self.codes:
            raise CleanUpError("It stays.")
        return True


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Scene:
    return Scene(monkeypatch)


def main() -> int:
    return program.main(["e2e", "--yes", "-no-color"])


def test_the_stack_goes_before_the_environment(scene: Scene) -> None:
    assert main() == 0
    assert scene.calls == ["apply", "pytest", "stop", "delete", "destroy"]


def test_a_test_that_fails_is_cleaned_up_after(scene: Scene) -> None:
    scene.codes["pytest"] = 1
    assert main() == 1
    assert scene.calls == ["apply", "pytest", "stop", "delete", "destroy"]


def test_tests_that_are_interrupted_are_cleaned_up_after(scene: Scene) -> None:
    scene.interrupts = "pytest"
    assert main() == 130
    assert scene.calls == ["apply", "pytest", "stop", "delete", "destroy"]


def test_an_apply_that_fails_is_taken_back(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    scene.codes["apply"] = 1
    assert main() == 1
    assert scene.calls == ["apply", "destroy"]
    assert "could not be applied" in capsys.readouterr().err


def test_what_cannot_be_destroyed_is_tried_twice_and_told(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    scene.codes["destroy"] = 1
    assert main() == 1
    assert scene.calls[-2:] == ["destroy", "destroy"]
    assert "Delete the stack e2e-sample-app first, then run make destroy ENV=e2e" in capsys.readouterr().err


def test_a_stack_that_stays_keeps_the_role_that_could_delete_it(
    scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    scene.codes["delete"] = 1
    assert main() == 1
    assert scene.calls == ["apply", "pytest", "stop", "delete"]
    assert "It stays. Delete the stack e2e-sample-app first" in capsys.readouterr().err


def test_an_environment_in_use_is_refused(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    scene.terraform.resources = ["a pipeline"]
    assert main() == 1
    assert scene.calls == []
    assert "The environment e2e is in use" in capsys.readouterr().err


def test_variables_that_are_not_fit_are_refused(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    scene.terraform.values = {**VALUES, "force_destroy": False}
    assert main() == 1
    assert scene.calls == []
    assert "environments/e2e.tfvars does not suit the tests. force_destroy must be true" in capsys.readouterr().err


def test_credentials_of_another_account_are_refused(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    scene.terraform.values = {**VALUES, "account_id": "111122223333"}
    assert main() == 1
    assert scene.calls == []
    assert f"The credentials belong to account {ACCOUNT}" in capsys.readouterr().err


def test_what_is_there_already_is_left_alone(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(on_account, "present", lambda *_: ["the stack e2e-sample-app", "the rule changegate-e2e"])
    assert main() == 1
    assert scene.calls == []
    assert "what exists already: the stack e2e-sample-app, the rule changegate-e2e." in capsys.readouterr().err


@pytest.mark.parametrize(("answer", "calls"), [("yes", 5), ("y", 0), ("", 0)])
def test_it_is_asked(scene: Scene, monkeypatch: pytest.MonkeyPatch, answer: str, calls: int) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda _: answer)
    assert program.main(["e2e", "-no-color"]) == (0 if calls else 1)
    assert len(scene.calls) == calls


def test_where_nobody_can_be_asked_nothing_is_done(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)
    assert program.main(["e2e", "-no-color"]) == 1
    assert scene.calls == []
    printed = capsys.readouterr()
    assert "This needs consent: run make e2e ENV=e2e CONFIRM=yes." in printed.err
    assert f"account      {ACCOUNT}\n  region       {REGION}\n" in printed.out
    assert "named changegate-e2e\n  stack        e2e-sample-app\n" in printed.out


class TestChild:
    def test_its_exit_code_is_returned(self, tmp_path: Path) -> None:
        assert child.run([sys.executable, "-c", "raise SystemExit(3)"], tmp_path) == 3

    def test_it_ends_in_order_when_this_program_is_interrupted(self, tmp_path: Path) -> None:
        script = (
            "import pathlib, time\n"
            "pathlib.Path('began').touch()\n"
            "try:\n    time.sleep(60)\nexcept KeyboardInterrupt:\n    pathlib.Path('ended').touch()\n"
        )
        program_of_ours = (
            "import pathlib, sys; from dev.account_test.child import run; "
            f"run([sys.executable, '-c', {script!r}], pathlib.Path({str(tmp_path)!r}))"
        )
        process = subprocess.Popen([sys.executable, "-c", program_of_ours], cwd=provision.ROOT, stderr=subprocess.PIPE)
        deadline = time.monotonic() + 60
        while not (tmp_path / "began").exists() and time.monotonic() < deadline:
            threading.Event().wait(0.05)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        assert (tmp_path / "ended").exists()
