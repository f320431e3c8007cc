"""In an SR's header: who wrote it, who signed it, and which signed report it follows (PS3.3 C.17.2).

A resident's report is UNVERIFIED and PRELIMINARY with its author as attesting participant; verified by another, it has
a verifying observer beside its author (PS3.3 C.17.2.5).
"""

from datetime import datetime

from pydicom.dataset import Dataset
from pydicom.valuerep import DT

from core.amendment import Continuation, Predecessor
from core.reader import Reader
from core.report import SignedReport
from reporting.limits import long_string, person_name


def set_provenance(document: Dataset, signed: SignedReport) -> None:
    """Write into a document whose report it is, and which one it follows (Predecessor Documents Sequence, 1C)."""
    document.AuthorObserverSequence = [person(signed.author)]
    document.ObservationDateTime = DT(_written_at(signed))
    if signed.author != signed.reader or not signed.is_final:
        document.ParticipantSequence = [attests(signed.author, _written_at(signed))]
    amends = signed.report.amends
    if amends is not None:
        document.PredecessorDocumentsSequence = [_reference(amends.predecessor)]


def _written_at(signed: SignedReport) -> datetime:
    amends = signed.report.amends
    if signed.author != signed.reader and isinstance(amends, Continuation):
        return amends.predecessor.signed_at
    return signed.signed_at


def _reference(predecessor: Predecessor) -> Dataset:
    """Return the Hierarchical SOP Instance Reference of a document (PS3.3 10.4)."""
    instance, series, study = Dataset(), Dataset(), Dataset()
    instance.ReferencedSOPClassUID = predecessor.sop_class_uid
    instance.ReferencedSOPInstanceUID = predecessor.sop_instance_uid
    series.SeriesInstanceUID, series.ReferencedSOPSequence = predecessor.series_instance_uid, [instance]
    study.StudyInstanceUID, study.ReferencedSeriesSequence = predecessor.study_instance_uid, [series]
    return study


def person(reader: Reader) -> Dataset:
    """Return a reader as Identified Person (PS3.3 Table C.17-3b)."""
    item = Dataset()
    item.ObserverType, item.PersonName = "PSN", person_name(reader.name)
    item.InstitutionName = long_string(reader.organization)
    item.PersonIdentificationCodeSequence = item.InstitutionCodeSequence = []
    return item


def attests(reader: Reader, at: datetime) -> Dataset:
    """Return a reader as one who signed a document without verifying it."""
    item = person(reader)
    item.ParticipationType, item.ParticipationDateTime = "ATTEST", DT(at)
    return item


def reader_of(item: Dataset) -> Reader:
    """Return the reader that `person` wrote."""
    return Reader(str(item.PersonName), str(item.get("InstitutionName", "")))
