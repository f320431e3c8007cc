"""RIS and EHR are told of a signed report: durably, in order, once, and what they say is seen."""

import importlib.util
import json
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydicom.dataset import Dataset

from core.audit import verify as verify_trail
from core.pirads import Category
from core.report import Reader, Report, sign
from core.settings import FhirSettings, RisSettings
from reporting.signing_key import throw_away_key
from service import notify, outbox_by_hand, publish
from service.messages import Destination, NotSendable, State
from service.notify import Courier, abandon, deliver, hold, messages, release, retry, told

_spec = importlib.util.spec_from_file_location("peers", Path(__file__).with_name("peers.py"))
peers = sys.modules["peers"] = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(peers)

READER = Reader("Example^Reader", "Hospital")
PDF = b"%PDF made up"


@pytest.fixture
def ris():
    server = peers.Ris()
    with peers.running(server, server.stopping.set):
        yield server


@pytest.fixture
def ehr():
    server = peers.Ehr()
    with peers.running(server):
        yield server


def telling(ws, *, ris=None, ehr=None, **ehr_settings):
    """The workstation at a site with this RIS (a port) and this EHR."""
    sections = {
        "ris": RisSettings(host="127.0.0.1", port=ris, answer_timeout_s=1.0, without_accession="send") if ris else None,
        "fhir": FhirSettings(url=ehr.url, patient="create", **ehr_settings) if ehr else None,
    }
    return replace(ws, settings=ws.settings.model_copy(update=sections))


def signed(opened, patient_id=None, study_uid=None):
    study = opened.recognised.study
    if patient_id is not None:
        study = replace(study, patient=replace(study.patient, patient_id=patient_id))
    if study_uid is not None:
        study = replace(study, study_instance_uid=study_uid)
    report = Report(replace(opened.recognised, study=study), without_lesion=Category.TWO)
    return sign(report, READER, datetime.now(UTC))


def queued(ws, opened, sr_uid, **study):
    """Hold and release the messages of a report."""
    sr = Dataset()
    sr.SOPInstanceUID = sr_uid
    hold(ws, signed(opened, **study), sr, lambda: PDF)
    release(ws, sr_uid)


def due_now(ws):
    """Let every waiting message be due, as after its pause."""
    for message in messages(ws).open():
        if message.state is State.WAITING:
            messages(ws).retry(message.id)


def states(ws):
    return [(x.sop_instance_uid, x.state) for uid in study_uids(ws) for x in messages(ws).of_study(uid)]


def study_uids(ws):
    return sorted({x.study_instance_uid for x in messages(ws).newest_by_study()})


def only(ws):
    (message,) = [x for uid in study_uids(ws) for x in messages(ws).of_study(uid)]
    return message


# ------------------------------------------------------------------ the RIS


def test_the_ris_is_told_once_the_archive_holds_the_report_and_not_before(workspace, opened_phantom, ris):
    ws = telling(workspace, ris=ris.port)
    sr = Dataset()
    sr.SOPInstanceUID = "1.2.3"
    hold(ws, signed(opened_phantom), sr, lambda: PDF)
    assert deliver(ws) == 0
    assert ris.came == []
    release(ws, "1.2.3")
    assert deliver(ws) == 1
    assert str(ris.came[0].segment("MSH")[9]) == "ORU^R01^ORU_R01"
    assert only(ws).state is State.SENT
    assert told(ws, only(ws).study_instance_uid)[0].sentence.startswith("RIS: sent 20")
    release(ws, "1.2.3")  # the bundle was sent twice
    assert deliver(ws) == 0
    assert len(ris.came) == 1


@pytest.mark.parametrize("answer", ["AA", "CA"])
def test_an_accepting_answer_ends_it(workspace, opened_phantom, ris, answer):
    ris.answers = [answer]
    ws = telling(workspace, ris=ris.port)
    queued(ws, opened_phantom, "1.2.3")
    assert deliver(ws) == 1
    assert messages(ws).content(only(ws)) == b""  # no patient's data stays without need


@pytest.mark.parametrize("answer", ["AE", "AR", "CE", "CR"])
def test_a_refusal_is_shown_in_the_words_of_the_ris_and_not_repeated(workspace, opened_phantom, ris, answer):
    ris.answers = [f"{answer}:Accession unknown"]
    ws = telling(workspace, ris=ris.port)
    queued(ws, opened_phantom, "1.2.3")
    assert deliver(ws) == 0
    assert only(ws).state is State.REFUSED
    (line,) = told(ws, only(ws).study_instance_uid)
    assert line.sentence == f"RIS: refused: RIS answered {answer}: Accession unknown"
    assert line.needs_a_person
    due_now(ws)
    assert deliver(ws) == 0
    assert len(ris.came) == 1


@pytest.mark.parametrize("answer", ["silent", "hang up", "nonsense"])
def test_without_an_answer_the_same_message_is_sent_again_later(workspace, opened_phantom, ris, answer):
    ris.answers = [answer]
    ws = telling(workspace, ris=ris.port)
    queued(ws, opened_phantom, "1.2.3")
    assert deliver(ws) == 0
    waiting = only(ws)
    assert (waiting.state, waiting.attempts) == (State.WAITING, 1)
    assert waiting.words
    assert timedelta(seconds=4) < waiting.due_at - datetime.now(UTC) < timedelta(seconds=6)
    assert deliver(ws) == 0  # its pause is not over
    due_now(ws)
    assert deliver(ws) == 1
    first, second = ris.came
    assert str(first.segment("MSH")[10]) == str(second.segment("MSH")[10])
    assert str(first) == str(second)


def test_the_pauses_grow_and_end_at_ten_minutes(workspace, opened_phantom):
    ws = telling(workspace, ris=1)
    queued(ws, opened_phantom, "1.2.3")
    pauses = []
    for _ in range(9):
        messages(ws).postponed(only(ws), "no answer")
        pauses.append(round((only(ws).due_at - only(ws).changed_at).total_seconds()))
    assert pauses == [5, 10, 20, 40, 80, 160, 320, 600, 600]


def test_a_message_outlives_the_program_and_waits_for_the_ris_to_come_back(workspace, opened_phantom):
    gone = peers.Ris()
    port = gone.port
    gone.server_close()
    ws = telling(workspace, ris=port)
    queued(ws, opened_phantom, "1.2.3")
    assert deliver(ws) == 0
    assert "cannot be reached" in only(ws).words
    back = peers.Ris(port)
    with peers.running(back):
        due_now(ws)
        assert deliver(telling(workspace, ris=port)) == 1
    assert len(back.came) == 1


def test_of_one_patient_nothing_overtakes_and_another_patient_does_not_wait(workspace, opened_phantom, ris):
    ws = telling(workspace, ris=ris.port)
    queued(ws, opened_phantom, "1.1", patient_id="A", study_uid="1.9.1")
    queued(ws, opened_phantom, "1.2", patient_id="A", study_uid="1.9.2")
    queued(ws, opened_phantom, "1.3", patient_id="B", study_uid="1.9.3")
    ris.answers = ["silent"]
    deliver(ws)
    assert deliver(ws) == 1  # B; A's first waits, and its second behind it
    assert states(ws) == [("1.1", State.WAITING), ("1.2", State.WAITING), ("1.3", State.SENT)]
    due_now(ws)
    assert deliver(ws) == 2
    told_of = [str(x.segments("OBX")[0][5]) for x in ris.came]
    assert told_of == ["1.9.1", "1.9.3", "1.9.1", "1.9.2"]


def test_an_older_report_of_a_study_never_replaces_a_newer_one(workspace, opened_phantom, ris):
    ws = telling(workspace, ris=ris.port)
    older = Dataset()
    older.SOPInstanceUID = "1.1"
    hold(ws, signed(opened_phantom), older, lambda: PDF)
    queued(ws, opened_phantom, "1.2")
    assert deliver(ws) == 1
    release(ws, "1.1")  # its bundle reached the archive late
    assert deliver(ws) == 0
    assert states(ws) == [("1.1", State.ABANDONED), ("1.2", State.SENT)]


def test_what_was_refused_is_sent_again_by_hand_unless_a_later_report_went(workspace, opened_phantom, ris):
    ris.answers = ["AE:Accession unknown", "AE:Accession unknown"]
    ws = telling(workspace, ris=ris.port)
    queued(ws, opened_phantom, "1.1")
    deliver(ws)
    retry(ws, only(ws).id)
    deliver(ws)
    assert (only(ws).state, len(ris.came)) == (State.REFUSED, 2)
    queued(ws, opened_phantom, "1.2")
    assert deliver(ws) == 1
    with pytest.raises(NotSendable, match="later report"):
        retry(ws, messages(ws).of_study(study_uids(ws)[0])[0].id)


def test_what_was_refused_can_be_given_up_and_the_trail_knows(workspace, opened_phantom, ris):
    ris.answers = ["AE:no"]
    ws = telling(workspace, ris=ris.port)
    queued(ws, opened_phantom, "1.1")
    deliver(ws)
    abandon(ws, only(ws).id)
    assert only(ws).state is State.ABANDONED
    assert messages(ws).open() == ()
    with pytest.raises(NotSendable, match="abandoned"):
        retry(ws, only(ws).id)
    lines = [json.loads(line) for line in ws.settings.audit_trail.read_text().splitlines()]
    steps = [(x["outcome"], x["detail"].get("step", "")) for x in lines if x["action"] == "notify"]
    assert steps == [("started", ""), ("failure", ""), ("success", "given up by hand")]
    assert verify_trail(ws.settings.audit_trail) == len(lines)


def test_a_study_without_accession_number_stands_in_the_list_with_its_reason(workspace, opened_phantom, ris):
    ws = telling(workspace, ris=ris.port)
    strict = ws.settings.ris.model_copy(update={"without_accession": "hold"})
    ws = replace(ws, settings=ws.settings.model_copy(update={"ris": strict}))
    study = replace(opened_phantom.recognised.study, accession_number="")
    opened = replace(opened_phantom, recognised=replace(opened_phantom.recognised, study=study))
    assert "no accession number" in notify.not_told(ws, Report(opened.recognised))[0]
    queued(ws, opened, "1.1")
    assert deliver(ws) == 0
    assert (only(ws).state, ris.came) == (State.REFUSED, [])
    assert "no accession number" in told(ws, only(ws).study_instance_uid)[0].sentence
    with pytest.raises(NotSendable, match="no accession number"):
        retry(ws, only(ws).id)


def test_only_one_process_sends_at_a_time(workspace, opened_phantom, ris):
    from filelock import FileLock

    ws = telling(workspace, ris=ris.port)
    queued(ws, opened_phantom, "1.1")
    with FileLock(ws.settings.database.with_suffix(".notify.lock")):
        assert deliver(ws) == 0
    assert deliver(ws) == 1


def test_the_courier_sends_by_itself_and_stops_when_told(workspace, opened_phantom, ris):
    ws = telling(workspace, ris=ris.port)
    with Courier(ws):
        queued(ws, opened_phantom, "1.1")
        deadline = datetime.now(UTC) + timedelta(seconds=5)
        while only(ws).state is not State.SENT and datetime.now(UTC) < deadline:
            time.sleep(0.02)
    assert only(ws).state is State.SENT


def test_a_site_without_ris_and_ehr_keeps_nothing(workspace, opened_phantom):
    queued(workspace, opened_phantom, "1.1")
    assert messages(workspace).open() == ()
    with Courier(workspace):
        pass


# ------------------------------------------------------------------ the EHR


def test_the_ehr_holds_the_report_its_observations_and_the_signature(workspace, opened_phantom, ehr):
    ws = telling(workspace, ehr=ehr)
    queued(ws, opened_phantom, "1.1")
    assert deliver(ws) == 1
    assert {kind: len(kept) for kind, kept in ehr.kept.items()} == {
        "Patient": 1,
        "ImagingStudy": 1,
        "Observation": 1,
        "DiagnosticReport": 1,
        "Provenance": 1,
    }
    assert ehr.paths == ["/fhir"]
    assert ehr.heads[0]["Content-Type"].startswith("application/fhir+json")


def test_a_bundle_that_is_sent_twice_is_there_once(workspace, opened_phantom, ehr):
    ws = telling(workspace, ehr=ehr)
    queued(ws, opened_phantom, "1.1")
    ehr.take(messages(ws).content(only(ws)))  # it arrived, but the answer was lost
    assert deliver(ws) == 1
    assert {len(kept) for kept in ehr.kept.values()} == {1}


def test_an_amendment_takes_the_place_of_the_report(workspace, opened_phantom, ehr):
    ws = telling(workspace, ehr=ehr)
    for uid in ("1.1", "1.2"):
        queued(ws, opened_phantom, uid)
        assert deliver(ws) == 1
    (report,) = ehr.kept["DiagnosticReport"]
    assert report["identifier"][1]["value"] == "urn:oid:1.2"
    assert (len(ehr.kept["Observation"]), len(ehr.kept["Provenance"])) == (1, 2)


@pytest.mark.parametrize("answer", ["500", "503:Maintenance", "429:Slow down"])
def test_a_server_that_cannot_now_is_asked_again_later(workspace, opened_phantom, ehr, answer):
    ehr.answers = [answer]
    ws = telling(workspace, ehr=ehr)
    queued(ws, opened_phantom, "1.1")
    assert deliver(ws) == 0
    assert only(ws).state is State.WAITING
    assert answer.partition(":")[2] in only(ws).words
    due_now(ws)
    assert deliver(ws) == 1


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("409:Duplicate patient", "Duplicate patient"),
        ("422:Unknown code system", "Unknown code system"),
        ("401", "does not know this station's token"),
        ("302", "HTTP 302"),
    ],
)
def test_a_refusal_of_the_server_is_shown_in_its_words(workspace, opened_phantom, ehr, answer, words):
    ehr.answers = [answer]
    ws = telling(workspace, ehr=ehr)
    queued(ws, opened_phantom, "1.1")
    assert deliver(ws) == 0
    assert only(ws).state is State.REFUSED
    assert words in told(ws, only(ws).study_instance_uid)[0].sentence


def test_a_patient_whom_the_ehr_does_not_know_is_said(workspace, opened_phantom, ehr):
    ws = telling(workspace, ehr=ehr)
    fhir = ws.settings.fhir.model_copy(update={"patient": "match", "patient_system": "urn:oid:1.2.276"})
    ws = replace(ws, settings=ws.settings.model_copy(update={"fhir": fhir}))
    queued(ws, opened_phantom, "1.1")
    assert deliver(ws) == 0
    assert "matches no resource" in only(ws).words
    assert ehr.kept == {}
    patient = opened_phantom.recognised.study.patient.patient_id
    number = {"system": "urn:oid:1.2.276", "value": patient}
    ehr.kept["Patient"] = [{"resourceType": "Patient", "identifier": [number]}]
    retry(ws, only(ws).id)
    assert deliver(ws) == 1


def test_the_token_comes_from_the_environment_else_the_keyring(workspace, opened_phantom, ehr, monkeypatch):
    import keyring

    ws = telling(workspace, ehr=ehr, token_variable="PROSECTOR_TEST_TOKEN")
    monkeypatch.delenv("PROSECTOR_TEST_TOKEN", raising=False)
    monkeypatch.setattr(keyring, "get_password", lambda *_: None)
    queued(ws, opened_phantom, "1.1")
    assert deliver(ws) == 0
    assert "PROSECTOR_TEST_TOKEN" in only(ws).words
    assert ehr.heads == []
    monkeypatch.setattr(keyring, "get_password", lambda *asked: f"ring of {' '.join(asked)}")
    due_now(ws)
    assert deliver(ws) == 1
    monkeypatch.setenv("PROSECTOR_TEST_TOKEN", "from the environment")
    queued(ws, opened_phantom, "1.2")
    assert deliver(ws) == 1
    sent = [head["Authorization"] for head in ehr.heads]
    assert sent == ["Bearer ring of prosector PROSECTOR_TEST_TOKEN", "Bearer from the environment"]


# ------------------------------------------------------------------ the whole way


def test_signing_and_sending_tells_both_only_after_the_archive_has_the_report(workspace, local_phantom, ris, ehr):
    ws = telling(workspace, ris=ris.port, ehr=ehr)
    report = Report(local_phantom.recognised, without_lesion=Category.TWO)
    bundle = publish.prepare(ws, report, READER, throw_away_key(READER), local_phantom)
    uid = report.study_instance_uid
    assert {x.sentence for x in told(ws, uid)} == {
        "RIS: waits until the archive holds the report",
        "EHR: waits until the archive holds the report",
    }
    assert deliver(ws) == 0
    outbox_by_hand.send(ws, bundle, ws.archives[0], lambda *_: None)
    assert deliver(ws) == 2
    assert {x.message.state for x in told(ws, uid)} == {State.SENT}
    pdf = next(x for x in ris.came[0].segments("OBX") if str(x[2]) == "ED")
    assert str(pdf[5]).split("^")[4].startswith("JVBERi0")  # %PDF-
    assert {x.message.destination for x in told(ws, uid)} == set(Destination)


def test_a_report_that_could_not_be_kept_is_told_to_nobody(workspace, local_phantom, ris, monkeypatch):
    from core.errors import CannotWrite

    ws = telling(workspace, ris=ris.port)
    report = Report(local_phantom.recognised, without_lesion=Category.TWO)

    def full(*_):
        raise CannotWrite("The disk is full.")

    monkeypatch.setattr(publish, "write_bytes", full)
    with pytest.raises(CannotWrite):
        publish.prepare(ws, report, READER, throw_away_key(READER), local_phantom)
    assert told(ws, report.study_instance_uid) == ()
