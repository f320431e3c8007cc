"""The signed reports that a study holds: which follows which, what changed in between, which is the newest."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from pydicom.dataset import Dataset

from core.amendment import Addendum, AsSigned, Continuation, Correction, Predecessor, ReportStatus
from core.errors import CannotSign, ProsectorError
from core.facts import changed_facts, facts
from core.report import Report
from core.wording import ChangedFact
from reporting.sr_amendment import predecessor_of, predecessors_of
from reporting.text import shown_findings, shown_impression
from reporting.words import reader_name
from service.reading import OpenStudy, read_signed, signed_documents

_SENTENCES = re.compile(r"(?<=[.!?])\s+|\n+")


@dataclass(frozen=True, slots=True, eq=False)
class Version:
    """One signed report of a study; `report` is None where it cannot be read, and `problem` says why."""

    document: Predecessor
    follows: tuple[str, ...]
    report: Report | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class TextChange:
    """Sentences of findings or impression that are others now; empty where there were none, or are none left."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What one report says otherwise than the one before it."""

    facts: tuple[ChangedFact, ...]
    texts: tuple[TextChange, ...]

    def __bool__(self) -> bool:
        return bool(self.facts or self.texts)


def versions(opened: OpenStudy) -> tuple[Version, ...]:
    """Return the signed reports of ours that a study holds, oldest first; one that cannot be read says why."""
    return tuple(_version(opened, sr) for sr in signed_documents(opened))


def version_before(opened: OpenStudy, report: Report) -> Version | None:
    """Return the signed report that a draft follows, or None when the study does not hold it."""
    if report.amends is None:
        return None
    wanted = report.amends.predecessor.sop_instance_uid
    found = (sr for sr in signed_documents(opened) if sr.SOPInstanceUID == wanted)
    return next((_version(opened, sr) for sr in found), None)


def _version(opened: OpenStudy, sr: Dataset) -> Version:
    document, follows = predecessor_of(sr), predecessors_of(sr)
    try:
        return Version(document, follows, read_signed(opened, sr))
    except ProsectorError as error:
        return Version(document, follows, None, str(error))


def difference(before: Report, after: Report) -> Difference:
    """Return which facts and sentences differ; raises `TemplateBroken` when a text that writes itself cannot."""
    return Difference(
        changed_facts(facts(before), facts(after)),
        (
            *_changed_sentences(shown_findings(before), shown_findings(after)),
            *_changed_sentences(shown_impression(before), shown_impression(after)),
        ),
    )


def _changed_sentences(before: str, after: str) -> Iterator[TextChange]:
    old, new = _SENTENCES.split(before.strip()), _SENTENCES.split(after.strip())
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            yield TextChange(" ".join(old[i1:i2]), " ".join(new[j1:j2]))


def require_newest(report: Report, opened: OpenStudy) -> None:
    """Raise `CannotSign` when the study holds a signed report that this draft does not follow."""
    documents = signed_documents(opened)
    follows = report.amends.predecessor.sop_instance_uid if report.amends else ""
    if documents and documents[-1].SOPInstanceUID != follows:
        document = predecessor_of(documents[-1])
        raise CannotSign(
            f"{reader_name(document.signer.name)} signed a report of this study on "
            f"{document.signed_at.astimezone():%Y-%m-%d at %H:%M}, which this draft does not follow. It is kept; open "
            "the study again to see what differs, and sign then."
        )


def following(draft: Report, newest: Report) -> Report:
    """Return a draft as one that follows the newest signed report, which was made beside it or after it was begun.

    An addendum keeps its text and takes the findings of the newest; a report that nobody began to amend is the newest.
    Any other keeps what it says: it continues a preliminary report, or corrects a final one.
    """
    signed = newest.amends
    if signed is None or (draft.amends and draft.amends.predecessor == signed.predecessor):
        return draft
    document = signed.predecessor
    match draft.amends:
        case AsSigned():
            return replace(newest, annotations=draft.annotations)
        case Addendum(text=text) if isinstance(signed, AsSigned):
            return replace(newest, amends=Addendum(document, text), annotations=draft.annotations)
        case _ if document.status is ReportStatus.PRELIMINARY:
            return replace(draft, amends=Continuation(document), notes=newest.notes)
        case Correction(reason=reason):
            return replace(draft, amends=Correction(document, reason), notes=newest.notes)
        case _:
            return replace(draft, amends=Correction(document), notes=newest.notes)
