"""Renders the definition of the state machine with Terraform, from ``definition.tf`` as it is."""

from __future__ import annotations

import base64
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from changegate_cli.terraform import Terraform
from tests.support.checkout import ROOT
from tests.support.tasks import TASKS


def function_arn(name: str) -> str:
    """Return the ARN of a function in the rendered definition."""
    return f"arn:aws:lambda:eu-west-1:000000000000:function:changegate-{name.replace('_', '-')}"


def render(
    *,
    partition: str = "aws",
    functions: dict[str, str] | None = None,
    **variables: Any,
) -> str:
    """Return the definition.

    :param partition: the partition in ARNs.
    :param functions: the ARNs of the functions by key.
    :param variables: values of Terraform variables.
    """
    given = {
        "locals": {
            "tasks": TASKS,
            "partition": partition,
            "task_function_arns": functions or {name: function_arn(name) for name in TASKS},
        },
        "variable": {
            name: {"default": value}
            for name, value in {
                "policy": {},
                "waiting": {
                    "minimum_seconds": 5,
                    "maximum_seconds": 60,
                    "busy_stack_seconds": 3600,
                    "change_set_seconds": 1800,
                    "stack_operation_seconds": 14400,
                },
                "task_timeout_seconds": 60,
                "execution_timeout_seconds": 43200,
                **variables,
            }.items()
        },
    }
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        shutil.copy(ROOT / "definition.tf", folder)
        shutil.copytree(ROOT / "asl", folder / "asl")
        (folder / "given.tf.json").write_text(json.dumps(given), "utf-8")
        done = Terraform.of(ROOT, folder=folder).run("console", stdin="base64encode(local.definition)")
    if done.returncode != 0:
        raise AssertionError(done.stdout + done.stderr)
    return base64.b64decode(done.stdout.strip().strip('"')).decode()


def states(definition: str) -> dict[str, Any]:
    """Return the states of a rendered definition by name."""
    content: dict[str, Any] = json.loads(definition)["States"]
    return content
