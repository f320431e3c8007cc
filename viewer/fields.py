"""Fields that the wheel never changes: it scrolls what is around them, and a value changes only on purpose."""

from PySide6.QtCore import QDate, Qt
from PySide6.QtGui import QColor, QTextCharFormat, QWheelEvent
from PySide6.QtWidgets import QCalendarWidget, QComboBox, QDateEdit, QDoubleSpinBox, QWidget

from viewer.theme import COLOURS

_MARGIN = 6


class ComboBox(QComboBox):
    """A choice from a list."""

    def wheelEvent(self, e: QWheelEvent) -> None:
        """Leave the wheel to what is around."""
        e.ignore()


class DateEdit(QDateEdit):
    """A date, typed or picked from a calendar whose weeks begin on Monday (ISO 8601)."""

    def __init__(self, day: QDate, parent: QWidget | None = None) -> None:
        super().__init__(day, parent)
        self.setDisplayFormat("yyyy-MM-dd")
        self.setCalendarPopup(True)
        calendar = self.calendarWidget()
        calendar.setFirstDayOfWeek(Qt.DayOfWeek.Monday)
        calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        calendar.setHorizontalHeaderFormat(QCalendarWidget.HorizontalHeaderFormat.SingleLetterDayNames)
        for weekend in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
            calendar.setWeekdayTextFormat(weekend, _ink("text"))
        calendar.setHeaderTextFormat(_ink("dim"))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to what is around."""
        event.ignore()


class NumberField(QDoubleSpinBox):
    """A number with its unit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lineEdit().setTextMargins(_MARGIN, 0, 0, 0)  # the style sheet's padding does not reach the text

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to what is around."""
        event.ignore()


def _ink(name: str) -> QTextCharFormat:
    written = QTextCharFormat()
    written.setForeground(QColor(COLOURS[name]))
    return written
