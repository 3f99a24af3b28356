"""The functions of the task states, one by one, against the API models."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.response import StreamingBody
from botocore.stub import ANY

from changegate import (
    check_stack_existence,
    create_change_set,
    create_stack,
    delete_change_set,
    execute_change_set,
    get_change_set_creation_status,
    get_change_set_execution_status,
    get_stack_creation_status,
    inspect_change_set_changes,
)
from changegate.errors import (
    MisconfiguredError,
    NeedsOperatorError,
    RejectedError,
    TransientError,
)
from changegate.stack_status import UnknownStackStatusError
from changegate.task import TaskInput

from .conftest import CHANGE_SET_ID, EXECUTION_ID, PARAMS, STACK_ID, Aws, change_set, event, resource_change, stack

TOKEN = TaskInput(PARAMS, EXECUTION_ID).client_token
CONTEXT = object()


def run(handler: Any, **added: Any) -> dict[str, Any]:
    answer: dict[str, Any] = handler(event(**added), CONTEXT)
    return answer


def revision(aws: Aws, content: bytes = b"Resources: {}", name: str = "infra/template.yaml") -> None:
    """Script the reading of the revision and the writing of the template."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, content)
    body = file.getvalue()
    where = {"Bucket": "artifacts", "Key": "pipeline/Source/abc1234"}

    class RangedClient:
        """S3, as far as ranged reading goes: a stub cannot answer by the range that is asked for."""

        meta = aws.clients["s3"].meta
        put_object = aws.clients["s3"].put_object

        def head_object(self, **request: Any) -> dict[str, Any]:
            assert request == where
            return {"ContentLength": len(body)}

        def get_object(self, **request: Any) -> dict[str, Any]:
            start = int(request.pop("Range", "bytes=0-").removeprefix("bytes=").removesuffix("-"))
            assert request == where
            return {"Body": StreamingBody(io.BytesIO(body[start:]), len(body) - start)}

    aws.clients["s3"] = RangedClient()


# --- what every task does


@pytest.mark.parametrize("wrong", [{}, {"taskParams": []}, {"taskParams": {}}, {"taskParams": {}, "execution": {}}])
def test_an_input_that_is_not_the_state_machines_is_a_misconfiguration(wrong: dict[str, Any]) -> None:
    with pytest.raises(MisconfiguredError):
        check_stack_existence.handler(wrong, CONTEXT)


def test_a_task_keeps_what_was_there_and_adds_its_own(aws: Aws) -> None:
    aws.cloudformation.add_response("describe_stacks", stack("CREATE_COMPLETE"))
    answer = run(check_stack_existence.handler, anything="else")
    assert answer["taskParams"].items() >= {**PARAMS, "anything": "else", "doesStackExist": True}.items()
    assert "error" not in answer


def test_the_client_token_is_one_per_execution_and_fits_the_api() -> None:
    assert TaskInput({}, EXECUTION_ID).client_token == TOKEN
    assert TaskInput({}, EXECUTION_ID + "2").client_token != TOKEN
    assert len(TOKEN) <= 128
    assert TOKEN[0].isalpha()
    assert TOKEN.replace("-", "").isalnum()


def test_values_of_the_input_are_not_logged(aws: Aws, log: io.StringIO) -> None:
    aws.cloudformation.add_response("describe_stacks", stack("CREATE_COMPLETE"))
    run(check_stack_existence.handler, parameters={"Password": "hunter2"})
    aws.fail("cloudformation", "describe_stacks", "Throttling", "Rate exceeded")
    with pytest.raises(TransientError):
        run(check_stack_existence.handler, parameters={"Password": "hunter2"})
    assert "Task done" in log.getvalue()
    assert "hunter2" not in log.getvalue()


# --- Check Stack Existence


def test_an_absent_stack_is_created(aws: Aws) -> None:
    aws.fail("cloudformation", "describe_stacks", "ValidationError", "Stack with id prod-app does not exist")
    added = run(check_stack_existence.handler)["taskParams"]
    assert (added["doesStackExist"], added["stackPhase"]) == (False, "absent")


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("ValidationError", "1 validation error detected: stackName"),
        ("ValidationError", "Template does not exist"),
        ("AccessDenied", "Stack with id prod-app does not exist"),
    ],
)
def test_any_other_error_is_not_read_as_absence(aws: Aws, code: str, message: str) -> None:
    aws.fail("cloudformation", "describe_stacks", code, message)
    with pytest.raises((ClientError, MisconfiguredError)):
        run(check_stack_existence.handler)


@pytest.mark.parametrize(
    ("status", "phase"),
    [("UPDATE_ROLLBACK_COMPLETE", "ready"), ("UPDATE_IN_PROGRESS", "busy"), ("REVIEW_IN_PROGRESS", "in_review")],
)
def test_an_existing_stack_comes_with_its_phase(aws: Aws, status: str, phase: str) -> None:
    aws.cloudformation.add_response("describe_stacks", stack(status), {"StackName": "prod-app"})
    added = run(check_stack_existence.handler)["taskParams"]
    assert added["doesStackExist"] is True
    assert (added["stackPhase"], added["stackStatus"], added["stackId"]) == (phase, status, STACK_ID)


@pytest.mark.parametrize("status", ["ROLLBACK_COMPLETE", "CREATE_FAILED", "UPDATE_ROLLBACK_FAILED", "DELETE_FAILED"])
def test_a_stack_that_cannot_be_deployed_to_needs_an_operator(aws: Aws, status: str) -> None:
    aws.cloudformation.add_response("describe_stacks", stack(status))
    with pytest.raises(NeedsOperatorError, match=rf"prod-app is in {status}: .*deploy again\. Nothing was changed"):
        run(check_stack_existence.handler)


def test_an_unknown_stack_status_raises(aws: Aws) -> None:
    aws.cloudformation.add_response("describe_stacks", stack("SIDEWAYS_COMPLETE"))
    with pytest.raises(UnknownStackStatusError):
        run(check_stack_existence.handler)


# --- Create Stack


def test_a_stack_is_created_from_the_published_template_under_our_token(aws: Aws) -> None:
    revision(aws)
    aws.s3.add_response("put_object", {}, {"Bucket": "templates-bucket", "Key": ANY, "Body": b"Resources: {}"})
    aws.cloudformation.add_response(
        "create_stack",
        {"StackId": STACK_ID},
        {
            "StackName": "prod-app",
            "TemplateURL": ANY,
            "Parameters": [{"ParameterKey": "Size", "ParameterValue": "1"}],
            "Tags": [{"Key": "team", "Value": "a"}],
            "Capabilities": ["CAPABILITY_IAM"],
            "RoleARN": "arn:aws:iam::111111111111:role/changegate-cloudformation",
            "ClientRequestToken": TOKEN,
        },
    )
    answer = run(create_stack.handler, parameters={"Size": "1"}, tags={"team": "a"}, capabilities=["CAPABILITY_IAM"])
    assert answer["taskParams"]["stackId"] == STACK_ID


def failing_creation(aws: Aws, code: str, message: str) -> None:
    revision(aws)
    aws.s3.add_response("put_object", {})
    aws.fail("cloudformation", "create_stack", code, message)


def test_a_template_that_cloudformation_refuses_is_named_with_its_words(aws: Aws) -> None:
    failing_creation(aws, "ValidationError", "Template format error: unsupported structure.")
    with pytest.raises(MisconfiguredError, match=r"infra/template\.yaml: Template format error"):
        run(create_stack.handler)


def test_a_missing_capability_says_where_it_goes(aws: Aws) -> None:
    failing_creation(aws, "InsufficientCapabilitiesException", "Requires capabilities : [CAPABILITY_IAM]")
    with pytest.raises(MisconfiguredError, match=r"CAPABILITY_IAM.*'capabilities'"):
        run(create_stack.handler)


@pytest.mark.parametrize(("token", "ours"), [(TOKEN, True), ("somebody", False)])
def test_an_existing_stack_is_ours_only_if_its_first_event_bears_our_token(aws: Aws, token: str, ours: bool) -> None:
    failing_creation(aws, "AlreadyExistsException", "Stack [prod-app] already exists")
    aws.cloudformation.add_response("describe_stacks", stack("CREATE_IN_PROGRESS"))
    base = {"StackId": STACK_ID, "StackName": "prod-app", "Timestamp": "2026-01-01T00:00:00Z"}
    aws.cloudformation.add_response(
        "describe_stack_events",
        {
            "StackEvents": [
                {**base, "EventId": "2", "ClientRequestToken": "later"},
                {**base, "EventId": "1", "ClientRequestToken": token},
            ]
        },
    )
    if ours:
        assert run(create_stack.handler)["taskParams"]["stackId"] == STACK_ID
    else:
        with pytest.raises(RejectedError, match="Somebody else created"):
            run(create_stack.handler)


def test_an_exhausted_quota_rejects(aws: Aws) -> None:
    failing_creation(aws, "LimitExceededException", "Limit for stack has been exceeded")
    with pytest.raises(RejectedError, match="quota"):
        run(create_stack.handler)


def test_an_error_of_another_meaning_stays_what_it_is(aws: Aws) -> None:
    failing_creation(aws, "TokenAlreadyExistsException", "token")
    with pytest.raises(ClientError):
        run(create_stack.handler)


def test_a_template_path_that_is_not_in_the_revision_is_named(aws: Aws) -> None:
    revision(aws, name="infra/other.yaml")
    with pytest.raises(MisconfiguredError, match=r"no file 'infra/template\.yaml'"):
        run(create_stack.handler)


# --- Get Stack Creation Status


@pytest.mark.parametrize(
    ("status", "progress"), [("CREATE_IN_PROGRESS", "in_progress"), ("CREATE_COMPLETE", "complete")]
)
def test_a_creation_that_goes_on_or_well(aws: Aws, status: str, progress: str) -> None:
    aws.cloudformation.add_response("describe_stacks", stack(status), {"StackName": STACK_ID})
    answer = run(get_stack_creation_status.handler, stackId=STACK_ID)
    assert answer["taskParams"]["stackCreationStatus"] == progress
    assert "error" not in answer


def stack_event(status: str, **fields: Any) -> dict[str, Any]:
    return {
        "StackId": STACK_ID,
        "StackName": "prod-app",
        "EventId": "e",
        "Timestamp": "2026-01-01T00:00:00Z",
        "ResourceStatus": status,
        "ClientRequestToken": TOKEN,
        "LogicalResourceId": "Queue",
        "ResourceType": "AWS::SQS::Queue",
        "PhysicalResourceId": "queue-1",
        "ResourceStatusReason": "The name is taken.",
        **fields,
    }


def test_a_failed_creation_ends_with_its_root_cause_in_the_nested_stack(aws: Aws) -> None:
    nested = "arn:aws:cloudformation:eu-west-1:111111111111:stack/prod-app-Inner/1"
    aws.cloudformation.add_response("describe_stacks", stack("ROLLBACK_COMPLETE"))
    aws.cloudformation.add_response(
        "describe_stack_events",
        {
            "StackEvents": [
                stack_event(
                    "CREATE_FAILED",
                    LogicalResourceId="Inner",
                    ResourceType="AWS::CloudFormation::Stack",
                    PhysicalResourceId=nested,
                    ResourceStatusReason="Embedded stack was not successfully created",
                )
            ]
        },
        {"StackName": STACK_ID},
    )
    aws.cloudformation.add_response(
        "describe_stack_events",
        {"StackEvents": [stack_event("CREATE_FAILED", StackId=nested, ClientRequestToken="derived")]},
        {"StackName": nested},
    )
    answer = run(get_stack_creation_status.handler, stackId=STACK_ID)
    assert answer["taskParams"]["stackCreationStatus"] == "failed"
    assert answer["error"]["Error"] == "Changegate.NeedsOperator"
    assert (
        "in nested stack Inner, Queue (AWS::SQS::Queue) is CREATE_FAILED: The name is taken" in answer["error"]["Cause"]
    )
    assert "delete the stack" in answer["error"]["Cause"]


def test_a_stack_that_somebody_deleted_meanwhile_needs_an_operator(aws: Aws) -> None:
    aws.fail("cloudformation", "describe_stacks", "ValidationError", f"Stack with id {STACK_ID} does not exist")
    with pytest.raises(NeedsOperatorError, match="Somebody deleted"):
        run(get_stack_creation_status.handler, stackId=STACK_ID)


# --- Create Change Set


@pytest.mark.parametrize(("phase", "kind"), [("ready", "UPDATE"), ("in_review", "CREATE")])
def test_a_change_set_is_asked_for_with_nested_stacks_under_our_token(aws: Aws, phase: str, kind: str) -> None:
    revision(aws)
    aws.s3.add_response("put_object", {})
    name = f"prod-app-{TOKEN[-12:]}"
    aws.cloudformation.add_response(
        "create_change_set",
        {"Id": CHANGE_SET_ID, "StackId": STACK_ID},
        {
            "StackName": "prod-app",
            "TemplateURL": ANY,
            "Parameters": [],
            "Tags": [],
            "Capabilities": [],
            "RoleARN": ANY,
            "ChangeSetName": name,
            "ChangeSetType": kind,
            "ClientToken": TOKEN,
            "IncludeNestedStacks": True,
        },
    )
    added = run(create_change_set.handler, stackPhase=phase)["taskParams"]
    assert (added["changeSetName"], added["changeSetId"], added["stackId"]) == (name, CHANGE_SET_ID, STACK_ID)


def test_a_retry_finds_the_change_set_that_the_first_try_made(aws: Aws) -> None:
    revision(aws)
    aws.s3.add_response("put_object", {})
    aws.fail("cloudformation", "create_change_set", "AlreadyExistsException", "exists")
    aws.cloudformation.add_response(
        "describe_change_set", change_set(), {"ChangeSetName": f"prod-app-{TOKEN[-12:]}", "StackName": "prod-app"}
    )
    assert run(create_change_set.handler, stackPhase="ready")["taskParams"]["changeSetId"] == CHANGE_SET_ID


def test_a_refused_template_of_an_update_is_named(aws: Aws) -> None:
    revision(aws)
    aws.s3.add_response("put_object", {})
    aws.fail("cloudformation", "create_change_set", "ValidationError", "Template format error")
    with pytest.raises(MisconfiguredError, match=r"infra/template\.yaml: Template format error"):
        run(create_change_set.handler, stackPhase="ready")


@pytest.mark.parametrize("length", [1, 100, 128])
def test_a_change_sets_name_fits_the_api_and_begins_with_the_stacks(length: int) -> None:
    name = create_change_set.change_set_name("p" * length, TOKEN)
    assert len(name) <= 128
    assert name.startswith("p")
    assert name.endswith(TOKEN[-12:])


# --- Get Change Set Creation Status


@pytest.mark.parametrize(
    ("status", "reason", "progress", "empty", "error"),
    [
        ("CREATE_PENDING", "", "in_progress", False, None),
        ("CREATE_IN_PROGRESS", "", "in_progress", False, None),
        ("CREATE_COMPLETE", "", "complete", False, None),
        ("FAILED", "The submitted information didn't contain changes. Submit", "failed", True, None),
        ("FAILED", "No updates are to be performed.", "failed", True, None),
        ("FAILED", "Transform failed", "failed", False, "Changegate.Misconfigured"),
        ("DELETE_COMPLETE", "", "failed", False, "Changegate.Rejected"),
    ],
)
def test_how_a_change_set_stands(
    aws: Aws, status: str, reason: str, progress: str, empty: bool, error: str | None
) -> None:
    aws.cloudformation.add_response("describe_change_set", change_set(status, StatusReason=reason))
    answer = run(get_change_set_creation_status.handler, changeSetId=CHANGE_SET_ID)
    added = answer["taskParams"]
    assert (added["changeSetCreationStatus"], added["changeSetEmpty"]) == (progress, empty)
    assert answer.get("error", {}).get("Error") == error


@pytest.mark.parametrize(
    ("status", "reason", "progress", "words"),
    [
        ("CREATE_COMPLETE", "", "complete", None),
        ("FAILED", "No updates are to be performed.", "complete", None),
        ("CREATE_IN_PROGRESS", "", "in_progress", None),
        ("FAILED", "Template error", "failed", "nested stack prod-app-Inner: Template error"),
        ("DELETE_COMPLETE", "", "failed", "of nested stack prod-app-Inner"),
    ],
)
def test_the_change_sets_of_nested_stacks_are_waited_for(
    aws: Aws, status: str, reason: str, progress: str, words: str | None
) -> None:
    nested = resource_change("Modify", "Inner", ResourceType="AWS::CloudFormation::Stack", ChangeSetId="arn:inner")
    aws.cloudformation.add_response("describe_change_set", change_set(Changes=[nested]))
    inner = change_set(status, StatusReason=reason, ChangeSetId="arn:inner", StackName="prod-app-Inner")
    aws.cloudformation.add_response("describe_change_set", inner, {"ChangeSetName": "arn:inner"})
    answer = run(get_change_set_creation_status.handler, changeSetId=CHANGE_SET_ID)
    assert answer["taskParams"]["changeSetCreationStatus"] == progress
    assert answer["taskParams"]["changeSetEmpty"] is False
    if words is None:
        assert "error" not in answer
    else:
        assert words in answer["error"]["Cause"]


def test_an_unknown_change_set_status_raises(aws: Aws) -> None:
    aws.cloudformation.add_response("describe_change_set", change_set("SIDEWAYS"))
    with pytest.raises(ValueError, match="SIDEWAYS"):
        run(get_change_set_creation_status.handler, changeSetId=CHANGE_SET_ID)


# --- Inspect Change Set Changes


def inspected(aws: Aws, *changes: Any, policy: Any = None) -> tuple[dict[str, Any], dict[str, Any]]:
    """Inspect a change set; return the task's answer and the verdict that went to S3."""
    kept: list[dict[str, Any]] = []
    aws.cloudformation.add_response("describe_change_set", change_set(Changes=list(changes), StackName="prod-app"))
    key = f"verdicts/prod-app/{TOKEN}.json"
    aws.s3.add_response(
        "put_object", {}, {"Bucket": "verdicts-bucket", "Key": key, "Body": ANY, "ContentType": "application/json"}
    )
    aws.clients["s3"].meta.events.register(
        "provide-client-params.s3.PutObject", lambda params, **_: kept.append(json.loads(params["Body"]))
    )
    given = event(changeSetId=CHANGE_SET_ID) | ({} if policy is None else {"policy": policy})
    answer: dict[str, Any] = inspect_change_set_changes.handler(given, CONTEXT)
    return answer, kept[0]


def test_a_safe_change_set(aws: Aws) -> None:
    answer, kept = inspected(aws, resource_change("Add"))
    added = answer["taskParams"]
    assert added["changeSetAction"] == "CAN-SAFELY-UPDATE-EXISTING-STACK"
    assert added["verdict"] == {
        "safe": True,
        "changeSetAction": "CAN-SAFELY-UPDATE-EXISTING-STACK",
        "counts": {"added": 1},
        "findingCount": 0,
        "findings": [],
        "s3Bucket": "verdicts-bucket",
        "s3Key": f"verdicts/prod-app/{TOKEN}.json",
    }
    assert [change["path"] for change in kept["changes"]] == ["Queue"]
    assert "error" not in answer


def test_an_unsafe_change_set_says_why(aws: Aws) -> None:
    answer, kept = inspected(aws, resource_change("Modify", Replacement="True", PhysicalResourceId="queue-1"))
    assert answer["taskParams"]["changeSetAction"] == "RESOURCES-BEING-DELETED-OR-REPLACED"
    assert answer["taskParams"]["verdict"]["findings"] == kept["findings"]
    assert kept["findings"][0]["kind"] == "replacement"
    assert answer["error"] == {
        "Error": "Changegate.Rejected",
        "Cause": "The change set was rejected and nothing was changed: Queue (AWS::SQS::Queue) would be replaced.",
    }


def test_the_policy_comes_with_the_task_and_never_with_the_deployment(aws: Aws) -> None:
    allowing = {"default": {"removal": "allow"}}
    answer, kept = inspected(aws, resource_change("Remove"), policy=allowing)
    assert "error" not in answer
    assert kept["findings"][0]["decision"] == "allow"
    aws.cloudformation.add_response("describe_change_set", change_set(Changes=[resource_change("Remove")]))
    aws.s3.add_response("put_object", {})
    assert run(inspect_change_set_changes.handler, changeSetId=CHANGE_SET_ID, policy=allowing)["error"]


def test_a_policy_of_another_shape_is_a_misconfiguration(aws: Aws) -> None:
    with pytest.raises(MisconfiguredError, match="unknown field 'rule'"):
        inspect_change_set_changes.handler(event(changeSetId=CHANGE_SET_ID) | {"policy": {"rule": []}}, CONTEXT)


def test_the_state_carries_a_bounded_number_of_findings_and_s3_all(aws: Aws) -> None:
    answer, kept = inspected(aws, *(resource_change("Remove", f"Queue{number}") for number in range(500)))
    verdict = answer["taskParams"]["verdict"]
    assert (verdict["findingCount"], len(verdict["findings"]), len(kept["findings"])) == (500, 20, 500)
    assert len(json.dumps(answer)) < 65_536


# --- Execute Change Set

SAFE = {"changeSetId": CHANGE_SET_ID, "changeSetAction": "CAN-SAFELY-UPDATE-EXISTING-STACK"}


def test_the_inspected_change_set_is_executed_by_its_arn_under_our_token(aws: Aws) -> None:
    aws.cloudformation.add_response("describe_change_set", change_set(), {"ChangeSetName": CHANGE_SET_ID})
    aws.cloudformation.add_response(
        "execute_change_set", {}, {"ChangeSetName": CHANGE_SET_ID, "ClientRequestToken": TOKEN}
    )
    run(execute_change_set.handler, **SAFE)


@pytest.mark.parametrize("action", ["RESOURCES-BEING-DELETED-OR-REPLACED", "", None])
def test_without_a_safe_verdict_nothing_is_executed(aws: Aws, action: str | None) -> None:
    with pytest.raises(RejectedError):
        run(execute_change_set.handler, changeSetId=CHANGE_SET_ID, changeSetAction=action)


@pytest.mark.parametrize("status", ["EXECUTE_IN_PROGRESS", "EXECUTE_COMPLETE", "EXECUTE_FAILED"])
def test_a_retry_does_not_execute_again(aws: Aws, status: str) -> None:
    aws.cloudformation.add_response("describe_change_set", change_set(execution_status=status))
    run(execute_change_set.handler, **SAFE)


@pytest.mark.parametrize("status", ["OBSOLETE", "UNAVAILABLE"])
def test_a_change_set_that_is_not_available_any_more_is_rejected(aws: Aws, status: str) -> None:
    aws.cloudformation.add_response("describe_change_set", change_set(execution_status=status))
    with pytest.raises(RejectedError, match=status):
        run(execute_change_set.handler, **SAFE)


@pytest.mark.parametrize(("now", "rejected"), [("EXECUTE_IN_PROGRESS", False), ("OBSOLETE", True)])
def test_a_change_set_that_changes_under_our_hands(aws: Aws, now: str, rejected: bool) -> None:
    aws.cloudformation.add_response("describe_change_set", change_set())
    aws.fail("cloudformation", "execute_change_set", "InvalidChangeSetStatus", "no")
    aws.cloudformation.add_response("describe_change_set", change_set(execution_status=now))
    if rejected:
        with pytest.raises(RejectedError, match="OBSOLETE"):
            run(execute_change_set.handler, **SAFE)
    else:
        run(execute_change_set.handler, **SAFE)


def test_a_token_that_is_known_means_that_it_was_started(aws: Aws) -> None:
    aws.cloudformation.add_response("describe_change_set", change_set())
    aws.fail("cloudformation", "execute_change_set", "TokenAlreadyExistsException", "token")
    run(execute_change_set.handler, **SAFE)


# --- Get Change Set Execution Status


@pytest.mark.parametrize(
    ("execution_status", "stack_status", "progress", "error"),
    [
        ("EXECUTE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "in_progress", None),
        ("EXECUTE_COMPLETE", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "in_progress", None),
        ("EXECUTE_IN_PROGRESS", "UPDATE_COMPLETE", "in_progress", None),
        ("EXECUTE_COMPLETE", "UPDATE_COMPLETE", "complete", None),
        ("EXECUTE_COMPLETE", "CREATE_COMPLETE", "complete", None),
    ],
)
def test_how_an_update_stands(
    aws: Aws, execution_status: str, stack_status: str, progress: str, error: str | None
) -> None:
    aws.cloudformation.add_response("describe_change_set", change_set(execution_status=execution_status))
    aws.cloudformation.add_response("describe_stacks", stack(stack_status))
    answer = run(get_change_set_execution_status.handler, changeSetId=CHANGE_SET_ID, stackId=STACK_ID)
    assert answer["taskParams"]["changeSetExecutionStatus"] == progress
    assert "error" not in answer


@pytest.mark.parametrize(
    ("stack_status", "error", "words"),
    [
        ("UPDATE_ROLLBACK_COMPLETE", "Changegate.RolledBack", "as it was before"),
        ("UPDATE_ROLLBACK_FAILED", "Changegate.NeedsOperator", "ContinueUpdateRollback"),
        ("UPDATE_FAILED", "Changegate.NeedsOperator", "RollbackStack"),
    ],
)
def test_an_update_that_failed_says_why_and_what_to_do(aws: Aws, stack_status: str, error: str, words: str) -> None:
    aws.cloudformation.add_response("describe_change_set", change_set(execution_status="EXECUTE_FAILED"))
    aws.cloudformation.add_response("describe_stacks", stack(stack_status))
    aws.cloudformation.add_response("describe_stack_events", {"StackEvents": [stack_event("UPDATE_FAILED")]})
    answer = run(get_change_set_execution_status.handler, changeSetId=CHANGE_SET_ID, stackId=STACK_ID)
    assert answer["taskParams"]["changeSetExecutionStatus"] == "failed"
    assert answer["error"]["Error"] == error
    assert "Queue (AWS::SQS::Queue) is UPDATE_FAILED: The name is taken" in answer["error"]["Cause"]
    assert words in answer["error"]["Cause"]


def test_an_executed_change_set_that_is_gone_leaves_the_word_to_the_stack(aws: Aws) -> None:
    aws.fail("cloudformation", "describe_change_set", "ChangeSetNotFound", "gone", 404)
    aws.cloudformation.add_response("describe_stacks", stack("UPDATE_COMPLETE"))
    answer = run(get_change_set_execution_status.handler, changeSetId=CHANGE_SET_ID, stackId=STACK_ID)
    assert answer["taskParams"]["changeSetExecutionStatus"] == "complete"


# --- Delete Change Set


def test_a_change_set_is_deleted_by_its_arn(aws: Aws) -> None:
    aws.cloudformation.add_response("describe_change_set", change_set())
    aws.cloudformation.add_response("delete_change_set", {}, {"ChangeSetName": CHANGE_SET_ID})
    run(delete_change_set.handler, changeSetId=CHANGE_SET_ID)


@pytest.mark.parametrize("status", ["EXECUTE_IN_PROGRESS", "EXECUTE_COMPLETE", "EXECUTE_FAILED"])
def test_an_executed_change_set_is_left_alone(aws: Aws, status: str) -> None:
    aws.cloudformation.add_response("describe_change_set", change_set(execution_status=status))
    run(delete_change_set.handler, changeSetId=CHANGE_SET_ID)


def test_a_change_set_that_is_gone_is_deleted_enough(aws: Aws) -> None:
    aws.fail("cloudformation", "describe_change_set", "ChangeSetNotFound", "gone", 404)
    run(delete_change_set.handler, changeSetId=CHANGE_SET_ID)
    aws.cloudformation.add_response("describe_change_set", change_set())
    aws.fail("cloudformation", "delete_change_set", "ChangeSetNotFound", "gone", 404)
    run(delete_change_set.handler, changeSetId=CHANGE_SET_ID)


def test_without_a_change_set_there_is_nothing_to_delete(aws: Aws) -> None:
    run(delete_change_set.handler)


def test_a_change_set_that_cannot_be_deleted_raises(aws: Aws) -> None:
    aws.cloudformation.add_response("describe_change_set", change_set())
    aws.fail("cloudformation", "delete_change_set", "InvalidChangeSetStatus", "no")
    with pytest.raises(ClientError):
        run(delete_change_set.handler, changeSetId=CHANGE_SET_ID)
