"""How suspicious each voxel of the gland is, and why: the terms of one log-odds, each with its source.

log-odds = prior + ADC + min(0, high b) + location + border. Low ADC and a bright high-b signal are both demanded at the
same voxel: a signal that is not bright counts against, a bright one not twice. With the published spreads, ADC and the
logarithm of the signal correlate by some 0.8 within a tissue (S = S0 · exp(−b · ADC)), so beside ADC a bright signal
adds next to nothing to a linear discriminant; what it does is to unmask low ADC that is no dense tissue (low signal
in both: fibrous stroma, haemorrhage, gas).

Neither the outline of the gland nor the place of the diffusion images is known to the voxel. So tissue up to 3 mm beyond
the outline is weighed too, the less the farther out it lies, and what a place is given is the mean of its terms over
where the images may lie: a millimetre of outline or alignment then changes it little.
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
_OUTLINE_SD_MM = 2.0
"""A gland outline of Dice 0.87 is uncertain by 2 mm, and a DWI pixel is 2 mm wide."""
_BEYOND_MM = 3.0
"""So far beyond the outline the gland may still reach: 1.5 standard deviations of it."""
_ALIGNMENT_SD_MM = (2.5, 1.5)
"""How far diffusion may lie from T2 along the stack and within a slice; slices of 3 mm say less along the stack."""
AVERAGED_LOG_ODDS = 1.7
"""What the mean over a place takes from the evidence of a usual cancer, which is smaller than the place, given back."""
_LIMIT = 6.0
"""One image never says more than 400 to 1 for or against cancer: published spreads are not known so far out."""
_LOCATION_LIMIT = 1.5
_Map = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Maps over `box`, the part of the grid around the gland; NaN-free, meaningful where `inside`.

    `gland` is the outline, `inside` it and what may belong to it. `adc` (10⁻⁶ mm²/s, smoothed) and `high_b` (over the median of its zone, smoothed; None without the image) are what
    was seen; the log terms what it means. `gland_adc` is the gland's median, `scale` what ADC was multiplied by.
    """

    box: tuple[slice, slice, slice]
    gland: NDArray[np.bool_]
    inside: NDArray[np.bool_]
    spacing: tuple[float, float, float]
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
        """The log-odds of significant cancer of each voxel by itself, −20 where there is no gland."""
        total = np.float32(self.log_prior) + self.log_adc + self.log_against + self.log_location + self.log_border
        return np.where(self.inside, total, np.float32(-20))

    @property
    def log_against(self) -> _Map:
        """What a signal that is not bright takes; 0 without a high-b image."""
        return np.zeros_like(self.log_adc) if self.log_high_b is None else np.minimum(self.log_high_b, 0)

    @property
    def place_log_odds(self) -> _Map:
        """The log-odds of significant cancer of the place around each voxel, −20 where there is no gland."""
        mean = _smoothed(self.log_odds, self.inside, self._place_sigma)
        return np.where(self.inside, mean + np.float32(AVERAGED_LOG_ODDS), np.float32(-20))

    def at(self, values: _Map, place: tuple[int, int, int]) -> float:
        """Return the mean of a map over the place around a voxel, as `place_log_odds` has it."""
        reach = np.ceil(3.0 * self._place_sigma).astype(int) + 1
        near: Any = tuple(slice(max(0, n - r), n + r + 1) for n, r in zip(place, reach, strict=True))
        middle = tuple(min(n, int(r)) for n, r in zip(place, reach, strict=True))
        return float(_smoothed(values[near], self.inside[near], self._place_sigma)[middle])

    @property
    def _place_sigma(self) -> NDArray[np.float64]:
        along, within = _ALIGNMENT_SD_MM
        return np.array([along, within, within]) / np.array(self.spacing)


def sigmoid(log_odds: Any) -> Any:
    """Return the probability with these log-odds."""
    return 1 / (1 + np.exp(-log_odds))


_Box = tuple[slice, slice, slice]


def weigh(gland: Volume, adc: Volume, high_b: Volume | None, b_value: float) -> Evidence:
    """Return the evidence of every voxel; all volumes on one grid, ADC in 10⁻⁶ mm²/s, b-value in s/mm².

    Raises `CannotAnalyse` when the ADC map does not cover the gland or cannot be one.
    """
    box = _box_of(gland)
    outlined = gland.array[box] > 0
    spacing = (float(gland.spacing[0]), float(gland.spacing[1]), float(gland.spacing[2]))
    inside, nearest = _and_beyond(outlined, spacing)
    sigma = _SMOOTHING_MM / np.array(spacing)
    seen = outlined & (adc.array[box] > 0)
    values = adc.array[box][seen]
    gland_adc = _gland_median(values, int(np.count_nonzero(outlined)))
    zones = _smoothed(peripheral_probability(gland)[box], outlined, _ZONE_BLUR_MM / np.array(spacing))
    peripheral = zones[nearest]
    scale = _scale(values, float(peripheral[seen].mean()))
    smooth_adc = _smoothed(adc.array[box], inside & (adc.array[box] > 0), sigma)
    ratio = None if high_b is None else _over_zone_median(high_b.array[box], outlined, inside, peripheral, sigma)
    return Evidence(
        box=box,
        gland=outlined,
        inside=inside & (smooth_adc > 0),
        spacing=spacing,
        peripheral=peripheral,
        adc=smooth_adc,
        high_b=ratio,
        log_adc=_by_zone(smooth_adc * np.float32(scale), peripheral, adc_contrast),
        log_high_b=None if ratio is None else _log_high_b(ratio, peripheral, b_value),
        log_location=np.clip(location_log_risk(gland)[box], -_LOCATION_LIMIT, _LOCATION_LIMIT)[nearest],
        log_border=_border(outlined, spacing),
        log_prior=float(np.log(load_atlas().cancer_fraction / (1 - load_atlas().cancer_fraction))),
        gland_adc=gland_adc,
        scale=scale,
    )


def _box_of(gland: Volume) -> _Box:
    """Return the box around the gland and what may belong to it within its slices."""
    k, j, i = (
        slice(max(0, int(at.min()) - more), int(at.max()) + 1 + more)
        for at, more in zip(np.nonzero(gland.array), (0, *_pixels_beyond(gland.spacing)), strict=True)
    )
    return k, j, i


def _pixels_beyond(spacing: Any) -> tuple[int, int]:
    return int(np.ceil(_BEYOND_MM / spacing[1])), int(np.ceil(_BEYOND_MM / spacing[2]))


def _and_beyond(
    outlined: NDArray[np.bool_], spacing: tuple[float, float, float]
) -> tuple[NDArray[np.bool_], tuple[NDArray[np.intp], ...]]:
    """Return the gland grown by `_BEYOND_MM` within its slices, and the index of each voxel's nearest in the gland."""
    from scipy import ndimage

    away, nearest = cast(
        tuple[NDArray[np.float64], NDArray[np.intp]],
        ndimage.distance_transform_edt(~outlined, sampling=(1e3, *spacing[1:]), return_indices=True),
    )
    return away <= _BEYOND_MM, tuple(nearest)


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
    """Return a Gaussian mean over the valid voxels only, so that nothing from elsewhere leaks in; 0 where none."""
    from scipy import ndimage

    weight = ndimage.gaussian_filter(valid.astype(np.float32), sigma, mode="constant", truncate=3.0)
    summed = ndimage.gaussian_filter(np.where(valid, image, 0).astype(np.float32), sigma, mode="constant", truncate=3.0)
    return np.where(weight > 0.05, summed / np.maximum(weight, 0.05), 0).astype(np.float32)


def _over_zone_median(
    image: NDArray[Any], outlined: NDArray[np.bool_], inside: NDArray[np.bool_], peripheral: _Map, sigma: Any
) -> _Map:
    """Return the smoothed signal over the median of its zone, between the two where the atlas is unsure."""
    own = _smoothed(image, outlined, sigma)
    median = float(np.median(own[outlined]))
    medians = [
        float(np.median(own[zone])) if np.any(zone) else median
        for zone in (outlined & (peripheral > 0.5), outlined & (peripheral <= 0.5))
    ]
    if min(medians) <= 0:
        raise CannotAnalyse(
            "Cannot run: the diffusion image with the highest b-value is blank over the prostate; "
            "it can still be read and reported by hand."
        )
    reference = peripheral * np.float32(medians[0]) + (1 - peripheral) * np.float32(medians[1])
    return (_smoothed(image, inside, sigma) / reference).astype(np.float32)


def _log_high_b(ratio: _Map, peripheral: _Map, b_value: float) -> _Map:
    return _by_zone(np.log(np.maximum(ratio, 0.05)), peripheral, lambda zone: high_b_contrast(zone, b_value))


def _by_zone(value: _Map, peripheral: _Map, contrast: Any) -> _Map:
    """Return the evidence of a value, between that of PZ and TZ where the atlas is unsure of the zone."""
    in_pz, in_tz = (contrast(zone).log_likelihood_ratio(value) for zone in (Zone.PZ, Zone.TZ))
    return np.clip(peripheral * in_pz + (1 - peripheral) * in_tz, -_LIMIT, _LIMIT).astype(np.float32)


def _border(outlined: NDArray[np.bool_], spacing: tuple[float, float, float]) -> _Map:
    """Return the penalty around the outline: twice the logarithm of the chance to be in the gland.

    Once because a voxel that may not be in the gland may be no cancer of it, and once because there rectum, fat and
    vessels mix in as far as the gland ends. −1.4 at the outline, −0.3 from 2 mm inwards, −5.4 at 3 mm beyond.
    """
    from scipy import ndimage
    from scipy.special import log_ndtr

    within, beyond = (
        cast(
            NDArray[np.float64], ndimage.distance_transform_edt(np.pad(mask, 1, constant_values=edge), sampling=spacing)
        )
        for mask, edge in ((outlined, False), (~outlined, True))
    )
    depth = (within - beyond)[1:-1, 1:-1, 1:-1]
    return (2.0 * log_ndtr(depth / _OUTLINE_SD_MM)).astype(np.float32)
