"""Colours, type and icons: one dark palette for the whole window, styled by `resources/style/prosector.qss`."""

from functools import cache
from importlib.resources import files
from types import MappingProxyType

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QWidget

from core.pirads import PIRADS_COLOURS, Category

COLOURS = MappingProxyType(
    {
        "background": "#0e1116",
        "panel": "#161b22",
        "raised": "#1c232d",
        "hover": "#242d39",
        "line": "#2a333f",
        "edge": "#3a4655",
        "text": "#d6dde6",
        "dim": "#95a1b0",
        "faint": "#7e8a99",
        "accent": "#3fb6c9",
        "accenthover": "#5cc7d8",
        "pressed": "#1f6f7c",
        "selection": "#16333c",
        "ok": "#6bcb77",
        "caution": "#ffd93d",
        "warning": "#ff9f43",
        "danger": "#ff6b76",
        "white": "#ffffff",
    }
)
"""Every colour of the window by name; `@name` in the style sheet stands for it."""

_FAMILIES = ("Inter", "DejaVu Sans Condensed", "Droid Sans Fallback")
"""The shipped families: the window reads the same, and every name is written, on a machine without fonts."""
_ICON_SIZES = (16, 20, 24, 32, 48)
_DRAWN_IN = "#d6dde6"


def apply_theme(app: QApplication) -> None:
    """Give the application its palette, font and style sheet."""
    app.setStyle("Fusion")
    app.setPalette(_palette())
    _register_fonts()
    font = QFont()
    font.setFamilies(list(_FAMILIES))
    font.setPixelSize(13)
    app.setFont(font)
    app.setStyleSheet(style_sheet())


@cache
def _register_fonts() -> None:
    for file in files("resources").joinpath("fonts").iterdir():
        if file.name.endswith((".otf", ".ttf")):
            QFontDatabase.addApplicationFontFromData(file.read_bytes())


@cache
def style_sheet() -> str:
    """Return the style sheet with colours and the icons' folder filled in."""
    resources = files("resources")
    text = resources.joinpath("style/prosector.qss").read_text("utf-8")
    text = text.replace("@icons", str(resources.joinpath("icons")).replace("\\", "/"))
    for name in sorted(COLOURS, key=len, reverse=True):  # the longest first: @accent begins @accenthover
        text = text.replace(f"@{name}", COLOURS[name])
    return text


@cache
def icon(name: str, colour: str = "text", disabled: str = "faint") -> QIcon:
    """Return the icon `resources/icons/<name>.svg` drawn in a colour of the palette, sharp at every scale."""
    drawn = QIcon()
    svg = files("resources").joinpath(f"icons/{name}.svg").read_text("utf-8")
    for used, mode in ((colour, QIcon.Mode.Normal), (disabled, QIcon.Mode.Disabled)):
        picture = QSvgRenderer(QByteArray(svg.replace(_DRAWN_IN, COLOURS[used]).encode()))
        for size in _ICON_SIZES:
            drawn.addPixmap(_pixmap(picture, size), mode)
    return drawn


def _pixmap(picture: QSvgRenderer, size: int) -> QPixmap:
    pixmap = QPixmap(QSize(size, size))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    picture.render(painter, QRectF(0, 0, size, size))
    painter.end()
    return pixmap


def pirads_colour(category: Category) -> QColor:
    """Return the colour of a category; its number is always written as well."""
    return QColor(*PIRADS_COLOURS[category])


def set_style_property(widget: QWidget, name: str, value: str | bool) -> None:
    """Set a property that the style sheet selects on, and have the widget styled anew."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def _palette() -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for target, name in (
        (role.Window, "panel"),
        (role.WindowText, "text"),
        (role.Base, "background"),
        (role.AlternateBase, "panel"),
        (role.Text, "text"),
        (role.Button, "raised"),
        (role.ButtonText, "text"),
        (role.Highlight, "pressed"),
        (role.HighlightedText, "white"),
        (role.ToolTipBase, "raised"),
        (role.ToolTipText, "text"),
        (role.PlaceholderText, "dim"),
        (role.Link, "accent"),
    ):
        palette.setColor(target, QColor(COLOURS[name]))
    for target in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, target, QColor(COLOURS["faint"]))
    return palette
