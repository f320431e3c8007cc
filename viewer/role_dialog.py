"""Asks which series plays a role that the headers leave open: one line for each candidate, with picture and reason."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from core.study import ROLE_NAMES, Question, RoleChoice
from viewer.labels import label
from viewer.language import tr
from viewer.said import said
from viewer.series_model import PictureOf, pixmap_of

_SIDE = 96
_WIDTH = 560


class RoleDialog(QDialog):
    """Nothing is chosen at first: a guess that stands there already would be taken for a proposal."""

    def __init__(self, question: Question, picture_of: PictureOf, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("roleDialog")
        name = said(ROLE_NAMES[question.role])
        self.setWindowTitle(tr("Which series is the {name}?").format(name=name))
        self._candidates = question.candidates
        self._buttons = QButtonGroup(self)
        self._ok = QPushButton(tr("Use as {name}").format(name=name))
        self._ok.setObjectName("roleOkButton")
        self._ok.setProperty("primary", True)
        self._ok.setEnabled(False)
        self._ok.clicked.connect(self.accept)
        later = QPushButton(tr("Decide later"))
        later.clicked.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(10)
        layout.addWidget(label(tr("Which series is the {name}?").format(name=name), "title", wrap=True))
        told = tr(
            "It cannot be told from the images' headers: {why}. Your choice is kept for this scanner and protocol."
        )
        layout.addWidget(label(told.format(why=question.why), "dim", wrap=True))
        for number, candidate in enumerate(question.candidates):
            layout.addWidget(self._line(number, candidate, picture_of))
        footer = QHBoxLayout()
        footer.addStretch()
        footer.addWidget(later)
        footer.addWidget(self._ok)
        layout.addLayout(footer)
        self.setFixedWidth(_WIDTH)

    @property
    def chosen(self) -> RoleChoice | None:
        """The candidate that the reader marked."""
        number = self._buttons.checkedId()
        return self._candidates[number] if number >= 0 else None

    def _line(self, number: int, candidate: RoleChoice, picture_of: PictureOf) -> QWidget:
        series = candidate.stack.series
        radio = QRadioButton(_title(candidate))
        radio.setObjectName(f"candidate{number}")
        radio.setAccessibleDescription(candidate.reason)
        radio.clicked.connect(lambda: self._ok.setEnabled(True))
        self._buttons.addButton(radio, number)
        words = QVBoxLayout()
        words.setSpacing(3)
        words.addWidget(radio)
        words.addWidget(label(candidate.reason, "dim", wrap=True))
        words.addStretch()
        line = QFrame()
        line.setObjectName(f"candidateOf{series.number}")
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(_picture(candidate, picture_of))
        row.addLayout(words, 1)
        return line


def ask_role(question: Question, picture_of: PictureOf, parent: QWidget) -> RoleChoice | None:
    """Return the series that the reader chose, or None for later."""
    dialog = RoleDialog(question, picture_of, parent)
    try:
        return dialog.chosen if dialog.exec() == QDialog.DialogCode.Accepted else None
    finally:
        dialog.deleteLater()


def _title(candidate: RoleChoice) -> str:
    series, b = candidate.stack.series, candidate.stack.b_value
    named = series.description or tr("without description")
    b_words = "" if b is None else f" · b {b:g}"
    sure = tr("confidence {percent} %").format(percent=round(100 * candidate.confidence))
    return tr("Se {value} · {named}{b_words} · {sure}").format(
        value="?" if series.number is None else series.number, named=named, b_words=b_words, sure=sure
    )


def _picture(candidate: RoleChoice, picture_of: PictureOf) -> QLabel:
    shown = QLabel()
    shown.setFixedSize(_SIDE, _SIDE)
    shown.setAlignment(Qt.AlignmentFlag.AlignCenter)
    shown.setStyleSheet("background: black")
    picture = picture_of(candidate)
    if picture is not None:
        shown.setPixmap(pixmap_of(picture, _SIDE))
    return shown
