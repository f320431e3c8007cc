"""What other parts of the window paint into a viewport, under or over the marks of lesions."""

from dataclasses import dataclass
from typing import Protocol

from highdicom import Volume
from PySide6.QtGui import QPainter

from viewer.render.geometry import ScreenPlane


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """The picture that a layer paints on: its volume, slice k, plane (logical pixels) and device pixels per pixel.

    `frame` is the volume's frame of reference; a layer paints only what lies in it, "" allows nothing. `images` are
    those that the volume was made of: SOP Instance UIDs with frame numbers (0 for single-frame objects).
    """

    volume: Volume
    slice_index: int
    plane: ScreenPlane
    ratio: float
    images: frozenset[tuple[str, int]] = frozenset()

    @property
    def frame(self) -> str:
        """The frame of reference UID, or "" when the series names none."""
        return str(self.volume.frame_of_reference_uid or "")


class Layer(Protocol):
    """Something painted into every viewport whose series it concerns; equal content, equal pixels."""

    def paint(self, painter: QPainter, shown: Shown) -> None:
        """Paint what of this layer lies in the picture."""
        ...
