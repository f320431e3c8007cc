"""Where the reader or the AI laid series comes back from a signed report exactly, and its texts go on by themselves."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.dataset import Dataset
from scipy.spatial.transform import Rotation

from core.alignment import Alignment, Moved
from core.bend import Bend
from core.errors import ReportUnreadable
from core.frame_link import FrameLink, LinkedBy, MatchScore, Rows, rows_of
from core.nudge import Nudge, Nudges
from core.report import Report
from reporting import codes
from reporting.read_sr import read_report
from reporting.seg import segmentation
from reporting.sr import draft_sr
from reporting.sr_nudges import nudge_items, read_nudges
from reporting.text import shown_findings

_MM = st.floats(-300, 300)
_PLACES = st.tuples(_MM, _MM, _MM)
_UIDS = st.from_regex(r"[12]\.[1-9][0-9]{0,9}(\.[1-9][0-9]{0,9}){1,4}", fullmatch=True)
_WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
_NUDGE = st.builds(Nudge, _PLACES, _PLACES, _PLACES)
_SCORE = st.builds(MatchScore, st.none() | st.floats(0, 9), st.floats(0, 9))


@st.composite
def _rigid(draw: st.DrawFn) -> Rows:
    matrix = np.eye(4)
    matrix[:3, :3] = Rotation.from_euler("xyz", draw(_PLACES), degrees=True).as_matrix()
    matrix[:3, 3] = draw(_PLACES)
    return rows_of(matrix)


_LINK = st.builds(FrameLink, _UIDS, _UIDS, _rigid(), st.sampled_from(LinkedBy), _WORDS, st.none() | _SCORE)
_MOVE = st.floats(-8, 8)
_AXES = np.linalg.qr(np.arange(9.0).reshape(3, 3) ** 2 + np.eye(3))[0].tolist()
_BEND = st.builds(
    Bend,
    _PLACES,
    st.just(tuple(map(tuple, _AXES))),
    st.just((20.0, 20.0, 20.0)),
    st.just((1, 2, 1)),
    st.tuples(st.tuples(_MOVE, _MOVE), st.tuples(_MOVE, _MOVE)),
    st.floats(0, 5),
    st.floats(0, 9),
    st.floats(0, 9),
)
_ALIGNMENT = st.builds(
    Alignment,
    st.sampled_from(Moved),
    _UIDS,
    _rigid(),
    _PLACES,
    st.floats(0, 180),
    st.floats(0, 9),
    st.floats(0, 9),
    _WORDS,
    st.booleans(),
    _WORDS,
    st.booleans(),
    st.none() | _BEND,
    _WORDS,
)
_NUDGES = st.builds(
    Nudges,
    _NUDGE,
    _NUDGE,
    st.lists(_LINK, max_size=3).map(tuple),
    st.lists(_ALIGNMENT, max_size=2, unique_by=lambda one: one.moved).map(tuple),
)
_LAID = Nudges(
    Nudge((1.5, -0.1, 0.3), (0.0, 0.0, 2.25), (3.0, 12.0, -40.5)),
    links=(
        FrameLink(
            "1.2.826.0.1.3680043.8.498.99",
            "1.2.826.0.1.3680043.8.498.2",
            rows_of(np.array([[1, 0, 0, -12.1], [0, 1, 0, 8.3], [0, 0, 1, -6.7], [0, 0, 0, 1]])),
            LinkedBy.REGISTRATION,
            "ADC (series 7)",
            MatchScore(None, 0.31),
        ),
    ),
)


@settings(max_examples=150, deadline=None)
@given(nudges=_NUDGES)
def test_any_placement_comes_back_to_the_last_digit(nudges: Nudges) -> None:
    evaluations = Dataset()
    evaluations.ContentSequence = list(nudge_items(nudges))
    assert read_nudges(evaluations) == nudges


def test_a_report_in_which_nothing_was_moved_says_nothing_of_it() -> None:
    assert list(nudge_items(Nudges())) == []
    assert read_nudges(Dataset()) == Nudges()


def test_what_was_laid_by_hand_is_there_again_and_the_findings_go_on_writing_themselves(draft_report: Report) -> None:
    report = replace(draft_report, nudges=_LAID)
    again = read_report(_stored(_written(report)), _stored(_seg(report)), report.recognised)
    assert again.nudges == _LAID
    assert again.own_findings == ""
    assert shown_findings(again) == shown_findings(report)
    assert "ADC (series 7) by rigid registration" in shown_findings(again)


def test_a_placement_that_was_altered_is_refused(draft_report: Report) -> None:
    report = replace(draft_report, nudges=_LAID)
    sr = _written(report)
    (item,) = _items(sr)
    item.TextValue = item.TextValue.replace("[1.0, 0.0, 0.0, -12.1]", "[2.0, 0.0, 0.0, -12.1]")
    with pytest.raises(ReportUnreadable, match="neither stretches nor mirrors"):
        read_report(sr, _seg(report), report.recognised)


def test_dciodvfy_finds_no_error_in_a_report_with_links(
    draft_report: Report, tmp_path: Path, dciodvfy: Callable[[Path], Any]
) -> None:
    _written(replace(draft_report, nudges=_LAID)).save_as(tmp_path / "sr.dcm", enforce_file_format=True)
    said = dciodvfy(tmp_path / "sr.dcm")
    assert (said.kind, said.errors) == ("Comprehensive3DSR", [])


def _seg(report: Report) -> Dataset:
    return segmentation(report.recognised, report.gland, report.lesions)


def _written(report: Report) -> Dataset:
    return draft_sr(report, _seg(report))


def _stored(dataset: Dataset) -> Dataset:
    buffer = BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    buffer.seek(0)
    return dcmread(buffer)


def _items(sr: Dataset) -> list[Dataset]:
    return [
        item
        for section in sr.ContentSequence
        for item in section.get("ContentSequence", [])
        if item.ConceptNameCodeSequence[0].CodeValue == codes.SERIES_MOVED.value
    ]
