"""Taking in a C-STORE request: the bytes as they came, whole on the disk, and only then the answer 0x0000."""

import logging
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import cast

from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError
from pydicom.filereader import read_partial
from pydicom.tag import BaseTag, Tag
from pynetdicom import PYNETDICOM_IMPLEMENTATION_UID
from pynetdicom.dimse_primitives import C_STORE
from pynetdicom.events import Event

from core.errors import CannotWrite
from core.files import write_bytes
from pacs.whole import is_whole

OUT_OF_RESOURCES = 0xA700  # PS3.4 Table B.2-1
MISMATCH = 0xA900
CANNOT_UNDERSTAND = 0xC000

_COMMENT_LENGTH = 64  # (0000,0902) is LO
_LOGGER = logging.getLogger(__name__)
_LAST_UID = 0x0020000E
_UIDS: list[BaseTag | int] = [Tag(0x00080018), Tag(0x0020000D), Tag(_LAST_UID)]
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
Keep = Callable[[bytes, Received], None]
"""Writes an instance; raises `NotWanted` and `CannotWrite`."""


def answer_store(event: Event, place: Place, arrived: Arrived, failed: Failed = lambda error: None) -> Dataset | int:
    """Write what `event` brought to where `place` says and return the C-STORE status."""

    def keep(content: bytes, received: Received) -> None:
        write_bytes(path := place(received), content)
        arrived(received, path)

    uid = str(cast(C_STORE, event.request).AffectedSOPInstanceUID)
    return answer(event.encoded_dataset, uid, keep, failed)


def answer(content_of: Callable[[], bytes], sop_instance_uid: str, keep: Keep, failed: Failed) -> Dataset | int:
    """Let `keep` have an instance as a PS3.10 file and return the C-STORE status."""
    try:
        content = content_of()
        keep(content, _read_uids(sop_instance_uid, content))
    except NotWanted as refusal:
        return _status(refusal.status, str(refusal))
    except CannotWrite as error:
        _LOGGER.error("%s", error)
        failed(error)
        return _status(OUT_OF_RESOURCES, f"Out of resources: {getattr(error.__cause__, 'strerror', None) or 'disk'}")
    except Exception:  # a DIMSE handler answers whatever happens
        _LOGGER.exception("an instance could not be taken in")
        return _status(CANNOT_UNDERSTAND, "The receiving station failed; see its log")
    return 0x0000


def _read_uids(sop_instance_uid: str, content: bytes) -> Received:
    wanted = ["StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"]
    try:
        dataset = read_partial(BytesIO(content), stop_when=_after_the_uids, specific_tags=_UIDS)
    except (InvalidDicomError, EOFError, ValueError, NotImplementedError, struct.error) as error:
        raise NotWanted(CANNOT_UNDERSTAND, "The dataset cannot be read") from error
    uids = [str(dataset.get(keyword, "")) for keyword in wanted]
    for keyword, uid in zip(wanted, uids, strict=True):
        if not _UID.fullmatch(uid):
            raise NotWanted(CANNOT_UNDERSTAND, f"{keyword} is missing or not a UID")
    if uids[2] != sop_instance_uid:
        raise NotWanted(MISMATCH, "The SOP Instance UID differs from that of the request")
    if not is_whole(content):
        raise NotWanted(CANNOT_UNDERSTAND, "The dataset is cut off")
    return Received(*uids)


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


def _status(code: int, comment: str) -> Dataset:
    status = Dataset()
    status.Status = code
    status.ErrorComment = comment[:_COMMENT_LENGTH]
    return status
