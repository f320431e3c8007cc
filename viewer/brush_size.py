"""How large the brush is and whether it is a disc within a slice or a ball; every brush and eraser shares it."""

from PySide6.QtCore import QObject, Signal

SIZES_MM = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 12.0, 15.0, 20.0, 25.0, 30.0, 40.0)
"""The diameters that stepping goes through."""

_STARTS_AT_MM = 6.0


class Brush(QObject):
    """View state of the marking tools, so no part of the report."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._diameter_mm = _STARTS_AT_MM
        self._is_ball = False

    @property
    def diameter_mm(self) -> float:
        """The diameter in millimetres."""
        return self._diameter_mm

    @property
    def is_ball(self) -> bool:
        """Whether it reaches through the slices as well (3D), or stays in the slice that is shown (2D)."""
        return self._is_ball

    @property
    def words(self) -> str:
        """Size and kind, e.g. `6 mm 2D`."""
        return f"{self._diameter_mm:g} mm {'3D' if self._is_ball else '2D'}"

    def set_diameter(self, diameter_mm: float) -> None:
        """Set the diameter, kept between the smallest and the largest of `SIZES_MM`."""
        self._set(min(max(diameter_mm, SIZES_MM[0]), SIZES_MM[-1]), self._is_ball)

    def set_ball(self, is_ball: bool) -> None:
        """Let it reach through the slices, or not."""
        self._set(self._diameter_mm, is_ball)

    def step(self, steps: int) -> None:
        """Go so many of `SIZES_MM` up, or down when negative."""
        beyond = [size for size in SIZES_MM if (size > self._diameter_mm if steps > 0 else size < self._diameter_mm)]
        if steps and beyond:
            ordered = beyond if steps > 0 else beyond[::-1]
            self.set_diameter(ordered[min(abs(steps), len(ordered)) - 1])

    def _set(self, diameter_mm: float, is_ball: bool) -> None:
        if (diameter_mm, is_ball) != (self._diameter_mm, self._is_ball):
            self._diameter_mm, self._is_ball = diameter_mm, is_ball
            self.changed.emit()
