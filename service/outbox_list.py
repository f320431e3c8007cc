"""What waits in the outbox, as the disk has it and the table knows it, and how that looks at a glance."""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from core.audit import Action, Outcome
from core.errors import ProsectorError
from service import notify
from service.outbox_bundle import SignedBundle, is_abandoned, is_kept, outbox_folder, unsent
from service.outbox_send import archive_for
from service.outbox_states import Held, NewShipment, Shipment, Shipments, Shipping
from service.workspace import Workspace

_LOGGER = logging.getLogger(__name__)
_GONE = "its files are gone from the outbox"


def utc_now() -> datetime:
    """Return the time; `deliver_outbox` can be given another clock."""
    return datetime.now(UTC)


class Lamp(StrEnum):
    """How the outbox is, at a glance."""

    EMPTY = "empty"
    WAITING = "waiting"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outlook:
    """What waits in the outbox: how many reports, since when the oldest does, and why."""

    lamp: Lamp
    count: int = 0
    since: datetime | None = None
    words: str = ""


def shipments(ws: Workspace) -> Shipments:
    """Return how far the signed reports of this workstation are."""
    return Shipments(ws.settings.database)


def outlook(ws: Workspace) -> Outlook:
    """Return how the outbox is."""
    try:
        waiting = waiting_reports(ws)
    except ProsectorError as error:
        return Outlook(Lamp.REFUSED, 1, None, str(error))
    if not waiting:
        return Outlook(Lamp.EMPTY)
    refused = [one for one in waiting if one.state is Shipping.REFUSED]
    lamp = Lamp.REFUSED if refused else Lamp.WAITING
    words = next((one.words for one in (*refused, *waiting) if one.words), "")
    return Outlook(lamp, len(waiting), waiting[0].signed_at, words)


def waiting_reports(ws: Workspace) -> tuple[Shipment, ...]:
    """Return what has not reached its archive yet, oldest first; raises `BundleDamaged`, `CannotWrite`."""
    bundles = taken_in(ws, utc_now())
    return shipments(ws).open() if bundles else ()


def taken_in(ws: Workspace, now: datetime) -> dict[str, SignedBundle]:
    """Return the bundles on the disk by UID, and make the table agree with them: the disk is right."""
    bundles = {bundle.sop_instance_uid: bundle for bundle in unsent(ws)}
    kept = shipments(ws)
    if not bundles and not ws.settings.database.exists():
        return bundles
    known = {(one.sop_instance_uid, one.archive): one for one in kept.open()}
    new = [one for one in (as_shipment(ws, bundle) for bundle in bundles.values()) if not _is_known(one, known)]
    if new:
        kept.take_in(new, now)
    for shipment in known.values():
        if shipment.sop_instance_uid not in bundles and not is_kept(outbox_folder(ws) / shipment.sop_instance_uid):
            _tell_gone(ws, kept, shipment, now)
    return bundles


def as_shipment(ws: Workspace, bundle: SignedBundle) -> NewShipment:
    try:
        archive = archive_for(ws, bundle).name
    except ProsectorError:  # said when its turn comes
        archive = bundle.archive
    return NewShipment(
        bundle.sop_instance_uid,
        archive,
        bundle.study_instance_uid,
        bundle.signed_at,
        tuple((label, len(files)) for label, files in bundle.files),
        bundle.given_up,
    )


def _is_known(bundle: NewShipment, known: dict[tuple[str, str], Shipment]) -> bool:
    shipment = known.get((bundle.sop_instance_uid, bundle.archive))
    if shipment is None:
        return False
    given_up = {one.label for one in shipment.objects if one.state is Held.GIVEN_UP}
    return set(bundle.given_up) <= given_up


def _tell_gone(ws: Workspace, kept: Shipments, shipment: Shipment, now: datetime) -> None:
    if kept.numbered(shipment.id).state in (Shipping.SENT, Shipping.ABANDONED):
        return
    if is_abandoned(outbox_folder(ws) / shipment.sop_instance_uid):  # a kill came before it was noted
        notify.forget(ws, shipment.sop_instance_uid)
        kept.abandoned(shipment, "", now)
        return
    _LOGGER.error("report %s: %s", shipment.sop_instance_uid, _GONE)
    subjects = [shipment.study_instance_uid, shipment.sop_instance_uid]
    ws.trail.record(Action.SEND, subjects, Outcome.FAILURE, archive=shipment.archive, step=_GONE)
    kept.abandoned(shipment, _GONE, now)
