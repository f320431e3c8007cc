"""The atlas of the prostate: which zone and how often a significant cancer, by place in the gland, its size and shape.

Built from the public PI-CAI labels by `inference.build_atlas`; see resources/atlas/README.md.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Any, cast

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from core.sectors import Sector, sector, sectors
from core.volume import PointLps, centroid_lps, index_kji, on_grid_of, same_grid
from inference.gland_frame import Axes, anatomical_axes, box_coordinates, from_anatomical, to_anatomical
from inference.sector_rules import sector_labels
from inference.zone_border import t2_log_odds

PERIPHERAL_ZONE = 1
TRANSITION_ZONE = 2
LICENCE = "CC BY-NC 4.0 (PI-CAI labels)"
LOG2_STEPS = 32.0
"""Steps of the stored location risk per doubling; 128 is the gland's average."""
USUAL_VOLUME_ML = 50.0


@dataclass(frozen=True, slots=True, eq=False)
class Atlas:
    """The pack in memory.

    `peripheral` (term, superior, posterior, left) is what each term of `shape_terms` adds to the probability of the PZ;
    `term_limits` (2, term) are the least and the greatest term that it was fitted for. `location_risk` (superior,
    posterior, left) is the natural logarithm of how much more often a significant cancer lies there than on average
    over the gland. `lesion_volumes_ml` are the sorted volumes of the expert-drawn cancers, `cancer_fraction` the share
    of all gland tissue that they fill.
    """

    peripheral: NDArray[np.float32]
    term_limits: NDArray[np.float64]
    location_risk: NDArray[np.float32]
    lesion_volumes_ml: NDArray[np.float64]
    cancer_fraction: float
    sha256: str

    def share_of_cancers_up_to(self, volume_ml: float) -> float:
        """Return which share of the expert-drawn significant cancers is no larger than `volume_ml`."""
        return float(np.searchsorted(self.lesion_volumes_ml, volume_ml, side="right") / len(self.lesion_volumes_ml))


@cache
def load_atlas() -> Atlas:
    """Read the atlas that is installed with the program."""
    content = files("resources").joinpath("atlas/prostate_atlas.npz").read_bytes()
    with np.load(BytesIO(content)) as pack:
        return Atlas(
            peripheral=pack["peripheral"].astype(np.float32),
            term_limits=pack["term_limits"].astype(np.float64),
            location_risk=((pack["location_risk"].astype(np.float32) - 128.0) * np.float32(np.log(2.0) / LOG2_STEPS)),
            lesion_volumes_ml=np.sort(pack["lesion_volumes_ml"].astype(np.float64)),
            cancer_fraction=float(pack["cancer_fraction"]),
            sha256=hashlib.sha256(content).hexdigest(),
        )


def zones_of(gland: Volume, t2: Volume | None = None) -> Volume:
    """Return the likelier zone of every voxel of the gland: 1 = PZ, 2 = TZ, 0 outside; on the gland's grid.

    With the T2 volume on that grid, its signal refines the border that the atlas expects (`t2_log_odds`). Raises
    ValueError when the gland is empty or the T2 is on another grid.
    """
    if t2 is not None and not same_grid(gland, t2):
        raise ValueError("The T2 must be on the grid of the gland whose zones it refines.")
    peripheral = peripheral_probability(gland)
    zones = np.where(peripheral > 0.5, PERIPHERAL_ZONE, TRANSITION_ZONE).astype(np.uint8)
    zones[gland.array == 0] = 0
    return on_grid_of(gland, zones if t2 is None else _refined(zones, gland, t2, peripheral))


def _refined(zones: NDArray[np.uint8], gland: Volume, t2: Volume, peripheral: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return the zones with their border where atlas and T2 together see it."""
    box: Any = tuple(slice(int(v.min()), int(v.max()) + 1) for v in np.nonzero(gland.array))
    inside = gland.array[box] > 0
    odds = t2_log_odds(inside, t2.array[box], peripheral[box], gland.spacing)
    chance = np.clip(peripheral[box], 0.02, 0.98)
    is_peripheral = np.log(chance / (1 - chance)) + odds > 0
    zones[box] = np.where(inside, np.where(is_peripheral, PERIPHERAL_ZONE, TRANSITION_ZONE), 0)
    return zones


def peripheral_probability(gland: Volume) -> NDArray[np.float32]:
    """Return the probability (k, j, i) that a voxel of the gland belongs to the PZ; 0 outside."""
    axes = anatomical_axes(gland)
    inside = to_anatomical(gland.array, axes) > 0
    spacing = (gland.spacing[axes.order[0]], gland.spacing[axes.order[1]], gland.spacing[axes.order[2]])
    return _drawn_into(gland, of_shape(load_atlas(), shape_terms(inside, spacing)))


def location_log_risk(gland: Volume) -> NDArray[np.float32]:
    """Return the logarithm (k, j, i) of how much likelier than on average a significant cancer is; 0 outside."""
    return _drawn_into(gland, load_atlas().location_risk)


def sector_at(point: PointLps, gland: Volume, zones: Volume) -> Sector:
    """Return the sector of a position (mm, LPS).

    Beside the gland it is that of the nearest voxel. More than half a slice above the gland's posterior half it is a
    seminal vesicle, more than half a slice below the gland the external urethral sphincter. Raises ValueError when
    the gland is empty.
    """
    axes = anatomical_axes(gland)
    beyond = _beyond(point, gland, axes)
    if beyond is not None:
        return beyond
    labels = sector_labels(gland, zones)
    return _of_number(int(labels[_nearest_voxel(point, gland)]))


def sector_of(mask: Volume, gland: Volume, zones: Volume) -> Sector:
    """Return the sector that holds most of a mask on the gland's grid; of its centre when it is outside the gland."""
    numbers = sector_labels(gland, zones)[mask.array > 0]
    numbers = numbers[numbers > 0]
    if not len(numbers):
        return sector_at(centroid_lps(mask), gland, zones)
    return _of_number(int(np.bincount(numbers).argmax()))


def shape_terms(inside: NDArray[np.bool_], spacing_mm: tuple[float, float, float]) -> NDArray[np.float64]:
    """Return what the zones of a gland (superior, posterior, left) depend on.

    One, log of its volume over 50 mL, and log of its depth and of its height over its width. Raises ValueError when
    the gland is empty.
    """
    voxels, _ = box_coordinates(inside)
    volume_ml = len(voxels[0]) * float(np.prod(spacing_mm)) / 1000.0
    height, depth, width = (
        (int(v.max()) - int(v.min()) + 1) * step for v, step in zip(voxels, spacing_mm, strict=True)
    )
    return np.array([1.0, *np.log([volume_ml / USUAL_VOLUME_ML, depth / width, height / width])])


def of_shape(atlas: Atlas, terms: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return the PZ probability (superior, posterior, left) for a gland with these `shape_terms`.

    A gland beyond the sizes and shapes that the atlas was fitted for is taken as the nearest of them.
    """
    within = np.clip(terms, *atlas.term_limits).astype(np.float32)
    return np.clip(np.tensordot(within, atlas.peripheral, axes=1), 0, 1)


def sample(grid: NDArray[np.float32], places: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return the values of an atlas grid at places (3, N) of the gland's bounding box, linearly interpolated."""
    from scipy import ndimage

    indices = places * np.array(grid.shape)[:, None] - 0.5
    return cast(NDArray[np.float32], ndimage.map_coordinates(grid, indices, order=1, mode="nearest"))


def _drawn_into(gland: Volume, grid: NDArray[np.float32]) -> NDArray[np.float32]:
    axes = anatomical_axes(gland)
    inside: NDArray[Any] = to_anatomical(gland.array, axes) > 0
    voxels, places = box_coordinates(inside)
    drawn = np.zeros(inside.shape, np.float32)
    drawn[voxels] = sample(grid, places)
    return np.ascontiguousarray(from_anatomical(drawn, axes))


def _of_number(number: int) -> Sector:
    return tuple(sectors().values())[number - 1]


def _beyond(point: PointLps, gland: Volume, axes: Axes) -> Sector | None:
    """Return the neighbour of the gland that the point lies in, or None when it is level with the gland."""
    inside = to_anatomical(gland.array, axes) > 0
    voxels, _ = box_coordinates(inside)
    index = index_kji(gland, point)
    shape = gland.spatial_shape
    height, depth, left = (
        index[axis] if sign > 0 else shape[axis] - 1 - index[axis]
        for axis, sign in zip(axes.order, axes.signs, strict=True)
    )
    if height < voxels[0].min() - 0.5:
        return sector("EUS")
    if height > voxels[0].max() + 0.5 and depth > voxels[1].mean():
        return sector("left-SV" if left > voxels[2].mean() else "right-SV")
    return None


def _nearest_voxel(point: PointLps, gland: Volume) -> tuple[int, int, int]:
    voxels = np.argwhere(gland.array > 0)
    offsets = (voxels - np.array(index_kji(gland, point))) @ gland.affine[:3, :3].T
    k, j, i = voxels[int((offsets**2).sum(axis=1).argmin())]
    return int(k), int(j), int(i)
