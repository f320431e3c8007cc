"""What stands on every page: title, patient, page x / y, the research-use line, and DRAFT until it is signed."""

from dataclasses import dataclass
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from reporting.equipment import MODEL_NAME, RESEARCH_USE, SOFTWARE_VERSION
from reporting.pdf_style import ACCENT, BOLD, DIM, INK, LINE, MARGIN, REGULAR, style, text

WIDTH, HEIGHT = A4
TITLE = "MRI Prostate — structured report"


@dataclass(frozen=True, slots=True)
class PageFrame:
    """The words around the text of each page."""

    patient: str
    study_instance_uid: str
    draft: bool


def numbered_canvas(frame: PageFrame) -> type[Canvas]:
    """Return a canvas that keeps its pages back until their number is known."""

    class NumberedCanvas(Canvas):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self._kept: list[dict[str, Any]] = []

        def showPage(self) -> None:
            self._kept.append(dict(self.__dict__))
            self._startPage()  # pyright: ignore[reportAttributeAccessIssue] — reportlab's own recipe

        def save(self) -> None:
            for number, page in enumerate(self._kept, start=1):
                self.__dict__.update(page)
                _draw_frame(self, frame, number, len(self._kept))
                super().showPage()
            super().save()

    return NumberedCanvas


def _draw_frame(canvas: Any, frame: PageFrame, number: int, total: int) -> None:
    _draw_head(canvas, frame, number, total)
    canvas.setStrokeColor(LINE)
    canvas.setLineWidth(0.5)
    canvas.line(MARGIN, 40, WIDTH - MARGIN, 40)
    canvas.setFillColor(INK)
    canvas.setFont(BOLD, 7.5)
    canvas.drawString(MARGIN, 28, RESEARCH_USE)
    canvas.setFillColor(DIM)
    canvas.setFont(REGULAR, 6.5)
    canvas.drawRightString(WIDTH - MARGIN, 28, f"{MODEL_NAME} {SOFTWARE_VERSION} · Study {frame.study_instance_uid}")


def _draw_head(canvas: Any, frame: PageFrame, number: int, total: int) -> None:
    top = HEIGHT - MARGIN
    canvas.setFillColor(INK)
    canvas.setFont(BOLD, 15 if number == 1 else 10)
    canvas.drawString(MARGIN, top - 10, TITLE)
    canvas.setFont(REGULAR, 9)
    canvas.drawRightString(WIDTH - MARGIN, top - 10, f"Page {number} / {total}")
    canvas.setStrokeColor(ACCENT)
    canvas.setLineWidth(1.4)
    canvas.line(MARGIN, top - 20, WIDTH - MARGIN, top - 20)
    line = text(frame.patient, style(8.5, colour=DIM))
    _, height = line.wrapOn(canvas, WIDTH - 2 * MARGIN, 60)
    line.drawOn(canvas, MARGIN, top - 24 - height)


def head_height(frame: PageFrame) -> float:
    """Return how much of the page's top the head takes below the margin (points)."""
    canvas = Canvas("", invariant=1)
    _, height = text(frame.patient, style(8.5)).wrapOn(canvas, WIDTH - 2 * MARGIN, 60)
    return 24 + height + 6


def draw_watermark(canvas: Any, _document: object) -> None:
    """Write DRAFT across a page before anything else is drawn, so that it tints no picture."""
    canvas.saveState()
    canvas.translate(WIDTH / 2, HEIGHT / 2)
    canvas.rotate(52)
    canvas.setFillColor(HexColor(0xFBE6E4))
    canvas.setFont(BOLD, 150)
    canvas.drawCentredString(0, -50, "DRAFT")
    canvas.restoreState()
