"""From our own SR and SEG back to the report, so that it can be shown again and amended.

Rejected AI findings are kept in the SR as text only, so they do not come back: an outline that the reader rejected
is in no object that an archive shows.
"""

import struct
from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar, cast

import numpy as np
from highdicom import Volume, VolumeGeometry
from highdicom.seg import Segmentation
from pydicom.dataset import Dataset
from pydicom.sr.coding import Code

from core.errors import ReportUnreadable
from core.findings import Contribution, Ellipsoid, Feature, Gland, Measures, ModelIdentity
from core.pirads import Category, Score, Zone
from core.quality import PiQual, PiQualDraft, prefilled
from core.report import (
    Accepted,
    Assessment,
    Clinical,
    Edited,
    FromModel,
    FromReader,
    Lesion,
    Override,
    Report,
    Unreviewed,
)
from core.study import RecognisedStudy, Role
from core.volume import centroid_lps, on_grid_of, require_same_frame
from reporting import codes, sr_tree
from reporting.seg import gland_tracking_uid
from reporting.sources import axial_t2, geometry, headers
from reporting.sr_items import dicom_text
from reporting.sr_quality import read_pi_qual, read_quality
from reporting.text import findings_text, impression_text

Masks = Mapping[str, Volume]
"""Outlines on the axial T2 grid by tracking UID."""

_T = TypeVar("_T")


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
    groups = {_tracking_uid(group): group for group in sr_tree.children(measurements, codes.MEASUREMENT_GROUP)}
    gland = groups.pop(str(gland_tracking_uid(recognised)), None)
    report = Report(
        recognised=recognised,
        clinical=Clinical(
            psa_ng_ml=next(iter(sr_tree.numbers(evaluations, codes.PSA)), None),
            indication=sr_tree.text(evaluations, codes.INDICATION),
        ),
        gland=None if gland is None else _gland(gland, masks),
        lesions=tuple(_lesion(group, masks) for group in groups.values()),
        models=tuple(map(sr_tree.model_of, sr_tree.texts(evaluations, codes.AI_MODEL))),
        warnings=sr_tree.texts(evaluations, codes.ANALYSIS_NOTE),
        quality=read_quality(evaluations),
        pi_qual=_form(evaluations),
    )
    if report.index_lesion is None:
        report = replace(report, without_lesion=_category(evaluations))
    return _with_texts(report, evaluations)


def _form(evaluations: Dataset) -> PiQual | PiQualDraft | None:
    """Return the form that was confirmed, else one that is prefilled from the checks, if there are any."""
    quality = read_quality(evaluations)
    return read_pi_qual(evaluations) or (prefilled(quality) if quality.checks else None)


def _category(evaluations: Dataset) -> Category:
    return _key(codes.EXAM_CATEGORIES, sr_tree.coded(evaluations, codes.EXAM_CATEGORY), Category.PENDING)


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


def _tracking_uid(group: Dataset) -> str:
    item = sr_tree.child(group, codes.TRACKING_UID)
    if item is None:
        raise KeyError("a measurement group has no tracking UID")
    return str(item.UID)


def _gland(group: Dataset, masks: Masks) -> Gland:
    (volume,) = sr_tree.children(group, codes.VOLUME)
    edited = sr_tree.coded(group, codes.REVIEW) is not None
    mask = masks[_tracking_uid(group)]
    return Gland(mask, sr_tree.number(volume), _algorithm(volume), edited, ellipsoid=_ellipsoid(group))


def _ellipsoid(group: Dataset) -> Ellipsoid | None:
    if sr_tree.child(group, codes.VOLUME_OF_ELLIPSOID) is None:  # written by an earlier version
        return None
    return Ellipsoid(_only(group, codes.LENGTH), _only(group, codes.WIDTH), _only(group, codes.DEPTH))


def _lesion(group: Dataset, masks: Masks) -> Lesion:
    uid = _tracking_uid(group)
    return Lesion(
        tracking_uid=uid,
        label=sr_tree.text(group, codes.TRACKING_IDENTIFIER),
        mask=masks[uid],
        centroid_lps_mm=centroid_lps(masks[uid]),
        measures=_measures(group),
        sector=codes.sector_of(_required(sr_tree.coded(group, codes.FINDING_SITE), "a finding site")),
        assessment=_assessment(group),
        origin=_origin(group),
        review=_review(group),
        comment=sr_tree.text(group, codes.COMMENT),
    )


def _measures(group: Dataset) -> Measures:
    adc = {
        _required(sr_tree.coded(item, codes.DERIVATION), "a derivation").value: item
        for item in sr_tree.children(group, codes.ADC)
    }
    mean, tenth = adc.get(codes.MEAN.value), adc.get(codes.TENTH_PERCENTILE.value)
    any_adc = mean or tenth or Dataset()
    return Measures(
        volume_ml=_only(group, codes.VOLUME),
        long_axis_mm=_only(group, codes.LONG_AXIS),
        short_axis_mm=_only(group, codes.SHORT_AXIS),
        adc_mean=None if mean is None else sr_tree.number(mean),
        adc_p10=None if tenth is None else sr_tree.number(tenth),
        adc_b_values=sr_tree.numbers(any_adc, codes.SOURCE_B_VALUE),
        measured_on=_key(codes.MEASURED_ON, sr_tree.coded(_axis(group), codes.MEASUREMENT_METHOD), Role.T2_AXIAL),
    )


def _axis(group: Dataset) -> Dataset:
    (axis,) = sr_tree.children(group, codes.LONG_AXIS)
    return axis


def _origin(group: Dataset) -> FromModel | FromReader:
    score = sr_tree.child(group, codes.AI_SCORE) or sr_tree.child(group, codes.AI_PROBABILITY)
    if score is None:
        return FromReader()
    suggested = sr_tree.coded(group, codes.SUGGESTED_CATEGORY)
    return FromModel(
        model=_algorithm(score),
        score=sr_tree.number(score),
        suggested_category=_key(codes.LESION_CATEGORIES, suggested, Category.PENDING),
        explanation=sr_tree.texts(group, codes.EXPLANATION),
        contributions=tuple(
            Contribution(_key(codes.FEATURES, sr_tree.coded(item, codes.FEATURE), Feature.PRIOR), sr_tree.number(item))
            for item in sr_tree.children(group, codes.CONTRIBUTION)
        ),
        calibrated_on=sr_tree.text(group, codes.CALIBRATED_ON),
    )


def _algorithm(item: Dataset) -> ModelIdentity:
    name, version = sr_tree.text(item, codes.ALGORITHM_NAME), sr_tree.text(item, codes.ALGORITHM_VERSION)
    return sr_tree.model_of("\n".join((f"Name: {name}", f"Version: {version}", *_parameters(item))))


def _parameters(item: Dataset) -> tuple[str, ...]:
    return sr_tree.texts(item, codes.ALGORITHM_PARAMETERS)


def _review(group: Dataset) -> Accepted | Edited | Unreviewed:
    state = _required(sr_tree.coded(group, codes.REVIEW), "a state of review").value
    states = {codes.ACCEPTED.value: Accepted(), codes.EDITED.value: Edited(), codes.UNREVIEWED.value: Unreviewed()}
    return states[state]


def _assessment(group: Dataset) -> Assessment:
    rules = _required(sr_tree.coded(group, codes.SCORED_AS), "the zone whose rules apply")
    zone = _key(codes.SCORING_ZONES, rules, Zone.PZ)
    untouched = Assessment(zone)
    return Assessment(
        scored_as=zone,
        t2=_key(codes.T2_SCORES[zone], sr_tree.coded(group, codes.T2_SCORE), Score.UNSCORED),
        dwi=_key(codes.DWI_SCORES, sr_tree.coded(group, codes.DWI_SCORE), Score.UNSCORED),
        dce=_key(codes.DCE_SCORES, sr_tree.coded(group, codes.DCE_SCORE), untouched.dce),
        epe=_key(codes.EXTENSIONS, sr_tree.coded(group, codes.EXTENSION), untouched.epe),
        override=_override(group),
    )


def _override(group: Dataset) -> Override | None:
    basis = sr_tree.coded(group, codes.CATEGORY_BASIS)
    if basis is None or basis.value != codes.BY_READER.value:
        return None
    category = _key(codes.LESION_CATEGORIES, sr_tree.coded(group, codes.LESION_CATEGORY), Category.PENDING)
    return Override(category, sr_tree.text(group, codes.OVERRIDE_REASON))


def _key(table: Mapping[_T, Code], code: Code | None, absent: _T) -> _T:
    """Return what `code` stands for in `table`, or `absent` without a code; raises KeyError for a foreign code."""
    if code is None:
        return absent
    return {value[:2]: key for key, value in table.items()}[code[:2]]


def _only(group: Dataset, name: Code) -> float:
    (value,) = sr_tree.numbers(group, name)
    return value


def _required(code: Code | None, what: str) -> Code:
    if code is None:
        raise KeyError(what)
    return code
