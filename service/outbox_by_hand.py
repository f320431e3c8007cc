"""What a person does about a signed report: send it now, retry, or give it or an object of it up."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace

from filelock import Timeout

from core.audit import Action, Outcome
from core.errors import ArchiveRefused
from core.progress import Progress, Silent
from pacs.archive import Archive
from service import notify, outbox_bundle
from service.outbox import noted
from service.outbox_bundle import SignedBundle, addressed_to, unsent, without
from service.outbox_list import as_shipment, shipments, taken_in, utc_now
from service.outbox_send import HERE, Attempt, OnState
from service.outbox_states import Held, NotInOutbox, Shipment, Shipments, Shipping
from service.outbox_turn import leave_it, turn
from service.report_objects import REQUIRED
from service.workspace import Workspace

_SHOWN = {Held.SENDING: "sending", Held.STORED: "stored", Held.VERIFIED: "verified", Held.REFUSED: "failed"}


def send(
    ws: Workspace, bundle: SignedBundle, archive: Archive, on_state: OnState, progress: Progress = Silent()
) -> bool:
    """Send a report now, after those of its study that come before it, to `archive`, which it is for from then on.

    Returns whether the archive was seen to hold it: one that is asked to answer for what it took may do so later.
    Raises what `Attempt.make` raises, after which it is tried again by itself or waits for a person.
    """
    kept, name = shipments(ws), _known_as(ws, archive)

    def waiting() -> None:
        progress.report(0.0, "Being sent already")
        _show(kept, bundle, name, on_state)

    with turn(ws, bundle.study_instance_uid, waiting):
        bundles = taken_in(ws, utc_now())
        mine = bundles.get(bundle.sop_instance_uid)
        if mine is None:
            _show(kept, bundle, name, on_state)
            return True
        mine = _readdressed(ws, kept, mine, name)
        for earlier in kept.before(kept.of(mine.sop_instance_uid, name)):
            if earlier.sop_instance_uid in bundles:
                _send_before(ws, kept, bundles[earlier.sop_instance_uid], archive, progress)
        return _send_now(ws, kept, mine, archive, on_state, progress)


def _readdressed(ws: Workspace, kept: Shipments, bundle: SignedBundle, archive: str) -> SignedBundle:
    """Return the bundle as one for this archive, on the disk and in the table."""
    if archive != as_shipment(ws, bundle).archive:
        bundle = addressed_to(bundle, "" if archive == HERE else archive)
        kept.moved(bundle.sop_instance_uid, archive)
    kept.take_in([replace(as_shipment(ws, bundle), archive=archive)], utc_now())
    return bundle


def _send_before(ws: Workspace, kept: Shipments, bundle: SignedBundle, archive: Archive, progress: Progress) -> None:
    """Send a report that another one of its study must not overtake; raises unless the archive then holds it."""
    try:
        _send_now(ws, kept, bundle, archive, lambda _label, _state: None, progress)
    except ArchiveRefused:
        if not kept.of(bundle.sop_instance_uid, _known_as(ws, archive)).is_held:
            raise


def _known_as(ws: Workspace, archive: Archive) -> str:
    return archive.name if any(one.name == archive.name for one in ws.archives) else HERE


def _send_now(
    ws: Workspace, kept: Shipments, bundle: SignedBundle, archive: Archive, on_state: OnState, progress: Progress
) -> bool:
    shipment = kept.of(bundle.sop_instance_uid, _known_as(ws, archive))
    attempt = Attempt(ws, kept, bundle, shipment, archive, utc_now(), on_state, progress)
    if shipment.state is Shipping.SENT:
        attempt.finish()
        return True
    if not shipment.answer:  # asked for by hand, it is not left waiting for an answer
        attempt = replace(attempt, shipment=replace(shipment, state=Shipping.WAITING))
    return noted(attempt, utc_now)


def _show(kept: Shipments, bundle: SignedBundle, archive: str, on_state: OnState) -> None:
    try:
        shipment = kept.of(bundle.sop_instance_uid, archive)
    except NotInOutbox:
        return
    for one in shipment.objects:
        if one.state in _SHOWN:
            on_state(one.label, _SHOWN[one.state])


def retry(ws: Workspace, number: int) -> None:
    """Send a report again as soon as may be; raises `NotInOutbox`."""
    kept = shipments(ws)
    shipment = _open(kept, number)
    kept.due_now(shipment, utc_now())
    _record(ws, shipment, "sent again by hand")


def give_up_object(ws: Workspace, number: int, label: str) -> None:
    """Let a report be complete without an object that its archive does not take; raises `NotInOutbox`."""
    kept = shipments(ws)
    shipment = _open(kept, number)
    if label in REQUIRED:
        raise NotInOutbox(f"A report is not stored without “{label}”; give the whole report up instead.")
    if label not in {one.label for one in shipment.objects if one.state is not Held.GIVEN_UP}:
        raise NotInOutbox(f"Report {number} has no object “{label}” that could be given up.")
    with _not_being_sent(ws, shipment):
        _record(ws, shipment, "an object given up by hand", object=label)
        without(_bundle_of(ws, shipment), label)
        kept.object_is(shipment, label, Held.GIVEN_UP)
        kept.due_now(shipment, utc_now())


def abandon(ws: Workspace, number: int, reason: str) -> None:
    """Give a signed report up for good, with the reason; its files and its draft stay. Raises `NotInOutbox`.

    RIS and EHR are not told of it. The reason lies with the files; the audit trail holds the digest of that note.
    """
    if not reason.strip():
        raise NotInOutbox("A signed report is given up only with a reason; say why it is not to reach the archive.")
    kept = shipments(ws)
    shipment = _open(kept, number)
    if shipment.is_held:
        raise NotInOutbox(f"{shipment.archive} holds report {number}; give up only the objects that it does not take.")
    with _not_being_sent(ws, shipment):
        now = utc_now()
        _record(ws, shipment, "given up by hand, announced")
        note = outbox_bundle.abandon(_bundle_of(ws, shipment), reason.strip(), ws.actor, now)
        kept.abandoned(shipment, reason.strip(), now)
        notify.forget(ws, shipment.sop_instance_uid)
        _record(ws, shipment, "given up by hand", note_sha256=note)


def _open(kept: Shipments, number: int) -> Shipment:
    shipment = kept.numbered(number)
    if shipment.state in (Shipping.SENT, Shipping.ABANDONED):
        raise NotInOutbox(f"Report {number} is {shipment.state.value}; there is nothing to send or to give up.")
    return shipment


def _bundle_of(ws: Workspace, shipment: Shipment) -> SignedBundle:
    for bundle in unsent(ws):
        if bundle.sop_instance_uid == shipment.sop_instance_uid:
            return bundle
    raise NotInOutbox(f"Report {shipment.id} is no longer in the outbox.")


def _record(ws: Workspace, shipment: Shipment, step: str, **detail: str) -> None:
    subjects = [shipment.study_instance_uid, shipment.sop_instance_uid]
    ws.trail.record(Action.SEND, subjects, Outcome.SUCCESS, archive=shipment.archive, step=step, **detail)


@contextmanager
def _not_being_sent(ws: Workspace, shipment: Shipment) -> Generator[None]:
    try:
        with turn(ws, shipment.study_instance_uid, leave_it):
            yield
    except Timeout as error:
        raise NotInOutbox(f"Report {shipment.id} is being sent just now; try again in a moment.") from error
