"""`make_phantom`: one whole made-up study on disk, and the truth about it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from core.volume import PointLps
from service.phantom.anatomy import make_scene
from service.phantom.dce import DYNAMIC, TIMES_S, contrast_enhanced, dynamic_grid
from service.phantom.dicom import Images, Phase, StudyIdentity, write_series
from service.phantom.grids import Grid, Pose
from service.phantom.physics import (
    acquire,
    blurred,
    coil_sensitivity,
    diffusion_weighted,
    fitted_adc,
    rician,
    t2_weighted,
)
from service.phantom.prostate import PlannedLesion, Prostate, grow_prostate
from service.phantom.protocol import (
    ADC,
    ADC_B_VALUES,
    DIFFUSION,
    HIGH_B,
    HIGH_B_VALUE,
    LOCALIZER,
    T2_AXIAL,
    T2_CORONAL,
    T2_SAGITTAL,
    Grids,
    lie_down,
    plan_grids,
)
from service.phantom.scene import Scene
from service.phantom.shapes import Floats

_T2_SCALE = 1000.0
_DWI_SCALE = 3600.0
_T2_NOISE = 0.012
_DWI_NOISE = 0.0065
_DCE_SCALE = 16000.0
_DCE_NOISE = 0.0009
_ADC_FLOOR = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class TrueLesion:
    """A lesion that is known because it was drawn.

    `mask` is 0/1 on the axial T2 grid; `semi_axes_mm` from the longest to the shortest; `adc` in 10⁻⁶ mm²/s;
    `sector` is a key of `core.sectors`.
    """

    mask: Volume
    centre_lps: PointLps
    semi_axes_mm: tuple[float, float, float]
    adc: float
    sector: str


@dataclass(frozen=True, slots=True, eq=False)
class PhantomTruth:
    """What was drawn: gland (0/1), zones (1 = PZ, 2 = TZ with all else that is not PZ) and lesions, on axial T2."""

    gland: Volume
    zones: Volume
    lesions: tuple[TrueLesion, ...]


@dataclass(frozen=True, slots=True)
class _Patient:
    prostate: Prostate
    scene: Scene
    pose: Pose
    grids: Grids
    identity: StudyIdentity
    noise: np.random.Generator


def make_phantom(folder: Path, seed: int = 0, *, dce: bool = False) -> PhantomTruth:
    """Write the phantom of this seed as DICOM below `folder`, with `dce` its dynamic series too; return the truth.

    The same seed gives the same files byte for byte, so storing it twice adds nothing to an archive. Raises
    `CannotWrite`.
    """
    patient = _patient(seed)
    _scan_localizer(folder, patient)
    for plan, grid in (
        (T2_SAGITTAL, patient.grids.t2_sagittal),
        (T2_AXIAL, patient.grids.t2_axial),
        (T2_CORONAL, patient.grids.t2_coronal),
    ):
        write_series(folder, patient.identity, plan, (_t2(patient, grid),))
    _scan_diffusion(folder, patient)
    if dce:
        _scan_dynamic(folder, patient)
    return _truth(patient)


def _patient(seed: int) -> _Patient:
    body, lying, noise = (np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(3))
    prostate = grow_prostate(body)
    pose = lie_down(lying)
    return _Patient(prostate, make_scene(prostate, body), pose, plan_grids(pose), StudyIdentity(seed), noise)


def _t2(patient: _Patient, grid: Grid, *, fine: int = 1) -> Images:
    signal = acquire(patient.scene, patient.pose, grid, t2_weighted, fine=fine, deep=2)[0]
    signal = blurred(signal, (0.35, 0.35)) * coil_sensitivity(grid, patient.noise, 0.22)
    return Images(grid, _stored(rician(signal, _T2_NOISE, patient.noise), _T2_SCALE), (320.0, 640.0))


def _scan_localizer(folder: Path, patient: _Patient) -> None:
    write_series(
        folder, patient.identity, LOCALIZER, tuple(_t2(patient, grid, fine=2) for grid in patient.grids.localizer)
    )


def _scan_diffusion(folder: Path, patient: _Patient) -> None:
    grid, b_values = patient.grids.diffusion, (*ADC_B_VALUES, HIGH_B_VALUE)
    signal = acquire(patient.scene, patient.pose, grid, diffusion_weighted(b_values), fine=2, deep=2)
    signal = blurred(signal, (0.45, 0.35)) * coil_sensitivity(grid, patient.noise, 0.22)
    images = rician(signal, _DWI_NOISE, patient.noise)
    stacks = tuple(_diffusion(grid, image, b) for b, image in zip(b_values, images, strict=True))
    adc = fitted_adc(images[:-1], ADC_B_VALUES, _ADC_FLOOR)
    write_series(folder, patient.identity, DIFFUSION, stacks[:-1])
    write_series(folder, patient.identity, ADC, (Images(grid, adc, (1100.0, 2200.0)),))
    write_series(folder, patient.identity, HIGH_B, stacks[-1:])


def _scan_dynamic(folder: Path, patient: _Patient) -> None:
    grid = dynamic_grid(patient.grids)
    signal = acquire(patient.scene, patient.pose, grid, contrast_enhanced(TIMES_S), fine=1, deep=1)
    signal = blurred(signal, (0.45, 0.45)) * coil_sensitivity(grid, patient.noise, 0.22)
    images = rician(signal, _DCE_NOISE, patient.noise)
    write_series(folder, patient.identity, DYNAMIC, tuple(_phase(grid, image, n) for n, image in enumerate(images)))


def _phase(grid: Grid, image: Floats, number: int) -> Images:
    each = round(TIMES_S[1] - TIMES_S[0])
    phase = Phase(number + 1, len(TIMES_S), round(TIMES_S[number]), each)
    return Images(grid, _stored(image, _DCE_SCALE), (400.0, 800.0), phase=phase)


def _diffusion(grid: Grid, image: Floats, b_value: float) -> Images:
    stored = _stored(image, _DWI_SCALE)
    brightest = round(float(np.percentile(stored, 99.8)))
    return Images(grid, stored, (brightest / 2.0, float(brightest)), b_value)


def _stored(signal: Floats, scale: float) -> NDArray[np.uint16]:
    return np.clip(np.rint(signal * scale), 0, 4095).astype(np.uint16)


def _truth(patient: _Patient) -> PhantomTruth:
    grid, pose, prostate = patient.grids.t2_axial, patient.pose, patient.prostate
    points = pose.points(np.stack([next(grid.samples(k, fine=1, deep=1)) for k in range(grid.shape[0])], axis=1))
    gland = prostate.outline(points) < 0
    inner = prostate.inner(patient.scene.warp.bent(points)) < 0
    zones = np.where(gland, np.where(inner, 2, 1), 0)
    lesions = tuple(_true_lesion(patient, one, one.shape(points) < 0) for one in prostate.lesions)
    return PhantomTruth(_on_t2(patient, gland), _on_t2(patient, zones), lesions)


def _true_lesion(patient: _Patient, lesion: PlannedLesion, inside: NDArray[np.bool_]) -> TrueLesion:
    first, second, third = sorted(lesion.radii, reverse=True)
    return TrueLesion(
        mask=_on_t2(patient, inside),
        centre_lps=patient.pose.lps(lesion.centre),
        semi_axes_mm=(first, second, third),
        adc=lesion.tissue.adc,
        sector=lesion.sector,
    )


def _on_t2(patient: _Patient, flat: NDArray[np.generic]) -> Volume:
    grid = patient.grids.t2_axial
    return Volume(
        array=flat.reshape(grid.shape).astype(np.uint8),
        affine=grid.affine,
        coordinate_system="PATIENT",
        frame_of_reference_uid=patient.identity.frame_of_reference_uid,
    )
