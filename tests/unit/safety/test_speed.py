from __future__ import annotations

import time
from statistics import median
from typing import Any

from botocore.parsers import create_parser
from botocore.session import get_session

from changegate.safety import Policy, assemble, judge

from .build import TODAY, conditional, modify, ref

# 500 changes, every second one a conditional replacement that the one before it decides.
CHANGES = [
    conditional(f"R{number}", ref(f"R{number - 1}")) if number % 2 else modify(f"R{number}") for number in range(500)
]


def xml(value: Any) -> str:
    """Return a value as the query protocol writes it in an answer."""
    if isinstance(value, dict):
        return "".join(f"<{name}>{xml(item)}</{name}>" for name, item in value.items())
    if isinstance(value, list):
        return "".join(f"<member>{xml(item)}</member>" for item in value)
    return str(value)


def test_judging_500_changes_takes_less_time_than_reading_their_answer() -> None:
    # Fetching is at least parsing the answer; the network comes on top.
    operation = get_session().get_service_model("cloudformation").operation_model("DescribeChangeSet")
    shape = operation.output_shape
    assert shape is not None
    result = xml({"ChangeSetId": "c", "StackName": "s", "Status": "CREATE_COMPLETE", "Changes": CHANGES})
    body = f"<R><DescribeChangeSetResult>{result}</DescribeChangeSetResult></R>".encode()
    parser = create_parser("query")
    response = {"body": body, "headers": {}, "status_code": 200}
    answer = parser.parse(response, shape)
    assert judge(assemble([answer]), Policy(), TODAY).safe

    ratios = []
    for _ in range(7):
        start = time.perf_counter()
        parser.parse(response, shape)
        parsed = time.perf_counter()
        judge(assemble([answer]), Policy(), TODAY)
        ratios.append((time.perf_counter() - parsed) / (parsed - start))
    assert median(ratios) < 1, f"judging takes {median(ratios):.2f} times as long as parsing"
