"""Published values of prostate tissue on MRI, and what they say of one ADC or one high-b signal.

Nothing here was fitted to a study that Prosector was tried on. Sources:

- Tamada 2008: T. Tamada et al., J Magn Reson Imaging 2008;28:720 (PMID 18777532). 125 volunteers, 90 patients,
  b 0 and 800. ADC (10⁻³ mm²/s): PZ 1.80 ± 0.27, central gland 1.34 ± 0.14, cancer in PZ 1.02 ± 0.25, in TZ
  0.94 ± 0.21.
- Simpkin 2013: C. J. Simpkin et al., Br J Radiol 2013;86:20120469 (PMC3635787). 43 patients, b 0 to 800. ADC: PZ
  1.68 ± 0.215, TZ 1.478 ± 0.139, tumour 1.03 ± 0.205. T2 (ms): PZ 149 ± 49, TZ 125 ± 26, tumour 97 ± 23.
  Correlation of T2 and ADC: PZ 0.515, TZ 0.300, tumour 0.239.
- PMC4731347, as cited in Prosector's standards notes: ADC of PZ 1.64, of the central gland 1.31.
- PMID 26760185: ADC of TZ cancer 1.02, encapsulated BPH 1.34, BPH without capsule 1.27.
- Oerther 2022: H. Oerther et al., Prostate Cancer Prostatic Dis 2022;25:256 (PMC9184264). Share of lesions that were
  significant cancer: PI-RADS 1 2 %, 2 4 %, 3 20 %, 4 52 %, 5 89 %.
"""

from dataclasses import dataclass
from math import exp

import numpy as np
from numpy.typing import NDArray

from core.pirads import Category, Zone

GLAND_MEDIAN_ADC = (600.0, 2200.0)
"""Between these (10⁻⁶ mm²/s) a gland's median ADC is believed: 1.3 to 1.6 × 10⁻³ is usual (PMC4731347), scanners
differ by some −8 to +4 % (Eur J Radiol 2023;165:110942), and a gland more than half filled by cancer, as 2 of the 131
with cancer of the PI-CAI labels that build the atlas are, has the ADC of cancer."""

ECHO_TIME_MS = 80.0
"""A usual echo time of prostate DWI (PI-RADS v2.1: at most 90 ms)."""


@dataclass(frozen=True, slots=True)
class Tissue:
    """Mean and standard deviation of ADC (10⁻⁶ mm²/s) and T2 (ms), and their correlation."""

    adc: float
    adc_sd: float
    t2: float
    t2_sd: float
    correlation: float


BENIGN = {
    Zone.PZ: Tissue(1680.0, 215.0, 149.0, 49.0, 0.515),
    Zone.TZ: Tissue(1340.0, 140.0, 125.0, 26.0, 0.300),
}
"""PZ: Simpkin 2013 (of patients, lower than Tamada's volunteers). TZ: ADC of Tamada 2008 (the lower of the two, near
that of BPH), T2 of Simpkin 2013."""

CANCER = {
    Zone.PZ: Tissue(1020.0, 250.0, 97.0, 23.0, 0.239),
    Zone.TZ: Tissue(940.0, 210.0, 97.0, 23.0, 0.239),
}
"""ADC: Tamada 2008. T2: Simpkin 2013."""


@dataclass(frozen=True, slots=True)
class Contrast:
    """Two normal distributions with one spread between them, so that the evidence never turns back.

    A value far below every cancer's mean is no less suspicious than one at that mean; with two spreads it would be.
    """

    benign: float
    cancer: float
    sd: float

    def log_likelihood_ratio(self, value: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the logarithm of P(value | cancer) / P(value | benign)."""
        slope = (self.cancer - self.benign) / self.sd**2
        return np.float32(slope) * (value - np.float32((self.cancer + self.benign) / 2))


def adc_contrast(zone: Zone) -> Contrast:
    """Return how ADC (10⁻⁶ mm²/s) tells cancer from benign tissue in a zone."""
    benign, cancer = BENIGN[zone], CANCER[zone]
    return Contrast(benign.adc, cancer.adc, _pooled(benign.adc_sd, cancer.adc_sd))


def high_b_contrast(zone: Zone, b_value: float) -> Contrast:
    """Return how the logarithm of the signal at `b_value`, over that of the zone's benign tissue, tells cancer.

    From S = S0 · exp(−TE / T2) · exp(−b · ADC): at b 1400 a cancer is 1.9 times as bright as PZ and 1.5 as TZ.
    """
    benign, cancer = BENIGN[zone], CANCER[zone]
    gain = _log_signal(cancer, b_value) - _log_signal(benign, b_value)
    return Contrast(0.0, gain, _pooled(_log_signal_sd(benign, b_value), _log_signal_sd(cancer, b_value)))


def benign_adc(peripheral_share: float, quantile: float) -> float:
    """Return the ADC (10⁻⁶ mm²/s) below which this share of the voxels of a benign gland with so much PZ lies."""
    from scipy.special import ndtr

    values = np.linspace(500.0, 2800.0, 461)
    below = sum(
        share * ndtr((values - BENIGN[zone].adc) / BENIGN[zone].adc_sd)
        for zone, share in ((Zone.PZ, peripheral_share), (Zone.TZ, 1 - peripheral_share))
    )
    return float(np.interp(quantile, below, values))


def suggested_category(score: float, long_axis_mm: float) -> Category:
    """Return the PI-RADS category whose published rate of significant cancer is nearest to the score.

    Rates of Oerther 2022; 3 below the middle between 20 and 52 %, 4 above it, and 5 from 15 mm on (PI-RADS v2.1).
    """
    if score < (0.20 + 0.52) / 2:
        return Category.THREE
    return Category.FIVE if long_axis_mm >= 15.0 else Category.FOUR


LEAST_SCORE = (0.04 + 0.20) / 2
"""Below the middle between the rates of PI-RADS 2 and 3 (Oerther 2022) a place is not worth a reader's time."""


def _log_signal(tissue: Tissue, b_value: float) -> float:
    return -ECHO_TIME_MS / tissue.t2 - b_value * tissue.adc * 1e-6


def _log_signal_sd(tissue: Tissue, b_value: float) -> float:
    """By error propagation; a longer T2 comes with a higher ADC, and the two act against each other."""
    of_t2 = ECHO_TIME_MS / tissue.t2**2 * tissue.t2_sd
    of_adc = b_value * tissue.adc_sd * 1e-6
    return float(np.sqrt(of_t2**2 + of_adc**2 - 2 * tissue.correlation * of_t2 * of_adc))


def _pooled(first: float, second: float) -> float:
    return float(np.sqrt((first**2 + second**2) / 2))


def typical_gain(zone: Zone, b_value: float) -> float:
    """Return how many times brighter than benign tissue of the zone a typical cancer is at `b_value`."""
    return exp(high_b_contrast(zone, b_value).cancer)
