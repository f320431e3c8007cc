"""The Storage SCP that archives send to, and the way a C-MOVE of ours hears what has arrived."""

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from pynetdicom import evt
from pynetdicom.events import Event

from core.errors import CannotWrite
from core.settings import ThisNode
from pacs.commitment import Commitment, Told, answer_event
from pacs.contexts import for_accepting, for_hearing_commitments, verification
from pacs.receive import NotWanted, Received, answer_store, writing
from pacs.secure import accepting
from pacs.server import Server
from pacs.taking import taking_over

_NOT_EXPECTED = 0x0124  # PS3.7 Annex C: refused, not authorized

_running: dict[tuple[str, int], "Listener"] = {}
_shared: dict[tuple[str, int], int] = {}
"""How many share a listener that `listening` has started."""
_running_lock = threading.RLock()


class Watcher(Protocol):
    """Who waits for a study to arrive; called on the threads of the sender's associations."""

    def arrived(self, received: Received, path: Path) -> None:
        """Hear of a file that is safe on the disk."""
        ...

    def failed(self, error: CannotWrite) -> None:
        """Hear of a file that could not be written."""
        ...

    def traffic(self) -> None:
        """Hear that bytes came in, whosever they are."""
        ...


@dataclass(frozen=True, slots=True)
class _Route:
    folder: Path
    watcher: Watcher


class Listener:
    """A Storage SCP on `this_node` for the time of a `with` block.

    Files go to `folder/<StudyInstanceUID>/<SOPInstanceUID>.dcm`; `received` is told of each, and `refused` of each that
    could not be written, on a thread of its own association. Without a folder only studies that are being retrieved are
    taken. Raises `PortTaken`.
    """

    def __init__(
        self,
        this_node: ThisNode,
        folder: Path | None,
        received: Callable[[Path], None] | None = None,
        refused: Callable[[CannotWrite], None] = lambda error: None,
    ) -> None:
        self._this_node = this_node
        self._folder = folder
        self._received = received
        self._refused = refused
        self._routes: dict[str, _Route] = {}
        self._told: Told | None = None
        self._server: Server | None = None

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return self._this_node.port if self._server is None else self._server.port

    def __enter__(self) -> Self:
        handlers = [
            *taking_over(writing(self._place, self._arrived), self._failed, self._traffic),
            (evt.EVT_C_STORE, self._store),
            (evt.EVT_DATA_RECV, lambda event: self._traffic()),
            (evt.EVT_N_EVENT_REPORT, lambda event: (answer_event(event, self._told), None)),
        ]
        contexts = [*for_accepting(), for_hearing_commitments(), verification()]
        us = self._this_node
        tls = accepting(us.tls) if us.listens_by_tls and us.tls is not None else None
        self._server = Server(us.ae_title, us.host, us.port, contexts, handlers, tls)
        with _running_lock:
            _running[self._this_node.host, self.port] = self
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            with _running_lock:
                del _running[self._this_node.host, self.port]
            self._server.stop()
            self._server = None

    @contextmanager
    def routed(self, study_instance_uid: str, folder: Path, watcher: Watcher) -> Generator[None, None, None]:
        """Put the files of one study straight into `folder` while the block runs, and tell `watcher` of them."""
        self._routes[study_instance_uid] = _Route(folder, watcher)
        try:
            yield
        finally:
            del self._routes[study_instance_uid]

    def tell_commitments(self, told: Told) -> None:
        """Let `told` hear from now on what archives answer about storage commitment."""
        self._told = told

    @contextmanager
    def answer_to(self, transaction_uid: str, told: Told) -> Generator[None, None, None]:
        """Let `told` hear the answer to one request while the block runs; the others go where they went before."""
        others = self._told

        def sort(said: Commitment) -> None:
            if said.transaction_uid == transaction_uid:
                told(said)
            elif others is not None:
                others(said)

        self._told = sort
        try:
            yield
        finally:
            self._told = others

    def _store(self, event: Event) -> object:
        return answer_store(event, self._place, self._arrived, self._failed)

    def _place(self, received: Received) -> Path:
        route = self._routes.get(received.study_instance_uid)
        if route is not None:
            return route.folder / f"{received.sop_instance_uid}.dcm"
        if self._folder is None:
            raise NotWanted(_NOT_EXPECTED, "This station did not ask for that study")
        return self._folder / received.study_instance_uid / f"{received.sop_instance_uid}.dcm"

    def _arrived(self, received: Received, path: Path) -> None:
        route = self._routes.get(received.study_instance_uid)
        if route is not None:
            route.watcher.arrived(received, path)
        if self._received is not None:
            self._received(path)

    def _failed(self, error: CannotWrite) -> None:
        for route in tuple(self._routes.values()):
            route.watcher.failed(error)
        self._refused(error)

    def _traffic(self) -> None:
        for route in tuple(self._routes.values()):
            route.watcher.traffic()


@contextmanager
def listening(this_node: ThisNode) -> Generator[Listener, None, None]:
    """Give the listener that runs on `this_node`, or start one that runs until the last who shares it has left."""
    key = (this_node.host, this_node.port)
    with _running_lock:
        if key not in _running:
            Listener(this_node, None).__enter__()
            _shared[key] = 0
        listener = _running[key]
        if key in _shared:
            _shared[key] += 1
    try:
        yield listener
    finally:
        _leave(key, listener)


def _leave(key: tuple[str, int], listener: Listener) -> None:
    with _running_lock:
        if key not in _shared:  # it belongs to someone who stops it himself
            return
        _shared[key] -= 1
        if _shared[key] == 0:
            del _shared[key]
            listener.__exit__(None, None, None)
