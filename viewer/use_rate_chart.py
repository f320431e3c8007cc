"""The share of positive examinations over time: readers and AI, told apart by dash, mark and name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.use_drift import WINDOW, Rate
from viewer.corner_text import small_font
from viewer.language import tr
from viewer.theme import COLOURS

_LEFT, _RIGHT, _TOP, _BOTTOM = 44.0, 12.0, 24.0, 24.0
_DATE_PIXELS = 90.0


@dataclass(frozen=True, slots=True)
class Line:
    """One rate over time, the limits in which it is expected, and how many examinations there are of it."""

    name: str
    rates: tuple[Rate, ...]
    limits: tuple[float, float] | None
    count: int


_STYLES: tuple[tuple[str, tuple[float, ...]], ...] = (("accent", ()), ("warning", (5.0, 3.0)))


class RateChart(QWidget):
    """Draws the rate of every fifty successive examinations at the day of the last, its limits dotted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rateChart")
        self._lines: tuple[Line, ...] = ()
        self.setMinimumSize(QSize(320, 150))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_lines(self, lines: Sequence[Line], told: str) -> None:
        """Show these rates; `told` says the same in words."""
        self._lines = tuple(lines)
        self.setAccessibleName(told)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw axes, limits, lines and legend, or why there is nothing to draw."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(small_font(self.font(), 11))
        drawn = [line for line in self._lines if line.rates]
        if not drawn:
            painter.setPen(QColor(COLOURS["dim"]))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(16, 8, -16, -8), int(flags), self._instead())
            painter.end()
            return
        scale = _Scale(QRectF(self.rect()).adjusted(_LEFT, _TOP, -_RIGHT, -_BOTTOM), drawn)
        _draw_axes(painter, scale)
        for line in drawn:
            _draw_line(painter, scale, line, _STYLES[self._lines.index(line)])
        self._draw_legend(painter, drawn)
        painter.end()

    def _instead(self) -> str:
        count = max((line.count for line in self._lines), default=0)
        return tr("The rate is drawn from {window} examinations on; there are {count}.").format(
            window=WINDOW, count=count
        )

    def _draw_legend(self, painter: QPainter, drawn: Sequence[Line]) -> None:
        metrics = QFontMetricsF(painter.font())
        left, middle = _LEFT, _TOP / 2
        for line in drawn:
            style = _STYLES[self._lines.index(line)]
            painter.setPen(_pen(style))
            painter.drawLine(QPointF(left, middle), QPointF(left + 26, middle))
            _draw_mark(painter, QPointF(left + 13, middle), style)
            painter.setPen(QColor(COLOURS["text"]))
            painter.drawText(QPointF(left + 32, middle + metrics.capHeight() / 2), line.name)
            left += 32 + metrics.horizontalAdvance(line.name) + 24


class _Scale:
    """Where a moment and a share lie on the screen."""

    def __init__(self, box: QRectF, lines: Sequence[Line]) -> None:
        self.box = box
        moments = [rate.when for line in lines for rate in line.rates]
        self.first, self.last = min(moments), max(moments)

    def at(self, when: datetime, share: float) -> QPointF:
        """Return the place of a share at a moment."""
        whole = (self.last - self.first).total_seconds()
        along = (when - self.first).total_seconds() / whole if whole else 1.0
        return QPointF(self.box.left() + along * self.box.width(), self.box.bottom() - share * self.box.height())


def _draw_axes(painter: QPainter, scale: _Scale) -> None:
    metrics, box = QFontMetricsF(painter.font()), scale.box
    for percent in (0, 25, 50, 75, 100):
        y = scale.at(scale.first, percent / 100).y()
        painter.setPen(QPen(QColor(COLOURS["line"] if percent else COLOURS["edge"]), 1))
        painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
        text = f"{percent} %"
        painter.setPen(QColor(COLOURS["dim"]))
        painter.drawText(QPointF(box.left() - 6 - metrics.horizontalAdvance(text), y + metrics.capHeight() / 2), text)
    for number, when in enumerate(days := _days(scale)):
        text = f"{when.astimezone():%Y-%m-%d}"
        x = scale.at(when, 0).x() - metrics.horizontalAdvance(text) * number / max(len(days) - 1, 1)
        painter.drawText(QPointF(x, box.bottom() + 6 + metrics.ascent()), text)


def _days(scale: _Scale) -> list[datetime]:
    """Return the moments that are named below: first and last, and as many between as have room."""
    if scale.first.astimezone().date() == scale.last.astimezone().date():
        return [scale.last]
    steps = max(int(scale.box.width() / _DATE_PIXELS) // 2, 1)
    return [scale.first + (scale.last - scale.first) * number / steps for number in range(steps + 1)]


def _draw_line(painter: QPainter, scale: _Scale, line: Line, style: tuple[str, tuple[float, ...]]) -> None:
    if line.limits is not None:
        painter.setPen(QPen(QColor(COLOURS[style[0]]), 1.2, Qt.PenStyle.DotLine))
        for limit in line.limits:
            painter.drawLine(scale.at(scale.first, limit), scale.at(scale.last, limit))
    points = [scale.at(rate.when, rate.share) for rate in line.rates]
    painter.setPen(_pen(style))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(points)
    _draw_mark(painter, points[-1], style)


def _pen(style: tuple[str, tuple[float, ...]]) -> QPen:
    pen = QPen(QColor(COLOURS[style[0]]), 1.8)
    if style[1]:
        pen.setDashPattern(list(style[1]))
    return pen


def _draw_mark(painter: QPainter, at: QPointF, style: tuple[str, tuple[float, ...]]) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(COLOURS[style[0]]))
    if style[1]:
        painter.drawRect(QRectF(at - QPointF(3.5, 3.5), at + QPointF(3.5, 3.5)))
    else:
        painter.drawEllipse(at, 4.0, 4.0)
