"""What a report tells of the examination and of each lesion, as FHIR R4B Observations."""

from collections.abc import Iterator
from typing import cast

from pydicom.sr.coding import Code

from core.amendment import ReportStatus
from core.report import FromModel
from reporting.fhir_making import DICOM_UID, Making, device_name, reader_of, subject
from reporting.fhir_words import Resource, codeable, coding, exact, identifier, instant, quantity
from reporting.result import Fact, LesionFacts, Number, exam_facts, lesion_facts

_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
_OBSERVED = {
    ReportStatus.PRELIMINARY: "preliminary",
    ReportStatus.FINAL: "final",
    ReportStatus.ADDENDUM: "amended",
    ReportStatus.CORRECTED: "corrected",
}
_IN_LESION = ("category", "sector", "label")
"""What of a lesion stands in the observation itself; the rest are its components."""


def observations(making: Making) -> Iterator[tuple[str, Resource]]:
    """Yield the observations by name: those of the examination, then one of each lesion."""
    for fact in exam_facts(making.report):
        concept = making.codes.observations[fact.name]
        if concept.send:
            yield f"observation/{fact.name}", {**_observation(making, fact), **value_of(making, fact)}
    for told in lesion_facts(making.report):
        yield f"observation/lesion/{told.lesion.tracking_uid}", _lesion(making, told)


def _observation(making: Making, fact: Fact) -> Resource:
    resource: Resource = {
        "resourceType": "Observation",
        "status": _OBSERVED[making.signed.status],
        "category": [codeable(_CATEGORY, "imaging")],
        "code": {"coding": [coding(making.codes.observations[fact.name], making.codes)]},
        "subject": subject(making),
        "issued": instant(making.signed.signed_at),
        "performer": [reader_of(making)],
        "derivedFrom": [{"reference": making.full_url("study")}],
    }
    when = making.report.recognised.study.study_datetime
    if when is not None:
        resource["effectiveDateTime"] = exact(when)
    if fact.model is not None:
        resource["device"] = {"reference": making.full_url(device_name(fact.model))}
    return resource


def value_of(making: Making, fact: Fact) -> Resource:
    """Return the value[x] of a fact."""
    concept, value = making.codes.observations[fact.name], fact.value
    if isinstance(value, Number):
        return {"valueQuantity": quantity(value, concept.unit, making.codes)}
    if isinstance(value, Code):
        return {"valueCodeableConcept": {"coding": [coding(making.codes.value(value), making.codes)]}}
    return {"valueString": value}


def _lesion(making: Making, told: LesionFacts) -> Resource:
    lesion, facts = told.lesion, {fact.name: fact for fact in told.facts}
    uid = [identifier(DICOM_UID, f"urn:oid:{lesion.tracking_uid}")]
    resource = {**_observation(making, facts["category"]), **value_of(making, facts["category"]), "identifier": uid}
    site = cast(Code, facts["sector"].value)
    resource["bodySite"] = {"coding": [coding(making.codes.value(site), making.codes)], "text": lesion.sector.label}
    resource["note"] = [{"text": " – ".join(filter(None, (lesion.label, lesion.comment.strip())))}]
    resource["component"] = [
        {"code": {"coding": [coding(making.codes.observations[name], making.codes)]}, **value_of(making, fact)}
        for name, fact in facts.items()
        if name not in _IN_LESION and making.codes.observations[name].send
    ]
    if isinstance(lesion.origin, FromModel):
        resource["device"] = {"reference": making.full_url(device_name(lesion.origin.model))}
    return resource
