"""Size and ADC of a mask, as a radiologist measures them: volume, longest axis and the one across it, ADC."""

from typing import Any

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from core.findings import Measures
from core.volume import require_same_frame, same_grid, voxel_volume_ml

_Points = NDArray[np.float64]


def measure(mask: Volume, adc: Volume | None, adc_b_values: tuple[float, ...] = ()) -> Measures:
    """Return the measures of a mask (k, j, i); `adc` lies on the same grid and is in 10⁻⁶ mm²/s.

    The long axis is the greatest distance between two points of the mask's outline within one slice, in the slice
    where it is greatest; the short axis is the mask's extent across it in that slice. ADC counts where it is above
    0. Raises ValueError when the mask is empty or the ADC is on another grid, `FramesDiffer` when in another frame.
    """
    voxels = np.argwhere(mask.array > 0)
    if not len(voxels):
        raise ValueError("An empty mask cannot be measured.")
    long_axis, short_axis = _axes(mask, voxels)
    mean, p10 = _adc(mask, adc)
    return Measures(
        volume_ml=len(voxels) * voxel_volume_ml(mask),
        long_axis_mm=long_axis,
        short_axis_mm=short_axis,
        adc_mean=mean,
        adc_p10=p10,
        adc_b_values=adc_b_values if mean is not None else (),
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


def _axes(mask: Volume, voxels: NDArray[np.intp]) -> tuple[float, float]:
    """Return the long and the short axis in mm."""
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
