"""How diffusion images are bent onto the axial T2 in the gland: a cubic B-spline of few control points.

A man's rectum fills between two sequences, and echo planar images are bent by gas in it; no shift or turn undoes that.
A bend sends each position on T2, within the plane of T2, to the position of the placed images that belongs there, and
dies away outside the gland (Rueckert et al., IEEE TMI 1999;18:712, with the control points beyond the gland at rest).
"""

from dataclasses import dataclass

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from core.volume import PointLps

Points = NDArray[np.float64]
"""Positions or shifts (n, 3) in mm, LPS."""

FOLDS_FROM = 1 / 2.48
"""Control points that move less than this part of their spacing along each axis never fold what they bend (Choi and
Lee, Graphical Models 2000;62:411)."""

_REACH = 2
"""So many steps from a control point its cubic B-spline ends."""
_PAD = _REACH + 1
_LEAST_MM = 1e-3
_STEPS = 100


@dataclass(frozen=True, slots=True)
class Bend:
    """A lattice of control points `origin` + k, j, i × `spacing_mm` × `axes`, and how far each moves.

    `axes` are the unit vectors (LPS) across the slices, down and right of the axial T2. `moves` are, for each control
    point in the order of `shape` (k slowest), millimetres down and right; beyond the lattice nothing moves. `most_mm`
    is how far it moves anything within the gland; `score` and `witness` are the mutual information (nat) with it of the
    images that it was found on, and of the ADC map, which it was not. Raises ValueError for a lattice that could fold.
    """

    origin: PointLps
    axes: tuple[PointLps, PointLps, PointLps]
    spacing_mm: tuple[float, float, float]
    shape: tuple[int, int, int]
    moves: tuple[tuple[float, float], ...]
    most_mm: float
    score: float
    witness: float

    def __post_init__(self) -> None:
        axes, moves = np.array(self.axes), np.array(self.moves)
        if min(self.spacing_mm) <= 0 or not np.allclose(axes @ axes.T, np.eye(3), atol=1e-6):
            raise ValueError("The lattice of a bend has axes at right angles and steps above zero.")
        if len(self.moves) != np.prod(self.shape) or not np.isfinite(moves).all():
            raise ValueError("A bend has one move, down and right, of each control point.")
        if not (np.abs(moves) < FOLDS_FROM * np.array(self.spacing_mm[1:])).all():
            raise ValueError("A bend moves its control points so little that nothing folds.")

    def shifts(self, points: Points) -> Points:
        """Return by how much (n, 3) the images are read beside each position."""
        from scipy.ndimage import map_coordinates

        at = (points - self.origin) @ np.array(self.axes).T / self.spacing_mm
        shifts = np.zeros_like(points)
        near = np.flatnonzero(((at > -_REACH) & (at < np.array(self.shape) - 1 + _REACH)).all(axis=1))
        moves = np.pad(np.reshape(self.moves, (*self.shape, 2)), ((_PAD, _PAD),) * 3 + ((0, 0),))
        for axis, way in zip(self.axes[1:], np.moveaxis(moves, -1, 0), strict=True):
            moved = map_coordinates(way, at[near].T + _PAD, np.float64, order=3, mode="constant", prefilter=False)
            shifts[near] += moved[:, None] * axis
        return shifts

    def bent(self, volume: Volume) -> Volume:
        """Return a placed volume (k, j, i) bent, on its own grid: interpolated linearly where it moves, else as it was.

        Whole numbers stay whole numbers.
        """
        from scipy.ndimage import map_coordinates

        array = np.array(volume.array, order="C")
        plane = np.moveaxis(np.indices(array.shape[1:], np.float64), 0, -1).reshape(-1, 2)
        to_voxels = np.linalg.inv(volume.affine)[:3]
        for k in range(len(array)):
            points = np.column_stack([np.full(len(plane), k), plane]) @ volume.affine[:3, :3].T + volume.affine[:3, 3]
            shifts = self.shifts(points)
            moved = np.flatnonzero(np.linalg.norm(shifts, axis=1) >= _LEAST_MM)
            there = to_voxels[:, :3] @ (points[moved] + shifts[moved]).T + to_voxels[:, 3:]
            values = map_coordinates(volume.array, there, np.float64, order=1, mode="nearest")
            array[k].reshape(-1)[moved] = np.rint(values) if array.dtype.kind in "iu" else values
        return Volume(
            array=array,
            affine=volume.affine,
            coordinate_system="PATIENT",
            frame_of_reference_uid=volume.frame_of_reference_uid,
        )

    def carried(self, points: Points) -> Points:
        """Return where positions (n, 3) on the placed images come to lie on T2, to a thousandth of a millimetre."""
        found = points
        for _ in range(_STEPS):
            missed = found + self.shifts(found) - points
            if np.abs(missed).max(initial=0.0) < _LEAST_MM:
                break
            found = found - missed
        return found

    @property
    def in_words(self) -> str:
        """How much it bends, e.g. `bent by up to 2.3 mm in the gland`."""
        return f"bent by up to {self.most_mm:.1f} mm in the gland"
