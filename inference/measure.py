"""Size and ADC of a mask, as a radiologist measures them: volume, longest axis and the one across it, ADC."""

from typing import Any

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from core.findings import Measures
from core.pirads import Zone
from core.study import Role
from core.volume import require_same_frame, same_grid, voxel_volume_ml
from inference.mask_edit import cropped
from inference.resample import resample_like

_Points = NDArray[np.float64]


def measure_lesion(mask: Volume, adc: Volume | None, scored_as: Zone, adc_b_values: tuple[float, ...] = ()) -> Measures:
    """Return the measures of a lesion's mask on the axial T2 grid as PI-RADS v2.1 wants them.

    `adc` is the ADC map as it was acquired (10⁻⁶ mm²/s). A lesion scored as PZ has its axes measured in the slices of
    the ADC map, one scored as TZ in those of T2; in those of T2 as well when there is no ADC map, or none of its
    slices cuts the lesion. Raises ValueError when the mask is empty, `FramesDiffer` for an ADC of another frame.
    """
    part = cropped(mask)
    on_part = None if adc is None else resample_like(adc, part)
    return measure(part, on_part, adc_b_values, axes_on=adc if scored_as is Zone.PZ else None)


def measure(
    mask: Volume, adc: Volume | None, adc_b_values: tuple[float, ...] = (), *, axes_on: Volume | None = None
) -> Measures:
    """Return the measures of a mask (k, j, i); `adc` lies on the same grid and is in 10⁻⁶ mm²/s.

    The long axis is the greatest distance between two points of the mask's outline within one slice, in the slice
    where it is greatest; the short axis is the mask's extent across it in that slice. With `axes_on`, an ADC map in
    its own geometry, the slices are that map's where any of them cuts the mask. ADC counts where it is above 0. Raises
    ValueError when the mask is empty or the ADC is on another grid, `FramesDiffer` when in another frame.
    """
    voxels = np.argwhere(mask.array > 0)
    if not len(voxels):
        raise ValueError("An empty mask cannot be measured.")
    cut = None if axes_on is None else _in_slices_of(axes_on, mask)
    long_axis, short_axis = _axes(cut or mask)
    mean, p10 = _adc(mask, adc)
    return Measures(
        volume_ml=len(voxels) * voxel_volume_ml(mask),
        long_axis_mm=long_axis,
        short_axis_mm=short_axis,
        adc_mean=mean,
        adc_p10=p10,
        adc_b_values=adc_b_values if mean is not None else (),
        measured_on=Role.T2_AXIAL if cut is None else Role.ADC,
    )


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


def _axes(mask: Volume) -> tuple[float, float]:
    """Return the long and the short axis in mm."""
    voxels = np.argwhere(mask.array > 0)
    in_plane = mask.affine[:3, 1:3]
    longest, across = 0.0, 0.0
    for k in np.unique(voxels[:, 0]):
        outline = _hull(_edge_midpoints(voxels[voxels[:, 0] == k, 1:])) @ in_plane.T
        length, width = _longest_and_across(outline)
        if length > longest:
            longest, across = length, width
    return longest, across


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
    """Return the corners of the convex hull; both ends of the longest distance are among them."""
    from scipy.spatial import ConvexHull

    return points[ConvexHull(points).vertices]


def _longest_and_across(outline: NDArray[Any]) -> tuple[float, float]:
    offsets = outline[:, None, :] - outline[None, :, :]
    lengths = np.linalg.norm(offsets, axis=-1)
    first, second = np.unravel_index(int(lengths.argmax()), lengths.shape)
    along = offsets[first, second] / lengths[first, second]
    across = outline - np.outer(outline @ along, along)
    # What is left lies on one line across the long axis (plus one constant), so its ends are its farthest points.
    width = np.linalg.norm(across[:, None, :] - across[None, :, :], axis=-1).max()
    return float(lengths[first, second]), float(width)
