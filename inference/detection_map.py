"""Lesions out of a detection map, as the PI-CAI challenge takes them out.

After `report_guided_annotation.extract_lesion_candidates` (threshold "dynamic"; Apache-2.0, DIAG Nijmegen), described
in J. S. Bosma et al., Semi-supervised learning with report-guided pseudo labels, Radiol Artif Intell 2023;5:e230031.
"""

from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

MOST_LESIONS = 5
LEAST_VOXELS = 10
"""A place with no more voxels than this is left out."""
_MOST_PLACES = 50
"""A map of mere noise has thousands of places."""
_CORNERS = np.ones((3, 3, 3))
_FACTOR = 2.5
"""A lesion reaches down to its peak divided by this."""


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """One lesion: its voxels (k, j, i) and the highest value in it."""

    mask: NDArray[np.bool_]
    peak: float


def detections(suspicion: NDArray[np.float32], least: float) -> tuple[Detection, ...]:
    """Return at most five lesions whose peak is at least `least`, highest first.

    At a threshold of 1/2.5 of the highest value that is left, the connected place (by corners) with the highest value
    is taken, of those that are large enough; where none is, all above the threshold is noise. A place that touches one
    found before is its rim and no lesion of its own. Unlike in the original, the rim of a rim is none either, and the
    search ends after fifty places.
    """
    from scipy import ndimage

    left = np.array(suspicion, np.float32)
    taken = np.zeros(left.shape, bool)
    found: list[Detection] = []
    for _ in range(_MOST_PLACES):
        highest = float(left.max())
        if len(found) == MOST_LESIONS or highest < least:
            break
        place = _highest_place(left, highest / _FACTOR)
        if place is None:
            left[left >= highest / _FACTOR] = 0
            continue
        peak = float(left[place].max())
        left[place] = 0
        if peak >= least and not np.any(place & cast(NDArray[np.bool_], ndimage.binary_dilation(taken, _CORNERS))):
            found.append(Detection(place, peak))
        taken |= place
    return tuple(found)


def _highest_place(values: NDArray[np.float32], threshold: float) -> NDArray[np.bool_] | None:
    """Return the large enough place with the highest value, None when there is no large enough one."""
    from scipy import ndimage

    pieces, _ = cast(tuple[NDArray[np.intp], int], ndimage.label(values >= threshold, _CORNERS))
    large = np.bincount(pieces.ravel()) > LEAST_VOXELS
    large[0] = False
    if not large.any():
        return None
    return pieces == pieces.flat[int(np.where(large[pieces], values, 0).argmax())]
