"""Renders the state machine's definition as Terraform does, with Terraform's own ``templatefile``."""

from __future__ import annotations

import base64
import json
import subprocess
import tempfile
from typing import Any

from tests.support.checkout import ROOT
from tests.support.tasks import TASKS

TERRAFORM = ROOT / ".tools" / "bin" / "terraform"


def function_arn(name: str) -> str:
    """Return the ARN that stands for a function in the rendered definition."""
    return f"arn:aws:lambda:eu-west-1:000000000000:function:changegate-{name.replace('_', '-')}"


def render(**changed: Any) -> str:
    """Return the definition's text; ``changed`` replaces variables of the template."""
    variables = {
        "partition": "aws",
        "functions": {name: function_arn(name) for name in TASKS},
        "policy": "{}",
        "retry": (ROOT / "asl" / "retry.json").read_text(),
        "waiting": {
            "minimum_seconds": 5,
            "maximum_seconds": 60,
            "busy_stack_seconds": 3600,
            "change_set_seconds": 1800,
            "stack_operation_seconds": 14400,
        },
        "task_timeout_seconds": 60,
        "execution_timeout_seconds": 43200,
        **changed,
    }
    template = ROOT / "asl" / "deploy.json.tftpl"
    # JSON is HCL's syntax for objects too, but for template sequences: "${" and "%{" would be evaluated.
    literal = json.dumps(variables).replace("${", "$${").replace("%{", "%%{")
    expression = f"base64encode(templatefile({json.dumps(str(template))}, {literal}))"
    with tempfile.TemporaryDirectory() as empty:
        result = subprocess.run(
            [str(TERRAFORM), "console"], cwd=empty, input=expression, capture_output=True, text=True, check=True
        )
    return base64.b64decode(result.stdout.strip().strip('"')).decode()


def states(definition: str) -> dict[str, Any]:
    """Return the states of a rendered definition by name."""
    content: dict[str, Any] = json.loads(definition)["States"]
    return content
