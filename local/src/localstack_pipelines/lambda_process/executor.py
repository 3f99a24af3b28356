"""LocalStack's runtime executor with plain processes.

LocalStack decides when an execution environment is created, reused and removed; an instance of
:class:`ProcessRuntimeExecutor` is one such environment. As on AWS, the next invocation replaces a runtime that has
timed out, ended or failed to initialize, within the same environment ("suppressed init",
https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html).
"""

from __future__ import annotations

import logging
import shutil
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

from localstack import config
from localstack.aws.api.lambda_ import PackageType, RequestTooLargeException
from localstack.services.lambda_.invocation.executor_endpoint import NAMESPACE, StatusErrorException
from localstack.services.lambda_.invocation.lambda_models import (
    FunctionVersion,
    InitializationType,
    InvocationResult,
)
from localstack.services.lambda_.invocation.runtime_executor import LambdaRuntimeException, RuntimeExecutor

from localstack_pipelines.lambda_process import messages
from localstack_pipelines.lambda_process.code_store import shared_code_store
from localstack_pipelines.lambda_process.environment import function_environment
from localstack_pipelines.lambda_process.interpreter import InterpreterError, find_interpreter
from localstack_pipelines.lambda_process.output import Output
from localstack_pipelines.lambda_process.response import Response, RuntimeResult, response_to
from localstack_pipelines.lambda_process.runtime_api import InitError, Invocation, Ready
from localstack_pipelines.lambda_process.runtime_process import Exited, RuntimeProcess, TimedOut

LOG = logging.getLogger(__name__)

# Lambda limits the Init phase before the first invocation to 10 seconds.
INIT_TIMEOUT_SECONDS = 10.0


class ProcessRuntimeExecutor(RuntimeExecutor):
    """One execution environment: a directory and, most of the time, a runtime process."""

    def __init__(self, id: str, function_version: FunctionVersion) -> None:  # noqa: A002  # LocalStack's name
        super().__init__(id=id, function_version=function_version)
        self._folder = Path(tempfile.gettempdir()) / "lambda-environments" / id
        self._output = Output(self._folder / "output.log")
        self._environment: dict[str, str] = {}
        self._lock = threading.Lock()
        self._stopped = False
        self._runtime: RuntimeProcess | None = None
        # The duration of a successful Init phase, for the REPORT line of the next invocation.
        self._init_duration: float | None = None
        self._memory_used = 0

    def start(self, env_vars: dict[str, str]) -> None:
        """Create the directory, start the runtime and wait until it has loaded the function.

        A function that cannot be loaded fails not here but at its invocation, which tries again and reports the error
        with its logs. Only provisioned concurrency fails here.

        :raises StatusErrorException: provisioned concurrency cannot be initialized.
        :raises LambdaRuntimeException: :meth:`stop` was called meanwhile.
        """
        scratch = self._folder / "tmp"
        scratch.mkdir(parents=True)
        interpreter = find_interpreter()
        self._environment = function_environment(
            env_vars, self.function_version.config.environment or {}, interpreter, self._task_root(), scratch
        )
        failure = self._initialize(self._start_runtime(), "init", time.monotonic() + INIT_TIMEOUT_SECONDS)
        provisioned = str(InitializationType.provisioned_concurrency)
        if failure is not None and str(env_vars.get("AWS_LAMBDA_INITIALIZATION_TYPE")) == provisioned:
            payload = self._response(failure, request_id="").payload
            raise StatusErrorException("The Init phase failed", payload=payload)

    def stop(self) -> None:
        """Kill the runtime and all processes it started, and remove the directory; a running invocation raises."""
        with self._lock:
            self._stopped = True
            runtime = self._runtime
        if runtime is not None:
            runtime.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def get_address(self) -> str:
        """Return the address of the environment: this machine."""
        return "127.0.0.1"

    def get_endpoint_from_executor(self) -> str:
        """Return the host where functions reach LocalStack, a part of ``AWS_ENDPOINT_URL``."""
        host = config.GATEWAY_LISTEN[0].host
        # Compared, not bound.
        return "127.0.0.1" if host in {"0.0.0.0", "::", ""} else host  # noqa: S104  # nosec B104

    def get_runtime_endpoint(self) -> str:
        """Return the callback address for the init process of LocalStack's containers; unused here."""
        port = config.GATEWAY_LISTEN[0].port
        return f"http://{self.get_endpoint_from_executor()}:{port}{NAMESPACE}/{self.id}"

    def get_logs(self) -> str:
        """Return the output of the environment's processes."""
        return self._output.everything()

    def invoke(self, payload: dict[str, str]) -> InvocationResult:
        """Run the function once.

        :param payload: ``invoke-id``, ``invoked-function-arn``, ``trace-id`` and ``payload``.
        :raises RequestTooLargeException: the event exceeds LocalStack's payload limit (6 MB).
        :raises LambdaRuntimeException: the environment was stopped meanwhile.
        """
        request_id = payload["invoke-id"]
        event = payload["payload"].encode()
        if len(event) > _payload_limit():
            raise RequestTooLargeException(
                f"Request must be smaller than {_payload_limit()} bytes for the InvokeFunction operation"
            )
        settings = self.function_version.config
        began = time.monotonic()
        invocation = Invocation(
            request_id=request_id,
            invoked_function_arn=payload["invoked-function-arn"],
            trace_id=payload["trace-id"],
            deadline_ms=int((time.time() + settings.timeout) * 1000),
            payload=event,
        )
        before = self._output.take()
        result = self._run(invocation, began + settings.timeout)
        self._raise_if_stopped()
        response = self._response(result, request_id)
        report = messages.Report(
            request_id=request_id,
            duration=time.monotonic() - began,
            memory_size=settings.memory_size,
            memory_used=self._measure_memory(),
            init_duration=self._init_duration,
            status=response.status,
            error_type=response.error_type,
        )
        self._init_duration = None
        log = (
            before,
            messages.start_line(request_id, self.function_version.id.qualifier),
            self._output.take(),
            response.log,
            messages.end_line(request_id),
            report.line(),
        )
        return InvocationResult(request_id, response.payload, is_error=response.is_error, logs="".join(log))

    @classmethod
    def prepare_version(cls, function_version: FunctionVersion) -> None:
        """Unpack the code, once for all versions that share it.

        :raises LambdaRuntimeException: the executor cannot run the function; the message becomes the reason of its
            state Failed.
        """
        settings = function_version.config
        if settings.package_type != PackageType.Zip or settings.code is None:
            raise LambdaRuntimeException("The process executor runs functions from zip files, not from images.")
        if settings.capacity_provider_config:
            raise LambdaRuntimeException("The process executor does not run functions on managed instances.")
        if settings.layers:
            raise LambdaRuntimeException("The process executor does not support layers: bundle their content.")
        try:
            interpreter = find_interpreter()
        except InterpreterError as error:
            raise LambdaRuntimeException(str(error)) from error
        if settings.runtime != interpreter.runtime:
            raise LambdaRuntimeException(
                f"The process executor runs {interpreter.runtime} ({interpreter.executable}), not {settings.runtime}."
            )
        shared_code_store().acquire(settings.code, function_version)

    @classmethod
    def cleanup_version(cls, function_version: FunctionVersion) -> None:
        """Release the unpacked code, which the last version that uses it removes."""
        if function_version.config.code is not None:
            shared_code_store().release(function_version.config.code, function_version)

    @classmethod
    def validate_environment(cls) -> bool:
        """Return whether functions can run; log what to fix if they cannot."""
        try:
            find_interpreter()
        except InterpreterError as error:
            LOG.warning("Lambda functions cannot run: %s", error)
            return False
        return True

    def _task_root(self) -> Path:
        code = self.function_version.config.code
        if code is None:
            raise LambdaRuntimeException("The function has no code.")
        return shared_code_store().location(code)

    def _raise_if_stopped(self) -> None:
        with self._lock:
            if self._stopped:
                raise LambdaRuntimeException(f"The execution environment {self.id} was stopped.")

    def _measure_memory(self) -> int:
        if self._runtime is not None:
            self._memory_used = max(self._memory_used, self._runtime.memory_used_mb())
        return self._memory_used

    def _run(self, invocation: Invocation, deadline: float) -> RuntimeResult:
        """Invoke the runtime, started again if it has ended; its Init phase then counts as function time."""
        runtime = self._runtime
        if runtime is None or not runtime.is_alive:
            runtime = self._start_runtime()
            failure = self._initialize(runtime, "invoke", deadline)
            if failure is not None:
                return failure
        return runtime.invoke(invocation, deadline)

    def _initialize(self, runtime: RuntimeProcess, phase: str, deadline: float) -> InitError | Exited | TimedOut | None:
        """Wait until ``runtime`` is ready; return what went wrong, if anything."""
        result = runtime.wait_until_ready(deadline)
        self._raise_if_stopped()
        seconds = time.monotonic() - runtime.started
        if isinstance(result, Ready):
            self._measure_memory()
            self._init_duration = seconds if phase == "init" else None
            return None
        runtime.kill()
        response = self._response(result, request_id="")
        self._output.append(messages.init_report_line(seconds, phase, response.status, response.error_type))
        return result

    def _start_runtime(self) -> RuntimeProcess:
        handler = self.function_version.config.handler or ""
        command = [str(find_interpreter().executable), "-m", "awslambdaric", handler]
        with self._lock:
            if not self._stopped:
                self._runtime = RuntimeProcess(
                    command, self._task_root(), self._environment, self._output.path, _payload_limit()
                )
                return self._runtime
        raise LambdaRuntimeException(f"The execution environment {self.id} was stopped.")

    def _response(self, result: RuntimeResult, request_id: str) -> Response:
        timeout = self.function_version.config.timeout
        return response_to(result, request_id, timeout, datetime.now(UTC), _payload_limit())


def _payload_limit() -> int:
    return config.LAMBDA_LIMITS_MAX_FUNCTION_PAYLOAD_SIZE_BYTES
