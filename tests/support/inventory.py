"""Lists the resources in an account, of every kind that the configuration creates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from changegate_cli.local.instance import LocalAws


@dataclass(frozen=True, order=True)
class Thing:
    """A resource in an account.

    :ivar identity: differs from that of another resource with the same name: an id or a creation time. Empty if the
        service returns neither.
    """

    kind: str
    name: str
    identity: str = ""


def inventory(aws: LocalAws) -> list[Thing]:
    """Return every resource, except keys that are scheduled for deletion."""
    return sorted([*_stored(aws), *_allowed(aws), *_run(aws), *_told(aws), *_encrypted(aws)])


def _stored(aws: LocalAws) -> Iterator[Thing]:
    for bucket in aws.client("s3").list_buckets()["Buckets"]:
        yield Thing("bucket", bucket["Name"], str(bucket["CreationDate"]))
    for repository in _listed(aws, "codecommit", "list_repositories", "repositories"):
        yield Thing("repository", repository["repositoryName"], repository["repositoryId"])
    for group in _listed(aws, "logs", "describe_log_groups", "logGroups"):
        yield Thing("log group", group["logGroupName"], str(group["creationTime"]))


def _allowed(aws: LocalAws) -> Iterator[Thing]:
    for role in _listed(aws, "iam", "list_roles", "Roles"):
        yield Thing("role", role["RoleName"], role["RoleId"])
    for policy in _listed(aws, "iam", "list_policies", "Policies", Scope="Local"):
        yield Thing("policy", policy["PolicyName"], policy["PolicyId"])


def _run(aws: LocalAws) -> Iterator[Thing]:
    for function in _listed(aws, "lambda", "list_functions", "Functions"):
        yield Thing("function", function["FunctionName"])
    for machine in _listed(aws, "stepfunctions", "list_state_machines", "stateMachines"):
        yield Thing("state machine", machine["name"], str(machine["creationDate"]))
    for pipeline in _listed(aws, "codepipeline", "list_pipelines", "pipelines"):
        yield Thing("pipeline", pipeline["name"], str(pipeline["created"]))


def _told(aws: LocalAws) -> Iterator[Thing]:
    for rule in _listed(aws, "events", "list_rules", "Rules"):
        yield Thing("rule", rule["Name"])
    for topic in _listed(aws, "sns", "list_topics", "Topics"):
        yield Thing("topic", topic["TopicArn"])
    for subscription in _listed(aws, "sns", "list_subscriptions", "Subscriptions"):
        yield Thing("subscription", f"{subscription['Endpoint']} to {subscription['TopicArn']}")
    sqs = aws.client("sqs")
    for url in _listed(aws, "sqs", "list_queues", "QueueUrls"):
        told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn", "CreatedTimestamp"])["Attributes"]
        yield Thing("queue", told["QueueArn"].rpartition(":")[2], told["CreatedTimestamp"])
    for kind in ("MetricAlarms", "CompositeAlarms"):
        for alarm in _listed(aws, "cloudwatch", "describe_alarms", kind):
            yield Thing("alarm", alarm["AlarmName"])
    for dashboard in _listed(aws, "cloudwatch", "list_dashboards", "DashboardEntries"):
        yield Thing("dashboard", dashboard["DashboardName"])


def _encrypted(aws: LocalAws) -> Iterator[Thing]:
    kms = aws.client("kms")
    for listed in _listed(aws, "kms", "list_keys", "Keys"):
        key = kms.describe_key(KeyId=listed["KeyId"])["KeyMetadata"]
        if key["KeyManager"] == "CUSTOMER" and key["KeyState"] != "PendingDeletion":
            yield Thing("key", key["KeyId"], str(key["CreationDate"]))
    for alias in _listed(aws, "kms", "list_aliases", "Aliases"):
        if not alias["AliasName"].startswith("alias/aws/"):
            yield Thing("alias", alias["AliasName"], alias["TargetKeyId"])


def _listed(aws: LocalAws, service: str, operation: str, key: str, **arguments: Any) -> Iterator[Any]:
    """Yield the items of every page that ``operation`` returns under ``key``."""
    client = aws.client(service)
    pages = (
        client.get_paginator(operation).paginate(**arguments)
        if client.can_paginate(operation)
        else [getattr(client, operation)(**arguments)]
    )
    for page in pages:
        yield from page.get(key, [])
