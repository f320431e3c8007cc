"""Several associations at once that share one list of work: an archive spends most of a transfer waiting."""

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Generic, TypeVar

_LOGGER = logging.getLogger(__name__)
_WATCH_S = 0.1

Job = TypeVar("Job")


class _Lane(Generic[Job]):
    """One thread with an association of its own, which takes the next job whenever it has done one."""

    def __init__(self, jobs: deque[Job], work: Callable[[Iterator[Job]], None]) -> None:
        self._jobs = jobs
        self._work = work
        self.began = False

    def run(self) -> None:
        self._work(self._next())

    def _next(self) -> Iterator[Job]:
        while True:
            try:
                job = self._jobs.popleft()
            except IndexError:
                return
            self.began = True
            yield job


def in_lanes(jobs: Iterable[Job], count: int, work: Callable[[Iterator[Job]], None], watch: Callable[[], None]) -> None:
    """Let `work` run in up to `count` threads at once, each of which opens an association and does jobs over it.

    `watch` is called ten times a second on the calling thread meanwhile. An archive that refuses a further association
    while another one works gets what there is to do over that one. Raises what the first lane raised that was at work,
    or the first of all when none got to work.
    """
    waiting = deque(jobs)
    lanes = [_Lane(waiting, work) for _ in range(min(count, len(waiting)))]
    with ThreadPoolExecutor(max(1, len(lanes)), thread_name_prefix="association") as pool:
        running = [pool.submit(lane.run) for lane in lanes]
        left = set(running)
        while left:
            watch()
            left = wait(left, _WATCH_S).not_done
    errors = [(lane.began, future.exception()) for lane, future in zip(lanes, running, strict=True)]
    failed = [error for _, error in errors if error is not None]
    at_work = [error for began, error in errors if error is not None and began]
    for error in failed:
        if error not in at_work:
            _LOGGER.info("%s; going on over the other associations", error)
    if at_work:
        raise at_work[0]
    if failed and (waiting or len(failed) == len(lanes)):
        raise failed[0]
