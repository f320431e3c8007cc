"""A small archive of our own: C-ECHO, C-STORE, C-FIND, C-GET and C-MOVE over a folder with an index."""

import logging
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import UID
from pynetdicom import evt
from pynetdicom.events import Event
from pynetdicom.presentation import PresentationContext

from pacs.association import MAXIMUM_PDU, Patience, requestor_handlers
from pacs.contexts import (
    FIND,
    GET,
    LITTLE_ENDIAN,
    MOVE,
    PATIENT_ROOT_FIND,
    PATIENT_ROOT_GET,
    PATIENT_ROOT_MOVE,
    for_accepting,
    for_model,
    for_sending,
    verification,
)
from pacs.index import Index, Stored
from pacs.receive import Received, answer_store
from pacs.server import Server

_PENDING = 0xFF00
_CANCELLED = 0xFE00
_FAILED = 0xC000
_MISMATCH = 0xA900  # identifier does not match SOP class, PS3.4 Tables C.4-1 to C.4-3
_SEND_TIMEOUT_S = 30.0

_LOGGER = logging.getLogger(__name__)
_MODELS = (PATIENT_ROOT_FIND, PATIENT_ROOT_GET, PATIENT_ROOT_MOVE, FIND, GET, MOVE)


class EmbeddedArchive:
    """An archive that runs in this process for the time of a `with` block.

    It serves the DICOM files that `folder` holds at the start and those that are sent to it, which go to
    `folder/<StudyInstanceUID>/<SOPInstanceUID>.dcm`; the index beside them is made anew when it is damaged. `peers`
    are the C-MOVE destinations: AE title to (host, port). `port` 0 takes a free one. Raises `PortTaken`.
    """

    def __init__(
        self,
        folder: Path,
        ae_title: str = "PROSECTOR-PACS",
        host: str = "127.0.0.1",
        port: int = 0,
        peers: Mapping[str, tuple[str, int]] = MappingProxyType({}),
    ) -> None:
        self.ae_title = ae_title
        self.host = host
        self._folder = folder
        self._wanted_port = port
        self._peers = dict(peers)
        self._stopped = threading.Event()

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return self._server.port

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._index = Index(self._folder, self._folder / "index.sqlite")
        try:
            self._index.refresh()
            self._server = Server(self.ae_title, self.host, self._wanted_port, _contexts(), self._handlers())
        except BaseException:
            self._index.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped.set()
        self._server.stop()
        self._index.close()

    def serve_forever(self) -> None:
        """Return only when the archive is stopped or the user presses Ctrl-C."""
        try:
            self._stopped.wait()
        except KeyboardInterrupt:
            _LOGGER.info("%s stops", self.ae_title)

    def _handlers(self) -> list[tuple[Any, ...]]:
        return [
            (evt.EVT_C_STORE, self._store),
            (evt.EVT_C_FIND, self._find),
            (evt.EVT_C_GET, self._get),
            (evt.EVT_C_MOVE, self._move),
        ]

    def _store(self, event: Event) -> Dataset | int:
        return answer_store(event, self._place, lambda received, path: self._index.add(path))

    def _place(self, received: Received) -> Path:
        # An instance that is sent again replaces itself, wherever it lies.
        known = self._index.path_of(received.sop_instance_uid)
        return known or self._folder / received.study_instance_uid / f"{received.sop_instance_uid}.dcm"

    def _find(self, event: Event) -> Iterator[tuple[int, Dataset | None]]:
        try:
            for answer in self._index.find(event.identifier):
                if event.is_cancelled:
                    yield _CANCELLED, None
                    return
                if "RetrieveAETitle" in event.identifier:
                    answer.RetrieveAETitle = self.ae_title
                yield _PENDING, answer
        except Exception as error:  # a DIMSE handler answers whatever happens
            _LOGGER.exception("a C-FIND failed")
            yield _MISMATCH if isinstance(error, ValueError) else _FAILED, None

    def _get(self, event: Event) -> Iterator[Any]:
        instances = self._named_by(event)
        if instances is None:
            yield 1
            yield _MISMATCH, None
            return
        yield len(instances)
        yield from _datasets(event, instances, event.assoc.accepted_contexts)

    def _move(self, event: Event) -> Iterator[Any]:
        peer = self._peers.get(str(event.move_destination).strip())
        instances = self._named_by(event)
        if peer is None:
            yield None, None  # pynetdicom answers 0xA801, move destination unknown
            return
        contexts = _sending_contexts(instances or ())
        patience = Patience(_SEND_TIMEOUT_S)
        wishes = {"max_pdu": MAXIMUM_PDU, "contexts": contexts, "evt_handlers": requestor_handlers(patience)}
        yield (*peer, wishes)
        if instances is None:
            yield 1
            yield _MISMATCH, None
            return
        yield len(instances)
        yield from _datasets(event, instances, None)

    def _named_by(self, event: Event) -> tuple[Stored, ...] | None:
        """Return the instances to send, or None if the identifier makes no sense."""
        try:
            return self._index.instances(event.identifier)
        except ValueError:
            _LOGGER.warning("a retrieve request names nothing that can be looked up")
            return None


def _contexts() -> list[PresentationContext]:
    models = [context for model in _MODELS for context in for_model(model)]
    return [*for_accepting(), verification(), *models]


def _sending_contexts(instances: tuple[Stored, ...]) -> list[PresentationContext]:
    kinds = [(stored.sop_class_uid, _transfer_syntax(stored.path)) for stored in instances]
    return for_sending(kinds)[:128] or [verification()]


def _transfer_syntax(path: Path) -> str:
    return str(dcmread(path, specific_tags=["SOPClassUID"], stop_before_pixels=True).file_meta.TransferSyntaxUID)


def _datasets(
    event: Event, instances: tuple[Stored, ...], contexts: list[PresentationContext] | None
) -> Iterator[tuple[int, Dataset | None]]:
    """Yield each instance as pynetdicom sends it; one that the peer does not accept becomes a failed sub-operation."""
    for stored in instances:
        if event.is_cancelled:
            yield _CANCELLED, None
            return
        dataset = dcmread(stored.path)
        if contexts is not None:
            _decompress_for(contexts, dataset)
        yield _PENDING, dataset


def _decompress_for(contexts: list[PresentationContext], dataset: Dataset) -> None:
    """Decompress if the peer takes the SOP class, but only without compression."""
    syntaxes = {cx.transfer_syntax[0] for cx in contexts if cx.abstract_syntax == dataset.SOPClassUID}
    syntax: UID = dataset.file_meta.TransferSyntaxUID
    if syntax.is_compressed and syntax not in syntaxes and syntaxes.intersection(LITTLE_ENDIAN):
        dataset.decompress(generate_instance_uid=False)
