"""Circles, ellipses and splines as the lines that they are drawn with, in any number of dimensions."""

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]

_CORNERS = 72
_BETWEEN = 8


def outline_of(kind: str, points: Points) -> Points:
    """Return the line of a graphic (PS3.3 C.10.5.1.2, C.18.6.1.1, C.18.9.1.1); a closed one is not closed twice."""
    if kind == "CIRCLE" and len(points) >= 2 and points.shape[1] == 2:
        return _circle(points)
    if kind == "ELLIPSE" and len(points) == 4:
        return _ellipse(points)
    if kind == "INTERPOLATED" and len(points) > 2:
        return _spline(points)
    return points


def _circle(points: Points) -> Points:
    """Return the circle round the first point through the second."""
    radius = float(np.linalg.norm(points[1] - points[0]))
    turn = np.linspace(0.0, 2 * np.pi, _CORNERS, endpoint=False)
    return points[0] + radius * np.column_stack((np.cos(turn), np.sin(turn)))


def _ellipse(points: Points) -> Points:
    """Return the ellipse whose major axis ends at the first two points and whose minor axis at the others."""
    middle = (points[0] + points[1]) / 2
    major, minor = (points[1] - points[0]) / 2, (points[3] - points[2]) / 2
    turn = np.linspace(0.0, 2 * np.pi, _CORNERS, endpoint=False)[:, None]
    return middle + np.cos(turn) * major + np.sin(turn) * minor


def _spline(points: Points) -> Points:
    """Return a Catmull-Rom spline through the points; how to interpolate is left open by PS3.3 C.10.5.1.2."""
    closed = bool(np.allclose(points[0], points[-1]))
    knots = points[:-1] if closed else points
    count = len(knots)
    segments = count if closed else count - 1
    t = np.linspace(0.0, 1.0, _BETWEEN, endpoint=False)[:, None]
    pieces: list[Points] = []
    for index in range(segments):
        places = (index - 1, index, index + 1, index + 2)
        a, b, c, d = (knots[p % count] if closed else knots[min(max(p, 0), count - 1)] for p in places)
        pieces.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))
    return np.concatenate([*pieces, knots[:1] if closed else knots[-1:]])
