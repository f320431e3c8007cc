"""What the EHR is told: a FHIR R4B transaction that hangs together and doubles nothing."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qs, unquote

import pytest
from fhir.resources.R4B.bundle import Bundle
from pydicom.dataset import Dataset

from core.amendment import Correction, Predecessor, ReportStatus
from core.order import Order
from core.report import Rejected, sign, with_lesion
from core.settings import FhirSettings, ReaderSettings
from core.study import Patient
from reporting.fhir_report import NotForEhr, report_bundle
from reporting.fhir_words import exact, human_name, search
from reporting.result_codes import result_codes
from reporting.seg import segmentation
from reporting.sr import verified_sr
from reporting.text import shown_impression

SITE = FhirSettings(
    url="https://ehr.example/fhir", patient_system="urn:oid:1.2.276.1", accession_system="urn:oid:1.2.276.2"
)
WHO = ReaderSettings(name="Jürgens^Änne^^Dr.", identifier="LANR4711")
PDF = b"%PDF-1.7 made up"
SIGNED_AT = datetime(2026, 3, 2, 14, 30, 15, 123456, tzinfo=UTC)


def sr_of(uid="1.2.3.4", signature=b"signed bytes"):
    sr, item = Dataset(), Dataset()
    item.Signature = signature
    sr.SOPInstanceUID, sr.DigitalSignaturesSequence = uid, [item]
    return sr


def told(signed, site=SITE, before=b"", sr=None):
    return report_bundle(signed, PDF, sr or sr_of(), result_codes(), site, WHO, before=before)


def entries(content, kind):
    return [x for x in json.loads(content)["entry"] if x["resource"]["resourceType"] == kind]


def only(content, kind):
    (entry,) = entries(content, kind)
    return entry["resource"]


def lesion_observations(content):
    code = "130560"
    return [
        x["resource"] for x in entries(content, "Observation") if x["resource"]["code"]["coding"][0]["code"] == code
    ]


def coded(concept):
    return concept["coding"][0]["system"], concept["coding"][0]["code"]


def references(value):
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "reference":
                yield inner
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_the_transaction_is_valid_and_whatever_it_refers_to_is_in_it(signed_report):
    content = told(signed_report)
    bundle = Bundle.model_validate_json(content)
    assert bundle.type == "transaction"
    full_urls = [x["fullUrl"] for x in json.loads(content)["entry"]]
    assert len(full_urls) == len(set(full_urls))
    for reference in references(json.loads(content)):
        assert reference in full_urls or reference == "#reader" or reference.startswith("Patient?identifier=")


def test_the_report_carries_status_code_text_pdf_and_its_results(signed_report):
    content = told(signed_report)
    report = only(content, "DiagnosticReport")
    assert report["status"] == "final"
    assert coded(report["code"]) == ("http://loinc.org", "36519-7")
    assert coded(report["category"][0])[1] == "RAD"
    assert report["conclusion"] == shown_impression(signed_report.report)
    assert coded(report["conclusionCode"][0]) == ("http://radlex.org", "RID50293")
    forms = {form["contentType"]: base64.b64decode(form["data"]) for form in report["presentedForm"]}
    assert forms["application/pdf"] == PDF
    assert "患者".encode() in forms["text/html"]
    assert len(report["result"]) == len(entries(content, "Observation"))
    assert report["issued"] == "2026-03-02T14:30:15.000+00:00"
    assert report["effectiveDateTime"] == "2026-03-01"  # DICOM's time of study has no zone
    reader = report["contained"][0]
    assert (reader["identifier"][0]["value"], reader["name"][0]["family"]) == ("LANR4711", "Jürgens")


def test_each_lesion_is_an_observation_with_sector_scores_size_and_adc(signed_report):
    found = lesion_observations(told(signed_report))
    lesions = signed_report.report.reported_lesions
    assert [x["note"][0]["text"].split(" ")[0] for x in found] == [lesion.label for lesion in lesions]
    for lesion, observation in zip(lesions, found, strict=True):
        assert coded(observation["bodySite"]) == ("http://snomed.info/sct", lesion.sector.code)
        assert observation["identifier"][1]["value"] == f"urn:oid:{lesion.tracking_uid}"
        parts = {coded(x["code"])[1]: x for x in observation["component"]}
        assert parts["103339001"]["valueQuantity"]["value"] == 11.8
        assert parts["103339001"]["valueQuantity"]["code"] == "mm"
        assert parts["113041"]["valueQuantity"]["value"] == 742
    l2 = found[0]
    assert coded(l2["valueCodeableConcept"]) == ("http://radlex.org", "RID50300")
    assert {"130561", "130562", "130563", "EPE"} <= {coded(x["code"])[1] for x in l2["component"]}


def test_what_a_model_found_names_its_device_and_what_the_reader_found_does_not(signed_report):
    content = told(signed_report)
    devices = {x["fullUrl"]: x["resource"] for x in entries(content, "Device")}
    assert {x["deviceName"][0]["name"] for x in devices.values()} == {
        signed_report.report.gland.model.name,
        "Prosector detector",
    }
    by_label = {x["note"][0]["text"].split(" ")[0]: x for x in lesion_observations(content)}
    assert devices[by_label["L1"]["device"]["reference"]]["version"] == [{"value": "0.1.0"}]
    assert "device" not in by_label["L3"]


def test_the_study_and_its_order_are_known_by_their_numbers(draft_report, reader):
    order = Order("ACC4711", "PLAC1", "FILL1", code=("MRPROST", "MRT Prostata", "KKHCODES"))
    content = told(sign(replace(draft_report, order=order), reader, SIGNED_AT))
    study = only(content, "ImagingStudy")
    assert study["identifier"] == [{"value": f"urn:oid:{draft_report.study_instance_uid}", "system": "urn:dicom:uid"}]
    numbers = {x["identifier"]["type"]["coding"][0]["code"]: x["identifier"]["value"] for x in study["basedOn"]}
    assert numbers == {"ACSN": "ACC4711", "PLAC": "PLAC1"}
    report = only(content, "DiagnosticReport")
    assert report["code"]["coding"] == [{"code": "MRPROST", "display": "MRT Prostata"}]  # a scheme without URI


def test_the_provenance_holds_the_signature_of_the_structured_report(draft_report, reader, signing_key):
    signed = sign(draft_report, reader, SIGNED_AT)
    seg = segmentation(draft_report.recognised, draft_report.gland, draft_report.lesions)
    sr = verified_sr(signed, seg, signing_key)
    provenance = only(told(signed, sr=sr), "Provenance")
    (signature,) = provenance["signature"]
    assert base64.b64decode(signature["data"]) == bytes(sr.DigitalSignaturesSequence[0].Signature)
    assert signature["when"] == provenance["recorded"] == "2026-03-02T14:30:15.123+00:00"
    assert provenance["entity"][0]["what"]["identifier"]["value"] == f"urn:oid:{sr.SOPInstanceUID}"
    assert provenance["target"][0]["reference"] == entries(told(signed, sr=sr), "DiagnosticReport")[0]["fullUrl"]


def test_every_entry_can_come_twice_without_being_there_twice(signed_report):
    content = told(signed_report)
    assert told(signed_report) == content
    for entry in json.loads(content)["entry"]:
        request, resource = entry["request"], entry["resource"]
        if request["method"] == "PUT":
            wanted = unquote(request["url"].split("identifier=")[1])
            assert wanted in [f"{x.get('system', '')}|{x['value']}" for x in resource["identifier"]]
        else:
            assert request["method"] == "POST"
            assert request["ifNoneExist"]


def test_an_amendment_updates_the_report_and_withdraws_the_lesion_that_was_wrong(draft_report, reader):
    first = told(sign(draft_report, reader, SIGNED_AT))
    gone = draft_report.reported_lesions[-1]
    without = with_lesion(draft_report, gone.tracking_uid, lambda x: replace(x, review=Rejected("artefact")))
    before = Predecessor(without.study_instance_uid, "1.2", "1.3", "1.4", ReportStatus.FINAL, reader, reader, SIGNED_AT)
    signed = sign(replace(without, amends=Correction(before, "L3 is an artefact")), reader, SIGNED_AT)
    second = told(signed, before=first, sr=sr_of("1.2.3.5"))
    Bundle.model_validate_json(second)
    (old,), (new,) = entries(first, "DiagnosticReport"), entries(second, "DiagnosticReport")
    assert new["request"] == old["request"]
    assert (old["resource"]["status"], new["resource"]["status"]) == ("final", "corrected")
    assert "L3 is an artefact" in new["resource"]["conclusion"]
    statuses = {x["note"][0]["text"].split(" ")[0]: x["status"] for x in lesion_observations(second)}
    assert statuses == {"L2": "corrected", "L1": "corrected", "L3": "entered-in-error"}
    results = {x["reference"] for x in new["resource"]["result"]}
    withdrawn = [x["fullUrl"] for x in entries(second, "Observation") if x["resource"]["status"] == "entered-in-error"]
    assert len(withdrawn) == 1
    assert not results & set(withdrawn)
    full_urls = {x["fullUrl"] for x in json.loads(second)["entry"]}
    assert {x for x in references(json.loads(second)) if x.startswith("urn:uuid")} <= full_urls


def test_a_preliminary_report_is_preliminary_throughout(draft_report, reader):
    content = told(sign(draft_report, reader, SIGNED_AT, preliminary=True))
    assert only(content, "DiagnosticReport")["status"] == "preliminary"
    assert {x["resource"]["status"] for x in entries(content, "Observation")} == {"preliminary"}


def test_the_patient_is_matched_by_id_or_made_known_once_as_the_site_says(signed_report):
    matched = told(signed_report)
    assert entries(matched, "Patient") == []
    assert only(matched, "DiagnosticReport")["subject"] == {"reference": "Patient?identifier=urn:oid:1.2.276.1%7CP4711"}
    made = told(signed_report, SITE.model_copy(update={"patient": "create"}))
    (patient,) = entries(made, "Patient")
    assert patient["request"]["ifNoneExist"] == "identifier=urn:oid:1.2.276.1%7CP4711"
    assert patient["resource"]["birthDate"] == "1958-04-14"
    assert patient["resource"]["gender"] == "male"
    assert only(made, "DiagnosticReport")["subject"] == {"reference": patient["fullUrl"]}


def test_a_patient_without_id_is_never_told_to_anyone(draft_report, reader):
    study = replace(draft_report.recognised.study, patient=Patient("", "Müller^Jörg", None, "M"))
    report = replace(draft_report, recognised=replace(draft_report.recognised, study=study))
    with pytest.raises(NotForEhr, match="no patient ID"):
        told(sign(report, reader, SIGNED_AT))


def test_a_search_by_an_odd_id_asks_for_that_id():
    asked = search("identifier", "urn:oid:1", "A&B=C|D,E $F+G ü")
    assert parse_qs(asked) == {"identifier": ["urn:oid:1|A&B=C\\|D\\,E \\$F+G ü"]}
    assert parse_qs(search("identifier", "", "P1")) == {"identifier": ["P1"]}


def test_names_keep_their_parts_in_every_script():
    assert human_name("Yamada^Tarou=山田^太郎") == [
        {"text": "Tarou Yamada", "family": "Yamada", "given": ["Tarou"]},
        {"text": "太郎 山田", "family": "山田", "given": ["太郎"]},
    ]
    assert human_name("Müller^Jörg^Karl^Dr.^jun.")[0]["prefix"] == ["Dr."]


def test_a_time_without_zone_is_told_as_its_day():
    assert exact(datetime(2026, 3, 1, 23, 50)) == "2026-03-01"  # noqa: DTZ001
    assert exact(datetime(2026, 3, 1, 23, 50, tzinfo=UTC)) == "2026-03-01T23:50:00.000+00:00"
