"""What the pixels say of an image's quality: noise, ghosts, displaced slices, voids, agreement of two images."""

import math
from itertools import pairwise
from typing import Any

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from inference.in_mask import voxels_in
from inference.technique import Axis

Floats = NDArray[np.floating[Any]]
Bools = NDArray[np.bool_]

_MOST_SHIFT_MM = 12.0
_BETTER = 0.05
"""A displacement counts when it raises the likeness by this much over none: less is noise."""
_ALIKE = 0.5
"""Correlation of the edges of two slices that show the same anatomy."""


def mask_on(mask: Volume, volume: Volume) -> tuple[Bools, float]:
    """Return a mask on the grid of a volume, and which share of it lies within; raises `FramesDiffer`."""
    inside, places = np.zeros(volume.spatial_shape, bool), voxels_in(mask, volume)
    inside[places] = True
    return inside, len(places[0]) / max(int((mask.array > 0).sum()), 1)


def median_inside(volume: Volume, inside: Bools) -> float:
    """Return the median signal inside, 0 where nothing is."""
    return float(np.median(volume.array[inside])) if inside.any() else 0.0


def signal_to_noise(volume: Volume, inside: Bools) -> float | None:
    """Return the median signal over the noise inside; None where fewer than 100 voxels tell it.

    Noise: median absolute finest diagonal Haar coefficient over 0.6745 (Donoho and Johnstone, Biometrika 1994;81:425).
    No air is needed, which small fields of view lack and parallel imaging spoils. Texture counts as noise;
    interpolation by the scanner smooths noise away.
    """
    image = volume.array.astype(np.float32)
    detail = np.abs(image[:, :-1, :-1] - image[:, :-1, 1:] - image[:, 1:, :-1] + image[:, 1:, 1:]) / 2.0
    chosen = detail[inside[:, :-1, :-1]]
    if len(chosen) < 100:
        return None
    noise = float(np.median(chosen)) / 0.6745
    return float(np.median(image[inside])) / noise if noise > 0 else None


def ghost_share(volume: Volume, inside: Bools, phase: Axis) -> float | None:
    """Return how bright ghosts are beside what they are of, along the phase direction less that across it.

    A ghost at a displacement d with a share g of the signal makes the autocorrelation of the fine structure peak at d
    with 2g / (1 + g²). Displacements from a quarter to half of the field are looked at: Nyquist ghosts and those of
    periodic motion (Wood and Henkelman, Med Phys 1985;12:143). None when no slice is inside.
    """
    from scipy import ndimage

    slices = np.flatnonzero(inside.any(axis=(1, 2)))
    if not len(slices):
        return None
    image = volume.array[slices].astype(np.float32)
    fine = image - ndimage.gaussian_filter(image, (0, 2, 2))
    along = 2 if phase is Axis.ROW else 1
    found = _repeated(fine, along) - _repeated(fine, 3 - along)
    peak = float(np.clip(found, 0.0, 1.0))
    return (1.0 - np.sqrt(1.0 - peak**2)) / peak if peak > 0 else 0.0


def _repeated(fine: Floats, axis: int) -> float:
    """Return the highest autocorrelation along an axis at displacements of a quarter to half of it."""
    power = (np.abs(np.fft.fft(fine, axis=axis)) ** 2).sum(axis=tuple(x for x in range(3) if x != axis))
    likeness = np.real(np.fft.ifft(power))
    if likeness[0] <= 0:
        return 0.0
    far = likeness[len(likeness) // 4 : len(likeness) // 2 + 1] / likeness[0]
    return float(far.max() - np.median(far))


def slice_displacement_mm(volume: Volume, inside: Bools) -> float | None:
    """Return how far the most displaced slice of the gland lies from both its neighbours (mm, within the plane).

    Found by cross-correlation of the edges of the region 20 mm around. A slice counts by the smaller of what it is
    displaced against the one before and the one after, where both point the same way: slices are acquired
    interleaved, so that motion displaces every other one, while anatomy drifts. None with fewer than three slices that
    are alike.
    """
    slices = np.flatnonzero(inside.any(axis=(1, 2)))
    if len(slices) < 3:
        return None
    pixel = in_plane_mm(volume)
    rows, columns = _around(np.any(inside, axis=0), tuple(int(20 / size) for size in pixel))
    image = volume.array[slices[0] : slices[-1] + 1, rows, columns].astype(np.float32)
    edges = np.stack([_edges(one) for one in image])
    found = [_shift(a, b, pixel) for a, b in pairwise(edges)]
    if sum(one is not None for one in found) < 2:
        return None
    steps = np.array([one or (0.0, 0.0) for one in found])
    before, after = steps[:-1], -steps[1:]
    agree = (before * after).sum(axis=1) > 0
    own = np.minimum(np.linalg.norm(before, axis=1), np.linalg.norm(after, axis=1))
    return float(np.where(agree, own, 0.0).max())


def _edges(image: Floats) -> Floats:
    from scipy import ndimage

    edges = ndimage.gaussian_gradient_magnitude(image, 1.0)
    window = np.outer(np.hanning(image.shape[0]), np.hanning(image.shape[1]))
    return ((edges - edges.mean()) * window).astype(np.float32)


def _shift(first: Floats, second: Floats, pixel_mm: tuple[float, float]) -> tuple[float, float] | None:
    """Return by how much (mm, down and along) the second image is displaced; 0 unless that is clearly more alike.

    None of two images that are less than half alike anywhere: they show other anatomy, or noise.
    """
    likeness = np.real(np.fft.ifft2(np.conj(np.fft.fft2(first)) * np.fft.fft2(second)))
    likeness /= float(np.linalg.norm(first) * np.linalg.norm(second)) or 1.0
    rows, columns = (np.fft.fftfreq(n, 1 / n) * mm for n, mm in zip(likeness.shape, pixel_mm, strict=True))
    near = (np.abs(rows)[:, None] <= _MOST_SHIFT_MM) & (np.abs(columns)[None, :] <= _MOST_SHIFT_MM)
    row, column = np.unravel_index(int(np.argmax(np.where(near, likeness, -2))), likeness.shape)
    if likeness[row, column] < _ALIKE:
        return None
    if likeness[row, column] < likeness[0, 0] + _BETTER:
        return 0.0, 0.0
    return float(rows[row]), float(columns[column])


def in_plane_mm(volume: Volume) -> tuple[float, float]:
    """Return the distance between rows and between columns."""
    _, row, column = volume.spacing
    return float(row), float(column)


def _around(flat: Bools, margin: tuple[int, ...]) -> tuple[slice, slice]:
    found = [np.flatnonzero(flat.any(axis=1 - axis)) for axis in (0, 1)]
    bounds = [
        slice(max(int(at[0]) - more, 0), min(int(at[-1]) + more + 1, size))
        for at, more, size in zip(found, margin, flat.shape, strict=True)
    ]
    return bounds[0], bounds[1]


def share_below(volume: Volume, inside: Bools, part: float) -> float | None:
    """Return the share of what is inside that is darker than this part of the reference signal; None of nothing.

    The reference is the 75th percentile inside, so that a void of up to three quarters of the gland does not hide
    itself.
    """
    values = volume.array[inside]
    if not len(values):
        return None
    reference = float(np.percentile(values, 75))
    return float(np.mean(values <= part * reference)) if reference > 0 else 1.0


def share_above(volume: Volume, inside: Bools, part: float) -> float | None:
    """Return the share of what is inside that is brighter than `part` times its median; None of nothing."""
    values = volume.array[inside]
    median = float(np.median(values)) if len(values) else 0.0
    return float(np.mean(values > part * median)) if median > 0 else None


def likeness_of_maps(scanner: Volume, own: Volume, region: Bools) -> tuple[float, float] | None:
    """Return correlation and median ratio of two maps on one grid where both have a value in the region.

    None where fewer than 50 voxels have.
    """
    chosen = region & (scanner.array > 0) & (own.array > 0)
    if chosen.sum() < 50:
        return None
    a, b = scanner.array[chosen].astype(np.float64), own.array[chosen].astype(np.float64)
    if a.std() == 0 or b.std() == 0:
        return None
    return float(np.corrcoef(a, b)[0, 1]), float(np.median(a) / np.median(b))


def grown(volume: Volume, inside: Bools, millimetres: float) -> Bools:
    """Return a mask grown within the slices by so many millimetres."""
    from scipy import ndimage

    outside: NDArray[np.uint8] = (~inside).astype(np.uint8)
    far: Any = ndimage.distance_transform_edt(outside, sampling=(1e6, *in_plane_mm(volume)))
    return np.asarray(far <= millimetres)


def displacement_mm(fixed: Volume, moving: Volume, region: Bools) -> float | None:
    """Return by how far (mm, within the plane) `moving` has to go to share most information with `fixed`.

    Both are on one grid. Normalised mutual information (Studholme et al., Pattern Recognit 1999;32:71) in the region at
    each whole pixel up to 8 mm; 0 unless it rises by 5 % of what is shared with no displacement. None of a region of
    less than 200 voxels.
    """
    if region.sum() < 200:
        return None
    levels = _levels(fixed.array.astype(np.float32), region)
    other = _levels(moving.array.astype(np.float32), region)
    most = [int(8 / size) for size in in_plane_mm(fixed)]
    shared = {
        (rows, columns): _shared(levels[region], np.roll(other, (rows, columns), (1, 2))[region])
        for rows in range(-most[0], most[0] + 1)
        for columns in range(-most[1], most[1] + 1)
    }
    best = max(shared, key=lambda shift: shared[shift])
    if shared[best] - 1.0 < (shared[0, 0] - 1.0) * (1.0 + _BETTER):
        return 0.0
    return math.hypot(*(n * size for n, size in zip(best, in_plane_mm(fixed), strict=True)))


_LEVELS = 24
_PART_LEVELS = 12
_PARTS = 3
_PART_BETTER = 0.2
"""A part of the gland holds a ninth of the voxels, so that chance moves it more than the whole."""


def gland_overlap(fixed: Volume, moving: Volume, inside: Bools, region: Bools) -> float | None:
    """Return the Dice of the gland on `fixed` and where its parts lie on `moving`, both on one grid.

    The gland's box is cut into three by three parts across its slices. Each is found on `moving` as the whole is by
    `displacement_mm` (up to 8 mm, mutual information of the part and half a part around, 20 % better than in place);
    between the middles of the parts displacements are interpolated. So a gland that is stretched, squeezed or sheared
    by inhomogeneity of the field is told from one that lies aside. None of a region of less than 200 voxels.
    """
    if region.sum() < 200 or not inside.any():
        return None
    levels, other = (_levels(volume.array.astype(np.float32), region, _PART_LEVELS) for volume in (fixed, moving))
    edges = [np.linspace(at[0], at[-1] + 1, _PARTS + 1) for at in _extents(inside)]
    pixel = in_plane_mm(fixed)
    found = np.zeros((_PARTS, _PARTS, 2))
    for row, column in np.ndindex(_PARTS, _PARTS):
        window = region & _part(edges, (row, column), region.shape)
        found[row, column] = _displaced_part(levels, other, window, pixel)
    return _dice(inside, _bent(inside, found, edges))


def _extents(inside: Bools) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    return np.flatnonzero(inside.any(axis=(0, 2))), np.flatnonzero(inside.any(axis=(0, 1)))


def _part(edges: list[Floats], at: tuple[int, int], shape: tuple[int, ...]) -> Bools:
    """Return a part of the gland's box and half a part around, in all slices."""
    chosen = np.ones(shape[1:], bool)
    for axis, (limits, n) in enumerate(zip(edges, at, strict=True)):
        half = (limits[1] - limits[0]) / 2
        places = np.arange(shape[axis + 1])
        within = (places >= limits[n] - half) & (places < limits[n + 1] + half)
        chosen &= within[:, None] if axis == 0 else within[None, :]
    return np.broadcast_to(chosen, shape)


def _displaced_part(
    levels: NDArray[np.intp], other: NDArray[np.intp], window: Bools, pixel: tuple[float, float]
) -> tuple[int, int]:
    """Return by how many rows and columns a part lies aside on the other image; 0 where it is hardly better."""
    places = np.nonzero(window)
    if len(places[0]) < 100:
        return 0, 0
    own = levels[places]
    most = [int(8 / size + 0.01) for size in pixel]

    def shared(rows: int, columns: int) -> float:
        moved = (places[0], (places[1] + rows) % levels.shape[1], (places[2] + columns) % levels.shape[2])
        return _shared(own, other[moved], _PART_LEVELS) - 1.0

    shifts = [(r, c) for r in range(-most[0], most[0] + 1) for c in range(-most[1], most[1] + 1)]
    best = max(shifts, key=lambda shift: shared(*shift))
    return best if shared(*best) > shared(0, 0) * (1.0 + _PART_BETTER) else (0, 0)


def _bent(inside: Bools, found: Floats, edges: list[Floats]) -> Bools:
    """Return the gland where its parts were found: each voxel is drawn from where its displacement says."""
    from scipy import ndimage

    middles = [(limits[:-1] + limits[1:]) / 2 - 0.5 for limits in edges]
    at = [
        np.clip((np.arange(n) - middle[0]) / (middle[1] - middle[0]), 0, _PARTS - 1)
        for n, middle in zip(inside.shape[1:], middles, strict=True)
    ]
    grid = np.meshgrid(*at, indexing="ij")
    rows, columns = (ndimage.map_coordinates(found[..., axis], grid, order=1) for axis in range(2))
    k, j, i = np.indices(inside.shape)
    drawn = ndimage.map_coordinates(inside.astype(np.float32), [k, j - rows, i - columns], order=1)
    return np.asarray(drawn > 0.5)


def _dice(first: Bools, second: Bools) -> float:
    return float(2 * np.count_nonzero(first & second) / max(np.count_nonzero(first) + np.count_nonzero(second), 1))


def _levels(image: Floats, region: Bools, count: int = _LEVELS) -> NDArray[np.intp]:
    low, high = np.percentile(image[region], (1, 99))
    scaled = (image - low) / max(float(high - low), 1e-6)
    return np.clip(scaled * count, 0, count - 1).astype(np.intp)


def _shared(first: NDArray[np.intp], second: NDArray[np.intp], count: int = _LEVELS) -> float:
    joint = np.bincount(first * count + second, minlength=count**2).reshape(count, count) / len(first)
    return (_entropy(joint.sum(axis=0)) + _entropy(joint.sum(axis=1))) / max(_entropy(joint), 1e-9)


def _entropy(parts: NDArray[np.float64]) -> float:
    parts = parts[parts > 0]
    return float(-(parts * np.log(parts)).sum())
