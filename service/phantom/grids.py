"""Where the voxels of each series lie in the patient, and where that is in the pelvis."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.phantom.shapes import Points, Vector

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Grid:
    """The slices of one series in patient millimetres (LPS).

    `axes` has the direction of a row, of a column and of the slices (their right-handed normal) as its columns;
    `shape` is (slices, rows, columns), `pixel_mm` the in-plane spacing, `step_mm` that from slice to slice.
    """

    shape: tuple[int, int, int]
    pixel_mm: float
    step_mm: float
    thickness_mm: float
    axes: Matrix
    centre_lps: Vector

    @property
    def affine(self) -> Matrix:
        """The map from (k, j, i) to LPS."""
        row, column, normal = self.axes.T
        affine = np.eye(4)
        affine[:3, 0], affine[:3, 1], affine[:3, 2] = (
            normal * self.step_mm,
            column * self.pixel_mm,
            row * self.pixel_mm,
        )
        middle = (np.array(self.shape) - 1.0) / 2.0
        affine[:3, 3] = np.array(self.centre_lps) - affine[:3, :3] @ middle
        return affine

    def samples(self, k: int, *, fine: int, deep: int) -> Iterator[Matrix]:
        """Yield LPS positions (3, rows·fine, columns·fine) on `deep` levels through slice `k`."""
        affine = self.affine
        offsets = ((np.arange(deep) + 0.5) / deep - 0.5) * self.thickness_mm / self.step_mm
        j, i = ((np.arange(count * fine) + 0.5) / fine - 0.5 for count in self.shape[1:])
        for offset in offsets:
            start = affine[:3, 3] + affine[:3, 0] * (k + offset)
            yield (
                start[:, None, None]
                + affine[:3, 1][:, None, None] * j[None, :, None]
                + affine[:3, 2][:, None, None] * i[None, None, :]
            )


@dataclass(frozen=True, slots=True)
class Pose:
    """How the pelvis lies in the scanner: columns of `axes` are its u, v, w in LPS; `origin` is the gland's centre."""

    axes: Matrix
    origin: Vector

    def points(self, lps: Matrix) -> Points:
        """Return LPS positions (3, …) as points of the pelvis."""
        x, y, z = (axis.ravel() - start for axis, start in zip(lps, self.origin, strict=True))
        u, v, w = ((x * a[0] + y * a[1] + z * a[2]).astype(np.float32) for a in self.axes.T)
        return Points(u, v, w)

    def lps(self, point: Vector) -> Vector:
        """Return a point of the pelvis in LPS."""
        x, y, z = self.axes @ np.array(point) + np.array(self.origin)
        return float(x), float(y), float(z)


def turned(*, lean_deg: float, roll_deg: float = 0.0, yaw_deg: float = 0.0) -> Matrix:
    """Return axial axes whose normal leans back by `lean_deg`, then rolls about y and turns about z."""
    lean, roll, yaw = np.deg2rad((lean_deg, roll_deg, yaw_deg))
    about_x = np.array([[1, 0, 0], [0, np.cos(lean), np.sin(lean)], [0, -np.sin(lean), np.cos(lean)]])
    about_y = np.array([[np.cos(roll), 0, np.sin(roll)], [0, 1, 0], [-np.sin(roll), 0, np.cos(roll)]])
    about_z = np.array([[np.cos(yaw), -np.sin(yaw), 0], [np.sin(yaw), np.cos(yaw), 0], [0, 0, 1]])
    return about_z @ about_y @ about_x
