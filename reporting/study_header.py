"""What a derived object takes over from the study it belongs to: patient, study, and the T2 slices it shows."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
from highdicom import Volume
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.sr.coding import Code

from core.errors import SeriesIncomplete
from core.study import RecognisedStudy
from core.volume import position_lps
from reporting.sources import any_header, axial_t2, fitted, headers, patient_name

_PATIENT_AND_STUDY = (  # PS3.3 C.7.1.1, C.7.2.1, C.7.2.2; True: type 2, written empty when the source has none
    ("PatientName", True),
    ("PatientID", True),
    ("IssuerOfPatientID", False),
    ("PatientBirthDate", True),
    ("PatientSex", True),
    ("PatientIdentityRemoved", False),
    ("DeidentificationMethod", False),
    ("StudyInstanceUID", True),
    ("StudyDate", True),
    ("StudyTime", True),
    ("ReferringPhysicianName", True),
    ("StudyID", True),
    ("AccessionNumber", True),
    ("StudyDescription", False),
    ("PatientAge", False),
    ("PatientSize", False),
    ("PatientWeight", False),
)
_SAME_PLACE_MM = 0.1


def study_header(recognised: RecognisedStudy) -> Dataset:
    """Return patient and study as the study's files have them, in UTF-8; raises `SeriesIncomplete`."""
    source = any_header(recognised)
    header = Dataset()
    header.SpecificCharacterSet = "ISO_IR 192"
    for keyword, always in _PATIENT_AND_STUDY:
        if keyword in source:
            _take_over(header, source, keyword)
        elif always:
            setattr(header, keyword, "")
    return header


def _take_over(header: Dataset, source: Dataset, keyword: str) -> None:
    """Copy a value; a text no longer depends on the character set of the file it came from."""
    element = source[keyword]
    if keyword == "PatientName":
        header.PatientName = patient_name(source)
    elif element.VR in ("PN", "SH", "LO"):
        values = element.value if isinstance(element.value, MultiValue) else [element.value or ""]
        setattr(header, keyword, [fitted(keyword, str(value)) for value in values])
    else:
        header.add(element)


def stamp(dataset: Dataset, at: datetime) -> None:
    """Write when the object was made, in local time like the study's own dates."""
    date, time = at.strftime("%Y%m%d"), at.strftime("%H%M%S")
    dataset.ContentDate = dataset.SeriesDate = dataset.InstanceCreationDate = date
    dataset.ContentTime = dataset.SeriesTime = dataset.InstanceCreationTime = time


def coded(code: Code) -> Dataset:
    """Return a code as an item of a code sequence (PS3.3 8.8)."""
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = code.value, code.scheme_designator, code.meaning
    return item


def source_slices(recognised: RecognisedStudy, t2: Volume) -> Sequence[Dataset]:
    """Return the header of the file that each slice of `t2` came from, by rising k; raises `SeriesIncomplete`."""
    stack = axial_t2(recognised).stack
    found = headers(stack)
    there = len(found) == t2.spatial_shape[0] and all(
        np.allclose(np.array(header.ImagePositionPatient, np.float64), position_lps(t2, (k, 0, 0)), atol=_SAME_PLACE_MM)
        for k, header in enumerate(found)
    )
    if not there:
        raise SeriesIncomplete(
            f"The files of {stack.series.label} are not the ones that its slices were loaded from; retrieve it again."
        )
    return found
