"""The sector map (`core.sector_drawing`) on the page, the sectors of the reported lesions filled in their colour."""

from collections.abc import Sequence
from typing import Any

from reportlab.lib.colors import Color
from reportlab.platypus import Flowable

from core.report import Lesion
from core.sector_drawing import PAPER, RGB, Area, Ring, Shape, Words, marks_of, panel_shapes
from core.sector_map import PANELS, Point
from core.wording import Language
from reporting.pdf_style import BOLD, DIM, REGULAR
from reporting.words import sector_names

_CAPTION = 14.0
_DASHES = (3, 2)


class SectorMap(Flowable):
    """Three panels side by side; the patient's right is on the left."""

    def __init__(self, lesions: Sequence[Lesion], width: float, language: Language) -> None:
        super().__init__()
        self._marks, self._names = marks_of(lesions), sector_names(language)
        self._side = width / len(PANELS)
        self.width, self.height = width, self._side * 0.97 + _CAPTION

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:
        """Return width and height in points."""
        return self.width, self.height

    def draw(self) -> None:
        """Draw all panels."""
        canvas: Any = self.canv
        canvas.setLineJoin(1)
        for number, panel in enumerate(PANELS):
            left = number * self._side
            for shape in panel_shapes(panel, self._marks, PAPER, self._names):
                self._paint(shape, left)
            canvas.setFillColor(DIM)
            canvas.setFont(REGULAR, 7.5)
            canvas.drawCentredString(left + self._side / 2, 2, self._names.titles[panel])

    def _paint(self, shape: Shape, left: float) -> None:
        match shape:
            case Area():
                self._area(shape, left)
            case Ring():
                self._ring(shape, left)
            case Words():
                self._words(shape, left)

    def _area(self, area: Area, left: float) -> None:
        canvas: Any = self.canv
        path = canvas.beginPath()
        first, *others = (self._at(point, left) for point in area.points)
        path.moveTo(*first)
        for point in others:
            path.lineTo(*point)
        path.close()
        canvas.setStrokeColor(_colour(area.edge))
        canvas.setLineWidth(area.width)
        canvas.setDash(*(_DASHES if area.dashed else ()))
        if area.fill is not None:
            canvas.setFillColor(_colour(area.fill, area.opacity))
        canvas.drawPath(path, stroke=1, fill=int(area.fill is not None))
        canvas.setDash()

    def _ring(self, ring: Ring, left: float) -> None:
        canvas: Any = self.canv
        canvas.setStrokeColor(_colour(ring.edge))
        canvas.setLineWidth(ring.width)
        if ring.fill is not None:
            canvas.setFillColor(_colour(ring.fill))
        x, y = self._at(ring.centre, left)
        canvas.circle(x, y, ring.radius * self._side, stroke=1, fill=int(ring.fill is not None))

    def _words(self, words: Words, left: float) -> None:
        canvas: Any = self.canv
        x, y = self._at(words.at, left)
        canvas.setFillColor(_colour(words.rgb))
        canvas.setFont(BOLD if words.bold else REGULAR, words.size)
        draws = {"start": canvas.drawString, "middle": canvas.drawCentredString, "end": canvas.drawRightString}
        draws[words.anchor](x, y - words.size * 0.35, words.text)

    def _at(self, point: Point, left: float) -> tuple[float, float]:
        """Return the place on the page of a point of a panel."""
        return left + point[0] * self._side, self.height - point[1] * self._side


def _colour(rgb: RGB, opacity: float = 1.0) -> Color:
    red, green, blue = (value / 255 for value in rgb)
    return Color(red, green, blue, alpha=opacity)
