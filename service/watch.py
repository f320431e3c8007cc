"""`prosector watch`: studies are analysed before anyone opens them, and their results lie in the archive."""

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from functools import partial
from os import getpid
from pathlib import Path
from types import TracebackType
from typing import Self

from core.errors import CannotWrite, ProsectorError
from core.progress import Progress
from core.settings import Settings
from pacs.listener import Listener
from service.queue_db import QueueDb
from service.watch_expected import ExpectedStudies, expecting_listener
from service.watch_health import Health, check
from service.watch_http import StatusServer
from service.watch_images import archive_named, fetched_folder, forwarded_folder, results_archive, watch_settings
from service.watch_queue import WatchQueue
from service.watch_sources import Arrivals, Poller, own_origin
from service.watch_study import FORWARDED, Passed, Task, go_through
from service.watch_work import Run, held, work_on
from service.workspace import Workspace

_LOGGER = logging.getLogger(__name__)
_TICK_S = 0.5
_SWEEP_S = 60.0
_FORWARD = "forward"


def open_queue(settings: Settings) -> QueueDb:
    """Return the database of the site's queue; raises `CannotWrite`, `SettingsInvalid`."""
    return QueueDb(watch_settings(settings).database_url, settings.database)


@dataclass(frozen=True, slots=True)
class _Loop:
    """What one thread does again and again; `step` returns whether to go on at once."""

    name: str
    every_s: float
    step: Callable[[], bool]


class Watcher:
    """Hears of studies and goes through them for the time of a `with` block.

    `run` goes through one study: here, or for `is_remote` on other machines, which take every image from an archive.
    Raises `SettingsInvalid`, `PortTaken`, `CannotWrite` when it cannot start.
    """

    def __init__(self, ws: Workspace, run: Run | None = None, *, is_remote: bool = False) -> None:
        self._ws, self._watch, self._is_remote = ws, watch_settings(ws.settings), is_remote
        results_archive(ws).name  # noqa: B018 — a name that is none is told now, not with the first result
        self._run: Run = run or partial(_here, ws)
        self._own = self._watch.store_to if is_remote else own_origin(ws)
        self._owner = f"{socket.gethostname()}:{getpid()}"
        self._stopping = threading.Event()
        self._open = ExitStack()
        self.health = Health()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            db = open_queue(self._ws.settings)
            stack.callback(db.close)
            self.queue, expected = WatchQueue(db), ExpectedStudies(db)
            self._arrivals = Arrivals(self._ws, self.queue, self._own)
            self._arrivals.resume()
            stack.callback(self._arrivals.tell, 0.0)
            self._pollers = tuple(self._made_pollers(expected))
            self.http_port = stack.enter_context(self._status()).port
            if self._watch.forward:
                us, folder = self._ws.settings.this_node, forwarded_folder(self._ws)
                stack.enter_context(Listener(us, folder, self._received, self._refused))
            if (orders := expecting_listener(self._ws, expected)) is not None:
                stack.enter_context(orders)
            stack.callback(self._end_threads, self._start_threads())
            self._open = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._open.close()

    def _status(self) -> StatusServer:
        def healthz() -> tuple[int, str]:
            is_fit, words = check(self.health, self.queue)
            return (200 if is_fit else 503), words

        pages = {"/healthz": healthz, "/metrics": lambda: (200, self.health.metrics(self.queue))}
        return StatusServer(self._watch.http_host, self._watch.http_port, pages)

    def _made_pollers(self, expected: ExpectedStudies) -> Iterator[Poller]:
        names = self._watch.poll
        if self._ws.settings.orders is not None:
            names = (*names, self._watch.store_to)
        for name in dict.fromkeys(names):
            yield Poller(self._ws, archive_named(self._ws, name), self.queue, expected)

    def _received(self, path: Path) -> None:
        self._arrivals.received(path)
        self.health.count("received_total")
        self.health.well(_FORWARD)

    def _refused(self, error: CannotWrite) -> None:
        self.health.trouble(_FORWARD, str(error))

    # ------------------------------------------------------------------ threads

    def _start_threads(self) -> list[threading.Thread]:
        loops = [
            _Loop("queue", _TICK_S, self._tend),
            _Loop("disk", _SWEEP_S, self._sweep),
            *(_Loop(poller.name, self._watch.poll_every_s, partial(self._ask, poller)) for poller in self._pollers),
            *(_Loop(f"analysis {number + 1}", _TICK_S, self._work) for number in range(self._watch.at_a_time)),
        ]
        threads = [threading.Thread(target=self._go_on, args=(loop,), name=f"watch: {loop.name}") for loop in loops]
        for thread in threads:
            thread.start()
        return threads

    def _end_threads(self, threads: list[threading.Thread]) -> None:
        self._stopping.set()
        for thread in threads:
            thread.join()

    def _go_on(self, loop: _Loop) -> None:
        """One of the five places where errors are caught: a trouble is told once, and ends with the next success."""
        while not self._stopping.is_set():
            goes_on = False
            try:
                goes_on = loop.step()
                self.health.well(loop.name)
            except ProsectorError as error:
                if self.health.trouble(loop.name, str(error)):
                    _LOGGER.warning("%s: %s", loop.name, error)
            except Exception as error:
                self.health.trouble(loop.name, f"Something unexpected went wrong: {error}")
                _LOGGER.exception("unexpected")
            if not goes_on:
                self._stopping.wait(loop.every_s)

    def _tend(self) -> bool:
        self._arrivals.tell()
        for study_instance_uid in self.queue.settle(self._watch.quiet_s, self._watch.cap_s):
            _LOGGER.info("%s is due", study_instance_uid, extra={"study": study_instance_uid})
        return False

    def _ask(self, poller: Poller) -> bool:
        poller.ask(self._watch)
        self.health.count("asked_total", f'archive="{poller.name}"')
        return False

    def _work(self) -> bool:
        claim = self.queue.claim(self._owner, self._origins(), self._watch.lease_s)
        if claim is None:
            return False
        if claim.entry.origin == own_origin(self._ws):
            origin = self._watch.store_to if self._is_remote else FORWARDED
            claim = replace(claim, entry=replace(claim.entry, origin=origin))
        with held(self.queue, claim, self._watch.lease_s, self._stopping) as holding:
            work_on(self.queue, claim, self._run, self._watch.retries, self.health, holding)
        return True

    def _origins(self) -> list[str]:
        return [self._own, own_origin(self._ws), *(archive.name for archive in self._ws.archives)]

    def _sweep(self) -> bool:
        """Remove the images of studies that are long finished."""
        old_s = self._watch.keep_hours * 3600.0
        old = self.queue.finished_before(old_s)
        for parent in (forwarded_folder(self._ws), fetched_folder(self._ws)):
            for folder in (folder for folder in parent.glob("*/") if folder.name in old):
                _remove_old(folder, time.time() - old_s)
        return False


def _remove_old(folder: Path, before: float) -> None:
    """Remove a folder but for files that came since: something may be arriving right now."""
    with suppress(OSError):
        for path in folder.iterdir():
            if path.stat().st_mtime < before:
                path.unlink()
        folder.rmdir()


def _here(ws: Workspace, task: Task, progress: Progress) -> Passed:
    return go_through(ws, task, progress)
