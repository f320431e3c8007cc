"""What is signed is sent by itself when its time has come, in order, exactly once in effect."""

import logging
from collections.abc import Callable
from datetime import datetime

from filelock import Timeout

from core.errors import ArchiveBusy, ArchiveRefused, ArchiveUnreachable, ProsectorError, SignatureInvalid
from core.progress import Cancelled
from pacs.archive import Archive
from service.outbox_bundle import BundleDamaged, SignedBundle
from service.outbox_list import shipments, taken_in, utc_now
from service.outbox_send import Attempt, archive_for
from service.outbox_states import Shipment, Shipments, Shipping
from service.outbox_turn import leave_it, turn
from service.workspace import Workspace

_LOGGER = logging.getLogger(__name__)
_FOR_A_PERSON = (ArchiveRefused, SignatureInvalid, BundleDamaged)


def deliver_outbox(
    ws: Workspace, stopping: Callable[[], bool] = lambda: False, clock: Callable[[], datetime] = utc_now
) -> int:
    """Send what is due, in order; returns how many reports were seen in their archives. Raises `CannotWrite`.

    What another process or thread is sending is left to it. What came to nothing is due again later; see `outlook`.
    """
    bundles = taken_in(ws, clock())
    kept, tried, count = shipments(ws), list[int](), 0
    for bundle in bundles.values():
        count += _filed(ws, kept, bundle, clock())
    while bundles and not stopping() and (shipment := kept.due(clock(), tried)) is not None:
        tried.append(shipment.id)
        bundle = bundles.get(shipment.sop_instance_uid)
        count += bundle is not None and _delivered(ws, kept, bundle, shipment, clock, stopping)
    return count


def _delivered(
    ws: Workspace,
    kept: Shipments,
    bundle: SignedBundle,
    shipment: Shipment,
    clock: Callable[[], datetime],
    stopping: Callable[[], bool],
) -> bool:
    try:
        with turn(ws, bundle.study_instance_uid, leave_it):
            shipment = kept.numbered(shipment.id)  # as it is now that nobody else is at it
            if not bundle.is_there or shipment.state not in (Shipping.WAITING, Shipping.ASKED):
                return False
            archive = _archive_noted(ws, kept, bundle, shipment, clock())
            return noted(Attempt(ws, kept, bundle, shipment, archive, clock(), progress=_Until(stopping)), clock)
    except (Timeout, Cancelled):
        return False
    except ProsectorError as error:
        _LOGGER.info("report %s: %s", bundle.sop_instance_uid, type(error).__name__)
    except Exception as error:  # the sender goes on whatever becomes of one report
        _LOGGER.exception("report %s could not be sent", bundle.sop_instance_uid)
        kept.postponed(shipment, f"Something unexpected went wrong: {error}. It is tried again.", clock())
    return False


def _archive_noted(ws: Workspace, kept: Shipments, bundle: SignedBundle, shipment: Shipment, now: datetime) -> Archive:
    try:
        return archive_for(ws, bundle)
    except ProsectorError as error:
        kept.refused(shipment, str(error), now)
        raise


def noted(attempt: Attempt, clock: Callable[[], datetime]) -> bool:
    """Make an attempt and keep what became of it; raises what it raised."""
    kept, shipment = attempt.kept, attempt.shipment
    try:
        return _made(attempt)
    except ArchiveBusy as error:
        kept.postponed(shipment, str(error), clock())
        raise
    except _FOR_A_PERSON as error:
        kept.refused(shipment, str(error), clock())
        raise
    except ProsectorError as error:
        kept.postponed(shipment, str(error), clock(), is_away=isinstance(error, ArchiveUnreachable))
        raise


def _made(attempt: Attempt) -> bool:
    shipment = attempt.shipment
    if shipment.state is not Shipping.ASKED:
        return attempt.make()
    if shipment.answer:
        attempt.hear_answer()
    else:
        attempt.read_back_instead()
    return True


def _filed(ws: Workspace, kept: Shipments, bundle: SignedBundle, now: datetime) -> bool:
    """File away what a kill left in the outbox although its archive had been seen to hold it."""
    try:
        archive = archive_for(ws, bundle)
        shipment = kept.of(bundle.sop_instance_uid, archive.name)
        if shipment.state is not Shipping.SENT:
            return False
        with turn(ws, bundle.study_instance_uid, leave_it):
            if bundle.is_there:
                Attempt(ws, kept, bundle, shipment, archive, now).finish()
    except Timeout:
        return False
    except ProsectorError as error:
        _LOGGER.warning("report %s: %s", bundle.sop_instance_uid, error)
        return False
    return True


class _Until:
    """A progress that nobody looks at, and that ends the work when the sender is to stop."""

    def __init__(self, stopping: Callable[[], bool]) -> None:
        self._stopping = stopping

    def report(self, fraction: float, message: str) -> None:
        """Go on, or raise `Cancelled`."""
        if self._stopping():
            raise Cancelled
