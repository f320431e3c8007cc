"""Regions of a report made into masks on the planes of the images that they were drawn on."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from core.errors import ResultUnreadable
from reporting.foreign_groups import ImageRegion, SpaceRegion
from reporting.foreign_places import ImagePlace, Plane, volumes_of
from reporting.foreign_shapes import outline_of
from reporting.foreign_sr import NotRead

PlaceOf = Callable[[str, int], ImagePlace | None]
"""Where an image lies, by its SOP Instance UID and the number of its frame (0: it has one)."""
_FLAT_MM = 0.5
"""So far may points of one region lie from a plane for it to be a region in that plane."""
_FACES = 1e-3


def masks_of(
    regions: Sequence[ImageRegion | SpaceRegion], place_of: PlaceOf, planes: Sequence[ImagePlace]
) -> tuple[tuple[Volume, ...], tuple[NotRead, ...]]:
    """Return regions as masks (0/1), one volume for each set of parallel planes, and which regions are none.

    `planes` are those of the study's images, the axial T2 first: a region in space is drawn on the first that it lies
    in, or else on a plane of its own.
    """
    lost: list[NotRead] = []
    drawn: list[tuple[ImagePlace, Plane]] = []
    for region in regions:
        placed = _placed(region, place_of, planes)
        if placed is None:
            lost.append(NotRead(region.position, _why_not(region)))
            continue
        place, corners = placed
        plane = filled(corners, place.rows, place.columns)
        if plane.any():
            drawn.append((place, plane))
        else:
            lost.append(NotRead(region.position, "a region too small to hold the middle of a pixel"))
    try:
        volumes = tuple(volume for volume, _ in volumes_of(drawn))
    except ResultUnreadable as error:
        return (), (*lost, NotRead(regions[0].position, f"the regions cannot be placed: {error}"))
    return volumes, tuple(lost)


def filled(corners: NDArray[np.float64], rows: int, columns: int) -> Plane:
    """Return the pixels (rows, columns) whose middle lies inside a closed polygon in image coordinates (even-odd)."""
    plane = np.zeros((rows, columns), np.uint8)
    low = np.maximum(np.floor(corners.min(axis=0) - 0.5).astype(int), 0)
    high = np.minimum(np.ceil(corners.max(axis=0) + 0.5).astype(int), (columns, rows))
    if (low >= high).any():
        return plane
    x = np.arange(low[0], high[0])[None, :] + 0.5
    y = np.arange(low[1], high[1])[:, None] + 0.5
    inside = np.zeros((len(y), x.shape[1]), bool)
    for (x1, y1), (x2, y2) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if y1 == y2:
            continue
        crossed = (y1 > y) != (y2 > y)
        inside ^= crossed & (x < x1 + (y - y1) * (x2 - x1) / (y2 - y1))
    plane[low[1] : high[1], low[0] : high[0]] = inside
    return plane


def _why_not(region: ImageRegion | SpaceRegion) -> str:
    if isinstance(region, ImageRegion):
        return "the image that the region is drawn on is not here, or does not tell where it lies"
    return "the points of the region lie in no plane"


def _placed(
    region: ImageRegion | SpaceRegion, place_of: PlaceOf, planes: Sequence[ImagePlace]
) -> tuple[ImagePlace, NDArray[np.float64]] | None:
    """Return the plane that a region lies in and its outline in image coordinates there."""
    if isinstance(region, ImageRegion):
        place = place_of(region.sop_instance_uid, region.frame)
        return None if place is None else (place, outline_of(region.kind, region.points))
    corners = outline_of(region.kind, region.points)
    here = [plane for plane in planes if plane.frame_of_reference_uid == region.frame_of_reference_uid]
    for plane in here:
        reach = max(_FLAT_MM, (plane.step_mm or 0.0) / 2 + _FACES)
        away = (corners - plane.position) @ plane.normal
        if np.ptp(away) <= _FLAT_MM and np.abs(away).max() <= reach:
            return plane, plane.image(corners)
    own = _own_plane(region, corners, here or planes)
    return None if own is None else (own, own.image(corners))


def _own_plane(region: SpaceRegion, corners: NDArray[np.float64], like: Sequence[ImagePlace]) -> ImagePlace | None:
    """Return a plane through a region that lies in no image's, with pixels and slices like those of the first image."""
    if not like:
        return None
    middle = corners.mean(axis=0)
    _, _, axes = np.linalg.svd(corners - middle)
    along, normal = axes[0], axes[2]
    offsets = corners - middle
    if np.abs(offsets @ normal).max() > _FLAT_MM:
        return None
    down = np.cross(normal, along)
    first = like[0]
    across, below = offsets @ along, offsets @ down
    size = min(first.row_mm, first.column_mm)
    return replace(
        first,
        position=middle + across.min() * along + below.min() * down,
        along_row=along,
        down_column=down,
        row_mm=size,
        column_mm=size,
        rows=int(np.ceil(np.ptp(below) / size)) + 2,
        columns=int(np.ceil(np.ptp(across) / size)) + 2,
        frame_of_reference_uid=region.frame_of_reference_uid,
    )
