"""How suspicious each voxel of the gland is, and why: the terms of one log-odds, each with its source.

log-odds = prior + ADC + min(0, high b) + location + border. Low ADC and a bright high-b signal are both demanded at the
same voxel: a signal that is not bright counts against, a bright one not twice. With the published spreads, ADC and the
logarithm of the signal correlate by some 0.8 within a tissue (S = S0 · exp(−b · ADC)), so beside ADC a bright signal
adds next to nothing to a linear discriminant; what it does is to unmask low ADC that is no dense tissue (low signal
in both: fibrous stroma, haemorrhage, gas).
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

Chosen among 1, 1.5, 2 and 2.5 on virtual patients with number mod 3 = 0, as are the zone blur, the quantile and the
rules of `inference.detect` (docs/ai.md)."""
_ZONE_BLUR_MM = 2.0
"""The border of the zones is not known better: DWI and T2 are 0 to 3 mm apart, and the atlas errs as much."""
_REFERENCE_QUANTILE = 0.6
"""ADC is brought to the published level at this quantile of the gland: unlike the median it lies in benign tissue even
where cancer fills a third of the gland, as in 1 of 20 with cancer."""
_MOST_SCALE = 1.33
"""Twice the spread between patients (PZ 13 %) and scanners (8 %) together: what is farther off is not made normal."""
_BORDER_MM = 3.0
"""A gland outline of Dice 0.87 is uncertain by 2 mm and a DWI pixel is 2 mm wide: nearer to it, rectum, fat and
vessels mix in."""
_BORDER_LOG_PENALTY = 2.0
_LIMIT = 6.0
"""One image never says more than 400 to 1 for or against cancer: published spreads are not known so far out."""
_LOCATION_LIMIT = 1.5
_Map = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Maps over `box`, the part of the grid around the gland; NaN-free, meaningful where `inside`.

    `adc` (10⁻⁶ mm²/s, smoothed) and `high_b` (over the median of its zone, smoothed; None without the image) are what
    was seen; the log terms what it means. `gland_adc` is the gland's median, `scale` what ADC was multiplied by.
    """

    box: tuple[slice, slice, slice]
    inside: NDArray[np.bool_]
    peripheral: _Map
    adc: _Map
    high_b: _Map | None
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
        against = np.float32(0) if self.log_high_b is None else np.minimum(self.log_high_b, 0)
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
    box = _box_of(gland.array > 0)
    inside = gland.array[box] > 0
    sigma = _SMOOTHING_MM / np.array(gland.spacing)
    seen = inside & (adc.array[box] > 0)
    values = adc.array[box][seen]
    gland_adc = _gland_median(values, int(np.count_nonzero(inside)))
    peripheral = _smoothed(peripheral_probability(gland)[box], inside, _ZONE_BLUR_MM / np.array(gland.spacing))
    scale = _scale(values, float(peripheral[seen].mean()))
    smooth_adc = _smoothed(adc.array[box], seen, sigma)
    ratio = None if high_b is None else _over_zone_median(high_b.array[box], inside, peripheral, sigma)
    return Evidence(
        box=box,
        inside=inside & (smooth_adc > 0),
        peripheral=peripheral,
        adc=smooth_adc,
        high_b=ratio,
        log_adc=_by_zone(smooth_adc * np.float32(scale), peripheral, adc_contrast),
        log_high_b=None if ratio is None else _log_high_b(ratio, peripheral, b_value),
        log_location=np.clip(location_log_risk(gland)[box], -_LOCATION_LIMIT, _LOCATION_LIMIT),
        log_border=_border(inside, gland.spacing),
        log_prior=float(np.log(load_atlas().cancer_fraction / (1 - load_atlas().cancer_fraction))),
        gland_adc=gland_adc,
        scale=scale,
    )


def _box_of(inside: NDArray[np.bool_]) -> tuple[slice, slice, slice]:
    k, j, i = (slice(int(v.min()), int(v.max()) + 1) for v in np.nonzero(inside))
    return k, j, i


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
    """Return a Gaussian mean over the valid voxels only, so that nothing beyond the gland leaks in; 0 where none."""
    from scipy import ndimage

    weight = ndimage.gaussian_filter(valid.astype(np.float32), sigma, mode="constant", truncate=3.0)
    summed = ndimage.gaussian_filter(np.where(valid, image, 0).astype(np.float32), sigma, mode="constant", truncate=3.0)
    return np.where(weight > 0.05, summed / np.maximum(weight, 0.05), 0).astype(np.float32)


def _over_zone_median(image: NDArray[Any], inside: NDArray[np.bool_], peripheral: _Map, sigma: Any) -> _Map:
    """Return the smoothed signal over the median of its zone, between the two where the atlas is unsure."""
    smooth = _smoothed(image, inside, sigma)
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


def _border(inside: NDArray[np.bool_], spacing: Any) -> _Map:
    """Return the penalty near the outline: full at it, none from `_BORDER_MM` inwards."""
    from scipy import ndimage

    padded = cast(NDArray[np.float64], ndimage.distance_transform_edt(np.pad(inside, 1), sampling=spacing))
    depth = padded[1:-1, 1:-1, 1:-1]
    return (-_BORDER_LOG_PENALTY * np.clip(1 - depth / _BORDER_MM, 0, 1)).astype(np.float32)
