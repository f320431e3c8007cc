"""What contrast agent does in the phantom: its course in blood and tissue, and the signal of a gradient echo.

Blood: the population average of Parker et al., MRM 2006;56:993. Tissue: the extended Tofts model (Tofts et al., JMRI
1999;10:223). Signal: a spoiled gradient echo at steady state; relaxivity of gadobutrol in plasma at 3 T from Rohrer et
al., Invest Radiol 2005;40:715. The constants of each tissue are made up, so that cancer enhances early and washes out,
stroma reaches a plateau and peripheral zone goes on rising; they are not measured ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from service.phantom import tissues
from service.phantom.grids import Grid
from service.phantom.protocol import T2_AXIAL, Grids
from service.phantom.scene import Contrast
from service.phantom.shapes import Floats
from service.phantom.tissues import Tissue

TIMES_S = tuple(9.0 * phase for phase in range(20))
"""When each phase is acquired. PI-RADS v2.1: 15 s or less each, two minutes or more in all."""
_ARRIVAL_S = 29.0
_TR_MS, _TE_MS, _FLIP_DEG = 4.1, 1.5, 12.0
_R1 = 5.0  # L/(mmol·s)
_HAEMATOCRIT = 0.42
_STEP_S = 0.5

DYNAMIC = replace(
    T2_AXIAL,
    number=8,
    description="tfl_3d_dynamic_tra",
    protocol="tfl_3d_dynamic_tra",
    echo_time_ms=_TE_MS,
    repetition_time_ms=_TR_MS,
    flip_angle_deg=_FLIP_DEG,
    echo_train_length=1,
    scanning_sequence="GR",
    sequence_variant="SP",
    scan_options="FS",
    sequence_name="*tfl3d1",
    averages=1,
    acquisition_type="3D",
    contrast_agent="Gadobutrol",
    contrast_ml=8.2,
)


@dataclass(frozen=True, slots=True)
class Perfusion:
    """The extended Tofts model's constants: Ktrans (1/min), extracellular space ve and plasma vp as parts of the
    tissue."""

    ktrans: float
    ve: float
    vp: float


_NONE = Perfusion(0.0, 0.1, 0.0)
_SLOW = Perfusion(0.06, 0.25, 0.01)
_PERFUSION = {
    tissues.FLOWING_BLOOD: Perfusion(0.0, 0.1, 0.55),
    tissues.PLEXUS: Perfusion(0.15, 0.3, 0.2),
    tissues.ERECTILE: Perfusion(0.2, 0.35, 0.15),
    tissues.MUCOSA: Perfusion(0.35, 0.35, 0.06),
    tissues.PERIPHERAL_ZONE: Perfusion(0.1, 0.45, 0.01),
    tissues.TRANSITION_ZONE: Perfusion(0.22, 0.33, 0.03),
    tissues.CENTRAL_ZONE: Perfusion(0.16, 0.3, 0.02),
    tissues.ANTERIOR_STROMA: Perfusion(0.08, 0.25, 0.01),
    tissues.GLANDULAR_NODULE: Perfusion(0.16, 0.4, 0.02),
    tissues.MIXED_NODULE: Perfusion(0.25, 0.33, 0.03),
    tissues.STROMAL_NODULE: Perfusion(0.3, 0.32, 0.04),
    tissues.PERIPHERAL_CANCER: Perfusion(0.8, 0.28, 0.06),
    tissues.TRANSITION_CANCER: Perfusion(0.75, 0.27, 0.05),
    **dict.fromkeys((tissues.AIR, tissues.CORTEX, tissues.FAT, tissues.URINE, tissues.STOOL), _NONE),
}


def dynamic_grid(grids: Grids) -> Grid:
    """Return the slices of the dynamic series: those of the axial T2, with pixels of 1.75 mm."""
    t2 = grids.t2_axial
    return Grid((t2.shape[0], 104, 104), 1.75, t2.step_mm, t2.thickness_mm, t2.axes, t2.centre_lps)


def contrast_enhanced(times_s: Sequence[float]) -> Contrast:
    """Return the contrast of a fat-suppressed spoiled gradient echo, one image for each time."""
    found: dict[Tissue, list[Floats | float]] = {}

    def signals(tissue: Tissue, diffusion: Floats | float) -> Sequence[Floats | float]:
        if tissue not in found:
            found[tissue] = [float(one) for one in signal(tissue, times_s)]
        return found[tissue]

    return signals


def signal(tissue: Tissue, times_s: Sequence[float]) -> NDArray[np.float64]:
    """Return the signal of a tissue at these times after the first phase."""
    r1 = 1000.0 / tissue.t1_ms + _R1 * _concentration(_PERFUSION.get(tissue, _SLOW), np.array(times_s))
    e1, flip = np.exp(-_TR_MS / 1000.0 * r1), np.deg2rad(_FLIP_DEG)
    return tissue.pd * (1.0 - tissue.fat) * np.sin(flip) * (1.0 - e1) / (1.0 - np.cos(flip) * e1)


def enhancement_percent(tissue: Tissue) -> NDArray[np.float64]:
    """Return how far the signal of a tissue lies above that before contrast agent, in each phase: the truth."""
    values = signal(tissue, TIMES_S)
    return 100.0 * (values / values[0] - 1.0)


def blood(times_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the concentration in whole blood (mmol/L) at times after its arrival (Parker 2006, table 1)."""
    t = times_s / 60.0
    passes = ((0.809, 0.17046, 0.0563), (0.330, 0.365, 0.132))
    boluses = sum(a / (s * np.sqrt(2 * np.pi)) * np.exp(-((t - m) ** 2) / (2 * s**2)) for a, m, s in passes)
    tail = 1.050 * np.exp(-0.1685 * t) / (1.0 + np.exp(-38.078 * (t - 0.483)))
    return np.where(t >= 0, boluses + tail, 0.0)


def _concentration(tissue: Perfusion, times_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the concentration in a tissue (mmol/L) at times after the first phase."""
    fine = np.arange(0.0, max(TIMES_S) + _STEP_S, _STEP_S)
    plasma = blood(fine) / (1.0 - _HAEMATOCRIT)
    leak = np.exp(-tissue.ktrans / tissue.ve * fine / 60.0)
    leaked = tissue.ktrans * np.convolve(plasma, leak)[: len(fine)] * _STEP_S / 60.0
    return np.interp(times_s - _ARRIVAL_S, fine, tissue.vp * plasma + leaked, left=0.0)
