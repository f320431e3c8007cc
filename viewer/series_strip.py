"""All series of the study in one row: those with a role, and those without one and why; drag one into a viewport."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QKeyEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from core.study import Role
from service.reading import picture_of
from viewer.corner_text import draw_empty, small_font
from viewer.frame_mark import FrameState, draw_frame_chip
from viewer.hanging_match import Offer
from viewer.language import tr
from viewer.series_model import FACTS, FRAME, REASON, Index, PictureOf, SeriesModel
from viewer.theme import COLOURS

_CARD = QSize(186, 58)
_BAR = 12
_EMPTY = tr("The series of the study will be here")


class SeriesStrip(QListView):
    """Select a series with the arrow keys and press Enter, double-click it, or drag it."""

    hang_wanted = Signal(object)
    """The reader wants this `Offer` in the active viewport."""
    menu_wanted = Signal(object, object)
    """The reader wants to say what this `Offer` is for; the menu is to stand at this point (QPoint) of the screen."""

    def __init__(self, parent: QWidget | None = None, *, picture_of: PictureOf = picture_of) -> None:
        super().__init__(parent)
        self.setObjectName("seriesStrip")
        self.setAccessibleName(tr("Series of the study"))
        self._series = SeriesModel(picture_of, self)
        self.setModel(self._series)
        self.setItemDelegate(_Card(self))
        self.setFlow(QListView.Flow.LeftToRight)
        self.setUniformItemSizes(True)
        self.setFixedHeight(_CARD.height() + _BAR)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.doubleClicked.connect(self._hang)

    def show_offers(self, offers: Sequence[Offer]) -> None:
        """Show the series of a study."""
        self._series.show_offers(offers)

    def show_frames(self, frames: Mapping[str, tuple[FrameState, str]]) -> None:
        """Mark the series in another frame of reference, by the keys of their offers, and say what it means."""
        self._series.show_frames(frames)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Hang the selected series with Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._hang(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask what the series under the pointer, or the selected one, is to be used as."""
        by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        if index.isValid():
            at = self.visualRect(index).center() if by_key else event.pos()
            self.menu_wanted.emit(self._series.offer(index), self.viewport().mapToGlobal(at))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the cards, or say what will be here."""
        super().paintEvent(event)
        if not self._series.rowCount():
            painter = QPainter(self.viewport())
            draw_empty(painter, self.viewport().rect().toRectF(), _EMPTY)
            painter.end()

    def _hang(self, index: Index) -> None:
        self.hang_wanted.emit(self._series.offer(index))


class _Card(QStyledItemDelegate):
    """Draws one series: picture, title, and the line below it; one without a role is dimmed and says so."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """All cards are equal."""
        return _CARD

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the card."""
        model = index.model()
        assert isinstance(model, SeriesModel)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        box = QRect(option.rect).adjusted(2, 2, -2, -2)
        painter.save()
        painter.setPen(QPen(QColor(COLOURS["accent" if focused or chosen else "line"]), 1))
        painter.setBrush(QColor(COLOURS["selection" if chosen else "panel"]))
        painter.drawRoundedRect(box, 4, 4)
        self._draw_picture(painter, box, model.data(index, Qt.ItemDataRole.DecorationRole))
        used = model.offer(index).choice.role is not Role.OTHER
        lines = [str(model.data(index)), str(model.data(index, FACTS))]
        if not used and model.data(index, FRAME) is None:
            lines.append(str(model.data(index, REASON)))
        words = box.adjusted(box.height() + 3, 4, -5, 0)
        for number, line in enumerate(lines):
            painter.setFont(small_font(painter.font(), 12 if number == 0 else 11, bold=used and number == 0))
            painter.setPen(QColor(COLOURS["text" if used and number == 0 else "dim"]))
            elided = painter.fontMetrics().elidedText(line, Qt.TextElideMode.ElideRight, words.width())
            painter.drawText(words, Qt.AlignmentFlag.AlignTop, elided)
            words.adjust(0, painter.fontMetrics().height() + 1, 0, 0)
        state = model.data(index, FRAME)
        if state is not None:
            _draw_chip(painter, box, state)
        painter.restore()

    def _draw_picture(self, painter: QPainter, box: QRect, picture: QPixmap) -> None:
        frame = QRect(box.left() + 3, box.top() + 3, box.height() - 6, box.height() - 6)
        painter.fillRect(frame, Qt.GlobalColor.black)
        if not picture.isNull():
            fitted = picture.size().scaled(frame.size(), Qt.AspectRatioMode.KeepAspectRatio)
            target = QRect(frame.topLeft(), fitted)
            target.moveCenter(frame.center())
            painter.drawPixmap(target, picture)


def _draw_chip(painter: QPainter, box: QRect, state: FrameState) -> None:
    """Draw the chip where the third line is, in place of the reason, which the tooltip has too."""
    draw_frame_chip(painter, QPointF(box.left() + box.height() + 2, box.bottom() - 19), state, state.word)
