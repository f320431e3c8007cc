"""The PDF of the report as it will be stored, page by page."""

import threading

import pypdfium2
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from viewer.labels import label
from viewer.language import tr

_PDFIUM = threading.Lock()  # PDFium is not thread-safe
_SCALE = 2  # pixels per PDF point: 144 dpi


def render_pages(pdf: bytes) -> tuple[QImage, ...]:
    """Return each page of a PDF as an image; may be called from any thread."""
    with _PDFIUM:
        document = pypdfium2.PdfDocument(pdf)
        try:
            return tuple(_image(page) for page in document)
        finally:
            document.close()


def _image(page: pypdfium2.PdfPage) -> QImage:
    pixels = page.render(scale=_SCALE, rev_byteorder=True, force_bitmap_format=4).to_numpy()  # BGRx
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, pixels.strides[0], QImage.Format.Format_RGBX8888).copy()


class PdfPreview(QScrollArea):
    """Shows pages as wide as there is room; scrolls up and down."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pdfPreview")
        self.setAccessibleName(tr("Preview of the report"))
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.page_count = 0
        self.say(tr("Drawing the report…"))

    def say(self, text: str) -> None:
        """Show a sentence instead of pages."""
        self.page_count = 0
        told = label(text, "dim", name="previewSentence", wrap=True)
        told.setAlignment(Qt.AlignmentFlag.AlignCenter)
        told.setContentsMargins(40, 40, 40, 40)
        self.setWidget(told)

    def show_pages(self, pages: tuple[QImage, ...]) -> None:
        """Show the pages of a document."""
        self.page_count = len(pages)
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(18, 18, 18, 18)
        layout.setSpacing(14)
        for number, page in enumerate(pages, start=1):
            layout.addWidget(_Page(page, tr("Page {number} of {len}").format(number=number, len=len(pages))))
        layout.addStretch(1)
        self.setWidget(content)


class _Page(QWidget):
    def __init__(self, image: QImage, name: str) -> None:
        super().__init__()
        self._picture = image
        self.setAccessibleName(name)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def sizeHint(self) -> QSize:
        return QSize(600, self.heightForWidth(600))

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return round(width * self._picture.height() / max(self._picture.width(), 1))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        ratio = self.devicePixelRatioF()
        wanted = QSize(round(self.width() * ratio), round(self.height() * ratio))
        scaled = self._picture.scaled(
            wanted, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        scaled.setDevicePixelRatio(ratio)
        size = QRectF(0, 0, scaled.width() / ratio, scaled.height() / ratio)
        painter.fillRect(size, QColor("white"))
        painter.drawImage(size.topLeft(), scaled)
        painter.end()
