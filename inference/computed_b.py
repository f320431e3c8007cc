"""Diffusion images of b-values that were not acquired, calculated from an acquired one and the ADC.

S(b) = S(a)·exp(−(b − a)·ADC), a being the acquired b-value: Blackledge et al., Radiology 2011;261:573. PI-RADS v2.1
allows it for b ≥ 1400 s/mm².
"""

from collections.abc import Sequence

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from core.volume import on_grid_of
from inference.adc_fit import MAX_B_VALUE
from inference.resample import resample_like

LEAST_BASE_B = 50.0
"""Below, blood that flows in capillaries adds to the signal (IVIM: Le Bihan et al., Radiology 1988;168:497), so an
image with b = 0 lies above the line of the ADC and would make every calculated image too bright where there is blood.
PI-RADS v2.1 asks for 50 to 100 s/mm² as the lowest b-value."""


def base_b_value(acquired: Sequence[float]) -> float | None:
    """Return the acquired b-value (s/mm²) to calculate from: the lowest from 50 on, else the highest below.

    None when none is acquired up to 1000 s/mm², above which the signal no longer falls by the ADC.
    """
    usable = sorted(b for b in acquired if b <= MAX_B_VALUE)
    return next((b for b in usable if b >= LEAST_BASE_B), usable[-1] if usable else None)


class Extrapolation:
    """Calculates the images of one study; what does not depend on b is done once, so that a slider can follow."""

    def __init__(self, base: Volume, base_b: float, adc: Volume) -> None:
        """`base` is the acquired image of `base_b` (s/mm²); `adc` is in 10⁻⁶ mm²/s and brought onto its grid.

        Raises `FramesDiffer` when the two are not in one frame of reference.
        """
        self.base_b = base_b
        self._base = base
        on_grid = np.asarray(resample_like(adc, base).array, dtype=np.float32)
        self._decay = on_grid * np.float32(-1e-6)
        self._signal = np.where(on_grid > 0, base.array, 0).astype(np.float32)

    def image(self, b: float) -> Volume:
        """Return the image of b (s/mm²) on the grid of the acquired one, float32; 0 where there is no ADC."""
        exponent: NDArray[np.float32] = self._decay * np.float32(b - self.base_b)
        np.exp(exponent, out=exponent)
        exponent *= self._signal
        return on_grid_of(self._base, exponent)
