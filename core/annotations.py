"""Measurements and notes that a reader draws on images, in patient millimetres so that every view can show them."""

from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from pydicom.uid import generate_uid

from core.volume import PointLps

Polyline = tuple[PointLps, ...]

_ELLIPSE_CORNERS = 72


class Kind(StrEnum):
    """What is drawn; how many points it has, and what they are, stands at each.

    The four points of `ELLIPSE` are those of a SCOORD3D ELLIPSE (PS3.3 C.18.9.1.2): the ends of one axis, then of the
    other.
    """

    LENGTH = "length"  # two ends
    BIDIRECTIONAL = "bidirectional"  # the ends of the long axis, then of the short one
    ELLIPSE = "ellipse"
    POLYGON = "polygon"  # three corners or more; the last is joined to the first
    ANGLE = "angle"  # end, vertex, end
    ARROW = "arrow"  # what is pointed at, then the tail with the text
    TEXT = "text"  # one point


@dataclass(frozen=True, slots=True)
class RoiStatistics:
    """The voxels of one series inside a region, in the unit of its pixels; `of` names the series.

    On a plane oblique to the voxels they are values `resampled` in that plane.
    """

    of: str
    unit: str
    count: int
    mean: float
    sd: float
    low: float
    high: float
    resampled: bool = False


@dataclass(frozen=True, slots=True)
class Annotation:
    """One drawing: its points (mm, LPS) in a frame of reference, what was written, and what was measured in it."""

    uid: str
    kind: Kind
    frame_of_reference_uid: str
    points: Polyline
    text: str = ""
    statistics: RoiStatistics | None = None

    @property
    def is_region(self) -> bool:
        """Whether it encloses an area."""
        return self.kind in (Kind.ELLIPSE, Kind.POLYGON)


def annotation(kind: Kind, frame_of_reference_uid: str, points: Polyline, text: str = "") -> Annotation:
    """Return a new drawing with a UID of its own; raises ValueError for a wrong number of points."""
    wanted = {Kind.LENGTH: 2, Kind.BIDIRECTIONAL: 4, Kind.ELLIPSE: 4, Kind.ANGLE: 3, Kind.ARROW: 2, Kind.TEXT: 1}
    if len(points) < 3 if kind is Kind.POLYGON else len(points) != wanted[kind]:
        raise ValueError(f"A {kind} is not drawn with {len(points)} points.")
    return Annotation(generate_uid(), kind, frame_of_reference_uid, points, text)


def outlines(drawn: Annotation) -> tuple[Polyline, ...]:
    """Return the lines that a drawing is made of; a closed one ends where it began. Text has a single point."""
    p = drawn.points
    if drawn.kind is Kind.BIDIRECTIONAL:
        return p[:2], p[2:]
    if drawn.kind is Kind.POLYGON:
        return ((*p, p[0]),)
    if drawn.kind is Kind.ELLIPSE:
        return (_ellipse(p),)
    return (p,)


def words(drawn: Annotation) -> str:
    """Return what a drawing measures, e.g. `23.4 × 12.1 mm`, or what was written."""
    p = drawn.points
    if drawn.kind is Kind.LENGTH:
        return f"{length_mm(p[:2]):.1f} mm"
    if drawn.kind is Kind.BIDIRECTIONAL:
        return f"{length_mm(p[:2]):.1f} × {length_mm(p[2:]):.1f} mm"
    if drawn.kind is Kind.ANGLE:
        return f"{angle_deg(drawn):.0f}°"
    if drawn.is_region:
        return f"{area_mm2(drawn) / 100:.2f} cm²"
    return drawn.text


def statistics_words(found: RoiStatistics) -> str:
    """Return the statistics of a region, e.g. `ADC 1043 ± 120 (780 to 1400) 10⁻⁶ mm²/s`."""
    unit = f" {found.unit}" if found.unit else ""
    of = f"{found.of}, resampled:" if found.resampled else found.of
    return f"{of} {found.mean:.0f} ± {found.sd:.0f} ({found.low:.0f} to {found.high:.0f}){unit}"


def length_mm(line: Polyline) -> float:
    """Return the length of a line."""
    return float(sum(np.linalg.norm(np.subtract(b, a)) for a, b in pairwise(line)))


def angle_deg(drawn: Annotation) -> float:
    """Return the angle at the vertex, 0 to 180; 0 when an arm has no length."""
    first, vertex, second = (np.array(point) for point in drawn.points)
    a, b = first - vertex, second - vertex
    lengths = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(np.degrees(np.arccos(np.clip(a @ b / lengths, -1.0, 1.0)))) if lengths else 0.0


def area_mm2(drawn: Annotation) -> float:
    """Return the area that a region encloses."""
    if drawn.kind is Kind.ELLIPSE:
        return float(np.pi / 4 * length_mm(drawn.points[:2]) * length_mm(drawn.points[2:]))
    corners = np.array(drawn.points)
    spokes = corners - corners[0]
    return float(np.linalg.norm(np.cross(spokes[:-1], spokes[1:]).sum(axis=0)) / 2)


def plane_of(drawn: Annotation) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return a point and the unit normal of the plane of a region; raises ValueError when it has no area."""
    corners = np.array(outlines(drawn)[0])
    spokes = corners - corners[0]
    normal = np.cross(spokes[:-1], spokes[1:]).sum(axis=0)
    size = float(np.linalg.norm(normal))
    if size < 1e-6:
        raise ValueError("The region has no area; draw it round what is to be measured.")
    return corners.mean(axis=0), normal / size


def with_handle(drawn: Annotation, index: int, to: PointLps) -> Annotation:
    """Return the drawing with one of its points moved; its statistics are no longer true and go.

    The short axis of a bidirectional measurement and the axes of an ellipse stay perpendicular and in place; a region
    stays in its plane, from wherever its point is moved.
    """
    if drawn.kind is Kind.ELLIPSE:
        points = _axis_stretched(drawn.points, index, np.array(to))
    elif drawn.kind is Kind.BIDIRECTIONAL:
        points = _axis_moved(drawn.points, index, np.array(to))
    else:
        point = _on_plane_of(drawn, to) if drawn.kind is Kind.POLYGON else to
        points = (*drawn.points[:index], point, *drawn.points[index + 1 :])
    return replace(drawn, points=points, statistics=None)


def moved(drawn: Annotation, by: PointLps) -> Annotation:
    """Return the drawing moved by a vector (mm, LPS), without statistics."""
    return replace(drawn, points=tuple(_point(np.add(p, by)) for p in drawn.points), statistics=None)


def bidirectional(start: PointLps, end: PointLps, normal: NDArray[np.float64]) -> Polyline:
    """Return a long axis with a short one, half as long, perpendicular through its middle in the plane of `normal`."""
    a, b = np.array(start), np.array(end)
    across = np.cross(normal, b - a) / 4
    middle = (a + b) / 2
    return start, end, _point(middle - across), _point(middle + across)


def snapped(point: PointLps, to: Polyline, within_mm: float) -> PointLps:
    """Return the nearest of `to` when it lies within so many millimetres, else the point itself."""
    near = min(to, key=lambda other: length_mm((point, other)), default=point)
    return near if length_mm((point, near)) <= within_mm else point


def _on_plane_of(region: Annotation, to: PointLps) -> PointLps:
    """Return a position projected onto the plane of a region; one without an area takes it as it is."""
    try:
        middle, normal = plane_of(region)
    except ValueError:
        return to
    return _point(np.array(to) - normal * float((np.array(to) - middle) @ normal))


def _ellipse(p: Polyline) -> Polyline:
    ends = np.array(p)
    middle = ends.mean(axis=0)
    a, b = (ends[1] - ends[0]) / 2, (ends[3] - ends[2]) / 2
    turn = np.linspace(0.0, 2 * np.pi, _ELLIPSE_CORNERS + 1)
    return tuple(_point(middle + np.cos(t) * a + np.sin(t) * b) for t in turn)


def _axis_stretched(p: Polyline, index: int, to: NDArray[np.float64]) -> Polyline:
    """Move one end of an ellipse's axis along the axis, and the other end the opposite way: the middle stays."""
    ends = np.array(p)
    middle = ends.mean(axis=0)
    axis = ends[index] - middle
    size = float(np.linalg.norm(axis))
    if not size:
        return p
    half = axis / size * max(abs(float((to - middle) @ axis / size)), 0.1)
    ends[index], ends[index ^ 1] = middle + half, middle - half
    return tuple(_point(end) for end in ends)


def _axis_moved(p: Polyline, index: int, to: NDArray[np.float64]) -> Polyline:
    ends = np.array(p)
    along = ends[1] - ends[0]
    if index >= 2:  # the short axis stays perpendicular: only the part across the long one counts
        foot = ends[0] + along * float((ends[2] - ends[0]) @ along) / max(float(along @ along), 1e-9)
        across = to - foot
        ends[index] = foot + across - along * float(across @ along) / max(float(along @ along), 1e-9)
        return tuple(_point(end) for end in ends)
    share = float((ends[2] - ends[0]) @ along) / max(float(along @ along), 1e-9)
    foot = ends[0] + share * along
    sides = [float(np.linalg.norm(ends[i] - foot)) for i in (2, 3)]
    normal = np.cross(along, ends[3] - ends[2])
    ends[index] = to
    along = ends[1] - ends[0]
    across = np.cross(normal, along)
    across = across / max(float(np.linalg.norm(across)), 1e-9)
    foot = ends[0] + share * along
    ends[2], ends[3] = foot - sides[0] * across, foot + sides[1] * across
    return tuple(_point(end) for end in ends)


def _point(vector: NDArray[np.float64]) -> PointLps:
    x, y, z = (float(c) for c in vector)
    return x, y, z
