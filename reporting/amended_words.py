"""What a printed report says of its state: preliminary, addendum or corrected, by whom, and after which report."""

from collections.abc import Mapping
from datetime import datetime

from core.amendment import Addendum, Correction, Note, Predecessor, ReportStatus, status_of
from core.report import Report, SignedReport
from reporting.templates import rendered
from reporting.terms import Terms, terms_of
from reporting.words import reader_name

_TEMPLATE = "amendment.txt.j2"
_NOT_YET = "…"


def amendment_lines(report: Report, signed: SignedReport | None) -> tuple[str, ...]:
    """Return the title and the sentences, in the report's language; nothing for the first and final report.

    A draft says what it will be; who signs it and when is left open.
    """
    status = signed.status if signed else status_of(report.amends, preliminary=False)
    text = rendered(_TEMPLATE, report.language, _said(report, signed, status))
    return tuple(filter(None, text.splitlines()))


def _said(report: Report, signed: SignedReport | None, status: ReportStatus) -> Mapping[str, object]:
    terms = terms_of(report.language)
    verified_by = reader_name(signed.reader.name) if signed and signed.author != signed.reader else ""
    return {
        "status": status.value,
        "reader": reader_name(signed.reader.name) if signed else _NOT_YET,
        "author": reader_name(signed.author.name) if signed else _NOT_YET,
        "verified_by": verified_by,
        "before": _before(report.amends.predecessor, terms) if report.amends else None,
        "notes": tuple(_note(note, terms) for note in (signed.notes if signed else report.notes))
        + _draft_note(report, signed),
    }


def _before(predecessor: Predecessor, terms: Terms) -> Mapping[str, str]:
    return {"signer": reader_name(predecessor.signer.name), "at": _written(predecessor.signed_at, terms)}


def _note(note: Note, terms: Terms) -> Mapping[str, str]:
    return {
        "status": note.status.value,
        "reader": reader_name(note.reader.name),
        "at": _written(note.signed_at, terms),
        "text": note.text,
    }


def _draft_note(report: Report, signed: SignedReport | None) -> tuple[Mapping[str, str], ...]:
    if signed is not None or report.amends is None:
        return ()
    match report.amends:
        case Addendum(text=said):
            status = ReportStatus.ADDENDUM
        case Correction(reason=said):
            status = ReportStatus.CORRECTED
        case _:
            return ()
    return ({"status": status.value, "reader": _NOT_YET, "at": _NOT_YET, "text": said},) if said.strip() else ()


def _written(moment: datetime, terms: Terms) -> str:
    local = moment.astimezone()
    return f"{terms.day(local)} {local:%H:%M}"
