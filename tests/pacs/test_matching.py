"""Which value a C-FIND key matches (PS3.4 C.2.2.2), and how answers become our words."""

from datetime import date, datetime

import pytest
from pydicom.dataset import Dataset

from core.study import Patient, SeriesMatch, StudyMatch
from pacs.archive import StudyQuery
from pacs.matching import matches, merged, series_match, study_identifiers, study_match


@pytest.mark.parametrize(
    ("vr", "key", "stored", "fits"),
    [
        ("PN", "", "Doe^John", True),
        ("PN", "*", "", True),
        ("PN", "doe^john", "Doe^John", True),
        ("PN", "Doe^John", "Doe^John^^", True),
        ("PN", "Doe^John^", "Doe^John", True),
        ("PN", "Doe", "Doe^John", False),
        ("PN", "Doe*", "Doe^John", True),
        ("PN", "*MÜL*", "Müller^Jürgen", True),
        ("PN", "D?e^John", "Doe^John", True),
        ("LO", "A.1", "AB1", False),
        ("LO", "A[1]*", "A[1]2", True),
        ("SH", "acc1", "ACC1", False),
        ("DA", "20240229", "20240229", True),
        ("DA", "20240201-20240301", "20240229", True),
        ("DA", "20240201-20240228", "20240229", False),
        ("DA", "-20240229", "20240229", True),
        ("DA", "20240301-", "20240229", False),
        ("DA", "20240201-", "", False),
        ("TM", "10-11", "101530.25", True),
        ("TM", "1015", "101530", True),
        ("TM", "1100-", "101530", False),
        ("UI", "1.2\\1.3", "1.3", True),
        ("UI", "1.2", "1.20", False),
        ("IS", "7", "007", True),
        ("IS", "7", "", False),
        ("CS", "MR\\CT", "SR\\MR", True),
        ("CS", "US", "SR\\MR", False),
    ],
)
def test_a_key_fits_a_value(vr: str, key: str, stored: str, fits: bool) -> None:
    assert matches(vr, key, stored) is fits


def test_a_patient_is_asked_for_by_name_and_by_id() -> None:
    by_name, by_id = study_identifiers(StudyQuery(patient=" Doe, John "))
    assert (by_name.PatientName, by_name.PatientID) == ("*Doe*John*", "")
    assert (by_id.PatientName, by_id.PatientID) == ("", "*Doe, John*")


def test_a_name_beyond_ascii_declares_its_character_set() -> None:
    assert study_identifiers(StudyQuery(patient="Müller"))[0].SpecificCharacterSet == "ISO_IR 192"
    assert "SpecificCharacterSet" not in study_identifiers(StudyQuery(patient="Miller"))[0]


@pytest.mark.parametrize(
    ("first", "last", "asked"),
    [
        (None, None, ""),
        (date(2024, 2, 1), date(2024, 2, 29), "20240201-20240229"),
        (date(2024, 2, 1), None, "20240201-"),
        (None, date(2024, 2, 29), "-20240229"),
        (date(2024, 2, 1), date(2024, 2, 1), "20240201"),
    ],
)
def test_dates_are_asked_for_as_a_range(first: date | None, last: date | None, asked: str) -> None:
    assert study_identifiers(StudyQuery(date_from=first, date_to=last))[0].StudyDate == asked


def test_what_an_archive_does_not_tell_is_none_and_not_zero() -> None:
    answer = Dataset()
    answer.StudyInstanceUID = "1.2"
    match = study_match(answer)
    assert (match.series_count, match.instance_count, match.study_datetime) == (None, None, None)
    assert match.patient == Patient("", "", None, "")
    assert series_match(answer) == SeriesMatch("", "", None, "", None)


def test_a_time_without_seconds_and_an_impossible_birth_date_are_read_as_far_as_they_go() -> None:
    answer = Dataset()
    answer.StudyDate, answer.StudyTime = "20240229", "1015"
    answer.PatientBirthDate = "19550131"
    answer["PatientBirthDate"]._value = "19550231"
    match = study_match(answer)
    assert match.study_datetime == datetime(2024, 2, 29, 10, 15)  # noqa: DTZ001 (DICOM gives no zone)
    assert match.patient.birth_date is None


def test_a_study_that_two_questions_found_is_listed_once_and_the_newest_comes_first() -> None:
    def study(uid: str, day: int | None) -> StudyMatch:
        when = None if day is None else datetime(2024, 1, day)  # noqa: DTZ001 (DICOM gives no zone)
        return StudyMatch(uid, Patient("", "", None, ""), "", when, "", (), None, None)

    old, new, undated = study("1", 1), study("2", 2), study("3", None)
    assert merged([old, undated, new, old]) == (new, old, undated)
