"""The operations of the API.

Error messages are those that the service is known to use; the API reference documents few of them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from . import views
from .errors import Refusal, invalid
from .model import IN_REVIEW, READY, Stack

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .model import ChangeSet
    from .script import ApiObject
    from .scripted_stack import ScriptedStack
    from .store import StackStore


@dataclass(frozen=True, slots=True)
class Call:
    """A valid request; ``scripted`` is ``None`` if the request names no stack."""

    store: StackStore
    scripted: ScriptedStack | None
    request: ApiObject

    @property
    def target(self) -> ScriptedStack:
        """The scripted stack of a request that must name its stack."""
        if self.scripted is None:
            raise invalid("StackName must be specified")
        return self.scripted

    @property
    def name(self) -> str:
        """StackName, a name or an ARN."""
        name: str = self.request["StackName"]
        return name

    @property
    def stack(self) -> Stack:
        """The stack of the request, which must exist."""
        return self.store.existing(self.target, self.name)

    def stack_or_deleted(self) -> Stack:
        """Return the stack of the request by name or, even if it is deleted, by ARN."""
        found = self.store.find_stack(self.target, self.name)
        if found is None:
            raise invalid(f"Stack with id {self.name} does not exist")
        return found


def describe_stacks(call: Call) -> ApiObject:
    """Return one stack, which counts as a look at it, or all that exist."""
    if "StackName" not in call.request:
        return {"Stacks": [views.stack(stack) for stack in call.store.stacks()]}
    stack = call.stack_or_deleted()
    call.target.tree.look(stack)
    if not stack.exists and stack.name == call.name:
        # This look has completed the deletion, so the name no longer finds the stack.
        raise invalid(f"Stack with id {call.name} does not exist")
    return {"Stacks": [views.stack(stack)]}


def describe_stack_events(call: Call) -> ApiObject:
    """Return a page of the stack's events, newest first."""
    stack = call.store.find_stack(call.target, call.name)
    if stack is None:
        raise invalid(f"Stack [{call.name}] does not exist")
    events, next_token = views.page(stack.events[::-1], call.target.script.page_size, call.request.get("NextToken"))
    return {"StackEvents": [*events], **next_token}


def list_stack_resources(call: Call) -> ApiObject:
    """Return a page of the stack's resources."""
    stack = call.stack_or_deleted()
    resources, next_token = views.page(stack.resources, call.target.script.page_size, call.request.get("NextToken"))
    return {"StackResourceSummaries": [views.resource_summary(resource) for resource in resources], **next_token}


def describe_stack_resources(call: Call) -> ApiObject:
    """Return the stack's resources, or the one that the request names."""
    filters = {name: call.request[name] for name in ("LogicalResourceId", "PhysicalResourceId") if name in call.request}
    return {
        "StackResources": [
            {"DriftInformation": {"StackResourceDriftStatus": "NOT_CHECKED"}, **resource}
            for resource in call.stack_or_deleted().resources
            if all(resource.get(name) == value for name, value in filters.items())
        ]
    }


def create_stack(call: Call) -> ApiObject:
    """Create the stack."""
    _check_template(call.request)
    earlier = _earlier(call, "CreateStack")
    if earlier is not None:
        return earlier
    if call.target.tree.find(call.name) is not None:
        raise Refusal("AlreadyExistsException", f"Stack [{call.name}] already exists")
    if "StackPolicyBody" in call.request:
        _check_policy(call.request["StackPolicyBody"])
    return _remember(call, "CreateStack", {"StackId": call.target.create_stack(call.request).stack_id})


def delete_stack(call: Call) -> ApiObject:
    """Delete the stack; succeeds if it does not exist."""
    if _earlier(call, "DeleteStack") is not None:
        return {}
    stack = call.store.find_stack(call.target, call.name)
    if stack is None or not stack.exists:
        return {}
    if stack.termination_protection:
        raise invalid(f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled")
    if stack.is_busy and stack.status not in {"CREATE_IN_PROGRESS", "DELETE_IN_PROGRESS"}:
        raise invalid(f"Stack [{stack.name}] cannot be deleted while in status {stack.status}")
    if stack.status != "DELETE_IN_PROGRESS":
        call.target.delete_stack(stack, call.request)
    return _remember(call, "DeleteStack", {})


def update_termination_protection(call: Call) -> ApiObject:
    """Enable or disable the stack's termination protection."""
    stack = call.stack
    if stack.status == "DELETE_IN_PROGRESS":
        raise invalid(f"Stack [{stack.name}] is in {stack.status} state and can not be updated.")
    stack.termination_protection = call.request["EnableTerminationProtection"]
    return {"StackId": stack.stack_id}


def set_stack_policy(call: Call) -> ApiObject:
    """Set the stack's policy."""
    if ("StackPolicyBody" in call.request) == ("StackPolicyURL" in call.request):
        raise invalid("You must specify either StackPolicyBody or StackPolicyURL")
    stack = call.stack
    if "StackPolicyBody" in call.request:
        _check_policy(call.request["StackPolicyBody"])
    stack.policy = call.request.get("StackPolicyBody", call.request.get("StackPolicyURL"))
    return {}


def get_stack_policy(call: Call) -> ApiObject:
    """Return the stack's policy; an empty answer if it has none."""
    policy = call.stack.policy
    return {} if policy is None else {"StackPolicyBody": policy}


def create_change_set(call: Call) -> ApiObject:
    """Create a change set; the same request again returns the same answer."""
    request = call.request
    if not request.get("UsePreviousTemplate"):
        _check_template(request)
    name, change_set_type = request["ChangeSetName"], request.get("ChangeSetType", "UPDATE")
    stack = call.store.find_stack(call.target, call.name)
    if stack is not None and not stack.exists:
        stack = None
    if stack is not None:
        existing = stack.find_change_set(name)
        if existing is not None:
            return _same_change_set(existing, request)
    _check_change_set_type(call, stack, change_set_type, name)
    if stack is not None:
        _check_quota(call, stack)
    created = call.target.create_change_set(request)
    return {"Id": created.change_set_id, "StackId": created.stack.stack_id}


def _same_change_set(existing: ChangeSet, request: Mapping[str, object]) -> ApiObject:
    for attribute in sorted({*existing.request, *request} - {"StackName"}):
        if existing.request.get(attribute) != request.get(attribute):
            raise Refusal(
                "AlreadyExistsException",
                f"ChangeSet {existing.name} cannot be created due to a mismatch with existing attribute {attribute}",
            )
    return {"Id": existing.change_set_id, "StackId": existing.stack.stack_id}


def _check_change_set_type(call: Call, stack: Stack | None, change_set_type: str, name: str) -> None:
    if stack is None:
        if change_set_type == "UPDATE" or call.name.startswith("arn:"):
            raise invalid(f"Stack [{call.name}] does not exist")
        return
    if change_set_type == "CREATE" and stack.status != IN_REVIEW:
        raise invalid(f"Stack [{stack.name}] already exists and cannot be created again with the changeSet [{name}].")
    if change_set_type != "CREATE" and stack.status not in READY:
        raise _wrong_state(stack)


def _check_quota(call: Call, stack: Stack) -> None:
    count = sum(not (found.deleted or found.is_executed) for found in stack.change_sets)
    if count >= call.target.script.max_change_sets:
        raise Refusal("LimitExceededException", f"Stack [{stack.name}] has {count} change sets, which is the limit")


def describe_change_set(call: Call) -> ApiObject:
    """Return a page of a change set; the first page counts as a look at it."""
    found = call.store.change_set(call.scripted, call.request)
    token = call.request.get("NextToken")
    if token is None:
        found.look()
    return views.change_set(found, token)


def list_change_sets(call: Call) -> ApiObject:
    """Return a page of the stack's change sets."""
    existing = [found for found in call.stack.change_sets if not found.deleted]
    summaries, next_token = views.page(existing, call.target.script.page_size, call.request.get("NextToken"))
    return {"Summaries": [views.change_set_summary(found) for found in summaries], **next_token}


def delete_change_set(call: Call) -> ApiObject:
    """Delete a change set and its nested change sets; succeeds if it does not exist."""
    found = call.store.find_change_set(call.scripted, call.request)
    if found is None:
        return {}
    if found.parent is not None:
        raise Refusal(
            "InvalidChangeSetStatus", f"Cannot delete nested ChangeSet {found.name}: delete its root change set"
        )
    for status in (found.status, found.execution_status):
        if status in {"CREATE_IN_PROGRESS", "EXECUTE_IN_PROGRESS"}:
            raise Refusal("InvalidChangeSetStatus", f"Cannot delete ChangeSet in status {status}")
    found.delete()
    return {}


def execute_change_set(call: Call) -> ApiObject:
    """Execute a change set, which must be AVAILABLE."""
    if _earlier(call, "ExecuteChangeSet") is not None:
        return {}
    found = call.store.change_set(call.scripted, call.request)
    if found.parent is not None:
        raise Refusal(
            "InvalidChangeSetStatus", f"ChangeSet [{found.change_set_id}] is nested: execute its root change set"
        )
    if found.execution_status != "AVAILABLE":
        state = f"status of [{found.status}]"
        if found.status == "CREATE_COMPLETE":
            state = f"execution status of [{found.execution_status}]"
        raise Refusal(
            "InvalidChangeSetStatus", f"ChangeSet [{found.change_set_id}] cannot be executed in its current {state}"
        )
    if found.stack.status not in {*READY, IN_REVIEW}:
        raise _wrong_state(found.stack)
    call.target.execute_change_set(found, call.request.get("ClientRequestToken"))
    return _remember(call, "ExecuteChangeSet", {})


def _wrong_state(stack: Stack) -> Refusal:
    return invalid(f"Stack:{stack.stack_id} is in {stack.status} state and can not be updated.")


def _check_template(request: Mapping[str, object]) -> None:
    if ("TemplateBody" in request) == ("TemplateURL" in request):
        raise invalid("Either Template URL or Template Body must be specified.")


def _check_policy(policy: str) -> None:
    try:
        json.loads(policy)
    except ValueError:
        raise invalid("Error validating stack policy: Invalid stack policy") from None


def _earlier(call: Call, operation: str) -> ApiObject | None:
    """Return the answer of an earlier call with the same token, if there was one.

    :raises Refusal: the earlier call was another operation or had another request.
    """
    if call.scripted is None:
        return None
    token = call.request.get("ClientRequestToken")
    if token not in call.scripted.tokens:
        return None
    earlier, request, answer = call.scripted.tokens[token]
    if (earlier, request) != (operation, call.request):
        raise Refusal("TokenAlreadyExistsException", f"The token {token} was used for {earlier} before")
    return answer


def _remember(call: Call, operation: str, answer: ApiObject) -> ApiObject:
    token = call.request.get("ClientRequestToken")
    if token is not None:
        call.target.tokens[token] = (operation, call.request, answer)
    return answer


OPERATIONS: Final[Mapping[str, Callable[[Call], ApiObject]]] = {
    "CreateChangeSet": create_change_set,
    "CreateStack": create_stack,
    "DeleteChangeSet": delete_change_set,
    "DeleteStack": delete_stack,
    "DescribeChangeSet": describe_change_set,
    "DescribeStackEvents": describe_stack_events,
    "DescribeStackResources": describe_stack_resources,
    "DescribeStacks": describe_stacks,
    "ExecuteChangeSet": execute_change_set,
    "GetStackPolicy": get_stack_policy,
    "ListChangeSets": list_change_sets,
    "ListStackResources": list_stack_resources,
    "SetStackPolicy": set_stack_policy,
    "UpdateTerminationProtection": update_termination_protection,
}
"""The operations by name."""
