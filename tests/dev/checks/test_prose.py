"""The prose linter: the passages of each kind of file, the findings and the exceptions."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from dev.checks.prose import phrases
from dev.checks.prose.lint import STALE, findings
from dev.checks.prose.passages import CODE
from dev.checks.prose.phrases import Phrase
from dev.checks.prose.readers import reader_for
from tests.support.checkout import ROOT

if TYPE_CHECKING:
    from pathlib import Path

LIST = phrases.read()


def passages(name: str, content: str) -> list[tuple[int, str]]:
    """Return the first line and the text of each passage, in the order of lines."""
    reader = reader_for(name)
    assert reader is not None
    return sorted((passage.numbers[0], " ".join(passage.without_code().text.split())) for passage in reader(content))


class TestReaders:
    """Each reader finds prose and its lines, and no code."""

    def test_markdown(self) -> None:
        page = (
            "# A title\n\nOne paragraph with `some code`\nand [a link](https://example.com/path).\n\n"
            "```sh\nnot prose at all\n```\n\n- an item\n\n| left | right |\n| --- | --- |\n| a cell | `code` |\n"
            "\n<!-- a comment -->\n"
        )
        assert passages("page.md", page) == [
            (1, "A title"),
            (3, f"One paragraph with {CODE} and a link."),
            (10, "an item"),
            (12, "left"),
            (12, "right"),
            (14, "a cell"),
            (14, CODE),
        ]

    def test_code_over_two_lines_of_markdown_counts_both(self) -> None:
        [passage] = reader_for("a.md")("Before `some\ncode` and\nafter.\n")  # type: ignore[misc]
        assert passage.line_at(passage.text.index("after")) == 3

    def test_python(self) -> None:
        module = (
            '"""Do what the name says.\n\n:param one: the ``first``.\n"""\n\nNAME = "short string"\n'
            "# A comment on\n# two lines.\nx = f(1)  # and another one\n"
            'raise E(\n    f"The stack {name} of `code` is not "\n    "there any longer."\n)\n'
            'y = b"these are only bytes"\n'
        )
        assert passages("a.py", module) == [
            (1, f"Do what the name says. :param one: the {CODE}."),
            (7, "A comment on two lines."),
            (9, "and another one"),
            (11, f"The stack {CODE} of {CODE} is not there any longer."),
        ]

    def test_terraform(self) -> None:
        configuration = (
            '# One comment on\n# two lines.\nvariable "x" {\n  description = <<-EOT\n    What it is\n    called here.\n'
            '  EOT\n  type = string // a trailing comment\n}\noutput "y" {\n'
            '  value = "${var.x}/path"\n  description = "The name ${var.x["k"]} of it."\n}\n/* Some\n * block. */\n'
        )
        assert passages("main.tf", configuration) == [
            (1, "One comment on two lines."),
            (4, "What it is called here."),
            (8, "a trailing comment"),
            (12, f"The name {CODE} of it."),
            (14, "Some block. */"),
        ]

    def test_makefile_and_shell(self) -> None:
        makefile = '# A comment.\ntarget: other ## Help for the target\n\t@echo "this is a sentence"\n'
        assert passages("Makefile", makefile) == [
            (1, "A comment."),
            (2, "Help for the target"),
            (3, "this is a sentence"),
        ]
        script = '#!/bin/sh\n# First line\n# and second.\nfail "this cannot be $done at all"\n'
        assert (2, "First line and second.") in passages("run.sh", script)

    def test_yaml_toml_and_javascript(self) -> None:
        assert passages("a.yml", "# A comment.\nkey: some words of prose\n") == [
            (1, "A comment."),
            (2, "some words of prose"),
        ]
        assert passages("a.toml", '# A comment.\nkey = "value"\n') == [(1, "A comment.")]
        assert passages("a.cjs", "// One\n// comment.\nf();\n") == [(1, "One comment.")]

    @pytest.mark.parametrize("name", ["LICENSE", "identity.json", ".terraform.lock.hcl", "phrases.toml", "dev.txt"])
    def test_other_files_have_no_reader(self, name: str) -> None:
        assert reader_for(name) is None

    def test_every_file_with_prose_has_a_reader(self) -> None:
        listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
        unread = {name.rpartition("/")[2] for name in listed.stdout.splitlines() if reader_for(name) is None}
        data = (".dot", ".gz", ".json", ".svg", ".txt", ".typed")
        assert {name for name in unread if not name.endswith(data)} == {
            "LICENSE",
            ".terraform.lock.hcl",
            # Its comments change only with what it does.
            "deploy.json.tftpl",
            "phrases.toml",
            "pictures.css",
        }


class TestPhrases:
    """The list finds what it says, and no more."""

    @pytest.mark.parametrize("phrase", LIST, ids=lambda phrase: phrase.write)
    def test_its_examples(self, phrase: Phrase) -> None:
        assert phrase.wrong
        assert phrase.right
        assert [text for text in phrase.wrong if not phrase.pattern.search(text)] == []
        assert [text for text in phrase.right if phrase.pattern.search(text)] == []

    def test_a_blank_matches_one_line_break_but_no_empty_line(self, tmp_path: Path) -> None:
        path = tmp_path / "list.toml"
        path.write_text("[[phrase]]\npattern = 'purple cow'\nwrite = 'cow'\nwrong = []\nright = []\n")
        [phrase] = phrases.read(path)
        assert phrase.pattern.search("a Purple\n  cow")
        assert not phrase.pattern.search("purple\n\ncow")


ALLOW = "allow"
# Not a mark in this file.
MARK = f"prose: {ALLOW}"
COW = Phrase(re.compile(r"purple\s+cows?"), "cow", [], [])


def found(name: str, content: str) -> list[str]:
    """Return the findings; MARK in ``content`` is the mark of an exception."""
    reader = reader_for(name)
    assert reader is not None
    return [str(finding) for finding in findings(name, content.replace("MARK", MARK), reader, [COW])]


class TestFindings:
    """A finding has the place, the words and what to write; an exception has words and a reason."""

    @pytest.mark.parametrize(
        ("name", "content", "lines"),
        [
            ("a.md", "First.\n\nSecond is a purple\ncow, and a purple cow.\n", [3, 4]),
            ("a.md", "`purple cow` and\n\n    a purple cow\n", []),
            ("a.py", '"""One.\n\nTwo purple\ncows.\n"""\npurple = cow\n', [3]),
            ("a.py", 'f(\n    "A sentence about "\n    f"a {x} purple cow."\n)\n', [3]),
            ("a.tf", 'x = {\n  description = "The name of the purple cow."\n}\n', [2]),
            ("Makefile", "help: ## Feed the purple cow\n", [1]),
        ],
    )
    def test_places(self, name: str, content: str, lines: list[int]) -> None:
        assert [line.partition(" ")[0] for line in found(name, content)] == [f"{name}:{line}:" for line in lines]

    def test_a_finding_says_what_to_write(self) -> None:
        assert found("a.md", "One purple cow.\n") == ['a.md:1: "purple cow": write: cow']

    def test_proselint_reads_the_passages(self) -> None:
        # prose: allow "is is" because the linter must find it
        [finding] = found("a.py", "# Nothing.\nx = 1\n\n# This is is\n# wrong.\n")
        assert finding.startswith(f'a.py:4: "{"is " * 2}'.rstrip())
        assert finding.endswith("(proselint: lexical_illusions)")

    def test_proselint_finds_nothing_across_passages(self) -> None:
        assert found("a.md", "- the stack\n- the stack\n") == []

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("a.md", '<!-- MARK "purple cow" because it is a quotation -->\nA purple cow.\n'),
            ("a.md", 'A purple cow. <!-- MARK "purple cow" because it is a quotation -->\n'),
            ("a.py", '# MARK "purple cow" because it is a quotation\nf("There is a purple cow.")\n'),
            ("a.py", '# MARK "Purple cow" because it is a quotation\n# A purple\n# cow.\n'),
            ("a.py", 'f("There is a purple cow.")  # MARK "purple cow" because it is a quotation\n'),
            ("a.tf", '# MARK "purple cow" because it is a quotation\nx = "See the purple cow."\n'),
            ("Makefile", '# MARK "purple cow" because it is a quotation\nx: ## Feed the purple cow\n'),
        ],
    )
    def test_an_exception_allows_words_near_it(self, name: str, content: str) -> None:
        assert found(name, content) == []

    @pytest.mark.parametrize(
        "content",
        [
            'x = 1  # MARK "purple cow" because it is a quotation\n\n\n# A purple cow.\n',
            '# MARK "green cow" because it is a quotation\n# A purple cow.\n',
        ],
    )
    def test_an_exception_allows_nothing_else_and_is_stale_then(self, content: str) -> None:
        finding, stale = sorted(found("a.py", content), key=lambda line: STALE in line)
        assert finding.endswith('"purple cow": write: cow')
        assert stale.endswith(STALE)

    @pytest.mark.parametrize("rest", ["", ' "purple cow"', ' "purple cow" because', " because it is a quotation"])
    def test_an_exception_needs_words_and_a_reason(self, rest: str) -> None:
        assert found("a.py", f"x = 1\n# MARK{rest}\n") == [
            f'a.py:2: write an exception as `{MARK} "WORDS" because REASON`'
        ]


def run(folder: Path, *files: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dev.checks.prose", *files],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_fails_with_findings_only(tmp_path: Path) -> None:
    (tmp_path / "good.md").write_text("The alarm notifies the topic.\n")
    (tmp_path / "bad.md").write_text(f"{LIST[0].wrong[0]}\n")
    (tmp_path / "data.bin").write_bytes(b"\xff")

    good, bad = run(tmp_path, "good.md", "data.bin", "deleted.md"), run(tmp_path, "good.md", "bad.md")

    assert (good.returncode, good.stdout, good.stderr) == (0, "", "")
    assert (bad.returncode, bad.stderr) == (1, "")
    assert bad.stdout.startswith("bad.md:1: ")
    assert bad.stdout.count("\n") == 1
