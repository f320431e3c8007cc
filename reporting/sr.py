"""The report as DICOM Comprehensive 3D SR (TID 1500), preliminary or verified, that our SEG belongs to."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from highdicom.sr import (
    CodeContentItem,
    CodedConcept,
    Comprehensive3DSR,
    ContainerContentItem,
    ContentItem,
    ContentSequence,
    ImageLibrary,
    LanguageOfContentItemAndDescendants,
    RelationshipTypeValues,
)
from pydicom.dataset import Dataset

from core.findings import Findings
from core.report import Lesion, Reader, Rejected, Report, SignedReport, with_findings
from core.study import Role
from core.volume import centroid_lps
from core.wording import Language
from reporting import codes
from reporting.seg import gland_tracking_uid
from reporting.signature import SigningKey, sign_dataset
from reporting.sources import any_header, header_of, headers, nameless, nearest
from reporting.sr_head import complete, document_head, observers
from reporting.sr_items import code, container
from reporting.sr_key_images import key_image_headers, key_image_items
from reporting.sr_lesion import gland_group, lesion_group
from reporting.sr_summary import summary

SR_SERIES_NUMBER = 9002
_TEMPLATE = "1500"


def unverified_sr(findings: Findings, seg: Dataset | None, language: Language = Language.ENGLISH) -> Dataset:
    """Return what the AI found as UNVERIFIED and PRELIMINARY, with Prosector as the only observer."""
    return draft_sr(with_findings(Report(findings.recognised, language=language), findings), seg)


def draft_sr(report: Report, seg: Dataset | None) -> Dataset:
    """Return a draft as UNVERIFIED and PRELIMINARY; `seg` is None for a draft without gland and lesions.

    Raises ValueError when `seg` lacks a segment that the report needs.
    """
    return _document(report, seg, None)


def verified_sr(signed: SignedReport, seg: Dataset | None, key: SigningKey) -> Dataset:
    """Return the signed report as COMPLETE, VERIFIED and FINAL with a DICOM digital signature of `key`.

    One that was signed as preliminary is UNVERIFIED and PRELIMINARY, with its author's signature.
    Raises `CannotSign` when the key cannot sign, and ValueError when `seg` lacks a segment that the report needs.
    """
    report = replace(signed.report, notes=signed.notes)
    return sign_dataset(_document(report, seg, signed), key, at=signed.signed_at)


def counted_lesions(report: Report) -> tuple[Lesion, ...]:
    """Return the lesions that SR and SEG hold: all but the rejected ones."""
    return tuple(lesion for lesion in report.lesions if not isinstance(lesion.review, Rejected))


def _document(report: Report, seg: Dataset | None, signed: SignedReport | None) -> Dataset:
    images, chosen = _shown_images(report), key_image_headers(report)
    evidence = [*nameless(_once((*images, *chosen))), *([seg] if seg is not None else [])]
    reader = signed.reader if signed else None
    document = Comprehensive3DSR(
        evidence=evidence,
        content=_root(report, seg, images, chosen, reader),
        series_number=SR_SERIES_NUMBER,
        series_description="Prostate MRI report (research use)",
        **document_head(report, signed, images[0]),
    )
    complete(document, signed, images[0])
    return document


def _once(images: Sequence[Dataset]) -> tuple[Dataset, ...]:
    return tuple({str(image.SOPInstanceUID): image for image in images}.values())


def _root(
    report: Report,
    seg: Dataset | None,
    images: Sequence[Dataset],
    chosen: Sequence[Dataset],
    reader: Reader | None,
) -> ContainerContentItem:
    root = ContainerContentItem(codes.IMAGING_MEASUREMENT_REPORT, template_id=_TEMPLATE)
    root.ContentSequence = ContentSequence(
        [
            *LanguageOfContentItemAndDescendants(CodedConcept.from_code(codes.LANGUAGES[report.language])),
            *observers(reader),
            procedure_reported(),
            *ImageLibrary(images),
            *_measurements(report, seg),
            summary(report, is_signed=reader is not None),
            *key_image_items(report.key_images, chosen),
        ]
    )
    return root


def procedure_reported() -> CodeContentItem:
    """Return which examination is reported, in the code that validators know and in the one that CID 100 has now."""
    item = code(codes.PROCEDURE_REPORTED, codes.PROSTATE_MRI, RelationshipTypeValues.HAS_CONCEPT_MOD)
    item.ConceptCodeSequence[0].EquivalentCodeSequence = [CodedConcept.from_code(codes.PROSTATE_MRI_SCT)]
    return item


def _measurements(report: Report, seg: Dataset | None) -> Iterator[ContentItem]:
    groups = [lesion_group(report, lesion, _needed(seg)) for lesion in counted_lesions(report)]
    if report.gland is not None:
        groups.append(gland_group(report.gland, gland_tracking_uid(report.recognised), _needed(seg)))
    if groups:  # an empty container says nothing; TID 1500 then needs row 12 alone
        yield container(codes.IMAGING_MEASUREMENTS, groups)


def _needed(seg: Dataset | None) -> Dataset:
    if seg is None:
        raise ValueError("The report has a gland or lesions, so it needs their segmentation.")
    return seg


def _shown_images(report: Report) -> tuple[Dataset, ...]:
    """Return the headers of the T2 and ADC slices through the middle of each lesion, and where it was measured.

    Without a lesion, those of the middle slices.
    The whole stacks are not listed: an Image Library entry takes about 3 KB.
    """
    chosen: dict[str, Dataset] = {}
    for role in (Role.T2_AXIAL, Role.ADC):
        for header in _slices(report, role):
            chosen[str(header.SOPInstanceUID)] = header
    for lesion in report.lesions:
        image = lesion.measures.image
        if image is not None and image.sop_instance_uid not in chosen:
            header = header_of(report.recognised, image.sop_instance_uid)
            chosen |= {} if header is None else {image.sop_instance_uid: header}
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
