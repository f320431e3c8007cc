"""That an analysis failed can be told whatever is wrong with the study, and is never taken for findings."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import MRImageStorage

from core.ai_result import FAILED_SERIES, FAILED_SERIES_NUMBER, FAILED_TITLE
from reporting.failed_sr import failed_sr, failure_of

_WHY = "Cannot run: the study has no ADC map."


@pytest.fixture
def bare() -> Dataset:
    """The header of an image that says no more than what it is and whose study and series it belongs to."""
    header = Dataset()
    header.SOPClassUID, header.SOPInstanceUID = MRImageStorage, "1.2.3.1.1"
    header.StudyInstanceUID, header.SeriesInstanceUID, header.Modality = "1.2.3", "1.2.3.1", "MR"
    return header


def test_a_failure_says_why_and_that_nothing_was_ruled_out_even_of_a_study_that_says_nothing_of_itself(
    bare: Dataset, tmp_path: Path, dciodvfy: Callable[[Path], SimpleNamespace]
) -> None:
    failed_sr(bare, _WHY).save_as(path := tmp_path / "sr.dcm", enforce_file_format=True)
    sr = dcmread(path)
    assert failure_of(sr) == _WHY
    assert (sr.SeriesDescription, sr.SeriesNumber) == (FAILED_SERIES, FAILED_SERIES_NUMBER)
    (title,) = sr.ConceptNameCodeSequence
    assert (title.CodeValue, title.CodingSchemeDesignator, title.CodeMeaning) == FAILED_TITLE
    assert (sr.VerificationFlag, sr.CompletionFlag, sr.StudyInstanceUID) == ("UNVERIFIED", "PARTIAL", "1.2.3")
    assert dciodvfy(path).errors == []


def test_a_report_of_anything_else_is_no_failure(bare: Dataset) -> None:
    other = failed_sr(bare, _WHY)
    other.ConceptNameCodeSequence[0].CodeValue = "126000"
    assert failure_of(other) is None
    assert failure_of(bare) is None
