"""What the executor relies on in LocalStack: each test covers one thing that an upgrade may change."""

from __future__ import annotations

import dataclasses
import inspect
from importlib.metadata import entry_points

import pytest
from localstack import config
from localstack.aws.api import ServiceException
from localstack.aws.api.lambda_ import PackageType, RequestTooLargeException, Runtime
from localstack.services.lambda_.invocation import lambda_models
from localstack.services.lambda_.invocation.executor_endpoint import NAMESPACE, StatusErrorException
from localstack.services.lambda_.invocation.plugins import RuntimeExecutorPlugin
from localstack.services.lambda_.invocation.runtime_executor import (
    EXECUTOR_PLUGIN_MANAGER,
    LambdaRuntimeException,
    RuntimeExecutor,
)

from localstack_pipelines.lambda_process.executor import ProcessRuntimeExecutor
from localstack_pipelines.lambda_process.plugin import ProcessRuntimeExecutorPlugin

ABSTRACT_METHODS = {
    "start": ["self", "env_vars"],
    "stop": ["self"],
    "get_address": ["self"],
    "get_endpoint_from_executor": ["self"],
    "get_runtime_endpoint": ["self"],
    "invoke": ["self", "payload"],
    "get_logs": ["self"],
    "prepare_version": ["function_version"],
    "cleanup_version": ["function_version"],
}


def parameters(function: object) -> list[str]:
    return list(inspect.signature(function).parameters)  # type: ignore[arg-type]


def test_the_namespace_is_the_one_of_our_entry_point() -> None:
    assert RuntimeExecutorPlugin.namespace == "localstack.lambda.runtime_executor"
    (ours,) = entry_points(group=RuntimeExecutorPlugin.namespace, name="process")
    assert ours.load() is ProcessRuntimeExecutorPlugin
    assert ProcessRuntimeExecutorPlugin.name == "process"


def test_the_plugin_manager_finds_the_executor() -> None:
    assert EXECUTOR_PLUGIN_MANAGER.exists("process")
    assert EXECUTOR_PLUGIN_MANAGER.load("process").load() is ProcessRuntimeExecutor


def test_the_executor_has_exactly_the_known_abstract_methods() -> None:
    assert set(RuntimeExecutor.__abstractmethods__) == set(ABSTRACT_METHODS)
    assert not ProcessRuntimeExecutor.__abstractmethods__


@pytest.mark.parametrize("name", sorted(ABSTRACT_METHODS))
def test_signatures_agree(name: str) -> None:
    assert parameters(getattr(RuntimeExecutor, name)) == ABSTRACT_METHODS[name]
    assert parameters(getattr(ProcessRuntimeExecutor, name)) == ABSTRACT_METHODS[name]


def test_constructor_and_validation_agree() -> None:
    assert parameters(RuntimeExecutor.__init__) == ["self", "id", "function_version"]
    assert parameters(ProcessRuntimeExecutor.__init__) == ["self", "id", "function_version"]
    assert parameters(RuntimeExecutor.validate_environment) == []


def test_invocation_result_has_the_known_fields() -> None:
    assert [field.name for field in dataclasses.fields(lambda_models.InvocationResult)] == [
        "request_id",
        "payload",
        "is_error",
        "logs",
        "executed_version",
    ]


def test_the_function_version_has_what_is_read_of_it() -> None:
    fields = {field.name for field in dataclasses.fields(lambda_models.VersionFunctionConfiguration)}
    read = {"timeout", "memory_size", "runtime", "handler", "package_type", "environment", "code", "layers"}
    assert read | {"capacity_provider_config", "internal_revision"} <= fields
    assert {"id", "config"} <= {field.name for field in dataclasses.fields(lambda_models.FunctionVersion)}
    assert isinstance(lambda_models.FunctionVersion.qualified_arn, property)
    assert "qualifier" in {field.name for field in dataclasses.fields(lambda_models.VersionIdentifier)}


def test_code_can_be_unpacked_and_found() -> None:
    for kind in (lambda_models.S3Code, lambda_models.HotReloadingCode):
        assert parameters(kind.prepare_for_execution) == ["self"]
        assert parameters(kind.get_unzipped_code_location) == ["self"]
        assert parameters(kind.is_hot_reloading) == ["self"]
        assert parameters(kind.destroy_cached) == ["self"]
        assert "code_sha256" in {field.name for field in dataclasses.fields(kind)}


def test_enumerations_have_the_known_values() -> None:
    assert PackageType.Zip == "Zip"
    assert Runtime.python3_13 == "python3.13"
    assert lambda_models.InitializationType.provisioned_concurrency == "provisioned-concurrency"


def test_errors_are_what_the_service_expects() -> None:
    assert issubclass(RequestTooLargeException, ServiceException)
    assert RequestTooLargeException("too large").status_code == 413
    assert StatusErrorException("no", payload=b"{}").payload == b"{}"
    assert str(LambdaRuntimeException("why")) == "why"
    assert NAMESPACE.startswith("/")


def test_the_configuration_has_what_is_read_of_it() -> None:
    assert config.LAMBDA_LIMITS_MAX_FUNCTION_PAYLOAD_SIZE_BYTES == 6 * 1024 * 1024 + 100
    assert config.GATEWAY_LISTEN[0].host
    assert config.GATEWAY_LISTEN[0].port
