"""Reads change sets from AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from changegate.stacks.change_sets import ChangeSetGoneError, answers
from changegate_cli.inspect.files import InputError, change_set_of

if TYPE_CHECKING:
    from changegate.safety import ChangeSet


def change_set_from_aws(arn: str) -> ChangeSet:
    """Read a change set, its pages and its nested change sets, with the user's own AWS settings.

    :raises InputError: when the change set does not exist, or AWS cannot be reached or does not answer.
    """
    try:
        # An ARN names its region: arn:PARTITION:cloudformation:REGION:ACCOUNT:changeSet/NAME/ID.
        region = arn.split(":")[3] if arn.startswith("arn:") else None
        return change_set_of(list(answers(boto3.client("cloudformation", region_name=region), arn)))
    except ChangeSetGoneError as error:
        raise InputError(f"There is no change set {arn}: {error.__cause__}") from error
    except (BotoCoreError, ClientError, IndexError) as error:
        raise InputError(f"{arn} cannot be read: {error}") from error
