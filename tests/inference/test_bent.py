"""Diffusion images whose gland is bent are bent back where that is plainly better; else they lie as rigidly found."""

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from highdicom import Volume
from numpy.typing import NDArray
from pydantic import TypeAdapter
from scipy.ndimage import map_coordinates

from core.alignment import Alignment
from core.nudge import Nudge
from core.study import RecognisedStudy, Role
from core.volume import centroid_lps, on_grid_of, voxels_of
from inference import align, bent
from inference.align import find_alignments
from inference.load import load
from inference.read import read_study
from inference.recognise import recognise

Points = NDArray[np.float64]
Change = Callable[[Volume], Volume]


@pytest.fixture(scope="module")
def study(phantom_study: SimpleNamespace) -> SimpleNamespace:
    """The phantom with its true gland, and the positions in it."""
    recognised = recognise(read_study(phantom_study.folder))
    t2, adc = (recognised.one(role) for role in (Role.T2_AXIAL, Role.ADC))
    assert t2 is not None
    assert adc is not None
    gland = phantom_study.truth.gland
    inside = voxels_of(gland) @ gland.affine[:3, :3].T + gland.affine[:3, 3]
    return SimpleNamespace(recognised=recognised, t2=load(t2), adc=load(adc), gland=gland, inside=inside)


class _Bulge:
    """A rectum that pushes the back of the gland by up to `most_mm` to anterior, in a bell 15 mm wide, and a shift."""

    def __init__(self, gland: Volume, most_mm: float, shift_mm: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> None:
        self._middle = np.add(centroid_lps(gland), (0.0, 12.0, 0.0))
        self._most, self._shift = np.array([0.0, most_mm, 0.0]), np.array(shift_mm)

    def seen(self, volume: Volume) -> Volume:
        """Return what a scanner would have made of a man so pushed."""
        index = np.indices(volume.spatial_shape).reshape(3, -1).T
        there = self._anatomy(index @ volume.affine[:3, :3].T + volume.affine[:3, 3])
        to_voxels = np.linalg.inv(volume.affine)
        values = map_coordinates(
            volume.array.astype(np.float32), to_voxels[:3, :3] @ there.T + to_voxels[:3, 3:], order=1, mode="nearest"
        )
        return on_grid_of(volume, np.rint(values).astype(volume.array.dtype).reshape(volume.spatial_shape))

    def error(self, found: Alignment, inside: Points) -> float:
        """Return how far (mm, mean) what is shown at each place of the gland lies from what belongs there."""
        read = inside if found.bend is None else inside + found.bend.shifts(inside)
        matrix = np.linalg.inv(found.matrix) if found.applied else np.eye(4)
        shown = self._anatomy(read @ matrix[:3, :3].T + matrix[:3, 3])
        return float(np.linalg.norm(shown - inside, axis=1).mean())

    def _anatomy(self, points: Points) -> Points:
        points = points - self._shift
        away = np.linalg.norm(points - self._middle, axis=1, keepdims=True)
        return points + np.exp(-0.5 * (away / 15.0) ** 2) * self._most


@pytest.fixture
def aligned(study: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Alignment]:
    """Registers the study with its diffusion images changed, the ADC map in the same way unless told."""

    def run(change: Change, *, adc: Change | None = None, bends: bool = True) -> Alignment:
        monkeypatch.setattr(align, "load", lambda choice: change(load(choice)))
        witness = (adc or change)(study.adc)
        (found,) = find_alignments(study.recognised, study.t2, study.gland, witness, bends=bends)
        return found

    return run


@pytest.mark.parametrize(
    ("most_mm", "shift_mm"), [(3.0, (0.0, 0.0, 0.0)), (-3.0, (0.0, 0.0, 0.0)), (3.0, (2.0, 2.0, 0.0))]
)
def test_a_known_bulge_is_taken_back_better_than_by_any_shift(
    aligned: Callable[..., Alignment], study: SimpleNamespace, most_mm: float, shift_mm: tuple[float, float, float]
) -> None:
    bulge = _Bulge(study.gland, most_mm, shift_mm)

    found = aligned(bulge.seen)

    assert found.bend is not None
    assert found.applied == any(shift_mm)
    rigid = bulge.error(replace(found, bend=None), study.inside)
    assert bulge.error(found, study.inside) < 0.6 * rigid
    assert found.bend.score > 1.1 * (found.after if found.applied else found.before)
    assert 1.0 < found.bend.most_mm < 4.0
    assert "better by" in found.bend_told


@pytest.mark.parametrize("shift_mm", [(0.0, 0.0, 0.0), (3.0, -2.0, 1.0)])
def test_images_that_are_not_bent_lie_as_without_and_the_reason_is_told(
    aligned: Callable[..., Alignment], shift_mm: tuple[float, float, float]
) -> None:
    moved = Nudge(shift_mm).moved

    found, rigid = aligned(moved), aligned(moved, bends=False)

    assert found.bend is None
    assert "10% and 0.02 nat are asked" in found.bend_told
    assert replace(found, bend_told="") == rigid


def test_without_being_asked_for_nothing_is_bent(aligned: Callable[..., Alignment], study: SimpleNamespace) -> None:
    found = aligned(_Bulge(study.gland, 3.0).seen, bends=False)

    assert found.bend is None
    assert not found.bend_told


def test_noise_is_not_bent_into_a_match(aligned: Callable[..., Alignment]) -> None:
    def noise(volume: Volume) -> Volume:
        values = np.random.default_rng(3).uniform(0, 1000, volume.spatial_shape)
        return on_grid_of(volume, values.astype(volume.array.dtype))

    found = aligned(noise)

    assert found.bend is None
    assert found.bend_told


def test_an_adc_map_that_would_fit_worse_keeps_both_as_they_are(
    aligned: Callable[..., Alignment], study: SimpleNamespace
) -> None:
    """The low-b image is bent, its own ADC map is not: they cannot be of one acquisition."""
    found = aligned(_Bulge(study.gland, 3.0).seen, adc=lambda volume: volume)

    assert found.bend is None
    assert "ADC map gets worse" in found.bend_told


@pytest.mark.parametrize(
    ("limit", "value", "told"), [("MOST_MM", 1.0, "1 mm are believed"), ("LEAST_VOLUME", 0.95, "times as large")]
)
def test_a_bend_beyond_what_is_believed_is_refused(
    aligned: Callable[..., Alignment],
    study: SimpleNamespace,
    monkeypatch: pytest.MonkeyPatch,
    limit: str,
    value: float,
    told: str,
) -> None:
    monkeypatch.setattr(bent, limit, value)

    found = aligned(_Bulge(study.gland, 3.0).seen)

    assert found.bend is None
    assert told in found.bend_told


def test_without_an_image_of_a_low_b_value_nothing_checks_a_bend_and_none_is_made(study: SimpleNamespace) -> None:
    kept = tuple(x for x in study.recognised.choices if x.role is not Role.DWI)
    adc = _Bulge(study.gland, 3.0).seen(study.adc)

    (found,) = find_alignments(
        RecognisedStudy(study.recognised.study, kept, ()), study.t2, study.gland, adc, bends=True
    )

    assert found.bend is None
    assert "low b-value" in found.bend_told


def test_the_same_images_give_the_same_bend_to_the_last_bit(
    aligned: Callable[..., Alignment], study: SimpleNamespace
) -> None:
    adapter = TypeAdapter(Alignment)
    first, second = (aligned(_Bulge(study.gland, -3.0).seen) for _ in range(2))

    assert first.bend is not None
    assert adapter.dump_json(first) == adapter.dump_json(second)
    images = [one.placed(study.adc).array.tobytes() for one in (first, second)]
    assert images[0] == images[1]
