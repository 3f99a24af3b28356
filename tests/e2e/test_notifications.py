"""The notification of a failed deployment: rule and message of the configuration, and an event in the form of AWS.

The environment of the local AWS has no notifications, so this test creates the rule from the plan of one that has.
LocalStack's input transformer replaces EventBridge's: it shows that the template is valid, and what a message contains.
It quotes and escapes a string that is a whole value, but loses one with a line break (local/README.md). The cause
of a real execution has line breaks in its stack trace, so the event is made up.
"""

from __future__ import annotations

import json
import time
import uuid
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from dev.checks.policies.plans import plan_with_everything

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from changegate_cli.local.installation import Installation

OUTCOME = "misconfigured"


@pytest.fixture(scope="module")
def planned() -> dict[str, Any]:
    """The attributes of the rule and of its target, by the type of each."""
    return {
        change["type"]: change["change"]["after"]
        for change in plan_with_everything()["resource_changes"]
        if change["address"].endswith(f'.outcome["{OUTCOME}"]') or change["address"].endswith(f'.topic["{OUTCOME}"]')
    }


@pytest.fixture
def message(run: Installation, planned: dict[str, Any]) -> Iterator[Callable[[], dict[str, Any]]]:
    """Create the planned rule, and return a function that waits for the next message to the topic."""
    name = f"notified-{uuid.uuid4().hex[:8]}"
    sns, sqs, events = (run.aws.client(service) for service in ("sns", "sqs", "events"))
    pattern = json.loads(planned["aws_cloudwatch_event_rule"]["event_pattern"])
    # The plan is for another account and name.
    pattern["detail"]["stateMachineArn"] = [run.outputs["state_machine_arn"]]
    [transformer] = planned["aws_cloudwatch_event_target"]["input_transformer"]
    with ExitStack() as undo:
        topic = sns.create_topic(Name=name)["TopicArn"]
        undo.callback(sns.delete_topic, TopicArn=topic)
        queue = sqs.create_queue(QueueName=name)["QueueUrl"]
        undo.callback(sqs.delete_queue, QueueUrl=queue)
        queue_arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        subscription = sns.subscribe(
            TopicArn=topic, Protocol="sqs", Endpoint=queue_arn, Attributes={"RawMessageDelivery": "true"}
        )["SubscriptionArn"]
        # LocalStack keeps it when the topic goes.
        undo.callback(sns.unsubscribe, SubscriptionArn=subscription)
        events.put_rule(Name=name, EventPattern=json.dumps(pattern))
        undo.callback(events.delete_rule, Name=name)
        target: dict[str, Any] = {
            "Id": "topic",
            "Arn": topic,
            "InputTransformer": {
                "InputPathsMap": transformer["input_paths"],
                "InputTemplate": transformer["input_template"],
            },
        }
        assert events.put_targets(Rule=name, Targets=[target])["FailedEntryCount"] == 0
        undo.callback(events.remove_targets, Rule=name, Ids=["topic"])

        def receive() -> dict[str, Any]:
            end = time.monotonic() + 60
            while time.monotonic() < end:
                for received in sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=5).get("Messages", []):
                    content: dict[str, Any] = json.loads(received["Body"])
                    return content
            pytest.fail("No message arrived.")

        yield receive


def test_a_cause_full_of_quotes_arrives_as_it_is(run: Installation, message: Callable[[], dict[str, Any]]) -> None:
    arn = run.outputs["state_machine_arn"].replace(":stateMachine:", ":execution:") + ":a-job"
    cause = json.dumps({"errorMessage": 'A \\ and "quotes", <cause> {too}.', "errorType": "Changegate.Misconfigured"})
    detail = {
        "executionArn": arn,
        "stateMachineArn": run.outputs["state_machine_arn"],
        "name": "a-job",
        "status": "FAILED",
        "input": json.dumps({"taskParams": {"parameters": {"Password": "secret"}}}),
        "error": "Changegate.Misconfigured",
        "cause": cause,
    }
    event = {
        "Source": "aws.states",
        "DetailType": "Step Functions Execution Status Change",
        "Detail": json.dumps(detail),
    }
    assert run.aws.client("events").put_events(Entries=[event])["FailedEntryCount"] == 0

    received = message()
    assert set(received) == {"what", "todo", "error", "cause", "time", "execution", "look"}
    assert (received["error"], received["cause"]) == ("Changegate.Misconfigured", cause)
    assert received["execution"] == "a-job"
    assert received["look"].endswith(f"/executions/details/{arn}")
    assert "secret" not in json.dumps(received)
