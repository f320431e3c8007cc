"""The data types of FHIR R4B that our resources are written with."""

import uuid
from datetime import datetime
from typing import Any
from urllib.parse import quote

from reporting.result import Number
from reporting.result_codes import Concept, ResultCodes

Resource = dict[str, Any]
"""A resource or a part of one, as JSON has it; it becomes nothing else on the way out."""

_NAMESPACE = uuid.UUID("0d6c0b0e-3f0e-5b57-9a1c-8a7a4a6e2f10")


def urn(*parts: str) -> str:
    """Return the same `urn:uuid:` for the same parts."""
    return f"urn:uuid:{uuid.uuid5(_NAMESPACE, chr(0).join(parts))}"


def identifier(system: str, value: str, type_system: str = "", type_code: str = "") -> Resource:
    """Return an Identifier; without a system, the value alone."""
    told: Resource = {"value": value}
    if system:
        told["system"] = system
    if type_code:
        told["type"] = codeable(type_system, type_code)
    return told


def search(parameter: str, system: str, value: str) -> str:
    """Return a token search by system and value, of any system when it is empty."""
    escaped = "".join(f"\\{x}" if x in "\\$,|" else x for x in value)
    return f"{parameter}={quote(f'{system}|' if system else '', safe=':/')}{quote(escaped, safe='')}"


def codeable(system: str, code: str) -> Resource:
    """Return a CodeableConcept of one code of FHIR's own systems."""
    return {"coding": [{"system": system, "code": code}]}


def coding(concept: Concept, codes: ResultCodes) -> Resource:
    """Return a Coding; a scheme that an order names and the table does not know is left out."""
    told: Resource = {"code": concept.code}
    if concept.scheme in codes.schemes:
        told["system"] = codes.fhir_system(concept.scheme)
    if concept.meaning:
        told["display"] = concept.meaning
    return told


def quantity(value: Number, unit: str, codes: ResultCodes) -> Resource:
    """Return a Quantity in UCUM; `1` is UCUM's word for no unit."""
    number = float(str(value)) if value.decimals else int(str(value))
    return {"value": number, "unit": unit or "1", "system": codes.fhir_system("UCUM"), "code": unit or "1"}


def instant(when: datetime) -> str:
    """Return a time with its zone, to the millisecond."""
    return when.isoformat(timespec="milliseconds")


def exact(when: datetime) -> str:
    """Return a dateTime; without a zone, as DICOM's times often are, FHIR may only say the day."""
    return f"{when.date():%Y-%m-%d}" if when.tzinfo is None else instant(when)


def human_name(person_name: str) -> list[Resource]:
    """Return a DICOM PN as HumanNames, one for each of its groups."""
    return [_one_name(group) for group in person_name.split("=") if group.strip("^ ")]


def _one_name(group: str) -> Resource:
    family, given, middle, prefix, suffix = [part.strip() for part in [*group.split("^"), "", "", "", "", ""][:5]]
    told: Resource = {"text": " ".join(filter(None, (prefix, given, middle, family, suffix)))}
    parts = {"family": family, "given": [x for x in (given, middle) if x]}
    parts |= {"prefix": [prefix] * bool(prefix), "suffix": [suffix] * bool(suffix)}
    return told | {key: value for key, value in parts.items() if value}
