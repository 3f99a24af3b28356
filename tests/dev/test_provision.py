"""An environment has its own state, and the state of another one is refused."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from changegate_cli.terraform import Terraform
from dev import provision
from dev.console import CommandError as BootstrapError
from tests.dev.bootstrap.helpers import write_script
from tests.support.checkout import ROOT

if TYPE_CHECKING:
    from pathlib import Path

# Replaces Terraform: it writes down how it is called, and gives prepared answers.
TERRAFORM = """
echo "$PWD: $TF_DATA_DIR: ${{TF_WORKSPACE-none}}: terraform $*" >>"{checkout}/calls"
case "$1 $2" in
"state pull") cat "{checkout}/state.json" ;;
"state push") cp "$3" "{checkout}/pushed.json" ;;
console*) cat >"{checkout}/asked"; cat "{checkout}/answer" ;;
esac
"""
# What the root module adds to the configuration.
ROOT_SUITE = f"""
mock_provider "aws" {{
  source = "{ROOT}/tests/terraform/plan/mocks"
}}

variables {{
  region                 = "eu-west-1"
  lambda_zip             = "{ROOT}/tests/terraform/plan/fixtures/functions.txt"
  deployment_policy_arns = ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
  pipelines = {{
    main = {{
      source = {{ codecommit = {{}} }}
      stages = [
        {{
          name        = "Prod"
          deployments = [{{ environment_name = "prod", stack_name = "app", template_path = "template.yaml" }}]
        }},
      ]
    }}
  }}
}}

run "refuses_an_account_that_is_none" {{
  command = plan

  variables {{
    account_id = "1111-2222-3333"
  }}

  expect_failures = [var.account_id]
}}
"""
NAME = "changegate-dev"
REGION = "eu-west-1"


def resource(**attributes: Any) -> dict[str, Any]:
    """Return a resource of a state."""
    return {"mode": "managed", "type": "aws_iam_role", "name": "this", "instances": [{"attributes": attributes}]}


def state(name: str = NAME, region: str = REGION) -> dict[str, Any]:
    """Return a state that records its environment."""
    recorded = {"name": name, "region": region, "account_id": "111122223333"}
    return {"version": 4, "outputs": {"environment": {"value": recorded}}, "resources": [resource()]}


class Scene:
    """A checkout with the environment dev, and a Terraform that only writes down how it is called."""

    def __init__(self, checkout: Path) -> None:
        self.checkout = checkout
        self.environment = provision.Environment.named("dev", checkout, {})
        for name in (
            "main.tf",
            ".terraform.lock.hcl",
            "environments/dev.tfvars",
            "environments/root.tf",
            "modules/bucket/main.tf",
        ):
            (checkout / name).parent.mkdir(parents=True, exist_ok=True)
            (checkout / name).touch()
        write_script(checkout / ".tools" / "bin" / "terraform", TERRAFORM.format(checkout=checkout))
        self.remember(None)
        answer = json.dumps(json.dumps({"name": NAME, "region": REGION}))
        # Terraform reports a lock that it waits for.
        (checkout / "answer").write_text(f"Acquiring state lock.\n{answer}\nReleasing state lock.\n", encoding="utf-8")

    def remember(self, found: dict[str, Any] | None) -> None:
        """Let ``found`` be the state."""
        (self.checkout / "state.json").write_text("" if found is None else json.dumps(found), encoding="utf-8")

    def keep(self, found: dict[str, Any]) -> Path:
        """Let ``found`` be a state in the checkout, and return its file."""
        path = self.checkout / ".state" / "dev.tfstate"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(found), encoding="utf-8")
        return path

    def put_into_s3(self) -> None:
        """Let the environment have its state in S3."""
        (self.checkout / "environments" / "dev.s3.tfbackend").write_text('bucket = "states"\n', encoding="utf-8")

    def run(self, action: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run what is tested as the Makefile does, but in this checkout."""
        program = (
            "import sys; from pathlib import Path; from dev import console, provision; "
            f"provision.ROOT = Path({str(self.checkout)!r}); console.main(provision._command)"
        )
        return subprocess.run(
            [sys.executable, "-c", program, action, "dev", *arguments],
            cwd=ROOT,
            env={**os.environ, **variables},
            capture_output=True,
            text=True,
            check=False,
        )

    def calls(self) -> list[str]:
        """Return how Terraform was called."""
        path = self.checkout / "calls"
        return path.read_text(encoding="utf-8").splitlines() if path.exists() else []

    def commands(self) -> list[str]:
        """Return the commands of Terraform alone."""
        return [call.partition(": terraform ")[2].split()[0] for call in self.calls()]


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """Return a checkout in which nothing has been provisioned."""
    return Scene(tmp_path / "checkout")


@pytest.mark.parametrize(
    ("action", "arguments"),
    [
        ("plan", "plan -input=false -var-file={variables} -no-color"),
        ("apply", "apply -var-file={variables} -no-color"),
        ("destroy", "destroy -var-file={variables} -no-color"),
    ],
)
def test_the_state_is_in_the_checkout(scene: Scene, action: str, arguments: str) -> None:
    done = scene.run(action, "-no-color", TF_WORKSPACE="theirs")

    folder = scene.checkout / ".state/dev"
    where = f"{folder}.local: : none: terraform"
    assert done.returncode == 0, done.stderr
    assert scene.calls() == [
        f"{where} init -input=false -no-color -lockfile=readonly -backend-config=path={folder}.tfstate",
        f"{where} state pull",
        f"{where} {arguments.format(variables=scene.checkout / 'environments/dev.tfvars')}",
    ]


@pytest.mark.parametrize("action", ["plan", "apply", "destroy"])
def test_the_state_is_in_s3_where_a_file_says_so(scene: Scene, action: str) -> None:
    scene.put_into_s3()
    scene.remember(state())

    done = scene.run(action)

    where = f"{scene.checkout}/.state/dev.s3: : none: terraform"
    assert done.returncode == 0, done.stderr
    assert scene.calls()[0] == (
        f"{where} init -input=false -no-color -lockfile=readonly "
        f"-backend-config={scene.checkout}/environments/dev.s3.tfbackend"
    )
    assert scene.commands() == ["init", "state", "console", action]
    assert all(call.startswith(where) for call in scene.calls())


@pytest.mark.parametrize(
    ("remote", "backend"), [(False, {"local": {}}), (True, {"s3": {"encrypt": True, "use_lockfile": True}})]
)
def test_terraform_runs_in_a_folder_of_links_with_a_backend(
    scene: Scene, remote: bool, backend: dict[str, Any]
) -> None:
    if remote:
        scene.put_into_s3()
    scene.run("plan")
    (scene.checkout / "new.tf").touch()
    (scene.checkout / "main.tf").unlink()
    scene.run("plan")

    folder = scene.environment.folder
    there = {path.name for path in folder.iterdir()}
    assert {"new.tf", "root.tf", "modules", ".terraform.lock.hcl"} <= there
    assert not there & {"main.tf", ".tools", ".state"}
    assert all(path.resolve().is_relative_to(scene.checkout) for path in folder.iterdir())
    override = json.loads((folder / "backend_override.tf.json").read_text(encoding="utf-8"))
    assert override == {"terraform": {"backend": backend}}
    assert not (scene.checkout / "backend_override.tf.json").exists()


def test_a_state_of_the_environment_is_taken(scene: Scene) -> None:
    scene.remember(state())

    done = scene.run("apply", "-var", "a=b", "-var=c=d", "-target=x")

    assert done.returncode == 0, done.stderr
    variables = f"-var-file={scene.checkout}/environments/dev.tfvars"
    assert f"console {variables} -var=a=b -var=c=d" in scene.calls()[2]
    assert (scene.checkout / "asked").read_text() == "jsonencode({ name = var.name, region = var.region })\n"
    assert scene.calls()[3].endswith(f"apply {variables} -var a=b -var=c=d -target=x")


@pytest.mark.parametrize("action", ["plan", "apply", "destroy"])
@pytest.mark.parametrize("found", [state(name="changegate-prod"), state(region="eu-central-1")])
def test_a_state_of_another_environment_is_refused(scene: Scene, action: str, found: dict[str, Any]) -> None:
    scene.remember(found)
    theirs = found["outputs"]["environment"]["value"]

    done = scene.run(action)

    assert done.returncode == 1
    assert done.stderr == (
        f"changegate: The state of dev, .state/dev.tfstate, is that of {theirs['name']} in {theirs['region']}, but "
        "environments/dev.tfvars describes changegate-dev in eu-west-1: use the state and the variables of one "
        "environment, or destroy the environment before you change its name or region.\n"
    )
    assert action not in scene.commands()


def test_resources_identify_a_state_without_outputs(scene: Scene) -> None:
    """What an interrupted apply or destroy leaves."""
    scene.remember({"resources": [resource(), resource(tags_all={"Application": NAME})]})
    assert scene.run("destroy").returncode == 0

    scene.remember({"resources": [resource(tags_all={"Application": "changegate-prod"})]})
    assert "is that of changegate-prod, but" in scene.run("destroy").stderr


@pytest.mark.parametrize(
    "found", [{"resources": [resource(tags_all=None)]}, {"resources": [resource()], "outputs": {}}]
)
def test_a_state_of_something_else_is_refused(scene: Scene, found: dict[str, Any]) -> None:
    scene.remember(found)

    done = scene.run("destroy")

    assert done.returncode == 1
    assert "has resources that are not Changegate's" in done.stderr
    assert "destroy" not in scene.commands()


def test_a_state_without_resources_is_anybodys(scene: Scene) -> None:
    scene.remember({**state(name="changegate-prod"), "resources": []})

    assert scene.run("apply").returncode == 0


def test_the_variables_can_be_outside_the_checkout(scene: Scene, tmp_path: Path) -> None:
    """An upgrade is then git pull: nothing of the team's is in the checkout."""
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "dev.tfvars").touch()

    done = scene.run("plan", ENVIRONMENTS=str(theirs))

    assert done.returncode == 0, done.stderr
    assert all(call.startswith(f"{theirs}/.state/dev.local: ") for call in scene.calls())
    assert scene.calls()[0].endswith(f"-backend-config=path={theirs}/.state/dev.tfstate")
    assert scene.calls()[2].endswith(f"plan -input=false -var-file={theirs}/dev.tfvars")
    assert (theirs / ".state/dev.local/main.tf").resolve() == scene.checkout / "main.tf"
    assert not (scene.checkout / ".state").exists()


def destroyed() -> dict[str, Any]:
    """Return a state with what holds something."""

    def of(address: str, **attributes: Any) -> dict[str, Any]:
        module, kind, name = address.rsplit(".", 2)
        return {**resource(**attributes), "module": module, "type": kind, "name": name}

    return {
        **state(),
        "outputs": {
            **state()["outputs"],
            "pipelines": {"value": {"main": {"deployments": [{"stack_name": "prod-app"}]}}},
        },
        "resources": [
            of("module.bucket.aws_s3_bucket.this", bucket="objects", force_destroy=False),
            of("module.kms[0].aws_kms_key.this", key_id="1234", deletion_window_in_days=30),
            of('module.pipeline["main"].aws_codecommit_repository.this', repository_name="app"),
            of("module.iam.aws_iam_role.cloudformation", name="deployer"),
            of("module.iam.aws_iam_role.state_machine", name="other"),
        ],
    }


def test_a_destroy_says_first_what_is_lost_and_what_is_left(scene: Scene) -> None:
    scene.remember(destroyed())

    done = scene.run("destroy")

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "Destroying the environment loses for good:",
        "  - the bucket objects, which must be empty by then",
        "  - the KMS key 1234, 30 days later, and with it what the key has encrypted",
        "  - the CodeCommit repository app, with its history",
        "  - the role deployer, without which CloudFormation cannot change prod-app",
        "It leaves:",
        "  - the stack prod-app",
        'To keep a part, run it with KEEP="..." and some of: bucket, key, repository, role.',
    ]
    assert scene.commands() == ["init", "state", "console", "destroy"]


def test_what_is_kept_leaves_the_state_before_the_destroy(scene: Scene) -> None:
    scene.remember(destroyed())

    done = scene.run("destroy", "-auto-approve", KEEP="bucket role")

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[:2] == [
        "Destroying the environment loses for good:",
        "  - the CodeCommit repository app, with its history",
    ]
    assert done.stdout.splitlines()[2:-1] == [
        "It leaves:",
        "  - the bucket objects",
        "  - the KMS key 1234",
        "  - the role deployer",
        "  - the stack prod-app",
    ]
    removed = "module.bucket.aws_s3_bucket.this module.kms[0].aws_kms_key.this module.iam.aws_iam_role.cloudformation"
    assert scene.calls()[3].endswith(f"state rm {removed}")
    assert scene.commands()[4] == "destroy"


def test_nothing_leaves_the_state_unasked(scene: Scene) -> None:
    scene.remember(destroyed())

    done = scene.run("destroy", KEEP="repository")

    assert done.returncode == 1
    assert done.stderr == "changegate: Cancelled; nothing was changed.\n"
    assert scene.commands() == ["init", "state", "console"]


def test_what_cannot_be_kept_is_refused(scene: Scene) -> None:
    done = scene.run("destroy", KEEP="bucket pipeline")

    assert done.stderr == "changegate: KEEP has pipeline; what can be kept is bucket, key, repository, role.\n"
    assert scene.calls() == []


def test_what_an_interrupted_destroy_left_is_announced(scene: Scene) -> None:
    scene.remember({"resources": [resource(tags_all={"Application": NAME})]})

    done = scene.run("destroy")

    assert done.stdout.splitlines() == [
        "Destroying the environment loses for good:",
        "  - nothing",
        "It leaves:",
        "  - nothing",
    ]


def test_a_state_in_both_places_is_refused(scene: Scene) -> None:
    scene.put_into_s3()
    scene.keep(state())

    done = scene.run("plan")

    assert done.returncode == 1
    assert "move it there with make move-state ENV=dev." in done.stderr
    assert scene.calls() == []


def test_an_empty_state_in_the_checkout_is_in_nobodys_way(scene: Scene) -> None:
    scene.put_into_s3()
    scene.keep({**state(), "resources": []})

    assert scene.run("plan").returncode == 0


def test_a_lost_backend_is_noticed(scene: Scene) -> None:
    # A data folder alone is what an attempt leaves that did not reach S3.
    data = scene.environment.remote_folder / ".terraform"
    data.mkdir(parents=True)
    assert scene.run("plan").returncode == 0

    (data / "terraform.tfstate").touch()
    done = scene.run("plan")

    assert done.returncode == 1
    assert "environments/dev.s3.tfbackend no longer exists: restore it" in done.stderr


def test_a_state_is_moved(scene: Scene) -> None:
    scene.put_into_s3()
    kept = scene.keep(state())

    done = scene.run("move-state")

    assert done.returncode == 0, done.stderr
    assert json.loads((scene.checkout / "pushed.json").read_text()) == state()
    assert not kept.exists()
    assert json.loads((kept.parent / "dev.tfstate.moved").read_text()) == state()
    assert scene.run("plan").returncode == 0


@pytest.mark.parametrize(
    ("remote", "local", "there", "sentence"),
    [
        (False, state(), None, "environments/dev.s3.tfbackend does not exist"),
        (True, None, None, "There is nothing to move"),
        (True, state(), state(), "There is a state with resources at the place in S3"),
        (True, state(name="changegate-prod"), None, "is that of changegate-prod"),
    ],
)
def test_a_state_is_moved_only_where_it_belongs(
    scene: Scene, remote: bool, local: dict[str, Any] | None, there: dict[str, Any] | None, sentence: str
) -> None:
    if remote:
        scene.put_into_s3()
    kept = scene.keep(local) if local else None
    scene.remember(there)

    done = scene.run("move-state")

    assert done.returncode == 1
    assert sentence in done.stderr
    assert not (scene.checkout / "pushed.json").exists()
    assert kept is None or kept.exists()


def test_variables_that_are_not_known_are_not_guessed(scene: Scene) -> None:
    scene.remember(state())
    (scene.checkout / "answer").write_text("(known after apply)\n", encoding="utf-8")

    done = scene.run("apply")

    assert done.returncode == 1
    assert done.stderr.startswith("changegate: environments/dev.tfvars could not be read.\n")
    assert "apply" not in scene.commands()


def test_a_broken_state_is_one_sentence(scene: Scene) -> None:
    scene.put_into_s3()
    scene.keep({}).write_text("{", encoding="utf-8")

    with pytest.raises(BootstrapError, match=r"^\.state/dev\.tfstate is not a Terraform state"):
        provision.check_backend(scene.environment)


def test_terraform_takes_the_override(tmp_path: Path) -> None:
    """The real Terraform finds in the folder of links what is in the checkout, with a backend in S3."""
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    for path in (*ROOT.glob("*.tf"), ROOT / ".terraform.lock.hcl"):
        shutil.copy(path, checkout)
    for name in ("modules", "asl", "environments"):
        shutil.copytree(ROOT / name, checkout / name)
    shutil.copy(checkout / "environments/dev.s3.tfbackend.example", checkout / "environments/dev.s3.tfbackend")
    environment = provision.Environment.named("dev", checkout, {})
    provision.link_configuration(environment)

    def terraform(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        settings = {**os.environ, **variables}
        return Terraform.of(ROOT, settings, folder=environment.folder).run(*arguments)

    done = terraform("init", "-backend=false", "-input=false", "-lockfile=readonly", "-no-color")
    assert done.returncode == 0, done.stderr
    done = terraform("validate", "-no-color")
    assert done.returncode == 0, done.stdout + done.stderr
    (environment.folder / "root.tftest.hcl").write_text(ROOT_SUITE, "utf-8")
    done = terraform("test", "-no-color")
    assert done.returncode == 0, done.stdout + done.stderr
    # Nothing listens there. The attempt shows that Terraform asks S3 with every setting of the example.
    done = terraform(
        "init",
        f"-backend-config={checkout}/environments/dev.s3.tfbackend",
        "-backend-config=skip_credentials_validation=true",
        "-backend-config=skip_requesting_account_id=true",
        "-backend-config=max_retries=1",
        "-input=false",
        "-lockfile=readonly",
        "-no-color",
        AWS_ENDPOINT_URL="http://127.0.0.1:9",
        AWS_ACCESS_KEY_ID="none",
        AWS_SECRET_ACCESS_KEY="none",
        AWS_EC2_METADATA_DISABLED="true",
    )
    assert done.returncode != 0
    assert "CHANGE-ME-terraform-state" in done.stdout + done.stderr
