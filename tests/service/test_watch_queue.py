"""The queue of studies, in the SQLite file and in a real PostgreSQL."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import CannotWrite, SettingsInvalid
from service.queue_db import WATCHED, QueueDb, now
from service.watch_entry import Claim, ClaimLost, Finished, NotWatched, Outcome, State
from service.watch_expected import Expected, ExpectedStudies
from service.watch_queue import WatchQueue

_US = "PACS"


@pytest.fixture(params=["sqlite", "postgresql"])
def db(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[QueueDb]:
    """The database of the queue, empty."""
    url = request.getfixturevalue("postgresql") if request.param == "postgresql" else ""
    database = QueueDb(url, tmp_path / "queue.sqlite")
    with database.transaction() as connection:
        connection.execute(WATCHED.delete())
    yield database
    database.close()


@pytest.fixture
def queue(db: QueueDb) -> WatchQueue:
    """An empty queue."""
    return WatchQueue(db)


def _claimed(queue: WatchQueue, lease_s: float = 60.0) -> Claim:
    claim = queue.claim("us", [_US], lease_s)
    assert claim is not None
    return claim


def _arrive(queue: WatchQueue, uid: str = "1.2", seen: str = "") -> None:
    queue.arrived(uid, _US, seen)
    queue.settle(0.0, 0.0)


def _one(queue: WatchQueue, uid: str = "1.2") -> tuple[State, Outcome]:
    entry = queue.one(uid)
    assert entry is not None
    return entry.state, entry.outcome


def test_a_study_is_due_only_when_it_has_been_quiet(queue: WatchQueue) -> None:
    queue.arrived("1.2", _US)
    assert queue.settle(quiet_s=3600.0, cap_s=7200.0) == ()
    assert queue.claim("us", [_US], 60.0) is None
    assert queue.settle(quiet_s=0.0, cap_s=7200.0) == ("1.2",)
    assert _claimed(queue).study_instance_uid == "1.2"


def test_a_study_that_never_gets_quiet_is_due_at_the_cap(queue: WatchQueue) -> None:
    queue.arrived("1.2", _US)
    assert queue.settle(quiet_s=3600.0, cap_s=0.0) == ("1.2",)


def test_a_claimed_study_is_nobody_elses(queue: WatchQueue) -> None:
    _arrive(queue)
    _claimed(queue)
    assert queue.claim("another", [_US], 60.0) is None


def test_only_who_can_reach_the_images_takes_a_study(queue: WatchQueue) -> None:
    _arrive(queue)
    assert queue.claim("us", ["another archive"], 60.0) is None


def test_a_watcher_that_is_silent_loses_its_study_and_that_counts_as_a_death(queue: WatchQueue) -> None:
    _arrive(queue)
    silent = _claimed(queue, lease_s=0.0)
    taken = _claimed(queue)
    assert (taken.entry.deaths, taken.study_instance_uid) == (1, "1.2")
    for late in (
        lambda: queue.alive(silent, 60.0),
        lambda: queue.finish(silent, Finished(Outcome.DONE)),
        lambda: queue.postpone(silent, "late"),
        lambda: queue.release(silent),
    ):
        with pytest.raises(ClaimLost):
            late()
    queue.finish(taken, Finished(Outcome.DONE))
    assert _one(queue) == (State.FINISHED, Outcome.DONE)


def test_a_watcher_that_lives_keeps_its_study(queue: WatchQueue) -> None:
    _arrive(queue)
    queue.alive(_claimed(queue, lease_s=0.0), lease_s=60.0)
    assert queue.claim("another", [_US], 60.0) is None


def test_images_that_come_during_the_analysis_make_the_study_arrive_again(queue: WatchQueue) -> None:
    _arrive(queue)
    claim = _claimed(queue)
    queue.arrived("1.2", _US)
    assert _one(queue)[0] is State.CLAIMED
    queue.finish(claim, Finished(Outcome.DONE, content="first"))
    assert _one(queue) == (State.ARRIVING, Outcome.DONE)


def test_images_that_come_after_the_analysis_make_the_study_arrive_again(queue: WatchQueue) -> None:
    _arrive(queue)
    queue.finish(_claimed(queue), Finished(Outcome.FAILED, "no ADC map", "first"))
    _arrive(queue)
    claim = _claimed(queue)
    assert claim.entry.content == "first"
    queue.unchanged(claim)
    entry = queue.one("1.2")
    assert entry is not None
    assert (entry.outcome, entry.reason) == (Outcome.FAILED, "no ADC map")


def test_the_same_images_seen_again_are_no_news(queue: WatchQueue) -> None:
    _arrive(queue, seen="abc")
    queue.finish(_claimed(queue), Finished(Outcome.DONE, content="abc"))
    queue.arrived("1.2", _US, "abc")
    assert _one(queue)[0] is State.FINISHED
    queue.arrived("1.2", _US, "abcd")
    assert _one(queue)[0] is State.ARRIVING


def test_what_is_put_off_waits_longer_each_time(queue: WatchQueue) -> None:
    _arrive(queue)
    waits: list[float] = []
    for attempts in (0, 1, 2, 9, 99):
        claim = _claimed(queue)
        queue.postpone(replace(claim, entry=replace(claim.entry, attempts=attempts)), "the archive said no")
        assert queue.claim("us", [_US], 60.0) is None
        entry = queue.one("1.2")
        assert entry is not None
        assert entry.attempts == attempts + 1
        waits.append(round(entry.due_at - entry.changed_at))
        queue.retry("1.2")
    assert waits == [15, 30, 60, 900, 900]


def test_a_study_given_back_is_due_at_once_and_no_attempt_was_made(queue: WatchQueue) -> None:
    _arrive(queue)
    queue.release(_claimed(queue))
    entry = _claimed(queue).entry
    assert (entry.attempts, entry.deaths) == (0, 0)


def test_retrying_begins_from_the_beginning_but_not_while_it_is_analysed(queue: WatchQueue) -> None:
    _arrive(queue)
    claim = _claimed(queue)
    with pytest.raises(NotWatched, match=r"1\.2"):
        queue.retry("1.2")
    queue.finish(claim, Finished(Outcome.FAILED, "bad", "abc", ("a", "b", "c")))
    assert queue.retry("1.2").content == ""
    assert _claimed(queue).entry.result == ("a", "b", "c")
    with pytest.raises(NotWatched, match="9"):
        queue.retry("9")


class _Clock:
    """The database's clock, which somebody puts right by `ahead_s`."""

    ahead_s = 0.0


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> _Clock:
    """Return the clock by which the queue goes."""
    clock = _Clock()
    monkeypatch.setattr("service.watch_queue.now", lambda connection: now(connection) + clock.ahead_s)
    return clock


def test_a_study_is_due_when_it_was_quiet_though_the_clock_went_back_meanwhile(
    queue: WatchQueue, clock: _Clock
) -> None:
    queue.arrived("1.2", _US)
    clock.ahead_s = -3600.0
    assert queue.settle(quiet_s=60.0, cap_s=7200.0) == ()
    clock.ahead_s += 61.0
    assert queue.settle(quiet_s=60.0, cap_s=7200.0) == ("1.2",)
    assert _claimed(queue).study_instance_uid == "1.2"


def test_a_study_put_off_waits_no_longer_though_the_clock_went_back_meanwhile(queue: WatchQueue, clock: _Clock) -> None:
    _arrive(queue)
    queue.postpone(_claimed(queue), "the archive said no")
    clock.ahead_s = -3600.0
    queue.settle(60.0, 7200.0)
    assert queue.claim("us", [_US], 60.0) is None
    clock.ahead_s += 16.0
    assert _claimed(queue).entry.attempts == 1


@pytest.mark.parametrize("lives", [True, False])
def test_a_dead_watcher_loses_its_study_though_the_clock_went_back_and_a_living_one_does_not(
    lives: bool, queue: WatchQueue, clock: _Clock
) -> None:
    _arrive(queue)
    claim = _claimed(queue)
    clock.ahead_s = 3000.0
    queue.alive(claim, 60.0)  # an hour of analysis later
    clock.ahead_s = -600.0
    queue.settle(60.0, 7200.0)
    clock.ahead_s += 59.0
    assert queue.claim("another", [_US], 60.0) is None
    if lives:
        queue.alive(claim, 60.0)
    clock.ahead_s += 2.0
    taken = queue.claim("another", [_US], 60.0)
    assert taken is None if lives else taken is not None and taken.entry.deaths == 1


def test_the_clock_of_a_watcher_s_own_machine_gives_it_no_other_s_study(
    queue: WatchQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    _arrive(queue)
    claim = _claimed(queue)
    tomorrow = time.time() + 86400.0
    monkeypatch.setattr("time.time", lambda: tomorrow)
    assert queue.claim("another, a day ahead", [_US], 60.0) is None
    queue.alive(claim, 60.0)
    queue.finish(claim, Finished(Outcome.DONE))
    entry = queue.one("1.2")
    assert entry is not None
    assert entry.changed_at < tomorrow - 3600.0


def test_two_watchers_that_hurry_take_each_study_once(queue: WatchQueue) -> None:
    uids = [f"1.2.{number}" for number in range(12)]
    for uid in uids:
        queue.arrived(uid, _US)
    queue.settle(0.0, 0.0)
    taken: list[str] = []
    start = threading.Barrier(4)

    def take(owner: str) -> None:
        start.wait()
        while (claim := queue.claim(owner, [_US], 60.0)) is not None:
            taken.append(claim.study_instance_uid)
            queue.finish(claim, Finished(Outcome.DONE))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(take, "abcd"))
    assert sorted(taken) == sorted(uids)
    assert queue.counts() == {"done": 12}


def test_two_watchers_that_hear_of_a_study_at_once_queue_it_once(queue: WatchQueue) -> None:
    start = threading.Barrier(4)

    def hear(_: int) -> None:
        start.wait()
        queue.arrived("1.2", _US)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(hear, range(4)))
    assert len(queue.entries()) == 1


def test_the_counts_are_by_state_and_outcome(queue: WatchQueue) -> None:
    for number, outcome in enumerate((Outcome.DONE, Outcome.FAILED, Outcome.LEFT_ALONE)):
        _arrive(queue, f"1.{number}")
        queue.finish(_claimed(queue), Finished(outcome))
    _arrive(queue, "1.9")
    queue.arrived("1.10", _US)
    assert queue.counts() == {"done": 1, "failed": 1, "left alone": 1, "due": 1, "arriving": 1}
    assert queue.finished_before(0.0) == {"1.0", "1.1", "1.2"}
    assert queue.finished_before(3600.0) == frozenset()


_KILLED = """
import os, signal, sys
from pathlib import Path
from service.queue_db import QueueDb
from service.watch_entry import Finished, Outcome
from service.watch_queue import WatchQueue
url, file, step = sys.argv[1:]
queue = WatchQueue(QueueDb(url, Path(file)))
def die(at):
    if step == at:
        os.kill(os.getpid(), signal.SIGKILL)
die("before")
queue.arrived("1.2", "PACS"); die("arrived")
queue.settle(0.0, 0.0); die("settled")
claim = queue.claim("killed", ["PACS"], 0.0); die("claimed")
queue.alive(claim, 0.0); die("alive")
queue.postpone(claim, "later"); die("postponed")
queue.retry("1.2"); claim = queue.claim("killed", ["PACS"], 0.0)
queue.finish(claim, Finished(Outcome.DONE, "3 candidates", "abc", ("a", "b", "c"))); die("finished")
"""


@pytest.mark.parametrize("step", ["before", "arrived", "settled", "claimed", "alive", "postponed", "finished"])
def test_a_kill_between_any_two_steps_loses_no_study(step: str, tmp_path: Path) -> None:
    file = tmp_path / "queue.sqlite"
    killed = subprocess.run([sys.executable, "-c", _KILLED, "", str(file), step], check=False, timeout=60)
    assert killed.returncode == -9
    db = QueueDb("", file)
    queue = WatchQueue(db)
    if step in ("before", "arrived", "settled"):
        _arrive(queue)
    if step == "postponed":
        queue.retry("1.2")
    if step != "finished":
        queue.finish(_claimed(queue), Finished(Outcome.DONE))
    assert _one(queue) == (State.FINISHED, Outcome.DONE)
    db.close()


def test_a_url_that_is_none_is_told_without_the_password(tmp_path: Path, free_port: Callable[[], int]) -> None:
    with pytest.raises(SettingsInvalid, match=r"watch\.database_url"):
        QueueDb("nonsense", tmp_path / "x")
    with pytest.raises(CannotWrite, match=r"127\.0\.0\.1") as told:
        QueueDb(f"postgresql+psycopg://me:secret@127.0.0.1:{free_port()}/db", tmp_path / "x")
    assert "secret" not in str(told.value)


def test_an_expected_study_is_looked_for_until_it_is_found(db: QueueDb) -> None:
    expected = ExpectedStudies(db)
    for one in expected.all():
        expected.found(one)
    told = [Expected("A1", ""), Expected("", "1.2.3")]
    expected.expect(told)
    expected.expect(told[:1])
    assert sorted(one.accession_number for one in expected.all()) == ["", "A1"]
    expected.found(told[1])
    assert expected.all() == (told[0],)
