"""The chip of a series in another frame of reference: what it says, what it means, and how it is drawn."""

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from core.frame_link import LinkedBy, frame_key
from core.study import Role
from service.reading import LoadedSeries
from viewer.language import tr
from viewer.said import said
from viewer.theme import COLOURS, icon

_PIXELS, _ICON, _PAD, _HEIGHT = 11, 12, 5.0, 18.0
_GROUND = QColor(14, 17, 22, 225)
_HOW = tr("Click the chip to anchor the series at a place that you recognise in both, or to register it.")
_CHECK = tr("Check the match at more than one place before you trust it. Click the chip to unlink the series")


class FrameState(Enum):
    """How a series of another frame of reference lies: its word, icon and colour."""

    OTHER = (tr("Other frame"), "unlinked", "warning")
    ANCHORED = (tr("Anchored"), "anchor", "caution")
    REGISTERED = (tr("Registered"), "linked", "ok")

    @property
    def word(self) -> str:
        """What the chip says."""
        return self.value[0]

    @property
    def icon_name(self) -> str:
        """Its icon."""
        return self.value[1]

    @property
    def colour(self) -> str:
        """Its colour by name."""
        return self.value[2]


@dataclass(frozen=True, slots=True)
class FrameMark:
    """The chip of one series. `frame` is its `frame_key`, `words` say what it means and what to do."""

    state: FrameState
    frame: str
    words: str


def mark_of(one: LoadedSeries, reference: LoadedSeries, *, linked: bool) -> FrameMark | None:
    """Return the chip of a series beside the study's reference series, None where it needs none.

    A prior is laid on the study by registration as a whole, and nothing can be linked with a reference without a frame.
    """
    if one.prior or reference.volume is None or not reference.volume.frame_of_reference_uid:
        return None
    frame = frame_key(one.choice.stack.series)
    if not linked:
        return FrameMark(FrameState.OTHER, frame, _unlinked_words(one, frame, reference))
    if one.link is None:
        return None
    if one.link.by is LinkedBy.ANCHOR:
        how = tr("Anchored at one place: it was shifted, not turned.")
        state, more = FrameState.ANCHORED, tr(" or to register it.")
    else:
        score = f" ({one.link.score.in_words})" if one.link.score else ""
        how = tr("Registered: shifted and turned by {turn_deg:.1f}°{score}.").format(
            turn_deg=one.link.turn_deg, score=score
        )
        state, more = FrameState.REGISTERED, "."
    told = tr(
        "{title} was acquired in another frame of reference. {how} Crosshair, overlays and measures in it "
    ).format(title=said(one.choice.title), how=how)
    return FrameMark(state, frame, tr("{told}are mapped so. {check}{more}").format(told=told, check=_CHECK, more=more))


def _unlinked_words(one: LoadedSeries, frame: str, reference: LoadedSeries) -> str:
    title, on_t2 = said(one.choice.title), reference.choice.role is Role.T2_AXIAL
    named = one.choice.stack.series.frame_of_reference_uid == frame
    why = (
        tr("was acquired in another frame of reference than {title}").format(title=said(reference.choice.title))
        if named
        else tr("names no frame of reference")
    )
    how = _HOW if on_t2 else tr("It cannot be linked: the study has no axial T2 to lay it on.")
    return tr("{title} {why}, so the crosshair does not follow in it and it carries no overlays. {how}").format(
        title=title, why=why, how=how
    )


def chip_size(text: str, base: QFont) -> QRectF:
    """Return the box of a chip with its corner at the origin."""
    width = QFontMetricsF(_font(base)).horizontalAdvance(text)
    return QRectF(0, 0, _ICON + width + 3 * _PAD, _HEIGHT)


def draw_frame_chip(painter: QPainter, corner: QPointF, state: FrameState, text: str) -> QRectF:
    """Draw a chip with its top left corner at a point and return its box."""
    box = chip_size(text, painter.font()).translated(corner)
    colour = QColor(COLOURS[state.colour])
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, 1))
    painter.setBrush(_GROUND)
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), _HEIGHT / 2, _HEIGHT / 2)
    top_left = (box.topLeft() + QPointF(_PAD, (_HEIGHT - _ICON) / 2)).toPoint()
    icon(state.icon_name, state.colour).paint(painter, QRect(top_left, QSize(_ICON, _ICON)))
    painter.setFont(_font(painter.font()))
    words = box.adjusted(_ICON + 1.7 * _PAD, 0, 0, 0)
    painter.drawText(words, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), text)
    painter.restore()
    return box


def _font(base: QFont) -> QFont:
    font = QFont(base)
    font.setPixelSize(_PIXELS)
    font.setWeight(QFont.Weight.DemiBold)
    return font
