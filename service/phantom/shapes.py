"""Solids as signed distances (mm, negative inside) over many points at once, each with the box that holds it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Vector = tuple[float, float, float]

_FAR = 1e6
_NEAR_MM = 10.0


class Points(NamedTuple):
    """Positions in millimetres in the frame of the pelvis: u to the patient's left, v to the back, w to the head.

    The frame leans back by the tilt of the prostate's long axis, and its origin is the centre of the gland.
    """

    u: Floats
    v: Floats
    w: Floats

    def mirrored(self) -> "Points":
        """Return the points with the right half folded onto the left."""
        return Points(np.abs(self.u), self.v, self.w)

    def box(self) -> "Box":
        """Return the corners of the smallest box around the points."""
        return Box(_vector(*(axis.min() for axis in self)), _vector(*(axis.max() for axis in self)))


class Box(NamedTuple):
    """The two corners of a box along u, v and w."""

    low: Vector
    high: Vector

    def grown(self, by_mm: float) -> "Box":
        """Return the box with every face moved out by `by_mm`."""
        return Box(_vector(*(x - by_mm for x in self.low)), _vector(*(x + by_mm for x in self.high)))

    def meets(self, other: "Box") -> bool:
        """Tell whether the boxes touch."""
        return all(a <= b for a, b in zip((*self.low, *other.low), (*other.high, *self.high), strict=True))


@dataclass(frozen=True, slots=True)
class Shape:
    """A solid: its signed distance, and a box outside which the distance is positive."""

    distance: Callable[[Points], Floats]
    box: Box

    def __call__(self, points: Points) -> Floats:
        """Return the signed distance of the points."""
        return self.distance(points)


def ellipsoid(centre: Vector, radii: Vector, *, turn_deg: float = 0.0, lean_deg: float = 0.0) -> Shape:
    """Return an ellipsoid turned about w (from u to v), then leaned about u (from v to w)."""
    axes = _axes(turn_deg, lean_deg)
    reach = np.sqrt(((axes * np.array(radii)[:, None]) ** 2).sum(axis=0))

    def distance(points: Points) -> Floats:
        a, b, c = _local(points, centre, axes)
        a, b, c = a * np.float32(1 / radii[0]), b * np.float32(1 / radii[1]), c * np.float32(1 / radii[2])
        size2 = a * a + b * b + c * c
        a, b, c = a * np.float32(1 / radii[0]), b * np.float32(1 / radii[1]), c * np.float32(1 / radii[2])
        steepness = np.sqrt(a * a + b * b + c * c + np.float32(1e-12))
        return ((size2 - np.sqrt(size2)) / steepness).astype(np.float32, copy=False)

    return Shape(distance, Box(_vector(*np.subtract(centre, reach)), _vector(*np.add(centre, reach))))


def capsule(start: Vector, end: Vector, radius: float, end_radius: float | None = None) -> Shape:
    """Return a rod from `start` to `end` with round ends, tapering to `end_radius`."""
    last = radius if end_radius is None else end_radius
    along = np.subtract(end, start)
    x, y, z = (np.float32(value) for value in along / float(along @ along))
    dx, dy, dz = (np.float32(value) for value in along)
    growth = np.float32(last - radius)

    def distance(points: Points) -> Floats:
        a, b, c = (axis - np.float32(value) for axis, value in zip(points, start, strict=True))
        h = np.minimum(np.maximum(a * x + b * y + c * z, np.float32(0.0)), np.float32(1.0))
        a, b, c = a - h * dx, b - h * dy, c - h * dz
        return np.sqrt(a * a + b * b + c * c) - np.float32(radius) - growth * h

    ends = np.array((start, end))
    return Shape(distance, Box(_vector(*ends.min(axis=0)), _vector(*ends.max(axis=0))).grown(max(radius, last)))


def chain(path: tuple[Vector, ...], radii: tuple[float, ...]) -> Shape:
    """Return a bent rod through the given points, with a radius at each."""
    rods = (capsule(start, end, r, s) for start, end, r, s in zip(path, path[1:], radii, radii[1:], strict=False))
    return union(*rods)


def above(level: float) -> Shape:
    """Return everything above the plane w = `level`."""
    return Shape(lambda points: np.float32(level) - points.w, Box((-_FAR, -_FAR, level), (_FAR, _FAR, _FAR)))


def slab(v_range: tuple[float, float], w_range: tuple[float, float]) -> Shape:
    """Return the endless bar between two values of v and two of w."""

    def distance(points: Points) -> Floats:
        beside = np.maximum(np.float32(v_range[0]) - points.v, points.v - np.float32(v_range[1]))
        beyond = np.maximum(np.float32(w_range[0]) - points.w, points.w - np.float32(w_range[1]))
        return np.maximum(beside, beyond)

    return Shape(distance, Box((-_FAR, v_range[0], w_range[0]), (_FAR, v_range[1], w_range[1])))


def both(shape: Shape) -> Shape:
    """Return `shape` of the left side and its mirror image."""
    reach = max(abs(shape.box.low[0]), abs(shape.box.high[0]))
    box = Box((-reach, *shape.box.low[1:]), (reach, *shape.box.high[1:]))
    return Shape(lambda points: shape(points.mirrored()), box)


def union(*shapes: Shape) -> Shape:
    """Return what is in any of the shapes; its distance is only told up to a centimetre."""

    def distance(points: Points) -> Floats:
        here = points.box().grown(_NEAR_MM)
        nearest = np.full(points.u.shape, _NEAR_MM, dtype=np.float32)
        for shape in shapes:
            if shape.box.meets(here):
                nearest = np.minimum(nearest, shape(points))
        return nearest

    low = np.min([shape.box.low for shape in shapes], axis=0)
    high = np.max([shape.box.high for shape in shapes], axis=0)
    return Shape(distance, Box(_vector(*low), _vector(*high)))


def melted(first: Shape, second: Shape, reach_mm: float) -> Shape:
    """Return the union of two shapes with the crease between them filled over `reach_mm`."""

    def distance(points: Points) -> Floats:
        a, b = first(points), second(points)
        h = np.clip(0.5 + 0.5 * (b - a) / reach_mm, 0.0, 1.0)
        return (b + (a - b) * h - reach_mm * h * (1.0 - h)).astype(np.float32, copy=False)

    return Shape(distance, union(first, second).box.grown(reach_mm / 4.0))


def within(shape: Shape, limit: Shape) -> Shape:
    """Return the part of `shape` that lies in `limit`."""
    low = np.maximum(shape.box.low, limit.box.low)
    high = np.minimum(shape.box.high, limit.box.high)
    return Shape(lambda points: np.maximum(shape(points), limit(points)), Box(_vector(*low), _vector(*high)))


def without(shape: Shape, taken_away: Shape) -> Shape:
    """Return `shape` less `taken_away`."""
    return Shape(lambda points: np.maximum(shape(points), -taken_away(points)), shape.box)


def grown(shape: Shape, by_mm: float) -> Shape:
    """Return `shape` grown by `by_mm`, or shrunk where that is negative."""
    return Shape(lambda points: shape(points) - np.float32(by_mm), shape.box.grown(by_mm))


def lumpy(shape: Shape, *, depth_mm: float, length_mm: float) -> Shape:
    """Return `shape` with folds of `depth_mm` about every `length_mm` on its surface."""
    turn = np.float32(2.0 * np.pi / length_mm)

    def distance(points: Points) -> Floats:
        u, v, w = points.u * turn, points.v * turn, points.w * turn
        folds = np.sin(u + 0.6 * w) * np.cos(v - 0.4 * u) + 0.6 * np.sin(v + 0.8 * w - 1.7 * u)
        return shape(points) + (depth_mm * folds).astype(np.float32, copy=False)

    return Shape(distance, shape.box.grown(1.6 * depth_mm))


def rim(shape: Shape, inside_mm: float, outside_mm: float) -> Shape:
    """Return the skin of `shape` from `inside_mm` below its surface to `outside_mm` above it."""
    middle, half = (outside_mm - inside_mm) / 2.0, (outside_mm + inside_mm) / 2.0
    return Shape(
        lambda points: np.abs(shape(points) - np.float32(middle)) - np.float32(half), shape.box.grown(outside_mm)
    )


def _vector(u: float, v: float, w: float) -> Vector:
    return float(u), float(v), float(w)


def _axes(turn_deg: float, lean_deg: float) -> NDArray[np.float64]:
    turn, lean = np.deg2rad(turn_deg), np.deg2rad(lean_deg)
    about_w = np.array([[np.cos(turn), np.sin(turn), 0.0], [-np.sin(turn), np.cos(turn), 0.0], [0.0, 0.0, 1.0]])
    about_u = np.array([[1.0, 0.0, 0.0], [0.0, np.cos(lean), np.sin(lean)], [0.0, -np.sin(lean), np.cos(lean)]])
    return about_u @ about_w


def _local(points: Points, centre: Vector, axes: NDArray[np.float64]) -> tuple[Floats, Floats, Floats]:
    u, v, w = (axis - np.float32(value) for axis, value in zip(points, centre, strict=True))
    first, second, third = (
        (u * np.float32(axis[0]) + v * np.float32(axis[1]) + w * np.float32(axis[2])).astype(np.float32, copy=False)
        for axis in axes
    )
    return first, second, third
