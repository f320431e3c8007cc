"""The AI on the phantom whose ADC came in another frame of reference: refused, then where the reader laid it."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pydicom
import pytest

from core.alignment import Moved
from core.errors import CannotAnalyse
from core.frame_link import FrameLink, LinkedBy, translation
from core.nudge import Nudge, Nudges
from core.progress import Silent
from core.report import Report, with_findings
from core.study import Role
from inference.models import Models
from reporting.text import shown_findings
from service.analysis import analyse
from service.analysis_cache import content_key
from service.nudged import nudged, remeasured
from service.reading import OpenStudy, open_folder
from service.workspace import Workspace

_FRAME = "1.2.826.0.1.3680043.8.498.99"
_AWAY = (31.0, -18.0, 9.0)


@pytest.fixture
def apart(phantom_study: SimpleNamespace, tmp_path: Path) -> OpenStudy:
    """The phantom with an ADC map in another frame of reference, in which the patient lies 37 mm elsewhere."""
    folder = tmp_path / "apart"
    shutil.copytree(phantom_study.folder, folder)
    for path in folder.rglob("*.dcm"):
        ds = pydicom.dcmread(path)
        if ds.SeriesDescription.endswith("ADC"):
            ds.FrameOfReferenceUID = _FRAME
            ds.ImagePositionPatient = [float(c) + mm for c, mm in zip(ds.ImagePositionPatient, _AWAY, strict=True)]
            ds.save_as(path)
    return open_folder(folder)


def _link(opened: OpenStudy) -> FrameLink:
    t2 = opened.volume(Role.T2_AXIAL)
    assert t2 is not None
    onto = str(t2.frame_of_reference_uid)
    return FrameLink(_FRAME, onto, translation(_AWAY, (0.0, 0.0, 0.0)), LinkedBy.ANCHOR, "ADC (series 5)")


@pytest.mark.journey
def test_an_anchored_adc_is_analysed_where_it_was_laid_and_the_report_tells(
    workspace: Workspace, apart: OpenStudy, phantom_study: SimpleNamespace
) -> None:
    with pytest.raises(CannotAnalyse, match="Lay it on the axial T2 and run the AI again"):
        analyse(workspace, apart, Silent())

    nudges = Nudges(links=(_link(apart),))
    findings = analyse(workspace, apart, Silent(), nudges=nudges)

    first = {candidate.sector.key: candidate for candidate in findings.candidates[:2]}
    assert set(first) == {lesion.sector for lesion in phantom_study.truth.lesions}
    for lesion in phantom_study.truth.lesions:
        covered = np.sum((first[lesion.sector].mask.array > 0) & (lesion.mask.array > 0))
        assert covered > 0.7 * np.sum(lesion.mask.array > 0)

    report = with_findings(Report(apart.recognised, nudges=nudges), findings)
    again = remeasured(report, nudged(apart, nudges))
    for shown, measured in zip(report.lesions, again.lesions, strict=True):
        assert shown.measures.adc_mean == pytest.approx(measured.measures.adc_mean)
    assert "ADC (series 5) anchored at one point" in shown_findings(report)
    assert [told for told in report.warnings if told.startswith("The AI worked on the ADC map where the reader laid")]
    trail = workspace.trail.path.read_text("utf-8")
    assert "ADC (series 5) anchored at one point" in trail


def test_another_place_is_another_analysis_and_a_place_of_other_series_is_not(apart: OpenStudy) -> None:
    link = _link(apart)
    linked = Nudges(links=(link,))
    corrected = Nudges(Nudge((1.0, 0.0, 0.0)), links=(link,))
    dynamic_too = Nudges(dce=Nudge((1.0, 0.0, 0.0)), links=(link,))
    only_nudged = Nudges(Nudge((1.0, 0.0, 0.0)))

    def key(nudges: Nudges) -> str | None:
        return content_key(apart.recognised, Models(), nudges.of_linked(apart.recognised.choices))

    keys = [key(nudges) for nudges in (Nudges(), linked, corrected)]
    assert len(set(keys)) == 3
    assert key(dynamic_too) == key(linked), "the dynamic images lie in the frame of the T2"
    assert key(only_nudged) == key(Nudges()), "without a link the analysis finds out by itself how series lie"


def test_what_the_analysis_gets_has_no_alignment_of_an_earlier_one(apart: OpenStudy) -> None:
    linked = Nudges(links=(_link(apart),)).of_linked(apart.recognised.choices)
    assert linked.alignment_of(Moved.DIFFUSION) is None
    assert [link.frame for link in linked.links] == [_FRAME]
