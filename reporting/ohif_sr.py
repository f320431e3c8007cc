"""A structured report that OHIF can show: planar outlines with measurements, and nothing that it trips over.

OHIF takes a structured report for one that it can show when its title is 126000, and fails on groups without an
outline whose measurements have none (extensions/cornerstone-dicom-sr; issues 3390 and 4404). So there are only groups
of TID 1410 here, each with one closed outline at its top; the full report has the rest.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from highdicom.sr import (
    CodedConcept,
    ComprehensiveSR,
    ContainerContentItem,
    ContentItem,
    ContentSequence,
    FindingSite,
    GraphicTypeValues,
    ImageLibrary,
    ImageRegion,
    LanguageOfContentItemAndDescendants,
    SourceImageForRegion,
    TrackingIdentifier,
)
from pydicom.dataset import Dataset

from core.report import Lesion, Report, SignedReport
from reporting import codes
from reporting.contours import closed_lines
from reporting.seg import require_grid_of
from reporting.signature import SigningKey, sign_dataset
from reporting.sources import axial_t2, headers, nameless
from reporting.sr import procedure_reported
from reporting.sr_head import complete, document_head, observers
from reporting.sr_items import code, container, text
from reporting.sr_lesion import measurement_items
from reporting.words import sector_in_words

OHIF_SERIES_NUMBER = 9008
_ROI_TEMPLATE = "1410"


def ohif_sr(signed: SignedReport, key: SigningKey) -> Dataset:
    """Return the reported lesions as a signed Comprehensive SR of outlines in slices of the axial T2.

    Raises ValueError without a reported lesion, `FramesDiffer` for an outline on other slices, `SeriesIncomplete` when
    the T2 is gone and `CannotSign` when the key cannot sign.
    """
    return sign_dataset(_document(signed), key, at=signed.signed_at)


def _document(signed: SignedReport) -> Dataset:
    report = signed.report
    if not report.reported_lesions:
        raise ValueError("No lesion is reported, so there is no outline to show.")
    slices = headers(axial_t2(report.recognised).stack)
    require_grid_of(slices, [(lesion.label, lesion.mask) for lesion in report.reported_lesions])
    shown = {lesion.label: slices[_largest(lesion)] for lesion in report.reported_lesions}
    images = list({str(header.SOPInstanceUID): header for header in shown.values()}.values())
    document = ComprehensiveSR(
        evidence=nameless(images),
        content=_root(report, signed, shown, images),
        series_number=OHIF_SERIES_NUMBER,
        series_description="Prostate MRI outlines for OHIF (research use)",
        **document_head(report, signed, images[0]),
    )
    complete(document, signed, images[0])
    return document


def _root(
    report: Report, signed: SignedReport, shown: dict[str, Dataset], images: Sequence[Dataset]
) -> ContainerContentItem:
    groups = [_group(lesion, shown[lesion.label]) for lesion in report.reported_lesions]
    root = ContainerContentItem(codes.IMAGING_MEASUREMENT_REPORT, template_id="1500")
    root.ContentSequence = ContentSequence(
        [
            *LanguageOfContentItemAndDescendants(CodedConcept.from_code(codes.ENGLISH)),
            *observers(signed.reader),
            procedure_reported(),
            *ImageLibrary(images),
            container(codes.IMAGING_MEASUREMENTS, groups),
        ]
    )
    return root


def _largest(lesion: Lesion) -> int:
    return int((lesion.mask.array > 0).sum(axis=(1, 2)).argmax())


def _group(lesion: Lesion, header: Dataset) -> ContainerContentItem:
    inside = (
        *TrackingIdentifier(uid=lesion.tracking_uid, identifier=lesion.label),
        code(codes.FINDING, codes.LESION),
        FindingSite(anatomic_location=codes.sector_code(lesion.sector)),
        _region(lesion, header),
        *(item for item in measurement_items(lesion.measures) if item.name != codes.VOLUME),
        *_category(lesion),
        text(codes.COMMENT, f"{lesion.label}: PI-RADS {lesion.category}, {sector_in_words(lesion.sector)}"),
    )
    return container(codes.MEASUREMENT_GROUP, inside, _ROI_TEMPLATE)


def _region(lesion: Lesion, header: Dataset) -> ImageRegion:
    outline, *_ = closed_lines(lesion.mask.array[_largest(lesion)] > 0)
    frame = header.get("ReferencedFrameNumber")
    return ImageRegion(
        graphic_type=GraphicTypeValues.POLYLINE,
        graphic_data=np.asarray(outline),
        source_image=SourceImageForRegion(
            header.SOPClassUID, header.SOPInstanceUID, referenced_frame_numbers=None if frame is None else [int(frame)]
        ),
    )


def _category(lesion: Lesion) -> Iterator[ContentItem]:
    if lesion.category in codes.LESION_CATEGORIES:
        yield code(codes.LESION_CATEGORY, codes.LESION_CATEGORIES[lesion.category])
