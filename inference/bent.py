"""When diffusion images that were registered rigidly are bent onto axial T2 in the gland as well; off unless asked for.

The bend is found on the image of the lowest b-value and checked on the ADC map, which it never saw. The limits were set
on phantoms (docs/ai.md, Registration), not on patients.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from core.alignment import Alignment
from core.bend import Bend
from core.volume import PointLps
from inference.bend import SPACING_MM, Lattice, Samples, basis, lattice_around, moves_of
from inference.match import Fit, Fixed, grey

LEAST_GAIN = 0.10
LEAST_NAT = 0.02
"""On phantoms, images that are not bent gain 3 % at most, and 8 to 20 % where part of the gland lies 2 to 4 mm off."""
MOST_MM = 5.0
"""Nothing in the gland is believed to be bent farther: a lesion of that length would lie beside itself."""
LEAST_VOLUME = 0.5
"""No part of the gland may shrink to less than half, or grow to more than twice, what it was."""

_Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """An alignment, and the transform and score of where the images lie by it; None where that is not known."""

    alignment: Alignment
    lies: Fit | None


def bent(fixed: Fixed, found: Found, image: Volume, adc: Volume | None) -> Alignment:
    """Return the alignment with the bend that goes on from it, or with why there is none.

    `image` is what the alignment was found on, `adc` the map of the same acquisition, both as they were acquired.
    """
    alignment, lies = found.alignment, found.lies
    if lies is None:
        return replace(alignment, bend_told="it is not known where the images lie as a whole")
    if adc is None or image is adc:
        return replace(alignment, bend_told="a bend is found on an image of a low b-value and checked on an ADC map")
    try:
        bend = _bend(fixed, alignment.lying(image), lies, grey(image), grey(adc))
    except RuntimeError:  # ITK's word for images that no longer overlap
        return replace(alignment, bend_told="the images no longer overlap T2 when bent")
    if isinstance(bend, str):
        return replace(alignment, bend_told=bend)
    told = f"the {alignment.measured_on} images match T2 around the gland better by {bend.score / lies.after - 1:.0%}"
    return replace(alignment, bend=bend, bend_told=told)


def _bend(fixed: Fixed, placed: Volume, lies: Fit, moving: Any, adc: Any) -> Bend | str:
    """Return the bend of images that lie `placed`, or what speaks against it.

    It must be better than where they lie, which is never worse than the scanner's positions, on the images that it was
    found on, and no worse on the ADC map.
    """
    region, places = fixed.region, fixed.places
    lattice = lattice_around(places[region], fixed.axes)
    moves = moves_of(Samples(places[region], fixed.values[region]), placed, lattice)
    shifts = _shifts(places, lattice, moves)
    score, witness = (fixed.information_shifted(one, lies.transform, shifts) for one in (moving, adc))
    most = float(np.linalg.norm(shifts[fixed.gland], axis=1).max())
    against = (
        _too_little(score, lies.after)
        or ("the match of the ADC map gets worse" if witness < fixed.information(adc, lies.transform) else "")
        or _too_much(most, _local_volumes(shifts, fixed))
    )
    return against or _as_bend(lattice, moves, most, score, witness)


def _too_little(score: float, before: float) -> str:
    """Return that the match does not gain what is asked, or nothing; a score that is no number gains nothing."""
    gain = score / before - 1 if before > 0 else 0.0
    if gain >= LEAST_GAIN and score - before >= LEAST_NAT:
        return ""
    return (
        f"the match gets better by {max(gain, 0.0):.0%} and {max(score - before, 0.0):.3f} nat, and {LEAST_GAIN:.0%} "
        f"and {LEAST_NAT:g} nat are asked"
    )


def _too_much(most: float, volumes: _Floats) -> str:
    if most > MOST_MM:
        return f"the best match bends the gland by {most:.0f} mm, and {MOST_MM:g} mm are believed; align by hand"
    if volumes.min() < LEAST_VOLUME or volumes.max() > 1 / LEAST_VOLUME:
        return (
            f"the best match makes parts of the gland {volumes.min():.1f} to {volumes.max():.1f} times as large, and "
            f"{LEAST_VOLUME:g} to {1 / LEAST_VOLUME:g} are believed"
        )
    return ""


def _shifts(places: _Floats, lattice: Lattice, moves: _Floats) -> _Floats:
    """Return the shift (k, j, i, 3) in mm, LPS, at each place."""
    weights = basis(lattice.at(places.reshape(-1, 3)), lattice.shape)
    return (np.einsum("np,pc->nc", weights, moves) @ lattice.axes[1:]).reshape(places.shape)


def _local_volumes(shifts: _Floats, fixed: Fixed) -> _Floats:
    """Return the Jacobian determinant of the bend in each voxel of the gland: 1 where nothing is stretched."""
    along = shifts @ fixed.axes.T
    slopes = np.zeros((*along.shape, 3))
    for axis, step in enumerate(fixed.steps_mm):
        if along.shape[axis] > 1:
            slopes[..., axis] = np.gradient(along, step, axis=axis)
    return np.linalg.det(np.eye(3) + slopes[fixed.gland])


def _as_bend(lattice: Lattice, moves: _Floats, most: float, score: float, witness: float) -> Bend:
    across, down, right = (_point(axis) for axis in lattice.axes)
    return Bend(
        origin=_point(lattice.origin),
        axes=(across, down, right),
        spacing_mm=(SPACING_MM, SPACING_MM, SPACING_MM),
        shape=lattice.shape,
        moves=tuple((float(down), float(right)) for down, right in moves),
        most_mm=most,
        score=score,
        witness=witness,
    )


def _point(values: _Floats) -> PointLps:
    x, y, z = values.tolist()
    return x, y, z
