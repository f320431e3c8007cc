"""A widget that shows what is drawn off screen: the same on X11, Wayland and with no screen, and `grab()` is right."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from viewer.corner_text import draw_empty
from viewer.language import tr

Rgba = NDArray[np.uint8]

_LOST = tr("The picture was lost.")


class Source(Protocol):
    """Draws pictures of any size."""

    def frame(self, width: int, height: int) -> Rgba | None:
        """Return RGBA (row, column, 4) from the top; None when it can draw no more."""
        ...


class RasterHost(QWidget):
    """Paints frames of a source at the resolution of its screen, one per paint event and only when something changed.

    Without a source it paints a sentence, and so it does from the moment that its source can draw no more.
    """

    lost = Signal()
    """The source draws no more and was let go of; emitted before the sentence is painted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._source: Source | None = None
        self._sentence = ""
        self._image: tuple[Rgba, QImage] | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(QSize(96, 96))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_source(self, source: Source) -> None:
        """Show what `source` draws."""
        self._source, self._sentence = source, ""
        self.redraw()

    def show_sentence(self, sentence: str) -> None:
        """Show a sentence and let go of the source."""
        self._source, self._image, self._sentence = None, None, sentence
        self.setAccessibleDescription(sentence)
        self.update()

    def redraw(self) -> None:
        """Draw a new frame at the next paint event, however often this is asked before."""
        self._image = None
        self.update()

    @property
    def frame_size(self) -> tuple[int, int]:
        """The width and height of a frame: the widget's in device pixels."""
        ratio = self.devicePixelRatioF()
        return max(1, round(self.width() * ratio)), max(1, round(self.height() * ratio))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the frame, and on it what `paint_over` paints; or the sentence."""
        image = self._current()
        painter = QPainter(self)
        box = QRectF(self.rect())
        if image is None:
            painter.fillRect(box, QColor("black"))
            draw_empty(painter, box, self._sentence)
        else:
            painter.drawImage(box, image)
            self.paint_over(painter, box)
        painter.end()

    def paint_over(self, painter: QPainter, box: QRectF) -> None:
        """Paint words and marks on the frame, in logical pixels."""

    def _current(self) -> QImage | None:
        if self._source is None:
            return None
        size = self.frame_size
        if self._image is None or (self._image[1].width(), self._image[1].height()) != size:
            frame = self._source.frame(*size)
            if frame is None:
                self.show_sentence(_LOST)
                self.lost.emit()
                return None
            image = QImage(frame.data, *size, 4 * size[0], QImage.Format.Format_RGBX8888)
            self._image = (frame, image)  # the QImage only borrows the memory of the frame
        return self._image[1]
