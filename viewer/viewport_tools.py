"""What mouse buttons and keys do in the reading grid."""

from enum import Enum, auto

from PySide6.QtCore import Qt


class Tool(Enum):
    """What dragging with the left button does; `ADD_LESION` takes the next click as the place of a lesion."""

    SCROLL = auto()
    WINDOW = auto()
    ZOOM = auto()
    PAN = auto()
    CROSSHAIR = auto()
    ADD_LESION = auto()


_ALWAYS = {Qt.MouseButton.MiddleButton: Tool.PAN, Qt.MouseButton.RightButton: Tool.ZOOM}

CURSORS = {
    Tool.SCROLL: Qt.CursorShape.ArrowCursor,
    Tool.WINDOW: Qt.CursorShape.ArrowCursor,
    Tool.ZOOM: Qt.CursorShape.SizeVerCursor,
    Tool.PAN: Qt.CursorShape.OpenHandCursor,
    Tool.CROSSHAIR: Qt.CursorShape.CrossCursor,
    Tool.ADD_LESION: Qt.CursorShape.CrossCursor,
}
"""The pointer over a viewport by tool."""


def drag_tool(button: Qt.MouseButton, tool: Tool) -> Tool | None:
    """Return what a drag with `button` does while `tool` is chosen; None for a button that does nothing."""
    return tool if button is Qt.MouseButton.LeftButton else _ALWAYS.get(button)
