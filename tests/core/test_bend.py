"""A bend reads images beside themselves in the plane of T2, folds nothing, and ends outside the gland."""

from dataclasses import replace

import numpy as np
import pytest
from highdicom import Volume
from pydantic import TypeAdapter, ValidationError

from core.alignment import Alignment, Moved, found_again
from core.bend import Bend
from core.frame_link import translation
from core.nudge import Nudge, Nudges, tells_of_moving
from core.study import Role, RoleChoice, Series, Stack

_FRAME = "1.2.3"
_MIDDLE = 13
_BEND = Bend(
    origin=(-20.0, -20.0, -20.0),
    axes=((0.0, 0.0, 1.0), (0.0, 1.0, 0.0), (1.0, 0.0, 0.0)),
    spacing_mm=(20.0, 20.0, 20.0),
    shape=(3, 3, 3),
    moves=tuple((5.0, -2.0) if n == _MIDDLE else (0.0, 0.0) for n in range(27)),
    most_mm=1.6,
    score=0.41,
    witness=0.3,
)
_BENT = Alignment(
    moved=Moved.DIFFUSION,
    frame=_FRAME,
    rows=translation((0.0, 0.0, 0.0), (1.2, -1.6, 0.0)),
    shift_mm=(1.2, -1.6, 0.0),
    turn_deg=0.0,
    before=0.28,
    after=0.34,
    measured_on="DWI b 50",
    applied=True,
    reason="better",
    bend=_BEND,
    bend_told="better still",
)
_CHOICE = RoleChoice(Role.ADC, (Stack(Series("2.25.1", "MR", 1, "x", _FRAME, ()), (), None),), "made up")


def _volume(array: np.ndarray) -> Volume:
    """Return a volume of 2 mm pixels and 4 mm slices, with its rows to the left and its columns to posterior."""
    affine = np.array([[0, 0, 2.0, -100], [0, 2.0, 0, -100], [4.0, 0, 0, -80], [0, 0, 0, 1]])
    return Volume(array=array, affine=affine, coordinate_system="PATIENT", frame_of_reference_uid=_FRAME)


_SHAPE = (41, 101, 101)
_ACROSS = _volume(np.broadcast_to(1000 + 10 * (np.arange(101) * 2.0 - 100), _SHAPE).astype(np.float32))
"""Ten times the position to the left, and a thousand."""


def _at(volume: Volume, points: np.ndarray) -> np.ndarray:
    k, j, i = np.rint(np.linalg.inv(volume.affine) @ np.c_[points, np.ones(len(points))].T)[:3].astype(int)
    return volume.array[k, j, i]


def test_the_middle_moves_by_the_weight_of_its_control_point_and_what_is_two_steps_away_not_at_all() -> None:
    shifts = _BEND.shifts(np.array([[0.0, 0.0, 0.0], [0.0, 40.0, 0.0], [0.0, 0.0, -40.0], [200.0, 0.0, 0.0]]))
    assert shifts[0] == pytest.approx(
        np.array([-2.0, 5.0, 0.0]) * (2 / 3) ** 3
    )  # a cubic B-spline is 2/3 at its middle
    assert np.abs(shifts[1:]).max() < 1e-12


def test_a_bent_image_shows_at_each_place_what_lay_beside_it() -> None:
    points = np.array([[0.0, 0.0, 0.0], [10.0, -6.0, 4.0], [-20.0, 12.0, -8.0], [60.0, 0.0, 0.0]])
    bent = _BEND.bent(_ACROSS)
    beside = points[:, 0] + _BEND.shifts(points)[:, 0]
    assert _at(bent, points) == pytest.approx(1000 + 10 * beside, abs=1e-3)


def test_voxels_beyond_the_bend_and_the_kind_of_number_stay_as_they_were() -> None:
    noise = np.random.default_rng(0).integers(0, 3000, _SHAPE).astype(np.uint16)
    for array in (noise, np.asfortranarray(noise)):
        bent = _BEND.bent(_volume(array)).array
        assert bent.dtype == np.uint16
        assert np.array_equal(bent[:10], noise[:10])
        assert np.array_equal(bent[:, :30], noise[:, :30])
        assert np.mean(bent[20, 50:60, 50:60] != noise[20, 50:60, 50:60]) > 0.9


def test_what_was_drawn_on_the_images_is_carried_to_where_they_show_it() -> None:
    drawn = np.random.default_rng(1).uniform(-40, 40, (200, 3))
    lying = _BEND.carried(drawn)
    assert np.abs(lying + _BEND.shifts(lying) - drawn).max() < 2e-3
    assert np.linalg.norm(lying - drawn, axis=1).max() > 1.0


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"moves": ((8.2, 0.0), *_BEND.moves[1:])}, "nothing folds"),
        ({"moves": _BEND.moves[1:]}, "one move"),
        ({"moves": ((float("nan"), 0.0), *_BEND.moves[1:])}, "one move"),
        ({"axes": ((0.0, 0.0, 1.0), (0.0, 1.0, 0.0), (1.0, 0.5, 0.0))}, "right angles"),
        ({"spacing_mm": (20.0, 0.0, 20.0)}, "steps above zero"),
    ],
)
def test_a_lattice_that_could_fold_or_is_none_cannot_be_made_or_read(changed: dict[str, object], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        replace(_BEND, **changed)  # pyright: ignore[reportArgumentType]
    if "nan" not in str(changed):
        told = TypeAdapter(Bend).dump_python(_BEND, mode="json") | changed
        with pytest.raises(ValidationError, match=why):
            TypeAdapter(Bend).validate_python(told)


def test_nothing_folds_at_the_limit() -> None:
    """The worst lattice that is allowed: neighbours that move as far as they may, towards and from one another."""
    most = 0.999 * 20 / 2.48
    signs = np.indices((3, 3, 3)).sum(axis=0).ravel() % 2 * 2 - 1
    worst = replace(_BEND, moves=tuple((float(most * s), float(-most * s)) for s in signs))
    grid = np.stack(np.meshgrid(*(np.arange(-60.0, 60.0, 1.5),) * 3, indexing="ij"), axis=-1)
    slopes = np.stack(np.gradient(worst.shifts(grid.reshape(-1, 3)).reshape(grid.shape), 1.5, axis=(0, 1, 2)), axis=-1)
    assert np.linalg.det(np.eye(3) + slopes).min() > 0


def test_images_are_placed_first_then_bent_then_corrected_by_the_reader() -> None:
    nudges = Nudges(diffusion=Nudge((0.0, 0.0, 2.0)), alignments=(_BENT,))
    lying = nudges.placed(_ACROSS, _CHOICE)
    assert lying.affine[:3, 3].tolist() == [-98.8, -101.6, -78.0]
    point = np.array([[lying.affine[0, 3] + 100.0, lying.affine[1, 3] + 100.0, lying.affine[2, 3] + 80.0]])
    before_the_correction = point - [0.0, 0.0, 2.0]
    read = before_the_correction + _BEND.shifts(before_the_correction) - [1.2, -1.6, 0.0]
    assert _at(lying, point) == pytest.approx(1000 + 10 * read[:, 0], abs=1e-3)
    assert nudges.carried(read, _CHOICE, _FRAME) == pytest.approx(point, abs=2e-3)


def test_a_bend_is_made_once_and_gone_when_it_is_taken_back() -> None:
    nudges = Nudges(alignments=(_BENT,))
    assert nudges.placed(_ACROSS, _CHOICE) is nudges.placed(_ACROSS, _CHOICE)
    assert nudges.bent_mm(_CHOICE) == 1.6
    back = nudges.with_alignment_taken_back(Moved.DIFFUSION, True)
    assert back.placed(_ACROSS, _CHOICE) is _ACROSS
    assert back.bent_mm(_CHOICE) == 0.0
    assert not back.puts_alike(nudges, Role.ADC)


def test_images_that_lie_right_may_be_bent_without_being_moved() -> None:
    bent_only = replace(_BENT, applied=False, reason="in place")
    lying = Nudges(alignments=(bent_only,)).placed(_ACROSS, _CHOICE)
    assert np.array_equal(lying.affine, _ACROSS.affine)
    assert np.array_equal(lying.array, _BEND.bent(_ACROSS).array)
    assert Nudges(alignments=(bent_only,)).in_words == (
        "Registered to the axial T2 by the AI: the diffusion images by 0 mm; bent by up to 1.6 mm in the gland."
    )


def test_the_report_and_the_panel_say_it_in_words() -> None:
    told = Nudges(alignments=(_BENT,)).in_words
    assert told.endswith("by 1.2 mm left, 1.6 mm anterior; bent by up to 1.6 mm in the gland.")
    assert tells_of_moving(told)
    assert _BENT.in_words == (
        "AI: moved by 1.2 mm left, 1.6 mm anterior (mutual information 0.28 → 0.34). "
        "Then bent by up to 1.6 mm in the gland (mutual information 0.34 → 0.41)."
    )
    assert replace(_BENT, bend=None, bend_told="why not").in_words.endswith("→ 0.34). Not bent (why not).")
    assert "(mutual information 0.28 → 0.41)" in replace(_BENT, applied=False).in_words


def test_another_run_that_finds_another_bend_is_not_taken_back() -> None:
    taken_back = replace(_BENT, taken_back=True)
    assert found_again((_BENT,), (taken_back,)) == (taken_back,)
    assert found_again((replace(_BENT, bend=None),), (taken_back,)) == (replace(_BENT, bend=None),)


def test_a_draft_keeps_it_to_the_last_digit() -> None:
    adapter = TypeAdapter(Nudges)
    nudges = Nudges(alignments=(replace(_BENT, bend=replace(_BEND, origin=(1 / 3, 2 / 3, -0.1))),))
    assert adapter.validate_json(adapter.dump_json(nudges)) == nudges
