"""Associations that we request: opened, watched, released, and refused in words.

pynetdicom 3.0.4 runs a reactor thread beside every association. Each `send_c_*` stops it with a checkpoint and a flag
that may still hold its old value, so about once in 3,000 sends the reactor goes round once more, takes the response
off the queue, and the sender waits for its timeout. A requestor of ours has no use for the reactor: it serves no
requests besides those that arrive while it waits for a response. `_park` therefore ends it before the first message,
and a `get_msg` of our own takes over what else it did: it notices that the peer is gone.
"""

import queue
import socket
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import Any, cast

from pynetdicom import AE, evt
from pynetdicom.association import Association
from pynetdicom.events import Event
from pynetdicom.pdu_primitives import A_ASSOCIATE, SCP_SCU_RoleSelectionNegotiation
from pynetdicom.presentation import PresentationContext
from pynetdicom.transport import AddressInformation, AssociationSocket

from core.errors import ArchiveBusy, ArchiveRefused, ArchiveUnreachable, ProsectorError
from core.settings import DimseNode, ThisNode
from pacs.contexts import verification
from pacs.secure import host_of, own_tls, requesting, require_handshake
from pacs.site_profile import site_profile

MAXIMUM_PDU = 131072
"""Bytes; DCMTK's largest, eight times pynetdicom's default."""

Handlers = list[tuple[Any, ...]]

_SLICE_S = 0.1
_TRANSIENT = 0x02  # PS3.8 Table 9-21


class ConnectionLost(ArchiveUnreachable):
    """The peer went away in the middle; what it had accepted stays, the rest may be tried again."""


class NotConnected(ArchiveUnreachable):
    """No association came about at all."""


class ServiceNotOffered(ArchiveRefused):
    """The archive does not do this for us at all, whatever is asked for."""


class NothingCame(ArchiveRefused):
    """A retrieve ended without a single image, `why` in the archive's words; another way may bring them."""

    def __init__(self, sentence: str, why: str = "") -> None:
        super().__init__(sentence)
        self.why = why


class Patience:
    """How long a peer may show no sign of life, and what to do meanwhile.

    `pulse` is called about ten times a second on the waiting thread; what it raises ends the wait. With `traffic` any
    bytes to or from the peer are a sign of life, without it only `alive()` is.
    """

    def __init__(self, timeout_s: float, pulse: Callable[[], None] = lambda: None, *, traffic: bool = True) -> None:
        self.timeout_s = timeout_s
        self.pulse = pulse
        self.traffic = traffic
        self.exhausted = False
        self.alive()

    def alive(self) -> None:
        """Start the wait anew."""
        self._since = time.monotonic()

    def is_over(self) -> bool:
        """Return whether the peer was silent for too long."""
        self.exhausted = time.monotonic() - self._since > self.timeout_s
        return self.exhausted


def no_delay(event: Event) -> None:
    """Switch Nagle's algorithm off for the association of `event`; it costs 40 ms per message against most peers."""
    _socket(event.assoc).setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def requestor_handlers(patience: Patience) -> Handlers:
    """Return what must be bound to every association that we request, sub-operations of a C-MOVE included."""
    return [
        (evt.EVT_CONN_OPEN, _connected, [patience]),
        (evt.EVT_ESTABLISHED, _park, [patience]),
        *([(event, _traffic, [patience]) for event in (evt.EVT_DATA_RECV, evt.EVT_DATA_SENT)] * patience.traffic),
    ]


class ClosingSocket(AssociationSocket):
    """pynetdicom's socket, which is closed too when it never connected, or the peer was faster."""

    def _shutdown_socket(self) -> None:
        unconnected = self.socket
        super()._shutdown_socket()
        if unconnected is not None:
            unconnected.close()


class Entity(AE):
    """An AE whose requested associations leave no socket open when the peer cannot be reached."""

    def _create_socket(self, assoc: Association, address: AddressInformation, tls_args: Any) -> AssociationSocket:
        transport = ClosingSocket(assoc, address=address)
        transport.tls_args = tls_args
        return transport


@contextmanager
def associate(
    node: DimseNode,
    this_node: ThisNode,
    contexts: Sequence[PresentationContext],
    patience: Patience,
    *,
    roles: Sequence[SCP_SCU_RoleSelectionNegotiation] = (),
    handlers: Sequence[tuple[Any, ...]] = (),
) -> Generator[Association, None, None]:
    """Open an association with `node` and release it at the end, whatever happens in between.

    Raises `ArchiveUnreachable` or `ArchiveRefused`, whose message says what to do. Verification is always proposed
    too, so that a peer which takes none of `contexts` gets a release as well and not an abort.
    """
    association = _request(node, this_node, contexts, patience, roles, handlers)
    try:
        yield association
    finally:
        if association.is_established:
            association.release()
        _close(association)


def accepts(association: Association, abstract_syntax: str, transfer_syntax: str = "") -> bool:
    """Return whether the peer accepted a SOP class, in `transfer_syntax` if that is given."""
    return any(
        context.abstract_syntax == abstract_syntax and transfer_syntax in ("", context.transfer_syntax[0])
        for context in association.accepted_contexts
    )


def require_service(association: Association, node: DimseNode, abstract_syntax: str, what: str) -> None:
    """Raise `ServiceNotOffered` unless the peer offers the service."""
    if not accepts(association, abstract_syntax):
        raise ServiceNotOffered(
            f"{label(node)} does not offer {what} to this station; ask its administrator to allow it."
        )


def require_alive(association: Association, node: DimseNode) -> None:
    """Raise `ConnectionLost` if the peer has gone since the last response."""
    if (None, None) in association.dimse.msg_queue.queue:
        association.is_aborted = True
        association.kill()
    if not association.is_established:
        raise ConnectionLost(f"{label(node)} closed the connection; try again.")


def silence(node: DimseNode, patience: Patience, doing: str) -> ProsectorError:
    """Return the error for a response that never came."""
    if patience.exhausted:
        return ArchiveUnreachable(
            f"{label(node)} stopped answering for {patience.timeout_s:g} s while {doing}; try again, and tell its "
            "administrator if it stays so."
        )
    return ConnectionLost(f"{label(node)} closed the connection while {doing}; try again.")


def label(node: DimseNode) -> str:
    """Return the archive as error messages speak of it."""
    return f"{node.name} at {node.host}:{node.port}"


def _request(
    node: DimseNode,
    this_node: ThisNode,
    contexts: Sequence[PresentationContext],
    patience: Patience,
    roles: Sequence[SCP_SCU_RoleSelectionNegotiation],
    handlers: Sequence[tuple[Any, ...]],
) -> Association:
    entity = Entity(ae_title=this_node.ae_title)
    entity.connection_timeout = entity.acse_timeout = node.connect_timeout_s
    tls = (requesting(own_tls(node, this_node)), host_of(node)) if node.tls else None
    try:
        association = entity.associate(
            node.host,
            node.port,
            contexts=[*contexts, verification()],
            ae_title=node.ae_title,
            max_pdu=site_profile(node).max_pdu,
            ext_neg=list(roles),
            evt_handlers=[*requestor_handlers(patience), *handlers],
            tls_args=tls,
        )
    except socket.gaierror as error:
        raise NotConnected(
            f"{node.name}: the host name {node.host} is not known on this network; correct it in the settings."
        ) from error
    if not association.is_established:
        _close(association)
        if node.tls:
            require_handshake(node, this_node)
        raise _refusal(node, this_node, association)
    return association


def _refusal(node: DimseNode, this_node: ThisNode, association: Association) -> ProsectorError:
    refusal = _refused_with(association)
    if refusal is not None:
        kind = ArchiveBusy if refusal.result == _TRANSIENT else ArchiveRefused
        return kind(_rejection(node, this_node, refusal))
    if association.requestor.port == 0:  # only a connected socket has a port
        return NotConnected(
            f"{label(node)} could not be reached within {node.connect_timeout_s:g} s; check that it is running, that "
            "host and port in the settings are right and that no firewall stands between."
        )
    return NotConnected(
        f"{label(node)} took the connection but did not answer as a DICOM archive within {node.connect_timeout_s:g} s; "
        f"check the port in the settings{' and that the archive trusts the certificate of this station' * node.tls}."
    )


def _refused_with(association: Association) -> A_ASSOCIATE | None:
    """Return the peer's refusal, if there is one.

    pynetdicom 3.0.4 takes an association for unconnected when the peer had refused and closed it before it looked; the
    answer then still lies where the state machine put it.
    """
    if association.is_rejected:
        return cast(A_ASSOCIATE, association.acceptor.primitive)
    answers = cast("queue.Queue[object]", cast(Any, association).dul.to_user_queue)
    while not answers.empty():
        answer = answers.get_nowait()
        if isinstance(answer, A_ASSOCIATE) and answer.result != 0:
            return answer
    return None


def _rejection(node: DimseNode, this_node: ThisNode, answer: A_ASSOCIATE) -> str:
    # PS3.8 Table 9-21: (source, reason)
    match answer.result_source, answer.diagnostic:
        case 1, 3:
            return (
                f"{label(node)} does not know the AE title {this_node.ae_title}; ask its administrator to register it."
            )
        case 1, 7:
            # dcmqrscp says so too to a station that it does not know
            return (
                f"{label(node)} calls itself something other than {node.ae_title}; correct that in the settings. If "
                f"that is its title, ask its administrator to register {this_node.ae_title} at {this_node.host}."
            )
        case 3, _:
            return f"{label(node)} has no connection free at the moment; try again in a minute."
        case _:
            return (
                f"{label(node)} refused the association ({answer.reason_str}); ask its administrator whether "
                f"{this_node.ae_title} may connect from this machine."
            )


def _connected(event: Event, patience: Patience) -> None:
    no_delay(event)
    # A peer that no longer reads must not hold the sending thread for ever.
    _socket(event.assoc).settimeout(patience.timeout_s)


def _traffic(event: Event, patience: Patience) -> None:
    patience.alive()


def _park(event: Event, patience: Patience) -> None:
    """End the reactor of a requestor before its thread is started, and wait for messages with `patience` instead."""
    association = event.assoc
    private = cast(Any, association)
    private._run_reactor = lambda: None
    private._is_paused = True
    private.dimse.get_msg = lambda block=False: _next_message(association, patience, block)
    patience.alive()


def _next_message(association: Association, patience: Patience, block: bool) -> tuple[Any, Any]:
    """Return the next (context, message), or (None, None) if the peer is gone or was silent for too long."""
    while True:
        patience.pulse()
        try:
            context, message = association.dimse.msg_queue.get(block=block, timeout=_SLICE_S)
        except queue.Empty:
            if block and not patience.is_over():
                continue
            return None, None
        if message is None:  # the state machine's word for "aborted or closed"
            association.is_aborted = True
            association.kill()
        return context, message


def _socket(association: Association) -> socket.socket:
    return cast(socket.socket, cast(Any, association).dul.socket.socket)


def _close(association: Association) -> None:
    transport = cast(Any, association).dul.socket
    if transport is not None and transport.socket is not None:
        transport.socket.close()
