"""The end of the shared instance; these tests run last, in this order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from changegate_cli.local.commands import DEFAULT
from changegate_cli.local.errors import LocalRunError
from changegate_cli.local.family import Family
from tests.support.inventory import inventory

if TYPE_CHECKING:
    from changegate_cli.local.installation import Installation
    from changegate_cli.local.terraform import LocalTerraform
    from tests.e2e.conftest import Commands


def test_a_second_up_says_that_it_is_up(commands: Commands, run: Installation) -> None:
    answer = commands.run("up")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout.strip() == f"The local AWS is up already: {run.aws.endpoint_url}. `make down` stops it."


def test_push_deploys_an_edit_and_then_finds_nothing_to_push(commands: Commands, run: Installation) -> None:
    sample = commands.checkout.sample_app / "infra" / "template.yaml"
    deployed = run.aws.client("cloudformation").get_template(StackName=run.stack_name, TemplateStage="Original")
    text = str(deployed["TemplateBody"])
    edited = text.replace("MessageRetentionPeriod: 1209600", "MessageRetentionPeriod: 600000")
    assert edited != text
    sample.write_text(edited)
    answer = commands.run("push")
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.splitlines()[-1] == "Updated."

    answer = commands.run("push")
    assert answer.returncode == 1
    assert answer.stderr == (
        "changegate: Nothing has changed since the last push: edit examples/sample-app/infra/template.yaml first.\n"
    )


def test_push_ends_with_1_and_the_reason_when_the_pipeline_is_red(commands: Commands, run: Installation) -> None:
    sample = commands.checkout.sample_app / "infra" / "template.yaml"
    sample.write_text(sample.read_text().replace("-alerts", "-alarms"))
    answer = commands.run("push")
    assert answer.returncode == 1
    assert answer.stderr == (
        "changegate: Changegate.Rejected: The change set was rejected and nothing was changed: "
        "AlertTopic (AWS::SNS::Topic) would be replaced.\n"
    )


def test_destroy_leaves_nothing(terraform: LocalTerraform, run: Installation) -> None:
    try:
        terraform.destroy()
    except LocalRunError as error:
        # A busy machine can lose LocalStack's answer to the deletion of many versions. The provider asks again, and
        # LocalStack, unlike S3, reports versions that are gone as errors. A second destroy works.
        assert "NoSuchVersion" in str(error)  # noqa: PT017  # any other error fails the test
        terraform.destroy()
    assert terraform.addresses() == ()
    # Terraform does not remove what CloudFormation has deployed.
    assert [thing for thing in inventory(run.aws) if run.stack_name not in thing.name] == []


def test_down_ends_everything(commands: Commands, run: Installation) -> None:
    family = Family(run.aws.pid)
    answer = commands.run("down")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert family.remaining() == []
    assert not (commands.checkout.instances / DEFAULT).exists()

    answer = commands.run("down")
    assert (answer.returncode, answer.stdout.strip()) == (0, "No local AWS is up.")
    answer = commands.run("push")
    assert (answer.returncode, answer.stderr) == (1, "changegate: No local AWS is up: run `make up` first.\n")
