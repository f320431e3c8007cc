"""Orders come in over a real socket, are kept, and are laid beside the right study, or beside none."""

import json
from dataclasses import replace
from datetime import date, datetime

import hl7
import pytest
from hl7.client import MLLPClient

from core.order import Order
from core.report import Clinical, Report
from core.settings import OrdersSettings
from core.study import Patient, RecognisedStudy, Study
from service.orders import Matched, NotMatched, order_book, order_listener, saw, with_order
from service.workspace import open_workspace

PATIENT = Patient("P4711", "Müller^Jörg", date(1958, 4, 14), "M")


@pytest.fixture
def ws(tmp_path):
    from core.settings import Settings

    ws = open_workspace(Settings(data_folder=tmp_path / "data", orders=OrdersSettings(port=0)))
    yield ws
    ws.close()


def study(uid="1.2.3", accession="ACC4711", patient=PATIENT):
    when = datetime(2026, 3, 1, 10, 15)  # noqa: DTZ001 — DICOM's study time has no zone
    return Study(uid, patient, accession, when, "MRT Prostata", "S1", "", "", ())


def report(of=None, **fields):
    return Report(RecognisedStudy(of or study(), (), ()), **fields)


def order(
    control="NW", placer="PLAC1", accession="ACC4711", patient="P4711", born="19580414", reason="PSA 6,4", **more
):
    kind = more.get("kind", "OMI^O23^OMI_O23")
    psa = more.get("psa", "6.4")
    return "\r".join(
        (
            f"MSH|^~\\&|RIS|KKH|PROSECTOR|KKH|20260301||{kind}|{more.get('number', 'M1')}|P|2.5.1||||||UNICODE UTF-8",
            f"PID|1||{patient}^^^KKH^MR||Müller^Jörg||{born}|M",
            f"ORC|{control}|{placer}",
            "|".join((f"OBR|1|{placer}||MRPROST^MRT Prostata^L", *[""] * 26, f"^{reason}")),
            f"OBX|1|NM|2857-1^PSA^LN||{psa}|ng/mL|||||F|||20260220",
            f"IPC|{accession}|RP77|{more.get('study_uid', '')}|SPS1",
            "",
        )
    )


@pytest.fixture
def send(ws):
    with order_listener(ws) as listener, MLLPClient("127.0.0.1", listener.port, encoding="utf-8") as client:

        def send(text: str) -> tuple[str, str]:
            answer = hl7.parse(client.send_message(text)[1:-2].decode("utf-8"))
            return str(answer.segment("MSA")[1]), str(answer.segment("MSA")[2])

        yield send


def match(ws, of=None):
    return order_book(ws).match(of or study())


def test_an_order_over_the_network_fills_the_report_when_its_study_is_opened(ws, send):
    assert send(order()) == ("AA", "M1")
    filled, told = with_order(ws, report())
    assert told == ""
    assert filled.clinical == Clinical(psa_ng_ml=6.4, indication="PSA 6,4")
    assert filled.order == Order(
        accession_number="ACC4711",
        placer_number="PLAC1",
        requested_procedure_id="RP77",
        description="MRT Prostata",
        code=("MRPROST", "MRT Prostata", "L"),
        patient_id="P4711",
        indication="PSA 6,4",
        psa_ng_ml=6.4,
        psa_date=date(2026, 2, 20),
    )


def test_what_the_reader_typed_stays(ws, send):
    send(order())
    filled, _ = with_order(ws, report(clinical=Clinical(7.1, "typed by the reader")))
    assert filled.clinical == Clinical(7.1, "typed by the reader")
    assert filled.order is not None


def test_a_changed_order_changes_only_what_came_from_the_order(ws, send):
    send(order())
    filled, _ = with_order(ws, report())
    typed = replace(filled, clinical=replace(filled.clinical, psa_ng_ml=9.9))
    assert send(order(control="XO", reason="PSA-Anstieg", psa="8.0", number="M2"))[0] == "AA"
    again, _ = with_order(ws, typed)
    assert again.clinical == Clinical(9.9, "PSA-Anstieg")


def test_what_the_reader_deleted_does_not_come_back(ws, send):
    send(order())
    filled, _ = with_order(ws, report())
    emptied = replace(filled, clinical=Clinical())
    assert with_order(ws, emptied)[0].clinical == Clinical()


def test_a_message_that_comes_twice_is_one_order(ws, send):
    assert [send(order())[0], send(order())[0]] == ["AA", "AA"]
    assert isinstance(match(ws), Matched)


def test_a_cancelled_order_counts_no_more(ws, send):
    send(order())
    assert send(order(control="CA", number="M2"))[0] == "AA"
    assert match(ws) is None


def test_a_status_change_takes_nothing_away(ws, send):
    send(order())
    send(order(control="SC", reason="", number="M2"))
    found = match(ws)
    assert isinstance(found, Matched)
    assert found.order.indication == "PSA 6,4"


@pytest.mark.parametrize(
    ("ordered", "of", "words"),
    [
        ({"patient": "P9999"}, study(), "P9999"),
        ({"born": "19600101"}, study(), "born on 1960-01-01"),
        ({"study_uid": "1.2.999"}, study(), "another study"),
        ({}, study(patient=replace(PATIENT, patient_id="")), "a patient without ID"),
    ],
)
def test_an_order_for_another_patient_or_study_is_never_taken(ws, send, ordered, of, words):
    send(order(**ordered))
    found = match(ws, of)
    assert isinstance(found, NotMatched)
    assert words in found.sentence
    unchanged, told = with_order(ws, report(of))
    assert (unchanged.order, unchanged.clinical, told) == (None, Clinical(), found.sentence)


def test_two_studies_with_one_accession_number_get_no_order(ws, send):
    send(order())
    order_book(ws).saw([("ACC4711", "1.2.3"), ("ACC4711", "1.2.4")])
    for uid in ("1.2.3", "1.2.4"):
        found = match(ws, study(uid))
        assert isinstance(found, NotMatched)
        assert "2 studies have the accession number ACC4711" in found.sentence


def test_an_order_that_names_its_study_is_taken_although_another_bears_the_number(ws, send):
    send(order(study_uid="1.2.3"))
    order_book(ws).saw([("ACC4711", "1.2.4")])
    assert isinstance(match(ws), Matched)
    assert isinstance(match(ws, study("1.2.4")), NotMatched)


def test_two_orders_with_one_accession_number_are_told_and_none_is_taken(ws, send):
    send(order())
    send(order(placer="PLAC2", number="M2"))
    found = match(ws)
    assert isinstance(found, NotMatched)
    assert "2 orders" in found.sentence


def test_a_study_without_accession_number_is_found_by_its_uid(ws, send):
    send(order(study_uid="1.2.3"))
    assert isinstance(match(ws, study(accession="")), Matched)
    assert match(ws, study("1.2.5", accession="")) is None


def test_general_orders_are_taken_too(ws, send):
    assert send(order(kind="ORM^O01^ORM_O01"))[0] == "AA"
    assert isinstance(match(ws), Matched)


def test_bad_messages_get_the_answer_that_fits_and_the_next_good_one_is_taken(ws, send):
    assert send(order(kind="ADT^A08^ADT_A01")) == ("AR", "M1")
    assert send("no HL7 at all") == ("AR", "")
    assert send(order(accession="")) == ("AE", "M1")
    assert match(ws) is None
    assert send(order()) == ("AA", "M1")
    lines = [json.loads(line) for line in ws.settings.audit_trail.read_text().splitlines()]
    outcomes = [x["outcome"] for x in lines if x["action"] == "order"]
    assert outcomes == ["failure", "failure", "failure", "success"]
    assert "Müller" not in ws.settings.audit_trail.read_text()


def test_orders_outlive_the_program(ws, send):
    send(order())
    again = open_workspace(ws.settings)
    try:
        assert isinstance(match(again), Matched)
    finally:
        again.close()


def test_a_full_disk_is_answered_so_that_the_ris_keeps_the_order(ws, send, monkeypatch):
    import sqlite3

    from service import orders

    def full(*_args, **_kwargs):
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(orders.sqlite3, "connect", full)
    assert send(order()) == ("AR", "M1")


def test_a_workstation_without_orders_asks_for_none(ws):
    without = replace(ws, settings=ws.settings.model_copy(update={"orders": None}))
    assert order_listener(without) is None
    draft = report()
    assert with_order(without, draft) == (draft, "")
    saw(without, ())
