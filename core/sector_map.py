"""The PI-RADS v2.1 sector map as polygons, for the screen, for clicks and for the printed report.

Three panels (base, mid, apex), each a unit square: x grows to the patient's left (the picture's right), y grows
posterior. The seminal vesicles stand behind the base, the external urethral sphincter below the apex. The sectors of
a panel share their border points exactly, so they tile the gland without gap or overlap.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any, cast

from core.sectors import Level, Sector, sectors

Point = tuple[float, float]
Polygon = tuple[Point, ...]

PANELS = (Level.BASE, Level.MID, Level.APEX)
_STEPS = 8  # straight pieces between two points of a curve: smooth at the size of a screen


@dataclass(frozen=True, slots=True)
class SectorOutline:
    """One sector as a closed polygon in the unit square of its panel."""

    sector: Sector
    panel: Level
    polygon: Polygon

    @property
    def centre(self) -> Point:
        """The centre of mass of the polygon's area."""
        return _centre(self.polygon)


@dataclass(frozen=True, slots=True)
class Urethra:
    """Where the urethra is marked in a panel; it is not a sector."""

    centre: Point
    radius: float


@cache
def outlines() -> tuple[SectorOutline, ...]:
    """Return the 41 sectors as polygons, panel by panel."""
    return tuple(outline for panel in PANELS for outline in _panel_outlines(panel))


@cache
def gland_outline(panel: Level) -> Polygon:
    """Return the outer contour of the gland in a panel, without seminal vesicles and sphincter."""
    right = _smooth(_drawing(panel), "outer")
    return (*right, *_mirrored(right[-2:0:-1]))


@cache
def urethra(panel: Level) -> Urethra:
    """Return the mark of the urethra in a panel."""
    mark = _drawing(panel)["urethra"]
    return Urethra(_point(mark["centre"]), float(mark["radius"]))


def sector_at_point(panel: Level, point: Point) -> Sector | None:
    """Return the sector of `panel` under a point of its unit square, or None beside the map."""
    return next((o.sector for o in outlines() if o.panel is panel and contains(o.polygon, point)), None)


def contains(polygon: Polygon, point: Point) -> bool:
    """Tell whether a point lies in a closed polygon (even-odd rule)."""
    x, y = point
    crossings = (
        (y0 > y) != (y1 > y) and x < (x1 - x0) * (y - y0) / (y1 - y0) + x0
        for (x0, y0), (x1, y1) in pairwise((*polygon, polygon[0]))
    )
    return sum(crossings) % 2 == 1


@cache
def _drawing(panel: Level) -> Mapping[str, Any]:
    table = tomllib.loads(files("resources").joinpath("sector_map/outlines.toml").read_text("utf-8"))
    return cast(Mapping[str, Any], table[panel.value])


def _panel_outlines(panel: Level) -> Iterator[SectorOutline]:
    drawing = _drawing(panel)
    paths = _paths(drawing)
    for name, corners in cast(Mapping[str, Sequence[str]], drawing["sectors"]).items():
        if name in sectors():  # it stands on the midline
            right = paths[corners[0], corners[1]]
            yield SectorOutline(sectors()[name], panel, (*right, *_mirrored(right[-2:0:-1])))
            continue
        polygon = _around(paths, corners)
        yield SectorOutline(sectors()[f"right-{name}"], panel, polygon)
        yield SectorOutline(sectors()[f"left-{name}"], panel, _mirrored(polygon))


def _around(paths: Mapping[tuple[str, str], Polygon], corners: Sequence[str]) -> Polygon:
    """Return the closed polygon through `corners`, each border taken from its curve."""
    if len(corners) == 2:  # a lens: out along the one curve and back along the other
        return (*paths[corners[0], corners[1]][:-1], *paths[corners[1], corners[0]][:-1])
    return tuple(p for start, end in pairwise((*corners, corners[0])) for p in paths[start, end][:-1])


def _paths(drawing: Mapping[str, Any]) -> Mapping[tuple[str, str], Polygon]:
    """Return the points between each two successive nodes of each curve, in both directions."""
    paths: dict[tuple[str, str], Polygon] = {}
    for name, stations in cast(Mapping[str, Sequence[object]], drawing["curves"]).items():
        points = _smooth(drawing, name)
        stops = [(str(s), i * _STEPS) for i, s in enumerate(stations) if isinstance(s, str)]
        for (start, first), (end, last) in pairwise(stops):
            paths[start, end] = points[first : last + 1]
            paths.setdefault((end, start), points[first : last + 1][::-1])
    return paths


def _smooth(drawing: Mapping[str, Any], curve: str) -> Polygon:
    """Return a Catmull-Rom curve through the stations of `curve`, level where it crosses the midline."""
    nodes = cast(Mapping[str, Sequence[float]], drawing["nodes"])
    stations = cast(Sequence[str | Sequence[float]], drawing["curves"][curve])
    through = [_point(nodes[s] if isinstance(s, str) else s) for s in stations]
    held = [_before(through[0], through[1]), *through, _before(through[-1], through[-2])]
    spans = zip(held, held[1:], held[2:], held[3:], strict=False)
    points = [_catmull_rom(*span, step / _STEPS) for span in spans for step in range(_STEPS)]
    return (*points, through[-1])


def _before(end: Point, neighbour: Point) -> Point:
    """Return the imagined point beyond a curve's end: the neighbour's mirror image at the midline, else the end."""
    return (1 - neighbour[0], neighbour[1]) if end[0] == 0.5 else end


def _catmull_rom(before: Point, start: Point, end: Point, after: Point, t: float) -> Point:
    if t == 0:  # nodes stay exact, so that neighbours meet
        return start
    x, y = (
        0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
        for a, b, c, d in zip(before, start, end, after, strict=True)
    )
    return x, y


def _mirrored(polygon: Sequence[Point]) -> Polygon:
    return tuple((1 - x, y) for x, y in polygon)


def _point(pair: Sequence[float]) -> Point:
    return float(pair[0]), float(pair[1])


def _centre(polygon: Polygon) -> Point:
    edges = [(a, b, a[0] * b[1] - b[0] * a[1]) for a, b in pairwise((*polygon, polygon[0]))]
    area = sum(cross for _, _, cross in edges)
    return (
        sum((a[0] + b[0]) * cross for a, b, cross in edges) / (3 * area),
        sum((a[1] + b[1]) * cross for a, b, cross in edges) / (3 * area),
    )
