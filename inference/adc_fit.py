"""The apparent diffusion coefficient: fitted from diffusion-weighted images, and the units scanners write it in."""

from collections.abc import Sequence
from typing import cast

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from core.errors import SeriesIncomplete
from core.volume import on_grid_of

MAX_B_VALUE = 1000.0
"""Above this (s/mm²) the signal is no longer mono-exponential and ADC is underestimated (PI-RADS v2.1, section DWI)."""


def fit_adc(volumes: Sequence[Volume], b_values: Sequence[float]) -> Volume:
    """Return the ADC (float32, 10⁻⁶ mm²/s) of S = S₀·exp(-b·ADC) on the grid of the first volume.

    Log-linear least squares over two or more b-values (s/mm²) up to 1000, weighted by the squared signal because the
    noise of ln S grows as 1/S (Veraart et al., NeuroImage 2013;81:335; one pass). It is 0 where any image has no
    signal, and where the signal rises with b. Raises ValueError for fewer than two different b-values.
    """
    if len(set(b_values)) < 2 or len(volumes) != len(b_values) or max(b_values) > MAX_B_VALUE:
        raise ValueError(f"An ADC needs two or more different b-values up to {MAX_B_VALUE:g}, not {list(b_values)}.")
    signals = np.stack([volume.array.astype(np.float32) for volume in volumes])
    has_signal = (signals > 0).all(axis=0)
    signals = np.where(has_signal, signals, np.float32(1))
    adc = np.where(has_signal, -_weighted_slope(np.log(signals), signals**2, b_values) * 1e6, 0)
    return on_grid_of(volumes[0], np.clip(adc, 0, None).astype(np.float32))


def _weighted_slope(
    logs: NDArray[np.float32], weights: NDArray[np.float32], b_values: Sequence[float]
) -> NDArray[np.float64]:
    """Return the slope (mm²/s) of a line through ln S over b, voxel by voxel."""
    b = np.array(b_values, dtype=np.float64).reshape(-1, 1, 1, 1)
    total = weights.sum(axis=0, dtype=np.float64)
    from_mean = b - (weights * b).sum(axis=0) / total
    return cast("NDArray[np.float64]", (weights * from_mean * logs).sum(axis=0) / (weights * from_mean**2).sum(axis=0))


_UNITS = ((1.0, 50.0, 10000.0), (1e3, 0.05, 10.0), (1e6, 5e-5, 1e-2))
"""Factor to 10⁻⁶ mm²/s, and the range of a body's median ADC in 10⁻⁶, 10⁻³ and 1 mm²/s.

Prostate tissue lies at 1.3 to 1.6 10⁻³ mm²/s (PMC4731347); units differ by a
thousand, so even a map full of noise cannot be taken for another."""


def in_adc_unit(volume: Volume, named: str) -> Volume:
    """Return an ADC map in 10⁻⁶ mm²/s; raises `SeriesIncomplete` when its values fit no unit in use."""
    values = volume.array[volume.array > 0]
    median = float(np.median(values)) if values.size else 1000.0
    factor = next((factor for factor, low, high in _UNITS if low <= median < high), None)
    if factor is None:
        raise SeriesIncomplete(
            f"{named} is no ADC map in a unit that Prosector knows: its median is {median:g}. Let the scanner send "
            "the map with its rescale slope, or remove it so that ADC is fitted from the DWI."
        )
    if factor == 1.0:
        return volume
    return on_grid_of(volume, (volume.array.astype(np.float64) * factor).astype(np.float32))
