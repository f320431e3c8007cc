"""The box at the head of a printed report that is not the first and final one of its study."""

from collections.abc import Iterator

from reportlab.lib.colors import HexColor
from reportlab.platypus import Flowable, KeepTogether, Spacer, Table, TableStyle

from core.report import Report, SignedReport
from reporting.amended_words import amendment_lines
from reporting.pdf_parts import TEXT_WIDTH
from reporting.pdf_style import style, text

_FRAME, _GROUND = HexColor(0x9A6700), HexColor(0xFFF6DD)


def amendment(report: Report, signed: SignedReport | None) -> Iterator[Flowable]:
    """Yield what kind of report it is, which one it follows, and what was added when and by whom."""
    lines = amendment_lines(report, signed)
    if not lines:
        return
    head, *others = lines
    table = Table(
        [[text(head, style(10, bold=True))], *([text(line, style(9))] for line in others)], colWidths=[TEXT_WIDTH]
    )
    table.setStyle(
        TableStyle(
            [
                ("BOX", (0, 0), (-1, -1), 0.8, _FRAME),
                ("BACKGROUND", (0, 0), (-1, -1), _GROUND),
                ("LEFTPADDING", (0, 0), (-1, -1), 10),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("TOPPADDING", (0, 0), (-1, 0), 6),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, -1), (-1, -1), 8),
            ]
        )
    )
    yield KeepTogether([table, Spacer(0, 8)])
