"""A lesion drawn with one click is a sphere in the patient, whatever the grid."""

import math

import numpy as np
import pytest
from highdicom import Volume

from core.errors import OutsideImages
from core.volume import centroid_lps, position_lps, voxel_volume_ml
from inference.lesion import sphere


def _grid(spacing: tuple[float, float, float], tilt_degrees: float) -> Volume:
    tilt = math.radians(tilt_degrees)
    affine = np.eye(4)
    affine[:3, 0] = np.array([0, -math.sin(tilt), math.cos(tilt)]) * spacing[0]
    affine[:3, 1] = np.array([0, math.cos(tilt), math.sin(tilt)]) * spacing[1]
    affine[:3, 2] = np.array([1, 0, 0]) * spacing[2]
    affine[:3, 3] = (-30.0, -20.0, -40.0)
    array = np.zeros((30, 120, 120), np.int16)
    return Volume(array=array, affine=affine, coordinate_system="PATIENT", frame_of_reference_uid="1.2.3")


@pytest.mark.parametrize("tilt", [0.0, 18.6, -25.0])
@pytest.mark.parametrize("spacing", [(3.0, 0.5, 0.5), (1.0, 0.6, 0.6), (3.6, 0.28, 0.28)])
def test_the_sphere_stands_where_the_reader_pointed_and_has_its_volume(
    spacing: tuple[float, float, float], tilt: float
) -> None:
    grid = _grid(spacing, tilt)
    centre = position_lps(grid, (12.3, 60.2, 58.7))

    mask = sphere(grid, centre, 12.0)

    assert mask.array.dtype == np.uint8
    assert np.linalg.norm(np.array(centroid_lps(mask)) - centre) < 0.5
    assert int(mask.array.sum()) * voxel_volume_ml(mask) == pytest.approx(math.pi / 6 * 12**3 / 1000, rel=0.06)


def test_no_voxel_of_the_sphere_is_farther_from_its_centre_than_its_radius() -> None:
    grid = _grid((3.0, 0.5, 0.5), 18.6)
    centre = position_lps(grid, (10.0, 50.0, 50.0))

    mask = sphere(grid, centre, 10.0)

    positions = [position_lps(mask, (float(k), float(j), float(i))) for k, j, i in np.argwhere(mask.array)]
    assert max(np.linalg.norm(np.array(p) - centre) for p in positions) <= 5.0 + 1e-9


def test_a_small_sphere_between_two_slices_does_not_vanish() -> None:
    grid = _grid((3.0, 0.5, 0.5), 0.0)

    mask = sphere(grid, position_lps(grid, (10.49, 50.0, 50.0)), 2.0)

    assert mask.array[10, 50, 50] == 1


def test_a_sphere_at_the_edge_keeps_the_part_inside() -> None:
    grid = _grid((3.0, 0.5, 0.5), 0.0)

    mask = sphere(grid, position_lps(grid, (0.0, 0.0, 0.0)), 10.0)

    assert mask.array[0, 0, 0] == 1
    assert int(mask.array.sum()) * voxel_volume_ml(mask) < math.pi / 6 * 10**3 / 1000 / 4


def test_a_point_beyond_the_axial_images_is_refused_in_words() -> None:
    grid = _grid((3.0, 0.5, 0.5), 0.0)

    with pytest.raises(OutsideImages, match="outside the axial T2 images"):
        sphere(grid, position_lps(grid, (31.0, 50.0, 50.0)), 10.0)


@pytest.mark.parametrize("diameter", [0.0, -1.0, float("nan")])
def test_a_lesion_needs_a_size(diameter: float) -> None:
    grid = _grid((3.0, 0.5, 0.5), 0.0)

    with pytest.raises(ValueError, match="diameter"):
        sphere(grid, position_lps(grid, (10.0, 50.0, 50.0)), diameter)
