"""One click on a suspicious focus: it is outlined, or a sentence says why not."""

import math
from dataclasses import dataclass, replace

import numpy as np
import pytest
from highdicom import Volume
from scipy import ndimage

from core.errors import FramesDiffer, OutlineRefused
from core.pirads import Zone
from core.volume import PointLps, centroid_lps, on_grid_of, position_lps, voxel_volume_ml
from inference.atlas import zones_of
from inference.grow import FARTHEST_MM, Proposal, grow
from inference.lesion import sphere
from inference.resample import resample_like
from inference.tissue import BENIGN, CANCER

_CENTRE = (5.0, 30.0, -20.0)
_HALF_AXES = (30.0, 24.0, 24.0)
_RIGHT_PZ = (_CENTRE[0] - 15.0, _CENTRE[1] + 13.0, _CENTRE[2])
_LEFT_TZ = (_CENTRE[0] + 9.0, _CENTRE[1] - 5.0, _CENTRE[2] + 3.0)


@dataclass(frozen=True)
class _Scene:
    """A made-up gland on an oblique T2 grid, with ADC and b 1400 as published tissue has them, scanned at 2 mm."""

    gland: Volume
    adc: Volume
    high_b: Volume

    def with_focus(self, mask: Volume, *, adc: float, gain: float) -> "_Scene":
        inside = mask.array > 0
        return replace(
            self,
            adc=on_grid_of(self.adc, np.where(inside, adc, self.adc.array)),
            high_b=on_grid_of(self.high_b, np.where(inside, self.high_b.array * gain, self.high_b.array)),
        )

    def scanned(self, seed: int = 1) -> "_Scene":
        """The same blurred, noisy and with 2 mm pixels in slices of its own."""
        random = np.random.default_rng(seed)
        sigma = 0.8 / np.array(self.gland.spacing)
        images: list[Volume] = []
        for image, noise in ((self.adc, 50.0), (self.high_b, 4.0)):
            blurred = on_grid_of(image, ndimage.gaussian_filter(image.array, sigma))
            coarse = resample_like(blurred, _dwi_grid(self.gland))
            images.append(on_grid_of(coarse, coarse.array + random.normal(0, noise, coarse.array.shape)))
        return replace(self, adc=images[0], high_b=images[1])


def _dwi_grid(t2: Volume) -> Volume:
    affine = np.array(t2.affine)
    affine[:3, 1:3] *= 4
    affine[:3, 3] += 0.3 * affine[:3, 0] + 0.4 * affine[:3, 1]
    shape = (t2.spatial_shape[0], t2.spatial_shape[1] // 4, t2.spatial_shape[2] // 4)
    return Volume(
        array=np.zeros(shape, np.uint8),
        affine=affine,
        coordinate_system="PATIENT",
        frame_of_reference_uid=t2.frame_of_reference_uid,
    )


@pytest.fixture(scope="module")
def scene() -> _Scene:
    tilt = math.radians(18.6)
    affine, shape = np.eye(4), (20, 112, 136)
    affine[:3, 0] = np.array([0, -math.sin(tilt), math.cos(tilt)]) * 3.0
    affine[:3, 1] = np.array([0, math.cos(tilt), math.sin(tilt)]) * 0.5
    affine[:3, 2] = np.array([1, 0, 0]) * 0.5
    affine[:3, 3] = np.array(_CENTRE) - affine[:3, :3] @ ((np.array(shape) - 1) / 2)
    index = np.indices(shape).reshape(3, -1)
    offsets = (affine[:3, :3] @ index + affine[:3, 3:]) - np.array(_CENTRE)[:, None]
    inside = (((offsets / np.array(_HALF_AXES)[:, None]) ** 2).sum(axis=0) <= 1).reshape(shape)
    gland = Volume(
        array=inside.astype(np.uint8), affine=affine, coordinate_system="PATIENT", frame_of_reference_uid="1.2.3"
    )
    peripheral = zones_of(gland).array == 1
    adc = np.where(peripheral, BENIGN[Zone.PZ].adc, BENIGN[Zone.TZ].adc)
    return _Scene(gland, on_grid_of(gland, adc), on_grid_of(gland, np.where(peripheral, 100.0, 115.0)))


def _grow(scene: _Scene, at: PointLps) -> Proposal:
    return grow(at, scene.adc, scene.high_b, scene.gland)


def _dice(first: Volume, second: Volume) -> float:
    a, b = first.array > 0, second.array > 0
    return 2 * float(np.count_nonzero(a & b)) / float(np.count_nonzero(a) + np.count_nonzero(b))


@pytest.mark.parametrize(("at", "zone", "gain"), [(_RIGHT_PZ, Zone.PZ, 1.9), (_LEFT_TZ, Zone.TZ, 1.5)])
@pytest.mark.parametrize("diameter", [9.0, 14.0, 22.0])
def test_a_click_on_a_typical_cancer_outlines_it(
    scene: _Scene, at: PointLps, zone: Zone, gain: float, diameter: float
) -> None:
    focus = sphere(scene.gland, at, diameter)
    focus = on_grid_of(focus, focus.array & scene.gland.array)

    proposal = _grow(scene.with_focus(focus, adc=CANCER[zone].adc - 150, gain=gain).scanned(), at)

    assert proposal.mask.array.dtype == np.uint8
    assert proposal.mask.spatial_shape == scene.gland.spatial_shape
    assert _dice(proposal.mask, focus) > (0.6 if diameter < 10 else 0.8)
    assert "core of ADC" in proposal.explanation
    assert "b 1400" in proposal.explanation


@pytest.mark.parametrize("aside", [(3.5, 0.0, 0.0), (0.0, -3.0, 0.0), (-2.0, 2.0, 2.0)])
def test_the_same_focus_comes_from_a_click_beside_its_middle(scene: _Scene, aside: PointLps) -> None:
    scanned = scene.with_focus(sphere(scene.gland, _RIGHT_PZ, 14.0), adc=850.0, gain=1.9).scanned()
    x, y, z = (a + b for a, b in zip(_RIGHT_PZ, aside, strict=True))

    assert _dice(_grow(scanned, (x, y, z)).mask, _grow(scanned, _RIGHT_PZ).mask) > 0.9


def test_a_focus_at_the_capsule_is_grown_up_to_it_and_no_farther(scene: _Scene) -> None:
    """The tissue outside is as dark as the focus, as muscle beside the prostate is."""
    dark = on_grid_of(scene.gland, (scene.gland.array == 0).astype(np.uint8))
    at = (_CENTRE[0] - 25.0, _CENTRE[1], _CENTRE[2])
    focus = sphere(scene.gland, at, 14.0)
    scanned = scene.with_focus(dark, adc=800.0, gain=1.9).with_focus(focus, adc=850.0, gain=1.9).scanned()

    grown = _grow(scanned, at).mask

    assert not np.any(grown.array[scene.gland.array == 0])
    inside = on_grid_of(focus, focus.array & scene.gland.array)
    assert _dice(grown, inside) > 0.75


def test_without_a_high_b_image_adc_decides(scene: _Scene) -> None:
    focus = sphere(scene.gland, _RIGHT_PZ, 14.0)
    scanned = scene.with_focus(focus, adc=850.0, gain=1.9).scanned()

    proposal = grow(_RIGHT_PZ, scanned.adc, None, scanned.gland)

    assert _dice(proposal.mask, focus) > 0.8
    assert "b 1400" not in proposal.explanation


def test_two_foci_that_lie_apart_are_not_joined(scene: _Scene) -> None:
    first = sphere(scene.gland, _RIGHT_PZ, 10.0)
    at = (_RIGHT_PZ[0] + 14.0, _RIGHT_PZ[1], _RIGHT_PZ[2])
    second = sphere(scene.gland, at, 10.0)
    scanned = scene.with_focus(first, adc=850.0, gain=1.9).with_focus(second, adc=850.0, gain=1.9).scanned()

    grown = _grow(scanned, _RIGHT_PZ).mask

    assert np.linalg.norm(np.array(centroid_lps(grown)) - _RIGHT_PZ) < 2.0
    assert not np.any(grown.array[(second.array > 0)])


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("at", [_RIGHT_PZ, _LEFT_TZ])
def test_benign_tissue_is_refused_in_words(scene: _Scene, at: PointLps, seed: int) -> None:
    with pytest.raises(OutlineRefused, match="more like benign tissue"):
        _grow(scene.scanned(seed), at)


def test_a_focus_that_is_dark_on_adc_and_dark_at_high_b_is_no_focus(scene: _Scene) -> None:
    focus = sphere(scene.gland, _RIGHT_PZ, 14.0)

    with pytest.raises(OutlineRefused, match="benign"):
        _grow(scene.with_focus(focus, adc=850.0, gain=0.5).scanned(), _RIGHT_PZ)


def test_a_click_outside_the_prostate_is_refused_in_words(scene: _Scene) -> None:
    outside = (_CENTRE[0], _CENTRE[1] + 26.0, _CENTRE[2])
    for at in (outside, position_lps(scene.gland, (-9.0, 50.0, 50.0))):
        with pytest.raises(OutlineRefused, match="outside the outline of the prostate"):
            _grow(scene.scanned(), at)


def test_a_line_narrower_than_two_diffusion_pixels_is_refused_in_words(scene: _Scene) -> None:
    index = np.indices(scene.gland.spatial_shape)
    at = position_lps(scene.gland, (10.0, 56.0, 100.0))
    line = on_grid_of(scene.gland, (np.abs(index[2] - 100) <= 2).astype(np.uint8))  # 2.5 mm wide
    marked = scene.with_focus(line, adc=500.0, gain=2.5)

    with pytest.raises(OutlineRefused, match="narrower than two pixels"):
        _grow(marked, at)


def test_darkness_without_an_end_is_refused_in_words(scene: _Scene) -> None:
    band = np.zeros(scene.gland.spatial_shape, np.uint8)
    band[8:12, 40:60] = 1
    at = position_lps(scene.gland, (10.0, 50.0, 18.0))
    assert 2 * _HALF_AXES[0] > FARTHEST_MM

    with pytest.raises(OutlineRefused, match="without a border"):
        _grow(scene.with_focus(on_grid_of(scene.gland, band), adc=800.0, gain=1.9).scanned(), at)


def test_where_the_adc_map_does_not_reach_nothing_is_grown(scene: _Scene) -> None:
    scanned = scene.with_focus(sphere(scene.gland, _RIGHT_PZ, 14.0), adc=850.0, gain=1.9).scanned()
    adc = np.array(scanned.adc.array)
    adc[:, :, :14] = 0  # the right side

    with pytest.raises(OutlineRefused, match="does not reach"):
        _grow(replace(scanned, adc=on_grid_of(scanned.adc, adc)), (_CENTRE[0] - 24.0, _CENTRE[1], _CENTRE[2]))


def test_images_of_another_frame_of_reference_are_refused(scene: _Scene) -> None:
    elsewhere = Volume(
        array=scene.adc.array, affine=scene.adc.affine, coordinate_system="PATIENT", frame_of_reference_uid="9.9"
    )
    with pytest.raises(FramesDiffer):
        grow(_RIGHT_PZ, elsewhere, None, scene.gland)


def test_a_grown_focus_has_the_volume_of_what_was_there(scene: _Scene) -> None:
    scanned = scene.with_focus(sphere(scene.gland, _LEFT_TZ, 16.0), adc=800.0, gain=1.6).scanned()

    grown = _grow(scanned, _LEFT_TZ).mask

    expected = math.pi / 6 * 16.0**3 / 1000
    assert int(grown.array.sum()) * voxel_volume_ml(grown) == pytest.approx(expected, rel=0.25)
