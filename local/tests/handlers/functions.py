"""The handlers that the tests deploy."""

import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

print("loaded")

invocations = itertools.count(1)


def echo(event, context):
    """Return the event and the context."""
    return {
        "event": event,
        "requestId": context.aws_request_id,
        "functionName": context.function_name,
        "arn": context.invoked_function_arn,
        "remaining": context.get_remaining_time_in_millis(),
        "logGroup": context.log_group_name,
    }


def count(event, context):
    """Count the invocations of this process, which identifies the execution environment."""
    number = next(invocations)
    time.sleep(event.get("sleep", 0))
    return {"pid": os.getpid(), "count": number}


def environment(event, context):
    """Return what the process sees of the machine."""
    return {
        "variables": dict(os.environ),
        "cwd": str(Path.cwd()),
        "firstPath": sys.path[0],
        "localstack": any((Path(entry) / "localstack").is_dir() for entry in sys.path),
        "temporary": tempfile.gettempdir(),
        "group": os.getpgid(0),
        "pid": os.getpid(),
        "files": sorted(path.name for path in Path(tempfile.gettempdir()).iterdir()),
    }


def leave_file(event, context):
    """Write a file into the temporary folder."""
    (Path(tempfile.gettempdir()) / event["name"]).write_text("here")


def prints(event, context):
    """Write to both streams."""
    print("to standard output")
    print("to standard error", file=sys.stderr)
    sys.stdout.buffer.write(b"not utf-8: \xff\n")
    sys.stdout.flush()
    subprocess.run([sys.executable, "-c", "print('from a child')"], check=True)


class RefusedError(Exception):
    """An error type of the function."""


def fails(event, context):
    """Raise."""
    print("about to fail")
    raise RefusedError("the stack is busy")


def unserializable(event, context):
    """Return a value that is not JSON."""
    return {1, 2}


def exits(event, context):
    """End the runtime."""
    if "signal" in event:
        os.kill(os.getpid(), event["signal"])
    sys.exit(event["code"])


def sleeps(event, context):
    """Sleep; start a child that sleeps too if the event says so."""
    if event.get("child"):
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"])
        print(json.dumps({"child": child.pid}))
    time.sleep(event["seconds"])
    return {"pid": os.getpid()}


def big(event, context):
    """Return a string of the given size."""
    return "x" * event["size"]


def buckets(event, context):
    """Call the local AWS with the settings of the environment alone."""
    import boto3  # noqa: PLC0415  # the other functions start faster without it

    boto3.client("s3").create_bucket(
        Bucket=event["bucket"], CreateBucketConfiguration={"LocationConstraint": os.environ["AWS_REGION"]}
    )
    return boto3.client("sts").get_caller_identity()["Arn"]
