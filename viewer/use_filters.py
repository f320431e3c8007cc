"""Of whose readings, which model and which time the dashboard tells."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from core.use import Use
from viewer.fields import ComboBox
from viewer.labels import label
from viewer.language import tr

_PERIODS: tuple[tuple[str, int | None], ...] = (
    (tr("All time"), None),
    (tr("Last 30 days"), 30),
    (tr("Last 90 days"), 90),
    (tr("Last 12 months"), 365),
)


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen; empty means any."""

    reader: str
    model: str
    since: datetime | None

    @property
    def is_all(self) -> bool:
        """Whether nothing is left out."""
        return not (self.reader or self.model or self.since)


class UseFilters(QFrame):
    """Three lists; `changed` tells that another line of one of them was chosen."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("filterBar")
        self.setFixedHeight(52)
        self._reader = _combo("useReader", tr("Reader"), tr("All readers"), 170)
        self._model = _combo("useModel", tr("AI model"), tr("All AI models"), 240)
        self._period = _combo("usePeriod", tr("Period"), "", 140)
        self._period.clear()
        for words, days in _PERIODS:
            self._period.addItem(words, days)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 14, 8)
        row.setSpacing(8)
        for box in (self._reader, self._model, self._period):
            box.activated.connect(lambda _place: self.changed.emit())
            row.addWidget(box)
        row.addStretch(1)
        row.addWidget(label(tr("Kept on this workstation; no patient data"), "dim"))

    @property
    def choice(self) -> Choice:
        """What is chosen now."""
        days = self._period.currentData()
        since = None if days is None else datetime.now(UTC) - timedelta(days=int(days))
        return Choice(str(self._reader.currentData()), str(self._model.currentData()), since)

    def show_use(self, use: Use) -> None:
        """Offer the readers and models that occur; what was chosen stays chosen while it does."""
        _offer(self._reader, [(use.name_of(reader), reader) for reader in use.readers])
        _offer(self._model, [(model, model) for model in use.models])

    def take_keys(self) -> None:
        """Let the keyboard begin here."""
        self._reader.setFocus()


def _combo(name: str, spoken: str, everything: str, width: int) -> ComboBox:
    box = ComboBox()
    box.setObjectName(name)
    box.setAccessibleName(spoken)
    box.setMinimumWidth(width)
    box.addItem(everything, "")
    return box


def _offer(box: ComboBox, lines: list[tuple[str, str]]) -> None:
    chosen = box.currentData()
    while box.count() > 1:
        box.removeItem(1)
    for words, value in lines:
        box.addItem(words, value)
    box.setCurrentIndex(max(box.findData(chosen), 0))
