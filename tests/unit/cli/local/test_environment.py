"""What a run does not take over from the person who starts it."""

from __future__ import annotations

import os

from changegate_cli.local.environment import isolate, isolated


def test_nothing_leads_to_an_account_of_the_person() -> None:
    environment = isolated(
        {
            "PATH": "/bin",
            "AWS_PROFILE": "production",
            "AWS_ENDPOINT_URL_S3": "https://s3.example.com",
            "TF_VAR_name": "mine",
            "TF_CLI_ARGS": "-refresh=false",
            "GIT_DIR": "/elsewhere",
        }
    )
    assert environment == {
        "PATH": "/bin",
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def test_a_proxy_stays_for_the_registry_but_not_for_this_machine() -> None:
    environment = isolated({"HTTPS_PROXY": "http://proxy:3128", "no_proxy": "example.com,127.0.0.1"})
    assert environment["HTTPS_PROXY"] == "http://proxy:3128"
    assert environment["NO_PROXY"] == environment["no_proxy"] == "example.com,127.0.0.1"


def test_a_process_is_isolated_in_place_and_twice_is_once() -> None:
    environment = {"AWS_PROFILE": "production", "PATH": "/bin"}
    isolate(environment)
    once = dict(environment)
    isolate(environment)
    assert environment == once
    assert "AWS_PROFILE" not in environment
