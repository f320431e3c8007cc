"""The analysis runs in a process of its own, and nothing that happens to it is silent."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.errors import GlandNotFound, OutOfMemory, ProsectorError, SeriesIncomplete, WorkerDied
from core.progress import Cancelled, Silent
from inference.memory import require_memory
from inference.spawned import run_in_child

sys.path.insert(0, str(Path(__file__).parent / "child_work"))
import stages_for_child as stages


class _Seen:
    """A `Progress` that remembers, and stops when told to."""

    def __init__(self, stop: Callable[[], bool] = lambda: False) -> None:
        self.steps: list[tuple[float, str]] = []
        self.times: list[float] = []
        self._stop = stop

    def report(self, fraction: float, message: str) -> None:
        self.steps.append((fraction, message))
        self.times.append(time.monotonic())
        if self._stop():
            raise Cancelled


def _wait_for(file: Path) -> int:
    deadline = time.monotonic() + 30
    while not file.exists() or not file.read_text():
        assert time.monotonic() < deadline, "the child never began"
        time.sleep(0.02)
    return int(file.read_text())


def _is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_the_answer_and_every_stage_come_back() -> None:
    progress = _Seen()

    assert run_in_child(stages.double, 21, progress) == 42
    assert [message for _, message in dict.fromkeys(progress.steps)] == [
        "Starting the analysis",
        "Reading the images",
        "Measuring",
    ]


def test_a_volume_comes_back_voxel_for_voxel() -> None:
    volume = run_in_child(stages.volume_of, 64, Silent())

    assert np.array_equal(volume.array.ravel(), np.arange(64**3, dtype=np.float32))
    assert volume.frame_of_reference_uid == "1.2.3"


def test_cancelling_ends_a_child_that_reports_nothing_and_at_once(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    asked: list[float] = []

    def stop() -> bool:
        if file.exists() and file.read_text() and not asked:
            asked.append(time.monotonic())
        return bool(asked)

    with pytest.raises(Cancelled):
        run_in_child(stages.tell_pid_and_wait, str(file), _Seen(stop))

    assert time.monotonic() - asked[0] < 1.0
    assert _is_gone(int(file.read_text()))


def test_the_parent_is_asked_whether_to_go_on_at_least_every_fifth_of_a_second(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    progress = _Seen(lambda: len(progress.times) > 1 and time.monotonic() - progress.times[0] > 2.0)

    with pytest.raises(Cancelled):
        run_in_child(stages.tell_pid_and_wait, str(file), progress)

    gaps = np.diff(progress.times)
    # One gap may be long on a crowded machine; the usual one may not.
    assert np.median(gaps) < 0.2
    assert len(gaps) >= 8


def test_a_child_killed_from_outside_is_an_error_with_its_exit_code(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    killer = threading.Thread(target=lambda: os.kill(_wait_for(file), signal.SIGKILL))
    killer.start()

    with pytest.raises(WorkerDied, match=r"exit code −9, SIGKILL.*memory") as caught:
        run_in_child(stages.tell_pid_and_wait, str(file), Silent())

    killer.join()
    assert "Nothing was found or ruled out" in str(caught.value)
    assert _is_gone(int(file.read_text()))


@pytest.mark.parametrize(
    ("work", "argument", "told"),
    [
        (stages.kill_myself, 0, r"exit code −9"),
        (stages.leave_early, 3, r"exit code 3"),
        (stages.leave_early, 0, "code 0"),
    ],
)
def test_a_child_that_ends_without_an_answer_never_looks_like_no_lesion(
    work: Callable[..., object], argument: int, told: str
) -> None:
    with pytest.raises(WorkerDied, match=told):
        run_in_child(work, argument, Silent())


@pytest.mark.parametrize(
    ("work", "error", "sentence"),
    [
        (stages.find_no_gland, GlandNotFound, "No prostate was found on the axial T2 images."),
        (stages.find_a_gap, SeriesIncomplete, "Series 8: the slice at −38.4 mm is missing."),
    ],
)
def test_an_error_keeps_its_type_and_its_sentence(
    work: Callable[..., object], error: type[ProsectorError], sentence: str
) -> None:
    with pytest.raises(error) as caught:
        run_in_child(work, 0, Silent())

    assert type(caught.value) is error
    assert str(caught.value) == sentence


def test_a_bug_in_the_child_is_told_with_its_text() -> None:
    with pytest.raises(WorkerDied, match="ZeroDivisionError: division by zero"):
        run_in_child(stages.divide_by_zero, 0, Silent())


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs Linux's list of open files")
def test_neither_files_nor_processes_are_left_open() -> None:
    run_in_child(stages.double, 1, Silent())  # Python's own resource tracker starts once and stays.
    before = len(os.listdir("/proc/self/fd"))
    children = _children()

    run_in_child(stages.double, 1, Silent())
    with pytest.raises(WorkerDied):
        run_in_child(stages.kill_myself, 0, Silent())

    assert len(os.listdir("/proc/self/fd")) == before
    assert _children() == children


def _children() -> set[str]:
    return {pid for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()}


def test_a_part_of_the_answer_comes_before_the_whole() -> None:
    told: list[object] = []

    assert run_in_child(stages.tell_half, 21, Silent(), told.append) == 42
    assert told == [21]


@pytest.mark.parametrize("work", [stages.take_too_much, stages.take_an_image_too_large])
def test_memory_that_cannot_be_had_is_a_sentence(work: Callable[..., object]) -> None:
    with pytest.raises(OutOfMemory, match=r"ran out of memory. Nothing was found or ruled out; close other programs"):
        run_in_child(work, 0, Silent())


def test_an_analysis_that_will_not_fit_is_refused_before_it_begins() -> None:
    require_memory(1000, "The analysis")
    with pytest.raises(OutOfMemory, match=r"The analysis needs about 1000000\.0 GB of memory, and \d+\.\d GB are free"):
        require_memory(10**15, "The analysis")
