"""Fonts, colours and paragraph styles of the printed report."""

import re
from collections.abc import Collection, Iterator
from functools import cache
from importlib.resources import as_file, files
from itertools import groupby
from typing import Any, cast
from xml.sax.saxutils import escape

from reportlab import rl_config
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.fonts import addMapping
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph

from core.pirads import PIRADS_COLOURS, Category

REGULAR, BOLD = "Prosector", "Prosector-Bold"
INK = HexColor(0x16191E)
DIM = HexColor(0x5B6675)
LINE = HexColor(0xC9D0D9)
ACCENT = HexColor(0x1F6F7C)
MARGIN = 48.0
"""Points between text and the edge of the page."""

_FALLBACK = "Prosector-CJK"


@cache
def register_fonts() -> None:
    """Make the shipped fonts known to reportlab, once."""
    _register(REGULAR, "DejaVuSansCondensed.ttf")
    _register(BOLD, "DejaVuSansCondensed-Bold.ttf")
    addMapping(REGULAR, 0, 0, REGULAR)
    addMapping(REGULAR, 1, 0, BOLD)
    rl_config.useA85 = 0  # binary streams: a fifth less to store, and half the time


def _register(name: str, file: str) -> Any:
    with as_file(files("resources").joinpath("fonts", file)) as path:
        font = TTFont(name, str(path))
    pdfmetrics.registerFont(font)
    return font


@cache
def _glyphs(name: str) -> Collection[int]:
    """Return the code points that a font has; the large one for Asian scripts is loaded only when it is needed."""
    font: Any = _register(name, "DroidSansFallback.ttf") if name == _FALLBACK else pdfmetrics.getFont(name)
    return cast(Collection[int], font.face.charToGlyph)


def style(
    size: float = 9.0,
    *,
    bold: bool = False,
    colour: Color = INK,
    right: bool = False,
    before: float = 0.0,
    after: float = 0.0,
) -> ParagraphStyle:
    """Return a paragraph style; distances in points."""
    return ParagraphStyle(
        f"{size}-{bold}-{right}-{before}-{after}",
        fontName=BOLD if bold else REGULAR,
        fontSize=size,
        leading=size * 1.42,
        textColor=colour,
        alignment=TA_RIGHT if right else 0,
        spaceBefore=before,
        spaceAfter=after,
        splitLongWords=1,
    )


def text(words: str, look: ParagraphStyle) -> Paragraph:
    """Return plain words as a paragraph, whatever script and markup signs they hold."""
    return Paragraph(marked(words), look)


def heading(words: str) -> Paragraph:
    """Return the heading of a section; it stays with what follows."""
    paragraph = text(words, style(11, bold=True, before=12, after=4))
    paragraph.keepWithNext = True
    return paragraph


def marked(words: str) -> str:
    """Return plain words as reportlab's markup, with a font for the scripts that ours lacks."""
    return "".join(_run(font, "".join(run)) for font, run in groupby(words, _font_for))


def _run(font: str, run: str) -> str:
    return f'<font name="{font}">{escape(run)}</font>' if font else escape(run)


def _font_for(character: str) -> str:
    """Return the font that has to be named for a character, empty for our own (which draws a box for unknown ones)."""
    code = ord(character)
    return _FALLBACK if code > 0x2E7F and code not in _glyphs(REGULAR) and code in _glyphs(_FALLBACK) else ""


def category_colour(category: Category) -> Color:
    """Return the colour of a PI-RADS category."""
    red, green, blue = PIRADS_COLOURS[category]
    return Color(red / 255, green / 255, blue / 255)


def numbered(line: str, look: ParagraphStyle) -> Paragraph:
    """Return a line as a paragraph; of `1. …` the text stands in a column of its own."""
    number, _, words = line.partition(". ")
    if not number.isdigit() or not words:
        return text(line, look)
    hanging = ParagraphStyle(f"{look.name}-numbered", look, leftIndent=16, bulletFontName=REGULAR)
    hanging.bulletFontSize = look.fontSize
    return Paragraph(marked(words), hanging, bulletText=f"{number}.")


def led(line: str, look: ParagraphStyle) -> Paragraph:
    """Return a line as a paragraph; the label of a lesion that it begins with is bold."""
    label, colon, words = line.partition(":")
    if not colon or not _LESION_LABEL.match(label):
        return text(line, look)
    return Paragraph(f"<b>{marked(label + colon)}</b>{marked(words)}", look)


_LESION_LABEL = re.compile(r"L\d+( \([^()]+\))?$")


def lines_of(words: str) -> Iterator[str]:
    """Return the lines of a text that hold anything."""
    return (line.strip() for line in words.splitlines() if line.strip())
