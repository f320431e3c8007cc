"""The tools over the images: what dragging does, and how strongly the overlays show."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QSlider, QToolButton, QWidget

from viewer.language import tr
from viewer.shortcuts import set_tip
from viewer.theme import icon
from viewer.viewport_tools import Tool

_TOOLS = (
    (Tool.SCROLL, tr("Scroll"), "scroll", tr("Drag to go through the slices")),
    (Tool.WINDOW, "W/L", "window", tr("Drag to change window and level")),
    (Tool.ZOOM, tr("Zoom"), "zoom", tr("Drag to zoom")),
    (Tool.PAN, tr("Pan"), "pan", tr("Drag to move the image")),
    (Tool.CROSSHAIR, tr("Crosshair"), "crosshair", tr("Click or drag to show the same point in every series")),
)
_SLIDER, _SLIDER_COMPACT = 74, 56


class ToolBar(QWidget):
    """One tool is always chosen; texts give way to icons when there is little room."""

    tool_chosen = Signal(object)
    overlay_toggled = Signal(bool)
    opacity_changed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self._buttons: dict[Tool, QToolButton] = {}
        self._compact = False
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for place, (tool, text, drawn, tip) in enumerate(_TOOLS):
            button = self._tool(tool, text, drawn, tip)
            button.setProperty("segment", {0: "first", len(_TOOLS) - 1: "last"}.get(place, "middle"))
            layout.addWidget(button)
        layout.addSpacing(8)
        layout.addWidget(self._overlay_button())
        layout.addSpacing(6)
        layout.addWidget(self._opacity_slider())
        self._buttons[Tool.SCROLL].setChecked(True)
        self.set_compact(False)

    def set_compact(self, compact: bool) -> None:
        """Show icons only, or words."""
        style = Qt.ToolButtonStyle.ToolButtonIconOnly if compact else Qt.ToolButtonStyle.ToolButtonTextOnly
        for button in self._buttons.values():
            button.setToolButtonStyle(style)
        self._compact = compact
        self._opacity.setFixedWidth(_SLIDER_COMPACT if compact else _SLIDER)
        self._keep_room_for_overlay()
        self._name_overlay()

    def show_overlay(self, visible: bool) -> None:
        """Show whether overlays are shown, as a key in the images decided."""
        self._overlay.setChecked(visible)

    @property
    def opacity(self) -> float:
        """How strong overlays are, from 0 to 1."""
        return self._opacity.value() / 100

    @property
    def tool(self) -> Tool:
        """The tool that is chosen."""
        return next(tool for tool, button in self._buttons.items() if button.isChecked())

    def _tool(self, tool: Tool, text: str, drawn: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"tool{tool.name.capitalize()}")
        button.setText(text)
        button.setIcon(icon(drawn))
        button.setToolTip(tip)
        button.setAccessibleName(text)
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: self.tool_chosen.emit(tool))
        self._group.addButton(button)
        self._buttons[tool] = button
        return button

    def _overlay_button(self) -> QPushButton:
        self._overlay = QPushButton()
        self._overlay.setObjectName("overlayButton")
        self._overlay.setCheckable(True)
        self._overlay.setChecked(True)
        set_tip(
            self._overlay,
            tr("Show or hide the outlines of prostate and lesions ({overlays}); look underneath: {look_underneath}"),
        )
        self._overlay.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._overlay.toggled.connect(self._overlay_switched)
        return self._overlay

    def _opacity_slider(self) -> QSlider:
        self._opacity = QSlider(Qt.Orientation.Horizontal)
        self._opacity.setObjectName("opacitySlider")
        self._opacity.setAccessibleName(tr("Opacity of the overlays in percent"))
        self._opacity.setToolTip(tr("How strongly the overlays show"))
        self._opacity.setRange(0, 100)
        self._opacity.setFixedWidth(_SLIDER)
        self._opacity.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._opacity.valueChanged.connect(self._opacity_moved)
        self._opacity.setValue(60)
        return self._opacity

    def _overlay_switched(self, on: bool) -> None:
        self._name_overlay()
        self.overlay_toggled.emit(on)

    def _opacity_moved(self, percent: int) -> None:
        self._name_overlay()
        self.opacity_changed.emit(percent / 100)

    def _name_overlay(self) -> None:
        on = self._overlay.isChecked()
        self._overlay.setIcon(icon("eye" if on else "eye-off", "white" if on else "dim"))
        state = f"{self._opacity.value()} %" if on else "off"
        self._overlay.setText(state if self._compact else tr("Overlay {state}").format(state=state))
        self._overlay.setAccessibleName(tr("Overlay {state}").format(state=state))

    def _keep_room_for_overlay(self) -> None:
        """Have nothing move when the words change."""
        self._overlay.ensurePolished()
        self._overlay.setText("100 %" if self._compact else tr("Overlay 100 %"))
        self._overlay.setMinimumWidth(0)
        self._overlay.setMinimumWidth(self._overlay.sizeHint().width())
