"""DIMSE messages on the socket of an association that pynetdicom has negotiated, on the thread that calls.

pynetdicom hands every PDU through queues between three threads, which costs some milliseconds a message; a retrieve of
a thousand images, a query of two thousand studies, then take many times as long as DCMTK's. An operation of ours is a
loop on one thread, so from the first message on it reads and writes the socket itself (PS3.8 9.3, PS3.7 6.3.1).
"""

import socket
import struct
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, cast

from pydicom.uid import UID
from pynetdicom.association import Association
from pynetdicom.presentation import PresentationContext

from core.errors import ArchiveRefused
from core.settings import DimseNode
from pacs.association import MAXIMUM_PDU, ConnectionLost, Patience, label
from pacs.command import Command, decoded

_DATA, _RELEASE_RQ, _RELEASE_RP, _ABORT = 0x04, 0x05, 0x06, 0x07
_COMMAND, _LAST = 0x01, 0x02
_SLICE_S = 0.1
_GRACE_S = 1.0
_HEADER = 6


@dataclass(frozen=True, slots=True)
class Message:
    """One DIMSE message; `data` is the data set as it travelled."""

    context_id: int
    command: Command
    data: bytearray


class Wire:
    """The messages of one association for the time of a `with` block, at whose end the association is released.

    `receive` raises `ConnectionLost` when the peer is gone and returns None when `patience` is over.
    """

    def __init__(self, association: Association, node: DimseNode, patience: Patience) -> None:
        self._association = association
        self._node = node
        self._patience = patience
        self._socket = _taken_from(association)
        self._room = association.acceptor.maximum_length or MAXIMUM_PDU
        self._buffer = bytearray(MAXIMUM_PDU + _HEADER)
        self._have = 0
        self._pulsed = float("-inf")
        self.is_alive = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.is_alive:
            self._release()
        self._association.is_established = False

    def context(self, abstract_syntax: str, transfer_syntax: str = "") -> PresentationContext | None:
        """Return the accepted context of a SOP class, in `transfer_syntax` if that is given."""
        for context in self._association.accepted_contexts:
            syntaxes = ("", str(context.transfer_syntax[0]))
            if context.abstract_syntax == abstract_syntax and transfer_syntax in syntaxes:
                return context
        return None

    def required_context(self, abstract_syntax: str) -> PresentationContext:
        """Return the context of a service that `require_service` has found accepted."""
        context = self.context(abstract_syntax)
        if context is None:
            raise ArchiveRefused(f"{label(self._node)} does not offer {UID(abstract_syntax).name}.")
        return context

    def transfer_syntax(self, context_id: int) -> str:
        """Return the transfer syntax of an accepted context."""
        (context,) = [one for one in self._association.accepted_contexts if one.context_id == context_id]
        return str(context.transfer_syntax[0])

    def send(self, context_id: int, command: bytes, data: bytes | memoryview = b"") -> None:
        """Send a message; raises `ConnectionLost`."""
        self._put(b"".join([*self._pdus(context_id, _COMMAND, command), *self._pdus(context_id, 0, data)]))

    def receive(self) -> Message | None:
        """Return the next message, or None when the peer was silent for too long."""
        parts: dict[int, bytearray] = {_COMMAND: bytearray(), 0: bytearray()}
        command: Command | None = None
        while (pdu := self._next_pdu()) is not None:
            for context_id, flags, fragment in self._fragments(pdu):
                parts[flags & _COMMAND] += fragment
                if not flags & _LAST:
                    continue
                if flags & _COMMAND:
                    command = self._command(parts[_COMMAND])
                if command is not None and not (flags & _COMMAND and command.has_data_set):
                    return Message(context_id, command, parts[0])
        return None

    # ------------------------------------------------------------------ parts

    def _command(self, content: bytearray) -> Command:
        try:
            return decoded(content)
        except ValueError as error:  # what follows a message that makes no sense makes none either
            raise self._lost() from error

    def _next_pdu(self) -> memoryview | None:
        """Return the body of the next P-DATA-TF, valid until the next call."""
        if not self._fill(_HEADER):
            return None
        kind, length = struct.unpack_from(">BxI", self._buffer)
        if kind != _DATA or length > MAXIMUM_PDU:
            self._ended(kind)
        if not self._fill(_HEADER + length):
            return None
        self._have = 0
        return memoryview(self._buffer)[_HEADER : _HEADER + length]

    def _fill(self, size: int) -> bool:
        """Read until the buffer holds `size` bytes; returns False when the peer was silent for too long."""
        view = memoryview(self._buffer)
        while self._have < size:
            self._pulse()
            self._socket.settimeout(_SLICE_S)  # each time, for a pulse may send
            try:
                came = self._socket.recv_into(view[self._have : size])
            except TimeoutError:
                if self._patience.is_over():
                    return False
                continue
            except OSError as error:
                raise self._lost() from error
            if came == 0:
                raise self._lost()
            self._have += came
            if self._patience.traffic:
                self._patience.alive()
        return True

    def _pulse(self) -> None:
        now = time.monotonic()
        if now - self._pulsed >= _SLICE_S:
            self._pulsed = now
            self._patience.pulse()

    def _fragments(self, pdu: memoryview) -> list[tuple[int, int, memoryview]]:
        """Return (context, flags, bytes) of each presentation data value (PS3.8 9.3.5)."""
        found, at = [], 0
        while at + _HEADER <= len(pdu):
            length, context_id, flags = struct.unpack_from(">IBB", pdu, at)
            found.append((context_id, flags, pdu[at + _HEADER : at + 4 + length]))
            at += 4 + length
        return found

    def _pdus(self, context_id: int, kind: int, content: bytes | memoryview) -> Iterator[bytes]:
        """Yield P-DATA-TF with one presentation data value each, none longer than the peer takes."""
        size = self._room - _HEADER
        for start in range(0, len(content), size):
            part = content[start : start + size]
            flags = kind | (_LAST if start + size >= len(content) else 0)
            yield struct.pack(">BxIIBB", _DATA, len(part) + _HEADER, len(part) + 2, context_id, flags) + part

    def _put(self, content: bytes) -> None:
        try:
            self._socket.settimeout(self._patience.timeout_s)
            self._socket.sendall(content)
        except OSError as error:
            raise self._lost() from error
        if self._patience.traffic:
            self._patience.alive()

    def _ended(self, kind: int) -> None:
        if kind == _RELEASE_RQ:
            with suppress(OSError):
                self._socket.sendall(struct.pack(">BxIxxxx", _RELEASE_RP, 4))
        raise self._lost()

    def _lost(self) -> ConnectionLost:
        self.is_alive = False
        self._association.is_aborted = True
        return ConnectionLost(f"{label(self._node)} closed the connection; try again.")

    def _release(self) -> None:
        """Ask for the release, read what still comes, and abort a peer that does not answer."""
        until = Patience(self._node.connect_timeout_s, traffic=False)
        self._patience, self._have = until, self._have
        self.is_alive = False
        with suppress(ConnectionLost, OSError):
            self._socket.sendall(struct.pack(">BxIxxxx", _RELEASE_RQ, 4))
            while self._fill(_HEADER):
                kind, length = struct.unpack_from(">BxI", self._buffer)
                # to the last byte: a socket that is closed with something unread in it resets the connection
                if length > MAXIMUM_PDU or not self._fill(_HEADER + length) or kind in (_RELEASE_RP, _ABORT):
                    break
                self._have = 0
            if until.exhausted:
                self._socket.sendall(struct.pack(">BxIxxxx", _ABORT, 4))
                self._socket.settimeout(_GRACE_S)
                self._socket.recv(1)  # the peer closes first: a connection that is cut under it stays open there


def _taken_from(association: Association) -> socket.socket:
    """Stop pynetdicom's thread that reads the socket, and return the socket."""
    dul = cast(Any, association).dul
    dul.kill_dul()
    dul.join()
    return cast(socket.socket, dul.socket.socket)
