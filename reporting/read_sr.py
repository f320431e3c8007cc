"""From our own SR and SEG back to the report, so that it can be shown again and amended.

All of a report comes back but two things (docs/reports.md): what the reader had called an examination without a lesion
that has one now, and how the report stood to the one before it, which the report itself has become since.
"""

import struct
from collections.abc import Iterator
from dataclasses import replace
from typing import cast

import numpy as np
from highdicom import Volume, VolumeGeometry
from highdicom.seg import Segmentation
from pydicom.dataset import Dataset
from pydicom.sr.coding import Code

from core.annotations import Annotation
from core.errors import ReportUnreadable
from core.pirads import Category
from core.report import Clinical, Lesion, Report
from core.study import RecognisedStudy
from core.used_series import UsedSeries
from core.volume import on_grid_of, require_same_frame
from core.wording import Language, WrittenOver
from reporting import codes, sr_tree
from reporting.read_lesion import Masks, read_gland, read_lesion, tracking_uid_of
from reporting.seg import gland_tracking_uid
from reporting.sources import axial_t2, geometry, headers
from reporting.sr_amendment import read_notes
from reporting.sr_items import dicom_text
from reporting.sr_key_images import read_key_images
from reporting.sr_nudges import read_nudges
from reporting.sr_order import read_order
from reporting.sr_quality import read_pi_qual, read_quality
from reporting.sr_rejected import outline_of
from reporting.sr_staging import read_precise, read_staging
from reporting.sr_summary import DRAWINGS, OVER, USED
from reporting.text import findings_text, impression_text


def read_report(sr: Dataset, seg: Dataset | None, recognised: RecognisedStudy) -> Report:
    """Return the report that our `sr` and its `seg` (None when it has none) were written from.

    A text that writes itself anew exactly as it stands in the SR stays one that writes itself; any other is the
    reader's own, so what was signed is what is shown. Raises `ReportUnreadable` when the SR is not ours, is of
    another study, or does not go with the SEG; `FramesDiffer` when the SEG is in another frame of reference.
    """
    uid = sr.get("SOPInstanceUID", "without UID")
    if sr.get("StudyInstanceUID") != recognised.study.study_instance_uid:
        raise ReportUnreadable(f"The report {uid} belongs to another study than the one that is open.")
    evaluations = sr_tree.child(sr, codes.QUALITATIVE_EVALUATIONS)
    if evaluations is None or sr_tree.coded(evaluations, codes.REPORTING_SYSTEM) is None:
        raise ReportUnreadable(f"The report {uid} was not written by Prosector and cannot be opened for editing.")
    try:
        return _report(sr, evaluations, _masks(seg, recognised), recognised)
    except (KeyError, AttributeError, IndexError, ValueError, struct.error) as error:
        raise ReportUnreadable(f"The report {uid} is damaged or lacks its segmentation: {error}.") from error


def _report(sr: Dataset, evaluations: Dataset, masks: Masks, recognised: RecognisedStudy) -> Report:
    measurements = sr_tree.child(sr, codes.IMAGING_MEASUREMENTS) or Dataset()
    groups = {tracking_uid_of(group): group for group in sr_tree.children(measurements, codes.MEASUREMENT_GROUP)}
    gland = groups.pop(str(gland_tracking_uid(recognised)), None)
    report = Report(
        recognised=recognised,
        clinical=Clinical(
            psa_ng_ml=next(iter(sr_tree.numbers(evaluations, codes.PSA)), None),
            indication=sr_tree.text(evaluations, codes.INDICATION),
        ),
        gland=None if gland is None else read_gland(gland, masks),
        lesions=_in_order(
            (*(read_lesion(group, masks, recognised) for group in groups.values()), *_rejected(evaluations, recognised))
        ),
        models=tuple(map(sr_tree.model_of, sr_tree.texts(evaluations, codes.AI_MODEL))),
        warnings=sr_tree.texts(evaluations, codes.ANALYSIS_NOTE),
        quality=read_quality(evaluations),
        pi_qual=read_pi_qual(evaluations),
        used=_used(evaluations),
        annotations=_drawings(evaluations),
        nudges=read_nudges(evaluations),
        staging=read_staging(evaluations),
        precise=read_precise(evaluations),
        order=read_order(evaluations),
        key_images=read_key_images(sr),
        notes=read_notes(evaluations),
        language=sr_tree.key_of(codes.LANGUAGES, sr_tree.coded(sr, codes.LANGUAGE), Language.ENGLISH),
        findings_written_over=_written_over(evaluations, codes.OF_FINDINGS),
        impression_written_over=_written_over(evaluations, codes.OF_IMPRESSION),
    )
    if report.index_lesion is None:
        report = replace(report, without_lesion=_category(evaluations))
    return _with_texts(report, evaluations)


def _in_order(lesions: tuple[Lesion, ...]) -> tuple[Lesion, ...]:
    """Return the lesions by the number of their label, as they came into the report."""
    return tuple(sorted(lesions, key=lambda lesion: int(lesion.label[1:])))


def _rejected(evaluations: Dataset, recognised: RecognisedStudy) -> Iterator[Lesion]:
    told = [
        item for item in sr_tree.children(evaluations, codes.REJECTED) if sr_tree.child(item, codes.REJECTED_OUTLINE)
    ]
    if not told:
        return
    grid = geometry(headers(axial_t2(recognised).stack))
    for item in told:
        yield read_lesion(item, {tracking_uid_of(item): outline_of(item, grid)}, recognised)


def _used(evaluations: Dataset) -> tuple[UsedSeries, ...]:
    told = sr_tree.text(evaluations, codes.USED_SERIES)
    return USED.validate_json(told) if told else ()


def _drawings(evaluations: Dataset) -> tuple[Annotation, ...]:
    told = sr_tree.text(evaluations, codes.DRAWINGS)
    return DRAWINGS.validate_json(told) if told else ()


def _written_over(evaluations: Dataset, of: Code) -> WrittenOver | None:
    for item in sr_tree.children(evaluations, codes.WRITTEN_OVER):
        if sr_tree.coded(item, codes.WRITTEN_OVER) == of:
            return OVER.validate_json(item.TextValue)
    return None


def _category(evaluations: Dataset) -> Category:
    return sr_tree.key_of(codes.EXAM_CATEGORIES, sr_tree.coded(evaluations, codes.EXAM_CATEGORY), Category.PENDING)


def _with_texts(report: Report, evaluations: Dataset) -> Report:
    findings = sr_tree.text(evaluations, codes.FINDINGS)
    impression = sr_tree.text(evaluations, codes.IMPRESSION)
    return replace(
        report,
        own_findings="" if findings == dicom_text(findings_text(report)) else findings,
        own_impression="" if impression == dicom_text(impression_text(report)) else impression,
    )


def _masks(seg: Dataset | None, recognised: RecognisedStudy) -> Masks:
    if seg is None:
        return {}
    image = seg if isinstance(seg, Segmentation) else Segmentation.from_dataset(seg)
    grid = geometry(headers(axial_t2(recognised).stack))
    volume = image.get_volume(combine_segments=False)
    require_same_frame(volume, cast(Volume, grid), names=("The segmentation", "the axial T2"))
    on_t2 = _on_grid(volume, grid)
    whole = on_t2.with_array(on_t2.array[..., 0])
    return {
        str(segment.TrackingUID): on_grid_of(whole, on_t2.array[..., place])
        for place, segment in enumerate(image.SegmentSequence)
    }


def _on_grid(volume: Volume, grid: VolumeGeometry) -> Volume:
    """Return the outlines on the grid of the axial T2, whole; raises `ReportUnreadable` where they lie beside it."""
    beside = "The outlines of the report do not lie on the slices of the axial T2; retrieve the study again."
    try:
        on_t2 = volume.match_geometry(grid)
    except RuntimeError as error:  # highdicom's, when the two grids are not the same one
        raise ReportUnreadable(beside) from error
    if np.count_nonzero(on_t2.array) != np.count_nonzero(volume.array):
        raise ReportUnreadable(beside)
    return on_t2
