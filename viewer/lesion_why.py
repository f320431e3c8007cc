"""Why the AI finds a place suspicious: what each feature adds to its score, as a bar and a number, and in words."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from core.findings import Contribution, Feature
from core.report import FromModel
from viewer.labels import label
from viewer.language import tr
from viewer.lesion_words import whose_score
from viewer.said import said
from viewer.theme import COLOURS

_NAMES = {
    Feature.ADC: tr("ADC"),
    Feature.HIGH_B: tr("High b"),
    Feature.LOCATION: tr("Location"),
    Feature.SIZE: tr("Size"),
    Feature.BORDER: tr("Border"),
    Feature.PRIOR: tr("Prior"),
}
_FULL = 13.0
"""Log-odds of a whole bar: no image says more for or against cancer (inference/evidence.py)."""
_MADE_OF = tr("For (+) and against (−) cancer, in log-odds; together {total}")


class WhySection(QWidget):
    """What made one score of the AI; bars only where the model is transparent."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("whySection")
        self._shown: FromModel | None = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 2, 0, 2)
        self._layout.setSpacing(4)
        self._inside = QWidget()
        self._layout.addWidget(self._inside)

    def show_origin(self, origin: FromModel) -> None:
        """Show what made the score of a lesion."""
        if origin == self._shown:
            return
        self._shown = origin
        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(label(whose_score(origin), "small", name="whoseScore", wrap=True))
        if origin.contributions:
            total = sum(added.log_odds for added in origin.contributions)
            layout.addLayout(_bars(origin.contributions))
            layout.addWidget(label(_MADE_OF.format(total=in_words(total)), "small", name="whyTotal", wrap=True))
        words = "\n".join(f"• {said(line)}" for line in origin.explanation)
        layout.addWidget(label(words, "small", name="whyWords", wrap=True))
        self._layout.replaceWidget(self._inside, inside)
        self._inside.deleteLater()
        self._inside = inside


def in_words(log_odds: float) -> str:
    """Return log-odds with their sign, `±0` for next to nothing."""
    return "±0" if abs(log_odds) < 0.05 else f"{log_odds:+.1f}".replace("-", "−")


def _bars(contributions: tuple[Contribution, ...]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(8)
    grid.setVerticalSpacing(1)
    grid.setColumnStretch(1, 1)
    for row, added in enumerate(contributions):
        grid.addWidget(label(_NAMES[added.feature], "small"), row, 0)
        grid.addWidget(_Bar(added), row, 1)
        number = label(in_words(added.log_odds), name=f"why_{added.feature.name}")
        grid.addWidget(number, row, 2, Qt.AlignmentFlag.AlignRight)
    return grid


class _Bar(QWidget):
    """A bar from the middle to the right for what speaks for cancer, to the left for what speaks against it."""

    def __init__(self, added: Contribution) -> None:
        super().__init__()
        self._share = max(-1.0, min(1.0, added.log_odds / _FULL))
        self.setAccessibleName(f"{_NAMES[added.feature]} {in_words(added.log_odds)}")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """As high as a line of small text."""
        return QSize(80, 16)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the line in the middle and the bar."""
        painter = QPainter(self)
        middle, reach, half = self.width() / 2, self.width() / 2 - 1, self.height() / 2
        painter.fillRect(QRectF(middle - 0.5, 1, 1, self.height() - 2), QColor(COLOURS["edge"]))
        length = self._share * reach
        bar = QRectF(middle + min(length, 0.0), half - 4, abs(length), 8)
        painter.fillRect(bar, QColor(COLOURS["accent" if length > 0 else "dim"]))
