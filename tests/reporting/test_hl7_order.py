"""Orders as different RIS write them, and what is answered to what is no order."""

from datetime import date

import hl7
import pytest

from core.settings import OrdersSettings
from reporting.hl7 import read
from reporting.hl7_ack import AckCode, ErrorCode, acknowledgement, read_ack
from reporting.hl7_order import Control, OrderRefused, read_orders
from reporting.result_codes import result_codes

NODE = OrdersSettings()
FIELDS = result_codes().orders

OMI = (
    "MSH|^~\\&|RIS|KKH|PROSECTOR|KKH|20260301080000+0100||OMI^O23^OMI_O23|M100|P|2.5.1||||||UNICODE UTF-8",
    "PID|1||0815^^^VERSICHERUNG^SS~P4711^^^KKH^MR||Müller^Jörg||19580414|M",
    "PV1|1|O",
    "ORC|NW|PLAC1^RIS|FILL1^RIS||||||20260301",
    "|".join(
        (
            "OBR|1|PLAC1^RIS|FILL1^RIS|MRPROST^MRT Prostata mit KM^L",
            *[""] * 26,
            "^PSA-Anstieg\\.br\\nach neg. Biopsie~^Familien\\T\\anamnese",  # OBR-31
        )
    ),
    "OBX|1|NM|2857-1^PSA^LN||6.4|ng/mL|||||F|||20260220",
    "OBX|2|NM|2857-1^PSA^LN||5.1|ng/mL|||||F|||20251101",
    "IPC|ACC4711|RP77|1.2.276.0.7230010.3.1|SPS1",
)
ORM = (
    "MSH|^~\\&|RIS|KKH|PROSECTOR|KKH|20260301080000||ORM^O01|M200|P|2.3",
    "PID|||P4711||MULLER^JORG||19580414|M",
    "ORC|NW|77",
    "OBR|1|77||MRPROST^MRT Prostata|||||||||Raised PSA|||||ACC4711",
)


def orders(segments, node=NODE):
    return read_orders(read("\r".join(segments).encode()), node, FIELDS)


def refusal(segments):
    with pytest.raises(OrderRefused) as refused:
        orders(segments)
    return refused.value.trouble


def changed(segments, name, old, new):
    return tuple(x.replace(old, new) if x.startswith(name) else x for x in segments)


def test_an_imaging_order_gives_accession_indication_and_psa():
    (received,) = orders(OMI)
    order = received.order
    assert (order.accession_number, order.placer_number, order.filler_number) == ("ACC4711", "PLAC1", "FILL1")
    assert order.study_instance_uid == "1.2.276.0.7230010.3.1"
    assert order.requested_procedure_id == "RP77"
    assert order.code == ("MRPROST", "MRT Prostata mit KM", "L")
    assert order.indication == "PSA-Anstieg\nnach neg. Biopsie; Familien&anamnese"
    assert (order.psa_ng_ml, order.psa_date) == (6.4, date(2026, 2, 20))
    assert received.patient_ids == ("0815", "P4711")
    assert received.birth_date == date(1958, 4, 14)
    assert received.control is Control.NEW


def test_a_general_order_of_an_old_ris_is_read_too():
    (received,) = orders(ORM)
    assert received.order.accession_number == "ACC4711"
    assert received.order.indication == "Raised PSA"
    assert received.order.code == ("MRPROST", "MRT Prostata", "")


def test_only_the_ids_of_the_sites_own_authority_count_where_it_is_named():
    (received,) = orders(OMI, OrdersSettings(assigning_authority="KKH"))
    assert received.patient_ids == ("P4711",)


def test_two_orders_in_one_message_are_two():
    second = ("ORC|NW|PLAC2", "OBR|2|PLAC2||CT^CT||||||||||||||ACC4712")
    assert [x.order.accession_number for x in orders((*OMI, *second))] == ["ACC4711", "ACC4712"]


@pytest.mark.parametrize(
    ("field", "psa"),
    [
        ("OBX|1|NM|2857-1^PSA^LN||6.4|ng/mL|||||F", 6.4),
        ("OBX|1|NM|2857-1^PSA^LN||6.4|ug/l|||||F", 6.4),
        ("OBX|1|NM|2857-1^PSA^LN||640|ng/dL|||||F", None),
        ("OBX|1|SN|2857-1^PSA^LN||<^0.1|ng/mL|||||F", None),
        ("OBX|1|NM|2857-1^PSA^LN||6,4|ng/mL|||||F", None),
        ("OBX|1|NM|2857-1^PSA^LN||6.4|ng/mL|||||W", None),
        ("OBX|1|NM|2160-0^Creatinine^LN||1.1|ng/mL|||||F", None),
    ],
)
def test_a_psa_is_taken_only_when_its_number_and_unit_are_plain(field, psa):
    (received,) = orders((*ORM, field))
    assert received.order.psa_ng_ml == psa


@pytest.mark.parametrize(
    ("segments", "code", "error", "words"),
    [
        (changed(ORM, "MSH", "ORM^O01", "ADT^A01"), "AR", "200", "ADT^A01"),
        (changed(ORM, "MSH", "ORM^O01", "ORM^O02"), "AR", "201", "ORM^O02"),
        (changed(ORM, "MSH", "|2.3", "|3.0"), "AR", "203", "3.0"),
        (changed(ORM, "MSH", "|P|", "|T|"), "AR", "202", "“T”"),
        (changed(ORM, "MSH", "M200", ""), "AE", "101", "control ID"),
        (changed(ORM, "PID", "P4711", ""), "AE", "101", "patient ID"),
        (changed(ORM, "OBR", "ACC4711", ""), "AE", "101", "accession"),
        (changed(ORM, "ORC", "NW", "QQ"), "AE", "103", "QQ"),
        (ORM[:2], "AE", "100", "no ORC"),
        ((ORM[0], *ORM[2:]), "AE", "101", "patient ID"),
    ],
)
def test_what_is_no_order_is_refused_by_the_code_that_fits(segments, code, error, words):
    trouble = refusal(segments)
    assert (trouble.code, trouble.error) == (AckCode(code), ErrorCode(error))
    assert words in trouble.words


def test_an_order_that_ends_needs_only_its_number():
    (received,) = orders((ORM[0], ORM[1], "ORC|CA|77"))
    assert received.control.ends
    assert received.key == "P:77"


def test_our_acknowledgement_answers_that_message_to_that_sender():
    came = read("\r".join(OMI).encode())
    answer = hl7.parse(acknowledgement(came, (), NODE).decode())
    header = answer.segment("MSH")
    assert [str(header[n]) for n in (3, 4, 5, 6, 9, 11)] == ["PROSECTOR", "KKH", "RIS", "KKH", "ACK^O23^ACK", "P"]
    assert [str(answer.segment("MSA")[n]) for n in (1, 2)] == ["AA", "M100"]


def test_our_refusal_says_why_and_where():
    came = changed(ORM, "OBR", "ACC4711", "")
    answer = hl7.parse(acknowledgement(read("\r".join(came).encode()), [refusal(came)], NODE).decode())
    assert [str(answer.segment("MSA")[n]) for n in (1, 2)] == ["AE", "M200"]
    assert str(answer.segment("ERR")[3]) == "101^Required field missing^HL70357"
    assert str(answer.segment("ERR")[2]) == "IPC^1^1"


def test_the_words_of_a_refusal_are_read_wherever_the_ris_puts_them():
    head = "MSH|^~\\&|RIS|K|P|K|20260101||ACK^R01^ACK|9|P|2.5.1\r"
    for rest, words in (
        ("MSA|AE|M1|Unknown accession\r", "Unknown accession"),
        (
            "MSA|AE|M1\rERR||OBR^1^18|204^Unknown key identifier^HL70357|E||||Accession ACC1 unknown\r",
            "Accession ACC1 unknown",
        ),
        ("MSA|AE|M1\rERR||OBR^1^18|204^Unknown key identifier^HL70357|E\r", "Unknown key identifier"),
        ("MSA|AE|M1\rERR|OBR^1^18^204&Unknown key\r", "204"),
    ):
        ack = read_ack((head + rest).encode())
        assert (ack.control_id, ack.code, ack.words) == ("M1", AckCode.ERROR, words)
