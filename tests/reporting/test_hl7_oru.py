"""What the RIS is told of a signed report, read by the independent package `hl7` (python-hl7)."""

import base64
from dataclasses import replace
from datetime import UTC, date, datetime

import hl7
import pytest

from core.amendment import Correction, Predecessor, ReportStatus
from core.order import Order
from core.report import Report, SignedReport, sign
from core.settings import ReaderSettings, RisSettings
from core.staging import Precise, PreciseScore, Seen, Staging
from core.study import Patient
from reporting.hl7 import Hl7Invalid, require_valid
from reporting.hl7_oru import NotForRis, control_id, result_message, why_not_for_ris
from reporting.result_codes import result_codes
from reporting.text import shown_findings, shown_impression

RIS = RisSettings(
    host="ris.example",
    port=2575,
    sending_facility="KKH",
    receiving_application="RIS",
    receiving_facility="KKH",
    assigning_authority="KKH",
)
WHO = ReaderSettings(name="Jürgens^Änne^^Dr.", identifier="LANR4711")
PDF = b"%PDF-1.7 " + bytes(range(256)) * 8
SIGNED_AT = datetime(2026, 3, 2, 14, 30, 15, tzinfo=UTC)


def told(signed: SignedReport, ris: RisSettings = RIS, codes=None) -> hl7.Message:
    content = result_message(signed, PDF, control_id("ris", "1.2.3.4"), ris, codes or result_codes(), WHO)
    return hl7.parse(content.decode("utf-8"))


def observed(message: hl7.Message, code: str, sub_id: str = "") -> list[hl7.Segment]:
    return [x for x in message.segments("OBX") if str(x[3]).split("^")[0] == code and str(x[4]) == sub_id]


def one(message: hl7.Message, code: str, sub_id: str = "") -> hl7.Segment:
    (found,) = observed(message, code, sub_id)
    return found


def text_of(segment: hl7.Segment) -> str:
    """OBX-5 of type TX: its repetitions are its lines."""
    return "\n".join(hl7.Message("\r").unescape(str(line)) for line in str(segment[5]).split("~"))


def signed_with(report: Report, reader, **study) -> SignedReport:
    recognised = replace(report.recognised, study=replace(report.recognised.study, **study))
    return sign(replace(report, recognised=recognised), reader, SIGNED_AT)


def patient_called(name: str) -> Patient:
    return Patient("P4711", name, date(1958, 4, 14), "M")


def test_the_header_says_who_speaks_in_which_version_and_character_set(signed_report):
    message = told(signed_report)
    header = message.segment("MSH")
    assert [str(header[n]) for n in (3, 4, 5, 6)] == ["PROSECTOR", "KKH", "RIS", "KKH"]
    assert [str(header[n]) for n in (7, 9, 11, 12, 18)] == [
        "20260302143015+0000",
        "ORU^R01^ORU_R01",
        "P",
        "2.5.1",
        "UNICODE UTF-8",
    ]
    assert str(header[10]) == control_id("ris", "1.2.3.4")
    assert len(str(header[10])) <= 20
    assert [str(x[0]) for x in message][:5] == ["MSH", "PID", "PV1", "ORC", "OBR"]


def test_patient_order_and_reader_stand_where_the_ris_looks_for_them(signed_report):
    message = told(signed_report)
    pid, obr = message.segment("PID"), message.segment("OBR")
    assert str(pid[3]) == "P4711^^^KKH^MR"
    assert str(pid[5]) == "Müller^Jörg^^^^^L^A"
    assert (str(pid[7]), str(pid[8])) == ("19580414", "M")
    assert (str(obr[3]), str(obr[18]), str(obr[24]), str(obr[25])) == ("ACC4711", "ACC4711", "RAD", "F")
    assert str(obr[4]) == "36519-7^MR Prostate WO contrast^LN"  # biparametric: no DCE in the made-up study
    assert (str(obr[7]), str(obr[22])) == ("20260301101500", "20260302143015+0000")
    assert str(obr[32]) == "LANR4711&Jürgens&Änne&&&Dr."
    assert str(message.segment("ORC")[1]) == "RE"


def test_an_order_gives_its_numbers_and_its_procedure(draft_report, reader):
    order = Order("ACC4711", "PLAC1", "FILL1", code=("MRPROST", "MRT Prostata mit KM", ""), description="MRT Prostata")
    message = told(sign(replace(draft_report, order=order), reader, SIGNED_AT))
    for name in ("ORC", "OBR"):
        assert [str(message.segment(name)[n]) for n in (2, 3)] == ["PLAC1", "FILL1"]
    assert str(message.segment("OBR")[4]) == "MRPROST^MRT Prostata mit KM^L"


def test_each_lesion_is_one_group_with_place_size_scores_category_and_adc(signed_report):
    message = told(signed_report)
    lesions = signed_report.report.reported_lesions
    assert [x.label for x in lesions] == ["L2", "L1", "L3"]
    for number, lesion in enumerate(lesions, start=1):
        group = str(number)
        assert str(one(message, "112039", group)[5]) == lesion.label
        assert str(one(message, "363698007", group)[5]).startswith(f"{lesion.sector.code}^")
        assert str(one(message, "103339001", group)[5]) == "11.8"
        assert str(one(message, "103339001", group)[6]) == "mm^mm^UCUM"
        assert str(one(message, "113041", group)[5]) == "742"
    l2, l1 = "1", "2"
    assert str(one(message, "130560", l2)[5]) == "RID50300^PI-RADS 5 - Very high (lesion)^RADLEX"
    assert str(one(message, "130561", l2)[5]).startswith("RID50311^PI-RADS 4 - T2WI TZ")
    assert str(one(message, "130562", l2)[5]).startswith("RID50318^PI-RADS 5 - DWI")
    assert str(one(message, "130563", l2)[5]).startswith("RID50321^")
    assert str(one(message, "EPE", l2)[5]) == "EPE_DEFINITE^Definite^99PROSECTOR"
    assert str(one(message, "ORIGIN", l1)[5]) == "FROM_MODEL^AI model^99PROSECTOR"
    assert observed(message, "130560", "4") == []  # L4 was rejected


def test_the_examination_has_volume_psa_density_pi_qual_and_category(signed_report):
    message, report = told(signed_report), signed_report.report
    assert str(one(message, "113014")[5]) == report.study_instance_uid
    assert str(one(message, "113014")[11]) == "O"
    assert str(one(message, "PROSTATE_VOLUME")[5]) == f"{report.gland.volume_ml:.1f}"
    assert str(one(message, "2857-1")[5]) == "6.40"
    assert str(one(message, "15325-4")[5]) == f"{6.4 / report.gland.volume_ml:.2f}"
    assert str(one(message, "15325-4")[6]) == "ng/mL2^ng/mL2^UCUM"
    assert str(one(message, "PI_QUAL_V2")[5]).split("^")[0].startswith("PI_QUAL_")
    assert str(one(message, "EXAM_CATEGORY")[5]) == "RID50293^PI-RADS 5 - Very high^RADLEX"


def test_staging_and_precise_are_told_once_the_reader_has_said_them(draft_report, reader):
    staging = Staging(right_vesicle=Seen.DEFINITE, nodes=Seen.NONE)
    precise = Precise(PreciseScore.FOUR, date(2025, 1, 3))
    message = told(sign(replace(draft_report, staging=staging, precise=precise), reader, SIGNED_AT))
    assert str(one(message, "SVI_RIGHT")[5]) == "EPE_DEFINITE^Definite^99PROSECTOR"
    assert str(one(message, "NODES")[5]) == "EPE_NONE^None^99PROSECTOR"
    assert observed(message, "SVI_LEFT") == []
    assert str(one(message, "PRECISE_V2")[5]) == "4"


def test_the_text_arrives_word_for_word_and_line_by_line(signed_report):
    message = told(signed_report)
    assert text_of(one(message, "59776-5")) == shown_findings(signed_report.report)
    assert text_of(one(message, "19005-8")) == shown_impression(signed_report.report)
    assert "患者" in text_of(one(message, "59776-5"))


def test_a_site_may_have_the_text_as_ft_with_br(signed_report):
    message = told(signed_report, RIS.model_copy(update={"text": "FT"}))
    findings = one(message, "59776-5")
    assert str(findings[2]) == "FT"
    lines = [hl7.Message("\r").unescape(line) for line in str(findings[5]).split("\\.br\\")]
    assert "\n".join(lines) == shown_findings(signed_report.report)


@pytest.mark.parametrize(
    "words",
    ["a|b^c&d~e\\f", "\\F\\ as typed", "\\.br\\", "5 % > 3 & < 2", "tab\there", "50\\T\\50", "~~~", "|||^^^&&&"],
)
def test_delimiters_that_the_reader_typed_arrive_as_typed(draft_report, reader, words):
    report = replace(draft_report, own_findings=f"{words}\n\n{words} end", own_impression=words)
    message = told(sign(report, reader, SIGNED_AT))
    assert text_of(one(message, "59776-5")) == f"{words}\n\n{words} end"
    assert text_of(one(message, "19005-8")) == words


def test_control_characters_cannot_break_the_frame_or_the_segments(draft_report, reader):
    report = replace(draft_report, own_impression="before\x1c\rafter\x0bmore\r\nOBX|9|TX|forged")
    content = result_message(sign(report, reader, SIGNED_AT), PDF, "C1", RIS, result_codes(), WHO)
    assert b"\x0b" not in content
    assert b"\x1c" not in content
    segments = [x for x in content.decode().split("\r") if x]
    assert all(segment[:4] in ("MSH|", "PID|", "PV1|", "ORC|", "OBR|", "OBX|") for segment in segments)
    assert not any("forged" in segment and segment.startswith("OBX|9|TX|forged") for segment in segments)


def test_the_pdf_comes_back_bit_exact(signed_report):
    message = told(signed_report)
    *form, data = str(one(message, "18748-4")[5]).split("^")
    assert form == ["", "AP", "PDF", "Base64"]
    assert base64.b64decode(data, validate=True) == PDF
    assert str(one(message, "18748-4")[2]) == "ED"


def test_a_site_may_do_without_the_pdf(signed_report):
    assert observed(told(signed_report, RIS.model_copy(update={"pdf": False})), "18748-4") == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Müller^Jörg^Karl^Dr.^jun.", "Müller^Jörg^Karl^jun.^Dr.^^L^A"),
        ("Yamada^Tarou=山田^太郎=やまだ^たろう", "Yamada^Tarou^^^^^L^A~山田^太郎^^^^^L^I~やまだ^たろう^^^^^L^P"),
        ("=山田^太郎", "山田^太郎^^^^^L^I"),
        ("O'Neil & Söhne^A|B~C", "O'Neil \\T\\ Söhne^A\\F\\B\\R\\C^^^^^L^A"),
        ("X" * 64 + "^" + "Y" * 64, "X" * 64 + "^" + "Y" * 64 + "^^^^^L^A"),
        ("", "^^^^^^S"),
    ],
)
def test_names_in_any_script_become_names_of_hl7(draft_report, reader, name, expected):
    message = told(signed_with(draft_report, reader, patient=patient_called(name)))
    assert str(message.segment("PID")[5]) == expected


def test_a_report_without_accession_number_is_held_with_a_sentence_or_sent_as_the_site_says(draft_report, reader):
    signed = signed_with(draft_report, reader, accession_number="")
    with pytest.raises(NotForRis, match="no accession number"):
        told(signed)
    assert "no accession number" in why_not_for_ris(signed.report, RIS)
    message = told(signed, RIS.model_copy(update={"without_accession": "send"}))
    assert str(message.segment("OBR")[18]) == ""
    assert str(one(message, "113014")[5]) == signed.report.study_instance_uid


def test_a_patient_without_id_is_never_sent(draft_report, reader):
    signed = signed_with(draft_report, reader, patient=Patient(" ", "Müller^Jörg", None, ""))
    with pytest.raises(NotForRis, match="no patient ID"):
        told(signed, RIS.model_copy(update={"without_accession": "send"}))


def test_the_status_follows_the_report(draft_report, reader):
    preliminary = told(sign(draft_report, reader, SIGNED_AT, preliminary=True))
    assert str(preliminary.segment("OBR")[25]) == "P"
    assert {str(x[11]) for x in preliminary.segments("OBX")} == {"O", "P"}
    before = Predecessor(
        draft_report.study_instance_uid, "1.2", "1.3", "1.4", ReportStatus.FINAL, reader, reader, SIGNED_AT
    )
    correction = Correction(before, "Side was | wrong")
    corrected = told(sign(replace(draft_report, amends=correction), reader, SIGNED_AT))
    assert str(corrected.segment("OBR")[25]) == "C"
    assert {str(x[11]) for x in corrected.segments("OBX")} == {"O", "C"}
    assert text_of(one(corrected, "55107-7")) == "Side was | wrong"


def test_the_sites_own_codes_go_over_ours(signed_report, tmp_path):
    file = tmp_path / "codes.toml"
    file.write_text(
        '[observations]\ncategory = { code = "PIRADS", scheme = "L", meaning = "PI-RADS" }\n'
        "short_axis = { send = false }\n"
        '[values]\n"RADLEX|RID50300" = { code = "5", scheme = "L", meaning = "PI-RADS 5" }\n'
    )
    message = told(signed_report, codes=result_codes(file))
    assert str(one(message, "PIRADS", "1")[5]) == "5^PI-RADS 5^L"
    assert observed(message, "103340004", "1") == []
    assert str(one(message, "103339001", "1")[5]) == "11.8"


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("[observations]\ncategorie = { send = false }\n", "categorie"),
        ("[observation]\n", "observation"),
        ('[observations]\ncategory = { cod = "1" }\n', "cod"),
        ("[observations\n", "cannot be read"),
    ],
)
def test_a_misspelt_code_table_is_named(tmp_path, content, named):
    from core.errors import SettingsInvalid

    file = tmp_path / "codes.toml"
    file.write_text(content)
    with pytest.raises(SettingsInvalid, match=named):
        result_codes(file)


def test_a_message_that_would_not_follow_the_standard_is_not_sent():
    with pytest.raises(Hl7Invalid, match="OBR"):
        require_valid(b"MSH|^~\\&|A|B|C|D|20260101||ORU^R01^ORU_R01|1|P|2.5.1\rPID|1||P1||A^B\rOBR|1\r")


def test_the_same_report_has_the_same_control_id_and_another_one_another():
    assert control_id("ris", "1.2.3") == control_id("ris", "1.2.3")
    assert control_id("ris", "1.2.3") != control_id("ris", "1.2.4")
