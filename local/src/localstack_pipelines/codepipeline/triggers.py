"""Lets an EventBridge rule start a pipeline."""

from __future__ import annotations

from localstack.aws.connect import connect_to


def start_from_event(account_id: str, region: str, pipeline_name: str, rule_arn: str) -> str:
    """Start a pipeline as the target of a rule and return the execution's id.

    The execution's trigger is ``CloudWatchEvent`` with the rule's ARN as its detail (API reference,
    ``ExecutionTrigger``): the provider reads both from the metadata of LocalStack's internal call.

    :raises botocore.exceptions.ClientError: the pipeline does not exist or may not start another execution.
    """
    clients = connect_to(aws_access_key_id=account_id, region_name=region)
    client = clients.codepipeline.request_metadata(source_arn=rule_arn, service_principal="events")
    execution_id: str = client.start_pipeline_execution(name=pipeline_name)["pipelineExecutionId"]
    return execution_id
