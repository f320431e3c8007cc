"""How a watcher hears of studies: images that are sent to it, and archives that it asks."""

import socket
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from core.audit import Action
from core.settings import WatchSettings
from core.study import SeriesMatch, StudyMatch
from pacs.archive import Archive, StudyQuery
from service.orders import saw
from service.watch_entry import State
from service.watch_expected import Expected, ExpectedStudies
from service.watch_images import content_of, digest_of, forwarded_folder
from service.watch_queue import WatchQueue
from service.workspace import Workspace

_MIDNIGHT = timedelta(days=1)
"""That of a scanner is not ours: its clock or its time zone differs, and what begins before midnight ends after it."""
_PAUSE_S = 5.0
"""One line of the audit trail tells of the images of a study that came without such a pause."""


def own_origin(ws: Workspace) -> str:
    """Return what the queue calls the images that were sent to this watcher, which no other machine has."""
    return f"forwarded to {socket.gethostname()}:{ws.settings.data_folder}"


class Arrivals:
    """What the listener took, told to the queue from time to time: not once for each image.

    What was taken and not told when the program was killed is found on the disk by `resume`.
    """

    def __init__(self, ws: Workspace, queue: WatchQueue, origin: str) -> None:
        self._ws, self._queue, self._origin = ws, queue, origin
        self._folder = forwarded_folder(ws)
        self._lock = threading.Lock()
        self._untold: dict[str, int] = {}
        self._unaudited: dict[str, _Received] = {}

    def received(self, path: Path) -> None:
        """Hear of an image that is safe on the disk; called on any thread."""
        if path.parent.parent != self._folder:
            return  # the watcher asked for it itself
        with self._lock:
            self._untold[path.parent.name] = self._untold.get(path.parent.name, 0) + 1

    def tell(self, pause_s: float = _PAUSE_S) -> None:
        """Tell the queue, and audit what had a pause; raises `CannotWrite`, `AuditFailed`: the next call goes on."""
        with self._lock:
            untold = dict(self._untold)
        for study_instance_uid, images in untold.items():
            self._queue.arrived(study_instance_uid, self._origin)
            before = self._unaudited.get(study_instance_uid, _Received(0, 0.0))
            self._unaudited[study_instance_uid] = _Received(before.images + images, time.monotonic())
            with self._lock:
                self._untold[study_instance_uid] -= images
                if not self._untold[study_instance_uid]:
                    del self._untold[study_instance_uid]
        for study_instance_uid, one in tuple(self._unaudited.items()):
            if time.monotonic() - one.at >= pause_s:
                self._audit(study_instance_uid, one.images)
                del self._unaudited[study_instance_uid]

    def resume(self) -> None:
        """Tell the queue of what lies on the disk from earlier."""
        for folder in sorted(self._folder.glob("*/")):
            if count := len(list(folder.glob("*.dcm"))):
                self._queue.arrived(folder.name, self._origin, content_of(folder))
                self._audit(folder.name, count)

    def _audit(self, study_instance_uid: str, images: int) -> None:
        self._ws.trail.record(Action.RECEIVE, [study_instance_uid], by="watch", instances=images)


@dataclass(frozen=True, slots=True)
class _Received:
    """Images of one study that are not in the audit trail yet, and when the last of them came."""

    images: int
    at: float


class Poller:
    """One archive that is asked for MR studies of the last days, and for those that orders told of."""

    def __init__(self, ws: Workspace, archive: Archive, queue: WatchQueue, expected: ExpectedStudies) -> None:
        self._ws, self._archive, self._queue, self._expected = ws, archive, queue, expected
        self._counts: dict[str, tuple[int | None, int | None]] = {}

    @property
    def name(self) -> str:
        """The archive's name."""
        return self._archive.name

    def ask(self, watch: WatchSettings) -> int:
        """Tell the queue of what is there; returns how many studies that are. Raises as `Archive` does, `CannotWrite`.

        Only of a study whose counts changed since the last time is more asked; of the others nothing is new.
        """
        with self._ws.trail.step(Action.QUERY, archive=self.name, by="watch") as detail:
            found = {match.study_instance_uid: match for match in self._wanted(watch)}
            saw(self._ws, found.values())
            for match in found.values():
                self._look_at(match)
            detail["studies"] = len(found)
        self._counts = {uid: counts for uid, counts in self._counts.items() if uid in found}
        return len(found)

    def _wanted(self, watch: WatchSettings) -> Iterator[StudyMatch]:
        if self.name in watch.poll:
            since = datetime.now().astimezone().date() - timedelta(days=watch.look_back_days)
            yield from self._archive.find_studies(StudyQuery(date_from=since - _MIDNIGHT))
        for one in self._expected.all():
            matches = self._archive.find_studies(_query(one))
            yield from matches
            if any(self._is_finished(match) for match in matches):
                self._expected.found(one)

    def _is_finished(self, match: StudyMatch) -> bool:
        """Until a study was gone through, more of it may come."""
        entry = self._queue.one(match.study_instance_uid)
        return entry is not None and entry.state is State.FINISHED

    def _look_at(self, match: StudyMatch) -> None:
        uid, counts = match.study_instance_uid, (match.series_count, match.instance_count)
        if None not in counts and self._counts.get(uid) == counts:
            return
        magnetic = [series for series in self._archive.find_series(uid) if series.modality == "MR"]
        if magnetic:
            self._queue.arrived(uid, self.name, digest_of(self._images(uid, magnetic)))
        self._counts[uid] = counts

    def _images(self, study_instance_uid: str, series: Iterable[SeriesMatch]) -> Iterator[str]:
        for one in series:
            yield from self._archive.find_instances(study_instance_uid, one.series_instance_uid)


def _query(one: Expected) -> StudyQuery:
    if one.study_instance_uid:
        return StudyQuery(study_instance_uid=one.study_instance_uid)
    return StudyQuery(accession_number=one.accession_number)
