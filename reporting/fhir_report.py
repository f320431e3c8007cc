"""A signed report as a FHIR R4B transaction: one bundle that a server takes whole, or not at all.

Whatever may be sent again names itself by a business identifier, so that a resend or an amendment changes what is there
and doubles nothing: the report and its observations are updated (`PUT …?identifier=`), what other reports share is made
only once (`ifNoneExist`). `fhir.resources` checks every resource.
"""

import base64
import hashlib
import html
import json
from collections.abc import Mapping, Sequence
from typing import Any

from pydicom.dataset import Dataset

from core.errors import ProsectorError
from core.findings import ModelIdentity
from core.report import FromModel, Report, SignedReport
from core.settings import FhirSettings, ReaderSettings
from reporting.equipment import MANUFACTURER, MODEL_NAME, SOFTWARE_VERSION
from reporting.fhir_making import DICOM_UID, OWN, V2, Making, based_on, device_name, once, subject, updated
from reporting.fhir_observation import observations, value_of
from reporting.fhir_words import Resource, codeable, coding, exact, human_name, identifier, instant, search, urn
from reporting.result import exam_facts, procedure
from reporting.result_codes import ResultCodes
from reporting.text import shown_findings, shown_impression

_AUTHOR_SIGNATURE = {"system": "urn:iso-astm:E1762-95:2013", "code": "1.2.840.10065.1.12.1.1"}


class NotForEhr(ProsectorError):
    """A report cannot be told the EHR as it is."""


def report_bundle(
    signed: SignedReport,
    pdf: bytes,
    sr: Dataset,
    codes: ResultCodes,
    site: FhirSettings,
    who: ReaderSettings,
    *,
    before: bytes = b"",
) -> bytes:
    """Return the transaction of a signed report whose signed SR is `sr`; raises `NotForEhr`, `SettingsInvalid`.

    `before` is the bundle last made of the study: an observation in it that the report no longer makes is withdrawn.
    """
    if not signed.report.recognised.study.patient.patient_id.strip():
        raise NotForEhr(
            f"The study has no patient ID, so {site.name} could not file its report; enter it there by hand."
        )
    making = Making(signed, codes, site, who)
    told = tuple(observations(making))
    results = [{"reference": making.full_url(name)} for name, _ in told]
    entries = [
        *_patient(making),
        *(_device(making, model) for model in _models(making.report)),
        _study(making),
        *(updated(making, name, resource) for name, resource in told),
        updated(making, "report", _report(making, pdf, str(sr.SOPInstanceUID), results)),
        _provenance(making, sr),
    ]
    entries += _withdrawn(entries, before)
    return _checked({"resourceType": "Bundle", "type": "transaction", "entry": entries})


def _checked(bundle: Resource) -> bytes:
    from fhir.resources.R4B.bundle import Bundle
    from pydantic import ValidationError

    try:
        Bundle.model_validate(bundle)
    except ValidationError as error:
        told = "; ".join(f"{'.'.join(map(str, e['loc'][:6]))}: {e['msg']}" for e in error.errors()[:3])
        raise NotForEhr(f"The report would not follow FHIR R4B ({told}); see to the codes of the site.") from error
    return json.dumps(bundle, ensure_ascii=False).encode()


# ------------------------------------------------------------------ entries


def _withdrawn(entries: Sequence[Resource], before: bytes) -> list[Resource]:
    """Observations of the bundle before that this one does not have, marked as entered in error."""
    earlier: Mapping[str, Any] = json.loads(before) if before else {}
    here = {entry["fullUrl"] for entry in entries}
    gone = [
        x
        for x in earlier.get("entry", [])
        if x["resource"]["resourceType"] == "Observation" and x["fullUrl"] not in here
    ]
    return [{**x, "resource": _without_device(x["resource"], here)} for x in gone]


def _without_device(resource: Resource, here: set[str]) -> Resource:
    """The device of a withdrawn observation may be no part of this bundle."""
    kept = {k: v for k, v in resource.items() if k != "device" or v["reference"] in here}
    return {**kept, "status": "entered-in-error"}


def _patient(making: Making) -> list[Resource]:
    if making.site.patient != "create":
        return []
    patient = making.report.recognised.study.patient
    sex = {"M": "male", "F": "female", "O": "other"}.get(patient.sex, "unknown")
    resource: Resource = {
        "resourceType": "Patient",
        "identifier": [identifier(making.site.patient_system, patient.patient_id, f"{V2}0203", "MR")],
        "name": human_name(patient.name),
        "gender": sex,
    }
    if patient.birth_date is not None:
        resource["birthDate"] = patient.birth_date.isoformat()
    condition = search("identifier", making.site.patient_system, patient.patient_id)
    return [once(making.full_url("patient"), _told(resource), condition)]


def _models(report: Report) -> tuple[ModelIdentity, ...]:
    """The models that the report rests on, each once."""
    lesions = [x.origin.model for x in report.reported_lesions if isinstance(x.origin, FromModel)]
    return tuple(dict.fromkeys((*([report.gland.model] if report.gland else []), *lesions)))


def _device(making: Making, model: ModelIdentity) -> Resource:
    value = hashlib.sha256(device_name(model).encode()).hexdigest()
    resource: Resource = {
        "resourceType": "Device",
        "identifier": [identifier(OWN, value)],
        "manufacturer": MANUFACTURER,
        "deviceName": [{"name": model.name, "type": "model-name"}],
        "version": [{"value": model.version}],
        "type": {"text": f"AI model, run by {MODEL_NAME} {SOFTWARE_VERSION}"},
        "note": [{"text": f"Weights SHA-256 {model.sha256}, licence {model.licence}"}],
    }
    return once(making.full_url(device_name(model)), resource, search("identifier", OWN, value))


def _study(making: Making) -> Resource:
    study, system = making.report.recognised.study, making.codes.fhir_system("DCM")
    modalities = sorted({series.modality for series in study.series if series.modality}) or ["MR"]
    resource: Resource = {
        "resourceType": "ImagingStudy",
        "identifier": [identifier(DICOM_UID, f"urn:oid:{study.study_instance_uid}")],
        "status": "available",
        "modality": [{"system": system, "code": modality} for modality in modalities],
        "subject": subject(making),
        "basedOn": based_on(making),
        "description": study.description,
        "series": [
            {
                "uid": series.series_instance_uid,
                "modality": {"system": system, "code": series.modality},
                "description": series.description,
                "numberOfInstances": len(series.instances),
            }
            for series in study.series
            if series.modality
        ],
    }
    if study.study_datetime is not None:
        resource["started"] = exact(study.study_datetime)
    condition = search("identifier", DICOM_UID, f"urn:oid:{study.study_instance_uid}")
    return once(making.full_url("study"), _told(resource), condition)


# ------------------------------------------------------------------ observations


def _practitioner(making: Making) -> Resource:
    reader, who = making.signed.reader, making.who
    number = [{"value": who.identifier}] if who.identifier and who.name == reader.name else []
    return _told(
        {"resourceType": "Practitioner", "id": "reader", "identifier": number, "name": human_name(reader.name)}
    )


def _report(making: Making, pdf: bytes, sop_instance_uid: str, results: list[Resource]) -> Resource:
    report, signed = making.report, making.signed
    category = next(fact for fact in exam_facts(report) if fact.name == "exam_category")
    resource: Resource = {
        "resourceType": "DiagnosticReport",
        "contained": [_practitioner(making)],
        "identifier": [identifier(DICOM_UID, f"urn:oid:{sop_instance_uid}")],
        "basedOn": based_on(making),
        "status": signed.status.value,
        "category": [codeable(f"{V2}0074", "RAD")],
        "code": {"coding": [coding(procedure(report, making.codes), making.codes)]},
        "subject": subject(making),
        "issued": instant(signed.signed_at),
        "resultsInterpreter": [{"reference": "#reader"}],
        "imagingStudy": [{"reference": making.full_url("study")}],
        "result": results,
        "conclusion": _conclusion(signed),
        "conclusionCode": [value_of(making, category)["valueCodeableConcept"]],
        "presentedForm": [
            {"contentType": "application/pdf", "data": base64.b64encode(pdf).decode(), "title": "Report"},
            {"contentType": "text/html", "data": base64.b64encode(_html(signed).encode()).decode(), "title": "Text"},
        ],
    }
    when = report.recognised.study.study_datetime
    if when is not None:
        resource["effectiveDateTime"] = exact(when)
    return _told(resource)


def _conclusion(signed: SignedReport) -> str:
    return "\n\n".join((shown_impression(signed.report), *(note.text for note in signed.notes)))


def _html(signed: SignedReport) -> str:
    """IHE RAD IMR (RAD-141) asks for text/html beside the PDF."""
    parts = (shown_findings(signed.report), _conclusion(signed))
    body = "".join(f'<div style="white-space: pre-wrap">{html.escape(part)}</div>' for part in parts)
    return f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>Report</title></head><body>{body}</body></html>'


def _provenance(making: Making, sr: Dataset) -> Resource:
    """The DICOM signature of the SR; made once, known by the moment of signing, for a Provenance has no identifier."""
    signed = making.signed
    when, sr_name = instant(signed.signed_at), f"urn:oid:{sr.SOPInstanceUID}"
    signatures = [
        {
            "type": [_AUTHOR_SIGNATURE],
            "when": when,
            "who": {"reference": "#reader"},
            "targetFormat": "application/dicom",
            "sigFormat": "application/dicom",
            "data": base64.b64encode(bytes(item.Signature)).decode(),
        }
        for item in sr.get("DigitalSignaturesSequence", [])
    ]
    resource: Resource = {
        "resourceType": "Provenance",
        "contained": [_practitioner(making)],
        "target": [{"reference": making.full_url("report")}],
        "recorded": when,
        "agent": [
            {
                "type": codeable("http://terminology.hl7.org/CodeSystem/provenance-participant-type", "author"),
                "who": {"reference": "#reader"},
            }
        ],
        "entity": [{"role": "source", "what": {"identifier": identifier(DICOM_UID, sr_name)}}],
        "signature": signatures,
    }
    return once(urn(str(sr.SOPInstanceUID), "provenance"), _told(resource), f"recorded={_search_instant(when)}")


def _search_instant(when: str) -> str:
    """Return an instant as a search parameter: its plus sign would be a space."""
    return when.replace("+", "%2B")


def _told(resource: Resource) -> Resource:
    """Leave out what is empty, which FHIR forbids."""
    return {key: value for key, value in resource.items() if value not in ("", [], {})}
