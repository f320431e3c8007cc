"""The sector map as one drawing of plain shapes, which screen, page and SVG only have to paint.

Each panel is its unit square (`core.sector_map`); sizes of lines and letters are in points of the medium and do not
grow with the panel.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from core.pirads import PIRADS_COLOURS, Zone
from core.report import Lesion
from core.sector_map import Point, Polygon, SectorOutline, gland_outline, outlines, urethra
from core.sectors import Level

RGB = tuple[int, int, int]
TITLES = {Level.BASE: "Base", Level.MID: "Mid", Level.APEX: "Apex"}
REGIONS = {outline.sector.region: outline.sector.region for outline in outlines()}
_LETTERS_DOWN, _LETTERS_IN = 0.04, 0.06
"""Where R and L stand: from above, and from the side, else the L of one panel and the next R read as one word."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How a lesion shows in its sector: its label, its colour, dashed while it is unreviewed."""

    label: str
    rgb: RGB
    dashed: bool = False


Marks = Mapping[str, tuple[Mark, ...]]
"""Lesions by sector key, the most suspicious first."""


@dataclass(frozen=True, slots=True)
class Names:
    """What is written beside the lesions: the title of each panel, the regions, and the letters of both sides."""

    titles: Mapping[Level, str]
    regions: Mapping[str, str]
    right: str
    left: str


ENGLISH = Names(TITLES, REGIONS, "R", "L")


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours and sizes of one medium; `filled` is how opaque a lesion's colour is, and while it is unreviewed."""

    zones: Mapping[Zone, RGB]
    edge: RGB
    outline: RGB
    ink: RGB
    dim: RGB
    urethra: RGB | None
    filled: tuple[float, float]
    halo: RGB | None
    mark_edge: RGB | None
    """None: the lesion's own colour."""
    mark_width: float
    outline_width: float
    name_size: float
    label_size: float
    letter_size: float


@dataclass(frozen=True, slots=True)
class Area:
    """A closed polygon; `opacity` is that of its fill."""

    points: Polygon
    fill: RGB | None
    edge: RGB
    width: float
    opacity: float = 1.0
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Ring:
    """A circle, whose radius is a part of the panel's width."""

    centre: Point
    radius: float
    fill: RGB | None
    edge: RGB
    width: float


@dataclass(frozen=True, slots=True)
class Words:
    """A text centred on a point, or beginning (`start`) or ending (`end`) there."""

    text: str
    at: Point
    size: float
    rgb: RGB
    bold: bool = False
    anchor: str = "middle"
    halo: RGB | None = None


Shape = Area | Ring | Words


def marks_of(lesions: Iterable[Lesion]) -> Marks:
    """Return the marks of lesions in their colours, in the order given: the most suspicious first."""
    marks: dict[str, tuple[Mark, ...]] = {}
    for lesion in lesions:
        mark = Mark(lesion.label, PIRADS_COLOURS[lesion.category])
        marks[lesion.sector.key] = (*marks.get(lesion.sector.key, ()), mark)
    return marks


def panel_shapes(
    panel: Level, marks: Marks, palette: Palette, words: Names = ENGLISH, *, names: bool = True
) -> Iterator[Shape]:
    """Yield what a panel is painted of, from below up; `names` says whether sectors without a lesion bear theirs."""
    sectors = [outline for outline in outlines() if outline.panel is panel]
    for outline in sectors:
        yield Area(outline.polygon, palette.zones[outline.sector.zone], palette.edge, 0.5)
    for outline in sectors:
        yield from _filled(outline, marks, palette)
    yield Area(gland_outline(panel), None, palette.outline, palette.outline_width)
    mark = urethra(panel)
    yield Ring(mark.centre, mark.radius, palette.urethra, palette.edge, 0.7)
    for outline in sectors:
        yield from _named(outline, marks, palette, words.regions if names else {})
    yield Words(words.right, (_LETTERS_IN, _LETTERS_DOWN), palette.letter_size, palette.dim, anchor="start")
    yield Words(words.left, (1 - _LETTERS_IN, _LETTERS_DOWN), palette.letter_size, palette.dim, anchor="end")


def _filled(outline: SectorOutline, marks: Marks, palette: Palette) -> Iterator[Shape]:
    here = marks.get(outline.sector.key, ())
    if here:
        worst = here[0]
        opacity = palette.filled[1 if worst.dashed else 0]
        edge = palette.mark_edge or worst.rgb
        yield Area(outline.polygon, worst.rgb, edge, palette.mark_width, opacity, worst.dashed)


def _named(outline: SectorOutline, marks: Marks, palette: Palette, regions: Mapping[str, str]) -> Iterator[Shape]:
    here = marks.get(outline.sector.key, ())
    if here:
        told = " ".join(mark.label for mark in here)
        yield Words(told, outline.centre, palette.label_size, palette.ink, bold=True, halo=palette.halo)
    elif outline.sector.region in regions:
        yield Words(regions[outline.sector.region], outline.centre, palette.name_size, palette.dim)


PAPER = Palette(
    zones={
        Zone.PZ: (0xED, 0xF3, 0xF8),
        Zone.TZ: (0xF7, 0xF2, 0xE6),
        Zone.CZ: (0xEE, 0xF4, 0xEA),
        Zone.AFS: (0xED, 0xED, 0xED),
        Zone.SV: (0xF5, 0xF5, 0xF5),
        Zone.EUS: (0xF5, 0xF5, 0xF5),
    },
    edge=(0x9A, 0xA5, 0xB1),
    outline=(0x16, 0x19, 0x1E),
    ink=(0x16, 0x19, 0x1E),
    dim=(0x5B, 0x66, 0x75),
    urethra=(0xFF, 0xFF, 0xFF),
    filled=(1.0, 0.45),
    halo=None,
    mark_edge=(0x16, 0x19, 0x1E),
    mark_width=0.7,
    outline_width=1.1,
    name_size=5.2,
    label_size=7.5,
    letter_size=6.5,
)
"""The colours of the printed page."""
