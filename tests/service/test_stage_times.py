"""The time left is what it took before on this machine, and nothing where nothing is known."""

import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from core.progress import UNKNOWN, Countdown, Schedule
from inference.models import Models
from inference.pipeline import BUILT_IN
from inference.spawned import STARTING
from inference.stages import STAGES
from service.stage_times import StageTimes

_EACH = dict.fromkeys(STAGES, 1.0)


def test_nothing_is_known_before_the_first_analysis_and_of_other_models(tmp_path: Path) -> None:
    times = StageTimes(tmp_path / "times.json")
    assert times.schedule(BUILT_IN) == UNKNOWN
    times.add(BUILT_IN, 9.0, _EACH)
    other = Models(lesions=SimpleNamespace(name="another"))  # type: ignore[arg-type]
    assert times.schedule(other) == UNKNOWN


def test_each_stage_knows_what_is_left_with_the_start_counted(tmp_path: Path) -> None:
    times = StageTimes(tmp_path / "times.json")
    times.add(BUILT_IN, 2.0 + len(STAGES), _EACH)

    left = times.schedule(BUILT_IN).left_s

    assert left[STARTING] == pytest.approx(2.0 + len(STAGES))
    assert left["Measuring"] == pytest.approx(1.0)
    assert list(left.values()) == sorted(left.values())


def test_the_median_of_the_last_twenty_counts(tmp_path: Path) -> None:
    times = StageTimes(tmp_path / "times.json")
    for _ in range(15):
        times.add(BUILT_IN, 1000.0, dict.fromkeys(STAGES, 100.0))
    for _ in range(20):
        times.add(BUILT_IN, 9.0, _EACH)
    times.add(BUILT_IN, 500.0, dict.fromkeys(STAGES, 60.0))

    assert times.schedule(BUILT_IN).left_s["Measuring"] == pytest.approx(1.0)


@pytest.mark.parametrize("content", ["", "[1]", '{"CPU": {"gland": "soon"}}', "{"])
def test_a_damaged_file_is_learnt_anew(tmp_path: Path, content: str) -> None:
    path = tmp_path / "times.json"
    path.write_text(content)
    times = StageTimes(path)
    assert times.schedule(BUILT_IN) == UNKNOWN
    times.add(BUILT_IN, 9.0, _EACH)
    assert times.schedule(BUILT_IN) != UNKNOWN


def test_the_countdown_goes_on_through_messages_it_does_not_know() -> None:
    countdown = Countdown(Schedule({"Reading": 10.0, "Measuring": 0.05}))
    assert countdown.left_s is None
    countdown.begin("Reading")
    first = countdown.left_s
    countdown.begin("something of a pack")
    second = countdown.left_s
    assert first is not None
    assert second is not None
    assert 9.0 < second <= first <= 10.0
    countdown.begin("Measuring")
    time.sleep(0.1)
    assert countdown.left_s is None  # it takes longer than before: nothing is guessed
