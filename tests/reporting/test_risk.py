"""The estimated risk in the report: in a place of its own, for research, and never in the impression."""

import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO

import pytest
from highdicom import Volume
from pydicom import dcmread
from pydicom.dataset import Dataset

from core.report import Clinical, Report, SignedReport
from core.study import Role
from reporting import codes, sr_tree
from reporting.images import ReportImages
from reporting.pdf import report_pdf
from reporting.read_sr import read_report
from reporting.seg import segmentation
from reporting.sr import draft_sr
from reporting.text import decision_support, findings_text, impression_text

needs_pdftotext = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="pdftotext (Debian: poppler-utils) is not installed"
)


def _dense(report: Report, psa_density: float) -> Report:
    assert report.gland is not None
    return replace(report, clinical=Clinical(psa_density * report.gland.volume_ml))


def _words(report: Report, images: ReportImages, signed: SignedReport | None = None) -> str:
    pdf = report_pdf(report, images, signed)
    done = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True)
    return re.sub(r"\s+", " ", done.stdout.decode())


@pytest.fixture
def images(made_volumes: Mapping[Role, Volume]) -> ReportImages:
    """T2, ADC and high-b of the made-up study."""
    return ReportImages(made_volumes[Role.T2_AXIAL], made_volumes[Role.ADC], made_volumes[Role.HIGH_B])


def test_the_sentence_holds_risk_inputs_source_and_that_it_is_research(draft_report: Report) -> None:
    # PI-RADS 5, density 0.30, age 67: 0.1900 + 0.3594 + 0.2 × 0.3640 = 0.6222, 65 %
    told = decision_support(_dense(draft_report, 0.30))
    assert told.startswith(
        "Research use only, not part of the radiologist's impression: estimated risk of clinically significant "
        "prostate cancer (ISUP ≥ 2) 65 % (95 % interval "
    )
    assert "from PI-RADS 5, PSA density 0.30 ng/mL² and age 67." in told
    assert "970 examinations (256 with csPCa) of three centres, public PI-CAI marksheet" in told


def test_it_is_neither_in_the_impression_nor_in_the_findings(draft_report: Report) -> None:
    assert decision_support(draft_report)
    assert "risk" not in (impression_text(draft_report) + findings_text(draft_report)).lower()


def test_without_psa_nothing_is_said(draft_report: Report) -> None:
    assert decision_support(replace(draft_report, clinical=Clinical())) == ""


@needs_pdftotext
def test_the_pdf_says_it_under_a_heading_of_its_own(draft_report: Report, images: ReportImages) -> None:
    words = _words(draft_report, images)
    told = decision_support(draft_report)
    assert words.index("Impression") < words.index("Decision support (research use)") < words.index("Lesions")
    assert told in words
    assert "decision support" not in _words(replace(draft_report, clinical=Clinical()), images).lower()


def _sr(report: Report) -> tuple[Dataset, Dataset]:
    seg = segmentation(report.recognised, report.gland, report.lesions)
    buffer = BytesIO()
    draft_sr(report, seg).save_as(buffer, enforce_file_format=True)
    buffer.seek(0)
    return dcmread(buffer), seg


def test_the_sr_holds_it_as_a_text_beside_the_impression(draft_report: Report) -> None:
    sr, _ = _sr(draft_report)
    evaluations = sr_tree.child(sr, codes.QUALITATIVE_EVALUATIONS)
    assert evaluations is not None
    assert sr_tree.text(evaluations, codes.CSPCA_RISK) == decision_support(draft_report)
    without, _ = _sr(replace(draft_report, clinical=Clinical()))
    evaluations = sr_tree.child(without, codes.QUALITATIVE_EVALUATIONS)
    assert evaluations is not None
    assert sr_tree.text(evaluations, codes.CSPCA_RISK) == ""


@pytest.mark.parametrize("change", ["as written", "without it", "of an older model"])
def test_whatever_the_sr_says_of_it_the_report_reads_back_with_the_risk_of_today(
    draft_report: Report, change: str
) -> None:
    sr, seg = _sr(draft_report)
    evaluations = sr_tree.child(sr, codes.QUALITATIVE_EVALUATIONS)
    assert evaluations is not None
    (item,) = sr_tree.children(evaluations, codes.CSPCA_RISK)
    if change == "without it":
        evaluations.ContentSequence.remove(item)
    elif change == "of an older model":
        item.TextValue = "Risk of csPCa: 12 %"
    read = read_report(sr, seg, draft_report.recognised)
    assert read.category is draft_report.category
    assert decision_support(read) == decision_support(draft_report)
