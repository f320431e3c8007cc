"""Outlines that the reader draws and changes: measured, placed and kept as a reader would expect."""

import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest
from highdicom import Volume

from core.errors import CannotAnalyse, FramesDiffer, OutlineRefused, OutsideImages
from core.findings import Candidate, Findings, Gland, ModelIdentity
from core.pirads import Category, Zone
from core.report import Accepted, Edited, Rejected, Report, Unreviewed, with_findings, with_lesion
from core.sectors import sector
from core.study import Role
from core.volume import centroid_lps, on_grid_of, voxel_volume_ml
from inference.atlas import sector_of, zones_of
from inference.ellipsoid import ellipsoid_of
from inference.lesion import sphere
from inference.mask_edit import empty_mask, paint, part_of
from reporting.text import findings_text, lesion_text
from service.drafts import DraftStore
from service.lesions import (
    add_lesion,
    add_outline,
    edit_gland,
    edit_outline,
    measures_of,
    placement_in_words,
    propose_lesion,
    remeasure,
)

_TAPS = ModelIdentity("TAPS", "1.1", "a" * 64, "MIT")
_DETECTOR = ModelIdentity("Detector", "0.1", "b" * 64, "Apache-2.0")


@pytest.fixture(scope="module")
def gland(phantom_study):
    """The phantom's gland as it was drawn."""
    mask = phantom_study.truth.gland
    return Gland(mask, int(mask.array.sum()) * voxel_volume_ml(mask), _TAPS)


@pytest.fixture(scope="module")
def middle(gland):
    """The middle of the gland."""
    return centroid_lps(gland.mask)


@pytest.fixture(scope="module")
def findings(opened_phantom, phantom_study, gland):
    """What an AI might say of the phantom: a gland and a candidate at its first lesion."""
    mask = sphere(gland.mask, phantom_study.truth.lesions[0].centre_lps, 9.0)
    found = sector_of(mask, gland.mask, zones_of(gland.mask, opened_phantom.volume(Role.T2_AXIAL)))
    candidate = Candidate(
        tracking_uid="1.2.826.0.1.3680043.8.498.55",
        mask=mask,
        score=0.7,
        centroid_lps_mm=centroid_lps(mask),
        measures=measures_of(opened_phantom, mask, Zone.PZ),
        sector=found,
        suggested_category=Category.FOUR,
        model=_DETECTOR,
        explanation=("ADC is low",),
    )
    return Findings(
        recognised=opened_phantom.recognised,
        gland=gland,
        zones=zones_of(gland.mask),
        suspicion=on_grid_of(mask, mask.array.astype(np.float32)),
        candidates=(candidate,),
        models=(_TAPS, _DETECTOR),
        timings_s={},
        warnings=(),
    )


@pytest.fixture
def draft(opened_phantom, findings):
    """A draft with the AI's lesion, not reviewed yet."""
    return with_findings(Report(opened_phantom.recognised), findings)


def _first(report):
    return report.lesions[0]


def _wider(lesion, by_mm=6.0):
    return paint(lesion.mask, [lesion.centroid_lps_mm], 9.0 + by_mm)


def _edited(report, opened, mask):
    return edit_outline(report, opened, _first(report).tracking_uid, mask)


# A lesion's outline


def test_a_changed_outline_is_measured_anew(opened_phantom, draft):
    before, mask = _first(draft), _wider(_first(draft))

    after = _first(_edited(draft, opened_phantom, mask))

    assert after.mask is mask
    assert after.measures.volume_ml == pytest.approx(int(mask.array.sum()) * voxel_volume_ml(mask))
    assert after.measures.long_axis_mm == pytest.approx(15.0, abs=1.0)
    assert after.measures == measures_of(opened_phantom, mask, after.assessment.scored_as)
    assert after.measures.adc_mean != before.measures.adc_mean
    assert after.centroid_lps_mm == pytest.approx(centroid_lps(mask), abs=1e-6)


def test_a_lesion_scored_as_pz_is_measured_on_adc_and_one_scored_as_tz_on_t2(opened_phantom, draft):
    uid = _first(draft).tracking_uid

    def scored_as(zone):
        chosen = with_lesion(draft, uid, lambda x: replace(x, assessment=replace(x.assessment, scored_as=zone)))
        return _first(remeasure(chosen, opened_phantom, uid)).measures.measured_on

    assert (scored_as(Zone.PZ), scored_as(Zone.TZ)) == (Role.ADC, Role.T2_AXIAL)


def test_an_ai_lesion_counts_as_edited_and_keeps_the_ais_outline_through_every_further_edit(opened_phantom, draft):
    original = _first(draft).mask

    once = _edited(draft, opened_phantom, _wider(_first(draft)))
    twice = _edited(once, opened_phantom, _wider(_first(draft), 9.0))

    assert isinstance(_first(once).review, Edited)
    assert _first(once).original_mask is original
    assert _first(twice).original_mask is original
    assert _first(draft).original_mask is None


def test_a_readers_lesion_stays_the_readers(opened_phantom, draft, phantom_study):
    drawn = add_lesion(draft, opened_phantom, phantom_study.truth.lesions[1].centre_lps)
    lesion = drawn.lesions[-1]

    edited = edit_outline(drawn, opened_phantom, lesion.tracking_uid, _wider(lesion, 4.0)).lesions[-1]

    assert isinstance(edited.review, Accepted)
    assert edited.original_mask is None


def test_the_same_outline_is_no_edit(opened_phantom, draft):
    same = on_grid_of(_first(draft).mask, np.array(_first(draft).mask.array))

    assert _edited(draft, opened_phantom, same) is draft


def test_an_outline_with_nothing_left_is_refused_in_words(opened_phantom, draft, phantom_study):
    nothing = empty_mask(_first(draft).mask)
    with pytest.raises(OutlineRefused, match=r"Nothing would be left of L1; reject the lesion"):
        _edited(draft, opened_phantom, nothing)

    drawn = add_lesion(draft, opened_phantom, phantom_study.truth.lesions[1].centre_lps)
    with pytest.raises(OutlineRefused, match=r"left of L2; remove the lesion"):
        edit_outline(drawn, opened_phantom, drawn.lesions[-1].tracking_uid, nothing)


def test_a_rejected_lesion_is_not_changed_by_a_slip_of_the_brush(opened_phantom, draft):
    uid = _first(draft).tracking_uid
    rejected = with_lesion(draft, uid, lambda lesion: replace(lesion, review=Rejected("Artefact")))

    with pytest.raises(OutlineRefused, match="L1 was rejected"):
        _edited(rejected, opened_phantom, _wider(_first(draft)))


def test_an_outline_of_another_grid_or_frame_is_refused(opened_phantom, draft):
    mask = _wider(_first(draft))
    elsewhere = Volume(array=mask.array, affine=mask.affine, coordinate_system="PATIENT", frame_of_reference_uid="9.9")
    with pytest.raises(FramesDiffer):
        _edited(draft, opened_phantom, elsewhere)
    with pytest.raises(ValueError, match="whole grid"):
        _edited(draft, opened_phantom, part_of(mask, (slice(0, 5), slice(0, 9), slice(0, 9))))


# Where it lies


def _across(draft, middle):
    """The first lesion's outline moved to the other side of the gland."""
    at = _first(draft).centroid_lps_mm
    return sphere(_first(draft).mask, (2 * middle[0] - at[0], at[1], at[2]), 9.0)


def test_a_lesion_painted_elsewhere_lies_elsewhere(opened_phantom, draft, middle):
    after = _first(_edited(draft, opened_phantom, _across(draft, middle)))

    before = _first(draft)
    assert after.sector != before.sector
    assert (after.sector.level, after.sector.region) == (before.sector.level, before.sector.region)
    assert placement_in_words(before, after) == f"L1 now lies mostly in {after.sector.label}."
    assert placement_in_words(before, before) == ""


def test_the_rules_follow_the_sector_and_the_reader_is_told(opened_phantom, draft, middle):
    x, y, z = middle
    before = _first(draft)
    assert before.assessment.scored_as is Zone.PZ

    after = _first(_edited(draft, opened_phantom, sphere(before.mask, (x + 8.0, y - 5.0, z), 9.0)))

    assert after.sector.zone is Zone.TZ
    assert after.assessment.scored_as is Zone.TZ
    assert after.measures.measured_on is Role.T2_AXIAL
    assert "is scored as TZ: look at its scores again" in placement_in_words(before, after)


def test_a_sector_and_a_zone_that_the_reader_chose_stay(opened_phantom, draft, middle):
    uid = _first(draft).tracking_uid
    mask = _across(draft, middle)

    moved = with_lesion(draft, uid, lambda lesion: replace(lesion, sector=sector("left-apex-TZa")))
    assert _first(_edited(moved, opened_phantom, mask)).sector.key == "left-apex-TZa"

    scored = with_lesion(draft, uid, lambda x: replace(x, assessment=replace(x.assessment, scored_as=Zone.TZ)))
    after = _first(_edited(scored, opened_phantom, mask))
    assert after.sector != _first(draft).sector
    assert after.assessment.scored_as is Zone.TZ


def test_without_a_gland_the_sector_stays_the_one_that_was_chosen(opened_phantom, phantom_study):
    at = phantom_study.truth.lesions[0].centre_lps
    drawn = add_lesion(Report(opened_phantom.recognised), opened_phantom, at, 9.0, sector("left-apex-TZa"))

    after = _first(_edited(drawn, opened_phantom, _wider(_first(drawn))))

    assert after.sector.key == "left-apex-TZa"
    assert after.measures.volume_ml > 2 * _first(drawn).measures.volume_ml


# The gland's outline


def _larger(gland, at, diameter=12.0):
    return paint(gland.mask, [at], diameter)


def test_a_changed_gland_has_its_volume_measured_anew_and_keeps_the_ais_outline(opened_phantom, draft, middle):
    x, y, z = middle
    mask = _larger(draft.gland, (x, y - 26.0, z))

    after = edit_gland(draft, opened_phantom, mask).gland

    assert after.volume_ml == pytest.approx(int(mask.array.sum()) * voxel_volume_ml(mask))
    assert after.ellipsoid == ellipsoid_of(mask)
    assert after.edited
    assert after.original_mask is draft.gland.mask
    assert after.model is draft.gland.model
    assert not draft.gland.edited


def test_lesions_are_placed_by_the_new_outline_unless_the_reader_chose_their_sector(opened_phantom, draft, middle):
    x, y, z = middle
    lower = sphere(draft.gland.mask, (x, y, z - 25.0), 60.0)
    mask = on_grid_of(lower, (lower.array | draft.gland.mask.array).astype(np.uint8))
    chosen = with_lesion(
        draft, _first(draft).tracking_uid, lambda lesion: replace(lesion, sector=sector("left-apex-TZa"))
    )

    placed = _first(edit_gland(draft, opened_phantom, mask))

    assert placed.sector == sector_of(placed.mask, mask, zones_of(mask, opened_phantom.volume(Role.T2_AXIAL)))
    assert (placed.sector.zone, _first(draft).sector.zone) == (Zone.TZ, Zone.PZ)
    assert placed.measures.measured_on is Role.T2_AXIAL
    assert isinstance(placed.review, Unreviewed)
    assert _first(edit_gland(chosen, opened_phantom, mask)).sector.key == "left-apex-TZa"


def test_a_gland_with_nothing_left_or_none_at_all_is_refused_in_words(opened_phantom, draft):
    with pytest.raises(OutlineRefused, match="Nothing would be left of the prostate"):
        edit_gland(draft, opened_phantom, empty_mask(draft.gland.mask))
    with pytest.raises(CannotAnalyse, match="run the AI first"):
        edit_gland(replace(draft, gland=None), opened_phantom, draft.gland.mask)
    assert edit_gland(draft, opened_phantom, draft.gland.mask) is draft


def test_a_second_run_of_the_ai_does_not_take_back_the_readers_gland(opened_phantom, draft, findings, middle):
    x, y, z = middle
    edited = edit_gland(draft, opened_phantom, _larger(draft.gland, (x, y - 26.0, z)))

    assert with_findings(edited, findings).gland is edited.gland
    assert with_findings(draft, findings).gland is findings.gland


# Drawing and growing


def test_a_drawn_outline_becomes_a_lesion_of_the_reader(opened_phantom, draft, phantom_study):
    mask = sphere(draft.gland.mask, phantom_study.truth.lesions[1].centre_lps, 8.0)

    lesion = add_outline(draft, opened_phantom, mask).lesions[-1]

    assert (lesion.label, lesion.mask) == ("L2", mask)
    assert isinstance(lesion.review, Accepted)
    zones = zones_of(draft.gland.mask, opened_phantom.volume(Role.T2_AXIAL))
    assert lesion.sector == sector_of(mask, draft.gland.mask, zones)
    with pytest.raises(OutlineRefused, match="no outline yet"):
        add_outline(draft, opened_phantom, empty_mask(mask))


def test_a_lesion_added_by_a_click_stands_where_the_reader_pointed(opened_phantom, draft, phantom_study):
    at = phantom_study.truth.lesions[1].centre_lps

    lesion = add_lesion(draft, opened_phantom, at, 10.0).lesions[-1]

    assert lesion.centroid_lps_mm == pytest.approx(at, abs=0.8)
    with pytest.raises(OutsideImages):
        add_lesion(draft, opened_phantom, (500.0, 0.0, 0.0))


def test_one_click_on_a_focus_proposes_a_lesion_there(opened_phantom, draft, phantom_study):
    for truth in phantom_study.truth.lesions:
        proposed = propose_lesion(replace(draft, lesions=()), opened_phantom, truth.centre_lps)
        (lesion,) = proposed.lesions
        assert np.linalg.norm(np.array(lesion.centroid_lps_mm) - truth.centre_lps) < 3.0
        assert lesion.measures.volume_ml > 0.1
        assert isinstance(lesion.review, Accepted)


def test_a_focus_that_a_lesion_covers_is_not_proposed_again(opened_phantom, draft, phantom_study):
    at = phantom_study.truth.lesions[0].centre_lps
    drawn = add_lesion(replace(draft, lesions=()), opened_phantom, at, 22.0)

    with pytest.raises(OutlineRefused, match="L1 already covers this focus"):
        propose_lesion(drawn, opened_phantom, at)


def test_growing_says_what_it_lacks(opened_phantom, draft, phantom_study):
    at = phantom_study.truth.lesions[0].centre_lps
    with pytest.raises(CannotAnalyse, match="not outlined yet"):
        propose_lesion(replace(draft, gland=None), opened_phantom, at)
    without = replace(opened_phantom, series=tuple(s for s in opened_phantom.series if s.choice.role is not Role.ADC))
    with pytest.raises(CannotAnalyse, match="ADC map, which the study has not"):
        propose_lesion(draft, without, at)


# In the report


def test_the_report_says_on_which_images_it_measured_and_who_outlined_the_prostate(opened_phantom, draft, middle):
    x, y, z = middle
    edited = _edited(draft, opened_phantom, _wider(_first(draft)))
    edited = edit_gland(edited, opened_phantom, _larger(edited.gland, (x, y - 26.0, z)))
    adc, t2 = (opened_phantom.recognised.one(role).stack.series.number for role in (Role.ADC, Role.T2_AXIAL))

    assert f"(measured on ADC, series {adc}, image " in lesion_text(edited, _first(edited))
    assert "segmented by TAPS 1.1, edited by the reader" in findings_text(edited)
    assert "edited by the reader" not in findings_text(draft)
    as_tz = sphere(draft.gland.mask, (x + 8.0, y - 5.0, z), 9.0)
    moved = _edited(draft, opened_phantom, as_tz)
    assert f"(measured on axial T2, series {t2}, image " in lesion_text(moved, _first(moved))


# Kept and quick


def test_a_draft_keeps_the_original_outlines_and_reads_drafts_of_before(opened_phantom, draft, tmp_path, middle):
    x, y, z = middle
    edited = _edited(draft, opened_phantom, _wider(_first(draft)))
    edited = edit_gland(edited, opened_phantom, _larger(edited.gland, (x, y - 26.0, z)))
    store = DraftStore(tmp_path / "drafts.sqlite")
    store.save(edited)
    kept = store.load(edited.study_instance_uid, opened_phantom.recognised)
    store.close()

    assert np.array_equal(_first(kept).original_mask.array, _first(draft).mask.array)
    assert np.array_equal(kept.gland.original_mask.array, draft.gland.mask.array)
    assert _first(kept).measures == _first(edited).measures
    assert kept.gland.edited


def test_an_edit_is_measured_before_the_reader_notices(opened_phantom, draft):
    masks = [_wider(_first(draft), by_mm) for by_mm in (2.0, 4.0, 6.0, 8.0, 10.0)]
    times: list[float] = []
    for mask in masks:
        began = time.perf_counter()
        _edited(draft, opened_phantom, mask)
        times.append(time.perf_counter() - began)

    # 100 ms is promised (benchmarks/edit_remeasure.py); the best of five keeps a crowded machine from failing it.
    assert min(times) < 0.1


def test_after_warming_up_the_first_edit_has_nothing_left_to_load(opened_phantom, phantom_study):
    script = f"""
import sys
from pathlib import Path
from core.report import Report
from core.sectors import sector
from service.lesions import add_lesion, warm_up
from service.reading import open_folder
opened = open_folder(Path({str(phantom_study.folder)!r}))
at = {phantom_study.truth.lesions[0].centre_lps!r}
warm_up(opened)
loaded = set(sys.modules)
add_lesion(Report(opened.recognised), opened, at, 9.0, sector("left-mid-TZa"))
print(sorted(name for name in set(sys.modules) - loaded if name.startswith(("scipy", "SimpleITK", "numpy"))))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
