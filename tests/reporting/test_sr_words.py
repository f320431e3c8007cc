"""A report that another system wrote as a DICOM SR is read as lines of text."""

import pytest
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code

from reporting.sr_words import sr_title, sr_words


def _code(code: Code) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = code.value, code.scheme_designator, code.meaning
    return item


def _item(kind: str, name: Code | None = None, **values: object) -> Dataset:
    item = Dataset()
    item.RelationshipType, item.ValueType = "CONTAINS", kind
    if name is not None:
        item.ConceptNameCodeSequence = [_code(name)]
    for keyword, value in values.items():
        setattr(item, keyword, value)
    return item


def _num(value: str, unit: Code) -> Dataset:
    measured = Dataset()
    measured.NumericValue, measured.MeasurementUnitsCodeSequence = value, [_code(unit)]
    return measured


def _report(*content: Dataset) -> Dataset:
    report = Dataset()
    report.ValueType, report.ConceptNameCodeSequence = "CONTAINER", [_code(codes.LN.RadiologyReport)]
    report.SeriesDescription, report.ContentDate, report.VerificationFlag = "Report", "20200102", "UNVERIFIED"
    report.ContentSequence = list(content)
    return report


def test_each_kind_of_item_is_a_line_and_a_section_a_heading() -> None:
    finding = _item("TEXT", codes.DCM.Finding, TextValue="Nodule in the left PZ.")
    size = _item("NUM", codes.SCT.Length, MeasuredValueSequence=[_num("12.5", Code("mm", "UCUM", "millimeter"))])
    where = _item("CODE", codes.SCT.FindingSite)
    where.ConceptCodeSequence = [_code(codes.SCT.Prostate)]
    section = _item("CONTAINER", codes.LN.Findings, ContentSequence=[finding, size, where])
    reader = _item("PNAME", codes.DCM.PersonObserverName, PersonName="Doe^Jane^^Dr.")
    image = Dataset()
    image.ReferencedSOPInstanceUID = "1.2.826.0.1.5"
    picture = _item("IMAGE", ReferencedSOPSequence=[image])
    assert sr_words(_report(reader, section, picture)).splitlines() == [
        "Radiology Report",
        "2020-01-02 · Not verified",
        "",
        "Person Observer Name: Dr. Jane Doe",
        "Findings",
        "    Finding: Nodule in the left PZ.",
        "    Length: 12.5 mm",
        "    Finding Site: Prostate",
    ]


def test_what_cannot_be_read_stands_at_the_end_by_its_place() -> None:
    lines = sr_words(_report(_item("TEXT", codes.DCM.Finding, TextValue="Nodule."), _item("IMAGE"))).splitlines()
    assert lines[3:] == ["Finding: Nodule.", "", "Not read:", "1.2: an item (IMAGE) without a value"]


def test_a_verified_report_says_by_whom() -> None:
    report, observer = _report(), Dataset()
    report.VerificationFlag, report.VerifyingObserverSequence = "VERIFIED", [observer]
    observer.VerifyingObserverName = "Doe^Jane"
    assert sr_words(report).splitlines()[1] == "2020-01-02 · Verified by Jane Doe"
    assert sr_title(report) == "Radiology Report of 2020-01-02"


def test_a_report_without_a_name_is_called_by_its_series() -> None:
    report = _report()
    del report.ConceptNameCodeSequence, report.ContentDate
    assert sr_title(report) == "Report"


def test_a_measurement_without_a_value_says_so() -> None:
    missing = _item("NUM", codes.SCT.Length, MeasuredValueSequence=[])
    assert "Length: not given" in sr_words(_report(missing))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("<html><body><p>No focus.</p><p>PI-RADS&nbsp;2</p></body></html>", ["Finding: No focus.", "PI-RADS 2"]),
        ("Size <br/> 7 mm", ["Finding: Size", "7 mm"]),
        ("ADC < 700 and p > 0.5", ["Finding: ADC < 700 and p > 0.5"]),
        ("Line one.\r\nLine two.", ["Finding: Line one.", "Line two."]),
    ],
)
def test_text_is_shown_without_its_markup(written: str, read: list[str]) -> None:
    words = sr_words(_report(_item("TEXT", codes.DCM.Finding, TextValue=written))).splitlines()
    assert [line.strip() for line in words[3:]] == read
