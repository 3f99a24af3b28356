"""Functions on a running LocalStack: what the caller, the log and the machine see."""

from __future__ import annotations

import io
import json
import signal
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from functions import Function, deploy, zip_of
from waiting import has_ended, is_running, wait_until

if TYPE_CHECKING:
    from changegate_cli.local.instance import LocalAws


@pytest.fixture(scope="module")
def counter(local_aws: LocalAws) -> Function:
    return deploy(local_aws, "functions.count")


# Invocations


def test_event_context_and_response(local_aws: LocalAws) -> None:
    function = deploy(local_aws, "functions.echo", Timeout=7)
    answer = function.invoke(text="ä€", number=1)
    assert answer.function_error is None
    assert answer.payload["event"] == {"text": "ä€", "number": 1}
    assert answer.payload["functionName"] == function.name
    assert answer.payload["arn"].endswith(f":function:{function.name}")
    assert answer.payload["logGroup"] == f"/aws/lambda/{function.name}"
    assert 0 < answer.payload["remaining"] <= 7000
    assert f"START RequestId: {answer.payload['requestId']} Version: $LATEST\n" in answer.log


def test_an_environment_is_reused(counter: Function) -> None:
    first, second = counter.invoke(), counter.invoke()
    assert second.payload == {"pid": first.payload["pid"], "count": first.payload["count"] + 1}


def test_a_cold_start_loads_the_module_once_and_is_reported(local_aws: LocalAws) -> None:
    function = deploy(local_aws, "functions.count")
    cold, warm = function.invoke(), function.invoke()
    assert cold.log.startswith("loaded\nSTART")
    assert "Init Duration: " in cold.log
    assert "loaded" not in warm.log
    assert "Init Duration: " not in warm.log


def test_five_invocations_at_once_run_in_five_environments(counter: Function) -> None:
    with ThreadPoolExecutor(5) as threads:
        answers = list(threads.map(lambda _: counter.invoke(sleep=2).payload["pid"], range(5)))
    assert len(set(answers)) == 5


def test_asynchronous_invocations_run(local_aws: LocalAws) -> None:
    function = deploy(local_aws, "functions.prints")
    response = local_aws.client("lambda").invoke(FunctionName=function.name, InvocationType="Event", Payload=b"{}")
    assert response["StatusCode"] == 202
    assert wait_until(lambda: "to standard output\n" in logged(local_aws, function))


# Payloads


def test_large_payloads_pass_both_ways(local_aws: LocalAws) -> None:
    size = 5 * 1024 * 1024
    echo = deploy(local_aws, "functions.echo").invoke(text="x" * size)
    assert len(echo.payload["event"]["text"]) == size
    assert len(deploy(local_aws, "functions.big").invoke(size=size).payload) == size


def test_a_request_above_the_limit_is_refused(local_aws: LocalAws) -> None:
    function = deploy(local_aws, "functions.echo")
    with pytest.raises(ClientError) as refusal:
        function.invoke(text="x" * (7 * 1024 * 1024))
    assert refusal.value.response["Error"]["Code"] == "RequestTooLargeException"
    assert function.invoke(text="x").function_error is None


def test_a_response_above_the_limit_is_an_error_of_the_function(local_aws: LocalAws) -> None:
    function = deploy(local_aws, "functions.big")
    for _ in range(3):  # ends the runtime, which the next invocation must not notice
        answer = function.invoke(size=7 * 1024 * 1024)
        assert answer.function_error == "Unhandled"
        assert answer.payload["errorType"] == "Function.ResponseSizeTooLarge"
        assert function.invoke(size=3).payload == "xxx"


# Errors


def test_an_exception_keeps_type_message_and_trace(local_aws: LocalAws) -> None:
    answer = deploy(local_aws, "functions.fails").invoke()
    assert answer.function_error == "Unhandled"
    assert answer.payload["errorType"] == "RefusedError"
    assert answer.payload["errorMessage"] == "the stack is busy"
    assert 'raise RefusedError("the stack is busy")' in "".join(answer.payload["stackTrace"])
    assert answer.payload["requestId"] in answer.log
    assert "about to fail\n[ERROR] RefusedError: the stack is busy" in answer.log


def test_a_result_that_is_no_json_is_a_marshalling_error(local_aws: LocalAws) -> None:
    answer = deploy(local_aws, "functions.unserializable").invoke()
    assert answer.payload["errorType"] == "Runtime.MarshalError"


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ({"code": 1}, "Runtime exited with error: exit status 1"),
        ({"code": 0}, "Runtime exited without providing a reason"),
        ({"signal": signal.SIGKILL}, "Runtime exited with error: signal: killed"),
    ],
)
def test_a_runtime_that_exits(local_aws: LocalAws, event: dict[str, Any], reason: str) -> None:
    function = deploy(local_aws, "functions.exits")
    for _ in range(2):  # the second one in a new process of the same environment
        answer = function.invoke(**event)
        assert answer.function_error == "Unhandled"
        assert answer.payload["errorType"] == "Runtime.ExitError"
        assert answer.payload["errorMessage"].endswith(f" Error: {reason}")
        assert answer.payload["errorMessage"].startswith("RequestId: ")
        assert "Status: error\tError Type: Runtime.ExitError" in answer.log


def test_a_timeout_kills_the_process_and_the_next_invocation_gets_another(local_aws: LocalAws) -> None:
    function = deploy(local_aws, "functions.sleeps", Timeout=1)
    first = function.invoke(seconds=0).payload["pid"]
    began = time.monotonic()
    late = function.invoke(seconds=30, child=True)
    assert 1 <= time.monotonic() - began < 10
    assert late.function_error == "Unhandled"
    assert late.payload["errorType"] == "Sandbox.Timedout"
    assert late.payload["errorMessage"].endswith("Task timed out after 1.00 seconds")
    assert "Task timed out after 1.00 seconds\n" in late.log
    assert "Status: timeout" in late.log
    child = next(json.loads(line)["child"] for line in late.log.splitlines() if line.startswith("{"))
    assert has_ended(first)
    assert has_ended(child)
    after = function.invoke(seconds=0)
    assert after.function_error is None
    assert after.payload["pid"] != first


@pytest.mark.parametrize(
    ("handler", "error_type", "message"),
    [
        (
            "cannot_import.handler",
            "Runtime.ImportModuleError",
            "Unable to import module 'cannot_import': No module named 'a_module_that_is_not_bundled'",
        ),
        ("functions.nothing", "Runtime.HandlerNotFound", "Handler 'nothing' missing on module 'functions'"),
        (
            "nowhere.handler",
            "Runtime.ImportModuleError",
            "Unable to import module 'nowhere': No module named 'nowhere'",
        ),
        ("raises_at_import.handler", "KeyError", "'stateMachineArn'"),
    ],
)
def test_a_function_that_cannot_be_loaded(local_aws: LocalAws, handler: str, error_type: str, message: str) -> None:
    function = deploy(local_aws, handler)
    answer = function.invoke()
    assert answer.function_error == "Unhandled"
    assert answer.payload["errorType"] == error_type
    assert answer.payload["errorMessage"] == message
    assert f"Phase: invoke\tStatus: error\tError Type: {error_type}" in answer.log
    assert wait_until(lambda: "Phase: init\tStatus: error" in logged(local_aws, function))


def test_a_runtime_that_exits_while_it_loads(local_aws: LocalAws) -> None:
    answer = deploy(local_aws, "ends_at_import.handler").invoke()
    assert answer.payload["errorType"] == "Runtime.ExitError"
    assert answer.payload["errorMessage"].endswith("exit status 7")
    assert answer.log.count("loading\n") == 2  # in the Init phase, and again for the invocation


def test_provisioned_concurrency_reports_a_function_that_cannot_be_loaded(local_aws: LocalAws) -> None:
    client = local_aws.client("lambda")
    function = deploy(local_aws, "cannot_import.handler")
    version = client.publish_version(FunctionName=function.name)["Version"]
    client.get_waiter("published_version_active").wait(
        FunctionName=function.name, Qualifier=version, WaiterConfig={"Delay": 1}
    )
    named = {"FunctionName": function.name, "Qualifier": version}
    client.put_provisioned_concurrency_config(**named, ProvisionedConcurrentExecutions=1)
    assert wait_until(lambda: client.get_provisioned_concurrency_config(**named)["Status"] == "FAILED")


# Logs


def logged(aws: LocalAws, function: Function) -> str:
    client = aws.client("logs")
    try:
        events = client.filter_log_events(logGroupName=f"/aws/lambda/{function.name}")["events"]
    except client.exceptions.ResourceNotFoundException:
        return ""
    return "".join(event["message"] for event in events)


def test_output_reaches_the_log_tail_and_cloudwatch_logs(local_aws: LocalAws) -> None:
    function = deploy(local_aws, "functions.prints")
    answer = function.invoke()
    for log in (answer.log, cloudwatch(local_aws, function)):
        lines = log.split("\n")
        start = next(number for number, line in enumerate(lines) if line.startswith("START "))
        assert lines[start + 1 : start + 5] == [
            "to standard output",
            "to standard error",
            "not utf-8: \ufffd",
            "from a child",
        ]
        assert lines[start + 5].startswith("END RequestId: ")
        assert lines[start + 6].startswith("REPORT RequestId: ")


def cloudwatch(aws: LocalAws, function: Function) -> str:
    assert wait_until(lambda: "REPORT " in logged(aws, function))
    return logged(aws, function)


# Isolation


def test_a_function_sees_its_own_environment_only(local_aws: LocalAws, lambda_python: Path, tmp_path: Path) -> None:
    function = deploy(local_aws, "functions.environment", Environment={"Variables": {"MINE": "1", "LANG": "C"}})
    seen = function.invoke().payload
    variables = seen["variables"]
    assert set(variables) - {"LC_CTYPE"} == {
        "AWS_ACCESS_KEY_ID",
        "AWS_DEFAULT_REGION",
        "AWS_ENDPOINT_URL",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_TIMEOUT",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_LAMBDA_RUNTIME_API",
        "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_XRAY_CONTEXT_MISSING",
        "AWS_XRAY_DAEMON_ADDRESS",
        "EDGE_PORT",
        "HOME",
        "LAMBDA_RUNTIME_DIR",
        "LAMBDA_TASK_ROOT",
        "LANG",
        "LOCALSTACK_HOSTNAME",
        "MINE",
        "PATH",
        "TMPDIR",
        "TZ",
        "_AWS_XRAY_DAEMON_ADDRESS",
        "_AWS_XRAY_DAEMON_PORT",
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
    }
    assert variables["MINE"] == "1"
    assert variables["LANG"] == "C"
    assert variables["AWS_ENDPOINT_URL"] == local_aws.endpoint_url
    assert variables["AWS_LAMBDA_RUNTIME_API"].startswith("127.0.0.1:")
    assert variables["LAMBDA_TASK_ROOT"] == seen["cwd"] == seen["firstPath"]
    assert variables["PATH"].split(":")[0] == str(lambda_python.parent)
    assert not seen["localstack"]
    assert seen["group"] == seen["pid"]


def test_environments_do_not_share_files(local_aws: LocalAws) -> None:
    writer = deploy(local_aws, "functions.leave_file")
    reader = deploy(local_aws, "functions.environment")
    writer.invoke(name="mine")
    seen = reader.invoke().payload
    assert seen["files"] == []
    assert str(local_aws.home) in seen["temporary"]


def test_a_function_reaches_the_local_aws_with_the_credentials_of_its_role(local_aws: LocalAws) -> None:
    function = deploy(local_aws, "functions.buckets")
    bucket = f"made-by-{function.name}"
    answer = function.invoke(bucket=bucket)
    assert f":assumed-role/function/{function.name}" in answer.payload
    assert bucket in [each["Name"] for each in local_aws.client("s3").list_buckets()["Buckets"]]


# Versions


def test_an_update_of_the_code_is_what_runs_next(local_aws: LocalAws) -> None:
    source = "import os\ndef handler(event, context): return ['{}', os.getpid()]"
    function = deploy(local_aws, "app.handler", code=zip_of(app=source.format("old")))
    old, pid = function.invoke().payload
    local_aws.client("lambda").update_function_code(
        FunctionName=function.name, ZipFile=zip_of(app=source.format("new"))
    )
    function.wait_until_settled()
    assert (old, function.invoke().payload[0]) == ("old", "new")
    assert has_ended(pid)


def test_an_update_of_the_configuration_restarts_the_function(local_aws: LocalAws) -> None:
    function = deploy(local_aws, "functions.environment")
    function.invoke()
    local_aws.client("lambda").update_function_configuration(
        FunctionName=function.name, Environment={"Variables": {"ADDED": "1"}}
    )
    function.wait_until_settled()
    assert function.invoke().payload["variables"]["ADDED"] == "1"


def test_functions_of_one_zip_share_its_folder_until_the_last_is_gone(local_aws: LocalAws) -> None:
    code = zip_of(app="import os\ndef handler(event, context): return os.getcwd()")
    first, second = (deploy(local_aws, "app.handler", code=code) for _ in range(2))
    folder = Path(first.invoke().payload)
    assert second.invoke().payload == str(folder)
    client = local_aws.client("lambda")
    client.delete_function(FunctionName=first.name)
    client.update_function_configuration(FunctionName=second.name, Timeout=9)  # starts it again
    second.wait_until_settled()
    assert second.invoke().payload == str(folder)
    client.delete_function(FunctionName=second.name)
    assert wait_until(lambda: not folder.exists())


def test_an_archive_cannot_write_outside_of_its_folder(local_aws: LocalAws) -> None:
    archive = io.BytesIO(zip_of(app="import os\ndef handler(event, context): return os.getcwd()"))
    with zipfile.ZipFile(archive, "a") as file:
        file.writestr("../../escaped.py", "")
    function = deploy(local_aws, "app.handler", code=archive.getvalue())
    folder = Path(function.invoke().payload)
    assert not list(folder.parent.glob("escaped.py"))
    assert not list(folder.parent.parent.glob("escaped.py"))


def test_deleting_a_function_ends_its_processes(local_aws: LocalAws) -> None:
    function = deploy(local_aws, "functions.count")
    pid = function.invoke().payload["pid"]
    assert is_running(pid)
    local_aws.client("lambda").delete_function(FunctionName=function.name)
    assert has_ended(pid)


@pytest.mark.parametrize("runtime", ["nodejs22.x", "python3.12", "provided.al2023"])
def test_another_runtime_fails_with_a_reason(local_aws: LocalAws, runtime: str) -> None:
    function = deploy(local_aws, "functions.echo", Runtime=runtime)
    configuration = function.wait_until_settled()
    assert configuration["State"] == "Failed"
    assert "The process executor runs python3.13" in configuration["StateReason"]
    assert configuration["StateReason"].endswith(f"not {runtime}.")
    with pytest.raises(ClientError):
        function.invoke()


def test_layers_fail_with_a_reason(local_aws: LocalAws) -> None:
    layer = local_aws.client("lambda").publish_layer_version(LayerName="a-layer", Content={"ZipFile": zip_of()})
    function = deploy(local_aws, "functions.echo", Layers=[layer["LayerVersionArn"]])
    assert "does not support layers" in function.wait_until_settled()["StateReason"]


def test_the_architecture_is_accepted_whatever_it_is(local_aws: LocalAws) -> None:
    for architecture in ("arm64", "x86_64"):
        function = deploy(local_aws, "functions.echo", Architectures=[architecture])
        assert function.invoke().function_error is None
