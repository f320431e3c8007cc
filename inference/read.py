"""A folder of DICOM files, read as one study without its pixels."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path

from core.errors import StudyUnreadable
from core.study import Instance, Patient, Series, Study
from inference.elements import Damaged, NotDicom
from inference.header import Header, read_header, read_texts

_log = logging.getLogger(__name__)
_STUDY_TEXTS = (
    *("PatientID", "PatientName", "PatientBirthDate", "PatientSex", "AccessionNumber", "StudyDate", "StudyTime"),
    *("StudyDescription", "StudyID", "ReferringPhysicianName", "InstitutionName", "PatientAge"),
)


def read_study(folder: Path) -> Study:
    """Return the one study that lies in `folder` and the folders below it, from the headers of its files.

    Files that are not DICOM are passed over, and a file that lies there twice counts once. Raises
    `StudyUnreadable` when there is no DICOM file, more than one study, or a file that is damaged.
    """
    headers = _headers(folder)
    if not headers:
        raise StudyUnreadable(f"{folder} holds no DICOM files; choose the folder that the study was exported to.")
    _require_one_study(folder, headers)
    return _study(read_texts(headers[0].path, _STUDY_TEXTS), headers)


def _headers(folder: Path) -> list[Header]:
    headers: dict[str, Header] = {}
    passed_over = 0
    for path in _files(folder):
        try:
            header = read_header(path)
        except NotDicom:
            _refuse_broken(path)
            passed_over += 1
        except Damaged as damage:
            raise _damaged(path, str(damage)) from damage
        except OSError as error:
            raise StudyUnreadable(f"{path} cannot be read: {error.strerror}. Check the disk and its rights.") from error
        else:
            headers.setdefault(header.sop_instance_uid, header)
    if passed_over:
        _log.warning("%d files that are not DICOM images were passed over", passed_over)
    return list(headers.values())


def _files(folder: Path) -> Iterable[Path]:
    """Return the files of a folder tree by name, without hidden ones (those of macOS, and our half-written ones)."""
    if not folder.is_dir():
        raise StudyUnreadable(f"{folder} is not a folder; choose the folder that the study was exported to.")
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )


def _refuse_broken(path: Path) -> None:
    """Refuse a file that calls itself DICOM and is not: passing over it could lose a slice without a word."""
    if path.suffix.lower() in (".dcm", ".dicom") and path.name.upper() != "DICOMDIR":
        raise _damaged(path, "it is empty" if not path.stat().st_size else "its content is not DICOM")


def _damaged(path: Path, how: str) -> StudyUnreadable:
    return StudyUnreadable(f"{path} is damaged: {how}. Retrieve the study again, or remove the file to go on without.")


def _require_one_study(folder: Path, headers: Sequence[Header]) -> None:
    studies = sorted({header.study_instance_uid for header in headers})
    if len(studies) > 1:
        raise StudyUnreadable(
            f"{folder} holds {len(studies)} studies ({', '.join(studies)}); choose a folder with one of them."
        )


def _study(texts: Mapping[str, str], headers: Sequence[Header]) -> Study:
    by_series: dict[str, list[Header]] = defaultdict(list)
    for header in headers:
        by_series[header.series_instance_uid].append(header)
    series = sorted(map(_series, by_series.values()), key=_series_order)
    return Study(
        study_instance_uid=headers[0].study_instance_uid,
        patient=_patient(texts),
        accession_number=texts["AccessionNumber"],
        study_datetime=_study_datetime(texts),
        description=texts["StudyDescription"],
        study_id=texts["StudyID"],
        referring_physician=texts["ReferringPhysicianName"],
        institution=texts["InstitutionName"],
        series=tuple(series),
        stated_age=_years(texts["PatientAge"]),
        patient_ids=tuple(sorted({header.patient_id for header in headers})),
    )


def _series(headers: Sequence[Header]) -> Series:
    ordered = sorted(headers, key=lambda header: (header.instance_number or 0, header.path))
    first = ordered[0]
    return Series(
        series_instance_uid=first.series_instance_uid,
        modality=first.modality,
        number=first.series_number,
        description=first.series_description,
        frame_of_reference_uid=first.frame_of_reference_uid,
        instances=tuple(
            Instance(header.path, header.sop_class_uid, header.sop_instance_uid, header.instance_number)
            for header in ordered
        ),
    )


def _series_order(series: Series) -> tuple[bool, int, str]:
    return series.number is None, series.number or 0, series.series_instance_uid


def _patient(texts: Mapping[str, str]) -> Patient:
    return Patient(
        patient_id=texts["PatientID"],
        name=texts["PatientName"],
        birth_date=_date(texts["PatientBirthDate"]),
        sex=texts["PatientSex"],
    )


def _years(text: str) -> int | None:
    """Return an AS value in whole years (PS3.5 table 6.2-1), or None when it is no age in years."""
    number, unit = text[:-1], text[-1:]
    return int(number) if number.isdecimal() and unit == "Y" else None


def _study_datetime(texts: Mapping[str, str]) -> datetime | None:
    """Return when the study was made, in the scanner's local time; None without a usable date."""
    day = _date(texts["StudyDate"])
    return day and datetime.combine(day, _time(texts["StudyTime"]))


def _date(text: str) -> date | None:
    """Return a DA value (PS3.5 table 6.2-1, and the older YYYY.MM.DD), or None when it is no day."""
    digits = text.replace(".", "")
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8])) if len(digits) == 8 else None
    except ValueError:
        return None


def _time(text: str) -> time:
    """Return a TM value, midnight when it is none; parts may be missing from the right."""
    digits = text.replace(":", "").split(".")[0].ljust(6, "0")
    try:
        return time(int(digits[:2]), int(digits[2:4]), min(int(digits[4:6]), 59))
    except ValueError:
        return time()
