"""A series that the reader moves takes its measures with it."""

from types import SimpleNamespace

import numpy as np
import pytest
from scipy.ndimage import map_coordinates

from core.alignment import Alignment, Moved
from core.frame_link import translation
from core.nudge import Nudge, Nudges
from core.report import Report
from core.sectors import sector
from core.study import Role
from core.volume import position_lps
from service.lesions import add_lesion
from service.nudged import nudged, remeasured
from service.reading import OpenStudy


def test_only_the_series_of_the_nudge_move_and_no_voxel_is_copied(opened_phantom: OpenStudy) -> None:
    moved = nudged(opened_phantom, Nudges(diffusion=Nudge((3.0, 0.0, 0.0))))
    adc, before = moved.volume(Role.ADC), opened_phantom.volume(Role.ADC)
    assert adc is not None
    assert before is not None
    assert adc.array is before.array
    assert np.subtract(position_lps(adc, (0, 0, 0)), position_lps(before, (0, 0, 0))) == pytest.approx([3.0, 0.0, 0.0])
    assert moved.volume(Role.T2_AXIAL) is opened_phantom.volume(Role.T2_AXIAL)


def test_moving_the_adc_away_from_a_cancer_and_back_changes_its_adc_and_back(
    opened_phantom: OpenStudy, phantom_study: SimpleNamespace
) -> None:
    cancer = phantom_study.truth.lesions[0]
    draft = add_lesion(Report(opened_phantom.recognised), opened_phantom, cancer.centre_lps, 6.0, sector(cancer.sector))
    before = draft.lesions[0].measures.adc_mean
    assert before == pytest.approx(cancer.adc, rel=0.15)
    away = remeasured(draft, nudged(opened_phantom, Nudges(diffusion=Nudge((0.0, 0.0, 12.0)))))
    assert away.lesions[0].measures.adc_mean > before + 250
    assert remeasured(away, opened_phantom).lesions[0].measures == draft.lesions[0].measures


def test_a_nudge_by_one_voxel_reads_the_neighbouring_voxel(opened_phantom: OpenStudy) -> None:
    adc = opened_phantom.volume(Role.ADC)
    assert adc is not None
    along_row = adc.affine[:3, 2]
    shift = (float(along_row[0]), float(along_row[1]), float(along_row[2]))
    moved = nudged(opened_phantom, Nudges(diffusion=Nudge(shift))).on_t2_grid(Role.ADC)
    still = opened_phantom.on_t2_grid(Role.ADC)
    t2 = opened_phantom.volume(Role.T2_AXIAL)
    assert moved is not None
    assert still is not None
    assert t2 is not None
    k, j, i = 10, slice(100, 220), 160
    index = np.array([[k, row, i, 1.0] for row in range(j.start, j.stop)]).T
    places = np.linalg.inv(adc.affine) @ (t2.affine @ index)
    expected = map_coordinates(adc.array.astype(float), places[:3] - np.array([[0], [0], [1]]), order=1)
    assert moved.array[k, j, i] == pytest.approx(expected, abs=0.5)
    assert np.abs(moved.array[k, j, i] - still.array[k, j, i]).max() > 50


def test_the_ai_s_alignment_moves_the_measures_and_taking_it_back_restores_them(
    opened_phantom: OpenStudy, phantom_study: SimpleNamespace
) -> None:
    cancer = phantom_study.truth.lesions[0]
    draft = add_lesion(Report(opened_phantom.recognised), opened_phantom, cancer.centre_lps, 6.0, sector(cancer.sector))
    t2 = opened_phantom.volume(Role.T2_AXIAL)
    assert t2 is not None
    found = Alignment(
        Moved.DIFFUSION,
        str(t2.frame_of_reference_uid),
        translation((0.0, 0.0, 0.0), (0.0, 0.0, 12.0)),
        (0.0, 0.0, 12.0),
        0.0,
        0.1,
        0.3,
        "DWI b 50",
        applied=True,
        reason="better",
    )
    aligned = Nudges(alignments=(found,))
    away = remeasured(draft, nudged(opened_phantom, aligned))
    assert away.lesions[0].measures.adc_mean == pytest.approx(
        remeasured(draft, nudged(opened_phantom, Nudges(diffusion=Nudge((0.0, 0.0, 12.0)))))
        .lesions[0]
        .measures.adc_mean
    )
    back = aligned.with_alignment_taken_back(Moved.DIFFUSION, True)
    assert remeasured(away, nudged(opened_phantom, back)).lesions[0].measures == draft.lesions[0].measures
