"""Command sets: the few elements that begin every DIMSE message (PS3.7 9.3 and Annex E), implicit VR little endian."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import cast

from pydicom.dataset import Dataset


class Field(IntEnum):
    """What a message is (PS3.7 E.1)."""

    STORE_RQ = 0x0001
    STORE_RSP = 0x8001
    GET_RQ = 0x0010
    GET_RSP = 0x8010
    FIND_RQ = 0x0020
    FIND_RSP = 0x8020
    ECHO_RQ = 0x0030
    ECHO_RSP = 0x8030
    CANCEL_RQ = 0x0FFF


_SOP_CLASS, _FIELD, _MESSAGE_ID, _RESPONDED_TO, _PRIORITY, _DATA_SET_TYPE, _STATUS, _COMMENT, _INSTANCE = (
    0x0002, 0x0100, 0x0110, 0x0120, 0x0700, 0x0800, 0x0900, 0x0902, 0x1000,
)  # fmt: skip
_COMPLETED, _FAILED, _WARNING = 0x1021, 0x1022, 0x1023
_NO_DATA_SET = 0x0101
_MEDIUM = 0x0000
_IS_RESPONSE = 0x8000


@dataclass(frozen=True, slots=True)
class Response:
    """What a peer answers: a status, its comment, and how many sub-operations are done (None: it does not say)."""

    status: int
    comment: str = ""
    completed: int | None = None
    failed: int | None = None
    warning: int | None = None

    @property
    def counts(self) -> tuple[int | None, int | None, int | None]:
        """The sub-operations that are done, in whatever way."""
        return self.completed, self.failed, self.warning


def response_in(status: Dataset) -> Response | None:
    """Return a response as pynetdicom gives it; None when none came."""
    if "Status" not in status:
        return None
    completed, failed, warning = (
        cast(int | None, status.get(f"NumberOf{kind}Suboperations")) for kind in ("Completed", "Failed", "Warning")
    )
    return Response(cast(int, status.Status), str(status.get("ErrorComment", "")), completed, failed, warning)


@dataclass(frozen=True, slots=True)
class Command:
    """A command set as it came: the values by element number, as bytes."""

    values: Mapping[int, bytes]

    @property
    def field(self) -> int:
        """What the message is."""
        return self._number(_FIELD)

    @property
    def message_id(self) -> int:
        """The number of a request."""
        return self._number(_MESSAGE_ID)

    @property
    def sop_class_uid(self) -> str:
        """The affected SOP class."""
        return self._text(_SOP_CLASS)

    @property
    def sop_instance_uid(self) -> str:
        """The affected SOP instance."""
        return self._text(_INSTANCE)

    @property
    def has_data_set(self) -> bool:
        """Whether a data set follows."""
        return self._number(_DATA_SET_TYPE) != _NO_DATA_SET

    @property
    def status(self) -> int:
        """The status of a response."""
        return self._number(_STATUS)

    @property
    def response(self) -> Response:
        """The whole of a response."""
        completed, failed, warning = (
            self._number(element) if element in self.values else None for element in (_COMPLETED, _FAILED, _WARNING)
        )
        return Response(self.status, self._text(_COMMENT), completed, failed, warning)

    def _number(self, element: int) -> int:
        return int.from_bytes(self.values.get(element, b""), "little")

    def _text(self, element: int) -> str:
        return self.values.get(element, b"").decode("ascii", "replace").rstrip("\0 ")


def decoded(content: bytes | bytearray) -> Command:
    """Return a command set; raises ValueError when it is cut off."""
    values: dict[int, bytes] = {}
    at = 0
    while at < len(content):
        try:
            _, element, length = struct.unpack_from("<HHI", content, at)
        except struct.error as error:
            raise ValueError("a command set is cut off") from error
        at += 8
        values[element] = bytes(content[at : at + length])
        at += length
    if at != len(content):
        raise ValueError("a command set is cut off")
    return Command(values)


def request(field: Field, message_id: int, sop_class_uid: str, sop_instance_uid: str = "") -> bytes:
    """Return the command set of a request that a data set follows (PS3.7 9.3.1.1, 9.3.2.1, 9.3.3.1)."""
    elements = [
        (_SOP_CLASS, _uid(sop_class_uid)),
        (_FIELD, _us(field)),
        (_MESSAGE_ID, _us(message_id)),
        (_PRIORITY, _us(_MEDIUM)),
        (_DATA_SET_TYPE, _us(0x0001)),
    ]
    if sop_instance_uid:
        elements.append((_INSTANCE, _uid(sop_instance_uid)))
    return _encoded(elements)


def store_response(answered: Command, status: int, comment: str = "") -> bytes:
    """Return the command set that answers a C-STORE request (PS3.7 9.3.1.2)."""
    elements = [
        (_SOP_CLASS, answered.values.get(_SOP_CLASS, b"")),
        (_FIELD, _us(Field.STORE_RSP)),
        (_RESPONDED_TO, _us(answered.message_id)),
        (_DATA_SET_TYPE, _us(_NO_DATA_SET)),
        (_STATUS, _us(status)),
        *([(_COMMENT, _even(comment.encode("ascii", "replace"), b" "))] if comment else []),
        (_INSTANCE, answered.values.get(_INSTANCE, b"")),
    ]
    return _encoded(elements)


def echo_response(answered: Command) -> bytes:
    """Return the command set that answers a C-ECHO request with success (PS3.7 9.3.5.2)."""
    return _response(answered, Field.ECHO_RSP, 0x0000)


def refusal(answered: Command, status: int) -> bytes:
    """Return the command set that answers any other request with a status that says no (PS3.7 C.5)."""
    return _response(answered, answered.field | _IS_RESPONSE, status)


def _response(answered: Command, field: int, status: int) -> bytes:
    return _encoded(
        [
            (_SOP_CLASS, answered.values.get(_SOP_CLASS, b"")),
            (_FIELD, _us(field)),
            (_RESPONDED_TO, _us(answered.message_id)),
            (_DATA_SET_TYPE, _us(_NO_DATA_SET)),
            (_STATUS, _us(status)),
        ]
    )


def cancel(message_id: int) -> bytes:
    """Return the command set that asks to end an operation (PS3.7 9.3.2.3)."""
    return _encoded(
        [(_FIELD, _us(Field.CANCEL_RQ)), (_RESPONDED_TO, _us(message_id)), (_DATA_SET_TYPE, _us(_NO_DATA_SET))]
    )


def _encoded(elements: list[tuple[int, bytes]]) -> bytes:
    body = b"".join(struct.pack("<HHI", 0, element, len(value)) + value for element, value in elements)
    return struct.pack("<HHII", 0, 0, 4, len(body)) + body


def _us(number: int) -> bytes:
    return struct.pack("<H", number)


def _uid(uid: str) -> bytes:
    return _even(uid.encode(), b"\0")


def _even(value: bytes, pad: bytes) -> bytes:
    return value + pad * (len(value) % 2)
