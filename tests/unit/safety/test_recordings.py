"""Change sets that were recorded on real AWS, with what really happened when they were executed."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from changegate.safety import Fate, Policy, Verdict, assemble, judge
from tests.support.checkout import ROOT

from .build import TODAY

BESIDE_THE_CHECKOUT = ROOT.parent / "shared" / "aws-recordings" / "change-sets.json"
RECORDINGS = Path(os.environ.get("CHANGEGATE_RECORDINGS", BESIDE_THE_CHECKOUT))
RECORDS: list[dict[str, Any]] = json.loads(RECORDINGS.read_text("utf-8"))["records"] if RECORDINGS.is_file() else []
ANSWERS = [
    pytest.param(record, record[name], id=f"{record['id']}-{name}")
    for record in RECORDS
    for name in ("change_set", "change_set_with_values")
    if record[name]
]

pytestmark = pytest.mark.skipif(not RECORDS, reason="the recordings are kept beside the checkout, not in it")


def judged(answer: Any) -> Verdict:
    return judge(assemble([answer]), Policy(), TODAY)


def physical_ids(events: list[str]) -> set[str]:
    """Return the physical ids that a resource had: "STATUS physical-id" each."""
    return {event.partition(" ")[2] for event in events} - {""}


def lost(record: dict[str, Any]) -> set[str]:
    """Return the resources that the update really replaced or removed.

    Two physical ids are a replacement. A resource of the template before that is not in the one after was removed; for
    templates with macros or conditions, which leave that open, one that was deleted while the stack lived on.
    """
    events = record.get("events") or {}
    replaced = {logical_id for logical_id, of_one in events.items() if len(physical_ids(of_one)) > 1}
    before = set((record.get("before") or {}).get("Resources", {}))
    after = set((record.get("after") or {}).get("Resources", {}))
    return replaced | (before - after)


@pytest.mark.parametrize(("record", "answer"), ANSWERS)
def test_what_was_lost_is_refused(record: dict[str, Any], answer: Any) -> None:
    verdict = judged(answer)
    fates = {outcome.path[0]: outcome.fate for outcome in verdict.outcomes}
    removed = {logical_id for logical_id, fate in fates.items() if fate is Fate.REMOVED}
    really_lost = lost(record)
    if "Transform" in json.dumps(record.get("before")) or "Condition" in json.dumps(record.get("before")):
        # What the template becomes is not in the recording; the change set itself says what is removed.
        really_lost = (really_lost & set(fates)) | removed
    assert {finding.path[0] for finding in verdict.refused} == really_lost
    assert verdict.safe is not bool(really_lost)


def test_every_recorded_change_set_is_judged() -> None:
    assert {param.values[0]["id"] for param in ANSWERS} == {record["id"] for record in RECORDS}  # type: ignore[index]
    assert len(RECORDS) == 123


def test_recordings_have_replacements_and_removals_and_safe_updates() -> None:
    verdicts = [judged(param.values[1]) for param in ANSWERS]
    fates = {outcome.fate for verdict in verdicts for outcome in verdict.outcomes}
    assert fates >= {Fate.ADDED, Fate.UPDATED, Fate.REPLACED, Fate.REMOVED}
