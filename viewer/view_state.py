"""What a viewport shows of its volume: slice, place, zoom and window. Not clinical, so no part of the report."""

from dataclasses import dataclass, replace

from viewer.render.geometry import Pair, StackGeometry
from viewer.render.lut import Window

_SMALLEST_ZOOM, _LARGEST_ZOOM = 0.2, 40.0
_MOST_CUT_OFF = 0.7


@dataclass(frozen=True, slots=True)
class Field:
    """The part of a picture (mm) that an untouched viewport shows: the middle as (u, v), width and height."""

    middle: Pair
    width: float
    height: float

    def mm_per_pixel(self, width: float, height: float) -> float:
        """Return the scale at which the field fills a viewport of so many pixels.

        The viewport is filled without a gap, unless more than three tenths of the field would lie outside of it.
        """
        scales = self.width / max(width, 1.0), self.height / max(height, 1.0)
        return max(min(scales), _MOST_CUT_OFF * max(scales))


@dataclass(frozen=True, slots=True)
class ViewState:
    """One viewport's view: array slice k, the (u, v) in its middle, zoom against its field (1 = filled), window."""

    slice_index: int
    centre: Pair
    zoom: float
    window: Window
    inverted: bool = False


def field_of(stack: StackGeometry, reference: StackGeometry | None) -> Field:
    """Return the field of a stack: its whole picture, cut down to what a parallel reference stack shows of it."""
    (left, top), (right, bottom) = stack.top_left, stack.bottom_right
    if reference is not None and stack.is_parallel_to(reference):
        us, vs = _projected(stack, reference)
        cut = max(left, min(us)), max(top, min(vs)), min(right, max(us)), min(bottom, max(vs))
        if cut[2] > cut[0] and cut[3] > cut[1]:
            left, top, right, bottom = cut
    return Field(((left + right) / 2, (top + bottom) / 2), right - left, bottom - top)


def windowed(state: ViewState, right: float, down: float, unit: float, *, down_darkens: bool = True) -> ViewState:
    """Return the view after a window drag: right widens, down (or up) raises the level (darker), `unit` per pixel."""
    raised = down if down_darkens else -down
    window = Window(max(state.window.width + right * unit, unit), state.window.level + raised * unit)
    return replace(state, window=window)


def zoomed(state: ViewState, factor: float, anchor: Pair) -> ViewState:
    """Return the view magnified by `factor` with the (u, v) of `anchor` staying where it is on the screen."""
    zoom = min(max(state.zoom * factor, _SMALLEST_ZOOM), _LARGEST_ZOOM)
    kept = state.zoom / zoom
    u, v = (a + (c - a) * kept for a, c in zip(anchor, state.centre, strict=True))
    return replace(state, zoom=zoom, centre=(u, v))


def panned(state: ViewState, right_mm: float, down_mm: float) -> ViewState:
    """Return the view with its picture moved by so many millimetres."""
    return replace(state, centre=(state.centre[0] - right_mm, state.centre[1] - down_mm))


def _projected(stack: StackGeometry, other: StackGeometry) -> tuple[list[float], list[float]]:
    """Return the u and v, in `stack`, of the four corners of the middle slice of `other`."""
    depth = other.depth_of(other.slice_count // 2)
    corners = [
        stack.uvd(other.lps(u, v, depth))
        for u in (other.top_left[0], other.bottom_right[0])
        for v in (other.top_left[1], other.bottom_right[1])
    ]
    return [corner[0] for corner in corners], [corner[1] for corner in corners]
