"""The sector map (`core.sector_drawing`) as SVG, for web pages and narratives: text that any browser draws."""

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from core.report import Lesion
from core.sector_drawing import PAPER, RGB, Area, Palette, Ring, Shape, Words, marks_of, panel_shapes
from core.sector_map import PANELS, Point
from core.wording import Language
from reporting.terms import terms_of
from reporting.words import sector_in_words, sector_names

_CAPTION = 14.0
_FAMILIES = "Inter, Helvetica, Arial, sans-serif"


def sector_map_svg(
    lesions: Sequence[Lesion],
    width: float = 480.0,
    palette: Palette = PAPER,
    language: Language = Language.ENGLISH,
) -> str:
    """Return the three panels side by side as an SVG document of `width` points; the patient's right is on the left.

    It holds no script, no link and nothing of the patient but the labels and sectors of the lesions.
    """
    side = width / len(PANELS)
    height = side * 0.97 + _CAPTION
    marks, names, title = marks_of(lesions), sector_names(language), _title(lesions, language)
    parts = [
        *(f"<title>{escape(title)}</title>",),
        *(
            line
            for number, panel in enumerate(PANELS)
            for shape in panel_shapes(panel, marks, palette, names)
            for line in _painted(shape, number * side, side)
        ),
        *(
            _text(Words(names.titles[panel], (0.5, 0), 7.5, palette.dim), number * side + side / 2, height - 3)
            for number, panel in enumerate(PANELS)
        ),
    ]
    opened = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.1f} {height:.1f}" width="{width:.1f}" '
        f'height="{height:.1f}" role="img" aria-label={quoteattr(title)} font-family={quoteattr(_FAMILIES)}>'
    )
    return "\n".join((opened, *parts, "</svg>\n"))


def _title(lesions: Sequence[Lesion], language: Language) -> str:
    terms = terms_of(language)
    described = "; ".join(
        f"{lesion.label} {sector_in_words(lesion.sector, language)}, {terms.word('category', lesion.category)}"
        for lesion in lesions
    )
    return ": ".join(filter(None, (terms.word("pdf", "sector_map"), described)))


def _painted(shape: Shape, left: float, side: float) -> Iterator[str]:
    match shape:
        case Area():
            points = " ".join(f"{x:.2f},{y:.2f}" for x, y in (_at(point, left, side) for point in shape.points))
            dashes = ' stroke-dasharray="3 2"' if shape.dashed else ""
            filled = f"{_fill(shape.fill)} fill-opacity={quoteattr(f'{shape.opacity:g}')}"
            yield f'<polygon points="{points}" {filled} {_stroke(shape.edge, shape.width)}{dashes}/>'
        case Ring():
            x, y = _at(shape.centre, left, side)
            circle = f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{shape.radius * side:.2f}"'
            yield f"{circle} {_fill(shape.fill)} {_stroke(shape.edge, shape.width)}/>"
        case Words():
            x, y = _at(shape.at, left, side)
            yield _text(shape, x, y + shape.size * 0.35)


def _text(words: Words, x: float, y: float) -> str:
    weight = ' font-weight="bold"' if words.bold else ""
    halo = f' paint-order="stroke" {_stroke(words.halo, 2)}' if words.halo else ""
    place = f'x="{x:.2f}" y="{y:.2f}" text-anchor="{words.anchor}"'
    return f'<text {place} font-size="{words.size:g}" {_fill(words.rgb)}{weight}{halo}>{escape(words.text)}</text>'


def _fill(rgb: RGB | None) -> str:
    return 'fill="none"' if rgb is None else f'fill="{_hex(rgb)}"'


def _stroke(rgb: RGB, width: float) -> str:
    return f'stroke="{_hex(rgb)}" stroke-width="{width:g}" stroke-linejoin="round"'


def _hex(rgb: RGB) -> str:
    return "#" + "".join(f"{value:02x}" for value in rgb)


def _at(point: Point, left: float, side: float) -> Point:
    return left + point[0] * side, point[1] * side
