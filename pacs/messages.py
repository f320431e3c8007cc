"""DIMSE messages on a socket whose association is established (PS3.8 9.3, PS3.7 6.3.1), on the thread that calls."""

import socket
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass

from pacs.association import MAXIMUM_PDU, Patience
from pacs.command import Command, decoded

RELEASE_RQ, RELEASE_RP, ABORT = 0x05, 0x06, 0x07
_DATA = 0x04
_COMMAND, _LAST = 0x01, 0x02
_HEADER = 6
_ROOM = 2 * (MAXIMUM_PDU + _HEADER)
_SLICE_S = 0.1


@dataclass(frozen=True, slots=True)
class Message:
    """One DIMSE message; `data` is the data set as it travelled."""

    context_id: int
    command: Command
    data: bytearray


class Ended(Exception):
    """No message comes any more; `kind` is the PDU that says so, 0 when the connection is gone."""

    def __init__(self, kind: int = 0) -> None:
        super().__init__()
        self.kind = kind


class Messages:
    """What goes back and forth on one socket; the peer takes PDUs of `longest` bytes.

    `receive` returns None when `patience` is over. Both ways raise `Ended`.
    """

    def __init__(self, connection: socket.socket, longest: int, patience: Patience) -> None:
        self.patience = patience
        self._socket = connection
        self._longest = longest or MAXIMUM_PDU
        self._buffer = bytearray(_ROOM)
        self._view = memoryview(self._buffer)
        self._start = self._end = 0
        self._pulsed = float("-inf")
        connection.settimeout(_SLICE_S)

    def send(self, context_id: int, command: bytes, data: bytes | memoryview = b"") -> None:
        """Send a message."""
        self.put(b"".join([*self._pdus(context_id, _COMMAND, command), *self._pdus(context_id, 0, data)]))

    def receive(self) -> Message | None:
        """Return the next message, or None when the peer was silent for too long."""
        command_set, data = bytearray(), bytearray()
        command: Command | None = None
        while (pdu := self._next_data()) is not None:
            for context_id, flags, fragment in _fragments(pdu):
                if flags & _COMMAND:
                    command_set += fragment
                else:
                    data += fragment
                if not flags & _LAST:
                    continue
                if flags & _COMMAND:
                    command = _command(command_set)
                if command is not None and not (flags & _COMMAND and command.has_data_set):
                    return Message(context_id, command, data)
        return None

    def put(self, content: bytes) -> None:
        """Send bytes; a peer that takes none for too long counts as gone."""
        view = memoryview(content)
        while view:
            try:
                view = view[self._socket.send(view) :]
            except TimeoutError as error:
                if self.patience.is_over():
                    raise Ended from error
                continue
            except OSError as error:
                raise Ended from error
            if self.patience.traffic:
                self.patience.alive()

    def put_empty(self, kind: int) -> None:
        """Send one of the PDUs that have four bytes without meaning."""
        self.put(struct.pack(">BxIxxxx", kind, 4))

    def next_pdu(self) -> tuple[int, memoryview] | None:
        """Return kind and body of the next PDU, which are valid until the next call; None as in `receive`."""
        if not self._fill(_HEADER):
            return None
        kind, length = struct.unpack_from(">BxI", self._buffer, self._start)
        if length > MAXIMUM_PDU:
            raise Ended
        if not self._fill(_HEADER + length):
            return None
        body = self._view[self._start + _HEADER : self._start + _HEADER + length]
        self._start += _HEADER + length
        return kind, body

    # ------------------------------------------------------------------ parts

    def _next_data(self) -> memoryview | None:
        pdu = self.next_pdu()
        if pdu is None:
            return None
        kind, body = pdu
        if kind != _DATA:
            raise Ended(kind)
        return body

    def _fill(self, size: int) -> bool:
        """Read until `size` bytes are waiting; returns False when the peer was silent for too long."""
        self._make_room(size)
        while self._end - self._start < size:
            self._pulse()
            try:
                came = self._socket.recv_into(self._view[self._end :])
            except TimeoutError:
                if self.patience.is_over():
                    return False
                continue
            except OSError as error:
                raise Ended from error
            if came == 0:
                raise Ended
            self._end += came
            if self.patience.traffic:
                self.patience.alive()
        return True

    def _make_room(self, size: int) -> None:
        if self._start == self._end:
            self._start = self._end = 0
        elif self._start + size > len(self._buffer):
            waiting = self._end - self._start
            self._buffer[:waiting] = self._buffer[self._start : self._end]
            self._start, self._end = 0, waiting

    def _pulse(self) -> None:
        now = time.monotonic()
        if now - self._pulsed >= _SLICE_S:
            self._pulsed = now
            self.patience.pulse()

    def _pdus(self, context_id: int, kind: int, content: bytes | memoryview) -> Iterator[bytes | memoryview]:
        """Yield P-DATA-TF with one presentation data value each, none longer than the peer takes."""
        size = self._longest - _HEADER
        for start in range(0, len(content), size):
            part = content[start : start + size]
            flags = kind | (_LAST if start + size >= len(content) else 0)
            yield struct.pack(">BxIIBB", _DATA, len(part) + _HEADER, len(part) + 2, context_id, flags)
            yield part


def _fragments(pdu: memoryview) -> Iterator[tuple[int, int, memoryview]]:
    """Yield (context, flags, bytes) of each presentation data value (PS3.8 9.3.5)."""
    at = 0
    while at + _HEADER <= len(pdu):
        length, context_id, flags = struct.unpack_from(">IBB", pdu, at)
        yield context_id, flags, pdu[at + _HEADER : at + 4 + length]
        at += 4 + length


def _command(content: bytearray) -> Command:
    try:
        return decoded(content)
    except ValueError as error:  # what follows a message that makes no sense makes none either
        raise Ended from error
