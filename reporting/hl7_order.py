"""Orders as the RIS sends them: HL7 ORM^O01 (2.1 to 2.5.1) and OMI^O23 (2.4 and later), read into `Order`s."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from core.order import Order
from core.settings import OrdersSettings
from reporting.hl7 import Hl7Message, Segment
from reporting.hl7_ack import AckCode, ErrorCode, Trouble
from reporting.result_codes import OrderFields

KINDS = ("ORM^O01", "OMI^O23")
_VERSIONS = re.compile(r"2\.[1-9](\.[1-9])?")


class Control(StrEnum):
    """ORC-1 (table 0119), as far as a workstation heeds it."""

    NEW = "NW"
    CHANGE = "XO"
    STATUS = "SC"
    CANCEL = "CA"
    DISCONTINUE = "DC"

    @property
    def ends(self) -> bool:
        """Whether the order counts no more."""
        return self in (Control.CANCEL, Control.DISCONTINUE)


@dataclass(frozen=True, slots=True)
class ReceivedOrder:
    """One order of a message, with every ID that the RIS knows the patient by and his birth date where it says it."""

    control: Control
    order: Order
    patient_ids: tuple[str, ...]
    birth_date: date | None

    @property
    def key(self) -> str:
        """What the RIS knows the order by: placer number, else filler number, else accession, else study."""
        order = self.order
        numbers = (order.placer_number, order.filler_number, order.accession_number, order.study_instance_uid)
        return next(f"{kind}:{number}" for kind, number in zip("PFAS", numbers, strict=True) if number)


class OrderRefused(Exception):
    """A message is not taken as it is; carries what is answered."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.words)
        self.trouble = trouble


_PRIORITY = ("TQ1-9", "ORC-7.6", "OBR-27.6", "OBR-5")
"""Where messages have it; the older fields were replaced by TQ1 in version 2.5."""


def read_orders(came: Hl7Message, node: OrdersSettings, fields: OrderFields) -> tuple[ReceivedOrder, ...]:
    """Return the orders of a message; raises `OrderRefused`, upon which none of them counts."""
    _require_kind(came, node)
    patient = came.first("PID")
    ids = _patient_ids(patient, node) if patient else ()
    if patient is None or not ids:
        raise _missing("The message has no patient ID.", "PID", "1", "3")
    groups = list(_groups(came))
    if not groups:
        raise OrderRefused(Trouble(AckCode.ERROR, ErrorCode.SEGMENT_SEQUENCE, "The message has no ORC.", ("ORC", "1")))
    birth_date = _day(patient.value(7))
    return tuple(_received(number, group, ids, birth_date, fields) for number, group in enumerate(groups, 1))


def _require_kind(came: Hl7Message, node: OrdersSettings) -> None:
    header = came.header
    if came.kind not in KINDS:
        known = header.value(9) in ("ORM", "OMI")
        error = ErrorCode.UNSUPPORTED_EVENT if known else ErrorCode.UNSUPPORTED_MESSAGE
        words = f"{came.kind} is not taken here, only {' and '.join(KINDS)}."
        raise OrderRefused(Trouble(AckCode.REJECT, error, words, ("MSH", "1", "9")))
    if not came.control_id:
        raise _missing("The message has no control ID.", "MSH", "1", "10")
    if not _VERSIONS.fullmatch(header.value(12)):
        words = f"HL7 version “{header.value(12)}” is not read here, only 2.1 to 2.9."
        raise OrderRefused(Trouble(AckCode.REJECT, ErrorCode.UNSUPPORTED_VERSION, words, ("MSH", "1", "12")))
    if header.value(11) != node.processing_id:
        words = f"Processing ID “{header.value(11)}” is not taken here, only {node.processing_id}."
        raise OrderRefused(Trouble(AckCode.REJECT, ErrorCode.UNSUPPORTED_PROCESSING_ID, words, ("MSH", "1", "11")))


def _missing(words: str, *where: str) -> OrderRefused:
    return OrderRefused(Trouble(AckCode.ERROR, ErrorCode.REQUIRED_FIELD, words, where))


def _patient_ids(patient: Segment, node: OrdersSettings) -> tuple[str, ...]:
    """PID-3, and PID-2 of older versions, of the site's assigning authority where one is configured."""
    found = [(patient.value(3, 1, n), patient.value(3, 4, n)) for n in range(1, patient.repeats(3) + 1)]
    found.append((patient.value(2), patient.value(2, 4)))
    wanted = node.assigning_authority
    return tuple(dict.fromkeys(one for one, authority in found if one and (not wanted or authority == wanted)))


def _groups(came: Hl7Message) -> Iterator[tuple[Segment, ...]]:
    """Yield the segments of each order, its ORC first."""
    group: list[Segment] = []
    for one in came.segments:
        if one.name == "ORC":
            if group:
                yield tuple(group)
            group = [one]
        elif group:
            group.append(one)
    if group:
        yield tuple(group)


def _received(
    number: int, group: tuple[Segment, ...], ids: tuple[str, ...], birth_date: date | None, fields: OrderFields
) -> ReceivedOrder:
    told = group[0].value(1)
    if told not in tuple(Control):
        words = f"Order control “{told}” is not taken here, only {', '.join(Control)}."
        raise OrderRefused(Trouble(AckCode.ERROR, ErrorCode.TABLE_VALUE, words, ("ORC", str(number), "1")))
    control, order = Control(told), _order(group, ids, fields)
    known_by = order.accession_number, order.study_instance_uid
    if not any(known_by) and not (control.ends and (order.placer_number or order.filler_number)):
        at = fields.accession[0].split("-")
        raise _missing("The order has neither an accession number nor a Study Instance UID.", at[0], str(number), at[1])
    return ReceivedOrder(control, order, ids, birth_date)


def _order(group: tuple[Segment, ...], ids: tuple[str, ...], fields: OrderFields) -> Order:
    psa, psa_date = _psa(group, fields)
    return Order(
        accession_number=_first(group, fields.accession),
        placer_number=_first(group, ("ORC-2", "OBR-2")),
        filler_number=_first(group, ("ORC-3", "OBR-3")),
        requested_procedure_id=_first(group, fields.requested_procedure_id),
        description=_first(group, ("OBR-4.2", "OBR-4.5")),
        code=(_first(group, ("OBR-4.1",)), _first(group, ("OBR-4.2",)), _first(group, ("OBR-4.3",))),
        study_instance_uid=_first(group, fields.study_instance_uid),
        patient_id=ids[0],
        indication=_indication(group, fields),
        psa_ng_ml=psa,
        psa_date=psa_date,
        priority=_first(group, _PRIORITY),
    )


def _first(group: tuple[Segment, ...], addresses: tuple[str, ...]) -> str:
    return next(_said(group, addresses), "")


def _said(group: tuple[Segment, ...], addresses: tuple[str, ...]) -> Iterator[str]:
    for address in addresses:
        name, _, place = address.partition("-")
        field, _, component = place.partition(".")
        for one in group:
            if one.name == name and (text := one.value(int(field), int(component or 1))):
                yield text


def _indication(group: tuple[Segment, ...], fields: OrderFields) -> str:
    """What OBR-31 repeats is told too: the reader wants every reason."""
    said: list[str] = []
    for address in fields.indication:
        name, _, place = address.partition("-")
        field, _, component = place.partition(".")
        for one in (x for x in group if x.name == name):
            said += [one.value(int(field), int(component or 1), n) for n in range(1, one.repeats(int(field)) + 1)]
    return "; ".join(dict.fromkeys(text for text in said if text))


def _psa(group: tuple[Segment, ...], fields: OrderFields) -> tuple[float | None, date | None]:
    """Return the newest PSA in ng/mL and its day; one in another unit, or not a plain number, is not taken."""
    found = [one for one in (_one_psa(x, fields) for x in group) if one is not None]
    return max(found, key=lambda one: one[1] or date.min, default=(None, None))


def _one_psa(one: Segment, fields: OrderFields) -> tuple[float, date | None] | None:
    units = {unit.lower() for unit in fields.psa_units}
    if one.name != "OBX" or one.value(3) not in fields.psa or one.value(6).lower() not in units:
        return None
    if not re.fullmatch(r"\d{1,5}(\.\d{1,4})?", one.value(5)) or one.value(11) in ("D", "W", "X"):
        return None
    return float(one.value(5)), _day(one.value(14))


def _day(text: str) -> date | None:
    with suppress(ValueError):
        return datetime.strptime(text[:8], "%Y%m%d").date()  # noqa: DTZ007 — HL7's date has no zone
    return None
