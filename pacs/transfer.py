"""What is known of a retrieve while it runs: what is wanted, what has arrived, and whether it is to stop."""

import time
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import CannotWrite
from core.files import Batch
from core.progress import Cancelled, Progress
from pacs.association import Patience
from pacs.receive import Incoming, Keep, NotWanted, Received
from pacs.throttle import Pace, Throttled

_CANCEL_GRACE_S = 5.0
_MISMATCH = 0xA900
_SYNC_EVERY_S = 0.2  # while images come, so that little is left to wait for at the end


@dataclass(frozen=True, slots=True)
class Wanted:
    """An instance that the archive holds; the SOP class is "" if it does not tell."""

    series_instance_uid: str
    sop_class_uid: str
    sop_instance_uid: str


@dataclass(frozen=True, slots=True)
class Holding:
    """What an archive says it has of a study.

    `counts` are the images of the series that are fetched whole, without being asked for one by one, and `sop_classes`
    what those may be of; `wanted` are the instances of all other series.
    """

    wanted: tuple[Wanted, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    sop_classes: tuple[str, ...] = ()


class Transfer:
    """One retrieve into a folder, over as many associations at a time and one after the other as it takes.

    Series that are fetched whole are `counts` until `name` says what their instances are.

    `watch` reports and is for the thread that retrieves, everything else for any. When the user cancels or the disk is
    full, each lane asks the archive to stop.
    """

    def __init__(
        self, archive: str, study_instance_uid: str, folder: Path, holding: Holding, progress: Progress
    ) -> None:
        self.study_instance_uid = study_instance_uid
        self.folder = folder
        self.wanted = holding.wanted
        self.counts = holding.counts
        self.sop_classes = holding.sop_classes
        self.complaint = ""
        self.stop: Exception | None = None
        self.stop_by = 0.0
        self._archive = archive
        self._progress = Throttled(progress)
        self._uids = {one.sop_instance_uid for one in holding.wanted}
        self._of: dict[str, set[str]] = {series: set() for series in holding.counts}
        self._here = {uid for uid in self._uids if self._path(uid).exists()}
        self._came: set[str] = set()
        self._already = len(self._here)
        self._pace = Pace()
        self._disk: CannotWrite | None = None
        self._running: set[Patience] = set()

    @property
    def total(self) -> int:
        """How many files are wanted in all, as far as the archive has told."""
        return len(self.wanted) + sum(self.counts.values())

    @property
    def lacking(self) -> int:
        """How many of them have yet to come."""
        return max(0, self.total - len(self._here))

    @property
    def is_complete(self) -> bool:
        """Whether each wanted file is there, and of the series that came whole as many as the archive has told."""
        return not self.missing() and not self.unfinished()

    @property
    def here(self) -> int:
        """How many of the wanted files are in the folder, or about to be."""
        return len(self._here | self._came)

    @property
    def brought(self) -> bool:
        """Whether any of the wanted files came by this transfer."""
        return self.here > self._already

    def missing(self) -> list[Wanted]:
        """Return the instances that have yet to come."""
        return [one for one in self.wanted if one.sop_instance_uid not in self._here]

    def unfinished(self) -> list[str]:
        """Return the series to be fetched whole of which not as many are there as the archive has told."""
        return [series for series, count in self.counts.items() if len(self._of[series] & self._here) != count]

    def name(self, found: Iterable[Wanted]) -> None:
        """Take `found` for the instances of the unfinished series; from now on all that is wanted has a name."""
        unfinished = set(self.unfinished())
        came = (Wanted(series, "", uid) for series in self.counts.keys() - unfinished for uid in self._of[series])
        self.wanted = (*self.wanted, *came, *found)
        self.counts = {}
        self._uids = {one.sop_instance_uid for one in self.wanted}
        self._here = {uid for uid in self._uids if self._path(uid).exists()}

    def place(self, received: Received) -> Path:
        """Return the file of an instance; raises `NotWanted` for one of another study."""
        if received.study_instance_uid != self.study_instance_uid:
            raise NotWanted(_MISMATCH, "This instance belongs to another study")
        return self._path(received.sop_instance_uid)

    def arrived(self, received: Received, path: Path) -> None:
        """Count a file that is safe on the disk."""
        if self._is_wanted(received):
            self._pace.add(path.stat().st_size)
            self._here.add(received.sop_instance_uid)

    @contextmanager
    def kept(self) -> Generator[Keep, None, None]:
        """Return what writes instances of this block, many to a sync; at its end all that came is safe."""
        batch = Batch(lambda path: self._here.add(path.stem), _SYNC_EVERY_S)

        def keep(incoming: Incoming, received: Received) -> None:
            path = self.place(received)
            if not self._is_wanted(received):
                raise NotWanted(_MISMATCH, "This instance was not asked for")
            batch.add(path, incoming.header, incoming.data)
            self._pace.add(len(incoming.data))
            self._came.add(received.sop_instance_uid)

        try:
            yield keep
        finally:
            try:
                batch.commit()
            except CannotWrite as error:
                self.failed(error)
            batch.close()
            self._came.clear()
        self.raise_if_stopped()

    def failed(self, error: CannotWrite) -> None:
        """Remember that the disk does not take any more."""
        self._disk = error

    def traffic(self) -> None:
        """Start the wait for the archive anew."""
        for patience in tuple(self._running):
            patience.alive()

    def lane(self, timeout_s: float, *, traffic: bool = True) -> "Lane":
        """Return a further association's part in this transfer; `traffic` as in `Patience`."""
        return Lane(self, self._running, timeout_s, traffic=traffic)

    def watch(self) -> None:
        """Report, and begin to stop when the user has cancelled or the disk is full."""
        if self.stop is not None:
            return
        try:
            self.report()
        except Cancelled as cancelled:
            self._begin_to_stop(cancelled)
        if self._disk is not None:
            self._begin_to_stop(self._disk)

    def report(self) -> None:
        """Report, at most ten times a second; raises `Cancelled`."""
        here = self.here
        total = max(here, self.total)
        waiting = here == self._already and here < total
        done = f"{here} of {total} images{self._pace}"
        self._progress.report(here / total, f"waiting for {self._archive}" if waiting else done)

    def raise_if_stopped(self) -> None:
        """Raise `Cancelled` or `CannotWrite` if that is why the transfer ended."""
        if self.stop is not None:
            raise self.stop
        if self._disk is not None:
            raise self._disk

    def _begin_to_stop(self, reason: Exception) -> None:
        self.stop_by = time.monotonic() + _CANCEL_GRACE_S
        self.stop = reason

    def _is_wanted(self, received: Received) -> bool:
        if received.sop_instance_uid in self._uids:
            return True
        if received.series_instance_uid not in self.counts:
            return False
        self._of[received.series_instance_uid].add(received.sop_instance_uid)
        return True

    def _path(self, sop_instance_uid: str) -> Path:
        return self.folder / f"{sop_instance_uid}.dcm"


class Lane:
    """One association of a transfer: how it is waited for, and how the archive is asked to stop.

    What has not stopped five seconds after the transfer was to stop is left: `patience` then raises why.
    """

    def __init__(self, transfer: Transfer, running: set[Patience], timeout_s: float, *, traffic: bool) -> None:
        self.patience = Patience(timeout_s, self._pulse, traffic=traffic)
        self._transfer = transfer
        self._all = running
        self._cancel: Callable[[], None] | None = None

    @contextmanager
    def running(self, cancel: Callable[[], None]) -> Generator[None, None, None]:
        """Say how the operation of this block is cancelled; raises why it was stopped, at its end."""
        self._transfer.raise_if_stopped()
        self._cancel = cancel
        self.patience.alive()
        self._all.add(self.patience)
        try:
            yield
        finally:
            self._all.discard(self.patience)
            self._cancel = None
        self._transfer.raise_if_stopped()

    def _pulse(self) -> None:
        stop = self._transfer.stop
        if stop is None:
            return
        cancel, self._cancel = self._cancel, None
        if cancel is not None:
            cancel()
        elif time.monotonic() > self._transfer.stop_by:
            raise stop
