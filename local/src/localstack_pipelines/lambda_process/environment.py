"""The environment variables a function sees: AWS's and its own, and nothing of the process that starts it.

Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from localstack_pipelines.lambda_process.interpreter import Interpreter

# What LocalStack passes to the init process of its containers, which does not exist here.
INTERNAL_PREFIX = "LOCALSTACK_"

# Documented as visible to functions, although it has the prefix.
PUBLIC_NAMES = frozenset({"LOCALSTACK_HOSTNAME"})


def function_environment(
    given: Mapping[str, object],
    configured: Mapping[str, str],
    interpreter: Interpreter,
    task_root: Path,
    scratch: Path,
) -> dict[str, str]:
    """Return every variable of a function's process but ``AWS_LAMBDA_RUNTIME_API``.

    :param given: what LocalStack made for the execution environment; some values are numbers.
    :param configured: the function's own variables, which win over all others, as on AWS they may set
        ``PATH`` or ``LANG``. Lambda refuses its reserved names when the function is created.
    :param task_root: the folder of the unpacked code.
    :param scratch: the folder that stands in for ``/tmp`` and the home folder, so that neither the machine's
        AWS configuration nor another function's files are found.
    """
    internal = {
        name
        for name in given
        if name.startswith(INTERNAL_PREFIX) and name not in PUBLIC_NAMES and name not in configured
    }
    return {
        "PATH": f"{interpreter.executable.parent}:/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
        **{name: str(value) for name, value in given.items() if name not in internal},
        "LAMBDA_TASK_ROOT": str(task_root),
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{interpreter.runtime}",
        **configured,
    }
