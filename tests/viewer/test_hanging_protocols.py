"""Each study opens in the protocol that suits it, with the right series in each cell, and the reason in words."""

from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from core.study import RecognisedStudy, Role, RoleChoice, Series, Stack
from inference.read import read_study
from inference.recognise import recognise
from viewer.hanging_match import Arrangement, Fit, Offer, arranged, fits, free_grid, kind_of_study
from viewer.hanging_protocol import Place, ProtocolInvalid, Stage, protocols, read_protocol

_ALL_VIEWS = ("mpr", "3d", "curve")
_BPMRI = (Role.T2_AXIAL, Role.ADC, Role.HIGH_B, Role.T2_SAGITTAL, Role.T2_CORONAL)


def _offer(role: Role, *, b: float | None = None, number: int = 1, prior: str = "", calculated: bool = False) -> Offer:
    series = Series(f"1.2.{number}", "MR", number, "made up", "1.9", ())
    phases = tuple(Stack(series, (), time_s=13.0 * n) for n in range(8))
    stacks = phases if role is Role.DCE else (Stack(series, (), b),)
    return Offer(RoleChoice(role, stacks, "made up", calculated=calculated), prior)


def _offers(*roles: Role) -> list[Offer]:
    return [_offer(role, number=number) for number, role in enumerate(roles, 1)]


def _best(offers: Iterable[Offer], views: Iterable[str] = _ALL_VIEWS) -> Fit:
    return fits(protocols(), tuple(offers), tuple(views))[0]


def _titles(arrangement: Arrangement) -> list[str]:
    return [slot.offer.title if slot.offer else slot.view or slot.empty for slot in arrangement.slots]


# The files


def test_every_protocol_that_is_shipped_is_read_under_its_own_name() -> None:
    names = {file.name for file in files("resources").joinpath("hanging").iterdir()}
    assert {f"{protocol.id}.toml" for protocol in protocols()} == names
    assert len({protocol.priority for protocol in protocols()}) == len(protocols())


def test_cells_take_the_next_free_place_in_which_they_fit() -> None:
    overview = next(protocol for protocol in protocols() if protocol.id == "bpmri").stages[0]
    assert overview.places == (Place(0, 0, 2, 2), Place(0, 2), Place(0, 3), Place(1, 2), Place(1, 3))


_GOOD = """
id = "x"
name = "X"
priority = 1
[[stages]]
name = "one"
rows = 1
columns = 2
cells = [{ role = "adc", empty = "No ADC" }, { view = "mpr" }]
"""


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (_GOOD.replace("priority", "priorty"), "priority: Field required; priorty: Extra inputs are not permitted"),
        (_GOOD.replace("empty", "emty"), "stages.0.cells.0.empty: Field required"),
        (_GOOD.replace('"adc"', '"pet"'), "stages.0.cells.0.role: Value error, no such role; there are t2_axial"),
        (_GOOD.replace('"mpr"', '"4d"'), "stages.0.cells.1.view: Input should be 'mpr', '3d' or 'curve'"),
        (_GOOD.replace("rows = 1", "rows = 2"), "stages.0: Value error, the cells do not fill the grid of 2 × 2"),
        (_GOOD.replace("rows = 1", "rows = 5"), "stages.0.rows: Input should be less than or equal to 4"),
        (_GOOD.replace('{ role = "adc", empty = "No ADC" }', '{ view = "3d" }'), "a stage needs a cell with a series"),
        (_GOOD.replace("cells = [", 'cells = [{ view = "3d", span = [1, 2] }, '), "do not fill the grid of 1 × 2"),
        (_GOOD.replace('"adc"', '"dce", phase = 0'), "cells.0.phase: Value error, phases are counted from 1"),
        (_GOOD.replace("=", ":"), "is not valid TOML"),
    ],
)
def test_a_mistake_in_a_file_is_told_with_the_file_and_the_key(wrong: str, told: str) -> None:
    assert read_protocol("x.toml", _GOOD).views == {"mpr"}
    with pytest.raises(ProtocolInvalid) as refused:
        read_protocol("x.toml", wrong)
    assert "The hanging protocol x.toml" in str(refused.value)
    assert told in str(refused.value)


# Which protocol


@pytest.mark.parametrize(
    ("roles", "protocol"),
    [
        (_BPMRI, "bpmri"),
        ((Role.T2_AXIAL,), "bpmri"),
        ((), "bpmri"),
        ((*_BPMRI, Role.DCE), "pirads-3x3"),
        ((*_BPMRI, Role.SUBTRACTION), "pirads-4up"),
        ((*_BPMRI, Role.SUBTRACTION, Role.DCE), "pirads-4up"),
        ((Role.T2_AXIAL, Role.ADC, Role.SUBTRACTION), "bpmri"),
    ],
)
def test_the_best_protocol_is_the_first_of_those_that_have_all_they_require(
    roles: tuple[Role, ...], protocol: str
) -> None:
    assert _best(_offers(*roles)).protocol.id == protocol


def test_a_study_with_a_prior_is_hung_over_it() -> None:
    prior = [_offer(role, prior="2024-03-01") for role in (Role.T2_AXIAL, Role.ADC)]
    best = _best([*_offers(*_BPMRI), *prior])
    assert best.protocol.id == "compare"
    assert _titles(arranged(best, 0, [*_offers(*_BPMRI), *prior])) == [
        "T2 axial",
        "ADC",
        "DWI",
        "Prior 2024-03-01 · T2 axial",
        "Prior 2024-03-01 · ADC",
        "No high-b DWI in the prior study",
    ]


def test_the_reason_names_what_is_here_and_what_is_not() -> None:
    offered = {fit.protocol.id: fit for fit in fits(protocols(), _offers(*_BPMRI, Role.SUBTRACTION), _ALL_VIEWS)}
    assert offered["pirads-4up"].reason == "T2 axial, ADC, DWI and DCE subtraction are all here."
    assert offered["pirads-3x3"].lacks == ("DCE phase 1",)
    assert offered["compare"].lacks == ("prior axial T2",)
    assert offered["compare"].reason == (
        "T2 axial, ADC and DWI are here; this study has no prior axial T2, prior ADC or prior high-b DWI."
    )
    assert _best(()).reason.startswith("this study has no axial T2, ADC, high-b DWI, sagittal T2 or coronal T2")


def test_of_the_protocols_that_do_not_suit_the_fullest_comes_first() -> None:
    order = [fit.protocol.id for fit in fits(protocols(), _offers(*_BPMRI), _ALL_VIEWS)]
    assert order == ["bpmri", "mpr-3d", "pirads-6up", "pirads-4up", "pirads-3x3", "compare"]


def test_a_protocol_whose_special_view_is_not_there_is_not_offered() -> None:
    without = {fit.protocol.id for fit in fits(protocols(), _offers(*_BPMRI), ("mpr",))}
    assert without == {"bpmri", "pirads-4up", "pirads-6up", "compare"}


# Which series


def _first_cell(rule: str, offers: list[Offer]) -> str:
    text = _GOOD.replace('role = "adc"', rule)
    return _titles(arranged(_fit(text), 0, offers))[0]


def _fit(text: str) -> Fit:
    return Fit(read_protocol("x.toml", text), (), 1.0, "")


@pytest.mark.parametrize(
    ("rule", "title"),
    [
        ('role = "dwi"', "DWI b 800"),  # the highest that was acquired
        ('role = "dwi", b_value = 50', "DWI b 50"),
        ('role = "dwi", b_value = 1000', "No ADC"),
        ('role = "high_b"', "DWI b 1400 (calc)"),
        ('role = "high_b", acquired = false', "DWI b 1400 (calc)"),
        ('role = "high_b", acquired = true', "DWI b 800"),
        ('role = "dce"', "DCE"),
        ('role = "dce", phase = 2', "DCE 13 s"),
        ('role = "dce", phase = -1', "DCE 91 s"),
        ('role = "dce", phase = 9', "No ADC"),
        ('role = "dce", phase = -9', "No ADC"),
        ('role = "high_b", prior = true', "Prior 2020-01-01 · DWI b 1000"),
    ],
)
def test_a_cell_takes_the_series_that_meets_its_rule(rule: str, title: str) -> None:
    offers = [
        _offer(Role.DWI, b=50),
        _offer(Role.DWI, b=800),
        _offer(Role.HIGH_B, b=1400, calculated=True),
        _offer(Role.DCE),
        _offer(Role.HIGH_B, b=1000, prior="2020-01-01"),
    ]
    assert _first_cell(rule, offers) == title


def test_a_free_grid_holds_the_series_in_their_order_and_room_for_more() -> None:
    report = Offer(RoleChoice(Role.OTHER, (Stack(Series("1.5", "SR", 9, "report", "", ()), ()),), "SR object"))
    grid = free_grid(2, 2, [*_offers(Role.T2_AXIAL, Role.ADC), report])
    assert _titles(grid) == ["T2 axial", "ADC", "Drag a series here", "Drag a series here"]
    assert [slot.place for slot in grid.slots] == [Place(0, 0), Place(0, 1), Place(1, 0), Place(1, 1)]
    assert grid.reason == "Grid 2 × 2: 2 of 2 series hang in it."
    assert _titles(free_grid(1, 1, _offers(*_BPMRI))) == ["T2 axial"]


def test_choices_are_remembered_by_the_roles_of_a_study_not_by_its_odd_series() -> None:
    study = [*_offers(Role.ADC, Role.T2_AXIAL), _offer(Role.OTHER), _offer(Role.T2_AXIAL, prior="2020-01-01")]
    assert kind_of_study(study) == "adc+prior t2_axial+t2_axial"


# Real studies


def _offers_of(study: RecognisedStudy) -> list[Offer]:
    return [Offer(choice) for choice in study.choices]


@pytest.mark.parametrize(
    ("study", "high_b"),
    [("prostatex_0000", "DWI b 1000 (calc)"), ("prostatex_0001", "DWI b 1000 (calc)"), ("phantom", "DWI b 1400")],
)
def test_real_studies_open_in_bpmri_with_these_series(request: Any, study: str, high_b: str) -> None:
    folder: Path = (
        request.getfixturevalue("phantom_study").folder if study == "phantom" else request.getfixturevalue(study)
    )
    offers = _offers_of(recognise(read_study(folder)))
    best = _best(offers)
    hung = [_titles(arranged(best, stage, offers)) for stage in range(3)]
    assert best.protocol.id == "bpmri"
    assert hung[0] == ["T2 axial", "ADC", high_b, "T2 sagittal", "T2 coronal"]
    assert hung[1] == ["T2 axial", "ADC", high_b, "DWI b 800"]
    assert hung[2] == ["T2 axial", "T2 sagittal", "T2 coronal"]
    assert arranged(best, 0, offers).reason == (
        f"bpMRI · overview: T2 axial, ADC, {high_b}, T2 sagittal and T2 coronal are all here."
    )


@pytest.mark.parametrize("case", ["Prostate3T-03-0002", "Prostate3T-03-0004"])
def test_a_study_of_one_axial_t2_opens_and_says_what_it_has_not(shared_data: Path, case: str) -> None:
    offers = _offers_of(recognise(read_study(shared_data / "prostate3t" / case)))
    best = arranged(_best(offers), 0, offers)
    assert _titles(best)[:2] == ["T2 axial", "No ADC in this study"]
    assert best.reason == (
        "bpMRI · overview: T2 axial is here; this study has no ADC, high-b DWI, sagittal T2 or coronal T2."
    )


def test_the_places_of_a_stage_cover_its_grid_once() -> None:
    for stage in (stage for protocol in protocols() for stage in protocol.stages):
        assert sorted(_covered(stage)) == [(r, c) for r in range(stage.rows) for c in range(stage.columns)], stage.name


def _covered(stage: Stage) -> list[tuple[int, int]]:
    return [
        (row, column)
        for place in stage.places
        for row in range(place.row, place.row + place.rows)
        for column in range(place.column, place.column + place.columns)
    ]
