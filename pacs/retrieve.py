"""C-GET and C-MOVE: bringing a study here, resumable (PS3.4 C.4.2, C.4.3), study root."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

from pydicom.dataset import Dataset
from pydicom.uid import UID
from pynetdicom.association import Association
from pynetdicom.dsutils import encode
from pynetdicom.presentation import build_role

from core.errors import ArchiveRefused, ArchiveUnreachable
from core.progress import Progress
from core.settings import DimseNode, ThisNode
from pacs.association import (
    ConnectionLost,
    NothingCame,
    associate,
    label,
    require_alive,
    require_service,
    silence,
)
from pacs.command import Field, Response, cancel, request, response_in, store_response
from pacs.contexts import GET, MAXIMUM_CONTEXTS, MOVE, STORAGE_CLASSES, for_model, for_retrieving
from pacs.lanes import in_lanes
from pacs.listener import listening
from pacs.receive import Incoming, Keep, answer
from pacs.site_profile import SiteProfile, site_profile
from pacs.transfer import Holding, Lane, Transfer, Wanted
from pacs.wire import Message, Wire

_ATTEMPTS = 3
_MESSAGE_ID = 1
_PENDING = (0xFF00, 0xFF01)
_WORTH_AN_ASSOCIATION = 50  # images
_UNKNOWN_DESTINATION = 0xA801  # PS3.4 Table C.4-2


def fetch(
    node: DimseNode,
    this_node: ThisNode,
    study_instance_uid: str,
    holding: Holding,
    look_up: Callable[[Sequence[str]], Iterable[Wanted]],
    folder: Path,
    progress: Progress,
) -> int:
    """Bring what `folder` lacks of a `holding`, and return how many of its instances are there.

    Series of which more or fewer came than the archive had told are given to `look_up`, which returns their instances.
    A lost connection is made anew and the rest fetched over it. Raises `ArchiveUnreachable`, `ArchiveRefused`,
    `CannotWrite` and `Cancelled`; what arrived stays.
    """
    transfer = Transfer(node.name, study_instance_uid, folder, holding, progress)
    if not transfer.total:
        raise ArchiveRefused(f"{label(node)} holds no images of the study {study_instance_uid}.")
    fetch_missing = _get if node.retrieve == "get" else _move
    for attempt in range(_ATTEMPTS):
        try:
            if transfer.is_complete or (attempt and transfer.counts and not _named(transfer, look_up)):
                break
            fetch_missing(node, this_node, transfer)
            if not transfer.counts:
                break
        except ConnectionLost as error:
            if attempt == _ATTEMPTS - 1:
                raise _interrupted(error, transfer) from error
        except ArchiveUnreachable as error:
            raise _interrupted(error, transfer) from error
    if not transfer.is_complete:
        if not transfer.brought:
            raise NothingCame(_incomplete(node, transfer), transfer.complaint)
        raise ArchiveRefused(_incomplete(node, transfer))
    transfer.report()
    return transfer.here


def _named(transfer: Transfer, look_up: Callable[[Sequence[str]], Iterable[Wanted]]) -> bool:
    """Ask for the instances of the unfinished series; return whether any is missing of which the archive tells.

    Orthanc cannot list a series of which it has lost a file: what it sent of that is all that there is to have.
    """
    try:
        transfer.name(look_up(transfer.unfinished()))
    except ArchiveRefused as error:
        transfer.complaint = transfer.complaint or str(error)
        return False
    return not transfer.is_complete


def _get(node: DimseNode, this_node: ThisNode, transfer: Transfer) -> None:
    profile = site_profile(node)
    classes = {one.sop_class_uid for one in transfer.missing()} | set(transfer.sop_classes if transfer.counts else ())
    compressed = profile.transfer_syntaxes == "as-archived"
    storage = for_retrieving(STORAGE_CLASSES if "" in classes else classes, MAXIMUM_CONTEXTS - 1, compressed=compressed)
    roles = [build_role(uid, scp_role=True) for uid in sorted({str(cx.abstract_syntax) for cx in storage})]
    contexts = [*for_model(GET), *storage]

    def over_one(identifiers: Iterator[Dataset]) -> None:
        lane = transfer.lane(profile.retrieve_timeout_s)
        with associate(node, this_node, contexts, lane.patience, roles=roles) as association:
            require_service(association, node, GET, "retrieving by C-GET (study root)")
            with Wire(association, node, lane.patience) as wire:
                for identifier in identifiers:
                    with lane.running(partial(_cancel_get, wire)):
                        _follow(node, this_node, lane, transfer, _get_one(wire, identifier, transfer, keep))

    with transfer.kept() as keep:
        lanes = _lanes(node, transfer)
        in_lanes(_identifiers(transfer, profile, lanes), lanes, over_one, transfer.watch)


def _get_one(wire: Wire, identifier: Dataset, transfer: Transfer, keep: Keep) -> Iterator[Response | None]:
    """Ask for what `identifier` names, keep what comes, and yield each response, None for one that did not come."""
    context = wire.required_context(GET)
    syntax = UID(str(context.transfer_syntax[0]))
    question = encode(identifier, syntax.is_implicit_VR, syntax.is_little_endian) or b""
    wire.send(context.context_id or 0, request(Field.GET_RQ, _MESSAGE_ID, GET), question)
    while (message := wire.receive()) is not None:
        if message.command.field == Field.STORE_RQ:
            _take(wire, message, transfer, keep)
            continue
        yield message.command.response
        if message.command.status not in _PENDING:
            return
    yield None


def _take(wire: Wire, message: Message, transfer: Transfer, keep: Keep) -> None:
    command = message.command
    syntax = wire.transfer_syntax(message.context_id)
    incoming = Incoming(command.sop_class_uid, command.sop_instance_uid, syntax, message.data)
    wire.send(message.context_id, store_response(command, *answer(incoming, keep, transfer.failed)))


def _cancel_get(wire: Wire) -> None:
    if wire.is_alive:
        wire.send(wire.required_context(GET).context_id or 0, cancel(_MESSAGE_ID))


def _move(node: DimseNode, this_node: ThisNode, transfer: Transfer) -> None:
    profile = site_profile(node)

    def over_one(identifiers: Iterator[Dataset]) -> None:
        lane = transfer.lane(profile.retrieve_timeout_s, traffic=False)
        with associate(node, this_node, for_model(MOVE), lane.patience) as association:
            require_service(association, node, MOVE, "retrieving by C-MOVE (study root)")
            for identifier in identifiers:
                require_alive(association, node)
                with lane.running(partial(_cancel, association, MOVE)):
                    moved = association.send_c_move(identifier, this_node.ae_title, MOVE, msg_id=_MESSAGE_ID)
                    _follow(node, this_node, lane, transfer, (response_in(status) for status, _ in moved))

    with (
        listening(this_node) as listener,
        listener.routed(transfer.study_instance_uid, transfer.folder, transfer),
    ):
        lanes = _lanes(node, transfer)
        in_lanes(_identifiers(transfer, profile, lanes), lanes, over_one, transfer.watch)


def _cancel(association: Association, model: UID) -> None:
    if association.is_established:
        association.send_c_cancel(_MESSAGE_ID, query_model=model)


def _follow(
    node: DimseNode, this_node: ThisNode, lane: Lane, transfer: Transfer, responses: Iterable[Response | None]
) -> None:
    """Go through the responses; progress in the counts is a sign of life, a mere "pending" is not."""
    counts: object = None
    for response in responses:
        if response is None:
            transfer.raise_if_stopped()
            raise silence(node, lane.patience, "sending a study")
        if response.status not in _PENDING:
            transfer.complaint = _complaint(this_node, response) or transfer.complaint
        elif response.counts != counts:
            counts = response.counts
            lane.patience.alive()


def _lanes(node: DimseNode, transfer: Transfer) -> int:
    """Return how many associations the missing images are worth."""
    return associations(node, transfer.lacking)


def associations(node: DimseNode, images: int) -> int:
    """Return how many associations so many images are worth."""
    return min(node.associations, 1 + images // _WORTH_AN_ASSOCIATION)


def _identifiers(transfer: Transfer, profile: SiteProfile, lanes: int) -> Iterator[Dataset]:
    """Yield what to ask for so that only the missing comes, as finely as the archive lets us ask.

    That is: whole series, lists of instances of one that is begun or too long for one of `lanes`, or the study.
    """
    missing = transfer.missing()
    share = -(-transfer.lacking // lanes)
    if profile.retrieve_level == "study":
        yield _identifier(transfer.study_instance_uid, "", [])
        return
    for series in sorted(transfer.counts, key=lambda series: -transfer.counts[series]):  # the long ones first
        yield _identifier(transfer.study_instance_uid, series, [])
    for series in dict.fromkeys(one.series_instance_uid for one in missing):
        uids = [one.sop_instance_uid for one in missing if one.series_instance_uid == series]
        whole = len(uids) == sum(one.series_instance_uid == series for one in transfer.wanted)
        if (whole and len(uids) <= share) or profile.retrieve_level == "series":
            yield _identifier(transfer.study_instance_uid, series, [])
            continue
        count = min(share, profile.uids_at_once)
        for start in range(0, len(uids), count):
            yield _identifier(transfer.study_instance_uid, series, uids[start : start + count])


def _identifier(study_instance_uid: str, series_instance_uid: str, sop_instance_uids: list[str]) -> Dataset:
    identifier = Dataset()
    identifier.QueryRetrieveLevel = "IMAGE" if sop_instance_uids else "SERIES" if series_instance_uid else "STUDY"
    identifier.StudyInstanceUID = study_instance_uid
    if series_instance_uid:
        identifier.SeriesInstanceUID = series_instance_uid
    if sop_instance_uids:
        identifier.SOPInstanceUID = sop_instance_uids
    return identifier


def _complaint(this_node: ThisNode, response: Response) -> str:
    """Return why a retrieve ended other than well, "" if it ended well."""
    if response.status == 0x0000:
        return ""
    if response.status == _UNKNOWN_DESTINATION:
        return (
            f"it cannot send to {this_node.ae_title}, so its administrator must register {this_node.ae_title} at "
            f"{this_node.host}:{this_node.port} as a destination"
        )
    failed = response.failed or "some"
    reason = f"{response.comment}; " if response.comment else ""
    return f"{failed} could not be sent ({reason}status 0x{response.status:04X})"


def _arrived(transfer: Transfer) -> str:
    return f"{transfer.here} of {transfer.total} images"


def _incomplete(node: DimseNode, transfer: Transfer) -> str:
    why = f": {transfer.complaint}" if transfer.complaint else ""
    return (
        f"Of the study {transfer.study_instance_uid} only {_arrived(transfer)} came from {label(node)}{why}. What came "
        "is kept; retrieve the study again to fetch the rest."
    )


def _interrupted(error: ArchiveUnreachable, transfer: Transfer) -> ArchiveUnreachable:
    if transfer.here == 0:
        return error
    return ArchiveUnreachable(f"{error} {_arrived(transfer)} are here and stay; retrieve again to fetch the rest.")
