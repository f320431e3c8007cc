"""A watcher's work on one study: claimed, gone through, and written down whatever happened."""

import logging
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager

from core.errors import ArchiveUnreachable, ClusterUnreachable, ProsectorError, WorkerDied
from core.progress import Cancelled, Progress
from service.watch_entry import MOST_DEATHS, Claim, ClaimLost, Finished, Outcome
from service.watch_health import Health
from service.watch_queue import WatchQueue
from service.watch_study import Passed, Task

_LOGGER = logging.getLogger(__name__)


class DiedTwice(WorkerDied):
    """Two workers of a cluster, one after the other, ended without a word while they had the study."""


Run = Callable[[Task, Progress], Passed]
"""Goes through a study, here (`service.watch_study.go_through`) or on a cluster (`service.cluster`)."""


class Holding:
    """The `Progress` of a study that is held: it stops the work when the watcher stops, or lost its claim."""

    def __init__(self, stopping: threading.Event) -> None:
        self._stopping = stopping
        self.lost = threading.Event()

    def report(self, fraction: float, message: str) -> None:
        """Raise `Cancelled` when the work is to end."""
        if self._stopping.is_set() or self.lost.is_set():
            raise Cancelled


@contextmanager
def held(queue: WatchQueue, claim: Claim, lease_s: float, stopping: threading.Event) -> Generator[Holding]:
    """Say for the time of the block, on a thread of its own, that the claim's owner lives."""
    holding, over = Holding(stopping), threading.Event()

    def keep() -> None:
        while not over.wait(lease_s / 4):
            try:
                queue.alive(claim, lease_s)
            except ClaimLost:
                holding.lost.set()
                return
            except ProsectorError as error:  # the database may be back before the lease ends
                _LOGGER.warning("the claim could not be renewed: %s", error)

    thread = threading.Thread(target=keep, name=f"claim on {claim.study_instance_uid}")
    thread.start()
    try:
        yield holding
    finally:
        over.set()
        thread.join()


def work_on(queue: WatchQueue, claim: Claim, run: Run, retries: int, health: Health, holding: Holding) -> None:
    """Go through the claimed study and write down what came of it; raises `CannotWrite` when that is not possible.

    Whatever else is raised becomes a state of the queue. What was begun when the claim was lost is another watcher's.
    """
    uid = claim.study_instance_uid
    try:
        passed = run(_task(claim, retries), holding)
        _write_down(queue, claim, passed.finished)
        health.passed(passed.finished.outcome if passed.finished else "unchanged", passed.seconds)
        _LOGGER.info("%s: %s", uid, passed.finished.outcome if passed.finished else "unchanged", extra={"study": uid})
    except Cancelled:
        if not holding.lost.is_set():
            queue.release(claim)
    except ClaimLost as error:
        _LOGGER.warning("%s", error, extra={"study": uid})
    except (ArchiveUnreachable, ClusterUnreachable) as error:  # not the study's fault: it waits as long as it takes
        _postpone(queue, claim, health, str(error), counts=False)
    except DiedTwice as error:
        _postpone(queue, claim, health, str(error), counts=False, deaths=MOST_DEATHS)
    except WorkerDied as error:
        _postpone(queue, claim, health, str(error), counts=False, deaths=1)
    except ProsectorError as error:
        _postpone(queue, claim, health, str(error))
    except Exception as error:  # the service loop: a mistake of ours must not end the watcher
        _LOGGER.exception("unexpected", extra={"study": uid})
        reason = f"Something unexpected went wrong: {type(error).__name__}: {error}"
        if claim.entry.deaths >= MOST_DEATHS:  # even telling of it goes wrong
            queue.finish(claim, Finished(Outcome.FAILED, reason, claim.entry.content))
        else:
            _postpone(queue, claim, health, reason, counts=False, deaths=1)


def _task(claim: Claim, retries: int) -> Task:
    entry = claim.entry
    given_up = ""
    if entry.deaths >= MOST_DEATHS:
        given_up = f"The analysis ended without an answer {entry.deaths} times. {entry.reason}".strip()
    elif entry.attempts > retries:
        given_up = f"Tried {entry.attempts} times. {entry.reason}"
    return Task(claim.study_instance_uid, entry.origin, entry.content, entry.result, given_up)


def _write_down(queue: WatchQueue, claim: Claim, finished: Finished | None) -> None:
    if finished is None:
        queue.unchanged(claim)
    else:
        queue.finish(claim, finished)


def _postpone(
    queue: WatchQueue, claim: Claim, health: Health, reason: str, *, counts: bool = True, deaths: int = 0
) -> None:
    uid = claim.study_instance_uid
    _LOGGER.warning("%s is tried again later: %s", uid, reason, extra={"study": uid})
    health.count("postponed_total")
    try:
        queue.postpone(claim, reason, counts=counts, deaths=deaths)
    except ClaimLost as error:
        _LOGGER.warning("%s", error, extra={"study": uid})
