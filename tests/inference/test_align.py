"""Diffusion images that lie aside are found and laid back; those that lie right stay where the scanner put them."""

import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pydicom
import pytest
from highdicom import Volume

from core.alignment import Alignment, Moved
from core.nudge import Nudge
from core.study import RecognisedStudy, Role, RoleChoice
from core.volume import on_grid_of
from inference import align
from inference.align import MOST_SHIFT_MM, find_alignments
from inference.load import load
from inference.read import read_study
from inference.recognise import recognise


@pytest.fixture(scope="module")
def study(phantom_study: SimpleNamespace) -> SimpleNamespace:
    """The phantom with its true gland."""
    recognised = recognise(read_study(phantom_study.folder))
    t2, adc = (recognised.one(role) for role in (Role.T2_AXIAL, Role.ADC))
    assert t2 is not None
    assert adc is not None
    return SimpleNamespace(
        recognised=recognised, t2=load(t2), adc=load(adc), gland=phantom_study.truth.gland, truth=phantom_study.truth
    )


@pytest.fixture
def aligned(study: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Registers the study with its diffusion images moved as a man would move between sequences."""

    def run(nudge: Nudge, recognised: RecognisedStudy = study.recognised) -> Alignment:
        monkeypatch.setattr(align, "load", lambda choice: nudge.moved(load(choice)))
        (found,) = find_alignments(recognised, study.t2, study.gland, nudge.moved(study.adc))
        return found

    return run


def _without_dwi(recognised: RecognisedStudy) -> RecognisedStudy:
    kept: tuple[RoleChoice, ...] = tuple(x for x in recognised.choices if x.role is not Role.DWI)
    return RecognisedStudy(recognised.study, kept, ())


@pytest.mark.parametrize("shift", [(3.0, -2.0, 1.0), (-6.0, 5.0, -4.0), (0.0, 0.0, 2.0)])
def test_a_known_shift_is_taken_back_to_within_a_millimetre(aligned: Any, shift: tuple[float, float, float]) -> None:
    found = aligned(Nudge(shift))

    assert found.applied
    assert found.moved is Moved.DIFFUSION
    assert found.measured_on == "DWI b 50"
    assert np.linalg.norm(np.add(found.shift_mm, shift)) < 1.0
    assert found.after > 1.3 * found.before


def test_images_in_place_stay_there_and_the_reason_is_told(aligned: Any, study: SimpleNamespace) -> None:
    found = aligned(Nudge())

    assert not found.applied
    assert np.linalg.norm(found.shift_mm) < 0.5
    assert "10% is asked" in found.reason
    assert found.placed(study.adc) is study.adc


def test_the_adc_map_serves_where_no_low_b_value_was_sent(aligned: Any, study: SimpleNamespace) -> None:
    found = aligned(Nudge((3.0, -2.0, 1.0)), _without_dwi(study.recognised))

    assert found.applied
    assert found.measured_on == "ADC"
    assert np.linalg.norm(np.add(found.shift_mm, (3.0, -2.0, 1.0))) < 1.0


def test_a_match_too_far_away_is_not_believed(aligned: Any) -> None:
    found = aligned(Nudge((MOST_SHIFT_MM + 2.0, 0.0, 0.0)))

    assert not found.applied
    assert found.reason


def test_the_same_images_give_the_same_matrix_to_the_last_bit(aligned: Any) -> None:
    assert aligned(Nudge((3.0, -2.0, 1.0))) == aligned(Nudge((3.0, -2.0, 1.0)))


def test_a_blank_image_and_one_far_away_leave_the_scanner_s_positions(study: SimpleNamespace) -> None:
    alone = _without_dwi(study.recognised)
    blank = on_grid_of(study.adc, np.full(study.adc.spatial_shape, 7.0, np.float32))
    for adc in (blank, Nudge((500.0, 0.0, 0.0)).moved(study.adc)):
        (found,) = find_alignments(alone, study.t2, study.gland, adc)
        assert not found.applied
        assert np.array_equal(found.matrix, np.eye(4))


def test_a_map_that_would_fit_worse_keeps_both_where_they_are(
    study: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The low-b image lies aside, its own ADC map does not: they cannot have moved together."""
    monkeypatch.setattr(align, "load", lambda choice: Nudge((5.0, 0.0, 0.0)).moved(load(choice)))

    (found,) = find_alignments(study.recognised, study.t2, study.gland, study.adc)

    assert not found.applied
    assert "ADC map matches worse" in found.reason


def test_only_volumes_of_the_frame_that_was_registered_are_moved(aligned: Any, study: SimpleNamespace) -> None:
    found = aligned(Nudge((3.0, -2.0, 1.0)))
    other = Volume(array=study.adc.array, affine=study.adc.affine, coordinate_system="PATIENT",
                   frame_of_reference_uid="1.2.3")  # fmt: skip

    moved = found.placed(study.adc)
    assert moved.array is study.adc.array
    assert np.allclose(moved.affine, found.matrix @ study.adc.affine)
    assert found.placed(other) is other


_DYNAMIC = "08_tfl_3d_dynamic_tra"


@pytest.fixture(scope="module")
def dynamic_folder(made_phantom: Callable[..., SimpleNamespace]) -> Path:
    """The phantom with its dynamic series."""
    return made_phantom(0, dce=True).folder


def _dynamic_alignment(folder: Path, study: SimpleNamespace) -> Alignment:
    recognised = recognise(read_study(folder))
    assert recognised.one(Role.DCE) is not None
    found = {one.moved: one for one in find_alignments(recognised, study.t2, study.gland, study.adc)}
    assert set(found) == {Moved.DIFFUSION, Moved.DYNAMIC}
    return found[Moved.DYNAMIC]


def _with_dynamic_series_moved(folder: Path, to: Path, shift: tuple[float, float, float]) -> Path:
    """Return a copy in which the man had moved by so many millimetres before the dynamic series."""
    shutil.copytree(folder, to)
    for path in (to / _DYNAMIC).iterdir():
        ds = pydicom.dcmread(path)
        ds.ImagePositionPatient = [float(x) + mm for x, mm in zip(ds.ImagePositionPatient, shift, strict=True)]
        ds.save_as(path)
    return to


def test_a_dynamic_series_that_lies_aside_is_laid_back_to_within_a_millimetre(
    dynamic_folder: Path, study: SimpleNamespace, tmp_path: Path
) -> None:
    shift = (3.0, -2.0, 1.0)
    found = _dynamic_alignment(_with_dynamic_series_moved(dynamic_folder, tmp_path / "moved", shift), study)

    assert found.applied
    assert found.measured_on == "DCE"
    assert found.after > found.before
    assert np.linalg.norm(np.add(found.shift_mm, shift)) < 1.0


def test_a_dynamic_series_in_place_stays_there(dynamic_folder: Path, study: SimpleNamespace) -> None:
    found = _dynamic_alignment(dynamic_folder, study)

    assert not found.applied
    assert np.linalg.norm(found.shift_mm) < 1.0
    assert "10% is asked" in found.reason


def test_a_dynamic_series_of_another_frame_is_left_to_the_reader(
    dynamic_folder: Path, study: SimpleNamespace, tmp_path: Path
) -> None:
    folder = _with_dynamic_series_moved(dynamic_folder, tmp_path / "other", (0.0, 0.0, 0.0))
    for path in (folder / _DYNAMIC).iterdir():
        ds = pydicom.dcmread(path)
        ds.FrameOfReferenceUID = "1.2.3"
        ds.save_as(path)

    found = find_alignments(recognise(read_study(folder)), study.t2, study.gland, study.adc)

    assert [one.moved for one in found] == [Moved.DIFFUSION]
