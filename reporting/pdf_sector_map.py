"""The sector map as a drawing on the page, the sectors of the reported lesions filled in their colour."""

from collections.abc import Sequence
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.platypus import Flowable

from core.pirads import Zone
from core.report import Lesion
from core.sector_map import PANELS, Point, Polygon, gland_outline, outlines, urethra
from core.sectors import Level
from reporting.pdf_style import BOLD, DIM, INK, REGULAR, category_colour

_PALE = {
    Zone.PZ: HexColor(0xEDF3F8),
    Zone.TZ: HexColor(0xF7F2E6),
    Zone.CZ: HexColor(0xEEF4EA),
    Zone.AFS: HexColor(0xEDEDED),
    Zone.SV: HexColor(0xF5F5F5),
    Zone.EUS: HexColor(0xF5F5F5),
}
_EDGE = HexColor(0x9AA5B1)
_TITLES = {Level.BASE: "Base", Level.MID: "Mid", Level.APEX: "Apex"}
_CAPTION = 14.0


class SectorMap(Flowable):
    """Three panels side by side; the patient's right is on the left."""

    def __init__(self, lesions: Sequence[Lesion], width: float) -> None:
        super().__init__()
        self._in_sector: dict[str, list[Lesion]] = {}
        for lesion in lesions:
            self._in_sector.setdefault(lesion.sector.key, []).append(lesion)
        self._side = width / len(PANELS)
        self.width, self.height = width, self._side * 0.97 + _CAPTION

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:
        """Return width and height in points."""
        return self.width, self.height

    def draw(self) -> None:
        """Draw all panels."""
        for number, panel in enumerate(PANELS):
            self._panel(panel, number * self._side)

    def _panel(self, panel: Level, left: float) -> None:
        canvas: Any = self.canv
        canvas.setLineJoin(1)
        for outline in outlines():
            if outline.panel is panel:
                here = self._in_sector.get(outline.sector.key)
                fill = category_colour(here[0].category) if here else _PALE[outline.sector.zone]
                self._polygon(outline.polygon, left, fill, 0.5)
        self._polygon(gland_outline(panel), left, None, 1.1)
        self._urethra(panel, left)
        self._names(panel, left)
        self._letters(panel, left)

    def _polygon(self, polygon: Polygon, left: float, fill: Any, width: float) -> None:
        canvas: Any = self.canv
        path = canvas.beginPath()
        points = [self._at(point, left) for point in polygon]
        path.moveTo(*points[0])
        for point in points[1:]:
            path.lineTo(*point)
        path.close()
        canvas.setStrokeColor(INK if fill is None else _EDGE)
        canvas.setLineWidth(width)
        if fill is not None:
            canvas.setFillColor(fill)
        canvas.drawPath(path, stroke=1, fill=int(fill is not None))

    def _urethra(self, panel: Level, left: float) -> None:
        canvas: Any = self.canv
        mark = urethra(panel)
        x, y = self._at(mark.centre, left)
        canvas.setFillColor(HexColor(0xFFFFFF))
        canvas.setStrokeColor(_EDGE)
        canvas.setLineWidth(0.7)
        canvas.circle(x, y, mark.radius * self._side, stroke=1, fill=1)

    def _names(self, panel: Level, left: float) -> None:
        canvas: Any = self.canv
        for outline in outlines():
            if outline.panel is panel:
                x, y = self._at(outline.centre, left)
                here = self._in_sector.get(outline.sector.key)
                canvas.setFillColor(INK if here else DIM)
                canvas.setFont(BOLD if here else REGULAR, 7.5 if here else 5.2)
                name = ", ".join(lesion.label for lesion in here) if here else outline.sector.region
                canvas.drawCentredString(x, y - 2, name)

    def _letters(self, panel: Level, left: float) -> None:
        canvas: Any = self.canv
        canvas.setFillColor(DIM)
        canvas.setFont(REGULAR, 6.5)
        y = self._at((0, 0.07), left)[1]
        canvas.drawString(left + 6, y, "R")
        canvas.drawRightString(left + self._side - 6, y, "L")
        canvas.setFont(REGULAR, 7.5)
        canvas.drawCentredString(left + self._side / 2, 2, _TITLES[panel])

    def _at(self, point: Point, left: float) -> tuple[float, float]:
        """Return the place on the page of a point of a panel."""
        return left + point[0] * self._side, self.height - point[1] * self._side
