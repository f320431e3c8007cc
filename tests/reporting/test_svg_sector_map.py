"""The sector map as SVG: the same drawing as on the page, safe to put into a web page."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from core.report import Report
from core.sector_drawing import PAPER, Area, Mark, Words, panel_shapes
from core.sector_map import PANELS, outlines
from core.wording import Language
from reporting.svg_sector_map import sector_map_svg

_SVG = "{http://www.w3.org/2000/svg}"


def _texts(svg: str) -> list[str]:
    return [str(item.text) for item in ElementTree.fromstring(svg).iter(f"{_SVG}text")]


def test_it_names_every_sector_without_a_lesion_and_the_lesions_in_theirs(draft_report: Report) -> None:
    texts = _texts(sector_map_svg(draft_report.reported_lesions))
    assert {"L1", "L2", "L3", "Base", "Mid", "Apex"} <= set(texts)
    named = [outline.sector.region for outline in outlines()]
    assert len([text for text in texts if text in set(named)]) == len(named) - 3


@pytest.mark.parametrize(
    ("language", "panels", "sides", "region"),
    [
        (Language.GERMAN, {"Basis", "Mitte", "Apex"}, {"R", "L"}, "PZpl"),
        (Language.SPANISH, {"Base", "Medio", "Ápex"}, {"D", "I"}, "ZPpl"),
    ],
)
def test_it_speaks_the_language_of_the_report(
    draft_report: Report, language: Language, panels: set[str], sides: set[str], region: str
) -> None:
    texts = set(_texts(sector_map_svg(draft_report.reported_lesions, language=language)))
    assert {*panels, *sides, region} <= texts
    assert "Mid" not in texts


def test_a_lesion_fills_its_own_sector_in_the_colour_of_its_category(draft_report: Report) -> None:
    root = ElementTree.fromstring(sector_map_svg(draft_report.reported_lesions, width=300.0))
    filled = [item for item in root.iter(f"{_SVG}polygon") if item.get("fill") == "#ff4d5a"]
    (place,) = (o for o in outlines() if o.sector.key == "left-mid-TZa")
    assert len(filled) == 1
    x, y = map(float, filled[0].attrib["points"].split()[0].split(","))
    assert (x, y) == (round(100 + 100 * place.polygon[0][0], 2), round(100 * place.polygon[0][1], 2))


def test_it_tells_a_screen_reader_what_it_shows_and_holds_nothing_active(draft_report: Report) -> None:
    odd = replace(draft_report.lesions[0], label="<script>&\"'")
    svg = sector_map_svg((odd,))
    root = ElementTree.fromstring(svg)
    assert root.get("role") == "img"
    assert root.get("aria-label") == (
        "Sector map (PI-RADS v2.1): <script>&\"' right mid posteromedial peripheral zone, PI-RADS 4"
    )
    assert {item.tag.removeprefix(_SVG) for item in root.iter()} == {"svg", "title", "polygon", "circle", "text"}
    assert "http" not in svg.replace("http://www.w3.org/2000/svg", "")


def test_every_panel_is_drawn_of_all_its_sectors_and_a_dashed_mark_stays_dashed() -> None:
    marks = {"right-mid-PZpm": (Mark("L1", (255, 0, 0), dashed=True),)}
    for panel in PANELS:
        shapes = list(panel_shapes(panel, marks, PAPER))
        sectors = [o for o in outlines() if o.panel is panel]
        grounds = [s for s in shapes if isinstance(s, Area) and s.edge == PAPER.edge]
        assert [ground.points for ground in grounds] == [o.polygon for o in sectors]
        assert [s.text for s in shapes if isinstance(s, Words) and s.text in ("R", "L")] == ["R", "L"]
        assert len([s for s in shapes if isinstance(s, Area) and s.dashed]) == (panel == "mid")
