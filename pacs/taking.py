"""Associations in which a peer only stores: their messages are taken over from pynetdicom, as `pacs.wire` does it.

pynetdicom negotiates, and goes on serving associations in which anything else was accepted.
"""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast

from pynetdicom import evt
from pynetdicom.association import Association
from pynetdicom.events import Event

from pacs.association import Handlers, Patience
from pacs.command import Field, echo_response, refusal, store_response
from pacs.contexts import STORAGE_CLASSES, VERIFICATION
from pacs.messages import ABORT, RELEASE_RP, RELEASE_RQ, Ended, Message, Messages
from pacs.receive import Failed, Incoming, Keep, answer
from pacs.wire import taken_from

_ESTABLISHED = "Sta6"  # PS3.8 9.2.1
_IDLE_S = 300.0
_CLOSE_S = 2.0
_POLL_S = 0.001
_UNRECOGNIZED_OPERATION = 0x0211  # PS3.7 C.5.21
_OURS = frozenset((*STORAGE_CLASSES, VERIFICATION))


def taking_over(keep: Keep, failed: Failed, traffic: Callable[[], None]) -> Handlers:
    """Return what must be bound to a server so that `keep` gets what is stored; `traffic` hears of bytes coming in."""
    return [
        (evt.EVT_CONN_OPEN, _hold_back),
        (evt.EVT_ESTABLISHED, _take_over, [keep, failed, traffic]),
    ]


def _hold_back(event: Event) -> None:
    """Keep pynetdicom from reading on once such an association stands: what follows is for us."""
    association = event.assoc
    dul = cast(Any, association).dul
    reads = dul._is_transport_event
    ours: list[bool] = []

    def reads_on() -> bool:
        if dul.state_machine.current_state == _ESTABLISHED:
            if not ours:
                ours.append(_only_stores(association))
            if ours[0]:
                return False
        return reads()

    dul._is_transport_event = reads_on


def _only_stores(association: Association) -> bool:
    return all(context.abstract_syntax in _OURS for context in association.accepted_contexts)


def _take_over(event: Event, keep: Keep, failed: Failed, traffic: Callable[[], None]) -> None:
    """Serve the association instead of pynetdicom, on its thread."""
    if _only_stores(event.assoc):
        taken = _Taken(event.assoc, keep, failed, traffic)
        private = cast(Any, event.assoc)
        private._run_reactor = taken.serve
        private.abort = taken.stop


class _Patience(Patience):
    """Patience with a peer that stores, whose bytes are a sign of life to whoever waits for them."""

    def __init__(self, traffic: Callable[[], None], pulse: Callable[[], None]) -> None:
        self._told: Callable[[], None] = lambda: None  # that we begin to wait is no sign of life
        super().__init__(_IDLE_S, pulse)
        self._told = traffic

    def alive(self) -> None:
        """Start the wait anew."""
        super().alive()
        self._told()


class _Taken:
    def __init__(self, association: Association, keep: Keep, failed: Failed, traffic: Callable[[], None]) -> None:
        self._association = association
        self._keep = keep
        self._failed = failed
        self._traffic = traffic
        self._syntaxes = {cx.context_id: str(cx.transfer_syntax[0]) for cx in association.accepted_contexts}
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Abort the association soon; from another thread."""
        self._stopped.set()

    def serve(self) -> None:
        """Answer until the peer releases the association or is gone."""
        dul = cast(Any, self._association).dul
        while dul.state_machine.current_state != _ESTABLISHED and dul.is_alive():  # our acceptance goes out first
            time.sleep(_POLL_S)
        if dul.is_alive():
            connection = taken_from(self._association)
            longest = self._association.requestor.maximum_length
            self._serve(Messages(connection, longest, _Patience(self._traffic, self._pulse)))
        self._association.is_established = False

    def _serve(self, messages: Messages) -> None:
        try:
            while (message := messages.receive()) is not None:
                self._answer(messages, message)
            kind = 0
        except Ended as ended:
            kind = ended.kind
        with suppress(Ended):
            if kind == RELEASE_RQ:
                self._association.is_released = True
                messages.put_empty(RELEASE_RP)
                messages.patience = Patience(_CLOSE_S)
                messages.next_pdu()  # the peer closes the connection
            elif kind != ABORT:
                self._association.is_aborted = True
                messages.put_empty(ABORT)

    def _answer(self, messages: Messages, message: Message) -> None:
        command = message.command
        if command.field == Field.STORE_RQ:
            if message.context_id not in self._syntaxes:
                raise Ended
            syntax = self._syntaxes[message.context_id]
            incoming = Incoming(command.sop_class_uid, command.sop_instance_uid, syntax, message.data)
            verdict = answer(incoming, self._keep, self._failed)
            messages.send(message.context_id, store_response(command, *verdict))
        elif command.field == Field.ECHO_RQ:
            messages.send(message.context_id, echo_response(command))
        elif command.field != Field.CANCEL_RQ:
            messages.send(message.context_id, refusal(command, _UNRECOGNIZED_OPERATION))

    def _pulse(self) -> None:
        if self._stopped.is_set():
            raise Ended
