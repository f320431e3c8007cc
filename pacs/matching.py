"""C-FIND: identifiers to and from `core`'s words, and which stored value a key matches (PS3.4 C.2.2.2)."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from pydicom.dataset import Dataset
from pydicom.multival import MultiValue

from core.study import Patient, SeriesMatch, StudyMatch
from pacs.answers import Answer
from pacs.archive import StudyQuery
from pacs.site_profile import PLAIN, SiteProfile

_STUDY_KEYS = (
    "StudyDate", "StudyTime", "AccessionNumber", "ModalitiesInStudy", "StudyDescription", "PatientName", "PatientID",
    "PatientBirthDate", "PatientSex", "StudyInstanceUID", "NumberOfStudyRelatedSeries", "NumberOfStudyRelatedInstances",
)  # fmt: skip
_DAY = re.compile(r"[0-9]{8}")
_SERIES_KEYS = ("Modality", "SeriesNumber", "SeriesDescription", "SeriesInstanceUID", "NumberOfSeriesRelatedInstances")


def study_identifiers(query: StudyQuery, profile: SiteProfile = PLAIN) -> tuple[Dataset, ...]:
    """Return the identifiers whose answers together are the studies that `query` asks for.

    A text that may be part of a name or of an ID needs two, because the keys of one identifier are combined by AND; an
    archive whose names have a case needs one more for each way to write it.
    """
    text = query.patient.strip()
    if not text:
        return (_study_identifier(query, {}, profile),)
    before = "*" * (profile.wildcards == "both")
    words = re.split(r"[\s,^]+", text)
    written = [words] if profile.name_case == "any" else [words, [w.upper() for w in words], [w.title() for w in words]]
    names = dict.fromkeys("*".join([before + way[0], *way[1:], ""]) for way in written)
    return (
        *(_study_identifier(query, {"PatientName": name}, profile) for name in names),
        _study_identifier(query, {"PatientID": f"{before}{text}*"}, profile),
    )


def halved(query: StudyQuery, today: date | None = None) -> tuple[StudyQuery, ...]:
    """Return two queries for the halves of the dates, the later first; none when they cannot be cut any more."""
    first, last = query.date_from, query.date_to or today or datetime.now(tz=UTC).date()
    if first is None or first >= last:
        return ()
    middle = first + (last - first) // 2
    return replace(query, date_from=middle + timedelta(days=1)), replace(query, date_to=middle)


def in_character_set(identifier: Dataset, character_set: str) -> Dataset:
    """Return an identifier as it can be written in a character set, with "?" for letters that it lacks."""
    if "SpecificCharacterSet" not in identifier or character_set == "ISO_IR 192":
        return identifier
    encoding = "latin-1" if character_set == "ISO_IR 100" else "ascii"
    written = Dataset()
    for element in identifier:
        if element.keyword != "SpecificCharacterSet":
            text = str(element.value).encode(encoding, "replace").decode(encoding)
            setattr(written, element.keyword, text)
    if not all(str(element.value).isascii() for element in written):
        written.SpecificCharacterSet = character_set
    return written


def _study_identifier(query: StudyQuery, patient: dict[str, str], profile: SiteProfile) -> Dataset:
    keys = dict.fromkeys(_STUDY_KEYS, "") | patient
    keys["StudyDate"] = _date_range(query.date_from, query.date_to)
    keys["ModalitiesInStudy"] = query.modality * profile.modality_key
    keys["AccessionNumber"] = query.accession_number.strip()
    keys["StudyInstanceUID"] = query.study_instance_uid
    return _identifier("STUDY", keys)


def series_identifier(study_instance_uid: str) -> Dataset:
    """Return the identifier that asks for the series of a study."""
    return _identifier("SERIES", dict.fromkeys(_SERIES_KEYS, "") | {"StudyInstanceUID": study_instance_uid})


def sop_classes_identifier(study_instance_uid: str) -> Dataset:
    """Return the identifier that asks for the SOP classes of a study."""
    return _identifier("STUDY", {"StudyInstanceUID": study_instance_uid, "SOPClassesInStudy": ""})


def instance_identifier(study_instance_uid: str, series_instance_uid: str) -> Dataset:
    """Return the identifier that asks for the instances of a series and their SOP classes."""
    unique = {"StudyInstanceUID": study_instance_uid, "SeriesInstanceUID": series_instance_uid}
    return _identifier("IMAGE", unique | {"SOPInstanceUID": "", "SOPClassUID": ""})


def _identifier(level: str, keys: dict[str, str]) -> Dataset:
    identifier = Dataset()
    identifier.QueryRetrieveLevel = level
    if not all(value.isascii() for value in keys.values()):
        identifier.SpecificCharacterSet = "ISO_IR 192"
    for keyword, value in keys.items():
        setattr(identifier, keyword, value)
    return identifier


def _date_range(first: date | None, last: date | None) -> str:
    if first is None and last is None:
        return ""
    ends = [day.strftime("%Y%m%d") if day else "" for day in (first, last)]
    return ends[0] if ends[0] == ends[1] else "-".join(ends)


def study_match(answer: Answer) -> StudyMatch:
    """Return one study-level answer in `core`'s words; what the archive did not tell is empty or None."""
    return StudyMatch(
        study_instance_uid=text_of(answer, "StudyInstanceUID"),
        patient=Patient(
            patient_id=text_of(answer, "PatientID"),
            name=text_of(answer, "PatientName"),
            birth_date=_date(text_of(answer, "PatientBirthDate")),
            sex=text_of(answer, "PatientSex"),
        ),
        accession_number=text_of(answer, "AccessionNumber"),
        study_datetime=_datetime(text_of(answer, "StudyDate"), text_of(answer, "StudyTime")),
        description=text_of(answer, "StudyDescription"),
        modalities=tuple(filter(None, text_of(answer, "ModalitiesInStudy").split("\\"))),
        series_count=_integer(text_of(answer, "NumberOfStudyRelatedSeries")),
        instance_count=_integer(text_of(answer, "NumberOfStudyRelatedInstances")),
    )


def series_match(answer: Answer) -> SeriesMatch:
    """Return one series-level answer in `core`'s words; what the archive did not tell is empty or None."""
    return SeriesMatch(
        series_instance_uid=text_of(answer, "SeriesInstanceUID"),
        modality=text_of(answer, "Modality"),
        number=_integer(text_of(answer, "SeriesNumber")),
        description=text_of(answer, "SeriesDescription"),
        instance_count=_integer(text_of(answer, "NumberOfSeriesRelatedInstances")),
    )


def text_of(dataset: Answer, keyword: str) -> str:
    """Return a value as text, several joined by backslashes, "" if it is absent, empty or not of its VR."""
    try:
        value = dataset.get(keyword)
    except ValueError:  # e.g. letters in an IS; archives hold such things
        return ""
    if value is None:
        return ""
    if isinstance(value, MultiValue):
        return "\\".join(str(part) for part in value)
    return str(value).strip()


def _integer(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[+-]?\d+", text) else None


def _date(text: str) -> date | None:
    digits = text.replace(".", "")
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:])) if _DAY.fullmatch(digits) else None
    except ValueError:
        return None


def _datetime(day: str, clock: str) -> datetime | None:
    """Return scanner time; DICOM gives no zone with it, so neither do we."""
    known = _date(day)
    return None if known is None else datetime.combine(known, _time(clock))


def _time(text: str) -> time:
    digits = text.replace(":", "").split(".")[0].ljust(6, "0")
    try:
        return time(int(digits[:2]), int(digits[2:4]), min(int(digits[4:6]), 59))
    except ValueError:
        return time()


def matches(vr: str, key: str, stored: str) -> bool:
    """Return whether the stored value fits a key of a C-FIND, both as text with backslashes between several values.

    An empty key matches anything; UIDs match a list, dates and times a range, texts wildcards, names in either case.
    """
    if key in ("", "*"):
        return True
    values = stored.split("\\")
    if vr in ("DA", "TM"):
        return any(_in_range(vr, key, value) for value in values)
    if vr in ("IS", "US", "UL", "DS"):
        return any(_same_number(wanted, value) for wanted in key.split("\\") for value in values)
    patterns = [_pattern(vr, wanted) for wanted in key.split("\\")]
    return any(pattern.fullmatch(value) for pattern in patterns for value in values)


def _pattern(vr: str, wanted: str) -> re.Pattern[str]:
    if vr == "UI":
        return re.compile(re.escape(wanted))
    if vr == "PN":
        wanted = wanted.rstrip("^=")
    escaped = re.escape(wanted).replace(r"\*", ".*").replace(r"\?", ".")
    tail = r"[\^=]*" if vr == "PN" else ""
    return re.compile(escaped + tail, re.IGNORECASE | re.DOTALL if vr == "PN" else re.DOTALL)


def _in_range(vr: str, key: str, value: str) -> bool:
    first, dash, last = (part.strip().replace(":", "").replace(".", "") for part in key.partition("-"))
    value = value.replace(":", "").replace(".", "")
    if not value:
        return False
    if not dash:
        return value.startswith(first) if vr == "TM" else value == first
    # a shorter time stands for all that begins with it: 12-13 includes 13:59
    return (not first or value >= first) and (not last or value[: len(last)] <= last)


def _same_number(wanted: str, value: str) -> bool:
    try:
        return float(wanted) == float(value)
    except ValueError:
        return False


def merged(answers: Sequence[StudyMatch]) -> tuple[StudyMatch, ...]:
    """Return each study once, newest first, those without a date last."""
    unique = {answer.study_instance_uid: answer for answer in reversed(answers)}
    return tuple(sorted(unique.values(), key=_newest_first))


def _newest_first(study: StudyMatch) -> tuple[float, str]:
    when = study.study_datetime
    return (0.0 if when is None else -when.replace(tzinfo=UTC).timestamp(), study.study_instance_uid)
