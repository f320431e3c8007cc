"""What the AI worked on is compared with what the study takes now."""

from dataclasses import replace

import pytest

from core.study import Patient, RecognisedStudy, Role, RoleChoice, Series, Stack, Study
from core.used_series import superseded, used_series


def _choice(role: Role, number: int, b_value: float | None = None) -> RoleChoice:
    series = Series(f"1.3.{number}", "MR", number, "made up", "1.2.3", ())
    return RoleChoice(role, (Stack(series, (), b_value),), "made up")


def _study(*choices: RoleChoice) -> RecognisedStudy:
    study = Study("1.2", Patient("P1", "Example^Case", None, "M"), "A1", None, "MR", "", "", "", ())
    return RecognisedStudy(study, choices, ())


_T2, _ADC, _HIGH_B = _choice(Role.T2_AXIAL, 3), _choice(Role.ADC, 6), _choice(Role.HIGH_B, 7, 1400.0)


def test_the_same_series_say_nothing_however_they_were_chosen() -> None:
    now = _study(replace(_T2, reason="as the reader chose", corrected=True), _ADC, _HIGH_B, _choice(Role.DCE, 9))
    assert superseded(used_series(_study(_T2, _ADC, _HIGH_B)), now) == ""


@pytest.mark.parametrize(
    ("now", "told"),
    [
        ((_T2, _choice(Role.ADC, 8), _HIGH_B), "ADC map: series 6 “made up”, now series 8 “made up”"),
        ((_T2, _ADC, _choice(Role.HIGH_B, 7, 800.0)), "high-b image: series 7 “made up”, now series 7 “made up”"),
        ((_T2, _ADC), "high-b image: series 7 “made up”, now none"),
        ((_choice(Role.T2_AXIAL, 4), _ADC, _HIGH_B), "axial T2: series 3 “made up”, now series 4 “made up”"),
    ],
)
def test_another_series_is_named_with_the_one_before_and_the_way_out(now: tuple[RoleChoice, ...], told: str) -> None:
    sentence = superseded(used_series(_study(_T2, _ADC, _HIGH_B)), _study(*now))
    assert sentence == f"What the AI found comes from other series than the study has now ({told}): run the AI again."


def test_a_series_that_was_not_there_before_is_told() -> None:
    assert "high-b image: none, now series 7" in superseded(used_series(_study(_T2, _ADC)), _study(_T2, _ADC, _HIGH_B))


def test_without_an_analysis_nothing_is_out_of_date() -> None:
    assert superseded((), _study(_T2, _ADC)) == ""
