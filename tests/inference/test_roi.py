"""Statistics of a region agree with the voxels that lie in it, counted by hand."""

import numpy as np
import pytest
from highdicom import Volume
from scipy.spatial.transform import Rotation

from core.annotations import Kind, annotation
from core.errors import FramesDiffer, OutsideImages
from inference.roi import roi_statistics

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
