"""The policies that the documentation shows for a target role, with the names of a deployment."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from changegate_cli.local.instance import ACCOUNT_ID
from tests.support.checkout import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

# The names on the page.
_PIPELINE_ACCOUNT = "111122223333"
_TARGET_ACCOUNT = "444455556666"
_REGION = "us-east-1"
_STACK = "prod-shop"
_EXTERNAL_ID = "changegate-prod"


def permissions(settings: Mapping[str, Any]) -> str:
    """Return the permissions of the target role of a deployment, as JSON.

    The table on the page has further actions for some settings of the deployment.
    """
    document = json.loads(_page()[1])
    (deploy,) = (
        statement for statement in document["Statement"] if statement["Sid"] == "DeployWithTheDeploymentRoleOnly"
    )
    stack = next(arn for arn in deploy["Resource"] if arn.endswith(f"stack/{_STACK}/*"))
    rows = {
        "cloudformation:DeleteStack": (settings.get("recreateFailedStack"), {"Condition": deploy["Condition"]}),
        "cloudformation:SetStackPolicy": ("templateConfigurationPath" in settings, {}),
        "cloudformation:UpdateTerminationProtection": (settings.get("terminationProtection"), {}),
    }
    shown = set(re.findall(r"^\| `\w+`.*\| `(cloudformation:\w+)`", _text(), re.MULTILINE))
    assert shown == set(rows), "the page's table has other rows"
    for action, (used, further) in rows.items():
        if used:
            document["Statement"].append(
                {"Sid": action.split(":")[1], "Effect": "Allow", "Action": action, "Resource": stack, **further}
            )
    return _named(json.dumps(document), settings)


def trust(settings: Mapping[str, Any]) -> str:
    """Return the trust policy of the target role of a deployment, as JSON."""
    return _named(_page()[0], settings)


def _text() -> str:
    return (ROOT / "docs/guides/accounts-and-regions.md").read_text(encoding="utf-8")


def _page() -> tuple[str, str]:
    trust_policy, permission_policy = re.findall(r"```json\n(.*?)```", _text(), re.DOTALL)
    return trust_policy, permission_policy


def _named(text: str, settings: Mapping[str, Any]) -> str:
    target = settings.get("target", {})
    account = target.get("roleArn", f"::::{_TARGET_ACCOUNT}:").split(":")[4]
    names = {
        _PIPELINE_ACCOUNT: ACCOUNT_ID,
        _TARGET_ACCOUNT: account,
        _REGION: target.get("region", _REGION),
        _STACK: f"{settings['environmentName']}-{settings['stackName']}",
        _EXTERNAL_ID: target.get("externalId", _EXTERNAL_ID),
    }
    # In one step, because the replacement of a name may be another name.
    return re.sub("|".join(map(re.escape, names)), lambda found: names[found[0]], text)
