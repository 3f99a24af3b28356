"""The environment variables of a function: AWS's and its own, and none of LocalStack's process.

Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from localstack_pipelines.lambda_process.interpreter import Interpreter

# For the init process of LocalStack's containers, which does not exist here.
INTERNAL_PREFIX = "LOCALSTACK_"

# Has the prefix, but is documented as visible to functions.
PUBLIC_NAMES = frozenset({"LOCALSTACK_HOSTNAME"})


def function_environment(
    given: Mapping[str, object],
    configured: Mapping[str, str],
    interpreter: Interpreter,
    task_root: Path,
    scratch: Path,
) -> dict[str, str]:
    """Return the variables of a function's process, except ``AWS_LAMBDA_RUNTIME_API``.

    :param given: LocalStack's variables for the execution environment; some values are numbers.
    :param configured: the function's own variables, which override the others: on AWS too, they can set ``PATH`` or
        ``LANG``. Lambda refuses its reserved names when the function is created.
    :param task_root: the directory of the unpacked code.
    :param scratch: replaces ``/tmp`` and the home directory, so that the function finds neither the machine's AWS
        configuration nor the files of another function.
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
