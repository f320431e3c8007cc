"""Three planes at right angles, turned together: axial, sagittal and coronal of the patient or of a series."""

from dataclasses import dataclass
from itertools import combinations, product
from math import acos, atan2, degrees

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from viewer.render.geometry import Pair, Plane, StackGeometry, Vector, cross, stack_geometry, voxel_mm_along

PLANES = (Plane.AXIAL, Plane.SAGITTAL, Plane.CORONAL)
"""The three planes in reading order."""

_READING_STEP = {Plane.AXIAL: -1, Plane.SAGITTAL: -1, Plane.CORONAL: 1}
"""Which way along its normal each plane is read: to inferior, to the left, to posterior."""
_LEAST_TILT_DEG = 0.05
_EDGES = [(a, b) for a, b in combinations(range(8), 2) if bin(a ^ b).count("1") == 1]


@dataclass(frozen=True, slots=True, eq=False)
class Axes:
    """The screen axes of one plane: unit vectors (LPS) to the right and down, at right angles."""

    right: Vector
    down: Vector

    @property
    def normal(self) -> Vector:
        """Right × down, as in `StackGeometry`."""
        return cross(self.right, self.down)

    def turned(self, axis: Vector, radians: float) -> "Axes":
        """Return the axes turned about a unit vector by the right-hand rule."""
        right = _turned(self.right, axis, radians)
        down = _turned(self.down, axis, radians)
        right = right / np.linalg.norm(right)
        down = down - (down @ right) * right  # so that the last digits lost by many turns do not add up
        return Axes(right, down / np.linalg.norm(down))


@dataclass(frozen=True, slots=True, eq=False)
class Planes:
    """The axes of the axial, the sagittal and the coronal plane."""

    axial: Axes
    sagittal: Axes
    coronal: Axes

    def of(self, plane: Plane) -> Axes:
        """Return the axes of one plane."""
        return self.axial if plane is Plane.AXIAL else self.sagittal if plane is Plane.SAGITTAL else self.coronal

    def turned(self, about: Plane, radians: float) -> "Planes":
        """Return the planes with the other two turned about the normal of `about`; clockwise on its screen is positive.

        `about` itself stays as it is, its screen axes too: only the lines in it turn.
        """
        axis = self.of(about).normal
        return Planes(*(self.of(p) if p is about else self.of(p).turned(axis, radians) for p in PLANES))

    def tilt_deg(self, plane: Plane, base: "Planes") -> float:
        """Return the angle (degrees, 0 to 90) between a plane and the same of `base`."""
        if self.of(plane) is base.of(plane):
            return 0.0
        cosine = abs(float(self.of(plane).normal @ base.of(plane).normal))
        angle = degrees(acos(min(cosine, 1.0)))
        return angle if angle > _LEAST_TILT_DEG else 0.0

    def direction(self, shown: Plane, other: Plane) -> Pair:
        """Return the unit (u, v) in which the plane `other` cuts the picture of `shown`."""
        axes = self.of(shown)
        along = cross(axes.normal, self.of(other).normal)
        return float(along @ axes.right), float(along @ axes.down)


def _of_patient() -> Planes:
    return Planes(*(Axes(*(np.array(edge) for edge in plane.value)) for plane in PLANES))


PATIENT = _of_patient()
"""The planes of the patient, hung as radiologists hang them."""


def own_planes(volume: Volume) -> Planes:
    """Return the planes along the axes of a volume, each hung as the patient's nearest to it."""
    stack = stack_geometry(volume)
    if stack.plane is Plane.AXIAL:
        left, posterior = stack.right, stack.down
    elif stack.plane is Plane.CORONAL:
        left, posterior = stack.right, stack.normal
    else:
        left, posterior = -stack.normal, stack.right
    superior = np.cross(left, posterior)
    return Planes(Axes(left, posterior), Axes(posterior, -superior), Axes(left, -superior))


def oblique_stack(volume: Volume, plane: Plane, axes: Axes) -> StackGeometry:
    """Return how planes along `axes`, one voxel apart, lie on a screen: all that hold something of `volume`.

    Along the axes of the volume these are its own slices.
    """
    right, down, normal = axes.right, axes.down, axes.normal
    outer, middles = _corners(volume, 0.5), _corners(volume, 0.0)
    us, vs, depths = outer @ right, outer @ down, middles @ normal
    step = voxel_mm_along(volume, normal)
    return StackGeometry(
        plane=plane,
        right=right,
        down=down,
        normal=normal,
        first_depth=float(depths.min()),
        depth_step=step,
        slice_count=round(float(np.ptp(depths)) / step) + 1,
        reading_step=_READING_STEP[plane],
        top_left=(float(us.min()), float(vs.min())),
        bottom_right=(float(us.max()), float(vs.max())),
        pixel_mm=(voxel_mm_along(volume, right), voxel_mm_along(volume, down)),
    )


def cut_of(volume: Volume, stack: StackGeometry, depth: float) -> NDArray[np.float64]:
    """Return the convex polygon (n, 2) of (u, v) that a plane cuts out of the volume's box; n is 0 when it misses."""
    return BoxCuts(volume, stack).at(depth)


class BoxCuts:
    """What the planes of a stack cut out of the box of a volume."""

    def __init__(self, volume: Volume, stack: StackGeometry) -> None:
        uvd = _corners(volume, 0.5) @ np.column_stack([stack.right, stack.down, stack.normal])
        self._corners: list[list[float]] = uvd.tolist()

    def at(self, depth: float) -> NDArray[np.float64]:
        """Return the convex polygon (n, 2) of (u, v) in the plane at `depth`; n is 0 when it misses the box."""
        points = [(u, v) for u, v, d in self._corners if d == depth]
        for a, b in _EDGES:
            (u, v, d), (u2, v2, d2) = self._corners[a], self._corners[b]
            if (d - depth) * (d2 - depth) < 0:
                share = (depth - d) / (d2 - d)
                points.append((u + share * (u2 - u), v + share * (v2 - v)))
        if len(points) < 3:
            return np.empty((0, 2))
        middle_u, middle_v = (sum(along) / len(points) for along in zip(*points, strict=True))
        return np.array(sorted(points, key=lambda at: atan2(at[1] - middle_v, at[0] - middle_u)))


def _turned(vector: Vector, axis: Vector, radians: float) -> Vector:
    """Return a vector turned about a unit vector (Rodrigues)."""
    cosine, sine = float(np.cos(radians)), float(np.sin(radians))
    return cosine * vector + sine * np.cross(axis, vector) + (1 - cosine) * float(axis @ vector) * axis


def _corners(volume: Volume, beyond: float) -> NDArray[np.float64]:
    """Return the eight corners (8, 3) in LPS of the voxels' middles, or so many voxels beyond."""
    ends = np.array(list(product(*[(-beyond, n - 1 + beyond) for n in volume.spatial_shape])))
    return ends @ volume.affine[:3, :3].T + volume.affine[:3, 3]
