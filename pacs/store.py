"""C-STORE: sending files as they lie (PS3.4 B)."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError
from pydicom.filereader import read_partial
from pydicom.uid import UID
from pynetdicom.dsutils import encode
from pynetdicom.presentation import PresentationContext

from core.errors import ArchiveBusy, ArchiveRefused, ArchiveUnreachable, ProsectorError, StudyUnreadable
from core.progress import Progress
from core.settings import DimseNode, ThisNode
from pacs.association import ConnectionLost, NotConnected, Patience, associate, label, silence
from pacs.command import Field, request
from pacs.contexts import LITTLE_ENDIAN, for_sending
from pacs.matching import text_of
from pacs.throttle import Throttled
from pacs.wire import Wire

_ATTEMPTS = 3
_KINDS_AT_ONCE = 42  # up to three contexts each of the 128 that one association can have
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


def send(node: DimseNode, this_node: ThisNode, files: Sequence[Path], progress: Progress) -> None:
    """Send `files` over one association, or over a new one when it breaks; returns when all were accepted.

    An instance whose answer did not come is sent again, which is harmless: it replaces itself. Raises
    `StudyUnreadable` for a file that is not DICOM, `ArchiveUnreachable`, `ArchiveRefused` and `Cancelled`.
    """
    waiting = [_outgoing(path) for path in files]
    total = len(waiting)
    progress = Throttled(progress)
    failures = 0
    while waiting:
        before = len(waiting)
        try:
            _send_batch(node, this_node, waiting, total, progress)
            failures = 0
        except ArchiveUnreachable as error:
            failures = failures + 1 if len(waiting) == before else 1
            if failures == _ATTEMPTS or isinstance(error, NotConnected):
                raise _interrupted(error, total - len(waiting), total) from error
    progress.report(1.0, f"{total} of {total} objects")


def _send_batch(node: DimseNode, this_node: ThisNode, waiting: list[_Outgoing], total: int, progress: Progress) -> None:
    """Send what one association can take, and remove each accepted file from `waiting`."""
    kinds = list(dict.fromkeys(outgoing.kind for outgoing in waiting))[:_KINDS_AT_ONCE]
    batch = [outgoing for outgoing in waiting if outgoing.kind in kinds]
    patience = Patience(node.store_timeout_s)
    with (
        associate(node, this_node, for_sending(kinds), patience) as association,
        Wire(association, node, patience) as wire,
    ):
        for number, outgoing in enumerate(batch):
            done = total - len(waiting)
            progress.report(done / total, f"{done} of {total} objects")
            _send_one(wire, node, patience, outgoing, number % 65535 + 1)
            waiting.remove(outgoing)


def _send_one(wire: Wire, node: DimseNode, patience: Patience, outgoing: _Outgoing, message_id: int) -> None:
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
    status = answer.command.status()
    if status.Status not in _HELD and status.Status >> 12 != 0xB:  # 0xBxxx: stored, with a remark
        kind = ArchiveBusy if status.Status >> 8 == _OUT_OF_RESOURCES else ArchiveRefused
        raise kind(_failure(node, outgoing, status))


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


def _failure(node: DimseNode, outgoing: _Outgoing, status: Dataset) -> str:
    code = cast(int, status.Status)
    reason = text_of(status, "ErrorComment") or _WORDS.get(code, "it gives no reason")
    return f"{label(node)} did not store {outgoing.path.name} ({reason}; status 0x{code:04X}); ask its administrator."


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
