"""The narrow strip beside the images: marking tools of which at most one is in hand, and switches for what is shown."""

from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from viewer.theme import icon

_SIDE, _ICON = 34, 20


@dataclass(frozen=True, slots=True)
class StripTool:
    """One button: `name` for the program, an icon, and what the tool tip says; `key` stands behind it in brackets."""

    name: str
    icon: str
    tip: str
    key: str = ""

    @property
    def told(self) -> str:
        """The tip with its key."""
        return f"{self.tip} ({self.key})" if self.key else self.tip


class ToolStrip(QWidget):
    """Tools exclude each other and may all be off; switches stand by themselves."""

    tool_chosen = Signal(str)
    """The tool now in hand by name; empty when the last was put down."""
    switched = Signal(str, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("toolStrip")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._tools: dict[str, QToolButton] = {}
        self._switches: dict[str, QToolButton] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(3, 6, 3, 6)
        self._layout.setSpacing(2)
        self._layout.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)

    @property
    def tool(self) -> str:
        """The name of the tool in hand, or an empty string."""
        return next((name for name, button in self._tools.items() if button.isChecked()), "")

    def add_tools(self, *tools: StripTool) -> None:
        """Add a group of tools below what is there."""
        self._rule()
        for tool in tools:
            button = self._button(tool)
            button.clicked.connect(lambda on, name=tool.name: self.choose(name if on else ""))
            self._tools[tool.name] = button

    def add_switches(self, *switches: StripTool) -> None:
        """Add a group of switches below what is there."""
        self._rule()
        for switch in switches:
            button = self._button(switch)
            button.clicked.connect(lambda on, name=switch.name: self.switched.emit(name, on))
            self._switches[switch.name] = button

    def choose(self, name: str) -> None:
        """Take a tool in hand, or put down what was with an empty string."""
        for other, button in self._tools.items():
            button.setChecked(other == name)
        self.tool_chosen.emit(name)

    def button(self, name: str) -> QToolButton:
        """Return the button of a tool or switch; raises KeyError for another name."""
        return self._tools[name] if name in self._tools else self._switches[name]

    def show_switch(self, name: str, on: bool) -> None:
        """Show that something was switched elsewhere."""
        self._switches[name].setChecked(on)

    def _button(self, tool: StripTool) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"strip_{tool.name}")
        button.setProperty("bare", True)
        button.setCheckable(True)
        button.setIcon(icon(tool.icon))
        button.setIconSize(QSize(_ICON, _ICON))
        button.setFixedSize(_SIDE, _SIDE)
        button.setToolTip(tool.told)
        button.setAccessibleName(tool.tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._layout.insertWidget(self._layout.count() - 1, button)
        return button

    def _rule(self) -> None:
        if self._tools or self._switches:
            line = QFrame()
            line.setProperty("role", "rule")
            line.setFixedHeight(1)
            self._layout.insertWidget(self._layout.count() - 1, line)
