"""The one local AWS of all scenarios: the functions of the very zip, the state machines, the repository."""

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
from tests.support.tasks import TASKS, environment_of, module_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Named as Terraform names them: what functions call is held against the policies that Terraform gives them.
BUCKET = f"changegate-{ACCOUNT_ID}-{REGION}"
REPOSITORY = "app"
ROLE = f"arn:aws:iam::{ACCOUNT_ID}:role/house"
CLOUDFORMATION_ROLE = f"arn:aws:iam::{ACCOUNT_ID}:role/changegate-cloudformation"

FUNCTION_TIMEOUT = 50
"""Seconds: the default of the Terraform variable; too long to be reached by a slow machine."""
HASTY_TIMEOUT = 9
"""Seconds, of the functions that are to time out: a little shorter than their SDK waits for an answer (10), as long as
can be otherwise, because a function that has timed out starts anew within that time."""

# The environment variables of the functions of tasks, with the values that functions.tf gives them.
_VALUES = {
    "CLOUDFORMATION_ROLE_ARN": CLOUDFORMATION_ROLE,
    "TEMPLATE_BUCKET": BUCKET,
    "VERDICT_BUCKET": BUCKET,
}
SETTINGS = {key: {name: _VALUES[name] for name in environment_of(key)} for key in TASKS}

# A trigger that cannot answer: nothing listens there.
_NOBODY = "http://127.0.0.1:1"

# Keeps the job it is told of, and leaves it to the test who is told of it, how often and when.
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
    """With the limits that Terraform gives by default."""
    hasty: Machine
    """With limits that are soon reached, and functions with side effects that time out soon."""
    dying_trigger: str
    """The patient machine's trigger, which dies when it is to answer."""
    mailbox: str
    """A function that keeps jobs in the bucket, below ``jobs/<key of the deployment's input>/``."""
    _clients: dict[str, Any]

    def client(self, service: str) -> Any:
        """Return the client of a service that the threads share."""
        return self._clients[service]


@contextlib.contextmanager
def world(home: Path) -> Iterator[World]:
    """Start the local AWS with everything in it, for the length of a ``with`` block."""
    checkout = Checkout.of_this_package()
    checkout.require_built()
    settings = {
        "PROVIDER_OVERRIDE_CLOUDFORMATION": "scripted",
        "LOCALSTACK_PIPELINES_CONTINUATION_SECONDS": "1",
        # Without logs and metrics, which nobody reads and each invocation would write.
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
