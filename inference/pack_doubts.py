"""What speaks against a lesion that a model pack marks, seen beside the outline of the prostate."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST_OUTSIDE = 0.5
"""A cancer may grow beyond the capsule, and an outline errs by 2 mm; one that lies mostly outside is something else."""


def doubt_of(lesion: NDArray[np.bool_], gland: NDArray[np.bool_], voxel_ml: float, name: str) -> str:
    """Return why a lesion of a pack of this name is to be doubted, a sentence; empty when nothing speaks against it.

    Both masks lie on one grid, whose voxels measure `voxel_ml`, and neither is empty.
    """
    size, prostate = (np.count_nonzero(mask) * voxel_ml for mask in (lesion, gland))
    if size > prostate:
        return (
            f"{name} marks a lesion of {size:.1f} mL, larger than the outlined prostate ({prostate:.1f} mL). One of "
            "the two cannot be right; do not take it as it is."
        )
    outside = np.count_nonzero(lesion & ~gland) / np.count_nonzero(lesion)
    if outside > MOST_OUTSIDE:
        return (
            f"{name} marks a lesion of {size:.1f} mL of which {outside:.0%} lies outside the outlined prostate. "
            "Check both outlines."
        )
    return ""


def beside_told(places: Sequence[Any], name: str) -> tuple[str, ...]:
    """Return that a pack marks places with no part in the prostate, which are not listed, or nothing."""
    if not places:
        return ()
    what = "a place" if len(places) == 1 else f"{len(places)} places"
    return (
        f"{name} marks {what} wholly outside the outlined prostate, not listed here. Check the prostate's outline.",
    )
