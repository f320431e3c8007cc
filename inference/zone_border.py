"""What the signal of T2 says about the border between PZ and TZ, beside what the atlas expects.

The PZ is brighter on T2 than the TZ. Within one gland the logarithm of the smoothed signal is modelled as one Student
distribution (3 degrees of freedom, so that nodules and cancers pull little) around the median of each zone, on a linear
bias field, fitted in turn. What it says is limited to odds of e to 1 at each voxel: it moves the border where the
atlas is unsure, and cannot make TZ of a dark cancer in the PZ.
"""

from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

SMOOTHING_MM = 1.5
LIMIT = 1.0
ROUNDS = 3
LEAST_VOXELS = 50
_CLEAR = 0.85
"""The zones are learnt from voxels that belong to them with at least this probability."""
_LEAST_DEVIATION = 0.05
_Map = NDArray[np.float64]


def t2_log_odds(
    inside: NDArray[np.bool_], t2: NDArray[Any], peripheral: NDArray[Any], spacing_mm: tuple[float, float, float]
) -> _Map:
    """Return the log-odds (k, j, i) that T2 gives the PZ over the TZ, from −1 to 1 and 0 outside the gland.

    `peripheral` is the atlas's probability. All 0 where a zone is too small to learn from, or the PZ is no brighter.
    """
    said = np.zeros(inside.shape)
    signal = _smoothed_logarithm(inside, t2, spacing_mm)[inside]
    places = np.argwhere(inside) * np.array(spacing_mm)
    terms = np.column_stack([np.ones(len(places)), (places - places.mean(axis=0)) / 20.0])
    expected = peripheral[inside].astype(np.float64)
    prior = _logit(expected)
    bias, odds = np.zeros(len(signal)), np.zeros(len(signal))
    for _ in range(ROUNDS):
        zones = _zones(signal - bias, expected)
        if zones is None:
            return said
        (bright, bright_width), (dark, dark_width) = zones
        flat = signal - bias
        odds = np.clip(_student(flat, bright, bright_width) - _student(flat, dark, dark_width), -LIMIT, LIMIT)
        expected = 1 / (1 + np.exp(-(prior + odds)))
        left_over = signal - (expected * bright + (1 - expected) * dark)
        bias = terms @ np.linalg.lstsq(terms, left_over, rcond=None)[0]
    said[inside] = odds
    return said


def _smoothed_logarithm(inside: NDArray[np.bool_], t2: NDArray[Any], spacing_mm: tuple[float, float, float]) -> _Map:
    """Return the smoothed logarithm of the signal, of the gland's own voxels alone."""
    from scipy import ndimage

    sigma = SMOOTHING_MM / np.array(spacing_mm)
    logarithm = np.where(inside, np.log(np.maximum(t2.astype(np.float64), 1.0)), 0.0)
    weight = cast(_Map, ndimage.gaussian_filter(inside.astype(np.float64), sigma))
    return cast(_Map, ndimage.gaussian_filter(logarithm, sigma)) / np.maximum(weight, 1e-6)


def _zones(signal: _Map, expected: _Map) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """Return median and deviation of PZ and TZ, or None where they tell nothing."""
    clear = signal[expected > _CLEAR], signal[expected < 1 - _CLEAR]
    if min(map(len, clear)) < LEAST_VOXELS:
        return None
    bright, dark = (_spread(zone) for zone in clear)
    return (bright, dark) if bright[0] > dark[0] else None


def _spread(values: _Map) -> tuple[float, float]:
    middle = float(np.median(values))
    return middle, max(1.4826 * float(np.median(np.abs(values - middle))), _LEAST_DEVIATION)


def _student(values: _Map, middle: float, width: float) -> _Map:
    """Return the logarithm of Student's density with 3 degrees of freedom, up to a constant."""
    return -2.0 * np.log1p(((values - middle) / width) ** 2 / 3) - np.log(width)


def _logit(probability: _Map) -> _Map:
    held = np.clip(probability, 0.02, 0.98)
    return np.log(held / (1 - held))
