"""The Storage SCP that archives send to, and the way a C-MOVE of ours hears what has arrived."""

import threading
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from pynetdicom import evt
from pynetdicom.events import Event

from core.errors import CannotWrite
from core.settings import ThisNode
from pacs.contexts import for_accepting, verification
from pacs.receive import NotWanted, Received, answer_store
from pacs.secure import accepting
from pacs.server import Server

_NOT_EXPECTED = 0x0124  # PS3.7 Annex C: refused, not authorized

_running: dict[tuple[str, int], "Listener"] = {}
_running_lock = threading.Lock()


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

    Files go to `folder/<StudyInstanceUID>/<SOPInstanceUID>.dcm`; `received` is told of each, on a thread of its own
    association. Without a folder only studies that are being retrieved are taken. Raises `PortTaken`.
    """

    def __init__(
        self, this_node: ThisNode, folder: Path | None, received: Callable[[Path], None] | None = None
    ) -> None:
        self._this_node = this_node
        self._folder = folder
        self._received = received
        self._routes: dict[str, _Route] = {}
        self._server: Server | None = None

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return self._this_node.port if self._server is None else self._server.port

    def __enter__(self) -> Self:
        handlers = [(evt.EVT_C_STORE, self._store), (evt.EVT_DATA_RECV, self._traffic)]
        contexts = [*for_accepting(), verification()]
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

    def _traffic(self, event: Event) -> None:
        for route in tuple(self._routes.values()):
            route.watcher.traffic()


def listening(this_node: ThisNode) -> AbstractContextManager[Listener]:
    """Return the listener that already runs on `this_node`, or one that runs only for the block."""
    with _running_lock:
        running = _running.get((this_node.host, this_node.port))
    return Listener(this_node, None) if running is None else nullcontext(running)
