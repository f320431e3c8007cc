"""A signed report as HL7 v2.5.1 ORU^R01: header, patient, order, and one OBX for each statement."""

import base64
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from pydicom.sr.coding import Code

from core.amendment import ReportStatus
from core.errors import ProsectorError
from core.report import Report, SignedReport
from core.settings import ReaderSettings, RisSettings
from core.study import Patient
from reporting.hl7 import REPETITION, composed, escaped, formatted, message, repeated, require_valid, segment
from reporting.result import Fact, Number, exam_facts, lesion_facts, procedure
from reporting.result_codes import Concept, ResultCodes
from reporting.text import shown_findings, shown_impression

STATUS = {
    ReportStatus.PRELIMINARY: "P",
    ReportStatus.FINAL: "F",
    ReportStatus.ADDENDUM: "C",
    ReportStatus.CORRECTED: "C",
}
"""Tables 0123 and 0085."""
VERSION = "2.5.1"
CHARACTER_SET = "UNICODE UTF-8"


class NotForRis(ProsectorError):
    """A report cannot be told the RIS as it is: it lacks what the RIS knows a study by."""


@dataclass(frozen=True, slots=True)
class Obx:
    """One OBX without its number: type (table 0125), encoded OBX-3, OBX-5 and OBX-6, the lesion's sub-id and status."""

    kind: str
    identifier: str
    value: str
    status: str
    sub_id: str = ""
    units: str = ""


def control_id(destination: str, sop_instance_uid: str) -> str:
    """Return MSH-10, the same for every time that one report is sent to one place; 20 characters."""
    return f"PR{hashlib.sha256(f'{destination}|{sop_instance_uid}'.encode()).hexdigest()[:18].upper()}"


def result_message(
    signed: SignedReport, pdf: bytes, number: str, ris: RisSettings, codes: ResultCodes, who: ReaderSettings
) -> bytes:
    """Return the message of a signed report under the control ID `number`; raises `NotForRis`, `Hl7Invalid`."""
    if why_not := why_not_for_ris(signed.report, ris):
        raise NotForRis(why_not)
    observations = [
        segment("OBX", _obx(number, one, signed))
        for number, one in enumerate(_observations(signed, pdf, ris, codes), 1)
    ]
    content = message(
        (
            _header(signed, number, ris),
            _patient(signed.report.recognised.study.patient, ris),
            segment("PV1", {1: "1", 2: "U", 8: _referring(signed)}),
            segment("ORC", {1: "RE", **_numbers(signed)}),
            segment("OBR", _request(signed, codes, who)),
            *observations,
        )
    )
    require_valid(content)
    return content


def why_not_for_ris(report: Report, ris: RisSettings) -> str:
    """Return why the RIS cannot be told of a report as it is, a sentence; empty when it can."""
    if not report.recognised.study.patient.patient_id.strip():
        return f"The study has no patient ID, so {ris.name} could not file its report; enter the report there by hand."
    if not _accession(report) and ris.without_accession == "hold":
        return (
            f"The study has no accession number, so {ris.name} could not file its report; enter the report there by"
            " hand, or have such reports sent (ris.without_accession)."
        )
    return ""


def _header(signed: SignedReport, number: str, ris: RisSettings) -> str:
    fields = {
        2: "^~\\&",
        3: escaped(ris.sending_application),
        4: escaped(ris.sending_facility),
        5: escaped(ris.receiving_application),
        6: escaped(ris.receiving_facility),
        7: moment(signed.signed_at),
        9: "ORU^R01^ORU_R01",
        10: number,
        11: ris.processing_id,
        12: VERSION,
        18: CHARACTER_SET,
    }
    return segment("MSH", fields)


def _patient(patient: Patient, ris: RisSettings) -> str:
    sex = patient.sex if patient.sex in ("M", "F", "O") else "U"
    fields = {
        1: "1",
        3: composed(patient.patient_id, "", "", ris.assigning_authority, "MR"),
        5: person_name(patient.name) or composed("", "", "", "", "", "", "S"),  # table 0200: no name is known
        7: _day(patient.birth_date),
        8: sex,
    }
    return segment("PID", fields)


def person_name(name: str) -> str:
    """Return a DICOM PN as XPN, its ideographic and phonetic groups as repetitions (XPN.8, table 4000)."""
    groups = zip(name.split("="), ("A", "I", "P"), strict=False)
    return REPETITION.join(_xpn(group, representation) for group, representation in groups if group.strip("^ "))


def _xpn(group: str, representation: str) -> str:
    family, given, middle, prefix, suffix = _five(group)
    return composed(family, given, middle, suffix, prefix, "", "L", representation)


def _five(group: str) -> list[str]:
    return [part.strip() for part in [*group.split("^"), "", "", "", "", ""][:5]]


def _numbers(signed: SignedReport) -> dict[int, str]:
    """ORC-2 and 3, which are OBR-2 and 3 too: placer and filler order number."""
    order = signed.report.order
    filler = (order.filler_number if order else "") or _accession(signed.report)
    return {2: escaped(order.placer_number if order else ""), 3: escaped(filler)}


def _accession(report: Report) -> str:
    order = report.order
    return report.recognised.study.accession_number.strip() or (order.accession_number if order else "")


def _request(signed: SignedReport, codes: ResultCodes, who: ReaderSettings) -> dict[int, str]:
    study = signed.report.recognised.study
    return {
        1: "1",
        **_numbers(signed),
        4: _ce(procedure(signed.report, codes), codes),
        7: "" if study.study_datetime is None else moment(study.study_datetime),
        16: _referring(signed),
        18: escaped(_accession(signed.report)),
        22: moment(signed.signed_at),
        24: "RAD",
        25: STATUS[signed.status],
        32: _interpreter(signed, who),
    }


def _referring(signed: SignedReport) -> str:
    name = signed.report.recognised.study.referring_physician.split("=")[0]
    family, given, middle, prefix, suffix = _five(name)
    return composed("", family, given, middle, suffix, prefix)


def _interpreter(signed: SignedReport, who: ReaderSettings) -> str:
    """OBR-32: NDL, whose name is a CNN in subcomponents."""
    family, given, middle, prefix, suffix = _five(signed.reader.name.split("=")[0])
    number = who.identifier if who.name == signed.reader.name else ""
    return "&".join(escaped(part) for part in (number, family, given, middle, suffix, prefix)).rstrip("&")


# ------------------------------------------------------------------ observations


def _observations(signed: SignedReport, pdf: bytes, ris: RisSettings, codes: ResultCodes) -> Iterator[Obx]:
    report, status = signed.report, STATUS[signed.status]
    yield from _study(report.study_instance_uid, codes)
    yield from _text("findings", shown_findings(report), status, ris, codes)
    yield from _text("impression", shown_impression(report), status, ris, codes)
    for note in signed.notes:
        yield from _text("addendum", note.text, status, ris, codes)
    yield from _facts(exam_facts(report), "", status, codes)
    for told in lesion_facts(report):
        yield from _facts(told.facts, str(told.number), status, codes)
    if ris.pdf:
        yield from _pdf(pdf, status, codes)


def _study(study_instance_uid: str, codes: ResultCodes) -> Iterator[Obx]:
    concept = codes.observations["study"]
    if concept.send:
        yield Obx("ST", _ce(concept, codes), escaped(study_instance_uid), "O")  # O: order detail, no result


def _text(name: str, text: str, status: str, ris: RisSettings, codes: ResultCodes) -> Iterator[Obx]:
    concept = codes.observations[name]
    if concept.send and text.strip():
        value = repeated(text) if ris.text == "TX" else formatted(text)
        yield Obx(ris.text, _ce(concept, codes), value, status)


def _facts(facts: Iterable[Fact], sub_id: str, status: str, codes: ResultCodes) -> Iterator[Obx]:
    for fact in facts:
        concept = codes.observations[fact.name]
        if concept.send:
            kind, value = _value(fact.value, codes)
            yield Obx(kind, _ce(concept, codes), value, status, sub_id, _units(concept))


def _value(value: Number | Code | str, codes: ResultCodes) -> tuple[str, str]:
    if isinstance(value, Number):
        return "NM", str(value)
    if isinstance(value, Code):
        return "CE", _ce(codes.value(value), codes)
    return "ST", escaped(value)


def _units(concept: Concept) -> str:
    return composed(concept.unit, concept.unit, "UCUM") if concept.unit else ""


def _pdf(pdf: bytes, status: str, codes: ResultCodes) -> Iterator[Obx]:
    concept, form = codes.observations["pdf"], codes.pdf
    if concept.send:
        encoded = base64.b64encode(pdf).decode("ascii")
        value = composed(form.source, form.type, form.subtype, form.encoding, encoded)
        yield Obx("ED", _ce(concept, codes), value, status)


def _obx(number: int, one: Obx, signed: SignedReport) -> dict[int, str]:
    return {
        1: str(number),
        2: one.kind,
        3: one.identifier,
        4: one.sub_id,
        5: one.value,
        6: one.units,
        11: one.status,
        14: moment(signed.signed_at),
    }


def _ce(concept: Concept, codes: ResultCodes) -> str:
    return composed(concept.code, concept.meaning, codes.hl7_scheme(concept.scheme))


def moment(when: datetime) -> str:
    """Return a time as TS to the second, with its zone where it has one."""
    return f"{when:%Y%m%d%H%M%S%z}"


def _day(day: date | None) -> str:
    return "" if day is None else f"{day:%Y%m%d}"
