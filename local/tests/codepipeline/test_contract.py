"""The parts of LocalStack that CodePipeline relies on. A test fails when an upgrade changes them."""

from __future__ import annotations

import dataclasses
import inspect
from importlib.metadata import entry_points

import pytest
from localstack.aws.api import RequestContext, ServiceException, handler
from localstack.aws.connect import InternalRequestParameters, MetadataRequestInjector, connect_to
from localstack.aws.skeleton import create_dispatch_table
from localstack.aws.spec import load_service
from localstack.services.plugins import PLUGIN_NAMESPACE, Service, ServiceLifecycleHook, ServicePluginAdapter
from localstack.services.stores import AccountRegionBundle
from plux import PluginSpec

from localstack_pipelines.codepipeline import errors
from localstack_pipelines.codepipeline.action_types import ACTION_TYPES
from localstack_pipelines.codepipeline.models import ActionResult
from localstack_pipelines.codepipeline.plugin import codepipeline
from localstack_pipelines.codepipeline.provider import CodePipelineProvider
from localstack_pipelines.codepipeline.services import LocalStackServices, Services
from localstack_pipelines.codepipeline.store import CodePipelineStore, codepipeline_stores
from localstack_pipelines.common.errors import SerializationException, ValidationException


def test_the_provider_is_found_by_its_entry_point() -> None:
    (entry,) = entry_points(group=PLUGIN_NAMESPACE, name="codepipeline:default")
    assert entry.load() is codepipeline
    assert isinstance(codepipeline, PluginSpec)
    assert (codepipeline.namespace, codepipeline.name) == (PLUGIN_NAMESPACE, "codepipeline:default")
    adapter = codepipeline.factory()
    assert isinstance(adapter, ServicePluginAdapter)
    assert adapter.api == "codepipeline"


def test_the_service_is_made_from_the_provider_and_stops_with_it() -> None:
    provider = CodePipelineProvider()
    service = Service.for_provider(provider)
    assert service.name() == "codepipeline"
    assert service.lifecycle_hook is provider
    assert isinstance(provider, ServiceLifecycleHook)
    service.stop()
    provider.runner._scheduler.after(0, lambda: pytest.fail("the scheduler is not closed"))
    assert provider.runner._scheduler._thread is None


def test_every_handler_is_an_operation_of_the_service_model() -> None:
    handled = set(create_dispatch_table(CodePipelineProvider()))
    assert handled <= set(load_service("codepipeline").operation_names)
    assert {"CreatePipeline", "PutJobSuccessResult", "RetryStageExecution", "ListTagsForResource"} <= handled


def test_handlers_get_context_and_whole_request() -> None:
    assert list(inspect.signature(handler).parameters) == ["operation", "context", "expand"]
    dispatcher = create_dispatch_table(CodePipelineProvider())["GetPipeline"]
    assert (dispatcher.pass_context, dispatcher.expand_parameters) == (True, False)


def test_the_request_context_has_what_the_handlers_read() -> None:
    assert {"account_id", "region", "operation", "internal_request_params"} <= set(
        inspect.get_annotations(RequestContext)
    )
    assert set(inspect.get_annotations(InternalRequestParameters)) == {"source_arn", "service_principal"}
    assert list(inspect.signature(MetadataRequestInjector.request_metadata).parameters)[1:] == [
        "source_arn",
        "service_principal",
    ]


def test_errors_carry_code_message_and_status() -> None:
    error = errors.PipelineNotFoundException("no")
    assert isinstance(error, ServiceException)
    assert (error.code, error.message, error.status_code, error.sender_fault) == (
        "PipelineNotFoundException",
        "no",
        400,
        False,
    )


def test_every_error_is_one_of_the_service_model() -> None:
    shapes = load_service("codepipeline").shape_names
    own = {
        name for name, value in vars(errors).items() if isinstance(value, type) and value.__module__ == errors.__name__
    }
    own |= {ValidationException.__name__, SerializationException.__name__}
    # All services with a JSON protocol have SerializationException, so their models do not.
    assert own - set(shapes) == {"CodePipelineError", "SerializationException"}


def test_internal_clients_are_made_for_an_account_and_a_region() -> None:
    parameters = inspect.signature(type(connect_to).__call__).parameters
    assert {"aws_access_key_id", "region_name"} <= set(parameters)
    clients = connect_to(aws_access_key_id="000000000000", region_name="eu-west-1")
    client = clients.get_client("codepipeline")
    assert client.meta.region_name == "eu-west-1"


def test_state_is_kept_per_account_and_region() -> None:
    bundle = AccountRegionBundle("codepipeline", CodePipelineStore)
    here, there = bundle["000000000000"]["eu-west-1"], bundle["000000000000"]["us-east-1"]
    here.pipelines["a"] = object()
    assert there.pipelines == {}
    assert bundle["111111111111"]["eu-west-1"].pipelines == {}
    assert bundle["000000000000"]["eu-west-1"] is here
    assert isinstance(codepipeline_stores, AccountRegionBundle)


def test_the_calls_to_other_services_are_those_that_the_runner_makes() -> None:
    calls = {name for name in vars(Services) if not name.startswith("_")}
    for name in calls:
        expected = inspect.signature(getattr(Services, name)).parameters
        assert inspect.signature(getattr(LocalStackServices, name)).parameters == expected


def test_the_service_model_has_the_members_that_answers_are_made_of() -> None:
    model = load_service("codepipeline")
    assert {"token", "errorDetails", "percentComplete"} <= set(model.shape_for("ActionExecution").members)
    assert {"inboundExecutions", "inboundTransitionState"} <= set(model.shape_for("StageState").members)
    assert "continuationToken" in model.shape_for("JobData").members
    assert {field.name for field in dataclasses.fields(ActionResult)} >= {"error", "output_variables"}
    categories = set(model.shape_for("ActionCategory").enum)
    assert {category for category, *_ in ACTION_TYPES} <= categories
