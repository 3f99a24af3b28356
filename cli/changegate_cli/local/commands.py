"""The commands of ``changegate local``; each returns its exit code."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from changegate_cli.local import demo as scenario
from changegate_cli.local import function_logs, registry
from changegate_cli.local.errors import LocalRunError
from changegate_cli.local.installation import TEMPLATE, Installation, apply
from changegate_cli.local.instance import ENDED, SETTINGS, LocalAwsError, client_environment, launch
from changegate_cli.local.repository import NothingToPushError
from changegate_cli.signals import ignored

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from changegate_cli.local.checkout import Checkout
    from changegate_cli.local.instance import LocalAws
    from changegate_cli.watch.display import Display

# The name of the instance that `up` starts.
DEFAULT = "default"


def demo(checkout: Checkout, display: Display) -> int:
    """Show the four pushes on an instance that lives only for that; 0 only if each did what it must do.

    :raises CommandError: when it cannot continue, or a push did something else.
    """
    checkout.require_built()
    registry.sweep(checkout.instances)
    home = checkout.instances / f"{registry.DEMO_PREFIX}{os.getpid()}"
    # The system reuses process ids: a demo that was killed may have had this one.
    registry.discard(home)
    reports: list[scenario.PushReport] = []
    with _instance(checkout, home, display) as aws:
        installation = apply(checkout, aws, display)
        for number, push in enumerate(scenario.PUSHES, start=1):
            display.heading(f"Push {number} of {len(scenario.PUSHES)}: {push.title} ({push.edit})")
            report = scenario.make_push(installation, checkout, display, push)
            reports.append(report)
            if report.problems:
                # The next push would start from an unexpected state.
                break
        display.heading("What happened")
        display.show(scenario.table(reports))
        problems = [problem for report in reports for problem in report.problems]
        if problems:
            raise LocalRunError(" ".join(problems))
    return 0


def up(checkout: Checkout, display: Display) -> int:
    """Start the instance that stays, apply everything and make the first push.

    :raises CommandError: when it cannot; then nothing is left running.
    """
    checkout.require_built()
    home = checkout.instances / DEFAULT
    with registry.locked(checkout.instances, DEFAULT):
        found = registry.running(home)
        if found is not None:
            aws, _ = found
            display.say(f"The local AWS is up already: {aws.endpoint_url}. `make down` stops it.")
            return 0
        registry.discard(home)
        with _instance(checkout, home, display, stays=True) as aws:
            registry.write(home, registry.InstanceRecord.of(aws))
            installation = apply(checkout, aws, display)
            display.heading("First push: the sample application")
            result = installation.push(display, checkout.sample_app, "the sample application")
            if not result.is_green:
                raise LocalRunError(f"The first push failed: {result.reason}")
            registry.write(home, registry.InstanceRecord.of(aws, installation.outputs))
        display.heading("The local AWS is up")
        display.say(_guide(installation))
    return 0


def push(checkout: Checkout, display: Display) -> int:
    """Push the sample as it is now and follow it.

    :raises CommandError: when no instance is up, nothing has changed, git fails or the pipeline ends red.
    """
    with registry.locked(checkout.instances, DEFAULT):
        found = registry.running(checkout.instances / DEFAULT)
        if found is None or found[1].outputs is None:
            raise LocalRunError("No local AWS is up: run `make up` first.")
        aws, record = found
        installation = Installation(aws, record.outputs or {})
        try:
            result = installation.push(display, checkout.sample_app, "Change the sample application")
        except NothingToPushError:
            template = (checkout.sample_app / TEMPLATE).relative_to(checkout.root)
            raise LocalRunError(f"Nothing has changed since the last push: edit {template} first.") from None
    if not result.is_green:
        raise LocalRunError(result.reason or "The pipeline failed and reports no reason.")
    display.say(f"{result.outcome}.")
    return 0


def down(checkout: Checkout, display: Display) -> int:
    """Stop the instance that stays and remove its files.

    :raises LocalRunError: when another command is starting it.
    """
    home = checkout.instances / DEFAULT
    with registry.locked(checkout.instances, DEFAULT):
        found = registry.running(home)
        if found is None:
            registry.discard(home)
            display.say("No local AWS is up.")
            return 0
        aws, _ = found
        with display.step(f"Stopping the local AWS at {aws.endpoint_url}"), ignored():
            aws.stop()
            registry.discard(home)
    return 0


@contextlib.contextmanager
def _instance(checkout: Checkout, home: Path, display: Display, *, stays: bool = False) -> Iterator[LocalAws]:
    """Start an instance; stop it and remove its files at the end, or only after a failure when it ``stays``.

    After a failure the logs are kept, and a message says where.
    """
    aws: LocalAws | None = None
    kept = home.with_name(f"{home.name}.logs")
    try:
        with display.step("Starting the local AWS"):
            aws = launch(
                home,
                checkout.localstack_python,
                checkout.lambda_python,
                extra_env=SETTINGS,
                outlive_parent=stays,
            )
        yield aws
    except Exception as error:
        has_ended = aws is not None and aws.has_ended()
        with ignored():
            if aws is not None and not has_ended:
                function_logs.save(aws, home / "functions.log")
            _end(aws, home, keep_logs_as=kept)
        display.say(f"The logs are in {kept}.")
        if has_ended:
            # This is the cause of any other failure.
            raise LocalRunError(ENDED) from error
        if isinstance(error, LocalAwsError):
            # The message names the log, which has moved.
            raise LocalRunError(str(error).replace(str(home), str(kept))) from error
        raise
    except BaseException:
        # The user has ended it: there is nothing to investigate.
        with ignored():
            _end(aws, home)
        raise
    if not stays:
        with display.step("Stopping the local AWS"), ignored():
            _end(aws, home)


def _end(aws: LocalAws | None, home: Path, keep_logs_as: Path | None = None) -> None:
    if aws is not None:
        aws.stop()
    registry.discard(home, keep_logs_as=keep_logs_as)


def _guide(installation: Installation) -> str:
    aws, pipeline = installation.aws, installation.pipeline
    settings = "\n".join(f"    export {name}={value}" for name, value in client_environment(aws.endpoint_url).items())
    machine = installation.outputs["state_machine_arn"]
    return f"""
Edit examples/sample-app/{TEMPLATE}, then `make push`. `make down` stops everything.

Endpoint     {aws.endpoint_url}
Repository   {pipeline["repository_clone_url_http"]} (plain `git push`, branch main, no credentials)
Log          {aws.log}

To explore it with boto3, the AWS CLI or `changegate watch`:

{settings}
    aws cloudformation describe-stack-resources --stack-name {installation.stack_name}
    aws codepipeline get-pipeline-state --name {pipeline["name"]}
    .venv/bin/changegate watch {pipeline["name"]}

To start the state machine yourself, use the input of one of its executions:

    aws stepfunctions list-executions --state-machine-arn {machine}
    aws stepfunctions describe-execution --query input --output text --execution-arn ...
    aws stepfunctions start-execution --state-machine-arn {machine} --input ...
"""
