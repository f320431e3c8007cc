"""The report as DICOM Comprehensive 3D SR (TID 1500), preliminary or verified, that our SEG belongs to."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from highdicom.sr import (
    CodeContentItem,
    CodedConcept,
    Comprehensive3DSR,
    ContainerContentItem,
    ContentItem,
    ContentSequence,
    DeviceObserverIdentifyingAttributes,
    ImageLibrary,
    LanguageOfContentItemAndDescendants,
    ObservationContext,
    ObserverContext,
    PersonObserverIdentifyingAttributes,
    RelationshipTypeValues,
)
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes as dicom_codes
from pydicom.valuerep import DT

from core.findings import Findings
from core.report import Lesion, Reader, Rejected, Report, SignedReport, with_findings
from core.study import Role
from core.volume import centroid_lps
from reporting import codes
from reporting.equipment import MANUFACTURER, MODEL_NAME, contributing_equipment, device_uid, new_instance
from reporting.seg import gland_tracking_uid
from reporting.signature import SigningKey, sign_dataset
from reporting.sources import any_header, headers, nameless, nearest, patient_name
from reporting.sr_items import code, container, dicom_text
from reporting.sr_lesion import gland_group, lesion_group
from reporting.sr_summary import summary

SR_SERIES_NUMBER = 9002
_TEMPLATE = "1500"


def unverified_sr(findings: Findings, seg: Dataset | None) -> Dataset:
    """Return what the AI found as UNVERIFIED and PRELIMINARY, with Prosector as the only observer."""
    return draft_sr(with_findings(Report(findings.recognised), findings), seg)


def draft_sr(report: Report, seg: Dataset | None) -> Dataset:
    """Return a draft as UNVERIFIED and PRELIMINARY; `seg` is None for a draft without gland and lesions.

    Raises ValueError when `seg` lacks a segment that the report needs.
    """
    return _document(report, seg, None)


def verified_sr(signed: SignedReport, seg: Dataset | None, key: SigningKey) -> Dataset:
    """Return the signed report as COMPLETE, VERIFIED and FINAL with a DICOM digital signature of `key`.

    Raises `CannotSign` when the key cannot sign, and ValueError when `seg` lacks a segment that the report needs.
    """
    return sign_dataset(_document(signed.report, seg, signed), key, at=signed.signed_at)


def counted_lesions(report: Report) -> tuple[Lesion, ...]:
    """Return the lesions that SR and SEG hold: all but the rejected ones."""
    return tuple(lesion for lesion in report.lesions if not isinstance(lesion.review, Rejected))


def _document(report: Report, seg: Dataset | None, signed: SignedReport | None) -> Dataset:
    images = _shown_images(report)
    evidence = [*nameless(images), *([seg] if seg is not None else [])]
    reader = signed.reader if signed else None
    document = Comprehensive3DSR(
        evidence=evidence,
        content=_root(report, seg, images, reader),
        series_number=SR_SERIES_NUMBER,
        series_description="Prostate MRI report (research use)",
        institution_name=images[0].get("InstitutionName") or None,
        is_complete=signed is not None,
        is_final=signed is not None,
        is_verified=signed is not None,
        verifying_observer_name=_person_name(reader.name) if reader else None,
        verifying_organization=_organization(reader) if reader else None,
        requested_procedures=_requests(images[0]) or None,
        contributing_equipment=contributing_equipment(report.models),
        **new_instance(),
    )
    document.PatientName = patient_name(images[0])
    if signed:
        _set_times(document, signed.signed_at)
    return document


def _set_times(document: Dataset, signed_at: datetime) -> None:
    local = signed_at.astimezone()  # Content Date and Time have no zone; Verification DateTime has
    document.ContentDate, document.ContentTime = local.strftime("%Y%m%d"), local.strftime("%H%M%S")
    document.VerifyingObserverSequence[0].VerificationDateTime = DT(signed_at)


def _root(
    report: Report, seg: Dataset | None, images: Sequence[Dataset], reader: Reader | None
) -> ContainerContentItem:
    root = ContainerContentItem(codes.IMAGING_MEASUREMENT_REPORT, template_id=_TEMPLATE)
    root.ContentSequence = ContentSequence(
        [
            *LanguageOfContentItemAndDescendants(CodedConcept.from_code(codes.ENGLISH)),
            *_observers(reader),
            _procedure_reported(),
            *ImageLibrary(images),
            *_measurements(report, seg),
            summary(report, is_signed=reader is not None),
        ]
    )
    return root


def _procedure_reported() -> CodeContentItem:
    item = code(codes.PROCEDURE_REPORTED, codes.PROSTATE_MRI, RelationshipTypeValues.HAS_CONCEPT_MOD)
    item.ConceptCodeSequence[0].EquivalentCodeSequence = [CodedConcept.from_code(codes.PROSTATE_MRI_SCT)]
    return item


def _observers(reader: Reader | None) -> ObservationContext:
    device = ObserverContext(
        dicom_codes.DCM.Device,
        DeviceObserverIdentifyingAttributes(
            uid=device_uid(), name=MODEL_NAME, manufacturer_name=MANUFACTURER, model_name=MODEL_NAME
        ),
    )
    if reader is None:
        return ObservationContext(observer_device_context=device)
    identity = PersonObserverIdentifyingAttributes(
        name=_person_name(reader.name), organization_name=dicom_text(reader.organization) or None
    )
    return ObservationContext(ObserverContext(dicom_codes.DCM.Person, identity), device)


def _organization(reader: Reader) -> str:
    return dicom_text(reader.organization) or "Not stated"  # Verifying Organization may not be empty (type 1)


def _person_name(name: str) -> str:
    """Return `name` with a caret: highdicom takes a name of one component for a mistake."""
    return name if "^" in name else f"{name}^"


def _measurements(report: Report, seg: Dataset | None) -> Iterator[ContentItem]:
    groups = [lesion_group(lesion, _needed(seg)) for lesion in counted_lesions(report)]
    if report.gland is not None:
        groups.append(gland_group(report.gland, gland_tracking_uid(report.recognised), _needed(seg)))
    if groups:  # an empty container says nothing; TID 1500 then needs row 12 alone
        yield container(codes.IMAGING_MEASUREMENTS, groups)


def _needed(seg: Dataset | None) -> Dataset:
    if seg is None:
        raise ValueError("The report has a gland or lesions, so it needs their segmentation.")
    return seg


def _shown_images(report: Report) -> tuple[Dataset, ...]:
    """Return the headers of the T2 and ADC slices through the middle of each lesion, else of the middle slices.

    The whole stacks are not listed: an Image Library entry takes about 3 KB.
    """
    chosen: dict[str, Dataset] = {}
    for role in (Role.T2_AXIAL, Role.ADC):
        for header in _slices(report, role):
            chosen[str(header.SOPInstanceUID)] = header
    return tuple(chosen.values()) or (any_header(report.recognised),)


def _slices(report: Report, role: Role) -> Iterator[Dataset]:
    choice = report.recognised.one(role)
    if choice is None or choice.fitted:
        return
    stack = headers(choice.stack)
    lesions = counted_lesions(report)
    yield from (nearest(stack, centroid_lps(lesion.mask)) for lesion in lesions)
    if not lesions:
        yield stack[len(stack) // 2]


def _requests(header: Dataset) -> list[Dataset]:
    """Return the order behind the study (Referenced Request Sequence, 1C), empty when the images name none."""
    if not header.get("AccessionNumber") and not header.get("RequestAttributesSequence"):
        return []
    return [_request(header, asked) for asked in header.get("RequestAttributesSequence") or [Dataset()]]


def _request(header: Dataset, asked: Dataset) -> Dataset:
    item = Dataset()
    item.StudyInstanceUID = header.StudyInstanceUID
    item.ReferencedStudySequence = header.get("ReferencedStudySequence", [])
    item.AccessionNumber = asked.get("AccessionNumber") or header.get("AccessionNumber", "")
    for keyword in (
        "PlacerOrderNumberImagingServiceRequest",
        "FillerOrderNumberImagingServiceRequest",
        "RequestedProcedureID",
        "RequestedProcedureDescription",
    ):
        setattr(item, keyword, asked.get(keyword, header.get(keyword, "")))
    item.RequestedProcedureCodeSequence = asked.get(
        "RequestedProcedureCodeSequence", header.get("RequestedProcedureCodeSequence", [])
    )
    return item
