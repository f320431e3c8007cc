"""Names in any script and texts of any length become valid DICOM: words are cut, what names something is left out."""

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.valuerep import validate_value

from core.report import Reader, Report, sign
from core.study import RecognisedStudy, Role, RoleChoice, Series, Stack, Study
from reporting.basic_text_sr import basic_text_sr
from reporting.gsps import presentation_states
from reporting.key_objects import key_object_selection
from reporting.limits import identifier, long_string, person_name, short_string
from reporting.ohif_sr import ohif_sr
from reporting.pdf import encapsulated_pdf
from reporting.seg import segmentation
from reporting.sr import verified_sr
from reporting.study_header import study_header

SIGNED_AT = datetime(2026, 3, 2, 14, 30, 15, tzinfo=UTC)
LETTERS = st.text(st.characters(codec="utf-8"), max_size=200)


@given(LETTERS)
def test_any_text_fits_a_long_and_a_short_string(text):
    for value, vr, most in ((long_string(text), "LO", 64), (short_string(text), "SH", 16)):
        validate_value(vr, value, pydicom.config.RAISE)
        assert len(value) <= most
        assert not set(value) & set("\\\n\r\x1b\x00")


@given(LETTERS)
def test_any_name_fits_a_person_name(text):
    name = person_name(text)
    validate_value("PN", name, pydicom.config.RAISE)
    assert all(len(group) <= 64 and group.count("^") <= 4 for group in name.split("="))
    assert name.count("=") <= 2


@given(LETTERS)
def test_an_identifier_is_whole_or_absent(text):
    kept = identifier(text)
    assert len(kept) <= 16
    assert kept in ("", text.strip())


def test_what_fits_is_not_touched():
    assert long_string("Universitätsklinik Köln") == "Universitätsklinik Köln"
    assert person_name("Yamada^Tarou=山田^太郎=やまだ^たろう") == "Yamada^Tarou=山田^太郎=やまだ^たろう"
    assert identifier("ACC-4711") == "ACC-4711"


def test_what_is_cut_shows_it_and_what_names_something_is_never_cut():
    assert long_string("ä" * 65) == "ä" * 61 + "..."
    assert short_string("Prostata-MRT, nativ") == "Prostata-MRT,..."
    assert identifier("2026-03-01-PROSTATA-4711") == ""


NAMES = {
    "a caret-less name": ("ISO_IR 192", "Madonna"),
    "kanji with phonetic group": ("ISO_IR 192", "Yamada^Tarou=山田^太郎=やまだ^たろう"),
    "japanese in ISO 2022": (["", "ISO 2022 IR 87"], "Yamada^Tarou=山田^太郎=やまだ^たろう"),
    "hangul": ("ISO_IR 192", "Hong^Gildong=洪^吉洞=홍^길동"),
    "chinese only": ("GB18030", "Wang^XiaoDong=王^小东"),
    "cyrillic": ("ISO_IR 144", "Люкceмбypг^Иван"),
    "greek": ("ISO_IR 126", "Διονυσιος^Νικος"),
    "a name beyond the limit": ("ISO_IR 192", "O" * 70 + "^Vorname"),
}


def _renamed(study: RecognisedStudy, folder: Path, character_set, name: str, **more: object) -> RecognisedStudy:
    """The study with another patient's name in every file, in its character set, and `more` attributes."""

    def rewritten(path: Path) -> Path:
        ds = pydicom.dcmread(path)
        ds.SpecificCharacterSet = character_set
        ds.InstitutionName = ds.ReferringPhysicianName = ""
        ds.AccessionNumber = "X" * 20
        with pydicom.config.disable_value_validation():
            ds.PatientName = name
            for keyword, value in more.items():
                setattr(ds, keyword, value)
            ds.save_as(folder / path.name)
        return folder / path.name

    def moved(series: Series) -> Series:
        return replace(series, instances=tuple(replace(x, path=rewritten(x.path)) for x in series.instances))

    kept = {choice.role: moved(choice.stack.series) for choice in study.choices if choice.role is not Role.HIGH_B}
    choices = tuple(
        RoleChoice(choice.role, (Stack(kept[choice.role], kept[choice.role].instances),), choice.reason)
        for choice in study.choices
        if choice.role in kept
    )
    renamed: Study = replace(study.study, series=tuple(kept.values()))
    return RecognisedStudy(renamed, choices, ())


@pytest.mark.filterwarnings("ignore:The value length .* exceeds the maximum:UserWarning")  # of the source files
def test_several_values_of_an_attribute_are_taken_over_one_by_one(draft_report: Report, tmp_path):
    methods = ["Basic Application Confidentiality Profile", "Retain Longitudinal Full Dates Option"]
    study = _renamed(draft_report.recognised, tmp_path, "ISO_IR 192", "A^B", DeidentificationMethod=methods)
    assert list(study_header(study).DeidentificationMethod) == methods


@pytest.mark.parametrize(("character_set", "name"), NAMES.values(), ids=list(NAMES))
@pytest.mark.filterwarnings(
    "ignore:The (value|PN component) length .* exceeds the maximum:UserWarning"
)  # of the source files
def test_a_name_in_any_script_stands_in_every_object(
    character_set, name, draft_report: Report, signing_key, tmp_path, dciodvfy
):
    study = _renamed(draft_report.recognised, tmp_path, character_set, name)
    reader = Reader(
        "山田太郎, Leitender Oberarzt" if name == "Madonna" else name,
        "Hospital of the Holy Spirit, Department of Radiology, " * 3,
    )
    signed = sign(replace(draft_report, recognised=study), reader, SIGNED_AT)
    seg = segmentation(study, signed.report.gland, signed.report.lesions)
    objects: list[Dataset] = [
        seg,
        verified_sr(signed, seg, signing_key),
        ohif_sr(signed, signing_key),
        basic_text_sr(signed, signing_key),
        *presentation_states(signed.report, signed),
        key_object_selection(signed.report, signed),
        encapsulated_pdf(b"%PDF-1.4", signed.report, signed),
    ]
    for ds in objects:
        back = _written_and_read(ds)
        assert back.SpecificCharacterSet == "ISO_IR 192"
        assert str(back.PatientName) == (name if len(name) < 65 else "O" * 61 + "...")
        assert back.AccessionNumber == ""
        assert list(_invalid(back)) == []
    objects[1].save_as(path := tmp_path / "sr.dcm", enforce_file_format=True)
    assert dciodvfy(path).errors == []


def _written_and_read(ds: Dataset) -> Dataset:
    ds.save_as(buffer := BytesIO(), enforce_file_format=True)
    buffer.seek(0)
    return pydicom.dcmread(buffer)


def _invalid(ds: Dataset):
    for element in ds.iterall():
        if element.VR in ("PN", "SH", "LO", "CS", "ST", "UI", "DS", "IS") and element.value is not None:
            values = element.value if element.VM > 1 else [element.value]
            for value in values:
                try:
                    validate_value(element.VR, str(value), pydicom.config.RAISE)
                except ValueError as error:
                    yield element.keyword, str(error)
