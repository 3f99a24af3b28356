"""The pictures of the documentation are current, whole and readable in light and in dark."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from dev.bootstrap.environments import GROUPS
from dev.checkout import ROOT
from dev.generate import pictures

SOURCES = pictures.sources()
STATES = pictures.states()

pytestmark = pytest.mark.terraform


def picture(name: str) -> str:
    return (pictures.FOLDER / f"{name}.svg").read_text("utf-8")


@pytest.mark.parametrize("name", SOURCES)
def test_a_picture_is_current(name: str) -> None:
    assert pictures.is_current(picture(name), SOURCES[name]), "run make pictures"


def test_every_picture_has_a_source() -> None:
    assert {path.stem for path in pictures.FOLDER.glob("*.svg")} == set(SOURCES)


def test_every_state_is_in_the_picture_once() -> None:
    nodes = re.findall(r'class="node (\w+)">\n<title>(.*?)</title>', picture("state-machine"))
    assert sorted((html.unescape(name), kind) for kind, name in nodes) == sorted(
        (name, state["Type"].lower()) for name, state in STATES.items()
    )


def test_every_transition_is_in_the_picture_but_the_usual_catch() -> None:
    drawn = re.findall(r'class="edge[^"]*">\n<title>(.*?)</title>', picture("state-machine"))
    expected = []
    for name, state in STATES.items():
        targets = [rule["Next"] for rule in state.get("Choices", [])]
        targets += [state[key] for key in ("Default", "Next") if key in state]
        targets += [catch["Next"] for catch in state.get("Catch", []) if catch["Next"] != pictures.USUAL_CATCH]
        expected += [f"{name}->{target}" for target in targets]
    assert sorted(map(html.unescape, drawn)) == sorted(expected)


@pytest.mark.parametrize("name", SOURCES)
def test_a_picture_needs_nothing_from_elsewhere_and_has_a_dark_side(name: str) -> None:
    text = picture(name)
    assert "prefers-color-scheme: dark" in text
    assert not re.search(r"(?:href|src)=|url\(|@import", text)
    # A background would be a light sheet on a dark page.
    assert 'fill="white"' not in text


CHANGED = [
    pytest.param(lambda drawn: drawn.replace("Create Stack", "Create Slack"), "source", id="picture"),
    pytest.param(lambda drawn: drawn, "another source", id="source"),
    pytest.param(lambda drawn: drawn[: drawn.index("<!-- make")], "source", id="no stamp"),
]


@pytest.mark.parametrize(("change", "source"), CHANGED)
def test_what_was_changed_by_hand_or_has_another_source_is_not_current(change: Any, source: str) -> None:
    drawn = pictures.stamped("<svg>\n<text>Create Stack</text>\n</svg>\n", "source")
    assert pictures.is_current(drawn, "source")
    assert not pictures.is_current(change(drawn), source)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"Variable": "$.taskParams.phase", "StringEquals": "busy", "Next": "A"}, "busy"),
        ({"Variable": "$.taskParams.there", "BooleanEquals": True, "Next": "A"}, "true"),
        ({"Variable": "$.error", "IsPresent": True, "Next": "A"}, "error"),
        ({"Variable": "$.error", "IsPresent": False, "Next": "A"}, "no error"),
        ({"Variable": "$.a.b", "StringEqualsPath": "$.a.c", "Next": "A"}, "b\n= c"),
        (
            {
                "And": [
                    {"Variable": "$.a.b", "IsPresent": True},
                    {"Not": {"Variable": "$.a.b", "StringEqualsPath": "$.a.c"}},
                ],
                "Next": "A",
            },
            "b\n≠ c",
        ),
    ],
)
def test_a_condition_is_a_few_words(rule: dict[str, Any], words: str) -> None:
    assert pictures.condition(rule) == words


def test_check_names_what_is_not_current(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "sources", lambda: {"flow": "digraph { another }"})
    assert pictures.main(["--check"]) == 1
    assert capsys.readouterr().err == "docs/pictures/flow.svg is not current: run make pictures\n"


@pytest.mark.skipif(
    not (ROOT / GROUPS["pictures"][0].folder / "node/node_modules").exists(), reason="Graphviz comes with make pictures"
)
def test_drawing_again_draws_the_same() -> None:
    assert pictures.draw(SOURCES["flow"]) == picture("flow")
