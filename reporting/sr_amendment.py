"""What each amendment added to a report, in its SR; and a signed SR as one that another may follow."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from highdicom.sr import (
    ContentItem,
    ContentSequence,
    DateTimeContentItem,
    PnameContentItem,
    RelationshipTypeValues,
    TextContentItem,
)
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes as dicom_codes
from pydicom.sr.coding import Code
from pydicom.valuerep import DT

from core.amendment import Note, Predecessor, ReportStatus
from core.errors import ReportUnreadable
from core.reader import Reader
from reporting import codes, sr_tree
from reporting.sr_head import with_caret
from reporting.sr_items import dicom_text, text
from reporting.sr_people import reader_of

_NOTES = {ReportStatus.ADDENDUM: codes.ADDENDUM, ReportStatus.CORRECTED: codes.CORRECTION_REASON}
_OF_NOTE = RelationshipTypeValues.HAS_PROPERTIES


def note_items(notes: Sequence[Note]) -> Iterator[ContentItem]:
    """Yield an item for each addendum and each reason of a correction, with by whom and when."""
    for note in notes:
        item = text(_NOTES[note.status], note.text)
        item.ContentSequence = ContentSequence(
            [
                PnameContentItem(dicom_codes.DCM.PersonObserverName, with_caret(note.reader.name), _OF_NOTE),
                *_organization(note.reader),
                DateTimeContentItem(codes.SIGNED_AT, note.signed_at, _OF_NOTE),
            ]
        )
        yield item


def _organization(reader: Reader) -> tuple[TextContentItem, ...]:
    name = dicom_text(reader.organization)
    return (text(dicom_codes.DCM.PersonObserverOrganizationName, name, _OF_NOTE),) if name else ()


def read_notes(evaluations: Dataset) -> tuple[Note, ...]:
    """Return the addenda and reasons of a report, oldest first."""
    notes = [
        Note(status, str(item.TextValue), _reader_of_note(item), _moment(_only(item, codes.SIGNED_AT).DateTime))
        for status, name in _NOTES.items()
        for item in sr_tree.children(evaluations, name)
    ]
    return tuple(sorted(notes, key=lambda note: note.signed_at))


def _reader_of_note(item: Dataset) -> Reader:
    name = str(_only(item, dicom_codes.DCM.PersonObserverName).PersonName)
    return Reader(name, sr_tree.text(item, dicom_codes.DCM.PersonObserverOrganizationName))


def _only(item: Dataset, name: Code) -> Dataset:
    found = sr_tree.child(item, name)
    if found is None:
        raise KeyError(f"a note lacks {name.meaning}")
    return found


def predecessor_of(sr: Dataset) -> Predecessor:
    """Return a signed report of ours as one that another may follow; raises `ReportUnreadable` for a damaged one."""
    try:
        return _predecessor(sr)
    except (KeyError, AttributeError, IndexError, TypeError, ValueError) as error:
        raise ReportUnreadable(
            f"The report {sr.get('SOPInstanceUID', '')} is damaged: who signed it and when cannot be read ({error})."
        ) from error


def _predecessor(sr: Dataset) -> Predecessor:
    evaluations = sr_tree.child(sr, codes.QUALITATIVE_EVALUATIONS) or Dataset()
    author = reader_of(sr.AuthorObserverSequence[0]) if sr.get("AuthorObserverSequence") else _verifier(sr)
    is_verified = sr.VerificationFlag == "VERIFIED"
    notes = read_notes(evaluations)
    final = notes[-1].status if notes else ReportStatus.FINAL
    return Predecessor(
        study_instance_uid=str(sr.StudyInstanceUID),
        series_instance_uid=str(sr.SeriesInstanceUID),
        sop_class_uid=str(sr.SOPClassUID),
        sop_instance_uid=str(sr.SOPInstanceUID),
        status=final if is_verified else ReportStatus.PRELIMINARY,
        author=author,
        signer=_verifier(sr) if is_verified else author,
        signed_at=_moment(sr.DigitalSignaturesSequence[0].DigitalSignatureDateTime),
    )


def predecessors_of(sr: Dataset) -> tuple[str, ...]:
    """Return the SOP Instance UIDs of the documents that an SR follows."""
    return tuple(
        str(instance.ReferencedSOPInstanceUID)
        for study in sr.get("PredecessorDocumentsSequence", [])
        for series in study.get("ReferencedSeriesSequence", [])
        for instance in series.get("ReferencedSOPSequence", [])
    )


def _verifier(sr: Dataset) -> Reader:
    observer = sr.VerifyingObserverSequence[0]
    return Reader(str(observer.VerifyingObserverName), str(observer.get("VerifyingOrganization", "")))


def _moment(written: object) -> datetime:
    moment = DT(str(written))
    if not isinstance(moment, datetime):
        raise ValueError("the time of signing is missing")
    return moment.astimezone(UTC)
