"""The outbox at a glance: empty, something waits and why, or something needs a person."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QPushButton, QWidget

from service.outbox_list import Lamp, Outlook, outlook
from service.workspace import Workspace
from viewer.language import tr
from viewer.theme import set_style_property

_EVERY_MS = 2000
_LIGHTS = {Lamp.EMPTY: ("●", "ok"), Lamp.WAITING: ("◐", "caution"), Lamp.REFUSED: ("✕", "danger")}


class OutboxLamp(QPushButton):
    """Looks at the outbox while it can be seen; a click is to show what lies there."""

    changed = Signal()
    """Reports were sent, came, or were refused."""

    def __init__(self, ws: Workspace, parent: QWidget | None = None, *, every_ms: int = _EVERY_MS) -> None:
        super().__init__(parent)
        self.setObjectName("outboxLamp")
        self.setProperty("flat", True)
        self.setAutoDefault(False)
        self._ws = ws
        self._shown: Outlook | None = None
        self._timer = QTimer(self, interval=every_ms)
        self._timer.timeout.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show how the outbox is now."""
        now = outlook(self._ws)
        if now == self._shown:
            return
        before, self._shown = self._shown, now
        sign, light = _LIGHTS[now.lamp]
        self.setText(f"{sign} {in_short(now)}")
        self.setToolTip("\n".join(filter(None, (in_words(now), now.words))))
        self.setAccessibleName(in_words(now))
        set_style_property(self, "light", light)
        if before is not None and before.count != now.count:
            self.changed.emit()

    def showEvent(self, event: QShowEvent) -> None:
        """Look from now on."""
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest."""
        super().hideEvent(event)
        self._timer.stop()


def in_short(now: Outlook) -> str:
    """Return what the status bar has room for."""
    if now.lamp is Lamp.EMPTY:
        return tr("Outbox empty")
    if now.lamp is Lamp.REFUSED or now.since is None:
        return tr("Outbox: needs you")
    return tr("Outbox: {count} waiting since {since}").format(count=now.count, since=_clock(now))


def in_words(now: Outlook) -> str:
    """Return how the outbox is, in a sentence."""
    if now.lamp is Lamp.EMPTY:
        return tr("Every signed report has reached its archive.")
    if now.lamp is Lamp.REFUSED:
        return tr("A signed report cannot be sent without you; click to see which and why.")
    if now.count == 1:
        return tr("A signed report waits for its archive since {since}; it is sent by itself.").format(
            since=_clock(now)
        )
    return tr("{count} signed reports wait for their archive since {since}; they are sent by themselves.").format(
        count=now.count, since=_clock(now)
    )


def _clock(now: Outlook) -> str:
    return f"{now.since.astimezone():%H:%M}" if now.since else "?"
