"""What stands on every page: title, patient, page x / y, the research-use line, and DRAFT until it is signed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from reporting.equipment import MODEL_NAME, SOFTWARE_VERSION
from reporting.pdf_style import ACCENT, BOLD, DIM, INK, LINE, MARGIN, REGULAR, style, text
from reporting.terms import Terms

WIDTH, HEIGHT = A4


@dataclass(frozen=True, slots=True)
class PageFrame:
    """The words around the text of each page, in the language of the report."""

    patient: str
    study_instance_uid: str
    draft: bool
    terms: Terms


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
    canvas.drawString(MARGIN, 28, frame.terms.word("text", "research_use"))
    canvas.setFillColor(DIM)
    canvas.setFont(REGULAR, 6.5)
    study = frame.terms.word("pdf", "study", uid=frame.study_instance_uid)
    canvas.drawRightString(WIDTH - MARGIN, 28, f"{MODEL_NAME} {SOFTWARE_VERSION} · {study}")


def _draw_head(canvas: Any, frame: PageFrame, number: int, total: int) -> None:
    top = HEIGHT - MARGIN
    canvas.setFillColor(INK)
    canvas.setFont(BOLD, 15 if number == 1 else 10)
    canvas.drawString(MARGIN, top - 10, frame.terms.word("pdf", "title"))
    canvas.setFont(REGULAR, 9)
    page = frame.terms.word("pdf", "page", number=str(number), total=str(total))
    canvas.drawRightString(WIDTH - MARGIN, top - 10, page)
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


def watermark(words: str) -> Callable[[Any, object], None]:
    """Return what writes DRAFT across a page before anything else is drawn, so that it tints no picture."""

    def draw(canvas: Any, _document: object) -> None:
        canvas.saveState()
        canvas.translate(WIDTH / 2, HEIGHT / 2)
        canvas.rotate(52)
        canvas.setFillColor(HexColor(0xFBE6E4))
        canvas.setFont(BOLD, 150 * min(1.0, 5.5 / len(words)))
        canvas.drawCentredString(0, -50, words)
        canvas.restoreState()

    return draw
