"""What all viewports of a reading room share, whatever hangs in them: crosshair, tool, marks, layers."""

from dataclasses import dataclass, field

from core.nudge import Nudges
from core.volume import PointLps
from viewer.hand import Grips, Hand
from viewer.layers import Layer
from viewer.overlays import Mark, Overlays
from viewer.render.geometry import Vector
from viewer.viewport import Viewport
from viewer.viewport_tools import Tool


@dataclass(frozen=True, slots=True, eq=False)
class Display:
    """One moment of it. `marks` are those of `overlays`; `crosshair` is None while no series is shown."""

    crosshair: PointLps | None = None
    normals: tuple[Vector, ...] = ()
    """Those of the planes that the crosshair's lines are."""
    tool: Tool = Tool.SCROLL
    hand: Hand | None = None
    grips: Grips | None = None
    layers: tuple[tuple[Layer, ...], tuple[Layer, ...]] = ((), ())
    """Those under the marks and those over them."""
    overlays: Overlays = field(default_factory=Overlays)
    marks: tuple[Mark, ...] = ()
    visible: bool = True
    peeking: bool = False
    opacity: float = 0.6
    nudges: Nudges = field(default_factory=Nudges)
    """Where the reader moved the series of the study, so that every grid shows them there."""
    registering: tuple[str, float] | None = None
    """The frame of reference (`frame_key`) that is being registered, and the share that is done."""
    down_darkens: bool = True
    """Whether a window drag downwards raises the level."""


def dress(viewport: Viewport, now: Display, before: Display | None = None) -> None:
    """Bring a viewport from one moment to another, or, without `before`, give a new one all of it."""
    if before is None or now.tool is not before.tool:
        viewport.set_tool(now.tool)
    if before is None or now.down_darkens is not before.down_darkens:
        viewport.set_window_drag(down_darkens=now.down_darkens)
    if before is None or now.hand is not before.hand:
        viewport.set_hand(now.hand)
    if before is None or now.grips is not before.grips:
        viewport.set_grips(now.grips)
    if before is None or now.layers is not before.layers:
        viewport.set_layers(under=now.layers[0], over=now.layers[1])
    if before is None or now.marks is not before.marks:
        viewport.set_marks(now.marks)
    if before is None or _marks_shown(now) != _marks_shown(before):
        viewport.set_mark_display(visible=now.visible, peeking=now.peeking, opacity=now.opacity)
    if before is None or now.registering != before.registering:
        viewport.set_registering(now.registering)
    if now.crosshair is not None and (before is None or now.crosshair is not before.crosshair):
        viewport.set_crosshair(now.crosshair, now.normals)


def _marks_shown(display: Display) -> tuple[bool, bool, float]:
    return display.visible, display.peeking, display.opacity
