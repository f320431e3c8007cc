"""The messages of an association that pynetdicom has negotiated, taken over from it.

pynetdicom hands every PDU through queues between three threads, which costs some milliseconds a message; a retrieve of
a thousand images, a query of two thousand studies, then take many times as long as DCMTK's. An operation of ours is a
loop on one thread, so from the first message on it reads and writes the socket itself.
"""

import socket
from contextlib import suppress
from types import TracebackType
from typing import Any, Self, cast

from pydicom.uid import UID
from pynetdicom.association import Association
from pynetdicom.presentation import PresentationContext

from core.errors import ArchiveRefused
from core.settings import DimseNode
from pacs.association import ConnectionLost, Patience, label
from pacs.messages import ABORT, RELEASE_RP, RELEASE_RQ, Ended, Message, Messages

_GRACE_S = 1.0


class Wire:
    """The messages of one association for the time of a `with` block, at whose end the association is released.

    `receive` raises `ConnectionLost` when the peer is gone and returns None when `patience` is over.
    """

    def __init__(self, association: Association, node: DimseNode, patience: Patience) -> None:
        self._association = association
        self._node = node
        self._socket = taken_from(association)
        self._messages = Messages(self._socket, association.acceptor.maximum_length, patience)
        self._contexts = {context.context_id: context for context in association.accepted_contexts}
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
        for context in self._contexts.values():
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
        """Return the transfer syntax of an accepted context; raises `ConnectionLost` for another one."""
        context = self._contexts.get(context_id)
        if context is None:
            raise self._lost()
        return str(context.transfer_syntax[0])

    def send(self, context_id: int, command: bytes, data: bytes | memoryview = b"") -> None:
        """Send a message; raises `ConnectionLost`."""
        try:
            self._messages.send(context_id, command, data)
        except Ended as ended:
            raise self._lost() from ended

    def receive(self) -> Message | None:
        """Return the next message, or None when the peer was silent for too long."""
        try:
            return self._messages.receive()
        except Ended as ended:
            if ended.kind == RELEASE_RQ:
                with suppress(Ended):
                    self._messages.put_empty(RELEASE_RP)
            raise self._lost() from ended

    def _lost(self) -> ConnectionLost:
        self.is_alive = False
        self._association.is_aborted = True
        return ConnectionLost(f"{label(self._node)} closed the connection; try again.")

    def _release(self) -> None:
        """Ask for the release, read what still comes, and abort a peer that does not answer."""
        until = Patience(self._node.connect_timeout_s, traffic=False)
        self._messages.patience = until
        self.is_alive = False
        with suppress(Ended, OSError):
            self._messages.put_empty(RELEASE_RQ)
            # to the last byte: a socket that is closed with something unread in it resets the connection
            while (pdu := self._messages.next_pdu()) is not None and pdu[0] not in (RELEASE_RP, ABORT):
                pass
            if until.exhausted:
                self._messages.put_empty(ABORT)
                self._socket.settimeout(_GRACE_S)
                self._socket.recv(1)  # the peer closes first: a connection that is cut under it stays open there


def taken_from(association: Association) -> socket.socket:
    """Stop pynetdicom's thread that reads the socket, and return the socket."""
    dul = cast(Any, association).dul
    dul.kill_dul()
    dul.join()
    return cast(socket.socket, dul.socket.socket)
