import subprocess
import sys


def test_the_verdict_imports_nothing_heavy() -> None:
    code = (
        "import sys; before = set(sys.modules); import changegate.safety, changegate.safety.report;"
        "print(sorted({m.split('.')[0] for m in set(sys.modules) - before} - set(sys.stdlib_module_names)))"
    )
    result = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert result.stdout.strip() == "['changegate']"


def test_the_verdict_does_not_read_its_table_before_it_needs_it() -> None:
    code = (
        "from changegate.safety import identity, ChangeSet, Policy, judge; import datetime as dt;"
        "judge(ChangeSet([]), Policy(), dt.date(2026, 1, 1)); print(identity._table.cache_info().currsize)"
    )
    result = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert result.stdout.strip() == "0"
