"""Lesions and outlines that the reader makes or changes, measured anew each time."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
from highdicom import Volume
from pydicom.uid import generate_uid

from core.errors import CannotAnalyse, OutlineRefused
from core.findings import Gland, Measures
from core.pirads import Zone
from core.report import (
    Accepted,
    Assessment,
    Edited,
    FromModel,
    FromReader,
    Lesion,
    Rejected,
    Report,
    next_label,
    scoring_zone,
    with_lesion,
)
from core.sectors import Sector
from core.study import RecognisedStudy, Role
from core.volume import PointLps, centroid_lps, position_lps, require_same_frame, same_grid, voxel_volume_ml
from inference.atlas import sector_at, sector_of, zones_of
from inference.ellipsoid import ellipsoid_of
from inference.grow import Proposal, grow
from inference.lesion import sphere
from inference.mask_edit import Box, box_of, cropped, part_of, smooth
from inference.measure import Images, measure_lesion
from inference.measured_image import images_of
from inference.pipeline import USUAL_HIGH_B
from inference.recognise import adc_b_values
from service.reading import OpenStudy

DEFAULT_DIAMETER_MM = 10.0


def add_lesion(
    report: Report,
    opened: OpenStudy,
    at: PointLps,
    diameter_mm: float = DEFAULT_DIAMETER_MM,
    sector: Sector | None = None,
) -> Report:
    """Return the draft with a ball-shaped lesion of the reader around `at` (mm, LPS).

    Without `sector` it is read from the gland's atlas. Raises `CannotAnalyse` when there is no axial T2 to draw on,
    or neither a gland nor a sector.
    """
    return add_outline(report, opened, sphere(_t2(opened), at, diameter_mm), sector)


def add_outline(report: Report, opened: OpenStudy, mask: Volume, sector: Sector | None = None) -> Report:
    """Return the draft with a lesion of the reader that has this outline on the axial T2 grid.

    Raises like `add_lesion`, and `OutlineRefused` when the outline is empty.
    """
    _require_t2_grid(mask, _t2(opened))
    if not mask.array.any():
        raise OutlineRefused("The lesion has no outline yet; draw one first.")
    found = sector or _sector(report, opened, mask)
    lesion = Lesion(
        tracking_uid=generate_uid(),
        label=next_label(report),
        mask=mask,
        centroid_lps_mm=centroid_lps(cropped(mask)),
        measures=measures_of(opened, mask, scoring_zone(found)),
        sector=found,
        assessment=Assessment(scored_as=scoring_zone(found)),
        origin=FromReader(),
        review=Accepted(),
    )
    return replace(report, lesions=(*report.lesions, lesion))


def propose_lesion(report: Report, opened: OpenStudy, at: PointLps) -> Report:
    """Return the draft with a lesion of the reader grown from the focus at `at` (mm, LPS).

    Raises `CannotAnalyse` without axial T2, ADC or gland; `OutlineRefused` when nothing stands out there or a lesion
    of the report already covers it.
    """
    proposal = grow_at(report, opened, at)
    for lesion in report.lesions:
        if not isinstance(lesion.review, Rejected) and _covers(lesion.mask, proposal.mask):
            raise OutlineRefused(f"{lesion.label} already covers this focus; change its outline instead.")
    return add_outline(report, opened, proposal.mask)


def grow_at(report: Report, opened: OpenStudy, at: PointLps) -> Proposal:
    """Return the focus at `at` (mm, LPS) as `inference.grow.grow` outlines it; raises `CannotAnalyse` as above."""
    if report.gland is None:
        raise CannotAnalyse("A focus is grown within the prostate, which is not outlined yet; run the AI first.")
    adc = opened.volume(Role.ADC)
    if adc is None:
        raise CannotAnalyse("A focus is grown on the ADC map, which the study has not; draw the lesion by hand.")
    high_b = opened.volume(Role.HIGH_B)
    if high_b is not None and high_b.frame_of_reference_uid != report.gland.mask.frame_of_reference_uid:
        high_b = None
    choice = opened.recognised.one(Role.HIGH_B)
    b_value = (choice.b_value if choice else None) or USUAL_HIGH_B
    return grow(at, adc, high_b, report.gland.mask, b_value=b_value)


def edit_outline(report: Report, opened: OpenStudy, tracking_uid: str, mask: Volume) -> Report:
    """Return the draft with another outline (on the axial T2 grid) of a lesion, measured and placed anew.

    A model's lesion counts as edited from then on and keeps the model's outline as its original. Sector and scoring
    zone follow the outline as long as they are those that it had; others are the reader's own choice and stay. Raises
    `OutlineRefused` when nothing is left of the outline or the lesion was rejected, KeyError when there is none.
    """
    lesion = report.lesion(tracking_uid)
    _require_t2_grid(mask, lesion.mask)
    if np.array_equal(mask.array, lesion.mask.array):
        return report
    if isinstance(lesion.review, Rejected):
        raise OutlineRefused(f"{lesion.label} was rejected; take the rejection back before you change its outline.")
    if not mask.array.any():
        way_out = "reject" if isinstance(lesion.origin, FromModel) else "remove"
        raise OutlineRefused(f"Nothing would be left of {lesion.label}; {way_out} the lesion instead.")
    changed = _followed(replace(lesion, mask=mask), lesion, report.gland, report.gland, opened)
    changed = replace(changed, centroid_lps_mm=centroid_lps(cropped(mask)))
    if isinstance(lesion.origin, FromModel):
        changed = replace(changed, review=Edited(), original_mask=lesion.original_mask or lesion.mask)
    return with_lesion(report, tracking_uid, lambda _: _measured(changed, opened))


def edit_gland(report: Report, opened: OpenStudy, mask: Volume) -> Report:
    """Return the draft with another outline (on the axial T2 grid) of the prostate, its volume measured anew.

    The model's outline is kept as the original. Sectors that the lesions had by the outline of before are read anew;
    others are the reader's own choice and stay. Raises `OutlineRefused` when nothing is left of the outline,
    `CannotAnalyse` when there is none yet.
    """
    before = report.gland
    if before is None:
        raise CannotAnalyse("The prostate is not outlined yet; run the AI first.")
    _require_t2_grid(mask, before.mask)
    if np.array_equal(mask.array, before.mask.array):
        return report
    if not mask.array.any():
        raise OutlineRefused("Nothing would be left of the prostate's outline; it was not changed.")
    gland = replace(
        before,
        mask=mask,
        volume_ml=int(np.count_nonzero(mask.array)) * voxel_volume_ml(mask),
        ellipsoid=ellipsoid_of(mask),
        edited=True,
        original_mask=before.original_mask or before.mask,
    )
    lesions = tuple(_replaced(lesion, before, gland, opened) for lesion in report.lesions)
    return replace(report, gland=gland, lesions=lesions)


def remeasure(report: Report, opened: OpenStudy, tracking_uid: str) -> Report:
    """Return the draft with a lesion measured anew, after the reader chose another sector or scoring zone."""
    return with_lesion(report, tracking_uid, lambda lesion: _measured(lesion, opened))


def measures_of(opened: OpenStudy, mask: Volume, scored_as: Zone = Zone.TZ) -> Measures:
    """Return size, volume and ADC of a mask on the axial T2 grid; a PZ lesion's size is that in the ADC slices."""
    adc = opened.volume(Role.ADC)
    if adc is not None and adc.frame_of_reference_uid != mask.frame_of_reference_uid:
        adc = None
    return measure_lesion(mask, adc, scored_as, _b_values(opened.recognised), _images(opened.recognised))


def warm_up(opened: OpenStudy) -> None:
    """Load the libraries and the atlas that measuring needs, some 0.3 s, so that the first edit is as quick as others.

    Measures a ball once and forgets it; may run in a thread of its own.
    """
    t2 = opened.volume(Role.T2_AXIAL)
    if t2 is None:
        return
    k, j, i = (n // 2 for n in t2.spatial_shape)
    ball = cropped(sphere(t2, position_lps(t2, (float(k), float(j), float(i))), DEFAULT_DIAMETER_MM))
    measures_of(opened, ball, Zone.PZ)
    sector_of(ball, ball, zones_of(ball))
    smooth(ball, 1.0)


def placement_in_words(before: Lesion, after: Lesion) -> str:
    """Return what a change of outline did to a lesion's sector and scoring, or an empty string."""
    if after.sector == before.sector and after.assessment.scored_as is before.assessment.scored_as:
        return ""
    told = f"{after.label} now lies mostly in {after.sector.label}"
    if after.assessment.scored_as is before.assessment.scored_as:
        return f"{told}."
    return f"{told} and is scored as {after.assessment.scored_as}: look at its scores again."


def _replaced(lesion: Lesion, before: Gland, after: Gland, opened: OpenStudy) -> Lesion:
    """Return a lesion placed by another outline of the prostate; measured anew only if it is scored otherwise now."""
    placed = _followed(lesion, lesion, before, after, opened)
    return lesion if placed is lesion else _measured(placed, opened)


def _followed(
    changed: Lesion, before: Lesion, gland_before: Gland | None, gland: Gland | None, opened: OpenStudy
) -> Lesion:
    """Return `changed` in the sector of its mask, where `before` was in that of its own."""
    if gland_before is None or gland is None or _derived(before.mask, gland_before, opened) != before.sector:
        return changed
    sector = _derived(changed.mask, gland, opened)
    if sector == before.sector:
        return changed
    assessment = changed.assessment
    if assessment.scored_as is scoring_zone(before.sector):
        assessment = replace(assessment, scored_as=scoring_zone(sector))
    return replace(changed, sector=sector, assessment=assessment)


def _measured(lesion: Lesion, opened: OpenStudy) -> Lesion:
    return replace(lesion, measures=measures_of(opened, lesion.mask, lesion.assessment.scored_as))


def _sector(report: Report, opened: OpenStudy, mask: Volume) -> Sector:
    if report.gland is None:
        raise CannotAnalyse("The sector is not known before the gland is segmented; choose it on the sector map.")
    return _derived(mask, report.gland, opened)


def _derived(mask: Volume, gland: Gland, opened: OpenStudy) -> Sector:
    """Return the sector that holds most of a mask, looked up in the part of the grid around the gland."""
    box, part, zones = _zoned(gland.mask, opened.volume(Role.T2_AXIAL))
    inside = part_of(mask, box)
    if not inside.array.any():
        return sector_at(centroid_lps(cropped(mask)), part, zones)
    return sector_of(inside, part, zones)


@lru_cache(maxsize=2)
def _zoned(gland: Volume, t2: Volume | None) -> tuple[Box, Volume, Volume]:
    """Return the box of a gland, and gland and zones in it; kept for the gland before and after an edit."""
    box = box_of(gland.array)
    assert box is not None, "a gland is never empty"
    part = part_of(gland, box)
    return box, part, zones_of(part, part_of(t2, box) if t2 is not None and same_grid(t2, gland) else None)


@lru_cache(maxsize=2)
def _b_values(recognised: RecognisedStudy) -> tuple[float, ...]:
    """Return the b-values of the ADC map, for which headers are looked at, once for each study."""
    return adc_b_values(recognised)


@lru_cache(maxsize=2)
def _images(recognised: RecognisedStudy) -> Images:
    """Return which images the slices are, for which headers are looked at, once for each study."""
    return images_of(recognised)


def _covers(mask: Volume, proposed: Volume) -> bool:
    inside = proposed.array > 0
    return int(np.count_nonzero(mask.array[inside])) * 2 > int(np.count_nonzero(inside))


def _t2(opened: OpenStudy) -> Volume:
    t2 = opened.volume(Role.T2_AXIAL)
    if t2 is None:
        raise CannotAnalyse("A lesion cannot be drawn: the study has no axial T2 that can be read.")
    return t2


def _require_t2_grid(mask: Volume, reference: Volume) -> None:
    require_same_frame(mask, reference, names=("The outline", "the axial T2"))
    if not same_grid(mask, reference):
        raise ValueError("An outline is kept on the whole grid of the axial T2, which this one is not on.")
