"""Findings in the passages of a file: phrases of the list, and the findings of proselint."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from proselint.checks import __register__ as proselint_checks
from proselint.config import DEFAULT, Config
from proselint.registry import CheckRegistry
from proselint.tools import LintFile

from dev.checks.prose.exceptions import Exemption, MarkError, exemptions_in, without_marks
from dev.checks.prose.passages import CODE, Passage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from dev.checks.prose.phrases import Phrase
    from dev.checks.prose.readers import Reader

# The typography checks require characters that no keyboard has. Our list has "very", with what to write.
_CHECKS_OFF: Final = ("typography", "weasel_words")

STALE = "the exception is stale: the words are not found"

# Separates passages, so that proselint finds no repetition across two of them.
_BREAK = f"\n{CODE}\n"


@dataclass(frozen=True, order=True)
class Finding:
    """Words to replace."""

    path: str
    line: int
    words: str
    advice: str

    def __str__(self) -> str:
        """Return the finding on one line."""
        about = f'"{self.words}": ' if self.words else ""
        return f"{self.path}:{self.line}: {about}{self.advice}"


def findings(path: str, content: str, reader: Reader, phrases: Iterable[Phrase]) -> list[Finding]:
    """Return the findings without an exception, and the exceptions without a finding."""
    try:
        exemptions = list(exemptions_in(content))
    except MarkError as error:
        line, _, advice = str(error).partition(": ")
        return [Finding(path, int(line), "", advice)]
    passages = [_cleaned(passage) for passage in reader(content)]
    found = [*_by_phrases(path, passages, list(phrases)), *_by_proselint(path, passages)]
    used: set[Exemption] = set()
    remaining = []
    for finding, passage in found:
        covering = [exemption for exemption in exemptions if exemption.covers(finding.words, finding.line, passage)]
        used.update(covering)
        if not covering:
            remaining.append(finding)
    stale = [exemption for exemption in exemptions if exemption not in used]
    remaining += [Finding(path, exemption.line, exemption.words, STALE) for exemption in stale]
    return sorted(set(remaining))


def _cleaned(passage: Passage) -> Passage:
    return replace(passage, text=without_marks(passage.without_code().text))


def _by_phrases(path: str, passages: Iterable[Passage], phrases: Sequence[Phrase]) -> Iterator[tuple[Finding, Passage]]:
    for passage in passages:
        for phrase in phrases:
            for found in phrase.pattern.finditer(passage.text):
                words = " ".join(found[0].split()).lstrip(".:; ")
                yield Finding(path, passage.line_at(found.start()), words, f"write: {phrase.write}"), passage


def _by_proselint(path: str, passages: Sequence[Passage]) -> Iterator[tuple[Finding, Passage]]:
    starts = [0, *accumulate(len(passage.text + _BREAK) for passage in passages)]
    text = "".join(passage.text + _BREAK for passage in passages)
    # proselint refuses an empty text.
    for found in LintFile(path, text).lint(_proselint()) if text else ():
        # proselint reads the text with a line break in front.
        first, last = (max(0, position - 1) for position in found.check_result.span)
        index = bisect_right(starts, first) - 1
        message = " ".join(found.check_result.message.split())
        advice = f"{message} (proselint: {found.check_result.check_path})"
        words = " ".join(text[first:last].split())
        line = passages[index].line_at(first - starts[index])
        yield Finding(path, line, words, advice), passages[index]


@cache
def _proselint() -> Config:
    CheckRegistry().register_many(proselint_checks)
    checks = {name: on and name not in _CHECKS_OFF for name, on in DEFAULT["checks"].items()}
    return Config(max_errors=DEFAULT["max_errors"], checks=checks)
