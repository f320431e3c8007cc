"""What the 3D view shows, as a value that knows no OpenGL."""

from dataclasses import dataclass, field
from enum import Enum

from highdicom import Volume

from core.volume import PointLps
from viewer.language import tr
from viewer.overlays import Overlays
from viewer.render.lut import Window


class Part(Enum):
    """What can be shown or left out, by its name in the menu."""

    GLAND = tr("Gland")
    ZONES = tr("Zones")
    LESIONS = tr("Lesions")
    AXIAL = tr("Axial cut")
    SAGITTAL = tr("Sagittal cut")
    CORONAL = tr("Coronal cut")


@dataclass(frozen=True, slots=True, eq=False)
class Content:
    """One moment of it. `zones` is 1 = peripheral, 2 = transition zone; the cuts go through `crosshair` (mm, LPS).

    `opacity`, 0 to 1, is that of the gland and its zones; `bodies` hides them and the lesions when False.
    """

    volume: Volume | None = None
    window: Window = field(default_factory=lambda: Window(1.0, 0.5))
    overlays: Overlays = field(default_factory=Overlays)
    zones: Volume | None = None
    crosshair: PointLps | None = None
    parts: frozenset[Part] = frozenset(Part)
    opacity: float = 0.6
    bodies: bool = True
