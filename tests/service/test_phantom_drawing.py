"""How the phantom is drawn: shapes, tissues, noise and the fit of ADC, each against what a person can work out."""

import math

import numpy as np
import pytest

from service.phantom import tissues
from service.phantom.anatomy import make_scene
from service.phantom.dicom import StudyIdentity
from service.phantom.grids import Grid, Pose, turned
from service.phantom.physics import acquire, coil_sensitivity, diffusion_weighted, fitted_adc, rician, t2_weighted
from service.phantom.prostate import Prostate, grow_prostate
from service.phantom.scene import Scene
from service.phantom.shapes import Points, Vector, capsule, ellipsoid


@pytest.fixture(scope="module")
def prostate() -> Prostate:
    return grow_prostate(np.random.default_rng(3))


@pytest.fixture(scope="module")
def pelvis(prostate: Prostate) -> Scene:
    return make_scene(prostate, np.random.default_rng(3))


def _at(*points: Vector) -> Points:
    return Points(*np.array(points, dtype=np.float32).T)


def test_distances_are_in_millimetres() -> None:
    ball = ellipsoid((1.0, 2.0, 3.0), (5.0, 5.0, 5.0), turn_deg=30.0)
    rod = capsule((0.0, 0.0, 0.0), (0.0, 0.0, 10.0), 2.0)
    assert ball(_at((1.0, 2.0, 11.0)))[0] == pytest.approx(3.0, abs=1e-4)
    assert ball(_at((4.0, 2.0, 3.0)))[0] == pytest.approx(-2.0, abs=1e-4)
    assert rod(_at((6.0, 0.0, 5.0), (0.0, 0.0, 15.0))) == pytest.approx([4.0, 3.0], abs=1e-4)


def test_an_ellipsoid_turns_from_the_left_towards_the_back() -> None:
    turned_by_90 = ellipsoid((0.0, 0.0, 0.0), (9.0, 3.0, 3.0), turn_deg=90.0)
    assert turned_by_90(_at((0.0, 8.0, 0.0)))[0] < 0 < turned_by_90(_at((8.0, 0.0, 0.0)))[0]


def test_no_shape_reaches_out_of_its_box(pelvis: Scene) -> None:
    """Tissue outside its box would be cut off wherever a block of voxels ends."""
    corners = np.random.default_rng(0).uniform(-130.0, 130.0, (3, 40_000)).astype(np.float32)
    for layer in pelvis.layers:
        low, high = np.array(layer.shape.box)
        points = Points(*corners)
        inside = layer.shape(points) < 0
        outside_box = np.any((corners < low[:, None] - 0.5) | (corners > high[:, None] + 0.5), axis=0)
        assert not np.any(inside & outside_box), layer


@pytest.mark.parametrize("seed", range(8))
def test_every_patient_has_both_lesions_whole_within_the_gland_and_in_their_zone(seed: int) -> None:
    prostate = grow_prostate(np.random.default_rng(seed))
    cloud = Points(*np.random.default_rng(0).uniform(-30.0, 30.0, (3, 200_000)).astype(np.float32))
    for lesion in prostate.lesions:
        inside = lesion.shape(cloud) < 0
        assert inside.sum() > 100
        assert np.all(prostate.outline(cloud)[inside] < 0)
        in_transition_zone = prostate.inner(cloud)[inside] < 0
        assert in_transition_zone.mean() == pytest.approx(1.0 if "TZ" in lesion.sector else 0.0, abs=0.06)


def test_fluid_is_bright_muscle_dark_and_cancer_darker_than_its_zone_on_t2() -> None:
    def signal(tissue: tissues.Tissue) -> float:
        return float(np.asarray(t2_weighted(tissue, 1.0)[0]))

    assert signal(tissues.URINE) > signal(tissues.FAT) > signal(tissues.PERIPHERAL_ZONE)
    assert signal(tissues.PERIPHERAL_ZONE) > signal(tissues.TRANSITION_ZONE) > 3 * signal(tissues.MUSCLE)
    assert signal(tissues.PERIPHERAL_CANCER) < 0.7 * signal(tissues.PERIPHERAL_ZONE)
    assert signal(tissues.TRANSITION_CANCER) < 0.8 * signal(tissues.TRANSITION_ZONE)


def test_diffusion_signal_falls_as_exp_minus_b_times_adc() -> None:
    cancer = tissues.PERIPHERAL_CANCER
    s0, s800 = (float(np.asarray(s)) for s in diffusion_weighted((0.0, 800.0))(cancer, 1.0))
    assert s800 / s0 == pytest.approx(math.exp(-800.0 * cancer.adc * 1e-6), rel=1e-5)


def test_fat_is_suppressed_on_diffusion_images() -> None:
    fat, muscle = (float(np.asarray(diffusion_weighted((50.0,))(t, 1.0)[0])) for t in (tissues.FAT, tissues.MUSCLE))
    assert fat < 0.2 * muscle


def test_adc_is_fitted_back_from_its_own_decay() -> None:
    b_values = (50.0, 400.0, 800.0)
    decay = np.array([[[[np.exp(-b * 1234e-6), 1e-4]]] for b in b_values], dtype=np.float32)
    assert fitted_adc(decay, b_values, noise_floor=0.01).tolist() == [[[1234, 0]]]


def test_noise_is_rician() -> None:
    rng = np.random.default_rng(0)
    nothing = rician(np.zeros(200_000, np.float32), 2.0, rng)
    strong = rician(np.full(200_000, 50.0, np.float32), 2.0, rng)
    assert nothing.mean() == pytest.approx(2.0 * math.sqrt(math.pi / 2.0), rel=0.01)
    assert strong.std() == pytest.approx(2.0, rel=0.01)
    assert strong.mean() == pytest.approx(math.hypot(50.0, 2.0 / math.sqrt(2.0)), rel=0.001)


def test_the_coil_shades_smoothly_and_mildly() -> None:
    grid = Grid((5, 64, 64), 3.0, 3.0, 3.0, np.eye(3), (0.0, 0.0, 0.0))
    gain = coil_sensitivity(grid, np.random.default_rng(1), 0.22)
    assert gain.max() - gain.min() > 0.02
    assert gain.min() > 0.6
    assert gain.max() < 1.7
    assert max(float(np.abs(np.diff(gain, axis=axis)).max()) for axis in (0, 1, 2)) < 0.03


def test_a_voxel_lies_where_its_affine_says(prostate: Prostate, pelvis: Scene) -> None:
    """The same spot of the lesion, scanned in two directions and looked up by LPS, has the same signal."""
    pose = Pose(turned(lean_deg=15.0, roll_deg=2.0), (4.0, 21.0, -30.0))
    spot = pose.lps(prostate.lesions[0].centre)
    oblique = Grid((3, 5, 5), 0.5, 1.0, 1.0, turned(lean_deg=12.0, yaw_deg=5.0), spot)
    sagittal = Grid((3, 5, 5), 0.5, 1.0, 1.0, np.array([[0.0, 0.0, -1.0], [1.0, 0.0, 0.0], [0.0, -1.0, 0.0]]), spot)
    expected = float(np.asarray(t2_weighted(tissues.PERIPHERAL_CANCER, 1.0)[0]))
    for grid in (oblique, sagittal):
        assert (grid.affine @ (1.0, 2.0, 2.0, 1.0))[:3] == pytest.approx(spot)
        signal = acquire(pelvis, pose, grid, t2_weighted, fine=1, deep=1)
        assert signal.mean() == pytest.approx(expected, rel=0.15)


def test_uids_are_valid_and_belong_to_the_seed() -> None:
    first, again, other = StudyIdentity(0), StudyIdentity(0), StudyIdentity(1)
    assert first.uid("study") == again.uid("study") != other.uid("study")
    assert first.uid("study") != first.uid("series 1")
    assert first.uid("study").is_valid
