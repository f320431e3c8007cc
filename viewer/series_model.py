"""The series of a study as a list that Qt can show and drag, with a small picture of each that is seen."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer
from PySide6.QtGui import QImage, QPixmap

from core.study import Role, RoleChoice
from viewer.frame_mark import FrameState
from viewer.hanging_match import Offer
from viewer.language import tr

SERIES_MIME = "application/x-prosector-series"
"""What a dragged series is in a QMimeData: the key of its `Offer`, which begins with the Series Instance UID."""

Index = QModelIndex | QPersistentModelIndex
PictureOf = Callable[[RoleChoice], NDArray[Any] | None]
FACTS = Qt.ItemDataRole.UserRole
"""Series number and number of images."""
REASON = Qt.ItemDataRole.UserRole + 1
"""Why the series is used for what it is, or why it is not used."""
FRAME = Qt.ItemDataRole.UserRole + 2
"""The `FrameState` of a series in another frame of reference, else None."""
_HOW = tr("Drag it into a viewport, or press Enter; right-click to use it as something else.")
_NO_INDEX = QModelIndex()
_SIDE = 128


class SeriesModel(QAbstractListModel):
    """Rows of `Offer`. A picture is rendered one at a time while the window has nothing else to do."""

    def __init__(self, picture_of: PictureOf, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._picture_of = picture_of
        self._offers: tuple[Offer, ...] = ()
        self._pictures: dict[str, QPixmap] = {}
        self._frames: Mapping[str, tuple[FrameState, str]] = {}
        self._wanted: list[Offer] = []
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._render_next)

    def show_offers(self, offers: Sequence[Offer]) -> None:
        """Show other series."""
        self.beginResetModel()
        self._offers, self._pictures, self._wanted = tuple(offers), {}, []
        self._timer.stop()
        self.endResetModel()

    def show_frames(self, frames: Mapping[str, tuple[FrameState, str]]) -> None:
        """Mark the series in another frame of reference, by the keys of their offers, and say what it means."""
        self._frames = frames
        if self._offers:
            self.dataChanged.emit(self.index(0), self.index(len(self._offers) - 1))

    def offer(self, index: Index) -> Offer:
        """Return the series of a row."""
        return self._offers[index.row()]

    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        """How many series there are."""
        return 0 if parent.isValid() else len(self._offers)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the title, the words below it, the picture, or the whole in words."""
        offer = self._offers[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return offer.title
        if role == FACTS:
            return _facts(offer)
        if role == REASON:
            return _reason(offer)
        state, meaning = self._frames.get(offer.key, (None, ""))
        if role == FRAME:
            return state
        if role == Qt.ItemDataRole.DecorationRole:
            return self._picture(offer)
        if role == Qt.ItemDataRole.ToolTipRole:
            lines = (
                f"{offer.title} · {_facts(offer)}",
                _reason(offer),
                _sure(offer),
                meaning,
                _HOW,
            )
            return "\n".join(filter(None, lines))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            frame = f", {state.word}: {meaning}" if state else ""
            return f"{offer.title}, {_facts(offer)}, {_reason(offer)}{frame}"
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Every series can be selected and dragged."""
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled

    def mimeTypes(self) -> list[str]:
        """What a drag carries."""
        return [SERIES_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """Return the key of the first of the dragged series."""
        dragged = QMimeData()
        dragged.setData(SERIES_MIME, self._offers[indexes[0].row()].key.encode())
        return dragged

    def _picture(self, offer: Offer) -> QPixmap:
        if offer.key not in self._pictures and offer not in self._wanted:
            self._wanted.append(offer)
            self._timer.start()
        return self._pictures.get(offer.key, QPixmap())

    def _render_next(self) -> None:
        offer = self._wanted.pop(0)
        if not self._wanted:
            self._timer.stop()
        picture = self._picture_of(offer.choice)
        self._pictures[offer.key] = QPixmap() if picture is None else pixmap_of(picture)
        row = self.index(self._offers.index(offer))
        self.dataChanged.emit(row, row, [Qt.ItemDataRole.DecorationRole])


def _facts(offer: Offer) -> str:
    number, images = offer.choice.stack.series.number, sum(len(stack.instances) for stack in offer.choice.stacks)
    told = tr("Se {number} · 1 image") if images == 1 else tr("Se {number} · {images} images")
    return told.format(number="?" if number is None else number, images=images)


def _sure(offer: Offer) -> str:
    choice = offer.choice
    if choice.role in (Role.OTHER, Role.SUBTRACTION) or choice.corrected:
        return ""
    return tr("Confidence {percent} %").format(percent=round(100 * choice.confidence))


def _reason(offer: Offer) -> str:
    unused = tr("not used: ") if offer.choice.role is Role.OTHER else ""
    return f"{unused}{offer.choice.reason}"


def pixmap_of(picture: NDArray[Any], side: int = _SIDE) -> QPixmap:
    """Return a picture (row, column) in grey, its longer side `side` pixels."""
    return QPixmap.fromImage(image_of(picture, side))


def image_of(picture: NDArray[Any], side: int = _SIDE) -> QImage:
    """Return a picture as `pixmap_of`, which only the window's thread may make."""
    picture = np.nan_to_num(picture)
    low, high = np.percentile(picture, (1, 99.5))
    grey = np.clip((picture - low) * (255.0 / max(high - low, 1e-6)), 0, 255).astype(np.uint8)
    rows, columns = grey.shape
    levels = np.ascontiguousarray(grey)
    image = QImage(levels.data, columns, rows, columns, QImage.Format.Format_Grayscale8)
    mode = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    return image.scaled(side, side, *mode).copy()  # unscaled, it would only borrow the memory of `levels`
