"""The order that a document answers (Referenced Request Sequence, PS3.3 C.17.2), from the RIS or from the images."""

from pydicom.dataset import Dataset
from pydicom.sr.coding import Code

from core.order import Order
from core.report import Report
from reporting.limits import LONG, identifier, long_string
from reporting.study_header import coded

_LOCAL = {"L": "99LOCAL"}
"""HL7's name for a site's own codes (table 0396), as DICOM has it (PS3.16 8)."""


def requested_procedures(report: Report, header: Dataset) -> list[Dataset]:
    """Return the order as the RIS sent it, else as the images name it; empty when neither does."""
    if report.order is not None:
        return [_from_order(report.order, header)]
    if not header.get("AccessionNumber") and not header.get("RequestAttributesSequence"):
        return []
    return [_from_images(header, asked) for asked in header.get("RequestAttributesSequence") or [Dataset()]]


def _from_order(order: Order, header: Dataset) -> Dataset:
    item = _item(header, order.study_instance_uid or str(header.StudyInstanceUID))
    item.AccessionNumber = identifier(order.accession_number)
    item.PlacerOrderNumberImagingServiceRequest = identifier(order.placer_number, LONG)
    item.FillerOrderNumberImagingServiceRequest = identifier(order.filler_number, LONG)
    item.RequestedProcedureID = identifier(order.requested_procedure_id)
    item.RequestedProcedureDescription = long_string(order.description)
    item.RequestedProcedureCodeSequence = _codes(order)
    return item


def _codes(order: Order) -> list[Dataset]:
    value, meaning, system = order.code
    scheme = _LOCAL.get(system, system)
    whole = all((value, meaning, scheme)) and identifier(value) == value and identifier(scheme) == scheme
    return [coded(Code(value, scheme, long_string(meaning)))] if whole else []


def _from_images(header: Dataset, asked: Dataset) -> Dataset:
    item = _item(header, str(header.StudyInstanceUID))
    item.AccessionNumber = identifier(str(asked.get("AccessionNumber") or header.get("AccessionNumber") or ""))
    for keyword, most in (
        ("PlacerOrderNumberImagingServiceRequest", LONG),
        ("FillerOrderNumberImagingServiceRequest", LONG),
        ("RequestedProcedureID", 16),
    ):
        setattr(item, keyword, identifier(str(asked.get(keyword, header.get(keyword)) or ""), most))
    described = asked.get("RequestedProcedureDescription", header.get("RequestedProcedureDescription"))
    item.RequestedProcedureDescription = long_string(str(described or ""))
    item.RequestedProcedureCodeSequence = asked.get(
        "RequestedProcedureCodeSequence", header.get("RequestedProcedureCodeSequence", [])
    )
    return item


def _item(header: Dataset, study_instance_uid: str) -> Dataset:
    item = Dataset()
    item.StudyInstanceUID = study_instance_uid
    item.ReferencedStudySequence = header.get("ReferencedStudySequence", [])
    return item
