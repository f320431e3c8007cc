"""A bend of diffusion images onto axial T2 in the gland: B-splines, Mattes mutual information, few control points.

The measure is that of Mattes et al. (IEEE TMI 2003;22:120): the fixed image falls into bins, the moving one into cubic
Parzen windows, and the gradient is exact. ITK's own B-spline stage carries each of its parameters, most of which rest,
through every voxel, knows no limit for each of them and no stiffness; here some fifty are found, each within ±8 mm.
"""

from dataclasses import dataclass

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from core.bend import FOLDS_FROM, Points

SPACING_MM = 20.0
"""Between control points: half a prostate, so that it bends as a whole and no lesion by itself."""
_MOST_MM = 0.99 * FOLDS_FROM * SPACING_MM
"""No control point moves farther along an axis (8 mm), so that nothing can fold."""

_BINS = 32
_STIFFNESS = 1.0
_STEPS = 40
_SMOOTHED_MM = (2.0, 1.0)
_Floats = NDArray[np.float64]
_Image = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Lattice:
    """Control points around a gland, and which of them may move: those in it or within a margin."""

    origin: _Floats
    axes: _Floats
    shape: tuple[int, int, int]
    free: NDArray[np.bool_]

    def at(self, points: Points) -> Points:
        """Return positions (mm, LPS) in steps of the lattice."""
        return (points - self.origin) @ self.axes.T / SPACING_MM


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Where images are compared: positions (n, 3) in mm, LPS, and the fixed image's values there."""

    points: Points
    values: _Floats


def lattice_around(region: Points, axes: _Floats) -> Lattice:
    """Return the control points in and around a region given by its positions, one of them in its middle.

    `axes` are the unit vectors across the slices, down and right of the fixed image. Those with a position of the
    region within half a step may move.
    """
    middle = region.mean(axis=0)
    at = (region - middle) @ axes.T / SPACING_MM
    low, high = np.rint(at.min(axis=0)).astype(int), np.rint(at.max(axis=0)).astype(int)
    first, second, third = (int(n) for n in high - low + 1)
    free = np.zeros((first, second, third), bool)
    free[tuple((np.rint(at).astype(int) - low).T)] = True
    return Lattice(middle + low * SPACING_MM @ axes, axes, (first, second, third), free.ravel())


def moves_of(samples: Samples, moving: Volume, lattice: Lattice) -> _Floats:
    """Return the moves (control points, down and right, in mm) that lay a placed image best on the fixed one.

    Of images that show nothing to compare, none.
    """
    weights = basis(lattice.at(samples.points), lattice.shape)[:, lattice.free]
    moves = np.zeros((weights.shape[1], 2))
    for smoothed_mm in _SMOOTHED_MM:
        moves = _Search(samples, moving, smoothed_mm, weights, lattice).best(moves)
    every = np.zeros((len(lattice.free), 2))
    every[lattice.free] = moves
    return every


def basis(at: Points, shape: tuple[int, int, int]) -> NDArray[np.float64]:
    """Return the weight (n, control points) of each control point of a lattice at positions in steps of the lattice."""
    weights = np.ones((len(at), 1))
    for axis, count in enumerate(shape):
        away = _cubic(at[:, axis, None] - np.arange(count))
        weights = (weights[:, :, None] * away[:, None, :]).reshape(len(at), -1)
    return weights


def _cubic(away: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the uniform cubic B-spline, which is 2/3 at 0 and 0 from 2 on."""
    far = np.abs(away)
    near = 2 / 3 - far**2 + far**3 / 2
    return np.where(far < 1, near, np.where(far < 2, (2 - far) ** 3 / 6, 0.0))


class _Search:
    """The images at one smoothness, and how well a bend lays them on one another."""

    def __init__(
        self, samples: Samples, moving: Volume, smoothed_mm: float, weights: _Floats, lattice: Lattice
    ) -> None:
        from scipy.ndimage import gaussian_filter

        sigma = [smoothed_mm / step for step in moving.spacing]
        self._image = np.asarray(gaussian_filter(moving.array.astype(np.float32), sigma), np.float32)
        self._slopes = [np.asarray(np.gradient(self._image, axis=axis), np.float32) for axis in range(3)]
        to_voxels = np.linalg.inv(moving.affine)[:3]
        self._start = to_voxels[:, :3] @ samples.points.T + to_voxels[:, 3:]
        self._step = to_voxels[:, :3] @ lattice.axes[1:].T
        self._weights, self._lattice = weights, lattice
        self._fixed = np.clip(_binned(samples.values, _BINS), 0, _BINS - 1).astype(np.intp)
        inside = self._values(self._image, self._start)
        self._low, high = np.percentile(inside, (0.5, 99.5))
        self._scale = _BINS / max(float(high - self._low), 1e-6)

    def best(self, moves: _Floats) -> _Floats:
        """Return the moves with the best match near those given."""
        from scipy.optimize import minimize

        found = minimize(
            lambda x: self._cost(x.reshape(-1, 2)),
            moves.ravel(),
            jac=True,
            method="L-BFGS-B",
            bounds=[(-_MOST_MM, _MOST_MM)] * moves.size,
            options={"maxiter": _STEPS, "ftol": 1e-6},
        )
        return np.asarray(found.x, np.float64).reshape(-1, 2)

    def _cost(self, moves: _Floats) -> tuple[float, _Floats]:
        there = self._start + self._step @ np.einsum("np,pc->cn", self._weights, moves)
        information, slope = self._information(self._values(self._image, there))
        along = np.stack([self._values(one, there) for one in self._slopes]) * slope
        gradient = np.einsum("np,cn->pc", self._weights, self._step.T @ along)
        stiff, pull = _stiffness(moves, self._lattice)
        return stiff - information, (pull - gradient).ravel()

    def _information(self, values: _Floats) -> tuple[float, _Floats]:
        """Return the mutual information (nat), and how it grows with each value."""
        at = np.clip((values - self._low) * self._scale, 0, _BINS - 1e-9) + 1
        first = np.floor(at).astype(np.intp)
        windows, slopes = _parzen(at - first)
        cell = self._fixed * (_BINS + 3) + first - 1
        joint = np.zeros(_BINS * (_BINS + 3))
        for offset, weight in enumerate(windows):
            joint += np.bincount(cell + offset, weight, len(joint))
        joint = joint.reshape(_BINS, -1) / len(values)
        fixed, moving = joint.sum(axis=1, keepdims=True), joint.sum(axis=0, keepdims=True)
        ratio = np.log(np.divide(joint, fixed * moving, where=joint > 0, out=np.ones_like(joint)))
        of_value = np.log(np.divide(joint, moving, where=joint > 0, out=np.ones_like(joint))).ravel()
        growth = sum(slope * of_value[cell + offset] for offset, slope in enumerate(slopes))
        return float((joint * ratio).sum()), np.asarray(growth) * self._scale / len(values)

    @staticmethod
    def _values(image: _Image, there: _Floats) -> _Floats:
        from scipy.ndimage import map_coordinates

        return map_coordinates(image, there, np.float64, order=1, mode="nearest")


def _binned(values: _Floats, bins: int) -> _Floats:
    low, high = np.percentile(values, (0.5, 99.5))
    return (values - low) * bins / max(float(high - low), 1e-6)


def _parzen(past: _Floats) -> tuple[tuple[_Floats, ...], tuple[_Floats, ...]]:
    """Return the four cubic windows over a value that is `past` a bin, and how each grows with it."""
    left = 1 - past
    windows = (left**3 / 6, 2 / 3 - past**2 + past**3 / 2, 2 / 3 - left**2 + left**3 / 2, past**3 / 6)
    slopes = (-(left**2) / 2, 1.5 * past**2 - 2 * past, 2 * left - 1.5 * left**2, past**2 / 2)
    return windows, slopes


def _stiffness(moves: _Floats, lattice: Lattice) -> tuple[float, _Floats]:
    """Return what it costs that neighbours move differently, those beyond the lattice at rest, and its slope."""
    every = np.zeros((*lattice.shape, 2))
    every.reshape(-1, 2)[lattice.free] = moves
    every = np.pad(every / SPACING_MM, ((1, 1), (1, 1), (1, 1), (0, 0)))
    cost, slope = 0.0, np.zeros_like(every)
    for axis in range(3):
        apart = np.diff(every, axis=axis)
        cost += float((apart**2).sum())
        pad = [(0, 0)] * 4
        pad[axis] = (1, 1)
        slope -= 2 * np.diff(np.pad(apart, pad), axis=axis)
    share = _STIFFNESS / len(moves)
    inner = slope[1:-1, 1:-1, 1:-1].reshape(-1, 2)[lattice.free] / SPACING_MM
    return share * cost, share * inner
