"""From the sum of the detector's terms to the suspicion that is shown: one rising line in log-odds.

It changes neither which places are candidates nor their order. The mean around a voxel (`inference.evidence`) weakens
what is small, so the sum alone is far too low.
"""

from typing import Any

import numpy as np

from inference.evidence import sigmoid
from inference.tissue import LEAST_SCORE

LEVEL, SLOPE = 2.17, 1.53
"""One logistic regression on the candidates of virtual and implanted patients with number mod 3 = 0
(`benchmarks/detector_level.py`, docs/ai.md)."""


def shown(log_odds: Any) -> Any:
    """Return the suspicion (0 to 1) that is shown for a sum of terms (log-odds)."""
    return sigmoid(LEVEL + SLOPE * log_odds)


def sum_behind(suspicion: Any) -> Any:
    """Return the sum of terms (log-odds) behind a suspicion that is shown."""
    return (np.log(suspicion / (1 - suspicion)) - LEVEL) / SLOPE


LEAST_SHOWN = float(shown(np.log(LEAST_SCORE / (1 - LEAST_SCORE))))
"""No candidate is less suspicious: its terms alone make `LEAST_SCORE`."""
