"""How a stack of images lies on a screen: its plane, the way up, its slices in reading order, and its letters.

Every stack is shown in the plane it was acquired in. Its screen axes are its own row and column directions, turned
and flipped as radiologists hang them: the patient's right on the left of the picture, anterior up in axial and left
in sagittal pictures, superior up in sagittal and coronal ones. `u` and `v` are millimetres along these two axes and
`depth` millimetres along the normal, all three from the origin of the frame of reference, so that any point in LPS
has exactly one (u, v, depth).
"""

from dataclasses import dataclass
from enum import Enum
from itertools import permutations, product

import numpy as np
from highdicom import Volume
from numpy.typing import NDArray

from core.volume import PointLps

Vector = NDArray[np.float64]
Pair = tuple[float, float]

_PARALLEL = 0.9  # cosine of 26°: closer normals are slices of the same anatomical plane
_LETTER_FROM = 0.25  # sine of 14.5°: a smaller tilt is not worth a second letter


class Plane(Enum):
    """The anatomical plane nearest to a stack, with the patient directions (LPS) of its right and lower edges."""

    AXIAL = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
    CORONAL = ((1.0, 0.0, 0.0), (0.0, 0.0, -1.0))
    SAGITTAL = ((0.0, 1.0, 0.0), (0.0, 0.0, -1.0))


@dataclass(frozen=True, slots=True, eq=False)
class StackGeometry:
    """The screen axes of a stack (unit vectors, LPS) and where its slices are.

    `normal` is right × down. Slice k of the volume lies at `first_depth + k * depth_step`; `reading_step` is +1 when
    rising k is the order that slices are read in (superior to inferior, right to left, anterior to posterior).
    `top_left` and `bottom_right` are the outer (u, v) of the picture, and `pixel_mm` its voxel size along (u, v).
    """

    plane: Plane
    right: Vector
    down: Vector
    normal: Vector
    first_depth: float
    depth_step: float
    slice_count: int
    reading_step: int
    top_left: Pair
    bottom_right: Pair
    pixel_mm: Pair

    @property
    def thickness(self) -> float:
        """The distance between two slices in millimetres."""
        return abs(self.depth_step)

    @property
    def size_mm(self) -> Pair:
        """The width and height of the picture in millimetres."""
        return self.bottom_right[0] - self.top_left[0], self.bottom_right[1] - self.top_left[1]

    @property
    def middle(self) -> Pair:
        """The (u, v) of the middle of the picture."""
        return (self.top_left[0] + self.bottom_right[0]) / 2, (self.top_left[1] + self.bottom_right[1]) / 2

    def uvd(self, point: PointLps) -> tuple[float, float, float]:
        """Return (u, v, depth) of a patient position."""
        p = np.asarray(point)
        return float(p @ self.right), float(p @ self.down), float(p @ self.normal)

    def lps(self, u: float, v: float, depth: float) -> PointLps:
        """Return the patient position of (u, v, depth)."""
        x, y, z = u * self.right + v * self.down + depth * self.normal
        return float(x), float(y), float(z)

    def depth_of(self, slice_index: int) -> float:
        """Return the depth of slice k."""
        return self.first_depth + slice_index * self.depth_step

    def nearest_slice(self, point: PointLps) -> int:
        """Return the slice k that lies nearest to a patient position."""
        k = round((self.uvd(point)[2] - self.first_depth) / self.depth_step)
        return min(max(k, 0), self.slice_count - 1)

    def holds_depth(self, point: PointLps) -> bool:
        """Tell whether a patient position lies between the outer faces of the first and the last slice."""
        k = (self.uvd(point)[2] - self.first_depth) / self.depth_step
        return -0.5 - 1e-6 <= k <= self.slice_count - 0.5 + 1e-6

    def number_of(self, slice_index: int) -> int:
        """Return the number, from 1, of slice k in reading order."""
        return slice_index + 1 if self.reading_step > 0 else self.slice_count - slice_index

    def is_parallel_to(self, other: "StackGeometry") -> bool:
        """Tell whether both stacks are slices of the same anatomical plane."""
        return abs(float(self.normal @ other.normal)) > _PARALLEL


@dataclass(frozen=True, slots=True, eq=False)
class ScreenPlane:
    """A picture of `width` × `height` pixels of one slice plane: `centre` is the (u, v) at its middle.

    Pixels are continuous: the first pixel covers 0 to 1 and has its middle at 0.5.
    """

    stack: StackGeometry
    depth: float
    centre: Pair
    mm_per_pixel: float
    width: float
    height: float

    def uv(self, x: float, y: float) -> Pair:
        """Return the (u, v) under a pixel position."""
        return (
            self.centre[0] + (x - self.width / 2) * self.mm_per_pixel,
            self.centre[1] + (y - self.height / 2) * self.mm_per_pixel,
        )

    def lps(self, x: float, y: float) -> PointLps:
        """Return the patient position under a pixel position."""
        return self.stack.lps(*self.uv(x, y), self.depth)

    def pixel(self, point: PointLps) -> Pair:
        """Return the pixel position of a patient position, projected along the normal."""
        u, v, _ = self.stack.uvd(point)
        return self.pixel_of_uv(u, v)

    def pixel_of_uv(self, u: float, v: float) -> Pair:
        """Return the pixel position of (u, v)."""
        return (
            (u - self.centre[0]) / self.mm_per_pixel + self.width / 2,
            (v - self.centre[1]) / self.mm_per_pixel + self.height / 2,
        )


def cross(first: Vector, second: Vector) -> Vector:
    """Return the cross product of two vectors (3,); numpy's own takes ten times as long for one pair."""
    a, b, c = first.tolist()
    x, y, z = second.tolist()
    return np.array((b * z - c * y, c * x - a * z, a * y - b * x))


def stack_geometry(volume: Volume) -> StackGeometry:
    """Return how the slices of `volume` lie on a screen."""
    k_axis, j_axis, i_axis = (volume.affine[:3, axis] for axis in range(3))
    k_step, rows, columns = volume.spatial_shape[0], volume.spatial_shape[1], volume.spatial_shape[2]
    plane = _nearest_plane(np.cross(i_axis, j_axis))
    right, down = _hung(plane, _unit(i_axis), _unit(j_axis))
    normal = np.cross(right, down)
    first = volume.affine[:3, 3]
    corners = [first + i * i_axis + j * j_axis for i in (-0.5, columns - 0.5) for j in (-0.5, rows - 0.5)]
    us, vs = [float(c @ right) for c in corners], [float(c @ down) for c in corners]
    along_row = abs(float(_unit(i_axis) @ right)) > 0.5
    row_mm, column_mm = float(np.linalg.norm(i_axis)), float(np.linalg.norm(j_axis))
    return StackGeometry(
        plane=plane,
        right=right,
        down=down,
        normal=normal,
        first_depth=float(first @ normal),
        depth_step=float(k_axis @ normal),
        slice_count=int(k_step),
        reading_step=_reading_step(plane, k_axis),
        top_left=(min(us), min(vs)),
        bottom_right=(max(us), max(vs)),
        pixel_mm=(row_mm, column_mm) if along_row else (column_mm, row_mm),
    )


def voxel_mm_along(volume: Volume, direction: Vector) -> float:
    """Return how far (mm) one goes along a unit vector (LPS) until some voxel index has changed by one.

    Along an axis of the grid that is the spacing there.
    """
    per_mm = np.linalg.inv(volume.affine[:3, :3]) @ direction
    return float(1 / np.abs(per_mm).max())


def orientation_letters(direction: Vector) -> str:
    """Return the patient directions that a unit vector (LPS) points to, the strongest first: `A`, or `AS` for obliques.

    The letters are those of PS3.3 C.7.6.1.1.1; a part of less than 14.5° is left out.
    """
    order = sorted(range(3), key=lambda axis: -abs(direction[axis]))
    return "".join("RAI"[a] if direction[a] < 0 else "LPS"[a] for a in order if abs(direction[a]) > _LETTER_FROM)


def signed_position(stack: StackGeometry, slice_index: int) -> str:
    """Return where slice k lies in the patient, e.g. `S 38.5 mm`, measured at the middle of its picture."""
    axis = int(np.argmax(np.abs(stack.normal)))
    value = stack.lps(*stack.middle, stack.depth_of(slice_index))[axis]
    return f"{'RAI'[axis] if value < 0 else 'LPS'[axis]} {abs(value):.1f} mm"


def cross_directions(stack: StackGeometry, normals: tuple[Vector, ...]) -> tuple[Pair, Pair]:
    """Return the two (u, v) directions in which the planes with `normals` cut this stack's plane.

    A plane that is missing or nearly parallel to this one leaves the screen's own axis in its place.
    """
    lines: list[Pair] = [(1.0, 0.0), (0.0, 1.0)]
    for normal in normals:
        line = np.cross(stack.normal, normal)
        if np.linalg.norm(line) < 0.5:
            continue
        u, v = float(line @ stack.right), float(line @ stack.down)
        lines[0 if abs(u) >= abs(v) else 1] = (u, v)
    return lines[0], lines[1]


def _unit(vector: Vector) -> Vector:
    return vector / np.linalg.norm(vector)


def _nearest_plane(normal: Vector) -> Plane:
    return (Plane.SAGITTAL, Plane.CORONAL, Plane.AXIAL)[int(np.argmax(np.abs(normal)))]


def _hung(plane: Plane, row: Vector, column: Vector) -> tuple[Vector, Vector]:
    """Return the turn and flip of the two image directions that comes nearest to how `plane` is hung."""
    wanted_right, wanted_down = (np.array(edge) for edge in plane.value)
    candidates = [
        (sign_a * a, sign_b * b) for a, b in permutations((row, column)) for sign_a, sign_b in product((1, -1), (1, -1))
    ]
    return max(candidates, key=lambda c: float(c[0] @ wanted_right + c[1] @ wanted_down))


def _reading_step(plane: Plane, k_axis: Vector) -> int:
    """Return +1 when rising k goes inferior, left or posterior, as stacks are read; else -1."""
    read_along = {Plane.AXIAL: (0, 0, -1), Plane.SAGITTAL: (1, 0, 0), Plane.CORONAL: (0, 1, 0)}[plane]
    return 1 if float(k_axis @ np.array(read_along)) > 0 else -1
