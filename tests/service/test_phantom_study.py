"""The phantom on disk, read as any other study: right tags, right geometry, and the truth found again in it."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pydicom
import pytest
from highdicom import Volume
from numpy.typing import NDArray

from core.progress import Silent
from core.sectors import sector, sectors
from core.study import RecognisedStudy, Role
from core.volume import centroid_lps, same_grid, voxel_volume_ml
from inference.load import load
from inference.read import read_study
from inference.recognise import recognise
from service.phantom import TrueLesion, make_phantom

_T2_PLANES = (Role.T2_AXIAL, Role.T2_SAGITTAL, Role.T2_CORONAL)


@pytest.fixture(scope="module")
def recognised(phantom_study: SimpleNamespace) -> RecognisedStudy:
    return recognise(read_study(phantom_study.folder))


@pytest.fixture(scope="module")
def volumes(recognised: RecognisedStudy) -> dict[str, Volume]:
    """Each series by role, each DWI by `dwi` and its b-value."""
    found = {choice.role.value: load(choice) for choice in recognised.choices if choice.role is not Role.DWI}
    return found | {f"dwi{choice.b_value:g}": load(choice) for choice in recognised.all(Role.DWI)}


def _positions(mask: NDArray[np.bool_], grid: Volume) -> NDArray[np.float64]:
    """Return the LPS positions (N, 3) of the voxels of a mask on a grid."""
    return np.argwhere(mask) @ grid.affine[:3, :3].T + grid.affine[:3, 3]


def _values(volume: Volume, positions: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the voxel that each position lies in; every position must lie in the volume."""
    index = np.rint((positions - volume.affine[:3, 3]) @ np.linalg.inv(volume.affine[:3, :3]).T).astype(int)
    assert np.all((index >= 0) & (index < volume.spatial_shape))
    return volume.array[tuple(index.T)].astype(float)


def _core(lesion: TrueLesion, reach_mm: float) -> NDArray[np.float64]:
    """Return a cloud of LPS positions within `reach_mm` of the lesion's centre."""
    cloud = np.random.default_rng(0).uniform(-reach_mm, reach_mm, (4000, 3))
    return cloud[np.linalg.norm(cloud, axis=1) < reach_mm] + lesion.centre_lps


def _beside(lesion: TrueLesion, zones: Volume) -> NDArray[np.float64]:
    """Return positions of the lesion's own zone, 8 to 18 mm from its centre, before the dark anterior stroma."""
    own = 1 if sector(lesion.sector).zone.value == "PZ" else 2
    positions = _positions(zones.array == own, zones)
    away = np.linalg.norm(positions - lesion.centre_lps, axis=1)
    return positions[(away > 8.0) & (away < 18.0) & (positions[:, 1] > lesion.centre_lps[1] - 3.0)]


def test_the_patient_is_plainly_made_up(phantom_study: SimpleNamespace) -> None:
    dataset = pydicom.dcmread(next(phantom_study.folder.rglob("*.dcm")))
    assert str(dataset.PatientName) == "Phantom^Prostate"
    assert dataset.PatientID == "PHANTOM-1"
    assert "phantom" in dataset.StudyDescription
    assert dataset.Manufacturer == "Prosector"


def test_the_study_is_small_enough_to_be_made_at_every_start(phantom_study: SimpleNamespace) -> None:
    assert sum(path.stat().st_size for path in phantom_study.folder.rglob("*.dcm")) < 40e6


def test_dciodvfy_finds_no_error_in_any_series(phantom_study: SimpleNamespace, dciodvfy: Callable[[Path], Any]) -> None:
    folders = sorted(path for path in phantom_study.folder.iterdir() if path.is_dir())
    assert len(folders) == 7
    for folder in folders:
        files = sorted(folder.glob("*.dcm"))
        for file in (files[0], files[-1]):
            said = dciodvfy(file)
            assert (said.kind, said.errors) == ("MRImage", []), file


def test_every_series_is_recognised_for_what_it_is(recognised: RecognisedStudy) -> None:
    chosen = {(choice.role, choice.b_value): choice.stack.series.description for choice in recognised.choices}
    assert chosen == {
        (Role.T2_AXIAL, None): "t2_tse_tra",
        (Role.T2_SAGITTAL, None): "t2_tse_sag",
        (Role.T2_CORONAL, None): "t2_tse_cor",
        (Role.ADC, None): "ep2d_diff_tra_ADC",
        (Role.HIGH_B, 1400.0): "ep2d_diff_tra_b1400",
        (Role.DWI, 50.0): "ep2d_diff_tra_b50_400_800",
        (Role.DWI, 400.0): "ep2d_diff_tra_b50_400_800",
        (Role.DWI, 800.0): "ep2d_diff_tra_b50_400_800",
    }
    assert not any(choice.calculated or choice.fitted for choice in recognised.choices)
    assert [series.description for series, _ in recognised.left_out] == ["localizer"]


def test_the_truth_lies_on_the_axial_t2(volumes: dict[str, Volume], phantom_study: SimpleNamespace) -> None:
    truth = phantom_study.truth
    for mask in (truth.gland, truth.zones, *(lesion.mask for lesion in truth.lesions)):
        assert same_grid(mask, volumes["t2_axial"])
        assert mask.array.dtype == np.uint8
    assert np.array_equal(truth.zones.array > 0, truth.gland.array > 0)
    assert 35.0 < truth.gland.array.sum() * voxel_volume_ml(truth.gland) < 60.0


def test_the_axial_series_are_oblique_and_share_slices(volumes: dict[str, Volume]) -> None:
    normals = {name: volume.affine[:3, 0] / np.linalg.norm(volume.affine[:3, 0]) for name, volume in volumes.items()}
    lean = np.rad2deg(np.arccos(normals["t2_axial"][2]))
    assert 10.0 < lean < 18.0
    assert abs(normals["t2_axial"][0]) > 0.01  # oblique about two axes
    for name in ("adc", "high_b", "dwi50"):
        assert normals[name] == pytest.approx(normals["t2_axial"], abs=1e-6)


def test_all_series_are_in_one_frame_of_reference(volumes: dict[str, Volume]) -> None:
    assert len({volume.frame_of_reference_uid for volume in volumes.values()}) == 1


def test_each_lesion_has_the_volume_of_its_ellipsoid(phantom_study: SimpleNamespace) -> None:
    for lesion in phantom_study.truth.lesions:
        drawn = lesion.mask.array.sum() * voxel_volume_ml(lesion.mask)
        assert drawn == pytest.approx(4.0 / 3.0 * np.pi * np.prod(lesion.semi_axes_mm) / 1000.0, rel=0.06)
        assert centroid_lps(lesion.mask) == pytest.approx(lesion.centre_lps, abs=0.6)


def test_each_lesion_is_where_its_sector_says(phantom_study: SimpleNamespace) -> None:
    truth = phantom_study.truth
    middle = centroid_lps(truth.gland)[0]
    assert {lesion.sector for lesion in truth.lesions} == {"right-mid-PZpl", "left-mid-TZa"}
    for lesion in truth.lesions:
        place = sectors()[lesion.sector]
        assert (lesion.centre_lps[0] > middle) == (place.side == "left")
        zone = truth.zones.array[lesion.mask.array > 0]
        assert np.mean(zone == (1 if place.zone.value == "PZ" else 2)) > 0.95


@pytest.mark.parametrize("role", _T2_PLANES)
def test_each_lesion_is_dark_on_t2_at_its_place_in_every_plane(
    role: Role, volumes: dict[str, Volume], phantom_study: SimpleNamespace
) -> None:
    for lesion in phantom_study.truth.lesions:
        inside = np.median(_values(volumes[role.value], _core(lesion, 2.5)))
        beside = np.median(_values(volumes[role.value], _beside(lesion, phantom_study.truth.zones)))
        assert inside < 0.8 * beside


def test_each_lesion_is_dark_on_adc_and_bright_at_high_b(
    volumes: dict[str, Volume], phantom_study: SimpleNamespace
) -> None:
    for lesion in phantom_study.truth.lesions:
        core, beside = _core(lesion, 2.5), _beside(lesion, phantom_study.truth.zones)
        assert np.median(_values(volumes["adc"], core)) < 0.65 * np.median(_values(volumes["adc"], beside))
        assert np.median(_values(volumes["high_b"], core)) > 1.8 * np.median(_values(volumes["high_b"], beside))


@pytest.mark.parametrize(("name", "dark", "cut"), [("adc", True, 1100.0), ("high_b", False, 330.0)])
def test_each_lesion_stands_at_its_lps_in_the_diffusion_images(
    name: str, dark: bool, cut: float, volumes: dict[str, Volume], phantom_study: SimpleNamespace
) -> None:
    """Half a voxel's shift (1 mm) of a whole series would show."""
    volume = volumes[name]
    positions = _positions(np.ones(volume.spatial_shape, bool), volume)
    for lesion in phantom_study.truth.lesions:
        near = positions[np.linalg.norm(positions - lesion.centre_lps, axis=1) < 8.0]
        values = _values(volume, near)
        spot = near[(values < cut) & (values > 0) if dark else values > cut]
        assert len(spot) > 15
        assert spot.mean(axis=0) == pytest.approx(lesion.centre_lps, abs=1.0)


def test_the_scanners_adc_tells_the_truth_in_the_core(
    volumes: dict[str, Volume], phantom_study: SimpleNamespace
) -> None:
    for lesion in phantom_study.truth.lesions:
        core = _values(volumes["adc"], _core(lesion, 2.0))
        assert core.mean() == pytest.approx(lesion.adc, rel=0.1)


def test_the_measured_signal_decays_with_the_true_adc(
    volumes: dict[str, Volume], phantom_study: SimpleNamespace
) -> None:
    names = {50.0: "dwi50", 400.0: "dwi400", 800.0: "dwi800", 1400.0: "high_b"}
    for lesion in phantom_study.truth.lesions:
        core = _core(lesion, 2.0)
        signal = {b: _values(volumes[name], core).mean() for b, name in names.items()}
        for b in (400.0, 800.0, 1400.0):
            measured = np.log(signal[50.0] / signal[b]) / (b - 50.0) * 1e6
            assert measured == pytest.approx(lesion.adc, rel=0.12)


def test_the_air_around_the_body_holds_only_noise(volumes: dict[str, Volume]) -> None:
    """Rician noise without signal: mean = σ·√(π/2), deviation = σ·√(2 − π/2)."""
    sagittal = volumes["t2_sagittal"]
    positions = _positions(np.ones(sagittal.spatial_shape, bool), sagittal)
    in_front = positions[:, 1] < positions[:, 1].min() + 3.0
    upper = positions[:, 2] > positions[:, 2].max() - 15.0
    noise = _values(sagittal, positions[in_front & upper])
    assert len(noise) > 500
    assert noise.mean() / noise.std() == pytest.approx(np.sqrt(np.pi / 2) / np.sqrt(2 - np.pi / 2), rel=0.08)


@cache
def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.dcm")}


@pytest.mark.journey
def test_the_same_seed_gives_the_same_files(phantom_study: SimpleNamespace, tmp_path: Path) -> None:
    make_phantom(tmp_path, 0)
    assert len(_files(tmp_path)) > 150
    assert _files(tmp_path) == _files(phantom_study.folder)


@pytest.mark.journey
def test_another_seed_is_another_patient_with_nothing_in_common(
    phantom_study: SimpleNamespace, made_phantom: Callable[..., SimpleNamespace]
) -> None:
    def uids(folder: Path) -> set[str]:
        return {str(pydicom.dcmread(path, stop_before_pixels=True).SOPInstanceUID) for path in folder.rglob("*.dcm")}

    first, second = uids(phantom_study.folder), uids(made_phantom(1).folder)
    assert len(first) == len(second) > 150
    assert not first & second


@pytest.mark.journey
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_ai_finds_the_gland_and_ranks_both_lesions_first(
    seed: int, made_phantom: Callable[..., SimpleNamespace]
) -> None:
    from inference.pipeline import analyse

    made = made_phantom(seed)
    truth, findings = made.truth, analyse(recognise(read_study(made.folder)), Silent())
    drawn, found = truth.gland.array > 0, findings.gland.mask.array > 0
    assert 2.0 * np.sum(drawn & found) / (drawn.sum() + found.sum()) >= 0.75
    assert len(findings.candidates) <= 3
    first = {candidate.sector.key: candidate for candidate in findings.candidates[:2]}
    assert set(first) == {lesion.sector for lesion in truth.lesions}
    for lesion in truth.lesions:
        covered = np.sum((first[lesion.sector].mask.array > 0) & (lesion.mask.array > 0))
        assert covered > 0.7 * np.sum(lesion.mask.array > 0)
