"""Taking in a C-STORE request: the bytes as they came, whole on the disk, and only then the answer 0x0000."""

import logging
import re
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import NamedTuple, cast

from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError
from pydicom.filereader import read_partial
from pydicom.tag import BaseTag
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ImplicitVRLittleEndian
from pynetdicom import PYNETDICOM_IMPLEMENTATION_UID
from pynetdicom.dimse_primitives import C_STORE
from pynetdicom.events import Event

from core.errors import CannotWrite
from core.files import write_parts
from pacs.elements import Unusual, elements
from pacs.whole import is_whole_data_set

OUT_OF_RESOURCES = 0xA700  # PS3.4 Table B.2-1
MISMATCH = 0xA900
CANNOT_UNDERSTAND = 0xC000

_COMMENT_LENGTH = 64  # (0000,0902) is LO
_LOGGER = logging.getLogger(__name__)
_LAST_UID = 0x0020000E
_UIDS = (0x0020000D, _LAST_UID, 0x00080018)
_UID = re.compile(r"[0-9.]{1,64}")


@dataclass(frozen=True, slots=True)
class Received:
    """The UIDs of an instance that a peer sent; each is safe as the name of a file."""

    study_instance_uid: str
    series_instance_uid: str
    sop_instance_uid: str


class NotWanted(Exception):
    """The instance is not taken; the message goes to the peer."""

    def __init__(self, status: int, comment: str) -> None:
        super().__init__(comment)
        self.status = status


Place = Callable[[Received], Path]
"""Says which file an instance becomes; raises `NotWanted`."""
Arrived = Callable[[Received, Path], None]
"""Is told of each file once it is safe on the disk; called on the thread of the association."""
Failed = Callable[[CannotWrite], None]
"""Is told when a file could not be written."""
Keep = Callable[["Incoming", Received], None]
"""Writes an instance; raises `NotWanted` and `CannotWrite`."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """An instance as it travelled, and what the request said of it."""

    sop_class_uid: str
    sop_instance_uid: str
    transfer_syntax_uid: str
    data: bytes | bytearray

    @property
    def header(self) -> bytes:
        """What makes it a file: preamble and file meta information (PS3.10 7.1)."""
        return file_header(self.sop_class_uid, self.sop_instance_uid, self.transfer_syntax_uid)


class Verdict(NamedTuple):
    """The status of a C-STORE response, with a comment unless it is success."""

    status: int
    comment: str = ""


def answer_store(event: Event, place: Place, arrived: Arrived, failed: Failed = lambda error: None) -> Dataset | int:
    """Write what `event` brought to where `place` says and return the C-STORE status."""
    request = cast(C_STORE, event.request)
    data = cast(BytesIO, request.DataSet).getvalue()
    uids = str(request.AffectedSOPClassUID), str(request.AffectedSOPInstanceUID), str(event.context.transfer_syntax)
    verdict = answer(Incoming(*uids, data), writing(place, arrived), failed)
    if not verdict.comment:
        return verdict.status
    status = Dataset()
    status.Status, status.ErrorComment = verdict
    return status


def writing(place: Place, arrived: Arrived) -> Keep:
    """Return what writes each instance to where `place` says, safe on the disk before it returns."""

    def keep(incoming: Incoming, received: Received) -> None:
        write_parts(path := place(received), incoming.header, incoming.data)
        arrived(received, path)

    return keep


def answer(incoming: Incoming, keep: Keep, failed: Failed) -> Verdict:
    """Let `keep` have an instance and return what to answer."""
    try:
        keep(incoming, _read_uids(incoming))
    except NotWanted as refusal:
        return Verdict(refusal.status, str(refusal)[:_COMMENT_LENGTH])
    except CannotWrite as error:
        _LOGGER.error("%s", error)
        failed(error)
        why = getattr(error.__cause__, "strerror", None) or "disk"
        return Verdict(OUT_OF_RESOURCES, f"Out of resources: {why}"[:_COMMENT_LENGTH])
    except Exception:  # a DIMSE handler answers whatever happens
        _LOGGER.exception("an instance could not be taken in")
        return Verdict(CANNOT_UNDERSTAND, "The receiving station failed; see its log")
    return Verdict(0x0000)


def _read_uids(incoming: Incoming) -> Received:
    try:
        uids = _uids_at_the_front(incoming)
    except Unusual:
        uids = _uids_by_pydicom(incoming)
    for name, uid in zip(("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"), uids, strict=True):
        if not _UID.fullmatch(uid):
            raise NotWanted(CANNOT_UNDERSTAND, f"{name} is missing or not a UID")
    if uids[2] != incoming.sop_instance_uid:
        raise NotWanted(MISMATCH, "The SOP Instance UID differs from that of the request")
    if not is_whole_data_set(incoming.data, incoming.transfer_syntax_uid):
        raise NotWanted(CANNOT_UNDERSTAND, "The dataset is cut off")
    return Received(*uids)


def _uids_at_the_front(incoming: Incoming) -> list[str]:
    if incoming.transfer_syntax_uid in (ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian):
        raise Unusual("not plain little endian")
    explicit = incoming.transfer_syntax_uid != ImplicitVRLittleEndian
    found = elements(incoming.data, explicit=explicit, last=_LAST_UID)
    return [found.get(tag, (b"", b""))[1].decode("ascii", "replace").rstrip("\0 ") for tag in _UIDS]


def _uids_by_pydicom(incoming: Incoming) -> list[str]:
    content = BytesIO(incoming.header + incoming.data)
    try:
        dataset = read_partial(content, stop_when=_after_the_uids, specific_tags=[*_UIDS])
    except (InvalidDicomError, EOFError, ValueError, NotImplementedError, struct.error, zlib.error) as error:
        raise NotWanted(CANNOT_UNDERSTAND, "The dataset cannot be read") from error
    return [str(dataset[tag].value) if tag in dataset else "" for tag in _UIDS]


def file_header(sop_class_uid: str, sop_instance_uid: str, transfer_syntax_uid: str) -> bytes:
    """Return preamble and file meta information of an instance (PS3.10 7.1)."""
    uids = (
        (0x0002, sop_class_uid),
        (0x0003, sop_instance_uid),
        (0x0010, transfer_syntax_uid),
        (0x0012, PYNETDICOM_IMPLEMENTATION_UID),
    )
    version = struct.pack("<HH2sHI", 2, 1, b"OB", 0, 2) + b"\0\1"
    elements = version + b"".join(_element(number, uid) for number, uid in uids)
    return bytes(128) + b"DICM" + struct.pack("<HH2sHI", 2, 0, b"UL", 4, len(elements)) + elements


def _element(number: int, uid: str) -> bytes:
    value = uid.encode() + b"\0" * (len(uid) % 2)
    return struct.pack("<HH2sH", 2, number, b"UI", len(value)) + value


def _after_the_uids(tag: BaseTag, _vr: str | None, _length: int) -> bool:
    return tag > _LAST_UID
