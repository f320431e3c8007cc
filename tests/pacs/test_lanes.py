"""Several associations share one list of work, and those that are refused leave it to the others."""

import threading
from collections.abc import Iterator

import pytest

from core.errors import ArchiveRefused, ArchiveUnreachable
from pacs.lanes import in_lanes
from pacs.throttle import Pace


def test_every_job_is_done_once_by_as_many_lanes_as_there_are() -> None:
    done: list[int] = []
    together = threading.Barrier(4, timeout=20)

    def work(jobs: Iterator[int]) -> None:
        done.append(next(jobs))
        together.wait()  # only four at a time get past this
        done.extend(jobs)

    in_lanes(range(100), 4, work, lambda: None)
    assert sorted(done) == list(range(100))


def test_what_a_refused_association_would_have_done_goes_over_the_others() -> None:
    done: list[int] = []
    lanes = iter(range(4))

    def work(jobs: Iterator[int]) -> None:
        if next(lanes) > 0:
            raise ArchiveRefused("no connection free")
        done.extend(jobs)

    in_lanes(range(10), 4, work, lambda: None)
    assert done == list(range(10))


def test_when_no_association_comes_about_the_reason_is_told() -> None:
    def work(jobs: Iterator[int]) -> None:
        raise ArchiveRefused("no connection free")

    with pytest.raises(ArchiveRefused, match="no connection free"):
        in_lanes(range(10), 4, work, lambda: None)


def test_an_association_that_breaks_at_work_is_told_after_the_others_have_done_the_rest() -> None:
    done: list[int] = []
    broken = threading.Event()

    def work(jobs: Iterator[int]) -> None:
        for job in jobs:
            if job == 0:
                broken.set()
                raise ArchiveUnreachable("closed the connection")
            assert broken.wait(20)
            done.append(job)

    with pytest.raises(ArchiveUnreachable, match="closed the connection"):
        in_lanes(range(10), 2, work, lambda: None)
    assert sorted(done) == list(range(1, 10))


def test_the_speed_of_a_transfer_is_told_once_it_says_something(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("pacs.throttle.time.monotonic", lambda: now[0])
    pace = Pace()
    assert str(pace) == ""
    pace.add(1_000_000)
    assert str(pace) == ""
    now[0] += 2.0
    pace.add(3_000_000)
    assert str(pace) == ", 2.0 MB/s"
