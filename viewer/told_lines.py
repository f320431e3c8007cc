"""How far RIS and EHR are told of a study's report, a line each, with the way out where they said no."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from core.errors import ProsectorError
from core.report import Report
from service.messages import State
from service.notify import Told, abandon, is_configured, not_told, retry, told
from service.workspace import Workspace
from viewer.labels import label
from viewer.language import tr

_EVERY_MS = 1000
_ROLES = {State.SENT: "ok", State.REFUSED: "danger", State.WAITING: "small", State.HELD: "small"}


class ToldLines(QWidget):
    """Follows the messages of one study while it can be seen; hidden where there is nothing to tell."""

    def __init__(self, ws: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ws = ws
        self._study_instance_uid = ""
        self._shown: tuple[Told, ...] = ()
        self._problem = ""
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(6)
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(self.refresh)
        self.hide()

    @property
    def sentences(self) -> tuple[str, ...]:
        """What stands there."""
        return tuple(map(in_words, self._shown))

    def follow(self, study_instance_uid: str) -> None:
        """Show the messages of a study; of none with an empty UID."""
        if study_instance_uid != self._study_instance_uid:
            self._study_instance_uid, self._problem, self._shown = study_instance_uid, "", ()
            self._rebuild()
        self.refresh()

    def refresh(self) -> None:
        """Show how far they are now."""
        if not self._study_instance_uid or not is_configured(self._ws):
            return
        try:
            now = told(self._ws, self._study_instance_uid)
        except ProsectorError as error:
            self._say(str(error))
            return
        if now != self._shown:
            self._shown = now
            self._rebuild()

    def showEvent(self, event: QShowEvent) -> None:
        """Follow from now on."""
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest."""
        super().hideEvent(event)
        self._timer.stop()

    def _do(self, change: partial[None]) -> None:
        self._problem = ""
        try:
            change()
        except ProsectorError as error:
            self._problem = str(error)
        self.refresh()
        self._rebuild()

    def _say(self, problem: str) -> None:
        if problem != self._problem:
            self._problem = problem
            self._rebuild()

    def _rebuild(self) -> None:
        while (item := self._lines.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for one in self._shown:
            self._lines.addWidget(self._line(one))
        if self._problem:
            self._lines.addWidget(label(self._problem, "danger", wrap=True))
        self.setVisible(bool(self._shown or self._problem))

    def _line(self, one: Told) -> QWidget:
        name = f"told_{one.message.destination.value}"
        line = QWidget()
        stacked = QVBoxLayout(line)
        stacked.setContentsMargins(0, 0, 0, 0)
        stacked.setSpacing(4)
        stacked.addWidget(label(in_words(one), _ROLES.get(one.message.state, "small"), name=name, wrap=True))
        if one.needs_a_person:
            stacked.addLayout(self._ways_out(one, name))
        return line

    def _ways_out(self, one: Told, name: str) -> QHBoxLayout:
        again = _button(tr("Send again now"), f"{name}_again")
        again.clicked.connect(lambda: self._do(partial(retry, self._ws, one.message.id)))
        give_up = _button(tr("Give up"), f"{name}_give_up")
        give_up.clicked.connect(lambda: self._do(partial(abandon, self._ws, one.message.id)))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(again)
        row.addWidget(give_up)
        row.addStretch(1)
        return row


def _button(text: str, name: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAccessibleName(text)
    button.setAutoDefault(False)
    return button


def expected(ws: Workspace, report: Report) -> tuple[str, ...]:
    """Return whom of RIS and EHR the report will be told once it is signed, a line each.

    Why the RIS will not be is said before signing (`service.report_objects.accession_checks`).
    """
    told_of = tr("{name}: is told once the archive holds the report")
    ris, fhir = ws.settings.ris, ws.settings.fhir
    return (
        *((told_of.format(name=ris.name),) if ris and not not_told(ws, report) else ()),
        *((told_of.format(name=fhir.name),) if fhir else ()),
    )


def in_words(one: Told) -> str:
    """Return one line, e.g. `RIS: sent 2026-03-02 14:30` or `RIS: refused. RIS answered AE: unknown accession`."""
    message = one.message
    words = f" {message.words}" if message.words else ""
    when = f"{message.changed_at.astimezone():%Y-%m-%d %H:%M}"
    return {
        State.HELD: tr("{name}: waits until the archive holds the report"),
        State.WAITING: tr("{name}: waiting.{words}"),
        State.REFUSED: tr("{name}: refused.{words}"),
        State.SENT: tr("{name}: sent {when}"),
        State.ABANDONED: tr("{name}: given up.{words}"),
    }[message.state].format(name=one.name, words=words, when=when)


def in_short(lines: Sequence[Told]) -> str:
    """Return what a list has room for: who has not been told yet and why, e.g. `RIS refused`; else nothing."""
    words = {State.WAITING: tr("{name} waiting"), State.REFUSED: tr("{name} refused")}
    return ", ".join(words[x.message.state].format(name=x.name) for x in lines if x.message.state in words)
