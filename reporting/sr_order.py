"""The order behind a report in our SR, in full, where the header has room for a part only (reporting/requests.py)."""

from collections.abc import Iterator
from typing import Any

from highdicom.sr import ContentItem, DateContentItem
from pydicom.dataset import Dataset

from core.order import Order
from reporting import codes, sr_tree
from reporting.sr_items import CONTAINS, container, number, texts

_TEXTS = {
    "accession_number": codes.ACCESSION_NUMBER,
    "placer_number": codes.PLACER_NUMBER,
    "filler_number": codes.FILLER_NUMBER,
    "requested_procedure_id": codes.REQUESTED_PROCEDURE_ID,
    "description": codes.ORDER_DESCRIPTION,
    "study_instance_uid": codes.ORDER_STUDY,
    "patient_id": codes.ORDER_PATIENT,
    "indication": codes.INDICATION,
}
_CODE = (codes.ORDER_CODE, codes.ORDER_CODE_MEANING, codes.ORDER_CODE_SYSTEM)


def order_items(order: Order | None) -> Iterator[ContentItem]:
    """Yield one container with all that the order says; one that says nothing is none."""
    inside = () if order is None else tuple(_inside(order))
    if inside:
        yield container(codes.ORDER, inside)


def _inside(order: Order) -> Iterator[ContentItem]:
    for field, name in _TEXTS.items():
        yield from texts(name, getattr(order, field))
    for name, part in zip(_CODE, order.code, strict=True):
        yield from texts(name, part)
    if order.psa_ng_ml is not None:
        yield number(codes.PSA, order.psa_ng_ml, codes.PSA_UNIT)
    if order.psa_date is not None:
        yield DateContentItem(codes.PSA_DATE, order.psa_date, CONTAINS)


def read_order(evaluations: Dataset) -> Order | None:
    """Return what `order_items` wrote, or None; raises ValueError when it was altered."""
    told = sr_tree.child(evaluations, codes.ORDER)
    if told is None:
        return None
    said: dict[str, Any] = {field: sr_tree.text(told, name) for field, name in _TEXTS.items()}
    value, meaning, system = (sr_tree.text(told, name) for name in _CODE)
    return Order(
        **said,
        code=(value, meaning, system),
        psa_ng_ml=next(iter(sr_tree.numbers(told, codes.PSA)), None),
        psa_date=sr_tree.day(told, codes.PSA_DATE),
    )
