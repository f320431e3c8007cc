"""Statistics of a region agree with the voxels that lie in it, counted by hand."""

import numpy as np
import pytest
from highdicom import Volume
from scipy.spatial.transform import Rotation

from core.annotations import Kind, annotation
from core.errors import FramesDiffer, OutsideImages
from inference.roi import roi_statistics, tilt_deg

_FRAME = "1.2.826.0.1"


def _volume(turn=(0.0, 0.0, 0.0), frame=_FRAME):
    """Slices 3 mm apart, pixels of 1 × 0.5 mm; each voxel's value is 1000 k + 10 j + i."""
    axes = np.array([[0, 0, 0.5], [0, 1.0, 0], [3.0, 0, 0]])
    affine = np.eye(4)
    affine[:3, :3] = Rotation.from_euler("xyz", turn, degrees=True).as_matrix() @ axes
    affine[:3, 3] = (12, -80, 44)
    k, j, i = np.indices((5, 20, 30))
    return Volume(
        array=(1000 * k + 10 * j + i).astype(np.int16),
        affine=affine,
        coordinate_system="PATIENT",
        frame_of_reference_uid=frame,
    )


def _at(volume, k, j, i):
    return tuple(float(c) for c in (volume.affine @ (k, j, i, 1))[:3])


@pytest.mark.parametrize("turn", [(0, 0, 0), (20, -35, 50), (-90, 0, 0)])
def test_a_polygon_counts_the_voxels_whose_centres_it_holds(turn):
    volume = _volume(turn)
    corners = [_at(volume, 2, j, i) for j, i in ((3.5, 4.5), (3.5, 8.5), (6.5, 8.5), (6.5, 4.5))]
    found = roi_statistics(annotation(Kind.POLYGON, _FRAME, tuple(corners)), volume, "ADC", "10⁻⁶ mm²/s")
    inside = volume.array[2, 4:7, 5:9].astype(float)
    assert found.count == 12
    assert found.mean == pytest.approx(inside.mean())
    assert found.sd == pytest.approx(inside.std())
    assert (found.low, found.high) == (inside.min(), inside.max())
    assert (found.of, found.unit) == ("ADC", "10⁻⁶ mm²/s")


def test_a_region_between_two_slices_takes_the_nearer_one():
    volume = _volume()
    corners = [_at(volume, 2.4, j, i) for j, i in ((3.5, 4.5), (3.5, 8.5), (6.5, 8.5), (6.5, 4.5))]
    found = roi_statistics(annotation(Kind.POLYGON, _FRAME, tuple(corners)), volume, "T2")
    assert 2000 <= found.low <= found.high < 3000


def test_an_ellipse_counts_the_voxels_within_it():
    volume = _volume()
    ends = tuple(_at(volume, 1, j, i) for j, i in ((10, 8), (10, 16), (6, 12), (14, 12)))  # 4 mm × 8 mm
    found = roi_statistics(annotation(Kind.ELLIPSE, _FRAME, ends), volume, "T2")
    _, j, i = np.indices(volume.array.shape)
    mask = ((i - 12) / 4) ** 2 + ((j - 10) / 4) ** 2 < 0.99
    assert found.count == pytest.approx(mask[1].sum(), abs=5)
    assert found.mean == pytest.approx(1000 + 10 * 10 + 12, abs=1)


def test_a_region_of_another_frame_or_beside_the_images_is_refused_in_words():
    volume = _volume()
    ring = ((0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (1.0, 1.0, 0.0))
    with pytest.raises(OutsideImages, match="No voxel of ADC lies in the region"):
        roi_statistics(annotation(Kind.POLYGON, _FRAME, ring), volume, "ADC")
    with pytest.raises(FramesDiffer, match="draw it on ADC itself"):
        roi_statistics(annotation(Kind.POLYGON, "1.2.3", ring), volume, "ADC")


@pytest.mark.parametrize("turn", [(0, 0, 0), (20, -35, 50)])
def test_on_an_oblique_plane_the_values_are_resampled_in_it(turn):
    volume = _volume(turn)  # 1000 per 3 mm along k, 10 per mm along j, 2 per mm along i
    k, j, i = (volume.affine[:3, axis] / np.linalg.norm(volume.affine[:3, axis]) for axis in range(3))
    middle, down = np.array(_at(volume, 2, 10, 15)), np.cos(np.radians(30)) * j + 0.5 * k
    corners = [middle + a * i + b * down for a, b in ((-2.25, -3.25), (2.25, -3.25), (2.25, 3.25), (-2.25, 3.25))]
    region = annotation(Kind.POLYGON, _FRAME, tuple(tuple(map(float, corner)) for corner in corners))
    found = roi_statistics(region, volume, "T2")
    along, across = 10 * np.cos(np.radians(30)) + 1000 / 3 / 2, 2.0  # the rise per millimetre
    assert found.resampled
    assert found.mean == pytest.approx(2000 + 100 + 15, abs=0.1)
    assert found.sd == pytest.approx(np.hypot(along * 6.5, across * 4.5) / np.sqrt(12), rel=0.05)
    assert found.count == pytest.approx(6.5 * 4.5 / 0.5**2, rel=0.05)
    assert tilt_deg(volume, np.cross(i, down)) == pytest.approx(30)


def test_what_of_an_oblique_region_lies_beyond_the_volume_does_not_count():
    volume = _volume()
    origin, j, k = np.array(_at(volume, 2, 0, 15)), np.array((0, 1.0, 0)), np.array((0, 0, 1.0))
    down = np.cos(np.radians(30)) * j + 0.5 * k
    corners = [origin + a * np.array((1.0, 0, 0)) + b * down for a, b in ((-2, -3), (2, -3), (2, 3), (-2, 3))]
    region = annotation(Kind.POLYGON, _FRAME, tuple(tuple(map(float, corner)) for corner in corners))
    held = roi_statistics(region, volume, "T2")
    assert held.count == pytest.approx(4 * (3 + 0.5 / np.cos(np.radians(30))) / 0.5**2, rel=0.12)
    beyond = [corner - 20 * j for corner in corners]
    with pytest.raises(OutsideImages, match="No voxel of T2 lies in the region"):
        roi_statistics(
            annotation(Kind.POLYGON, _FRAME, tuple(tuple(map(float, corner)) for corner in beyond)), volume, "T2"
        )


@pytest.mark.parametrize(("normal", "tilt"), [((0, 0, 1), 0), ((0, 1, 0), 0), ((1, 0, 0), 0), ((0, 0.6, 0.8), 36.87)])
def test_a_plane_is_tilted_against_the_nearest_layers(normal, tilt):
    assert tilt_deg(_volume(), np.array(normal, float)) == pytest.approx(tilt, abs=0.01)
