"""Python 3.13 is found by running candidates, or else uv downloads it; uv comes from a package index, hash checked."""

from __future__ import annotations

import base64
import hashlib
import json
import platform
import shlex
import subprocess
import sys
import tarfile
import zipfile
from typing import TYPE_CHECKING, Protocol

import pytest

from tests.dev.bootstrap.helpers import Mirror, write_script
from tests.support.checkout import ROOT

if TYPE_CHECKING:
    from pathlib import Path

# The interpreter that the environment of the tests was created from.
BASE = getattr(sys, "_base_executable", sys.executable)
# Makes a Python fail the probe of the search only.
REFUSES_THE_PROBE = 'case "$*" in *sqlite3*) exit 1 ;; esac'
RELEASE = "3.13.18"


def shell(script: str, checkout: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run one of the scripts of the bootstrap."""
    return subprocess.run(
        ["sh", f"dev/bootstrap/{script}"],  # the shell of PATH, as make would
        cwd=checkout,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def sentence(done: subprocess.CompletedProcess[str]) -> str:
    """Return the last line of a command that failed with a message."""
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    last = done.stderr.splitlines()[-1]
    assert last.startswith("changegate: ")
    return last


def python_script(path: Path, before: str = ":") -> Path:
    """Write a script that runs ``before`` and then the Python of the tests."""
    return write_script(path, f'{before}\nexec {shlex.quote(str(BASE))} "$@"')


class TestFinding:
    """find_python.sh accepts a usable Python 3.13 only."""

    def test_a_working_one_on_path(self, checkout: Path, tmp_path: Path, bare_environment: dict[str, str]) -> None:
        python_script(tmp_path / "tools" / "python3.13")

        done = shell("find_python.sh", checkout, bare_environment)

        assert (done.returncode, done.stdout, done.stderr) == (0, f"{BASE}\n", "")

    def test_any_name_will_do_when_the_version_is_right(
        self, checkout: Path, tmp_path: Path, bare_environment: dict[str, str]
    ) -> None:
        python_script(tmp_path / "tools" / "python")

        assert shell("find_python.sh", checkout, bare_environment).stdout == f"{BASE}\n"

    def test_a_shim_that_fails_is_none(self, checkout: Path, tmp_path: Path, bare_environment: dict[str, str]) -> None:
        write_script(tmp_path / "tools" / "python3.13", 'echo "python3.13: command not found" >&2; exit 127')

        done = shell("find_python.sh", checkout, bare_environment)

        assert (done.returncode, done.stdout, done.stderr) == (1, "", "")

    def test_behind_a_shim_that_fails_the_next_of_the_name_is_found(
        self, checkout: Path, tmp_path: Path, bare_environment: dict[str, str]
    ) -> None:
        shim = write_script(tmp_path / "shims" / "python3.13", "exit 127")
        python_script(tmp_path / "tools" / "python3.13")
        path = f"{shim.parent}:{bare_environment['PATH']}"

        assert shell("find_python.sh", checkout, {**bare_environment, "PATH": path}).stdout == f"{BASE}\n"

    def test_the_versions_of_pyenv_are_looked_through(
        self, checkout: Path, tmp_path: Path, bare_environment: dict[str, str]
    ) -> None:
        write_script(tmp_path / "tools" / "python3.13", "exit 127")
        write_script(tmp_path / "pyenv" / "versions" / "3.13.1" / "bin" / "python3.13", "exit 1")
        python_script(tmp_path / "pyenv" / "versions" / "3.13.2" / "bin" / "python3.13")
        environment = {**bare_environment, "PYENV_ROOT": str(tmp_path / "pyenv")}

        assert shell("find_python.sh", checkout, environment).stdout == f"{BASE}\n"

    def test_uv_knows_of_one(self, checkout: Path, tmp_path: Path, bare_environment: dict[str, str]) -> None:
        hidden = python_script(tmp_path / "hidden" / "python3.13")
        write_script(tmp_path / "tools" / "uv", f'[ "$1 $2" = "python find" ] && echo "{hidden}"')

        assert shell("find_python.sh", checkout, bare_environment).stdout == f"{BASE}\n"

    def test_a_virtual_environment_yields_what_it_was_made_from(
        self, checkout: Path, tmp_path: Path, bare_environment: dict[str, str]
    ) -> None:
        subprocess.run([BASE, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
        environment = {**bare_environment, "PATH": f"{tmp_path / 'venv' / 'bin'}:{bare_environment['PATH']}"}

        assert shell("find_python.sh", checkout, environment).stdout == f"{BASE}\n"

    @pytest.mark.parametrize(
        "unfit",
        [
            "import sys; sys.version_info = (3, 12, 9)",
            "import sys; sys.version_info = (3, 14, 0)",
            "import sys; sys.modules['ensurepip'] = None",
            "import sys; sys.modules['ssl'] = None",
            "import sysconfig; sysconfig.get_config_var = lambda name: name == 'Py_GIL_DISABLED'",
        ],
        ids=["3.12", "3.14", "no ensurepip", "no ssl", "free-threaded"],
    )
    def test_one_that_does_not_fit_is_none(
        self, checkout: Path, tmp_path: Path, bare_environment: dict[str, str], unfit: str
    ) -> None:
        # The probe is the last argument; the change goes before it.
        write_script(
            tmp_path / "tools" / "python3",
            f'for last; do :; done\nexec {shlex.quote(str(BASE))} -I -c "{unfit}\n$last"',
        )

        assert shell("find_python.sh", checkout, bare_environment).returncode == 1

    def test_the_named_one_is_the_only_candidate(
        self, checkout: Path, tmp_path: Path, bare_environment: dict[str, str]
    ) -> None:
        python_script(tmp_path / "tools" / "python3.13")
        unfit = write_script(tmp_path / "unfit", "exit 1")

        assert shell("find_python.sh", checkout, {**bare_environment, "CHANGEGATE_PYTHON": str(unfit)}).returncode == 1
        assert sentence(
            shell("bootstrap.sh", checkout, {**bare_environment, "CHANGEGATE_PYTHON": str(unfit)})
        ).startswith(f"changegate: CHANGEGATE_PYTHON names {unfit}, which is not a Python 3.13")


class Bring(Protocol):
    """Runs the bootstrap with a list of Pythons that uv can download."""

    def __call__(self, downloads: dict[str, object], **variables: str) -> subprocess.CompletedProcess[str]: ...


class TestFetchingPython:
    """bootstrap.sh downloads Python if none is found."""

    @pytest.fixture
    def pinned_uv(self, checkout: Path) -> None:
        """Install the uv of this checkout into the new one."""
        folder = checkout / ".tools" / "uv"
        (folder / "bin").mkdir(parents=True)
        (folder / "bin" / "uv").symlink_to(ROOT / ".tools" / "uv" / "bin" / "uv")
        (folder / "requirements.txt").write_bytes((checkout / "dev" / "requirements" / "uv.txt").read_bytes())

    @staticmethod
    def release(url: str, sha256: str) -> dict[str, object]:
        """Return a list of downloads for uv with one release of Python for this machine."""
        linux = platform.system() == "Linux"
        return {
            "only": {
                "name": "cpython",
                "arch": {"family": {"arm64": "aarch64"}.get(platform.machine(), platform.machine()), "variant": None},
                "os": "linux" if linux else "darwin",
                "libc": "gnu" if linux else "none",
                "major": 3,
                "minor": 13,
                "patch": int(RELEASE.rpartition(".")[2]),
                "prerelease": "",
                "url": url,
                "sha256": sha256,
                "variant": None,
                "build": "20260101",
            }
        }

    @pytest.fixture
    def served(self, mirror: Mirror, tmp_path: Path) -> dict[str, object]:
        """Serve the Python that runs the tests; return a list of downloads for uv that names it."""
        tree = tmp_path / "tree" / "python"
        python_script(tree / "bin" / "python3.13")
        data = tree / "lib" / "python3.13" / f"_sysconfigdata__{sys.platform}_.py"
        data.parent.mkdir(parents=True)
        data.write_text(
            "# system configuration generated and used by the sysconfig module\nbuild_time_vars = {}\n",
            encoding="utf-8",
        )
        archive = mirror.folder / "python.tar.gz"
        with tarfile.open(archive, "w:gz") as tar:
            tar.add(tree, "python")
        return self.release(f"{mirror.url}/python.tar.gz", hashlib.sha256(archive.read_bytes()).hexdigest())

    @pytest.fixture
    def bring(self, checkout: Path, bare_environment: dict[str, str], mirror: Mirror) -> Bring:
        """Return a function that runs the bootstrap with a list of Pythons that uv can download."""

        def run(downloads: dict[str, object], **variables: str) -> subprocess.CompletedProcess[str]:
            (mirror.folder / "downloads.json").write_text(json.dumps(downloads), encoding="utf-8")
            listed = {"UV_PYTHON_DOWNLOADS_JSON_URL": f"{mirror.url}/downloads.json"}
            return shell("bootstrap.sh", checkout, {**bare_environment, **listed, **variables})

        return run

    @pytest.mark.usefixtures("pinned_uv")
    def test_uv_fetches_it_into_the_checkout(
        self, checkout: Path, tmp_path: Path, bring: Bring, served: dict[str, object]
    ) -> None:
        done = bring(served)

        assert done.returncode == 0, done.stderr
        assert f"downloading Python {RELEASE} into .tools/python" in done.stderr
        assert len(list((checkout / ".tools" / "python").glob(f"cpython-{RELEASE}-*/bin/python3.13"))) == 1
        version = subprocess.run(
            [checkout / ".tools" / "bin" / "python3.13", "--version"], capture_output=True, text=True, check=True
        )
        assert version.stdout.startswith("Python 3.13.")
        # Nothing is installed for the user: no link to the command, no Python in the usual folders of uv.
        assert not [path for path in (tmp_path / "home").rglob("*python*") if "cache" not in path.parts]

    @pytest.mark.usefixtures("pinned_uv")
    def test_a_second_run_fetches_nothing(self, bring: Bring, served: dict[str, object]) -> None:
        bring(served)

        again = bring({})

        assert (again.returncode, again.stdout, again.stderr) == (0, "", "")

    @pytest.mark.usefixtures("pinned_uv", "served")
    def test_another_sha256_is_one_sentence(self, checkout: Path, bring: Bring, mirror: Mirror) -> None:
        last = sentence(bring(self.release(f"{mirror.url}/python.tar.gz", "0" * 64)))

        assert f"Python {RELEASE} could not be downloaded" in last
        assert not (checkout / ".tools" / "bin" / "python3.13").is_symlink()

    @pytest.mark.usefixtures("pinned_uv")
    def test_a_refused_connection_is_one_sentence(self, bring: Bring, refusing_url: str) -> None:
        last = sentence(bring(self.release(f"{refusing_url}/python.tar.gz", "0" * 64)))

        assert "install Python 3.13, or set UV_PYTHON_INSTALL_MIRROR to a mirror" in last

    def test_the_uv_of_the_user_helps_where_there_is_no_python_at_all(
        self, checkout: Path, tmp_path: Path, bring: Bring, served: dict[str, object]
    ) -> None:
        (tmp_path / "tools" / "uv").symlink_to(ROOT / ".tools" / "uv" / "bin" / "uv")

        done = bring(served, PIP_NO_INDEX="1")

        # Python is found; the pinned uv then comes from the index, which this machine cannot reach.
        assert (checkout / ".tools" / "bin" / "python3.13").is_symlink()
        assert "uv could not be installed from the package index" in sentence(done)

    def test_without_python_and_uv_the_sentence_says_what_to_install(
        self, checkout: Path, bare_environment: dict[str, str]
    ) -> None:
        assert sentence(shell("bootstrap.sh", checkout, bare_environment)).endswith("install Python 3.13.")


class TestInstallingUv:
    """uv comes from the package index that pip uses."""

    @staticmethod
    def publish(mirror: Mirror, checkout: Path) -> None:
        """Serve a package index with a wheel of uv that only prints its name, and pin it."""
        project = mirror.folder / "simple" / "uv"
        project.mkdir(parents=True)
        info = "uv-0.0.1.dist-info"
        files = {
            "uv-0.0.1.data/scripts/uv": "#!/bin/sh\necho uv 0.0.1\n",
            f"{info}/METADATA": "Metadata-Version: 2.1\nName: uv\nVersion: 0.0.1\n",
            f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        }
        record = "".join(f"{name},sha256={_digest(body)},{len(body)}\n" for name, body in files.items())
        wheel = project / "uv-0.0.1-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            for name, body in {**files, f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}.items():
                member = zipfile.ZipInfo(name)
                member.external_attr = 0o100755 << 16
                archive.writestr(member, body)
        (project / "index.html").write_text(f'<a href="{wheel.name}">{wheel.name}</a>\n', encoding="utf-8")
        pin(checkout, hashlib.sha256(wheel.read_bytes()).hexdigest())

    @pytest.fixture
    def with_python(self, tmp_path: Path, bare_environment: dict[str, str]) -> dict[str, str]:
        """Return the environment of a machine that has Python 3.13."""
        python_script(tmp_path / "tools" / "python3.13")
        return bare_environment

    def test_it_is_installed_into_the_checkout_once_for_each_pin(
        self, checkout: Path, with_python: dict[str, str], mirror: Mirror
    ) -> None:
        self.publish(mirror, checkout)
        environment = {**with_python, "PIP_INDEX_URL": f"{mirror.url}/simple"}

        first = shell("bootstrap.sh", checkout, environment)
        second = shell("bootstrap.sh", checkout, with_python)

        assert first.returncode == 0, first.stderr
        assert "Installing uv" in first.stderr
        assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
        uv = checkout / ".tools" / "uv" / "bin" / "uv"
        assert subprocess.run([uv], capture_output=True, text=True, check=True).stdout == "uv 0.0.1\n"
        assert sorted(path.name for path in (checkout / ".tools").iterdir()) == ["bin", "uv", "uv.log"]

        requirements = checkout / "dev" / "requirements" / "uv.txt"
        requirements.write_text(requirements.read_text(encoding="utf-8") + "# another pin\n", encoding="utf-8")
        assert "Installing uv" in shell("bootstrap.sh", checkout, environment).stderr

    def test_another_hash_is_one_sentence(self, checkout: Path, with_python: dict[str, str], mirror: Mirror) -> None:
        self.publish(mirror, checkout)
        pin(checkout, "0" * 64)

        done = shell("bootstrap.sh", checkout, {**with_python, "PIP_INDEX_URL": f"{mirror.url}/simple"})

        assert "uv could not be installed" in sentence(done)
        assert not (checkout / ".tools" / "uv").exists()

    def test_a_refused_connection_is_one_sentence(
        self, checkout: Path, with_python: dict[str, str], refusing_url: str
    ) -> None:
        done = shell("bootstrap.sh", checkout, {**with_python, "PIP_INDEX_URL": f"{refusing_url}/simple"})

        assert "set PIP_INDEX_URL to one that pip can reach" in sentence(done)

    def test_an_older_python_installs_it_to_fetch_the_right_one(
        self, checkout: Path, tmp_path: Path, bare_environment: dict[str, str], refusing_url: str
    ) -> None:
        python_script(tmp_path / "tools" / "python3", REFUSES_THE_PROBE)

        done = shell("bootstrap.sh", checkout, {**bare_environment, "PIP_INDEX_URL": f"{refusing_url}/simple"})

        assert "Python 3.13 was not found, and uv, which can download it, could not be installed" in sentence(done)


def pin(checkout: Path, sha256: str) -> None:
    """Pin the served uv by ``sha256``."""
    (checkout / "dev" / "requirements" / "uv.txt").write_text(f"uv==0.0.1 --hash=sha256:{sha256}\n", encoding="utf-8")


def _digest(body: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(body.encode()).digest()).rstrip(b"=").decode()


def test_the_release_that_is_fetched_is_the_pinned_one() -> None:
    script = (ROOT / "dev" / "bootstrap" / "bootstrap.sh").read_text(encoding="utf-8")

    assert f"CHANGEGATE_PYTHON_RELEASE:-{RELEASE}}}" in script
