"""Bars of the dashboard: what became of the AI's lesions, and why runs of the AI ended without an answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.use_measures import Agreement, Share
from viewer.corner_text import small_font
from viewer.language import tr
from viewer.theme import COLOURS
from viewer.use_words import NONE, share_in_words

_PATTERNS = (Qt.BrushStyle.SolidPattern, Qt.BrushStyle.Dense4Pattern, Qt.BrushStyle.BDiagPattern)
_BAR, _LINE, _SWATCH, _GAP = 22.0, 21.0, 12.0, 8.0


@dataclass(frozen=True, slots=True)
class _Part:
    """One part of the agreement, told apart by colour, pattern and words."""

    words: str
    share: Share
    colour: str
    pattern: Qt.BrushStyle

    @property
    def brush(self) -> QBrush:
        return QBrush(QColor(COLOURS[self.colour]), self.pattern)


class AgreementBar(QWidget):
    """One bar in three parts, and below it a line for each of them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("agreementBar")
        self._parts: tuple[_Part, ...] = ()
        self.setMinimumSize(QSize(300, round(_BAR + _GAP + 3 * _LINE)))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_agreement(self, told: Agreement) -> None:
        """Show what became of the lesions."""
        kinds = (
            (tr("Accepted"), told.accepted, "ok"),
            (tr("Edited"), told.edited, "accent"),
            (tr("Rejected"), told.rejected, "warning"),
        )
        self._parts = tuple(
            _Part(words, share, colour, pattern)
            for (words, share, colour), pattern in zip(kinds, _PATTERNS, strict=True)
        )
        self.setAccessibleName("; ".join(f"{one.words}: {share_in_words(one.share)}" for one in self._parts))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bar and its lines."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(small_font(self.font(), 12))
        left = 0.0
        for part in self._parts:
            width = (part.share.value or 0.0) * self.width()
            _fill(painter, QRectF(left, 0, width, _BAR), part.brush)
            left += width
        painter.setPen(QPen(QColor(COLOURS["edge"]), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(0.5, 0.5, self.width() - 1, _BAR - 1))
        for number, part in enumerate(self._parts):
            self._draw_line(painter, part, _BAR + _GAP + number * _LINE)
        painter.end()

    def _draw_line(self, painter: QPainter, part: _Part, top: float) -> None:
        metrics = QFontMetricsF(painter.font())
        _fill(painter, QRectF(0, top + (_LINE - _SWATCH) / 2, _SWATCH, _SWATCH), part.brush)
        baseline = top + (_LINE + metrics.capHeight()) / 2
        painter.setPen(QColor(COLOURS["text"]))
        text = f"{part.words}: {share_in_words(part.share)}"
        painter.drawText(QPointF(_SWATCH + _GAP, baseline), _cut(metrics, text, self.width() - _SWATCH - _GAP))


class CauseBars(QWidget):
    """A bar for each cause with its words above, as long as the cause is frequent."""

    _most = 5

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("causeBars")
        self._causes: tuple[tuple[str, int], ...] = ()
        self.setMinimumSize(QSize(220, 60))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_causes(self, causes: Sequence[tuple[str, int]]) -> None:
        """Show causes in words with how often each came, the most frequent first."""
        kept = tuple(causes[: self._most])
        rest = sum(count for _, count in causes[self._most :])
        self._causes = (*kept, *(((tr("other causes"), rest),) if rest else ()))
        told = "; ".join(f"{words}: {count}" for words, count in self._causes)
        self.setAccessibleName(told or tr("Every run of the AI gave an answer."))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bars."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(small_font(self.font(), 12))
        metrics = QFontMetricsF(painter.font())
        most = max((count for _, count in self._causes), default=1)
        step = min(38.0, self.height() / max(len(self._causes), 1))
        number_width = metrics.horizontalAdvance("0000")
        for place, (words, count) in enumerate(self._causes):
            top = place * step
            painter.setPen(QColor(COLOURS["text"]))
            painter.drawText(QPointF(0, top + metrics.ascent()), _cut(metrics, words, self.width() - number_width))
            number = str(count)
            painter.drawText(QPointF(self.width() - metrics.horizontalAdvance(number), top + metrics.ascent()), number)
            bar = QRectF(0, top + metrics.height() + 2, self.width() * count / most, 6)
            _fill(painter, bar, QBrush(QColor(COLOURS["warning"])))
        painter.end()


def _fill(painter: QPainter, box: QRectF, brush: QBrush) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(COLOURS["raised"]))
    painter.drawRect(box)
    painter.setBrush(brush)
    painter.drawRect(box)


def _cut(metrics: QFontMetricsF, text: str, width: float) -> str:
    return metrics.elidedText(text or NONE, Qt.TextElideMode.ElideRight, max(width, 1.0))
