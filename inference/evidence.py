"""How suspicious each voxel of the gland is, and why: the terms of one log-odds, each with its source.

log-odds = prior + location + mean around the voxel of (ADC + min(0, high b) + border). Low ADC and a bright high-b
signal are both demanded at the same voxel: a signal that is not bright counts against, a bright one not twice. With the
published spreads, ADC and the logarithm of the signal correlate by some 0.8 within a tissue (S = S0 · exp(−b · ADC)),
so beside ADC a bright signal adds next to nothing to a linear discriminant; what it does is to unmask low ADC that is
no dense tissue (low signal in both: fibrous stroma, haemorrhage, gas). Near the outline, where the wall of the rectum,
muscle and capsule mix in, all of low ADC and dark at high b, ADC is believed no more than the signal is.
"""

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from core.errors import CannotAnalyse
from core.pirads import Zone
from inference.atlas import load_atlas, location_log_risk, peripheral_probability
from inference.tissue import GLAND_MEDIAN_ADC, adc_contrast, benign_adc, high_b_contrast

_SMOOTHING_MM = 1.0
"""Standard deviation of the smoothing: about one DWI pixel (2 to 2.5 mm) wide at half height.

Chosen among 1, 1.5, 2 and 2.5 on virtual patients with number mod 3 = 0, as are the zone blur, the quantile, the mean
around a voxel and the rules of `inference.detect` (docs/ai.md)."""
_ZONE_BLUR_MM = 2.0
"""The border of the zones is not known better: DWI and T2 are 0 to 3 mm apart, and the atlas errs as much."""
_REFERENCE_QUANTILE = 0.6
"""ADC is brought to the published level at this quantile of the gland: unlike the median it lies in benign tissue even
where cancer fills a third of the gland, as in 1 of 20 with cancer."""
_MOST_SCALE = 1.33
"""Twice the spread between patients (PZ 13 %) and scanners (8 %) together: what is farther off is not made normal."""
_OUTLINE_MM = 2.0
"""A gland outline of Dice 0.87 is uncertain by so much: tissue so near beyond it counts by how surely it is gland."""
_BORDER_MM = 3.0
"""Deeper than the outline's error and half a DWI pixel, neither rectum nor fat nor vessels mix in."""
_BORDER_LOG_PENALTY = 2.0
"""What ADC loses where the outline may end, when there is no high-b image to confirm it."""
_AROUND_MM = (2.5, 1.5, 1.5)
"""Standard deviations (across, rows, columns) of the mean around a voxel: diffusion images lie 0 to 3 mm from T2, most
of all between slices of 3 mm."""
_DECISIVENESS = 1.4
"""A mean over a neighbourhood is nearer to undecided than its middle; so much more is made of it."""
_LIMIT = 6.0
"""One image never says more than 400 to 1 for or against cancer: published spreads are not known so far out."""
_LOCATION_LIMIT = 1.5
_Map = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Maps over `box`, the part of the grid around the gland and 2 mm beyond; NaN-free, meaningful where `reach`.

    `inside` is the gland, `reach` what may be gland if its outline is off. `adc` (10⁻⁶ mm²/s, smoothed) and `high_b`
    (over the median of its zone, smoothed; None without the image) are what was seen, `tissue` what both mean at that
    voxel alone; the log terms what they mean around it, `log_high_b` never above 0. `gland_adc` is the gland's median,
    `scale` what ADC was multiplied by.
    """

    box: tuple[slice, slice, slice]
    inside: NDArray[np.bool_]
    reach: NDArray[np.bool_]
    peripheral: _Map
    adc: _Map
    high_b: _Map | None
    tissue: _Map
    log_adc: _Map
    log_high_b: _Map | None
    log_location: _Map
    log_border: _Map
    log_prior: float
    gland_adc: float
    scale: float

    @property
    def log_odds(self) -> _Map:
        """The log-odds of significant cancer, −20 outside the gland."""
        against = np.float32(0) if self.log_high_b is None else self.log_high_b
        total = np.float32(self.log_prior) + self.log_adc + against + self.log_location + self.log_border
        return np.where(self.inside, total, np.float32(-20))

    @property
    def suspicion(self) -> _Map:
        """The odds as 0 to 1; 0 outside the gland."""
        return np.where(self.inside, sigmoid(self.log_odds), np.float32(0))


def sigmoid(log_odds: Any) -> Any:
    """Return the probability with these log-odds."""
    return 1 / (1 + np.exp(-log_odds))


def weigh(gland: Volume, adc: Volume, high_b: Volume | None, b_value: float) -> Evidence:
    """Return the evidence of every voxel; all volumes on one grid, ADC in 10⁻⁶ mm²/s, b-value in s/mm².

    Raises `CannotAnalyse` when the ADC map does not cover the gland or cannot be one.
    """
    box = _box_of(gland.array > 0, gland.spacing)
    inside = gland.array[box] > 0
    depth = _depth(inside, gland.spacing)
    sigma = _SMOOTHING_MM / np.array(gland.spacing)
    seen = inside & (adc.array[box] > 0)
    values = adc.array[box][seen]
    gland_adc = _gland_median(values, int(np.count_nonzero(inside)))
    peripheral = _smoothed(peripheral_probability(gland)[box], inside, _ZONE_BLUR_MM / np.array(gland.spacing))
    peripheral, location = _continued((peripheral, location_log_risk(gland)[box]), inside, gland.spacing)
    scale = _scale(values, float(peripheral[seen].mean()))
    near = depth > -_OUTLINE_MM
    smooth_adc = _smoothed(adc.array[box], near & (adc.array[box] > 0), sigma)
    reach = near & (smooth_adc > 0)
    ratio = None if high_b is None else _over_zone_median(high_b.array[box], inside, near, peripheral, sigma)
    log_adc = _by_zone(smooth_adc * np.float32(scale), peripheral, adc_contrast)
    log_high_b = None if ratio is None else _log_high_b(ratio, peripheral, b_value)
    weight = np.where(reach, np.clip((depth + _OUTLINE_MM) / (2 * _OUTLINE_MM), 0, 1), 0).astype(np.float32)
    against = None if log_high_b is None else np.minimum(log_high_b, 0)
    return Evidence(
        box=box,
        inside=inside & reach,
        reach=reach,
        peripheral=peripheral,
        adc=smooth_adc,
        high_b=ratio,
        tissue=log_adc if against is None else log_adc + against,
        log_adc=_around(log_adc, weight, gland.spacing),
        log_high_b=None if against is None else _around(against, weight, gland.spacing),
        log_location=np.clip(location, -_LOCATION_LIMIT, _LOCATION_LIMIT),
        log_border=_around(_border(log_adc, log_high_b, depth), weight, gland.spacing),
        log_prior=float(np.log(load_atlas().cancer_fraction / (1 - load_atlas().cancer_fraction))),
        gland_adc=gland_adc,
        scale=scale,
    )


def _box_of(inside: NDArray[np.bool_], spacing: Any) -> tuple[slice, slice, slice]:
    """Return the box around the gland, wider by the error of its outline where the grid goes on."""
    k, j, i = (
        slice(max(0, int(v.min()) - wider), int(v.max()) + 1 + wider)
        for v, wider in zip(np.nonzero(inside), (int(np.ceil(_OUTLINE_MM / step)) for step in spacing), strict=True)
    )
    return k, j, i


def _depth(inside: NDArray[np.bool_], spacing: Any) -> _Map:
    """Return how far (mm) each voxel lies within the outline, below 0 beyond it; the grid's edge is outline too."""
    from scipy import ndimage

    padded = np.pad(inside, 1)
    within, beyond = (
        cast(NDArray[np.float64], ndimage.distance_transform_edt(part, sampling=spacing)) for part in (padded, ~padded)
    )
    return (within - beyond)[1:-1, 1:-1, 1:-1].astype(np.float32)


def _continued(maps: tuple[_Map, ...], inside: NDArray[np.bool_], spacing: Any) -> tuple[_Map, ...]:
    """Return maps of the gland with the value of its nearest voxel beyond it."""
    from scipy import ndimage

    nearest = ndimage.distance_transform_edt(~inside, sampling=spacing, return_distances=False, return_indices=True)
    return tuple(one[tuple(cast(NDArray[np.intp], nearest))] for one in maps)


def _around(term: _Map, weight: _Map, spacing: Any) -> _Map:
    """Return the weighted mean of a term around each voxel, made more of by `_DECISIVENESS`; 0 where nothing weighs."""
    from scipy import ndimage

    sigma = np.array(_AROUND_MM) / np.array(spacing)
    summed, weights = (
        ndimage.gaussian_filter(part, sigma, mode="constant", truncate=2.0) for part in (term * weight, weight)
    )
    return (np.float32(_DECISIVENESS) * summed / np.maximum(weights, np.float32(1e-3))).astype(np.float32)


def _gland_median(values: NDArray[Any], gland_voxels: int) -> float:
    if len(values) < gland_voxels / 2:
        raise CannotAnalyse(
            "Cannot run: the ADC map covers less than half of the prostate; it can still be read and reported by hand."
        )
    median = float(np.median(values))
    least, most = GLAND_MEDIAN_ADC
    if not least <= median <= most:
        raise CannotAnalyse(
            f"Cannot run: the median ADC of the prostate is {median:.3g} × 10⁻⁶ mm²/s, and {least:g} to {most:g} is "
            "possible; check which series was taken for the ADC map. It can still be read and reported by hand."
        )
    return median


def _scale(values: NDArray[Any], peripheral_share: float) -> float:
    """Return what brings the gland's ADC to the published level; a lone scanner's or patient's error, never more."""
    seen = float(np.quantile(values, _REFERENCE_QUANTILE))
    wanted = benign_adc(peripheral_share, _REFERENCE_QUANTILE)
    return float(np.clip(wanted / seen, 1 / _MOST_SCALE, _MOST_SCALE))


def _smoothed(image: NDArray[Any], valid: NDArray[np.bool_], sigma: NDArray[np.float64]) -> _Map:
    """Return a Gaussian mean over the valid voxels only, so that nothing beyond them leaks in; 0 where none."""
    from scipy import ndimage

    weight = ndimage.gaussian_filter(valid.astype(np.float32), sigma, mode="constant", truncate=3.0)
    summed = ndimage.gaussian_filter(np.where(valid, image, 0).astype(np.float32), sigma, mode="constant", truncate=3.0)
    return np.where(weight > 0.05, summed / np.maximum(weight, 0.05), 0).astype(np.float32)


def _over_zone_median(
    image: NDArray[Any], inside: NDArray[np.bool_], near: NDArray[np.bool_], peripheral: _Map, sigma: Any
) -> _Map:
    """Return the smoothed signal over the median of its zone, between the two where the atlas is unsure."""
    smooth = _smoothed(image, near, sigma)
    median = float(np.median(smooth[inside]))
    medians = [
        float(np.median(smooth[zone])) if np.any(zone) else median
        for zone in (inside & (peripheral > 0.5), inside & (peripheral <= 0.5))
    ]
    if min(medians) <= 0:
        raise CannotAnalyse(
            "Cannot run: the diffusion image with the highest b-value is blank over the prostate; "
            "it can still be read and reported by hand."
        )
    reference = peripheral * np.float32(medians[0]) + (1 - peripheral) * np.float32(medians[1])
    return (smooth / reference).astype(np.float32)


def _log_high_b(ratio: _Map, peripheral: _Map, b_value: float) -> _Map:
    return _by_zone(np.log(np.maximum(ratio, 0.05)), peripheral, lambda zone: high_b_contrast(zone, b_value))


def _by_zone(value: _Map, peripheral: _Map, contrast: Any) -> _Map:
    """Return the evidence of a value, between that of PZ and TZ where the atlas is unsure of the zone."""
    in_pz, in_tz = (contrast(zone).log_likelihood_ratio(value) for zone in (Zone.PZ, Zone.TZ))
    return np.clip(peripheral * in_pz + (1 - peripheral) * in_tz, -_LIMIT, _LIMIT).astype(np.float32)


def _border(log_adc: _Map, log_high_b: _Map | None, depth: _Map) -> _Map:
    """Return what is taken off near the outline: wholly where it may end, nothing from `_BORDER_MM` inwards.

    There ADC and high b are both demanded in full: what the weaker of the two says is believed.
    """
    share = np.clip((_BORDER_MM - depth) / (_BORDER_MM + _OUTLINE_MM), 0, 1)
    if log_high_b is None:
        return (-_BORDER_LOG_PENALTY * share).astype(np.float32)
    weaker = np.minimum(log_adc, log_high_b) - (log_adc + np.minimum(log_high_b, 0))
    return (share * np.minimum(weaker, 0)).astype(np.float32)
