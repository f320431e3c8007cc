"""What is known of a retrieve while it runs: what is wanted, what has arrived, and whether it is to stop."""

import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.errors import CannotWrite
from core.files import Batch
from core.progress import Cancelled, Progress
from pacs.association import Patience
from pacs.receive import Incoming, Keep, NotWanted, Received
from pacs.throttle import Pace, Throttled

_CANCEL_GRACE_S = 5.0
_MISMATCH = 0xA900


@dataclass(frozen=True, slots=True)
class Wanted:
    """An instance that the archive holds; the SOP class is "" if it does not tell."""

    series_instance_uid: str
    sop_class_uid: str
    sop_instance_uid: str


class Transfer:
    """One retrieve into a folder, over as many associations at a time and one after the other as it takes.

    `watch` reports and is for the thread that retrieves, everything else for any. When the user cancels or the disk is
    full, each lane asks the archive to stop.
    """

    def __init__(
        self, archive: str, study_instance_uid: str, folder: Path, wanted: Sequence[Wanted], progress: Progress
    ) -> None:
        self.study_instance_uid = study_instance_uid
        self.folder = folder
        self.wanted = tuple(wanted)
        self.complaint = ""
        self.stop: Exception | None = None
        self.stop_by = 0.0
        self._archive = archive
        self._progress = Throttled(progress)
        self._uids = {one.sop_instance_uid for one in wanted}
        self._here = {uid for uid in self._uids if self._path(uid).exists()}
        self._came: set[str] = set()
        self._already = len(self._here)
        self._pace = Pace()
        self._disk: CannotWrite | None = None
        self._running: set[Patience] = set()

    @property
    def here(self) -> int:
        """How many of the wanted files are in the folder, or about to be."""
        return len(self._here | self._came)

    @property
    def brought(self) -> bool:
        """Whether any of the wanted files came by this transfer."""
        return self.here > self._already

    def missing(self) -> list[Wanted]:
        """Return what has yet to come."""
        return [one for one in self.wanted if one.sop_instance_uid not in self._here]

    def place(self, received: Received) -> Path:
        """Return the file of an instance; raises `NotWanted` for one of another study."""
        if received.study_instance_uid != self.study_instance_uid:
            raise NotWanted(_MISMATCH, "This instance belongs to another study")
        return self._path(received.sop_instance_uid)

    def arrived(self, received: Received, path: Path) -> None:
        """Count a file that is safe on the disk."""
        if received.sop_instance_uid in self._uids:
            self._pace.add(path.stat().st_size)
            self._here.add(received.sop_instance_uid)

    @contextmanager
    def kept(self) -> Generator[Keep, None, None]:
        """Return what writes instances of this block, many to a sync; at its end all that came is safe."""
        batch = Batch(lambda path: self._here.add(path.stem))

        def keep(incoming: Incoming, received: Received) -> None:
            path = self.place(received)
            if received.sop_instance_uid not in self._uids:
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
        waiting = here == self._already and here < len(self.wanted)
        done = f"{here} of {len(self.wanted)} images{self._pace}"
        self._progress.report(here / len(self.wanted), f"waiting for {self._archive}" if waiting else done)

    def raise_if_stopped(self) -> None:
        """Raise `Cancelled` or `CannotWrite` if that is why the transfer ended."""
        if self.stop is not None:
            raise self.stop
        if self._disk is not None:
            raise self._disk

    def _begin_to_stop(self, reason: Exception) -> None:
        self.stop_by = time.monotonic() + _CANCEL_GRACE_S
        self.stop = reason

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
