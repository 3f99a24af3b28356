"""The table of ``taskParams`` is what the code and the definition say, and its fields are checked."""

from __future__ import annotations

import ast
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from changegate.contract import parsing
from changegate.contract.parsing import problems
from changegate.contract.task_params import FIELDS
from changegate.errors import MisconfiguredError
from tests.support.checkout import ROOT
from tests.unit.conftest import PARAMS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PACKAGE = ROOT / "lambda_src" / "changegate"
# The rooms that know taskParams; the others take plain values.
ROOMS = ("contract", "pipeline", "states")


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(path for room in ROOMS for path in (PACKAGE / room).glob("*.py")):
        name = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        yield name, ast.parse(path.read_text(encoding="utf-8"))


def sets(tree: ast.Module) -> Counter[str]:
    """Count the fields that a module sets, as keys of dictionaries and of assignments, or forgets, in a set."""
    found: list[ast.AST | None] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            found += node.keys
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
            found.append(node.slice)
        elif isinstance(node, ast.Set):
            found += node.elts
    return _names(found)


def reads(tree: ast.Module) -> Counter[str]:
    """Count the other strings of a module that are names of fields."""
    return _names(ast.walk(tree)) - sets(tree)


def _names(nodes: Iterable[ast.AST | None]) -> Counter[str]:
    return Counter(
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in FIELDS
    )


def test_every_field_says_who_sets_it() -> None:
    setting = {name: [module for module, tree in modules() if name in sets(tree)] for name in FIELDS}
    documented = {name: [who for who in of.field.set_by if who != "input"] for name, of in FIELDS.items()}
    assert {name: sorted(who) for name, who in documented.items()} == setting


def test_every_field_says_who_reads_it() -> None:
    definition = (ROOT / "asl" / "deploy.json.tftpl").read_text(encoding="utf-8")
    chosen_by = set(re.findall(r"\$\.taskParams\.(\w+)", definition))
    reading = {
        name: sorted(
            [module for module, tree in modules() if name in reads(tree)] + ["definition"] * (name in chosen_by)
        )
        for name in FIELDS
    }
    assert {name: sorted(of.field.read_by) for name, of in FIELDS.items()} == reading


def test_every_field_has_a_meaning() -> None:
    assert [name for name, of in FIELDS.items() if not of.field.meaning] == []


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("stackName", 1, "a non-empty string"),
        ("roleArn", "role", r"a string that matches arn:"),
        ("terminationProtection", "true", "true or false"),
        ("onUnsafeUpdate", "approve", "one of reject, blue_green"),
        ("stackPhase", "idle", "one of absent, ready, busy, in_review, failed_creation, broken"),
        ("parameters", {"Size": 1}, "an object of strings"),
        ("target", {"account": "1"}, "an object of roleArn, externalId, region and no other fields"),
        ("capabilities", ["ALL"], "a list of at most 3 of CAPABILITY_IAM, CAPABILITY_NAMED_IAM"),
        ("wait", {"for": "Wait", "seconds": 5}, "an object of for, seconds, total"),
        ("verdict", [], "an object"),
    ],
)
def test_a_field_of_another_type_is_named_with_what_is_expected(name: str, value: Any, expected: str) -> None:
    with pytest.raises(MisconfiguredError, match=rf"^'{name}' in the state machine's input must be {expected}"):
        parsing.parse({**PARAMS, name: value})


def test_a_missing_field_is_named() -> None:
    with pytest.raises(MisconfiguredError, match=r"needs 'templatePath', a non-empty string"):
        parsing.parse({name: value for name, value in PARAMS.items() if name != "templatePath"})
    with pytest.raises(MisconfiguredError, match="reached this state without 'changeSetId'"):
        _ = parsing.parse(dict(PARAMS))["changeSetId"]


@pytest.mark.parametrize("name", ["templateConfigurationPath", "roleArn", "target", "rollbackConfiguration"])
def test_a_string_or_object_that_is_null_is_missing(name: str) -> None:
    assert list(problems({**PARAMS, name: None}, FIELDS)) == []


def test_other_fields_are_kept() -> None:
    assert parsing.parse({**PARAMS, "more": 1}) == {**PARAMS, "more": 1}
