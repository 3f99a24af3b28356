"""The functions of the states that make, judge, execute and delete change sets, against the API model."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.stub import ANY

from changegate.contract.task import TaskInput
from changegate.errors import MisconfiguredError, RejectedError, TransientError
from changegate.stacks import own_change_sets
from changegate.states import (
    create_change_set,
    delete_change_set,
    execute_change_set,
    get_change_set_creation_status,
    get_change_set_execution_status,
    inspect_change_set_changes,
)
from tests.unit.conftest import (
    CHANGE_SET_ID,
    EXECUTION_ID,
    PARAMS,
    STACK_ID,
    WAIT,
    Aws,
    change_set,
    event,
    resource_change,
    revision,
    run,
    stack,
    stack_event,
    token,
    waited,
)

TOKEN = token("CreateChangeSet")
NAME = f"prod-app-{TOKEN[-12:]}"
DESCRIPTION = f"Changegate: {EXECUTION_ID}"
READY = {"stackPhase": "ready", "stackId": STACK_ID}
WRONG_STATE = ("ValidationError", f"Stack:{STACK_ID} is in UPDATE_IN_PROGRESS state and can not be updated.")

# --- Create Change Set


@pytest.mark.parametrize(("phase", "kind"), [("ready", "UPDATE"), ("in_review", "CREATE")])
def test_a_change_set_is_asked_for_with_nested_stacks_under_our_token(aws: Aws, phase: str, kind: str) -> None:
    revision(aws)
    aws.s3.add_response("put_object", {})
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
            "ChangeSetName": NAME,
            "Description": DESCRIPTION,
            "ChangeSetType": kind,
            "ClientToken": TOKEN,
            "IncludeNestedStacks": True,
        },
    )
    added = run(create_change_set.handler, stackPhase=phase, stackId=STACK_ID)["taskParams"]
    assert (added["changeSetName"], added["changeSetId"], added["stackId"]) == (NAME, CHANGE_SET_ID, STACK_ID)
    assert added["wait"]["seconds"] == WAIT["minimumSeconds"]
    assert len(added["templateFingerprint"]) == 64
    assert "stackPolicy" not in added


@pytest.mark.parametrize(("description", "ours"), [(DESCRIPTION, True), (DESCRIPTION + "2", False), (None, False)])
def test_a_change_set_of_the_name_is_the_first_trys_only_if_it_says_so(
    aws: Aws, description: str | None, ours: bool
) -> None:
    refused_change_set(aws, "AlreadyExistsException", "exists")
    fields = {} if description is None else {"Description": description}
    aws.cloudformation.add_response(
        "describe_change_set", change_set(**fields), {"ChangeSetName": NAME, "StackName": "prod-app"}
    )
    if ours:
        assert run(create_change_set.handler, **READY)["taskParams"]["changeSetId"] == CHANGE_SET_ID
    else:
        with pytest.raises(RejectedError, match="not this deployment's"):
            run(create_change_set.handler, **READY)


def refused_change_set(aws: Aws, code: str, message: str) -> None:
    revision(aws)
    aws.s3.add_response("put_object", {})
    aws.fail("cloudformation", "create_change_set", code, message)


def test_useless_change_sets_of_ours_make_room_for_the_new_one(aws: Aws) -> None:
    refused_change_set(aws, "LimitExceededException", "ChangeSet limit exceeded")
    ours = {"Description": "Changegate: arn:earlier"}
    summaries = [
        {"ChangeSetId": "arn:failed", "Status": "FAILED", **ours},
        {"ChangeSetId": "arn:obsolete", "Status": "CREATE_COMPLETE", "ExecutionStatus": "OBSOLETE", **ours},
        {"ChangeSetId": "arn:gone", "Status": "FAILED", **ours},
        {"ChangeSetId": "arn:good", "Status": "CREATE_COMPLETE", "ExecutionStatus": "AVAILABLE", **ours},
        {"ChangeSetId": "arn:new", "Status": "CREATE_IN_PROGRESS", "ExecutionStatus": "UNAVAILABLE", **ours},
        {"ChangeSetId": "arn:nested", "Status": "FAILED", "ParentChangeSetId": "arn:failed", **ours},
        {"ChangeSetId": "arn:other", "Status": "FAILED", "Description": "by hand"},
        {"ChangeSetId": "arn:nameless", "Status": "FAILED"},
    ]
    aws.cloudformation.add_response(
        "list_change_sets", {"Summaries": summaries[:2], "NextToken": "more"}, {"StackName": "prod-app"}
    )
    aws.cloudformation.add_response(
        "list_change_sets", {"Summaries": summaries[2:]}, {"StackName": "prod-app", "NextToken": "more"}
    )
    aws.cloudformation.add_response("delete_change_set", {}, {"ChangeSetName": "arn:failed"})
    aws.cloudformation.add_response("delete_change_set", {}, {"ChangeSetName": "arn:obsolete"})
    aws.fail("cloudformation", "delete_change_set", "ChangeSetNotFound", "gone", 404)
    aws.cloudformation.add_response("create_change_set", {"Id": CHANGE_SET_ID, "StackId": STACK_ID})
    assert run(create_change_set.handler, **READY)["taskParams"]["changeSetId"] == CHANGE_SET_ID


def test_where_no_useless_one_is_ours_the_quota_rejects(aws: Aws) -> None:
    refused_change_set(aws, "LimitExceededException", "ChangeSet limit exceeded")
    aws.cloudformation.add_response("list_change_sets", {"Summaries": []})
    with pytest.raises(RejectedError, match="quota"):
        run(create_change_set.handler, **READY)


@pytest.mark.parametrize("message", [WRONG_STATE[1], "Stack [prod-app] does not exist"])
def test_a_stack_that_changed_before_its_change_set_rejects(aws: Aws, message: str) -> None:
    refused_change_set(aws, "ValidationError", message)
    with pytest.raises(RejectedError, match="Somebody else changed stack prod-app"):
        run(create_change_set.handler, **READY)


def test_the_stack_policy_is_kept_for_the_end(aws: Aws) -> None:
    configuration = json.dumps({"StackPolicy": {"Statement": []}}).encode()
    revision(aws, {"infra/template.yaml": b"{}", "c.json": configuration})
    aws.s3.add_response("put_object", {})
    aws.cloudformation.add_response("create_change_set", {"Id": CHANGE_SET_ID, "StackId": STACK_ID})
    added = run(create_change_set.handler, **READY, templateConfigurationPath="c.json")["taskParams"]
    assert json.loads(added["stackPolicy"]) == {"Statement": []}


def test_a_refused_template_of_an_update_is_named(aws: Aws) -> None:
    refused_change_set(aws, "ValidationError", "Template format error")
    with pytest.raises(MisconfiguredError, match=r"infra/template\.yaml: Template format error"):
        run(create_change_set.handler, **READY)


@pytest.mark.parametrize("length", [1, 100, 123])
def test_a_change_sets_name_fits_the_api_and_begins_with_the_stacks(length: int) -> None:
    task_input = TaskInput({**PARAMS, "stackName": "p" * length}, EXECUTION_ID)
    name = own_change_sets.name_of(task_input)
    assert len(name) <= 128
    assert name.startswith("prod-p")
    assert name.endswith(task_input.client_token("CreateChangeSet")[-12:])


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


def test_a_change_set_is_waited_for_until_the_limit(aws: Aws) -> None:
    for _ in range(2):
        aws.cloudformation.add_response("describe_change_set", change_set("CREATE_PENDING"))
    answer = run(get_change_set_creation_status.handler, changeSetId=CHANGE_SET_ID, wait=waited(400))
    assert answer["taskParams"]["wait"]["seconds"] == WAIT["maximumSeconds"]
    answer = run(get_change_set_creation_status.handler, changeSetId=CHANGE_SET_ID, wait=waited(600))
    assert answer["taskParams"]["changeSetCreationStatus"] == "failed"
    assert answer["error"]["Error"] == "Changegate.Rejected"


@pytest.mark.parametrize(
    ("code", "message"),
    [("ChangeSetNotFound", "ChangeSet [x] does not exist"), ("ValidationError", "Stack [prod-app] does not exist")],
)
def test_a_change_set_that_is_gone_rejects(aws: Aws, code: str, message: str) -> None:
    for handler in (get_change_set_creation_status.handler, inspect_change_set_changes.handler):
        aws.fail("cloudformation", "describe_change_set", code, message)
        with pytest.raises(RejectedError, match="The change set is gone"):
            run(handler, changeSetId=CHANGE_SET_ID)


def test_an_unknown_change_set_status_raises(aws: Aws) -> None:
    aws.cloudformation.add_response("describe_change_set", change_set("SIDEWAYS"))
    with pytest.raises(ValueError, match="SIDEWAYS"):
        run(get_change_set_creation_status.handler, changeSetId=CHANGE_SET_ID)


# --- Inspect Change Set Changes


def inspected(aws: Aws, *changes: Any, policy: Any = None, **added: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Inspect a change set; return the task's answer and the verdict that went to S3."""
    kept: list[dict[str, Any]] = []
    aws.cloudformation.add_response("describe_change_set", change_set(Changes=list(changes), StackName="prod-app"))
    key = f"verdicts/prod-app/{token('DescribeChangeSet')}.json"
    aws.s3.add_response(
        "put_object", {}, {"Bucket": "verdicts-bucket", "Key": key, "Body": ANY, "ContentType": "application/json"}
    )
    aws.clients["s3"].meta.events.register(
        "provide-client-params.s3.PutObject", lambda params, **_: kept.append(json.loads(params["Body"]))
    )
    given = event(changeSetId=CHANGE_SET_ID, **added) | ({} if policy is None else {"policy": policy})
    answer: dict[str, Any] = inspect_change_set_changes.handler(given, None)
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
        "s3Key": f"verdicts/prod-app/{token('DescribeChangeSet')}.json",
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


def test_an_unsafe_update_goes_to_a_successor_where_the_deployment_says_so(aws: Aws) -> None:
    fingerprint = "0a1b2c3d" + "e" * 56
    answer, _ = inspected(aws, resource_change("Remove"), onUnsafeUpdate="blue_green", templateFingerprint=fingerprint)
    assert "error" not in answer
    assert answer["taskParams"]["changeSetAction"] == "RESOURCES-BEING-DELETED-OR-REPLACED"
    assert answer["taskParams"]["successorStackName"] == "prod-app-0a1b2c3d"
    assert answer["taskParams"]["unsafeUpdate"] == "Queue (AWS::SQS::Queue) would be deleted"


def test_a_safe_update_has_no_successor(aws: Aws) -> None:
    answer, _ = inspected(aws, resource_change("Add"), onUnsafeUpdate="blue_green", templateFingerprint="0" * 64)
    assert "successorStackName" not in answer["taskParams"]


def test_a_successors_own_update_must_be_safe(aws: Aws) -> None:
    aws.cloudformation.add_response("describe_change_set", change_set(Changes=[resource_change("Remove")]))
    aws.s3.add_response("put_object", {})
    answer = run(
        inspect_change_set_changes.handler,
        changeSetId=CHANGE_SET_ID,
        onUnsafeUpdate="blue_green",
        templateFingerprint="0" * 64,
        successorStackName="prod-app-00000000",
    )
    assert answer["error"]["Error"] == "Changegate.Rejected"


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
        inspect_change_set_changes.handler(event(changeSetId=CHANGE_SET_ID) | {"policy": {"rule": []}}, None)


def test_the_state_carries_a_bounded_number_of_findings_and_s3_all(aws: Aws) -> None:
    answer, kept = inspected(aws, *(resource_change("Remove", f"Queue{number}") for number in range(500)))
    verdict = answer["taskParams"]["verdict"]
    assert (verdict["findingCount"], len(verdict["findings"]), len(kept["findings"])) == (500, 20, 500)
    assert len(json.dumps(answer)) < 65_536


# --- Execute Change Set

SAFE = {"changeSetId": CHANGE_SET_ID, "stackId": STACK_ID, "changeSetAction": "CAN-SAFELY-UPDATE-EXISTING-STACK"}


def test_the_inspected_change_set_is_executed_by_its_arn_under_our_token(aws: Aws) -> None:
    aws.cloudformation.add_response("describe_change_set", change_set(), {"ChangeSetName": CHANGE_SET_ID})
    aws.cloudformation.add_response(
        "execute_change_set",
        {},
        {"ChangeSetName": CHANGE_SET_ID, "ClientRequestToken": token("ExecuteChangeSet")},
    )
    assert run(execute_change_set.handler, **SAFE)["taskParams"]["wait"] == waited(5)


@pytest.mark.parametrize(
    ("phase", "wanted", "protected"),
    [("in_review", True, True), ("in_review", False, False), ("ready", True, False)],
)
def test_only_a_stack_that_its_change_set_creates_is_protected(
    aws: Aws, phase: str, wanted: bool, protected: bool
) -> None:
    aws.cloudformation.add_response("describe_change_set", change_set())
    if protected:
        aws.cloudformation.add_response(
            "update_termination_protection", {}, {"StackName": STACK_ID, "EnableTerminationProtection": True}
        )
    aws.cloudformation.add_response("execute_change_set", {})
    run(execute_change_set.handler, **SAFE, stackPhase=phase, terminationProtection=wanted)


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


@pytest.mark.parametrize(("now", "rejected"), [("EXECUTE_IN_PROGRESS", False), ("OBSOLETE", True), ("AVAILABLE", True)])
def test_a_change_set_that_changes_under_our_hands(aws: Aws, now: str, rejected: bool) -> None:
    aws.cloudformation.add_response("describe_change_set", change_set())
    aws.fail("cloudformation", "execute_change_set", "InvalidChangeSetStatus", "no")
    aws.cloudformation.add_response("describe_change_set", change_set(execution_status=now))
    if rejected:
        with pytest.raises(RejectedError, match="Somebody else changed stack prod-app"):
            run(execute_change_set.handler, **SAFE)
    else:
        run(execute_change_set.handler, **SAFE)


def test_a_stack_that_is_busy_when_its_change_set_is_executed_rejects(aws: Aws) -> None:
    aws.cloudformation.add_response("describe_change_set", change_set())
    aws.fail("cloudformation", "execute_change_set", *WRONG_STATE)
    with pytest.raises(RejectedError, match="is in UPDATE_IN_PROGRESS state"):
        run(execute_change_set.handler, **SAFE)


def test_a_refusal_of_no_known_meaning_stays_what_it_is(aws: Aws) -> None:
    aws.cloudformation.add_response("describe_change_set", change_set())
    aws.fail("cloudformation", "execute_change_set", "SomethingElse", "new")
    with pytest.raises(ClientError):
        run(execute_change_set.handler, **SAFE)


@pytest.mark.parametrize("ours", [True, False])
def test_a_change_set_that_is_gone_was_executed_by_us_or_deleted_by_somebody(aws: Aws, ours: bool) -> None:
    aws.fail("cloudformation", "describe_change_set", "ChangeSetNotFound", "gone", 404)
    aws.cloudformation.add_response("describe_stacks", stack("UPDATE_COMPLETE"), {"StackName": STACK_ID})
    events = [stack_event("UPDATE_COMPLETE", ClientRequestToken=token("ExecuteChangeSet") if ours else "somebody")]
    aws.cloudformation.add_response("describe_stack_events", {"StackEvents": events}, {"StackName": STACK_ID})
    if ours:
        run(execute_change_set.handler, **SAFE)
    else:
        with pytest.raises(RejectedError, match="is gone"):
            run(execute_change_set.handler, **SAFE)


def test_a_change_set_that_is_gone_with_its_stack_rejects(aws: Aws) -> None:
    aws.fail("cloudformation", "describe_change_set", "ChangeSetNotFound", "gone", 404)
    aws.fail("cloudformation", "describe_stacks", "ValidationError", f"Stack with id {STACK_ID} does not exist")
    with pytest.raises(RejectedError, match="is gone"):
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
        (
            "UPDATE_ROLLBACK_FAILED",
            "Changegate.NeedsOperator",
            "`--resources-to-skip Queue`",
        ),
        ("UPDATE_FAILED", "Changegate.NeedsOperator", "rollback-stack --stack-name prod-app"),
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


@pytest.mark.parametrize(
    ("execution_status", "error"),
    [("EXECUTE_FAILED", "RolledBack"), ("OBSOLETE", "Rejected"), ("UNAVAILABLE", "Rejected")],
)
def test_an_execution_that_never_touched_the_stack_is_no_success(aws: Aws, execution_status: str, error: str) -> None:
    aws.cloudformation.add_response("describe_change_set", change_set(execution_status=execution_status))
    aws.cloudformation.add_response("describe_stacks", stack("UPDATE_COMPLETE"))
    answer = run(get_change_set_execution_status.handler, changeSetId=CHANGE_SET_ID, stackId=STACK_ID)
    assert answer["taskParams"]["changeSetExecutionStatus"] == "failed"
    assert answer["error"]["Error"] == f"Changegate.{error}"


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


@pytest.mark.parametrize(("description", "ours"), [(DESCRIPTION, True), ("by hand", False)])
def test_a_change_set_whose_creation_was_not_heard_of_is_known_by_its_name(
    aws: Aws, description: str, ours: bool
) -> None:
    named = {"ChangeSetName": NAME, "StackName": "prod-app"}
    aws.cloudformation.add_response("describe_change_set", change_set(Description=description), named)
    if ours:
        aws.cloudformation.add_response("describe_change_set", change_set(), {"ChangeSetName": CHANGE_SET_ID})
        aws.cloudformation.add_response("delete_change_set", {}, {"ChangeSetName": CHANGE_SET_ID})
    run(delete_change_set.handler)


def test_without_a_change_set_there_is_nothing_to_delete(aws: Aws) -> None:
    aws.fail("cloudformation", "describe_change_set", "ChangeSetNotFound", "gone", 404)
    run(delete_change_set.handler)
    aws.fail("cloudformation", "describe_change_set", "SomethingElse", "new")
    with pytest.raises(ClientError):
        run(delete_change_set.handler)


@pytest.mark.parametrize(("code", "error"), [("InvalidChangeSetStatus", TransientError), ("Other", ClientError)])
def test_a_change_set_that_cannot_be_deleted_yet_is_tried_again(aws: Aws, code: str, error: type[Exception]) -> None:
    aws.cloudformation.add_response("describe_change_set", change_set("CREATE_IN_PROGRESS", "UNAVAILABLE"))
    aws.fail("cloudformation", "delete_change_set", code, "Cannot delete ChangeSet in status CREATE_IN_PROGRESS")
    with pytest.raises(error):
        run(delete_change_set.handler, changeSetId=CHANGE_SET_ID)
