"""Taking in a C-STORE request: the bytes as they came, whole on the disk, and only then the answer 0x0000."""

import logging
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import cast

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError
from pynetdicom.dimse_primitives import C_STORE
from pynetdicom.events import Event

from core.errors import CannotWrite
from core.files import write_bytes

OUT_OF_RESOURCES = 0xA700  # PS3.4 Table B.2-1
MISMATCH = 0xA900
CANNOT_UNDERSTAND = 0xC000

_COMMENT_LENGTH = 64  # (0000,0902) is LO
_LOGGER = logging.getLogger(__name__)
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


def answer_store(event: Event, place: Place, arrived: Arrived, failed: Failed = lambda error: None) -> Dataset | int:
    """Write what `event` brought to where `place` says and return the C-STORE status."""
    try:
        content = event.encoded_dataset()
        received = _read_uids(event, content)
        path = place(received)
        write_bytes(path, content)
        arrived(received, path)
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


def _read_uids(event: Event, content: bytes) -> Received:
    wanted = ["StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"]
    try:
        dataset = dcmread(BytesIO(content), stop_before_pixels=True, specific_tags=list(wanted))
    except (InvalidDicomError, EOFError, ValueError, NotImplementedError, struct.error) as error:
        raise NotWanted(CANNOT_UNDERSTAND, "The dataset cannot be read") from error
    uids = [str(dataset.get(keyword, "")) for keyword in wanted]
    for keyword, uid in zip(wanted, uids, strict=True):
        if not _UID.fullmatch(uid):
            raise NotWanted(CANNOT_UNDERSTAND, f"{keyword} is missing or not a UID")
    if uids[2] != cast(C_STORE, event.request).AffectedSOPInstanceUID:
        raise NotWanted(MISMATCH, "The SOP Instance UID differs from that of the request")
    return Received(*uids)


def _status(code: int, comment: str) -> Dataset:
    status = Dataset()
    status.Status = code
    status.ErrorComment = comment[:_COMMENT_LENGTH]
    return status
