"""An account is reached with the settings of the environment, and git with the helper that AWS publishes."""

from __future__ import annotations

import base64
import http.server
import ipaddress
import os
import re
import ssl
import subprocess
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from changegate_cli.local.account import ACCOUNT_PACE, AwsAccount
from changegate_cli.local.errors import LocalRunError
from changegate_cli.local.provisioned import LOCAL_PACE
from changegate_cli.local.repository import Repository

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PIPELINE = {"repository_name": "orders", "repository_clone_url_http": "http://127.0.0.1:4566/repos/orders"}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token/of+session=")


@pytest.fixture
def account(tmp_path: Path) -> AwsAccount:
    return AwsAccount(tmp_path, "eu-central-1")


def test_an_account_is_looked_at_gently(account: AwsAccount) -> None:
    assert account.pace == ACCOUNT_PACE
    account.check()
    client = account.client("codepipeline")
    assert client.meta.region_name == "eu-central-1"
    assert client.meta.endpoint_url == "https://codepipeline.eu-central-1.amazonaws.com"
    assert client.meta.config.retries["total_max_attempts"] == 10


def test_git_goes_through_the_helper(account: AwsAccount) -> None:
    assert account.remote(PIPELINE).url == "codecommit::eu-central-1://orders"


@pytest.mark.parametrize("name", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_CODECOMMIT"])
def test_git_goes_where_an_emulator_says(account: AwsAccount, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "http://127.0.0.1:4566")
    remote = account.remote(PIPELINE)
    assert (remote.url, dict(remote.environment)) == (PIPELINE["repository_clone_url_http"], {})
    assert account.pace == LOCAL_PACE


class CodeCommit(http.server.BaseHTTPRequestHandler):
    """Serves repositories by git's own CGI program, to anyone with a password."""

    folder: Path
    seen: list[str]

    def do_GET(self) -> None:
        authorization = self.headers.get("Authorization", "")
        if not authorization:
            self.send_response(401)
            self.send_header("WWW-Authenticate", "Basic")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.seen.append(base64.b64decode(authorization.removeprefix("Basic ")).decode())
        path, _, query = self.path.partition("?")
        done = subprocess.run(
            ["git", "http-backend"],
            input=self.rfile.read(int(self.headers.get("Content-Length", 0))),
            env={
                "PATH": os.environ["PATH"],
                "GIT_PROJECT_ROOT": str(self.folder),
                "GIT_HTTP_EXPORT_ALL": "1",
                "PATH_INFO": path,
                "QUERY_STRING": query,
                "REQUEST_METHOD": self.command,
                "CONTENT_TYPE": self.headers.get("Content-Type", ""),
                "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
                "REMOTE_USER": "someone",
            },
            stdout=subprocess.PIPE,
            check=True,
        )
        head, _, body = done.stdout.partition(b"\r\n\r\n")
        self.send_response(200)
        for line in head.decode().splitlines():
            self.send_header(*line.split(": ", 1))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815  # the name that the class asks for

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name in the base class
        return


def certificate(folder: Path) -> Path:
    """Write the key and certificate of 127.0.0.1 into one file, and return it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def codecommit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[list[str], Path]]:
    """Serve the repository orders as CodeCommit does: over TLS, below /v1/repos, for a signed password."""
    bare = tmp_path / "served" / "v1" / "repos" / "orders"
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", str(bare)], check=True)
    seen: list[str] = []
    handler = type("Handler", (CodeCommit,), {"folder": tmp_path / "served", "seen": seen})
    pem = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        # The variable by which git-remote-codecommit takes another host.
        monkeypatch.setenv("CODE_COMMIT_ENDPOINT", f"127.0.0.1:{server.server_port}")
        yield seen, pem
        server.shutdown()
        serving.join()


def test_a_push_is_signed_with_the_credentials_of_the_caller(
    account: AwsAccount, codecommit: tuple[list[str], Path], tmp_path: Path
) -> None:
    seen, pem = codecommit
    remote = account.remote(PIPELINE)
    trusting = {**remote.environment, "GIT_SSL_CAINFO": str(pem)}
    content = tmp_path / "content"
    content.mkdir()
    (content / "README.md").write_text("hello\n")
    repository = Repository(tmp_path / "clone", remote.url, environment=trusting)
    repository.open()
    repository.replace_content(content)
    commit = repository.push("the first")

    served = tmp_path / "served" / "v1" / "repos" / "orders"
    head = subprocess.run(["git", "rev-parse", "main"], cwd=served, capture_output=True, text=True, check=True)
    assert head.stdout.strip() == commit
    # The user's name is the access key and the token; the password is a time and a signature of version 4.
    for password in seen:
        assert re.fullmatch(r"AKIAEXAMPLE%token/of\+session=:\d{8}T\d{6}Z[0-9a-f]{64}", password), password
    assert seen


def test_without_credentials_it_is_said(account: AwsAccount, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    remote = account.remote(PIPELINE)
    repository = Repository(tmp_path / "clone", remote.url, environment=remote.environment)
    repository.open()
    with pytest.raises(LocalRunError, match="does not have credentials configured"):
        repository.replace_content(tmp_path)
