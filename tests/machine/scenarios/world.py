"""The local AWS of all scenarios: the functions from the built zip, the state machines, the repository."""

from __future__ import annotations

import contextlib
import io
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from changegate_cli.local.checkout import Checkout
from changegate_cli.local.instance import ACCOUNT_ID, REGION, LocalAws, start
from tests.machine.scenarios import revision
from tests.machine.scenarios.definition import REALISTIC_WAITING, SHORT_WAITING, Definition, without_time
from tests.support.tasks import TASKS, module_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Named as in Terraform, because the calls of functions are checked against the policies that Terraform renders.
BUCKET = f"changegate-{ACCOUNT_ID}-{REGION}"
REPOSITORY = "app"
ROLE = f"arn:aws:iam::{ACCOUNT_ID}:role/house"
CLOUDFORMATION_ROLE = f"arn:aws:iam::{ACCOUNT_ID}:role/changegate-cloudformation"

FUNCTION_TIMEOUT = 50
"""Seconds; the default of the Terraform variable, which even a slow machine does not reach."""
HASTY_TIMEOUT = 9
"""Seconds; the timeout of functions that must time out. A little shorter than their SDK waits for an answer (10), but
as long as possible, because a function that has timed out starts again within that time."""

# The environment variables that functions.tf gives to the functions, by key.
_TEMPLATES = {"TEMPLATE_BUCKET": BUCKET, "CLOUDFORMATION_ROLE_ARN": CLOUDFORMATION_ROLE}
SETTINGS: dict[str, dict[str, str]] = {
    "create_stack": _TEMPLATES,
    "create_change_set": _TEMPLATES,
    "inspect_change_set_changes": {"VERDICT_BUCKET": BUCKET},
    "delete_failed_stack": {"CLOUDFORMATION_ROLE_ARN": CLOUDFORMATION_ROLE},
}

# Nothing listens there, so a trigger that uses it cannot answer.
_NOBODY = "http://127.0.0.1:1"

# Stores its job in the bucket; the test decides which trigger receives it, how often and when.
MAILBOX = """
import json
import boto3

def handler(event, context):
    job = event["CodePipeline.job"]
    parameters = json.loads(job["data"]["actionConfiguration"]["configuration"]["UserParameters"])
    boto3.client("s3").put_object(
        Bucket=parameters["s3Bucket"],
        Key=f"jobs/{parameters['stateMachineFile']}/{job['id']}.json",
        Body=json.dumps(event).encode(),
    )
"""


@dataclass(frozen=True)
class Machine:
    """A state machine, with the trigger that starts it."""

    arn: str
    trigger: str
    definition: Definition


@dataclass(frozen=True)
class World:
    """What the scenarios share."""

    aws: LocalAws
    patient: Machine
    """With Terraform's default limits."""
    hasty: Machine
    """With low limits, and a short timeout of functions with side effects."""
    dying_trigger: str
    """A trigger of the patient machine that dies before it answers."""
    mailbox: str
    """A function that stores jobs in the bucket below ``jobs/<key of the deployment's input>/``."""
    _clients: dict[str, Any]

    def client(self, service: str) -> Any:
        """Return the client of a service, which the threads share."""
        return self._clients[service]


@contextlib.contextmanager
def world(home: Path) -> Iterator[World]:
    """Run the local AWS with all resources, during a ``with`` block."""
    checkout = Checkout.of_this_package()
    checkout.require_built()
    settings = {
        "PROVIDER_OVERRIDE_CLOUDFORMATION": "scripted",
        "LOCALSTACK_PIPELINES_CONTINUATION_SECONDS": "1",
        # Without logs and cloudwatch, which each invocation would write to and no test reads.
        "SERVICES": "cloudformation,codecommit,codepipeline,events,lambda,s3,stepfunctions,sts",
        "LS_LOG": "warning",
    }
    with start(home, checkout.localstack_python, checkout.lambda_python, extra_env=settings) as aws:
        yield _build(aws, checkout.lambda_zip)


def _build(aws: LocalAws, package: Path) -> World:
    aws.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    aws.client("s3").upload_file(str(package), BUCKET, "functions/changegate.zip")
    functions = {key: _function(aws, key) for key in TASKS}
    hasty = {
        key: _function(aws, key, prefix="hasty", timeout=HASTY_TIMEOUT)
        for key in ("create_stack", "create_change_set", "execute_change_set", "delete_failed_stack")
    }
    patient = _machine(aws, "patient", without_time(REALISTIC_WAITING, functions))
    dying = {"STATE_MACHINE_ARN": patient.arn, "AWS_ENDPOINT_URL_CODEPIPELINE": _NOBODY}
    revision.commit(aws, REPOSITORY)
    built = World(
        aws,
        patient,
        _machine(aws, "hasty", without_time(SHORT_WAITING, {**functions, **hasty})),
        _name_in(_function(aws, "trigger", prefix="dying", settings=dying)),
        _name_in(_mailbox(aws)),
        {service: aws.client(service) for service in ("codepipeline", "lambda", "s3", "stepfunctions")},
    )
    for function in aws.client("lambda").list_functions()["Functions"]:
        waiter = aws.client("lambda").get_waiter("function_active_v2")
        waiter.wait(FunctionName=function["FunctionName"], WaiterConfig={"Delay": 1, "MaxAttempts": 120})
    return built


def _machine(aws: LocalAws, name: str, definition: Definition) -> Machine:
    answer = aws.client("stepfunctions").create_state_machine(name=name, definition=definition.text, roleArn=ROLE)
    arn: str = answer["stateMachineArn"]
    trigger = _function(aws, "trigger", prefix=name, settings={"STATE_MACHINE_ARN": arn})
    return Machine(arn, _name_in(trigger), definition)


def _function(
    aws: LocalAws, key: str, *, prefix: str = "changegate", timeout: int = FUNCTION_TIMEOUT, **changed: Any
) -> str:
    """Create a function and return its ARN."""
    variables = {"POWERTOOLS_SERVICE_NAME": "changegate", "POWERTOOLS_LOG_LEVEL": "INFO"}
    name = key.replace("_", "-")
    answer = aws.client("lambda").create_function(
        FunctionName=f"{prefix}-{name}",
        Runtime="python3.13",
        Role=f"arn:aws:iam::{ACCOUNT_ID}:role/changegate-{name}",
        Handler=f"{module_of(key)}.handler",
        Code={"S3Bucket": BUCKET, "S3Key": "functions/changegate.zip"},
        Timeout=timeout,
        MemorySize=256,
        Environment={"Variables": variables | SETTINGS.get(key, {}) | changed.get("settings", {})},
    )
    arn: str = answer["FunctionArn"]
    return arn


def _mailbox(aws: LocalAws) -> str:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("mailbox.py", MAILBOX)
    answer = aws.client("lambda").create_function(
        FunctionName="mailbox",
        Runtime="python3.13",
        Role=ROLE,
        Handler="mailbox.handler",
        Code={"ZipFile": archive.getvalue()},
        Timeout=FUNCTION_TIMEOUT,
    )
    arn: str = answer["FunctionArn"]
    return arn


def _name_in(function_arn: str) -> str:
    return function_arn.rpartition(":")[2]
