"""Renders the state machine's definition as Terraform does, with Terraform's own ``templatefile``."""

from __future__ import annotations

import base64
import json
import tempfile
from pathlib import Path
from typing import Any

from changegate_cli.terraform import Terraform
from tests.support.tasks import ROOT, TASKS


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
        done = Terraform.of(ROOT, folder=Path(empty)).run("console", stdin=expression)
    done.check_returncode()
    return base64.b64decode(done.stdout.strip().strip('"')).decode()


def states(definition: str) -> dict[str, Any]:
    """Return the states of a rendered definition by name."""
    content: dict[str, Any] = json.loads(definition)["States"]
    return content
