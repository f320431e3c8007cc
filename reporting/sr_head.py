"""What every structured report of ours has around its content: who observed, which order it answers, its state."""

from datetime import datetime
from typing import Any

from highdicom.sr import (
    DeviceObserverIdentifyingAttributes,
    ObservationContext,
    ObserverContext,
    PersonObserverIdentifyingAttributes,
)
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes as dicom_codes
from pydicom.valuerep import DT

from core.report import Reader, Report, SignedReport
from reporting.equipment import MANUFACTURER, MODEL_NAME, contributing_equipment, device_uid, new_instance
from reporting.limits import LONG, long_string, person_name
from reporting.requests import requested_procedures
from reporting.sources import patient_name
from reporting.sr_people import set_provenance


def document_head(report: Report, signed: SignedReport | None, header: Dataset) -> dict[str, Any]:
    """Return what highdicom is told of a report beside evidence and content; `header` is that of one of its images."""
    verifier = signed.reader if signed and signed.is_final else None
    return {
        "institution_name": institution_of(header),
        "is_complete": signed is not None,
        "is_final": verifier is not None,
        "is_verified": verifier is not None,
        "verifying_observer_name": with_caret(verifier.name) if verifier else None,
        "verifying_organization": _organization(verifier) if verifier else None,
        "requested_procedures": requested_procedures(report, header) or None,
        "contributing_equipment": contributing_equipment(report.models),
        **new_instance(),
    }


def complete(document: Dataset, signed: SignedReport | None, header: Dataset) -> None:
    """Write into a document what highdicom cannot be told: the patient's name as it is, and when it was signed."""
    document.PatientName = patient_name(header)
    if signed:
        _set_times(document, signed.signed_at)
        set_provenance(document, signed)


def complete_selection(document: Dataset, signed: SignedReport | None, header: Dataset) -> None:
    """Write into a selection of objects, which has no verification, the patient's name and when it was signed."""
    document.PatientName = patient_name(header)
    if signed:
        _set_content_time(document, signed.signed_at)


def observers(reader: Reader | None) -> ObservationContext:
    """Return who observed (TID 1001): the reader, once there is one, and Prosector."""
    device = device_observer()
    if reader is None:
        return ObservationContext(observer_device_context=device)
    return ObservationContext(person_observer(reader), device)


def device_observer() -> ObserverContext:
    """Return this version of Prosector as an observer (TID 1004)."""
    return ObserverContext(
        dicom_codes.DCM.Device,
        DeviceObserverIdentifyingAttributes(
            uid=device_uid(), name=MODEL_NAME, manufacturer_name=MANUFACTURER, model_name=MODEL_NAME
        ),
    )


def person_observer(reader: Reader) -> ObserverContext:
    """Return the reader as an observer (TID 1003)."""
    identity = PersonObserverIdentifyingAttributes(
        name=with_caret(reader.name), organization_name=long_string(reader.organization) or None
    )
    return ObserverContext(dicom_codes.DCM.Person, identity)


def institution_of(header: Dataset) -> str | None:
    """Return where the images were made, or None where they do not say."""
    return long_string(str(header.get("InstitutionName") or "")) or None


def with_caret(name: str) -> str:
    """Return a reader's name as PN with a caret: highdicom takes a name of one component for a mistake."""
    first, *others = person_name(name).split("=")
    return "=".join([first if "^" in first else f"{first[: LONG - 1]}^", *others])


def _set_content_time(document: Dataset, signed_at: datetime) -> None:
    local = signed_at.astimezone()  # Content Date and Time have no zone; Verification DateTime has
    document.ContentDate, document.ContentTime = local.strftime("%Y%m%d"), local.strftime("%H%M%S")


def _set_times(document: Dataset, signed_at: datetime) -> None:
    _set_content_time(document, signed_at)
    for observer in document.get("VerifyingObserverSequence", []):
        observer.VerificationDateTime = DT(signed_at)


def _organization(reader: Reader) -> str:
    return long_string(reader.organization) or "Not stated"  # Verifying Organization may not be empty (type 1)
