from __future__ import annotations

import json

from changegate.safety.report import as_json

from .build import change, modify, ref, verdict


def test_a_whole_verdict() -> None:
    judged = verdict(change("Add", "A"), modify("B", "True", ref("A"), PhysicalResourceId="b-1"))
    assert as_json(judged) == {
        "safe": False,
        "changeSetAction": "RESOURCES-BEING-DELETED-OR-REPLACED",
        "counts": {"added": 1, "replaced": 1},
        "findingCount": 1,
        "findings": [
            {
                "kind": "replacement",
                "decision": "refuse",
                "path": "B",
                "resourceType": "AWS::SQS::Queue",
                "physicalResourceId": "b-1",
                "reason": "would be replaced: QueueName changes through A",
                "property": "QueueName",
                "causingEntity": "A",
                "rule": "default for replacement",
            }
        ],
        "changes": [
            {"path": "A", "resourceType": "AWS::SQS::Queue", "physicalResourceId": "", "fate": "added"},
            {"path": "B", "resourceType": "AWS::SQS::Queue", "physicalResourceId": "b-1", "fate": "replaced"},
        ],
    }


def test_a_short_verdict_has_a_bounded_number_of_findings_and_no_changes() -> None:
    short = as_json(verdict(*(change("Remove", f"Q{number}") for number in range(500))), max_findings=20)
    assert (short["findingCount"], len(short["findings"])) == (500, 20)  # type: ignore[arg-type]
    assert "changes" not in short
    assert len(json.dumps(short)) < 32_768
