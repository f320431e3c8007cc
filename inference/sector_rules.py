"""Which sector of the PI-RADS v2.1 map a voxel of the gland lies in, by simple rules drawn from that map.

Levels are thirds of the gland along the stack (PI-RADS v2.1, sector map). In each slice a voxel is placed by its
depth from the anterior surface (0) to the posterior one (1) and by its distance from the midline, the slice's
centroid, as a share of the half width on its side. The cuts stand in the constants; they follow the drawing of the
map, in which the document gives no numbers.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from core.sectors import sectors
from inference.gland_frame import anatomical_axes, box_coordinates, from_anatomical, to_anatomical

_AFS_DEPTH, _AFS_WIDTH = 0.2, 0.4
"""The anterior stroma: the front fifth, the middle two fifths of the width."""
_ANTERIOR_HORN_DEPTH = 0.5
"""PZ in front of the gland's middle is PZa."""
_MEDIAL_WIDTH = 0.5
"""PZ behind it is PZpm in the medial half of each side, PZpl beyond."""
_CZ_WIDTH, _CZ_DEPTHS = 0.35, (0.6, 0.85)
"""At the base, around the ejaculatory ducts: behind the TZ, in front of the posteromedial PZ."""

_REGIONS = ("PZa", "PZpl", "PZpm", "TZa", "TZp", "CZ", "AFS")
_LEVELS = ("apex", "mid", "base")
_SIDES = ("right", "left")


def sector_labels(gland: Volume, zones: Volume) -> NDArray[np.uint8]:
    """Return for each voxel (k, j, i) the number of its sector, 1 for the first of `core.sectors`; 0 outside."""
    axes = anatomical_axes(gland)
    inside = to_anatomical(gland.array, axes) > 0
    voxels, places = box_coordinates(inside)
    slices = _slices(inside, to_anatomical(zones.array, axes))
    region = _region(slices, voxels, to_anatomical(zones.array, axes)[voxels], places[0])
    level = np.minimum((places[0] * 3).astype(int), 2)
    labels = np.zeros(inside.shape, np.uint8)
    labels[voxels] = _numbers()[region, level, (slices.leftward(voxels) > 0).astype(int)]
    return np.ascontiguousarray(from_anatomical(labels, axes))


@dataclass(frozen=True, slots=True, eq=False)
class _Slices:
    """Per slice: anterior and posterior end of gland and TZ, midline, right and left end; in index steps."""

    front: NDArray[np.float64]
    back: NDArray[np.float64]
    middle_of_tz: NDArray[np.float64]
    midline: NDArray[np.float64]
    right_width: NDArray[np.float64]
    left_width: NDArray[np.float64]

    def depth(self, voxels: tuple[NDArray[np.intp], ...]) -> NDArray[np.float64]:
        """Return 0 at the anterior surface of the slice to 1 at the posterior one."""
        k, j, _ = voxels
        return (j - self.front[k] + 0.5) / (self.back[k] - self.front[k] + 1)

    def leftward(self, voxels: tuple[NDArray[np.intp], ...]) -> NDArray[np.float64]:
        """Return −1 at the right edge of the slice, 0 on the midline, 1 at the left edge."""
        k, _, i = voxels
        offset = i - self.midline[k]
        return offset / np.where(offset > 0, self.left_width[k], self.right_width[k])


def _slices(inside: NDArray[np.bool_], zones: NDArray[Any]) -> _Slices:
    front, back = _ends(np.any(inside, axis=2, keepdims=True)[:, :, 0])
    tz_front, tz_back = _ends(np.any(zones == 2, axis=2, keepdims=True)[:, :, 0])
    right, left = _ends(np.any(inside, axis=1, keepdims=True)[:, 0])
    counts = inside.sum(axis=1)
    midline = (counts * np.arange(inside.shape[2])).sum(axis=1) / np.maximum(counts.sum(axis=1), 1)
    return _Slices(
        front=front,
        back=back,
        middle_of_tz=(tz_front + tz_back) / 2,
        midline=midline,
        right_width=midline - right + 0.5,
        left_width=left - midline + 0.5,
    )


def _ends(occupied: NDArray[np.bool_]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the first and last True of each row."""
    first = occupied.argmax(axis=1)
    last = occupied.shape[1] - 1 - occupied[:, ::-1].argmax(axis=1)
    return first.astype(float), last.astype(float)


def _region(
    slices: _Slices, voxels: tuple[NDArray[np.intp], ...], zone: NDArray[Any], height: NDArray[np.float64]
) -> NDArray[np.intp]:
    depth = slices.depth(voxels)
    aside = np.abs(slices.leftward(voxels))
    peripheral = np.where(
        depth < _ANTERIOR_HORN_DEPTH,
        _REGIONS.index("PZa"),
        np.where(aside > _MEDIAL_WIDTH, _REGIONS.index("PZpl"), _REGIONS.index("PZpm")),
    )
    in_front = voxels[1] <= slices.middle_of_tz[voxels[0]]
    transition = np.where(in_front, _REGIONS.index("TZa"), _REGIONS.index("TZp"))
    region = np.where(zone == 1, peripheral, transition)
    central = (height >= 2 / 3) & (aside < _CZ_WIDTH) & (depth >= _CZ_DEPTHS[0]) & (depth < _CZ_DEPTHS[1])
    region = np.where(central, _REGIONS.index("CZ"), region)
    stroma = (depth < _AFS_DEPTH) & (aside < _AFS_WIDTH)
    return np.where(stroma, _REGIONS.index("AFS"), region)


def _numbers() -> NDArray[np.uint8]:
    """Return the sector numbers by region, level and side; 0 where the map has none (CZ below the base)."""
    keys = list(sectors())
    numbers = np.zeros((len(_REGIONS), len(_LEVELS), len(_SIDES)), np.uint8)
    for place in np.ndindex(numbers.shape):
        key = f"{_SIDES[place[2]]}-{_LEVELS[place[1]]}-{_REGIONS[place[0]]}"
        numbers[place] = keys.index(key) + 1 if key in keys else 0
    return numbers
