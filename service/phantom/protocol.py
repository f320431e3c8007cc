"""The examination: which series are scanned, with which settings, and where their slices lie."""

from dataclasses import dataclass, replace

import numpy as np

from service.phantom.dicom import SeriesPlan
from service.phantom.grids import Grid, Matrix, Pose, turned
from service.phantom.physics import DWI_TE_MS, DWI_TR_MS, T2_TE_MS, T2_TR_MS

ADC_B_VALUES = (50.0, 400.0, 800.0)
"""The b-values (s/mm²) that the scanner fits its ADC from."""
HIGH_B_VALUE = 1400.0
"""The acquired high b-value (s/mm²)."""

T2_SAGITTAL = SeriesPlan(
    number=2,
    description="t2_tse_sag",
    protocol="t2_tse_sag",
    image_type=("ORIGINAL", "PRIMARY", "M", "NORM"),
    echo_time_ms=T2_TE_MS,
    repetition_time_ms=T2_TR_MS,
    flip_angle_deg=160.0,
    echo_train_length=25,
    scanning_sequence="SE",
    sequence_variant="SK\\SP\\OSP",
    scan_options="",
    sequence_name="*tse2d1_25",
    averages=3,
)
T2_AXIAL = replace(T2_SAGITTAL, number=3, description="t2_tse_tra", protocol="t2_tse_tra")
T2_CORONAL = replace(T2_SAGITTAL, number=4, description="t2_tse_cor", protocol="t2_tse_cor")
LOCALIZER = replace(
    T2_SAGITTAL,
    number=1,
    description="localizer",
    protocol="localizer",
    image_type=("ORIGINAL", "PRIMARY", "M", "NORM"),
    echo_train_length=128,
    sequence_name="*h2d1_128",
    averages=1,
)
DIFFUSION = SeriesPlan(
    number=5,
    description="ep2d_diff_tra_b50_400_800",
    protocol="ep2d_diff_tra",
    image_type=("ORIGINAL", "PRIMARY", "DIFFUSION", "NONE"),
    echo_time_ms=DWI_TE_MS,
    repetition_time_ms=DWI_TR_MS,
    flip_angle_deg=90.0,
    echo_train_length=42,
    scanning_sequence="EP",
    sequence_variant="SK\\SP",
    scan_options="FS",
    sequence_name="*ep_b50_400_800t",
    averages=6,
)
ADC = replace(
    DIFFUSION,
    number=6,
    description="ep2d_diff_tra_ADC",
    image_type=("DERIVED", "PRIMARY", "DIFFUSION", "ADC"),
    derivation="ADC in 10^-6 mm2/s, fitted from b 50, 400 and 800 s/mm2",
)
HIGH_B = replace(DIFFUSION, number=7, description="ep2d_diff_tra_b1400", sequence_name="*ep_b1400t", averages=12)


@dataclass(frozen=True, slots=True)
class Grids:
    """Where each series lies."""

    localizer: tuple[Grid, ...]
    t2_sagittal: Grid
    t2_axial: Grid
    t2_coronal: Grid
    diffusion: Grid


def lie_down(rng: np.random.Generator) -> Pose:
    """Return how the patient lies: never quite straight, the gland's axis leaning back by about 15°."""
    axes = turned(
        lean_deg=15.0 + rng.uniform(-2.0, 2.0), roll_deg=rng.uniform(-1.5, 1.5), yaw_deg=rng.uniform(-1.5, 1.5)
    )
    x, y, z = np.array((2.0, 21.0, -34.0)) + rng.uniform(-3.0, 3.0, 3)
    return Pose(axes, (float(x), float(y), float(z)))


def plan_grids(pose: Pose) -> Grids:
    """Return the slices as a radiographer would set them: axial across the gland's axis, not quite hitting it."""
    axial = turned(lean_deg=13.0, roll_deg=1.2, yaw_deg=-0.8)
    row, column, normal = axial.T
    coronal = np.stack([row, -normal, column], axis=1)
    sagittal = np.array([[0.0, 0.0, -1.0], [1.0, 0.0, 0.0], [0.0, -1.0, 0.0]])
    centre = pose.lps((0.0, -2.0, 1.0))
    return Grids(
        localizer=tuple(_localizer(axes) for axes in (sagittal, np.eye(3), _straight_coronal())),
        t2_sagittal=Grid((20, 288, 288), 0.625, 3.3, 3.0, sagittal, centre),
        t2_axial=Grid((22, 320, 320), 0.5625, 3.0, 3.0, axial, centre),
        t2_coronal=Grid((18, 288, 288), 0.625, 3.3, 3.0, coronal, centre),
        diffusion=Grid((22, 100, 96), 2.0, 3.0, 3.0, axial, centre),
    )


def _localizer(axes: Matrix) -> Grid:
    return Grid((3, 128, 128), 2.75, 20.0, 7.0, axes, (0.0, 10.0, -10.0))


def _straight_coronal() -> Matrix:
    return np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])
