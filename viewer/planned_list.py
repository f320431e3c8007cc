"""What signing stores, one line each, with how far it has come."""

from collections.abc import Sequence

from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from service.report_objects import PlannedObject
from viewer.labels import label
from viewer.said import said
from viewer.theme import set_style_property

_TONES = {"ready": "small", "sending": "caution", "stored": "small", "verified": "ok", "failed": "danger"}
_WORDS = {"verified": "✔ verified", "failed": "✖ failed", "sending": "sending…"}


class PlannedList(QWidget):
    """Objects by label, with their states: ready, sending, stored, verified, failed."""

    def __init__(self, objects: Sequence[PlannedObject], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._states: dict[str, str] = {}
        self._shown: dict[str, QLabel] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(9)
        grid.setColumnStretch(0, 1)
        grid.setColumnMinimumWidth(2, 76)
        for row, planned in enumerate(objects):
            count = f" ({planned.count})" if planned.count > 1 else ""
            self._shown[planned.label] = label(name=f"state_{row}")
            grid.addWidget(label(f"{said(planned.label)}{count}"), row, 0)
            grid.addWidget(label(planned.kind, "small"), row, 1)
            grid.addWidget(self._shown[planned.label], row, 2)
        self.show_all("ready")

    @property
    def states(self) -> dict[str, str]:
        """The state of each object by its label."""
        return dict(self._states)

    def show_all(self, state: str) -> None:
        """Show one state for all."""
        for name in self._shown:
            self.show_state(name, state)

    def show_state(self, name: str, state: str) -> None:
        """Show how far one object is."""
        shown = self._shown.get(name)
        if shown is None:
            return
        self._states[name] = state
        shown.setText(said(_WORDS.get(state, state)))
        set_style_property(shown, "role", _TONES[state])
