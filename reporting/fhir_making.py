"""What every resource of one FHIR transaction is made from, and how an entry names itself so that it is there once."""

from dataclasses import dataclass

from core.findings import ModelIdentity
from core.report import Report, SignedReport
from core.settings import FhirSettings, ReaderSettings
from reporting.fhir_words import Resource, human_name, identifier, search, urn
from reporting.result_codes import ResultCodes

DICOM_UID = "urn:dicom:uid"
OWN = "urn:uuid:0d6c0b0e-3f0e-5b57-9a1c-8a7a4a6e2f10"
"""The system of the identifiers that we give."""
V2 = "http://terminology.hl7.org/CodeSystem/v2-"


@dataclass(frozen=True, slots=True)
class Making:
    """What every resource of one bundle is made from."""

    signed: SignedReport
    codes: ResultCodes
    site: FhirSettings
    who: ReaderSettings

    @property
    def report(self) -> Report:
        """The report."""
        return self.signed.report

    @property
    def uid(self) -> str:
        """The study."""
        return self.report.study_instance_uid

    def full_url(self, name: str) -> str:
        """The same for every report of a study, so that an amendment can speak of what was sent before."""
        return urn(self.uid, name)

    def identifier(self, name: str) -> str:
        """By which one resource of the study is known again, in the system `OWN`."""
        return f"{self.uid}/{name}"


def updated(making: Making, name: str, resource: Resource) -> Resource:
    """An entry that replaces what the server has by this identifier, or is new to it."""
    value = making.identifier(name)
    whole = {**resource, "identifier": [identifier(OWN, value), *resource.get("identifier", [])]}
    kind = resource["resourceType"]
    request = {"method": "PUT", "url": f"{kind}?{search('identifier', OWN, value)}"}
    return {"fullUrl": making.full_url(name), "resource": whole, "request": request}


def once(full_url: str, resource: Resource, condition: str) -> Resource:
    """An entry that is made only where the server has none that meets the condition."""
    request = {"method": "POST", "url": resource["resourceType"], "ifNoneExist": condition}
    return {"fullUrl": full_url, "resource": resource, "request": request}


def subject(making: Making) -> Resource:
    """The patient: the one of this bundle, or the one that the server must know by his ID."""
    if making.site.patient == "create":
        return {"reference": making.full_url("patient")}
    patient = making.report.recognised.study.patient
    return {"reference": f"Patient?{search('identifier', making.site.patient_system, patient.patient_id)}"}


def based_on(making: Making) -> list[Resource]:
    """The order by its numbers: the EHR may know it or not."""
    order, study = making.report.order, making.report.recognised.study
    accession = study.accession_number.strip() or (order.accession_number if order else "")
    numbers = (("ACSN", accession), ("PLAC", order.placer_number if order else ""))
    return [
        {"type": "ServiceRequest", "identifier": identifier(making.site.accession_system, number, f"{V2}0203", kind)}
        for kind, number in numbers
        if number
    ]


def reader_of(making: Making) -> Resource:
    """Who reads, by number where the site has told it and by name: the EHR need not know him."""
    reader, who = making.signed.reader, making.who
    name = human_name(reader.name)
    told: Resource = {"type": "Practitioner", "display": name[0]["text"] if name else reader.name}
    if who.identifier and who.name == reader.name:
        told["identifier"] = {"value": who.identifier}
    return told


def device_name(model: ModelIdentity) -> str:
    """The name of a model within a bundle."""
    return f"device/{model.name} {model.version} {model.sha256}"
