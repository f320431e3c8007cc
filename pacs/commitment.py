"""Storage commitment, push model (PS3.4 J): the archive is asked to answer for what it was sent, and says when it does.

Its answer comes on our association while we stay on the line, or later on one of its own to our listener.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, cast

from pydicom.dataset import Dataset
from pydicom.uid import UID
from pynetdicom.association import Association
from pynetdicom.dimse_primitives import N_ACTION, N_EVENT_REPORT
from pynetdicom.dsutils import decode, encode
from pynetdicom.events import Event
from pynetdicom.presentation import PresentationContext

from core.errors import ArchiveRefused
from core.settings import DimseNode, ThisNode
from pacs.association import Patience, ServiceNotOffered, associate, label, require_service, silence
from pacs.contexts import COMMITMENT, for_model
from pacs.site_profile import site_profile, storage_of

_LOGGER = logging.getLogger(__name__)
_INSTANCE = UID("1.2.840.10008.1.20.1.1")
_REQUEST = 1  # action type, PS3.4 Table J.3.2-1
_SLICE_S = 0.2
_SUCCESS, _PROCESSING_FAILURE = 0x0000, 0x0110
_REASONS = {  # PS3.3 C.14.1.1
    0x0110: "it failed on the way",
    0x0112: "it does not have it",
    0x0119: "it holds it as another kind of object",
    0x0122: "it does not commit to this kind of object",
    0x0131: "it was asked for the same twice",
    0x0213: "it is out of resources",
}


@dataclass(frozen=True, slots=True)
class Commitment:
    """What an archive says of one request: which SOP instances it keeps, and why not which others."""

    transaction_uid: str
    kept: frozenset[str]
    failed: Mapping[str, str] = field(default_factory=dict[str, str])


Told = Callable[[Commitment], None]
"""Makes an answer safe; only then is it acknowledged, so that the archive tells us again otherwise."""


def ask(
    node: DimseNode,
    this_node: ThisNode,
    references: Sequence[tuple[str, str]],
    transaction_uid: str,
    told: Told,
    answered: Callable[[], bool],
) -> None:
    """Ask for commitment to (SOP class, SOP instance) and stay on the line until `answered`, or for the node's wait.

    `told` hears what comes on this association. Raises `ArchiveRefused` where the archive offers no commitment or
    declines, and `ArchiveUnreachable`.
    """
    if not site_profile(node).storage_commitment:
        raise ServiceNotOffered(f"{site_profile(node).title} knows no storage commitment.")
    node = storage_of(node)
    patience = Patience(node.query_timeout_s)
    with associate(node, this_node, for_model(COMMITMENT), patience) as association:
        require_service(association, node, COMMITMENT, "storage commitment")
        _queue_reports(association)
        (context,) = [cx for cx in association.accepted_contexts if cx.abstract_syntax == COMMITMENT]
        association.dimse.send_msg(_request(context, references, transaction_uid), context.context_id or 0)
        _hear_response(node, association, patience, told)
        deadline = time.monotonic() + node.commitment_wait_s
        while association.is_established and not answered() and time.monotonic() < deadline:
            patience.timeout_s = _SLICE_S
            patience.alive()
            _hear(association, told)


def answer_event(event: Event, told: Told | None) -> int:
    """Return the status that acknowledges an archive's answer which came on an association of its own."""
    if told is None:
        _LOGGER.warning("an answer about storage commitment came, and nobody waits for one")
        return _PROCESSING_FAILURE
    try:
        told(_commitment(event.event_information))
    except Exception:  # a DIMSE handler answers whatever happens
        _LOGGER.exception("an answer about storage commitment could not be kept")
        return _PROCESSING_FAILURE
    return _SUCCESS


def _request(context: PresentationContext, references: Sequence[tuple[str, str]], transaction_uid: str) -> N_ACTION:
    information = Dataset()
    information.TransactionUID = transaction_uid
    information.ReferencedSOPSequence = [_reference(*reference) for reference in references]
    syntax = UID(str(context.transfer_syntax[0]))
    request = N_ACTION()
    request.MessageID = 1
    request.RequestedSOPClassUID, request.RequestedSOPInstanceUID = COMMITMENT, _INSTANCE
    request.ActionTypeID = _REQUEST
    request.ActionInformation = BytesIO(encode(information, syntax.is_implicit_VR, syntax.is_little_endian) or b"")
    return request


def _reference(sop_class_uid: str, sop_instance_uid: str) -> Dataset:
    reference = Dataset()
    reference.ReferencedSOPClassUID, reference.ReferencedSOPInstanceUID = sop_class_uid, sop_instance_uid
    return reference


def _queue_reports(association: Association) -> None:
    """Have an N-EVENT-REPORT wait in the queue for us; pynetdicom would serve it on a thread that nobody joins."""

    def queue(message: Any, context_id: int) -> None:
        association.dimse.msg_queue.put((context_id, message))

    cast(Any, association)._serve_request = queue


def _hear_response(node: DimseNode, association: Association, patience: Patience, told: Told) -> None:
    """Wait for the N-ACTION response; some archives report before they respond."""
    while (message := _hear(association, told)) is not None:
        if isinstance(message, N_ACTION):
            if message.Status != _SUCCESS:
                raise ArchiveRefused(
                    f"{label(node)} declined the request for storage commitment (status 0x{message.Status or 0:04X})."
                )
            return
    raise silence(node, patience, "being asked for storage commitment")


def _hear(association: Association, told: Told) -> object:
    """Return the next message after telling of it and acknowledging it, or None when none came."""
    context_id, message = cast("tuple[int, Any]", association.dimse.get_msg(block=True))
    if isinstance(message, N_EVENT_REPORT):
        association.dimse.send_msg(_acknowledged(association, context_id, message, told), context_id)
    return message


def _acknowledged(association: Association, context_id: int, report: N_EVENT_REPORT, told: Told) -> N_EVENT_REPORT:
    (context,) = [cx for cx in association.accepted_contexts if cx.context_id == context_id]
    syntax = UID(str(context.transfer_syntax[0]))
    information = report.EventInformation or BytesIO()
    told(_commitment(decode(information, syntax.is_implicit_VR, syntax.is_little_endian)))
    response = N_EVENT_REPORT()
    response.MessageIDBeingRespondedTo = report.MessageID
    response.AffectedSOPClassUID, response.AffectedSOPInstanceUID = COMMITMENT, _INSTANCE
    response.EventTypeID = report.EventTypeID
    response.Status = _SUCCESS
    return response


def _commitment(information: Dataset) -> Commitment:
    kept = (str(item.ReferencedSOPInstanceUID) for item in information.get("ReferencedSOPSequence") or ())
    failed = {
        str(item.ReferencedSOPInstanceUID): _in_words(item.get("FailureReason"))
        for item in information.get("FailedSOPSequence") or ()
    }
    return Commitment(str(information.get("TransactionUID", "")), frozenset(kept), failed)


def _in_words(reason: int | None) -> str:
    if reason is None:
        return "it gives no reason"
    return f"{_REASONS.get(reason, 'it gives no more than a number')}; reason 0x{reason:04X}"
