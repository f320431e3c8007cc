"""The series of the study in the preview: number, a picture once one is here, description, and how many images."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from core.study import SeriesMatch
from viewer.labels import ElidedLabel, heading, label
from viewer.language import tr
from viewer.worklist_thumbnails import THUMBNAIL


class SeriesLines(QWidget):
    """A line for each series, and the sentence why they are not known."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[SeriesMatch, ...] = ()
        self._lines: dict[str, _Line] = {}
        self._problem = label(role="small", name="seriesProblem", wrap=True)
        self._problem.hide()
        content = QWidget()
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(5)
        self._column.setAlignment(Qt.AlignmentFlag.AlignTop)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(content)
        self._heading = heading(tr("Series"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 6, 0, 0)
        layout.addWidget(self._heading)
        layout.addWidget(self._problem)
        layout.addWidget(scroll, 1)

    def show_heading(self, visible: bool) -> None:
        """Show the heading, or hide it where there is no study."""
        self._heading.setVisible(visible)

    def show_series(self, series: tuple[SeriesMatch, ...], problem: str) -> None:
        """Show these series, without pictures unless they are shown already, or why they are not known."""
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        if series == self._shown:
            return
        self._shown = series
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._lines = {}
        for one in series:
            line = _Line(one)
            self._column.addWidget(line)
            self._lines[one.series_instance_uid] = line

    def show_pictures(self, pictures: Mapping[str, QImage]) -> None:
        """Show the pictures of those series that have one, by Series Instance UID; the others keep the place free."""
        here = {uid: image for uid, image in pictures.items() if uid in self._lines}
        for uid, line in self._lines.items():
            line.show_picture(here.get(uid), has_place=bool(here))


class _Line(QWidget):
    """One series."""

    def __init__(self, series: SeriesMatch) -> None:
        super().__init__()
        number = label("–" if series.number is None else str(series.number), "dim")
        number.setFixedWidth(30)
        number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._picture = QLabel()
        self._picture.setObjectName("seriesThumbnail")
        self._picture.setFixedSize(THUMBNAIL, THUMBNAIL)
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._picture.hide()
        description = series.description or tr("without description")
        self._picture.setAccessibleName(tr("Picture of {series}").format(series=description))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(number)
        row.addWidget(self._picture)
        row.addWidget(ElidedLabel(description), 1)
        count = "" if series.instance_count is None else f" · {series.instance_count}"
        row.addWidget(label(f"{series.modality}{count}", "small"))

    def show_picture(self, image: QImage | None, *, has_place: bool) -> None:
        """Show a picture, or none; without `has_place` the line is as high as its words."""
        self._picture.setVisible(has_place)
        if image is not None and self._picture.pixmap().isNull():
            self._picture.setPixmap(QPixmap.fromImage(image))
