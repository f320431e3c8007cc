"""The apparent diffusion coefficient: fitted from diffusion-weighted images, and the units scanners write it in."""

import math
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


_UNITS = ((1.0, "10⁻⁶ mm²/s"), (1e3, "10⁻³ mm²/s"), (1e6, "mm²/s"))
_LEAST, _MOST = 350.0, 3600.0
"""A median between these (10⁻⁶ mm²/s) can be tissue at the place of the gland: prostate tissue lies at 1300 to 1600
(PMC4731347), a gland full of cancer at 700, a full bladder at 3000. Even a factor of ten is told from it."""
_BOX_MM = (20.0, 30.0, 30.0)
"""Where the gland lies, as the images are centred on it: slices, rows and columns of this length around the middle."""


def in_adc_unit(volume: Volume, named: str, factor: float | None = None) -> tuple[Volume, str]:
    """Return an ADC map in 10⁻⁶ mm²/s, and which unit it was stored in ("" when in this one).

    The unit is the one in which the median at the place of the gland is that of tissue, or that of a Real World Value
    Map, from which a value is multiplied by `factor`. Raises `SeriesIncomplete` when the values fit none.
    """
    median = median_at_gland(volume)
    units = [(factor, "")] if factor is not None else _UNITS
    found = next(((times, name) for times, name in units if _LEAST <= median * times < _MOST), None)
    if found is None:
        raise SeriesIncomplete(
            f"{named} is no ADC map in a unit that Prosector knows: its median at the place of the prostate is "
            f"{median:.3g}, where tissue has 1300 (10⁻⁶ mm²/s), 1.3 (10⁻³) or 0.0013 (mm²/s). Let the scanner send the "
            "map with its rescale slope, or remove it so that ADC is fitted from the DWI."
        )
    times, name = found
    if times == 1.0:
        return volume, ""
    told = (
        f"its values are in {name}, as their median of {median:.3g} says"
        if name
        else "as its Real World Value Map says"
    )
    converted = on_grid_of(volume, (volume.array.astype(np.float64) * times).astype(np.float32))
    return converted, f"{named} was converted to 10⁻⁶ mm²/s: {told}."


def require_falling(adc: Volume, named: str) -> Volume:
    """Return a fitted ADC; raises `SeriesIncomplete` when the signal does not fall with b as in tissue."""
    median = median_at_gland(adc)
    if not _LEAST <= median < _MOST:
        raise SeriesIncomplete(
            f"No ADC can be fitted from {named}: the signal does not fall with the b-value as tissue does (median "
            f"{median:.0f} · 10⁻⁶ mm²/s), so the b-values in the headers may be in the wrong order. Let the scanner "
            "send its ADC map."
        )
    return adc


def median_at_gland(volume: Volume) -> float:
    """Return the median of the positive values around the middle of the images, 0 when there are none."""
    centre = tuple(
        slice(max(0, int((size - box / step) / 2)), max(1, math.ceil((size + box / step) / 2)))
        for size, step, box in zip(volume.spatial_shape, volume.spacing, _BOX_MM, strict=True)
    )
    values = volume.array[centre]
    values = values[values > 0]
    return float(np.median(values)) if values.size else 0.0
