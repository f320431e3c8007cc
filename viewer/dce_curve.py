"""Enhancement over time as a plot: several curves, told apart by dash, mark and name as well as by colour."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from inference.dce import Curve, CurveType
from viewer.corner_text import small_font
from viewer.language import tr
from viewer.theme import COLOURS

_LEFT, _RIGHT, _TOP, _BOTTOM = 52.0, 14.0, 12.0, 46.0
_LEAST_TOP = 50.0
_TICK_PIXELS = 34.0
_MARK = 3.6
_LOW, _BESIDE, _LOW_BOTTOM = 170.0, 104.0, 24.0
"""Below this height (pixels) the legend stands, shortened, at the right: so much of the width, and less below."""
_PLACE = tr("Place the crosshair on the DCE.")
_BELOW = 0.2
"""Noise before contrast agent may lie so far (of a step) below the axis without one more step being drawn."""
_STYLES: tuple[tuple[str, tuple[float, ...], str], ...] = (
    ("#4fd1e0", (), "disc"),
    ("#ffb454", (6.0, 3.0), "square"),
    ("#b7e07a", (2.0, 2.5), "triangle"),
    ("#e79bff", (8.0, 3.0, 2.0, 3.0), "diamond"),
    ("#f2f2f2", (4.0, 4.0), "cross"),
)
_TYPES = {
    CurveType.NONE: ("–", tr("no type")),
    CurveType.PERSISTENT: ("1 ↗", "type 1, persistent"),
    CurveType.PLATEAU: ("2 →", "type 2, plateau"),
    CurveType.WASH_OUT: ("3 ↘", "type 3, wash-out"),
}
_COLUMNS = ("", "type", "peak %", tr("TTP s"), "in %/s", "out %/min")
_UNITS = ("", "type", "%", "s", "%/s", "%/min")
_NAME_FROM, _NAME_SHARE, _WIDE_COLUMN = 42.0, 0.32, 58.0


@dataclass(frozen=True, slots=True)
class Plotted:
    """A curve and what it is of: `Cursor`, `L1`, `Region 2`."""

    name: str
    curve: Curve


def words_of(curve: Curve) -> str:
    """Return the measures of a curve in a sentence."""
    k = curve.kinetics
    if k.peak_percent <= 0:
        return tr("no enhancement")
    return tr(
        "{types}, peak {peak_percent:.0f} % after {time_to_peak_s:.0f} s, wash-in "
        "{wash_in:.1f} % per second, wash-out {wash_out:.0f} % per minute"
    ).format(
        types=_TYPES[k.curve_type][1],
        peak_percent=k.peak_percent,
        time_to_peak_s=k.time_to_peak_s,
        wash_in=k.wash_in,
        wash_out=k.wash_out,
    )


def _cells(one: Plotted) -> tuple[str, ...]:
    k = one.curve.kinetics
    numbers = (f"{k.peak_percent:.0f}", f"{k.time_to_peak_s:.0f}", f"{k.wash_in:.1f}", f"{k.wash_out:.0f}")
    return (one.name, _TYPES[k.curve_type][0], *numbers)


class CurvePlot(QWidget):
    """Draws curves with a line at the phase that is shown; a click or drag goes to the phase nearest to it."""

    phase_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("dceCurves")
        self._curves: tuple[Plotted, ...] = ()
        self._times: tuple[float, ...] = ()
        self._phase = 0
        self._instead = _PLACE
        self.setMinimumSize(QSize(240, 90))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_curves(
        self, curves: Sequence[Plotted], times_s: Sequence[float], phase: int, *, problem: str = ""
    ) -> None:
        """Show these curves over the times of the phases; where there are none, the problem or what to do."""
        self._curves, self._times, self._phase = tuple(curves), tuple(times_s), phase
        self._instead = problem or _PLACE
        told = "; ".join(f"{one.name}: {words_of(one.curve)}" for one in self._curves) or self._instead
        self.setAccessibleName(tr("Enhancement over time. {told}").format(told=told))
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to a phase."""
        self._choose(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on to other phases with the button down."""
        self._choose(event)

    def _choose(self, event: QMouseEvent) -> None:
        if self._times and event.buttons() & Qt.MouseButton.LeftButton:
            box = self._box()
            share = (event.position().x() - box.left()) / max(box.width(), 1.0)
            wanted = self._times[0] + share * (self._times[-1] - self._times[0])
            self.phase_chosen.emit(int(np.argmin(np.abs(np.array(self._times) - wanted))))

    def _box(self) -> QRectF:
        if self._is_low:
            return QRectF(self.rect()).adjusted(_LEFT, _TOP, -_BESIDE - _RIGHT, -_LOW_BOTTOM)
        return QRectF(self.rect()).adjusted(_LEFT, _TOP, -_RIGHT, -_BOTTOM - self._legend_height())

    @property
    def _is_low(self) -> bool:
        return self.height() < _LOW

    def _legend_height(self) -> float:
        return (len(self._curves) + 1) * self._line()

    def _line(self) -> float:
        return QFontMetricsF(small_font(self.font(), 11)).height() + 2

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw axes, curves and legend."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor("black"))
        painter.setFont(small_font(self.font(), 11))
        if not self._times or not self._curves:
            painter.setPen(QColor(COLOURS["dim"]))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(16, 8, -16, -8), int(flags), self._instead)
            painter.end()
            return
        scale = _Scale(self._box(), self._times, self._curves)
        _draw_axes(painter, scale, named=not self._is_low)
        _draw_phase(painter, scale, self._times[self._phase])
        for number, one in enumerate(self._curves):
            _draw_curve(painter, scale, one.curve, _STYLES[number % len(_STYLES)])
        if self._is_low:
            self._draw_short_legend(painter)
        else:
            self._draw_legend(painter)
        painter.end()

    def _draw_short_legend(self, painter: QPainter) -> None:
        left, metrics = self.width() - _BESIDE, QFontMetricsF(painter.font())
        for number, one in enumerate(self._curves):
            style, y = _STYLES[number % len(_STYLES)], _TOP + number * self._line()
            middle, baseline = y + self._line() / 2 - 1, y + metrics.ascent()
            painter.setPen(_pen(style))
            painter.drawLine(QPointF(left, middle), QPointF(left + 18, middle))
            _draw_mark(painter, QPointF(left + 9, middle), style)
            name, kind = _cells(one)[:2]
            right = self.width() - 8.0 - metrics.horizontalAdvance(kind)
            painter.setPen(QColor(COLOURS["text"]))
            whole = metrics.elidedText(name, Qt.TextElideMode.ElideRight, right - left - 28)
            painter.drawText(QPointF(left + 24, baseline), whole)
            painter.drawText(QPointF(right, baseline), kind)

    def _draw_legend(self, painter: QPainter) -> None:
        top = self.height() - self._legend_height() - 4
        painter.setPen(QColor(COLOURS["dim"]))
        wide = (1 - _NAME_SHARE) * self.width() / (len(_COLUMNS) - 1) >= _WIDE_COLUMN
        self._draw_row(painter, top, _COLUMNS if wide else _UNITS)
        for number, one in enumerate(self._curves):
            style = _STYLES[number % len(_STYLES)]
            y = top + (number + 1) * self._line()
            middle = y + self._line() / 2 - 1
            painter.setPen(_pen(style))
            painter.drawLine(QPointF(8, middle), QPointF(34, middle))
            _draw_mark(painter, QPointF(21, middle), style)
            painter.setPen(QColor(COLOURS["text"]))
            self._draw_row(painter, y, _cells(one))

    def _draw_row(self, painter: QPainter, top: float, cells: Sequence[str]) -> None:
        """Draw the name at the left and the other cells in columns that end at even distances."""
        metrics = QFontMetricsF(painter.font())
        baseline, from_x = top + metrics.ascent(), _NAME_SHARE * self.width()
        name = metrics.elidedText(cells[0], Qt.TextElideMode.ElideRight, from_x - _NAME_FROM)
        painter.drawText(QPointF(_NAME_FROM, baseline), name)
        width = (self.width() - 8.0 - from_x) / (len(cells) - 1)
        for column, text in enumerate(cells[1:], start=1):
            painter.drawText(QPointF(from_x + column * width - metrics.horizontalAdvance(text), baseline), text)


class _Scale:
    """Where a time and an enhancement lie on the screen."""

    def __init__(self, box: QRectF, times_s: Sequence[float], curves: Sequence[Plotted]) -> None:
        self.box = box
        self.first_s, self.last_s = times_s[0], times_s[-1]
        values = [value for one in curves for value in one.curve.enhancement]
        self.step = _round_step((max(_LEAST_TOP, *values) - min(0.0, *values)) / max(2.0, box.height() / _TICK_PIXELS))
        self.low = self.step * float(np.ceil(min(0.0, *values) / self.step - _BELOW))
        self.high = self.step * float(np.ceil(max(_LEAST_TOP, *values) / self.step))

    def x(self, time_s: float) -> float:
        """Return the place of a time."""
        return self.box.left() + (time_s - self.first_s) / (self.last_s - self.first_s) * self.box.width()

    def y(self, percent: float) -> float:
        """Return the place of an enhancement."""
        return self.box.bottom() - (percent - self.low) / (self.high - self.low) * self.box.height()


def _round_step(least: float) -> float:
    """Return the least of 1, 2 or 5 times a power of ten that is not below `least`."""
    power = 10.0 ** np.floor(np.log10(least))
    return float(next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least))


def _draw_axes(painter: QPainter, scale: _Scale, *, named: bool) -> None:
    """Draw the axes, that of time with its name where there is room for one."""
    metrics, box = QFontMetricsF(painter.font()), scale.box
    for percent in np.arange(scale.low, scale.high + scale.step / 2, scale.step):
        y = scale.y(float(percent))
        painter.setPen(QPen(QColor(COLOURS["line"] if percent else COLOURS["edge"]), 1))
        painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
        text = f"{percent + 0.0:.0f}".replace("-", "−")
        painter.setPen(QColor(COLOURS["dim"]))
        at = box.left() - 6 - metrics.horizontalAdvance(text)
        painter.drawText(QPointF(at, y + metrics.capHeight() / 2), text)
    step = _round_step((scale.last_s - scale.first_s) / max(2.0, box.width() / 60))
    for time in np.arange(scale.first_s, scale.last_s + 1e-6, step):
        text = f"{time:.0f}"
        x = scale.x(float(time))
        painter.drawLine(QPointF(x, box.bottom()), QPointF(x, box.bottom() + 4))
        painter.drawText(QPointF(x - metrics.horizontalAdvance(text) / 2, box.bottom() + 5 + metrics.ascent()), text)
    if named:
        across = tr("Time after the first phase (s)")
        at = box.center().x() - metrics.horizontalAdvance(across) / 2
        painter.drawText(QPointF(at, box.bottom() + 8 + metrics.height() + metrics.ascent()), across)
    painter.save()
    up = tr("Enhancement (%)")
    if metrics.horizontalAdvance(up) > box.height():
        up = "%"
    painter.translate(metrics.ascent() + 1, box.center().y() + metrics.horizontalAdvance(up) / 2)
    painter.rotate(-90)
    painter.drawText(QPointF(0, 0), up)
    painter.restore()


def _draw_phase(painter: QPainter, scale: _Scale, time_s: float) -> None:
    painter.setPen(QPen(QColor(COLOURS["accent"]), 1))
    x = scale.x(time_s)
    painter.drawLine(QPointF(x, scale.box.top()), QPointF(x, scale.box.bottom()))


def _draw_curve(painter: QPainter, scale: _Scale, curve: Curve, style: tuple[str, tuple[float, ...], str]) -> None:
    points = [QPointF(scale.x(t), scale.y(v)) for t, v in zip(curve.times_s, curve.enhancement, strict=True)]
    painter.setPen(_pen(style))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(points)
    for point in points:
        _draw_mark(painter, point, style)


def _pen(style: tuple[str, tuple[float, ...], str]) -> QPen:
    pen = QPen(QColor(style[0]), 1.8)
    if style[1]:
        pen.setDashPattern(list(style[1]))
    return pen


def _draw_mark(painter: QPainter, at: QPointF, style: tuple[str, tuple[float, ...], str]) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(style[0]))
    corners = {
        "square": ((-1, -1), (1, -1), (1, 1), (-1, 1)),
        "triangle": ((0, -1.2), (1.1, 0.9), (-1.1, 0.9)),
        "diamond": ((0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)),
    }.get(style[2])
    if corners is not None:
        shape = [at + QPointF(float(x), float(y)) * _MARK for x, y in corners]
        painter.drawPolygon(QPolygonF(cast("Sequence[QPointF]", shape)))
    elif style[2] == "disc":
        painter.drawEllipse(at, _MARK, _MARK)
    else:
        painter.setPen(QPen(QColor(style[0]), 1.6))
        for dx in (-1.0, 1.0):
            painter.drawLine(at - QPointF(dx, 1) * _MARK, at + QPointF(dx, 1) * _MARK)
