"""The policies that docs/guides/accounts-and-regions.md shows for a target's role, with the names of a deployment."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from changegate_cli.local.instance import ACCOUNT_ID
from tests.privileges.rendered import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

# What the page calls them.
_PIPELINE_ACCOUNT = "111122223333"
_TARGET_ACCOUNT = "444455556666"
_REGION = "us-east-1"
_STACK = "prod-shop"
_EXTERNAL_ID = "changegate-prod"


def permissions(told: Mapping[str, Any]) -> str:
    """Return the permissions of the role for a deployment that is told ``told``, as text.

    With what the page's table adds for what the deployment uses.
    """
    document = json.loads(_page()[1])
    (deploy,) = (
        statement for statement in document["Statement"] if statement["Sid"] == "DeployWithTheDeploymentRoleOnly"
    )
    stack = next(arn for arn in deploy["Resource"] if arn.endswith(f"stack/{_STACK}/*"))
    rows = {
        "cloudformation:DeleteStack": (told.get("recreateFailedStack"), {"Condition": deploy["Condition"]}),
        "cloudformation:SetStackPolicy": ("templateConfigurationPath" in told, {}),
        "cloudformation:UpdateTerminationProtection": (told.get("terminationProtection"), {}),
    }
    shown = set(re.findall(r"^\| `\w+`.*\| `(cloudformation:\w+)`", _text(), re.MULTILINE))
    assert shown == set(rows), "the page's table has other rows"
    for action, (used, further) in rows.items():
        if used:
            document["Statement"].append(
                {"Sid": action.split(":")[1], "Effect": "Allow", "Action": action, "Resource": stack, **further}
            )
    return _named(json.dumps(document), told)


def trust(told: Mapping[str, Any]) -> str:
    """Return the trust policy of the role for a deployment that is told ``told``, as text."""
    return _named(_page()[0], told)


def _text() -> str:
    return (ROOT / "docs/guides/accounts-and-regions.md").read_text(encoding="utf-8")


def _page() -> tuple[str, str]:
    trust_policy, permission_policy = re.findall(r"```json\n(.*?)```", _text(), re.DOTALL)
    return trust_policy, permission_policy


def _named(text: str, told: Mapping[str, Any]) -> str:
    target = told.get("target", {})
    account = target.get("roleArn", f"::::{_TARGET_ACCOUNT}:").split(":")[4]
    names = {
        _PIPELINE_ACCOUNT: ACCOUNT_ID,
        _TARGET_ACCOUNT: account,
        _REGION: target.get("region", _REGION),
        _STACK: f"{told['environmentName']}-{told['stackName']}",
        _EXTERNAL_ID: target.get("externalId", _EXTERNAL_ID),
    }
    # All at once: one name's replacement is another's original.
    return re.sub("|".join(map(re.escape, names)), lambda found: names[found[0]], text)
