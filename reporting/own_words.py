"""The reader's own text beside the one that writes itself: it is never overwritten, and what changed since is told."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum

from core.facts import changed_facts, facts
from core.report import Report
from core.wording import ChangedFact, FactName, WrittenOver
from reporting.text import findings_text, impression_text

_TOKENS = re.compile(r"(\n+|(?<=[.!?]) +)")
_LABEL = re.compile(r"(?:\d+\. )?(?:\w+ )?(L\d+)\b")
_NOT_IN_IMPRESSION = frozenset(
    (
        FactName.VOLUME,
        FactName.T2,
        FactName.DWI,
        FactName.DCE,
        FactName.ADC,
        FactName.COMMENT,
        FactName.INDICATION,
        FactName.PSA,
        FactName.WARNINGS,
    )
)


class Part(StrEnum):
    """Which text of a report."""

    FINDINGS = "findings"
    IMPRESSION = "impression"


@dataclass(frozen=True, slots=True)
class ChangedSentence:
    """Sentences that write themselves otherwise than when the reader began to write; `label` is the lesion's, if any.

    `start` and `end` are where the old ones stand in the text that was written over. An empty text is one that was not
    there, or is no longer.
    """

    before: str
    after: str
    label: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Marks:
    """What changed since the reader wrote a text: the facts, and the sentences that tell of them."""

    facts: tuple[ChangedFact, ...] = ()
    sentences: tuple[ChangedSentence, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.facts or self.sentences)


def own(report: Report, part: Part) -> str:
    """Return the reader's own text, empty when the text writes itself."""
    return report.own_findings if part is Part.FINDINGS else report.own_impression


def automatic(report: Report, part: Part) -> str:
    """Return the text that writes itself; raises `TemplateBroken`."""
    return findings_text(report) if part is Part.FINDINGS else impression_text(report)


def with_own(report: Report, part: Part, text: str) -> Report:
    """Return the report with the reader's own text, empty to let it write itself again; raises `TemplateBroken`.

    What was written over is kept from when the reader began to write.
    """
    if not text:
        return _with(report, part, "", None)
    over = _over(report, part) if own(report, part) else _now(report, part)
    return _with(report, part, text, over)


def as_fitting(report: Report, part: Part) -> Report:
    """Return the report in which the reader's own text counts as fitting the facts of now; raises `TemplateBroken`."""
    text = own(report, part)
    return _with(report, part, text, _now(report, part)) if text else report


def as_signed(report: Report) -> Report:
    """Return a signed report that was read back: texts of which it is not known otherwise fitted what was signed.

    Raises `TemplateBroken`.
    """
    for part in Part:
        if is_unmarked(report, part):
            report = as_fitting(report, part)
    return report


def marks(report: Report, part: Part) -> Marks:
    """Return what changed since the reader wrote a text of their own; raises `TemplateBroken`.

    Sentences are compared in the language in which they were written over.
    """
    over = _over(report, part)
    if over is None or not own(report, part):
        return Marks()
    sentences = tuple(_changed(over.text, _in_language_of(over, report, part)))
    told = changed_facts(over.facts, facts(report))
    if part is Part.IMPRESSION:  # which is short: what it does not say is no news to it
        told = tuple(x for x in told if sentences and x.name not in _NOT_IN_IMPRESSION)
    return Marks(told, sentences)


def is_unmarked(report: Report, part: Part) -> bool:
    """Whether it is not known what the reader's own text was written over: an earlier version did not keep it."""
    return bool(own(report, part)) and _over(report, part) is None


def taken(report: Report, part: Part, change: ChangedSentence) -> Report:
    """Return the report whose own text has a new sentence that writes itself in place of the old one.

    Where the reader wrote the old one otherwise, the new one is added: after the lesion's paragraph, else at the end.
    """
    over = _over(report, part)
    if over is None:
        return report
    text = over.text[: change.start] + change.after + over.text[change.end :]
    fits = text == _in_language_of(over, report, part)
    over = replace(over, text=text, facts=facts(report) if fits else over.facts)
    return _with(report, part, _with_sentence(own(report, part), change), over)


def can_be_taken(report: Report, part: Part, change: ChangedSentence) -> bool:
    """Whether taking a sentence changes the reader's text; one that is gone and was written otherwise does not."""
    return bool(change.after.strip()) or change.before in own(report, part)


def _with_sentence(text: str, change: ChangedSentence) -> str:
    if change.before.strip() and text.count(change.before) == 1:
        return text.replace(change.before, change.after).strip()
    if not change.after.strip() or change.after in text:
        return text
    lines = text.splitlines()
    places = [n for n, line in enumerate(lines) if (found := _LABEL.match(line)) and found.group(1) == change.label]
    if change.label and places:
        lines[places[0]] += f" {change.after.strip()}"
        return "\n".join(lines)
    named = change.label and not _LABEL.match(change.after)
    return f"{text}\n{f'{change.label}: ' if named else ''}{change.after.strip()}"


def _changed(before: str, after: str) -> Iterator[ChangedSentence]:
    old, new = _TOKENS.split(before), _TOKENS.split(after)
    ends = [0]
    for token in old:
        ends.append(ends[-1] + len(token))
    for _, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if "".join(old[i1:i2]).strip() == "".join(new[j1:j2]).strip():
            continue
        label = _label(before, ends[i1]) or _label(after, len("".join(new[:j1])))
        if i2 - i1 == j2 - j1:  # sentence by sentence
            for step in range(i2 - i1):
                yield from _one(old[i1 + step], new[j1 + step], label, ends[i1 + step], ends[i1 + step + 1])
        else:
            yield from _one("".join(old[i1:i2]), "".join(new[j1:j2]), label, ends[i1], ends[i2])


def _one(before: str, after: str, label: str, start: int, end: int) -> Iterator[ChangedSentence]:
    if before.strip() != after.strip():
        yield ChangedSentence(before, after, label, start, end)


def _label(text: str, place: int) -> str:
    """Return the label of the lesion whose paragraph holds a place of a text."""
    found = _LABEL.match(text[text.rfind("\n", 0, place) + 1 :])
    return found.group(1) if found else ""


def _in_language_of(over: WrittenOver, report: Report, part: Part) -> str:
    return automatic(replace(report, language=over.language), part)


def _now(report: Report, part: Part) -> WrittenOver:
    return WrittenOver(automatic(report, part), facts(report), report.language)


def _over(report: Report, part: Part) -> WrittenOver | None:
    return report.findings_written_over if part is Part.FINDINGS else report.impression_written_over


def _with(report: Report, part: Part, text: str, over: WrittenOver | None) -> Report:
    if part is Part.FINDINGS:
        return replace(report, own_findings=text, findings_written_over=over)
    return replace(report, own_impression=text, impression_written_over=over)
