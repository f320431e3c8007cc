"""Round trip: what is read back from our SR and SEG is the report that was written."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from highdicom import Volume
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.dataset import Dataset

from core.errors import ReportUnreadable
from core.findings import Contribution, Ellipsoid, Feature, Findings, Gland, Measures, ModelIdentity
from core.pirads import Category, Dce, Epe, Score, Zone
from core.report import (
    Accepted,
    Assessment,
    Clinical,
    Edited,
    FromModel,
    FromReader,
    Lesion,
    Override,
    Report,
    SignedReport,
    Unreviewed,
    with_findings,
)
from core.sectors import sectors
from core.study import RecognisedStudy, Role
from core.volume import centroid_lps, on_grid_of
from inference.load import load_stack
from inference.read import read_study
from inference.recognise import recognise
from reporting import codes
from reporting.read_sr import read_report
from reporting.seg import has_segments, segmentation
from reporting.signature import SigningKey
from reporting.sr import draft_sr, unverified_sr, verified_sr
from reporting.text import shown_findings, shown_impression


def _read_back(dataset: Dataset) -> Dataset:
    buffer = BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    buffer.seek(0)
    return dcmread(buffer)


def _written_and_read(report: Report, write: Callable[[Report, Dataset | None], Dataset] = draft_sr) -> Report:
    there_is_one = has_segments(report.gland, report.lesions)
    seg = segmentation(report.recognised, report.gland, report.lesions) if there_is_one else None
    read_seg = None if seg is None else _read_back(seg)
    return read_report(_read_back(write(report, seg)), read_seg, report.recognised)


def _assert_same_lesion(read: Lesion, written: Lesion) -> None:
    np.testing.assert_array_equal(read.mask.array, written.mask.array)
    np.testing.assert_allclose(read.mask.affine, written.mask.affine, atol=1e-6)
    assert read.mask.frame_of_reference_uid == written.mask.frame_of_reference_uid
    assert read.centroid_lps_mm == pytest.approx(written.centroid_lps_mm, abs=1e-4)
    unplaced = {"mask": None, "centroid_lps_mm": None}
    for name in Lesion.__dataclass_fields__.keys() - unplaced.keys():
        assert getattr(read, name) == getattr(written, name), name


def _assert_same_report(read: Report, written: Report) -> None:
    assert read.clinical == written.clinical
    assert read.models == written.models
    assert read.warnings == written.warnings
    assert len(read.lesions) == len(written.lesions)
    for ours, theirs in zip(read.lesions, written.lesions, strict=True):
        _assert_same_lesion(ours, theirs)
    assert (read.gland is None) == (written.gland is None)
    if read.gland and written.gland:
        np.testing.assert_array_equal(read.gland.mask.array, written.gland.mask.array)
        assert (read.gland.volume_ml, read.gland.model) == (written.gland.volume_ml, written.gland.model)
        assert read.gland.ellipsoid == written.gland.ellipsoid
        assert read.gland.edited == written.gland.edited
    assert shown_findings(read) == shown_findings(written)
    assert shown_impression(read) == shown_impression(written)
    assert (read.own_findings, read.own_impression) == (written.own_findings, written.own_impression)
    assert read.category is written.category
    assert (read.quality, read.pi_qual) == (written.quality, written.pi_qual)
    if not written.lesions:
        assert read.without_lesion is written.without_lesion


def test_a_signed_report_reads_back_as_it_was_signed(signed_report: SignedReport, signing_key: SigningKey) -> None:
    written = signed_report.report
    seg = segmentation(written.recognised, written.gland, written.lesions)
    sr = _read_back(verified_sr(signed_report, seg, signing_key))
    read = read_report(sr, _read_back(seg), written.recognised)
    for ours, theirs in zip(read.lesions, written.lesions[:3], strict=True):
        _assert_same_lesion(ours, theirs)
    assert read.category is written.category is Category.FIVE
    assert read.index_lesion is not None
    assert read.index_lesion.label == "L2"
    assert read.psa_density == written.psa_density


def test_the_signed_words_stay_although_a_rejected_finding_does_not_come_back(draft_report: Report) -> None:
    read = _written_and_read(draft_report)
    assert [x.label for x in draft_report.lesions] == ["L1", "L2", "L3", "L4"]
    assert [x.label for x in read.lesions] == ["L1", "L2", "L3"]
    assert "haemorrhage" in shown_findings(read)
    assert shown_findings(read) == shown_findings(draft_report)
    assert shown_impression(read) == shown_impression(draft_report)


def test_what_the_ai_found_reads_back_as_unreviewed_lesions(made_findings: Findings) -> None:
    seg = segmentation(made_findings.recognised, made_findings.gland, made_findings.candidates)
    read = read_report(_read_back(unverified_sr(made_findings, seg)), _read_back(seg), made_findings.recognised)
    _assert_same_report(read, with_findings(Report(made_findings.recognised), made_findings))
    assert all(isinstance(x.review, Unreviewed) for x in read.lesions)


def test_texts_of_the_reader_come_back_and_others_go_on_writing_themselves(draft_report: Report) -> None:
    written = replace(draft_report, lesions=draft_report.lesions[:3], own_impression="Nur mein Satz.\nUnd noch einer.")
    _assert_same_report(_written_and_read(written), written)


@pytest.mark.parametrize("category", [Category.ONE, Category.TWO, Category.X, Category.PENDING])
def test_a_report_without_gland_and_lesions_reads_back(made_study: RecognisedStudy, category: Category) -> None:
    written = Report(made_study, Clinical(psa_ng_ml=3.7, indication="Kontrolle"), without_lesion=category)
    _assert_same_report(_written_and_read(written), written)


def test_a_report_whose_only_lesion_was_rejected_reads_back_as_negative(draft_report: Report) -> None:
    written = replace(draft_report, lesions=draft_report.lesions[3:], without_lesion=Category.TWO)
    read = _written_and_read(written)
    assert (read.lesions, read.without_lesion, read.category) == ((), Category.TWO, Category.TWO)


def test_a_study_without_axial_t2_reads_back(made_study: RecognisedStudy) -> None:
    without = replace(made_study, choices=tuple(x for x in made_study.choices if x.role is not Role.T2_AXIAL))
    written = Report(without, Clinical(indication="Kontrolle"), without_lesion=Category.X)
    _assert_same_report(_written_and_read(written), written)


def test_a_report_of_another_study_is_refused(draft_report: Report) -> None:
    seg = segmentation(draft_report.recognised, draft_report.gland, draft_report.lesions)
    sr = draft_sr(draft_report, seg)
    sr.StudyInstanceUID = "1.2.3"
    with pytest.raises(ReportUnreadable, match="another study"):
        read_report(sr, seg, draft_report.recognised)


def test_a_report_of_somebody_else_is_refused(draft_report: Report) -> None:
    foreign = Dataset()
    foreign.SOPInstanceUID, foreign.StudyInstanceUID = "1.2.3", draft_report.study_instance_uid
    foreign.ContentSequence = []
    with pytest.raises(ReportUnreadable, match="not written by Prosector"):
        read_report(foreign, None, draft_report.recognised)


def test_a_report_without_its_segmentation_is_refused(draft_report: Report) -> None:
    seg = segmentation(draft_report.recognised, draft_report.gland, draft_report.lesions)
    other = segmentation(draft_report.recognised, draft_report.gland, draft_report.lesions[:1])
    sr = draft_sr(draft_report, seg)
    for wrong in (None, other):
        with pytest.raises(ReportUnreadable, match="lacks its segmentation"):
            read_report(sr, wrong, draft_report.recognised)


def test_a_real_study_keeps_its_outline_on_the_voxels_that_are_loaded(prostatex_0000: Path) -> None:
    recognised = recognise(read_study(prostatex_0000))
    choice = recognised.one(Role.T2_AXIAL)
    assert choice is not None
    t2 = load_stack(choice.stack)
    mask = np.zeros(t2.spatial_shape, np.uint8)
    mask[9:12, 200:214, 150:170] = 1
    written = Report(recognised, lesions=(_plain_lesion(on_grid_of(t2, mask)),))
    _assert_same_report(_written_and_read(written), written)


def _plain_lesion(mask: Volume) -> Lesion:
    return Lesion(
        tracking_uid="1.2.826.0.1.3680043.8.498.1",
        label="L1",
        mask=mask,
        centroid_lps_mm=centroid_lps(mask),
        measures=Measures(1.2, 14.0, 9.0, 700.0, 610.0),
        sector=sectors()["right-mid-PZpl"],
        assessment=Assessment(Zone.PZ, t2=Score.FOUR, dwi=Score.FOUR),
        origin=FromReader(),
        review=Accepted(),
    )


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")) | st.just("\n"), max_size=80).map(
    str.strip
)
WORDS = TEXT.filter(bool)
AMOUNT = st.floats(0, 5000, allow_nan=False)
MODELS = st.sampled_from(
    [
        ModelIdentity("Prosector detector", "0.1.0", "b" * 64, "Apache-2.0"),
        ModelIdentity("Läsion: net", "2.0-rc.1", "c" * 64, "CC BY-NC 4.0"),
    ]
)
VOLUME = AMOUNT.filter(bool)
MEASURED_ON = st.sampled_from([Role.T2_AXIAL, Role.ADC])
B_VALUES = st.lists(AMOUNT, max_size=4, unique=True).map(tuple)
MEASURES = st.one_of(
    st.builds(Measures, AMOUNT, AMOUNT, AMOUNT, st.none(), st.none()),
    st.builds(Measures, AMOUNT, AMOUNT, AMOUNT, AMOUNT, AMOUNT, B_VALUES, MEASURED_ON),
)
ASSESSMENTS = st.builds(
    Assessment,
    st.sampled_from([Zone.PZ, Zone.TZ]),
    st.sampled_from(Score),
    st.sampled_from(Score),
    st.sampled_from(Dce),
    st.sampled_from(Epe),
    st.none() | st.builds(Override, st.sampled_from(Category), TEXT),
)
ORIGINS = st.just(FromReader()) | st.builds(
    FromModel,
    MODELS,
    st.floats(0, 1),
    st.sampled_from(Category),
    st.lists(WORDS, max_size=3).map(tuple),
    contributions=st.lists(st.builds(Contribution, st.sampled_from(Feature), st.floats(-20, 20)), max_size=6).map(
        tuple
    ),
    calibrated_on=TEXT,
)


@st.composite
def reports(draw: st.DrawFn, recognised: RecognisedStudy, gland: Gland) -> Report:
    lesions = tuple(_lesion(draw, gland, number) for number in range(1, draw(st.integers(0, 3)) + 1))
    return Report(
        recognised=recognised,
        clinical=Clinical(draw(st.none() | AMOUNT), draw(TEXT)),
        gland=draw(
            st.none()
            | st.builds(
                lambda ml, by, size: replace(gland, volume_ml=ml, edited=by, ellipsoid=size),
                VOLUME,
                st.booleans(),
                st.none() | st.builds(Ellipsoid, VOLUME, VOLUME, VOLUME),
            )
        ),
        lesions=lesions,
        models=tuple(draw(st.lists(MODELS, max_size=2))),
        warnings=tuple(draw(st.lists(WORDS, max_size=2))),
        without_lesion=draw(st.sampled_from([Category.PENDING, Category.ONE, Category.TWO, Category.X])),
        own_findings=draw(TEXT),
        own_impression=draw(TEXT),
    )


def _lesion(draw: st.DrawFn, gland: Gland, number: int) -> Lesion:
    k, j, i = (draw(st.integers(0, size - 4)) for size in gland.mask.spatial_shape)
    array = np.zeros(gland.mask.spatial_shape, np.uint8)
    array[k : k + draw(st.integers(1, 3)), j : j + 3, i : i + draw(st.integers(1, 4))] = 1
    mask = on_grid_of(gland.mask, array)
    return Lesion(
        tracking_uid=f"2.25.{number}{draw(st.integers(0, 10**20))}",
        label=f"L{number}",
        mask=mask,
        centroid_lps_mm=centroid_lps(mask),
        measures=draw(MEASURES),
        sector=draw(st.sampled_from(list(sectors().values()))),
        assessment=draw(ASSESSMENTS),
        origin=draw(ORIGINS),
        review=draw(st.sampled_from([Accepted(), Edited(), Unreviewed()])),
        comment=draw(TEXT),
    )


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(data=st.data())
def test_any_report_reads_back_as_it_was_written(
    data: st.DataObject, made_study: RecognisedStudy, made_gland: Gland
) -> None:
    written = data.draw(reports(made_study, made_gland))
    _assert_same_report(_written_and_read(written), written)


@pytest.mark.parametrize("key", list(sectors()))
def test_every_sector_has_a_code_of_its_own(key: str) -> None:
    assert codes.sector_of(codes.sector_code(sectors()[key])) == sectors()[key]
