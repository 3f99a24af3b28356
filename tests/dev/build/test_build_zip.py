"""The deployment package: the same bytes everywhere, complete, and without anything else."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from dev.build import build_zip
from dev.console import CommandError
from tests.support.checkout import ROOT
from tests.support.tasks import FUNCTIONS, module_of

if TYPE_CHECKING:
    from pathlib import Path


def build(checkout: Path, output: Path, *arguments: str, umask: int = 0o022, **variables: str) -> bytes:
    """Build the package of ``checkout`` in a separate process, as make does; return its bytes.

    uv uses its cache, so the tests need the network only if the cache was cleared after the setup.
    """
    for network in ({"UV_OFFLINE": "1"}, {}):
        done = subprocess.run(
            [sys.executable, "-m", "dev.build.build_zip", "--output", str(output), *arguments],
            cwd=checkout,
            env={**os.environ, **network, **variables},
            umask=umask,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == 0:
            return output.read_bytes()
    raise AssertionError(done.stderr)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the package of this checkout once."""
    path = tmp_path_factory.mktemp("package") / "changegate.zip"
    build(ROOT, path)
    return path


@pytest.fixture(scope="module")
def names(package: Path) -> list[str]:
    """Return the names of its members."""
    with zipfile.ZipFile(package) as archive:
        return archive.namelist()


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """Copy the sources of the package to another folder, with other file times and another order of creation."""
    folder = tmp_path / "another check out"
    shutil.copytree(ROOT / "dev", folder / "dev", ignore=shutil.ignore_patterns("__pycache__"))
    sources = ROOT / "lambda_src" / "changegate"
    for path in sorted(sources.rglob("*"), reverse=True):
        if path.is_file() and "__pycache__" not in path.parts:
            target = folder / "lambda_src" / "changegate" / path.relative_to(sources)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
            target.chmod(0o600)
            os.utime(target, (1, 1))
    uv = folder / ".tools" / "uv" / "bin" / "uv"
    uv.parent.mkdir(parents=True)
    uv.symlink_to(ROOT / ".tools" / "uv" / "bin" / "uv")
    return folder


def test_twice_the_same_bytes(package: Path, tmp_path: Path) -> None:
    assert build(ROOT, tmp_path / "again.zip") == package.read_bytes()


def test_the_same_bytes_from_another_path_with_another_mask_date_zone_and_language(
    package: Path, elsewhere: Path, tmp_path: Path
) -> None:
    again = build(
        elsewhere,
        tmp_path / "elsewhere.zip",
        umask=0o077,
        TZ="Pacific/Kiritimati",
        LANG="C",
        LC_ALL="C",
        PYTHONHASHSEED="7",
        SOURCE_DATE_EPOCH="1893456000",
    )

    assert again == package.read_bytes()


def test_what_lies_beside_the_sources_does_not_matter(package: Path, elsewhere: Path, tmp_path: Path) -> None:
    sources = elsewhere / "lambda_src" / "changegate"
    (sources / "__pycache__").mkdir()
    for name in ("__pycache__/trigger.cpython-313.pyc", "trigger.py~", ".trigger.py.swp", "notes.txt"):
        (sources / name).write_text("left behind", encoding="utf-8")

    assert build(elsewhere, tmp_path / "elsewhere.zip") == package.read_bytes()


def test_a_changed_source_changes_the_package(package: Path, elsewhere: Path, tmp_path: Path) -> None:
    changed = elsewhere / "lambda_src" / "changegate" / "__init__.py"
    changed.write_bytes(changed.read_bytes() + b"\n")

    assert build(elsewhere, tmp_path / "elsewhere.zip") != package.read_bytes()


def test_an_unchanged_package_is_not_written_again(tmp_path: Path) -> None:
    output = tmp_path / "changegate.zip"
    build(ROOT, output)
    before = output.stat()

    build(ROOT, output)

    assert (output.stat().st_ino, output.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert list(tmp_path.iterdir()) == [output]


def test_a_second_build_needs_no_index(elsewhere: Path, tmp_path: Path) -> None:
    output = tmp_path / "changegate.zip"
    first = build(elsewhere, output)

    again = build(elsewhere, output, UV_DEFAULT_INDEX="http://127.0.0.1:9/simple", UV_CACHE_DIR=str(tmp_path / "cache"))

    assert again == first


def test_both_architectures_get_the_same_pure_python(package: Path, tmp_path: Path) -> None:
    assert build(ROOT, tmp_path / "x86_64.zip", "--architecture", "x86_64") == package.read_bytes()


def test_members_are_sorted_stored_and_readable_by_everybody(package: Path, names: list[str]) -> None:
    with zipfile.ZipFile(package) as archive:
        members = archive.infolist()
        assert archive.testzip() is None

    assert names == sorted(set(names))
    assert {member.date_time for member in members} == {(1980, 1, 1, 0, 0, 0)}
    assert {member.external_attr >> 16 for member in members} == {0o100644}
    assert {member.create_system for member in members} == {3}
    assert {member.compress_type for member in members} == {zipfile.ZIP_STORED}
    assert {member.extra for member in members} == {b""}


def test_it_holds_our_package_and_its_requirements_only(names: list[str]) -> None:
    requirements = (ROOT / "dev" / "requirements" / "lambda.txt").read_text("utf-8")
    pinned = re.findall(r"^([a-z0-9-]+)==", requirements, re.MULTILINE)
    distributions = {name.partition("-")[0].replace("_", "-") for name in names if ".dist-info/" in name}
    sources = ROOT / "lambda_src"

    assert distributions == set(pinned)
    assert {name for name in names if name.startswith("changegate/")} == {
        path.relative_to(sources).as_posix()
        for path in (sources / "changegate").rglob("*")
        if path.suffix in {".py", ".json"} or path.name == "py.typed"
    }


@pytest.mark.parametrize("name", ["boto3", "botocore", "s3transfer", "pytest", "setuptools", "pip", "uv"])
def test_what_the_runtime_provides_or_nobody_needs_is_not_in_it(names: list[str], name: str) -> None:
    assert [member for member in names if member.startswith((f"{name}/", f"{name}-"))] == []


def test_no_trace_of_the_installation_is_in_it(package: Path, names: list[str]) -> None:
    traces = {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json", "uv_build.json", ".lock"}

    assert [name for name in names if {"__pycache__", "tests", "bin"} & set(name.split("/")[:-1])] == []
    assert [name for name in names if name.rpartition("/")[2] in traces or name.endswith((".pyc", ".so"))] == []
    assert str(ROOT).encode() not in package.read_bytes()


def test_licences_stay_with_what_they_cover(names: list[str]) -> None:
    folders = {name.partition("/")[0] for name in names if ".dist-info/" in name}

    assert [
        folder for folder in folders if not any(name.startswith(folder) and "LICEN" in name for name in names)
    ] == []


def test_it_stays_well_below_what_lambda_takes(package: Path) -> None:
    # The quota for a direct upload is 50 MB (Lambda quotas, "Deployment package").
    assert package.stat().st_size < 10_000_000


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_handler_imports_from_the_package_alone(package: Path, tmp_path: Path, function: str) -> None:
    """Import it with the SDK, which the runtime provides, and without this checkout on the path."""
    program = (
        "import importlib, sys\n"
        "sys.path.insert(0, sys.argv[1])\n"
        "module = importlib.import_module(sys.argv[2])\n"
        "assert callable(module.handler)\n"
        "ours = {name: loaded.__file__ for name, loaded in sys.modules.items()\n"
        "        if name.partition('.')[0] in ('changegate', 'aws_lambda_powertools', 'jmespath')}\n"
        "assert ours and all(file.startswith(sys.argv[1]) for file in ours.values() if file), ours\n"
    )
    done = subprocess.run(
        [ROOT / ".venvs" / "lambda" / "bin" / "python", "-I", "-c", program, package, module_of(function)],
        cwd=tmp_path,
        env={"PATH": os.defpath, "AWS_DEFAULT_REGION": "eu-west-1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr


class TestPlatforms:
    """A distribution with machine code must be built for the architecture of the functions."""

    @staticmethod
    def installed(folder: Path, *tags: str) -> Path:
        """Put the metadata of a wheel with ``tags`` into ``folder``; return ``folder``."""
        wheel = folder / "fast-1.0.dist-info" / "WHEEL"
        wheel.parent.mkdir()
        wheel.write_text("Wheel-Version: 1.0\n" + "".join(f"Tag: {tag}\n" for tag in tags), encoding="utf-8")
        return folder

    @pytest.mark.parametrize(
        ("architecture", "tags"),
        [
            ("arm64", ["py3-none-any"]),
            ("arm64", ["cp313-cp313-manylinux_2_17_aarch64", "cp313-cp313-manylinux2014_aarch64"]),
            ("x86_64", ["cp313-cp313-manylinux_2_28_x86_64"]),
        ],
    )
    def test_what_fits_passes(self, tmp_path: Path, architecture: str, tags: list[str]) -> None:
        build_zip.check_platform(self.installed(tmp_path, *tags), architecture)

    @pytest.mark.parametrize(
        ("architecture", "tag"),
        [
            ("arm64", "cp313-cp313-manylinux_2_17_x86_64"),
            ("x86_64", "cp313-cp313-manylinux2014_aarch64"),
            ("arm64", "cp313-cp313-macosx_11_0_arm64"),
            ("x86_64", "cp313-cp313-musllinux_1_2_x86_64"),
            ("x86_64", "cp313-cp313-win_amd64"),
        ],
    )
    def test_what_does_not_fit_is_named(self, tmp_path: Path, architecture: str, tag: str) -> None:
        platform = tag.rpartition("-")[2]

        with pytest.raises(CommandError, match=rf"fast-1\.0 is built for {platform} and does not run on Lambda's"):
            build_zip.check_platform(self.installed(tmp_path, tag), architecture)


def test_two_members_of_one_name_are_refused(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"

    with pytest.raises(CommandError, match=f"would hold six.py twice: {first} and {second}"):
        build_zip.pack([("six.py", first), ("six.py", second)])


def test_an_index_that_refuses_is_one_sentence(elsewhere: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "dev.build.build_zip", "--output", str(tmp_path / "changegate.zip")],
        cwd=elsewhere,
        env={
            **os.environ,
            "UV_DEFAULT_INDEX": "http://127.0.0.1:9/simple",
            "UV_CACHE_DIR": str(tmp_path / "cache"),
            "UV_HTTP_RETRIES": "0",
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("changegate: The requirements of the deployment package could not")
    assert not (tmp_path / "changegate.zip").exists()
