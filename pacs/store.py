"""C-STORE: sending files as they lie (PS3.4 B)."""

import struct
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from pydicom import dcmread
from pydicom.errors import InvalidDicomError
from pydicom.filereader import read_partial
from pydicom.uid import UID
from pynetdicom.dsutils import encode
from pynetdicom.presentation import PresentationContext

from core.errors import ArchiveBusy, ArchiveRefused, ArchiveUnreachable, ProsectorError, StudyUnreadable
from core.progress import Cancelled, Progress
from core.settings import DimseNode, ThisNode
from pacs.association import ConnectionLost, NotConnected, Patience, associate, label, silence
from pacs.command import Field, Response, request
from pacs.contexts import LITTLE_ENDIAN, for_sending
from pacs.lanes import in_lanes
from pacs.throttle import Pace, Throttled
from pacs.wire import Wire

_ATTEMPTS = 3
_KINDS_AT_ONCE = 42  # up to three contexts each of the 128 that one association can have
_MANY = 64
"""So many files of one kind in a row are worth more than one association."""
_HELD = (0x0000, 0x0111)
"""Success, and "duplicate SOP instance": the archive has it already (PS3.7 C.5.15)."""
_OUT_OF_RESOURCES = 0xA7  # PS3.4 Table B.2-1: A7xx
_WORDS = {
    0xA700: "it is out of resources",
    0x0122: "it does not take this kind of object",
    0x0124: "this station is not allowed to send",
}


@dataclass(frozen=True, slots=True)
class _Outgoing:
    path: Path
    sop_class_uid: str
    sop_instance_uid: str
    transfer_syntax_uid: str
    data_set_at: int

    @property
    def kind(self) -> tuple[str, str]:
        return self.sop_class_uid, self.transfer_syntax_uid


class _Sending:
    """What is still to be sent, for all associations that send it; `watch` is for the thread that waits for them."""

    def __init__(self, files: Sequence[Path], progress: Progress) -> None:
        self.waiting = [_outgoing(path) for path in files]
        self.total = len(self.waiting)
        self._progress = Throttled(progress)
        self._pace = Pace()
        self._lock = threading.Lock()
        self._cancelled: Cancelled | None = None

    @property
    def done(self) -> int:
        """How many objects the archive has accepted."""
        return self.total - len(self.waiting)

    def accepted(self, outgoing: _Outgoing, size: int) -> None:
        """Strike out what the archive has accepted."""
        with self._lock:
            self.waiting.remove(outgoing)
            self._pace.add(size)

    def watch(self) -> None:
        """Report; when the user cancels, each association ends with its next object."""
        try:
            self.report()
        except Cancelled as cancelled:
            self._cancelled = cancelled

    def report(self) -> None:
        """Report; raises `Cancelled`."""
        self._progress.report(self.done / max(1, self.total), f"{self.done} of {self.total} objects{self._pace}")

    def raise_if_cancelled(self) -> None:
        """Raise `Cancelled` if that is what the user wants."""
        if self._cancelled is not None:
            raise self._cancelled


def send(node: DimseNode, this_node: ThisNode, files: Sequence[Path], progress: Progress) -> None:
    """Send `files`, over new associations when one breaks; returns when all were accepted.

    Many files of one kind in a row go over several associations at a time and may overtake one another; everything
    else keeps its order. An instance whose answer did not come is sent again, which is harmless: it replaces itself.
    Raises `StudyUnreadable` for a file that is not DICOM, `ArchiveUnreachable`, `ArchiveRefused` and `Cancelled`.
    """
    sending = _Sending(files, progress)
    failures = 0
    while sending.waiting:
        before = len(sending.waiting)
        try:
            _send_next(node, this_node, sending)
            failures = 0
        except ArchiveUnreachable as error:
            failures = failures + 1 if len(sending.waiting) == before else 1
            if failures == _ATTEMPTS or isinstance(error, NotConnected):
                raise _interrupted(error, sending.done, sending.total) from error
    sending.report()


def _send_next(node: DimseNode, this_node: ThisNode, sending: _Sending) -> None:
    """Send the files that come next in their order and can go over the same associations."""
    bundle = _next_bundle(sending.waiting)
    kinds = list(dict.fromkeys(outgoing.kind for outgoing in bundle))

    def over_one(files: Iterator[_Outgoing]) -> None:
        patience = Patience(node.store_timeout_s)
        with (
            associate(node, this_node, for_sending(kinds), patience) as association,
            Wire(association, node, patience) as wire,
        ):
            for number, outgoing in enumerate(files):
                sending.raise_if_cancelled()
                size = _send_one(wire, node, patience, outgoing, number % 65535 + 1)
                sending.accepted(outgoing, size)

    in_lanes(bundle, node.associations if len(bundle) >= _MANY and len(kinds) == 1 else 1, over_one, sending.watch)


def _next_bundle(waiting: Sequence[_Outgoing]) -> list[_Outgoing]:
    """Return a long run of one kind, or what comes before the next such run and fits into one association."""
    bundle: list[_Outgoing] = []
    kinds: set[tuple[str, str]] = set()
    for kind, run in groupby(waiting, key=lambda outgoing: outgoing.kind):
        files = list(run)
        if len(files) >= _MANY:
            return bundle or files
        kinds.add(kind)
        if len(kinds) > _KINDS_AT_ONCE:
            return bundle
        bundle += files
    return bundle


def _send_one(wire: Wire, node: DimseNode, patience: Patience, outgoing: _Outgoing, message_id: int) -> int:
    """Send one file and return its size in bytes."""
    context, data = _in_accepted_form(wire, node, outgoing)
    patience.alive()
    command = request(Field.STORE_RQ, message_id, outgoing.sop_class_uid, outgoing.sop_instance_uid)
    try:
        wire.send(context.context_id or 0, command, data)
        answer = wire.receive()
    except ConnectionLost as error:
        raise silence(node, patience, f"taking {outgoing.path.name}") from error
    if answer is None:
        raise silence(node, patience, f"taking {outgoing.path.name}")
    response = answer.command.response
    if response.status not in _HELD and response.status >> 12 != 0xB:  # 0xBxxx: stored, with a remark
        kind = ArchiveBusy if response.status >> 8 == _OUT_OF_RESOURCES else ArchiveRefused
        raise kind(_failure(node, outgoing, response))
    return len(data)


def _in_accepted_form(
    wire: Wire, node: DimseNode, outgoing: _Outgoing
) -> tuple[PresentationContext, bytes | memoryview]:
    """Return the data set as it lies in the file, or in another form without compression."""
    context = wire.context(*outgoing.kind)
    if context is not None:
        return context, memoryview(outgoing.path.read_bytes())[outgoing.data_set_at :]
    plain = wire.context(outgoing.sop_class_uid)
    if plain is not None and outgoing.transfer_syntax_uid in LITTLE_ENDIAN:
        syntax = UID(str(plain.transfer_syntax[0]))
        return plain, encode(dcmread(outgoing.path), syntax.is_implicit_VR, syntax.is_little_endian) or b""
    raise ArchiveRefused(_not_accepted(wire, node, outgoing))


def _not_accepted(wire: Wire, node: DimseNode, outgoing: _Outgoing) -> str:
    sop_class, syntax = UID(outgoing.sop_class_uid).name, UID(outgoing.transfer_syntax_uid)
    if syntax.is_compressed:
        return (
            f"{label(node)} does not take {sop_class} compressed as {syntax.name}, as {outgoing.path.name} is; send an "
            "uncompressed copy or ask its administrator to allow this transfer syntax."
        )
    return f"{label(node)} does not take {sop_class} ({outgoing.path.name}); ask its administrator to allow it."


def _failure(node: DimseNode, outgoing: _Outgoing, response: Response) -> str:
    reason = response.comment or _WORDS.get(response.status, "it gives no reason")
    told = f"{reason}; status 0x{response.status:04X}"
    return f"{label(node)} did not store {outgoing.path.name} ({told}); ask its administrator."


def _interrupted(error: ArchiveUnreachable, done: int, total: int) -> ProsectorError:
    return ArchiveUnreachable(f"{error} {done} of {total} objects were stored.") if done else error


def _outgoing(path: Path) -> _Outgoing:
    try:
        with path.open("rb") as file:
            meta = read_partial(file, stop_when=lambda tag, _vr, _length: tag.group > 2).file_meta
            where = file.tell()
        return _Outgoing(
            path,
            str(meta.MediaStorageSOPClassUID),
            str(meta.MediaStorageSOPInstanceUID),
            str(meta.TransferSyntaxUID),
            where,
        )
    except (InvalidDicomError, OSError, EOFError, ValueError, AttributeError, struct.error) as error:
        raise StudyUnreadable(f"{path} cannot be sent because it is not a readable DICOM file ({error}).") from error
