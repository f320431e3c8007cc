"""A dynamic series is found however the scanner sends it, with its phases in the order and at the times they had."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.study import RecognisedStudy, Role, RoleChoice
from inference.read import read_study
from inference.recognise import recognise

_T1 = {"ScanningSequence": "GR", "EchoTime": 1.5, "RepetitionTime": 4, "FlipAngle": 12, "EchoTrainLength": 1}
_T1 |= {"ImageType": ["ORIGINAL", "PRIMARY", "M"], "ContrastBolusAgent": "Gadobutrol"}
_PLACES = tuple(3.0 * k for k in range(8))


def _recognised(folder: Path) -> RecognisedStudy:
    return recognise(read_study(folder))


def _dce(folder: Path) -> RoleChoice | None:
    return _recognised(folder).one(Role.DCE)


def _numbers(choice: RoleChoice) -> list[list[int | None]]:
    return [[instance.instance_number for instance in stack.instances] for stack in choice.stacks]


WritePhases = Callable[..., None]


@pytest.fixture
def write_phases(tmp_path: Path, made: Any, write_dicom: Callable[..., None]) -> WritePhases:
    """Write all phases into one series; each keyword's value is given by the number of the phase, from 0."""

    def write(phases: int, **per_phase: Callable[[int], Any]) -> None:
        for n in range(phases):
            tags = {**_T1, **{keyword: value(n) for keyword, value in per_phase.items()}}
            series = made(8, "dynamic", places=_PLACES, tags=tags)
            for k in range(len(_PLACES)):
                dataset = series.dataset(k, "1.2.8")
                dataset.InstanceNumber = 100 * n + k + 1
                write_dicom(dataset, tmp_path / f"dce-{n:02d}-{k:02d}.dcm")

    return write


def _clock(seconds: float) -> str:
    return f"10{30 + int(seconds) // 60:02d}{seconds % 60:09.6f}"


@pytest.mark.parametrize(
    ("per_phase", "times"),
    [
        (
            {"TemporalPositionIdentifier": lambda n: n + 1, "AcquisitionTime": lambda n: _clock(7.5 * n)},
            (0.0, 7.5, 15.0, 22.5, 30.0),
        ),
        ({"AcquisitionTime": lambda n: _clock(50.0 + 4.25 * n)}, (0.0, 4.25, 8.5, 12.75, 17.0)),
        ({"TriggerTime": lambda n: 500 + 9000 * n}, (0.0, 9.0, 18.0, 27.0, 36.0)),
        (
            {"TemporalPositionIdentifier": lambda n: n + 1, "TemporalResolution": lambda n: 8000},
            (0.0, 8.0, 16.0, 24.0, 32.0),
        ),
        ({}, (None,) * 5),
    ],
    ids=["position and time", "time", "trigger", "position and resolution", "no time at all"],
)
def test_phases_in_one_series_are_told_apart_and_timed(
    tmp_path: Path, write_phases: WritePhases, per_phase: dict[str, Any], times: tuple[float | None, ...]
) -> None:
    write_phases(5, **per_phase)
    dce = _dce(tmp_path)
    assert dce is not None
    assert [sorted(filter(None, numbers)) for numbers in _numbers(dce)] == [
        [100 * n + k + 1 for k in range(8)] for n in range(5)
    ]
    assert [stack.time_s for stack in dce.stacks] == list(times)


def test_the_temporal_position_counts_and_not_the_order_of_the_files(tmp_path: Path, write_phases: WritePhases) -> None:
    write_phases(5, TemporalPositionIdentifier=lambda n: 5 - n, AcquisitionTime=lambda n: _clock(60 - 9 * n))
    dce = _dce(tmp_path)
    assert dce is not None
    assert [min(filter(None, numbers)) for numbers in _numbers(dce)] == [401, 301, 201, 101, 1]
    assert [stack.time_s for stack in dce.stacks] == [0.0, 9.0, 18.0, 27.0, 36.0]


def test_one_series_for_each_phase_is_one_dynamic_examination(tmp_path: Path, made: Any) -> None:
    for n in range(6):
        tags = {**_T1, "AcquisitionTime": _clock(8.0 * (5 - n))}
        made(20 + n, f"twist={5 - n}", places=_PLACES, tags=tags).write(tmp_path)
    dce = _dce(tmp_path)
    assert dce is not None
    assert [stack.series.number for stack in dce.stacks] == [25, 24, 23, 22, 21, 20]
    assert [stack.time_s for stack in dce.stacks] == [0.0, 8.0, 16.0, 24.0, 32.0, 40.0]
    assert "6 phases over 40 s, one series each, contrast agent Gadobutrol → DCE" in dce.reason
    assert not _recognised(tmp_path).left_out


def test_the_series_of_a_t1_map_is_no_phase(tmp_path: Path, made: Any) -> None:
    made(10, "PD ref", places=_PLACES, tags={**_T1, "FlipAngle": 3, "AcquisitionTime": _clock(0)}).write(tmp_path)
    for n in range(5):
        tags = {**_T1, "AcquisitionTime": _clock(30 + 9.0 * n)}
        made(20 + n, "twist", places=_PLACES, tags=tags).write(tmp_path)
    dce = _dce(tmp_path)
    assert dce is not None
    assert [stack.series.number for stack in dce.stacks] == [20, 21, 22, 23, 24]


@pytest.mark.parametrize(
    "changed",
    [
        {"ScanningSequence": "SE"},
        {"ScanningSequence": "EP"},
        {"EchoTime": 60},
        {"ImageType": ["DERIVED", "PRIMARY", "SUBTRACTION"]},
        {"ImageOrientationPatient": [1, 0, 0, 0, 0, -1]},
    ],
)
def test_other_series_of_many_images_are_none(
    tmp_path: Path, write_phases: WritePhases, changed: dict[str, Any]
) -> None:
    constant = {keyword: (lambda _, value=value: value) for keyword, value in changed.items()}
    write_phases(5, AcquisitionTime=lambda n: _clock(9.0 * n), **constant)
    assert _dce(tmp_path) is None


def test_three_acquisitions_before_and_after_contrast_agent_are_none(tmp_path: Path, write_phases: WritePhases) -> None:
    write_phases(3, AcquisitionTime=lambda n: _clock(60.0 * n))
    assert _dce(tmp_path) is None


def test_positions_with_unequal_numbers_of_images_and_no_temporal_position_are_none(
    tmp_path: Path, write_phases: WritePhases
) -> None:
    write_phases(5, AcquisitionTime=lambda n: _clock(9.0 * n))
    (tmp_path / "dce-04-07.dcm").unlink()
    assert _dce(tmp_path) is None
    reasons = {series.number: why for series, why in _recognised(tmp_path).left_out}
    assert "not a DCE of four or more phases" in reasons[8]
