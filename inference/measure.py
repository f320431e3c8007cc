"""Size and ADC of a mask, as a radiologist measures them: volume, longest axis and the one across it, ADC."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from core.findings import MeasuredImage, Measures
from core.pirads import Zone
from core.study import Role
from core.volume import PointLps, index_kji, position_lps, require_same_frame, same_grid, voxel_volume_ml
from inference.mask_edit import cropped
from inference.resample import resample_like

_Points = NDArray[np.float64]
Images = Mapping[Role, Sequence[MeasuredImage]]
"""The images that the slices of a volume are, in its order, by role (`inference.measured_image`)."""
_UNKNOWN: Images = {}


def measure_lesion(
    mask: Volume,
    adc: Volume | None,
    scored_as: Zone,
    adc_b_values: tuple[float, ...] = (),
    images: Images = _UNKNOWN,
) -> Measures:
    """Return the measures of a lesion's mask on the axial T2 grid as PI-RADS v2.1 wants them.

    `adc` is the ADC map as it was acquired (10⁻⁶ mm²/s). A lesion scored as PZ has its axes measured in the slices of
    the ADC map, one scored as TZ in those of T2; in those of T2 as well when there is no ADC map, or none of its
    slices cuts the lesion. Of `images` that which they were measured in is kept. Raises ValueError when the mask is
    empty, `FramesDiffer` for an ADC of another frame.
    """
    part = cropped(mask)
    on_part = None if adc is None else resample_like(adc, part)
    measured, at = _measured(part, on_part, adc_b_values, adc if scored_as is Zone.PZ else None)
    stack = adc if measured.measured_on is Role.ADC and adc is not None else mask
    return replace(measured, image=_image(images.get(measured.measured_on, ()), stack, at))


def measure(
    mask: Volume, adc: Volume | None, adc_b_values: tuple[float, ...] = (), *, axes_on: Volume | None = None
) -> Measures:
    """Return the measures of a mask (k, j, i); `adc` lies on the same grid and is in 10⁻⁶ mm²/s.

    The long axis is the greatest distance between two points of the mask's outline within one slice, in the slice
    where it is greatest; the short axis is the mask's extent across it in that slice. With `axes_on`, an ADC map in
    its own geometry, the slices are that map's where any of them cuts the mask. ADC counts where it is above 0. Raises
    ValueError when the mask is empty or the ADC is on another grid, `FramesDiffer` when in another frame.
    """
    return _measured(mask, adc, adc_b_values, axes_on)[0]


def _measured(
    mask: Volume, adc: Volume | None, adc_b_values: tuple[float, ...], axes_on: Volume | None
) -> tuple[Measures, PointLps]:
    """Return the measures of a mask, and a position (mm, LPS) in the slice in which the long axis lies."""
    voxels = np.argwhere(mask.array > 0)
    if not len(voxels):
        raise ValueError("An empty mask cannot be measured.")
    cut = None if axes_on is None else _in_slices_of(axes_on, mask)
    axes = _axes(cut or mask)
    mean, p10 = _adc(mask, adc)
    measures = Measures(
        volume_ml=len(voxels) * voxel_volume_ml(mask),
        long_axis_mm=axes.long_mm,
        short_axis_mm=axes.short_mm,
        adc_mean=mean,
        adc_p10=p10,
        adc_b_values=adc_b_values if mean is not None else (),
        measured_on=Role.T2_AXIAL if cut is None else Role.ADC,
    )
    return measures, position_lps(cut or mask, (float(axes.k), 0.0, 0.0))


def _image(images: Sequence[MeasuredImage], stack: Volume, at: PointLps) -> MeasuredImage | None:
    """Return which of the images of a stack a position lies in; None where it is not known what its slices are."""
    k = round(index_kji(stack, at)[0])
    return images[k] if len(images) == stack.spatial_shape[0] and 0 <= k < len(images) else None


def _in_slices_of(other: Volume, mask: Volume) -> Volume | None:
    """Return the mask as the slices of another volume cut it, as finely as it was drawn; None when none does."""
    part = cropped(mask)
    slices = _slices_around(other, part)
    if slices is None:
        return None
    cut = resample_like(part, slices, labels=True)
    return cut if np.any(cut.array) else None


def _slices_around(other: Volume, part: Volume) -> Volume | None:
    """Return an empty grid of the slices (k) of `other` around `part`, with pixels as fine as those of `part`.

    None when `part` lies beyond the stack.
    """
    fine = np.array(other.affine)
    steps = np.linalg.norm(fine[:3, 1:3], axis=0)
    fine[:3, 1:3] *= np.minimum(1.0, float(min(part.spacing[1:])) / steps)
    corners = np.array(np.meshgrid(*[(-0.5, n - 0.5) for n in part.spatial_shape], indexing="ij")).reshape(3, 8)
    placed = part.affine[:3, :3] @ corners + part.affine[:3, 3:]
    indices = np.linalg.inv(fine)[:3, :3] @ (placed - fine[:3, 3:])
    low, high = np.floor(indices.min(axis=1)), np.ceil(indices.max(axis=1))
    low[0], high[0] = max(low[0], 0), min(high[0], other.spatial_shape[0] - 1)
    if low[0] > high[0]:
        return None
    grid = np.zeros((high - low + 1).astype(int), np.uint8)
    fine[:3, 3] += fine[:3, :3] @ low
    return Volume(
        array=grid, affine=fine, coordinate_system="PATIENT", frame_of_reference_uid=other.frame_of_reference_uid
    )


def _adc(mask: Volume, adc: Volume | None) -> tuple[float | None, float | None]:
    if adc is None:
        return None, None
    require_same_frame(adc, mask, names=("The ADC map", "the lesion"))
    if not same_grid(adc, mask):
        raise ValueError("The ADC map must be resampled onto the mask's grid before it is measured.")
    values = adc.array[mask.array > 0].astype(np.float64)
    values = values[values > 0]
    if not len(values):
        return None, None
    return float(values.mean()), float(np.percentile(values, 10))


@dataclass(frozen=True, slots=True)
class _Axes:
    """The long and the short axis, and the slice that they lie in."""

    long_mm: float
    short_mm: float
    k: int


def _axes(mask: Volume) -> _Axes:
    voxels = np.argwhere(mask.array > 0)
    in_plane = mask.affine[:3, 1:3]
    longest = _Axes(0.0, 0.0, int(voxels[0, 0]))
    for k in np.unique(voxels[:, 0]):
        outline = _hull(_edge_midpoints(voxels[voxels[:, 0] == k, 1:])) @ in_plane.T
        length, width = _longest_and_across(outline)
        if length > longest.long_mm:
            longest = _Axes(length, width, int(k))
    return longest


def _edge_midpoints(pixels: NDArray[np.intp]) -> _Points:
    """Return the middles of the exposed pixel edges (N, 2): a disc keeps its diameter, a pixel its width."""
    low = pixels.min(axis=0) - 1
    filled = np.zeros(pixels.max(axis=0) - low + 2, bool)
    filled[tuple((pixels - low).T)] = True
    steps = ((1, 0), (-1, 0), (0, 1), (0, -1))
    exposed = [
        np.argwhere(filled & ~np.roll(filled, (-step[0], -step[1]), axis=(0, 1))) + np.array(step) / 2 for step in steps
    ]
    return np.concatenate(exposed) + low


def _hull(points: _Points) -> _Points:
    """Return the corners of the convex hull (Andrew 1979); both ends of the longest distance are among them.

    `scipy.spatial` has it too, and takes longer to import than all lesions of a study to measure.
    """
    ordered = points[np.lexsort((points[:, 1], points[:, 0]))]
    new_row = np.flatnonzero(np.diff(ordered[:, 0])) + 1
    firsts, lasts = np.r_[0, new_row], np.r_[new_row - 1, len(ordered) - 1]
    return np.array([*_chain(ordered[firsts].tolist(), 1), *_chain(ordered[lasts].tolist(), -1)])


def _chain(points: list[list[float]], side: int) -> list[list[float]]:
    """Return the points, sorted by row, that turn outwards on one side: the first columns (1) or the last (−1)."""
    corners: list[list[float]] = []
    for row, column in points:
        while len(corners) > 1:
            (r, c), (from_row, from_column) = corners[-1], corners[-2]
            if side * ((r - from_row) * (column - from_column) - (c - from_column) * (row - from_row)) > 0:
                break
            corners.pop()
        corners.append([row, column])
    return corners


def _longest_and_across(outline: NDArray[Any]) -> tuple[float, float]:
    offsets = outline[:, None, :] - outline[None, :, :]
    lengths = np.linalg.norm(offsets, axis=-1)
    first, second = np.unravel_index(int(lengths.argmax()), lengths.shape)
    along = offsets[first, second] / lengths[first, second]
    across = outline - np.outer(outline @ along, along)
    # What is left lies on one line across the long axis (plus one constant), so its ends are its farthest points.
    width = np.linalg.norm(across[:, None, :] - across[None, :, :], axis=-1).max()
    return float(lengths[first, second]), float(width)
