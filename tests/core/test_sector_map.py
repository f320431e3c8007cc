"""The sector map: 41 sectors that tile the gland, mirrored left to right, each where a radiologist looks for it."""

from itertools import pairwise

import pytest

from core.pirads import Zone
from core.sector_map import PANELS, Point, SectorOutline, contains, gland_outline, outlines, sector_at_point, urethra
from core.sectors import Level, Side, sectors

_GRID = [(x / 50 + 0.00037, y / 50 + 0.00041) for x in range(50) for y in range(50)]


def _outline(key: str) -> SectorOutline:
    return next(outline for outline in outlines() if outline.sector.key == key)


def _area(polygon: tuple[Point, ...]) -> float:
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise((*polygon, polygon[0])))) / 2


def test_every_sector_of_the_map_is_drawn_once() -> None:
    assert sorted(outline.sector.key for outline in outlines()) == sorted(sectors())
    assert len(outlines()) == 41


def test_a_sector_stands_in_the_panel_of_its_level() -> None:
    beside = {Zone.SV: Level.BASE, Zone.EUS: Level.APEX}
    for outline in outlines():
        assert outline.panel is beside.get(outline.sector.zone, outline.sector.level)


def test_every_polygon_lies_in_the_unit_square() -> None:
    assert all(0 < x < 1 and 0 < y < 1 for outline in outlines() for x, y in outline.polygon)


@pytest.mark.parametrize("panel", PANELS)
def test_no_point_belongs_to_two_sectors(panel: Level) -> None:
    in_panel = [outline for outline in outlines() if outline.panel is panel]
    hits = [sum(contains(outline.polygon, point) for outline in in_panel) for point in _GRID]
    assert max(hits) == 1
    assert sum(hits) > 600


@pytest.mark.parametrize("panel", PANELS)
def test_the_sectors_fill_the_gland_without_a_gap(panel: Level) -> None:
    inside = [outline for outline in outlines() if outline.panel is panel and outline.sector.level is panel]
    gland = gland_outline(panel)
    assert sum(_area(outline.polygon) for outline in inside) == pytest.approx(_area(gland), rel=1e-9)
    for point in _GRID:
        assert contains(gland, point) == any(contains(outline.polygon, point) for outline in inside)


def test_left_mirrors_right() -> None:
    for outline in outlines():
        if outline.sector.side is Side.RIGHT:
            left = _outline(outline.sector.key.replace("right", "left"))
            assert left.polygon == tuple((1 - x, y) for x, y in outline.polygon)


def test_the_patients_right_is_on_the_pictures_left() -> None:
    for outline in outlines():
        x = outline.centre[0]
        assert {Side.RIGHT: x < 0.5, Side.LEFT: x > 0.5, Side.MIDLINE: abs(x - 0.5) < 1e-9}[outline.sector.side]


def test_a_click_on_the_middle_of_a_sector_chooses_it() -> None:
    for outline in outlines():
        assert sector_at_point(outline.panel, outline.centre) == outline.sector


def test_a_click_beside_the_gland_chooses_nothing() -> None:
    assert all(sector_at_point(panel, (0.01, 0.01)) is None for panel in PANELS)


@pytest.mark.parametrize("side", ["right", "left"])
@pytest.mark.parametrize("level", ["base", "mid", "apex"])
def test_from_front_to_back_the_zones_follow_as_in_the_gland(side: str, level: str) -> None:
    def depth(region: str) -> float:
        return _outline(f"{side}-{level}-{region}").centre[1]

    assert depth("AFS") < depth("TZa") < depth("TZp") < depth("PZpm")
    assert depth("PZa") < depth("PZpl") < depth("PZpm")


@pytest.mark.parametrize("side", ["right", "left"])
@pytest.mark.parametrize("level", ["base", "mid", "apex"])
def test_the_peripheral_zone_lies_lateral_to_the_transition_zone(side: str, level: str) -> None:
    def from_midline(region: str) -> float:
        return abs(_outline(f"{side}-{level}-{region}").centre[0] - 0.5)

    assert from_midline("PZa") > from_midline("TZa")
    assert from_midline("PZpl") > from_midline("TZp")
    assert from_midline("PZpl") > from_midline("PZpm")


def test_the_central_zone_stands_between_transition_and_peripheral_zone_at_the_base() -> None:
    for side in ("right", "left"):
        tz, cz, pz = (_outline(f"{side}-base-{region}").centre[1] for region in ("TZp", "CZ", "PZpm"))
        assert tz < cz < pz


def test_seminal_vesicles_lie_behind_the_base_and_the_sphincter_beyond_the_apex() -> None:
    for key, panel in (("right-SV", Level.BASE), ("left-SV", Level.BASE), ("EUS", Level.APEX)):
        assert min(y for _, y in _outline(key).polygon) > max(y for _, y in gland_outline(panel))


@pytest.mark.parametrize("panel", PANELS)
def test_the_urethra_is_marked_on_the_midline_within_the_transition_zone(panel: Level) -> None:
    mark = urethra(panel)
    assert mark.centre[0] == 0.5
    for step in (-1.1, 1.1):
        found = sector_at_point(panel, (0.5 + step * mark.radius, mark.centre[1]))
        assert found is not None
        assert found.zone is Zone.TZ
