"""Answers read without pydicom's data sets say what pydicom says."""

import warnings
from io import BytesIO

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import UID, ExplicitVRLittleEndian, ImplicitVRLittleEndian
from pynetdicom.dsutils import decode, encode

from pacs.answers import read_answer
from pacs.elements import Unusual, elements
from pacs.matching import series_match, study_match, text_of

_ANSWERS: dict[str, dict[str, object]] = {
    "plain": {"PatientName": "Doe^John", "PatientID": "7", "StudyDate": "20260102", "NumberOfStudyRelatedSeries": 12},
    "UTF-8": {"SpecificCharacterSet": "ISO_IR 192", "PatientName": "Müller^Jürgen=山田", "StudyDescription": "Größe"},
    "Latin-1": {"SpecificCharacterSet": "ISO_IR 100", "PatientName": "Müller^Jürgen", "AccessionNumber": "A1"},
    "Cyrillic": {"SpecificCharacterSet": "ISO_IR 144", "PatientName": "Люкceмбypг"},
    "code extensions": {"SpecificCharacterSet": ["", "ISO 2022 IR 87"], "PatientName": "Yamada^Tarou=山田^太郎"},
    "several values": {"ModalitiesInStudy": ["MR", "SR", "SEG"], "StudyDescription": " prostate "},
    "empty": {"PatientName": "", "StudyDate": "", "ModalitiesInStudy": "", "NumberOfStudyRelatedInstances": None},
    "a series": {"SeriesInstanceUID": "1.2.3", "SeriesNumber": 7, "Modality": "MR", "SeriesDescription": "T2 ax"},
    "a date of long ago": {"StudyDate": "2026.01.02", "StudyTime": "10:15:30"},
}


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRLittleEndian])
@pytest.mark.parametrize("name", _ANSWERS)
def test_an_answer_says_what_pydicom_reads(name: str, syntax: UID) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        content = _encoded(_ANSWERS[name] | {"StudyInstanceUID": "1.2.3.4"}, syntax)
        quick, slow = read_answer(content, syntax), decode(BytesIO(content), syntax.is_implicit_VR, True)
        for keyword in slow.dir():
            assert text_of(quick, keyword) == text_of(slow, keyword)
        assert study_match(quick) == study_match(slow)
        assert series_match(quick) == series_match(slow)
    assert isinstance(quick, Dataset) == (name == "code extensions")


def test_an_answer_that_is_no_number_or_not_in_its_character_set_is_left_to_pydicom() -> None:
    for odd in (b"\x20\x00\x08\x12\x02\x00\x00\x00x ", b"\x10\x00\x10\x00\x02\x00\x00\x00\xfc "):
        assert isinstance(read_answer(odd, ImplicitVRLittleEndian), Dataset)


@pytest.mark.parametrize("explicit", [True, False])
@pytest.mark.parametrize("undefined", [True, False])
def test_what_lies_behind_a_sequence_is_found(explicit: bool, undefined: bool) -> None:
    inner = Dataset()
    inner.ReferencedSOPInstanceUID = "1.2.3"
    inner.is_undefined_length_sequence_item = undefined
    outer = Dataset()
    outer.ReferencedImageSequence = Sequence([inner, inner])
    outer["ReferencedImageSequence"].is_undefined_length = undefined
    outer.StudyInstanceUID = "1.2.3.4"
    content = encode(outer, not explicit, True) or b""
    assert elements(content, explicit=explicit)[0x0020000D][1].rstrip(b"\0") == b"1.2.3.4"
    for cut in range(1, len(content)):
        try:
            found = elements(content[:cut], explicit=explicit)
        except Unusual:
            continue
        assert 0x0020000D not in found


def _encoded(attributes: dict[str, object], syntax: UID) -> bytes:
    dataset = Dataset()
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    return encode(dataset, syntax.is_implicit_VR, True) or b""
