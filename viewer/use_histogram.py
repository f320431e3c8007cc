"""How long reports took: a small histogram with the median and the middle half marked."""

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.use_measures import Times
from viewer.corner_text import small_font
from viewer.theme import COLOURS
from viewer.use_words import duration

_BINS, _BOTTOM, _TOP = 20, 18.0, 4.0
_STEPS_S = (60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400)


class Histogram(QWidget):
    """Bars of how many took how long; what took longer than nine in ten by far stands in the last one, named ≥."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._seconds: tuple[float, ...] = ()
        self._times: Times | None = None
        self.setMinimumSize(QSize(240, 62))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_times(self, seconds: Sequence[float], times: Times | None, told: str) -> None:
        """Show these times with their quartiles; `told` says the same in words."""
        self._seconds, self._times = tuple(seconds), times
        self.setAccessibleName(told)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw bars, quartiles and the ends of the axis."""
        if self._times is None:
            return
        painter = QPainter(self)
        painter.setFont(small_font(self.font(), 11))
        box = QRectF(self.rect()).adjusted(0, _TOP, 0, -_BOTTOM)
        end_s = _end(self._seconds)
        self._draw_bars(painter, box, end_s)
        painter.setPen(QPen(QColor(COLOURS["edge"]), 1))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        median = box.left() + min(self._times.median / end_s, 1.0) * box.width()
        painter.setPen(QPen(QColor(COLOURS["white"]), 2))
        painter.drawLine(QPointF(median, box.top()), QPointF(median, box.bottom()))
        _draw_ends(painter, box, end_s, beyond=max(self._seconds) > end_s)
        painter.end()

    def _draw_bars(self, painter: QPainter, box: QRectF, end_s: float) -> None:
        assert self._times is not None
        counts, edges = np.histogram(np.minimum(self._seconds, end_s), bins=_BINS, range=(0.0, end_s))
        width = box.width() / _BINS
        for number, count in enumerate(counts):
            height = box.height() * float(count) / float(counts.max())
            middle = (edges[number] + edges[number + 1]) / 2
            within = self._times.lower <= middle <= self._times.upper
            bar = QRectF(box.left() + number * width + 1, box.bottom() - height, width - 2, height)
            painter.fillRect(bar, QColor(COLOURS["accent" if within else "pressed"]))


def _end(seconds: Sequence[float]) -> float:
    """Return where the axis ends: at a round time not far beyond that of nine in ten."""
    most = min(max(seconds), 2 * float(np.percentile(seconds, 90)))
    step = next((step for step in _STEPS_S if most <= 4 * step), _STEPS_S[-1])
    return max(math.ceil(most / step), 1) * step


def _draw_ends(painter: QPainter, box: QRectF, end_s: float, *, beyond: bool) -> None:
    metrics = QFontMetricsF(painter.font())
    baseline = box.bottom() + 3 + metrics.ascent()
    painter.setPen(QColor(COLOURS["dim"]))
    painter.drawText(QPointF(box.left(), baseline), "0")
    half = duration(end_s / 2)
    painter.drawText(QPointF(box.center().x() - metrics.horizontalAdvance(half) / 2, baseline), half)
    last = f"≥ {duration(end_s)}" if beyond else duration(end_s)
    painter.drawText(QPointF(box.right() - metrics.horizontalAdvance(last), baseline), last)
