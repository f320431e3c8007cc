"""What is signed and on its way: how far each report and each object is, and what the reader can do about it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.errors import ProsectorError
from service.outbox_by_hand import abandon, give_up_object, retry
from service.outbox_list import shipments, waiting_reports
from service.outbox_states import Shipment, Shipping
from service.workspace import Workspace
from viewer.labels import label
from viewer.language import tr
from viewer.notice import Notice
from viewer.outbox_tree import Chosen, OutboxTree

_EVERY_MS = 1000
_SHOWN_FOR = timedelta(hours=24)
_SIZE = QSize(1080, 560)
_EMPTY = tr("Nothing waits: every report that was signed here has reached its archive.")
_OPEN = (Shipping.WAITING, Shipping.ASKED, Shipping.REFUSED)


class OutboxDialog(QDialog):
    """Follows the outbox while it is open; what was sent in the last 24 hours stands below what waits."""

    def __init__(self, ws: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("outboxDialog")
        self.setWindowTitle(tr("Outbox"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._ws = ws
        self._shown: tuple[Shipment, ...] | None = None
        self.tree = OutboxTree(ws)
        self.notice = Notice()
        self._lay_out()
        self._connect()
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(self.refresh)
        self._timer.start()
        self.refresh()
        self.tree.setFocus()

    def reject(self) -> None:
        """Leave an open question, else close."""
        if self._asked_of is not None:
            self._end_question()
        else:
            super().reject()

    def done(self, result: int) -> None:
        """Close, and follow no longer."""
        self._timer.stop()
        super().done(result)

    def refresh(self) -> None:
        """Show how far everything is now."""
        try:
            waiting = waiting_reports(self._ws)
            now = (*waiting, *shipments(self._ws).sent_since(datetime.now(UTC) - _SHOWN_FOR))
        except ProsectorError as error:
            self.notice.show_sentence(str(error))
            return
        if now != self._shown:
            self._shown = now
            self.tree.show_shipments(now)
            self._list.setCurrentIndex(0 if now else 1)
        self._show_ways_out()

    # ------------------------------------------------------------------ what a person can do

    def _retry(self) -> None:
        chosen = self.tree.chosen
        if chosen is not None:
            self._do(lambda: retry(self._ws, chosen.shipment.id), tr("It is sent again now."))

    def _ask_to_give_up(self) -> None:
        chosen = self.tree.chosen
        if chosen is None:
            return
        if chosen.missing:
            sure = tr("Complete the report without {objects}? The archive will not have it; it stays on this machine.")
            self._question.setText(sure.format(objects=_named(chosen)))
        else:
            self._question.setText(
                tr(
                    "Give the whole signed report up? It will not reach {archive}, and nobody is told of it. Its files "
                    "and your draft stay here. Why?"
                ).format(archive=chosen.shipment.archive)
            )
        self._reason.setVisible(not chosen.missing)
        self._reason.clear()
        self._asked_of = chosen
        self._asking.show()
        self._show_ways_out()
        (self._keep if chosen.missing else self._reason).setFocus()

    def _give_up(self) -> None:
        asked, reason = self._asked_of, self._reason.text()
        if asked is None:
            return
        self._end_question()
        if asked.missing:
            told = tr("{objects} is given up; the rest is sent.").format(objects=_named(asked))
            self._do(lambda: self._give_up_objects(asked), told)
        else:
            told = tr("The report is given up; its files stay in the outbox folder.")
            self._do(lambda: abandon(self._ws, asked.shipment.id, reason), told)

    def _give_up_objects(self, asked: Chosen) -> None:
        for name in asked.missing:
            give_up_object(self._ws, asked.shipment.id, name)

    def _do(self, change: Callable[[], None], told: str) -> None:
        try:
            change()
        except ProsectorError as error:
            self.notice.show_sentence(str(error))
        else:
            self.notice.show_sentence(told, tone="ok")
        self.refresh()

    def _end_question(self) -> None:
        self._asked_of = None
        self._asking.hide()
        self.tree.setFocus()
        self._show_ways_out()

    def _show_ways_out(self) -> None:
        chosen = self.tree.chosen
        self._words.setText(chosen.words if chosen is not None else "")
        is_open = chosen is not None and chosen.shipment.state in _OPEN
        self._again.setEnabled(is_open and self._asked_of is None)
        self._up.setEnabled(chosen is not None and is_open and chosen.may_go and self._asked_of is None)
        asked = self._asked_of
        self._sure.setEnabled(asked is not None and bool(asked.missing or self._reason.text().strip()))

    # ------------------------------------------------------------------ parts

    def _lay_out(self) -> None:
        self.resize(_SIZE)
        empty = label(_EMPTY, "dim", name="outboxEmpty", wrap=True)
        empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._list = QStackedWidget()
        self._list.addWidget(self.tree)
        self._list.addWidget(empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self._words = label(name="outboxWords", wrap=True)
        self._words.setContentsMargins(16, 8, 16, 8)
        self._words.setMinimumHeight(52)
        self._words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout.addWidget(self._list, 1)
        layout.addWidget(self._words)
        layout.addWidget(self._question_strip())
        layout.addWidget(self._footer())

    def _question_strip(self) -> QFrame:
        self._asked_of: Chosen | None = None
        self._question = label(name="outboxQuestion", wrap=True)
        self._reason = QLineEdit()
        self._reason.setObjectName("outboxReasonEdit")
        self._reason.setAccessibleName(tr("Reason"))
        self._reason.setPlaceholderText(tr("Reason, kept with the report"))
        self._sure = _button(tr("Give up"), "outboxSureButton")
        self._keep = _button(tr("Keep it"), "outboxKeepButton")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._reason, 1)
        row.addStretch(0)
        row.addWidget(self._keep)
        row.addWidget(self._sure)
        self._asking = QFrame()
        self._asking.setObjectName("outboxAsking")
        layout = QVBoxLayout(self._asking)
        layout.setContentsMargins(16, 10, 16, 10)
        layout.setSpacing(8)
        layout.addWidget(self._question)
        layout.addLayout(row)
        self._asking.hide()
        return self._asking

    def _footer(self) -> QFrame:
        self._again = _button(tr("Retry now"), "outboxRetryButton")
        self._up = _button(tr("Give up…"), "outboxGiveUpButton")
        close = _button(tr("Close"), "outboxCloseButton")
        close.clicked.connect(self.accept)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._again)
        row.addWidget(self._up)
        row.addStretch(1)
        row.addWidget(close)
        footer = QFrame()
        footer.setObjectName("panelFooter")
        layout = QVBoxLayout(footer)
        layout.setContentsMargins(16, 10, 16, 12)
        layout.setSpacing(8)
        layout.addWidget(self.notice)
        layout.addLayout(row)
        return footer

    def _connect(self) -> None:
        self._again.clicked.connect(self._retry)
        self._up.clicked.connect(self._ask_to_give_up)
        self._sure.clicked.connect(self._give_up)
        self._keep.clicked.connect(self._end_question)
        self._reason.textChanged.connect(lambda _text: self._show_ways_out())
        self._reason.returnPressed.connect(self._sure.click)
        self.tree.selectionModel().currentChanged.connect(lambda _now, _before: self._show_ways_out())


def _named(chosen: Chosen) -> str:
    return ", ".join(f"“{name}”" for name in chosen.missing)


def _button(text: str, name: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAccessibleName(text)
    button.setAutoDefault(False)
    return button
