"""Round trip: what is read back from our SR and SEG is the report that was written."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from highdicom import Volume
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import Comprehensive3DSRStorage

from core.amendment import (
    Addendum,
    Amendment,
    AsSigned,
    Continuation,
    Correction,
    Note,
    Predecessor,
    ReportStatus,
)
from core.annotations import Annotation, Kind, RoiStatistics
from core.errors import ReportUnreadable
from core.findings import Contribution, Ellipsoid, Feature, Findings, Gland, MeasuredImage, Measures, ModelIdentity
from core.nudge import Nudge, Nudges
from core.order import Order
from core.pirads import Category, Dce, Epe, Score, Zone
from core.quality import UNASSESSED, Answer, PiQual, PiQualDraft, Quality, prefilled
from core.report import (
    Accepted,
    Assessment,
    Clinical,
    Edited,
    FromModel,
    FromReader,
    KeyImage,
    Lesion,
    Override,
    Reader,
    Rejected,
    Report,
    SignedReport,
    Unreviewed,
    sign,
    with_findings,
)
from core.sectors import sectors
from core.staging import Precise, PreciseScore, Seen, Staging
from core.study import Instance, RecognisedStudy, Role
from core.used_series import UsedSeries
from core.volume import centroid_lps, on_grid_of
from core.wording import Fact, FactName, Language, WrittenOver
from inference.load import load_stack
from inference.read import read_study
from inference.recognise import recognise
from reporting import codes, sr_tree
from reporting.packed_outline import packed
from reporting.read_sr import read_report
from reporting.seg import has_segments, segmentation
from reporting.signature import SigningKey
from reporting.sr import draft_sr, unverified_sr, verified_sr
from reporting.sr_amendment import predecessor_of, predecessors_of
from reporting.sr_items import dicom_text
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
    _assert_same_mask(read.original_mask, written.original_mask)
    for name in Lesion.__dataclass_fields__.keys() - {"mask", "original_mask", "centroid_lps_mm"}:
        assert getattr(read, name) == getattr(written, name), name


def _assert_same_mask(read: Volume | None, written: Volume | None) -> None:
    assert (read is None) == (written is None)
    if read is not None and written is not None:
        np.testing.assert_array_equal(read.array, written.array)
        np.testing.assert_allclose(read.affine, written.affine, atol=1e-6)


_COMPARED_APART = {"lesions", "gland", "without_lesion", "recognised"}
_BY_THE_DOCUMENT = {"amends", "notes"}
"""How a report stands to the one before it is what signing made of it; compared where a report is signed."""


def _assert_same_report(read: Report, written: Report) -> None:
    assert read.recognised is written.recognised
    for name in Report.__dataclass_fields__.keys() - _COMPARED_APART - _BY_THE_DOCUMENT:
        assert getattr(read, name) == getattr(written, name), name
    assert len(read.lesions) == len(written.lesions)
    for ours, theirs in zip(read.lesions, written.lesions, strict=True):
        _assert_same_lesion(ours, theirs)
    assert (read.gland is None) == (written.gland is None)
    if read.gland and written.gland:
        np.testing.assert_array_equal(read.gland.mask.array, written.gland.mask.array)
        assert (read.gland.volume_ml, read.gland.model) == (written.gland.volume_ml, written.gland.model)
        assert read.gland.ellipsoid == written.gland.ellipsoid
        assert (read.gland.edited, read.gland.doubts) == (written.gland.edited, written.gland.doubts)
        _assert_same_mask(read.gland.original_mask, written.gland.original_mask)
    assert shown_findings(read) == shown_findings(written)
    assert shown_impression(read) == shown_impression(written)
    assert read.category is written.category
    assert [x.label for x in read.named_lesions] == [x.label for x in written.named_lesions]
    if written.index_lesion is None and not written.unreviewed_lesions:
        assert read.without_lesion is written.without_lesion


def test_a_signed_report_reads_back_as_it_was_signed(signed_report: SignedReport, signing_key: SigningKey) -> None:
    written = signed_report.report
    seg = segmentation(written.recognised, written.gland, written.lesions)
    sr = _read_back(verified_sr(signed_report, seg, signing_key))
    read = read_report(sr, _read_back(seg), written.recognised)
    for ours, theirs in zip(read.lesions, written.lesions, strict=True):
        _assert_same_lesion(ours, theirs)
    assert read.category is written.category is Category.FIVE
    assert read.index_lesion is not None
    assert read.index_lesion.label == "L2"
    assert read.psa_density == written.psa_density


def test_a_rejected_finding_comes_back_as_rejected_so_that_the_text_goes_on_writing_itself(
    draft_report: Report,
) -> None:
    read = _written_and_read(draft_report)
    _assert_same_report(read, draft_report)
    assert isinstance(read.lesions[3].review, Rejected)
    assert "haemorrhage" in shown_findings(read)
    assert (read.own_findings, read.own_impression) == ("", "")


def test_a_rejected_outline_is_in_no_segmentation_and_in_no_measurement_group(draft_report: Report) -> None:
    seg = segmentation(draft_report.recognised, draft_report.gland, draft_report.lesions)
    sr = draft_sr(draft_report, seg)
    rejected = draft_report.lesions[3].tracking_uid
    assert rejected not in {str(segment.TrackingUID) for segment in seg.SegmentSequence}
    measured = sr_tree.child(sr, codes.IMAGING_MEASUREMENTS)
    assert measured is not None
    groups = sr_tree.children(measured, codes.MEASUREMENT_GROUP)
    assert rejected not in {str(sr_tree.children(x, codes.TRACKING_UID).__next__().UID) for x in groups}


def test_a_rejected_finding_of_an_earlier_version_which_kept_its_words_only_stays_words(draft_report: Report) -> None:
    seg = segmentation(draft_report.recognised, draft_report.gland, draft_report.lesions)
    sr = draft_sr(draft_report, seg)
    evaluations = sr_tree.child(sr, codes.QUALITATIVE_EVALUATIONS)
    assert evaluations is not None
    (told,) = sr_tree.children(evaluations, codes.REJECTED)
    del told.ContentSequence
    read = read_report(_read_back(sr), _read_back(seg), draft_report.recognised)
    assert [x.label for x in read.lesions] == ["L1", "L2", "L3"]
    assert shown_findings(read) == shown_findings(draft_report)


def test_a_rejected_outline_that_was_altered_is_refused(draft_report: Report) -> None:
    seg = segmentation(draft_report.recognised, draft_report.gland, draft_report.lesions)
    for altered in ("0 0 0 99 9 9 eJxjYGBgAAAABAAB", "0 0 0 2 2 2 bm90IHBhY2tlZA=="):
        sr = draft_sr(draft_report, seg)
        for item in sr.iterall():
            if item.keyword == "TextValue" and item.value == packed(draft_report.lesions[3].mask):
                item.value = altered
        with pytest.raises(ReportUnreadable, match="packed outline"):
            read_report(sr, seg, draft_report.recognised)


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
    assert (read.reported_lesions, read.without_lesion, read.category) == ((), Category.TWO, Category.TWO)


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


ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=30)
TEXT = ANY_TEXT.map(dicom_text)
WORDS = TEXT.map(lambda text: text or "Wörter 前列腺")
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
    st.none() | st.floats(0, 1),
    st.sampled_from(Category),
    st.lists(WORDS, max_size=3).map(tuple),
    contributions=st.lists(st.builds(Contribution, st.sampled_from(Feature), st.floats(-20, 20)), max_size=6).map(
        tuple
    ),
    calibrated_on=TEXT,
)
DAYS = st.dates(date(1950, 1, 1), date(2090, 12, 31))
SEEN = st.sampled_from(Seen)
STAGING = st.builds(Staging, SEEN, SEEN, SEEN, SEEN, SEEN, TEXT, SEEN, TEXT)
PRECISE = st.none() | st.builds(Precise, st.sampled_from(PreciseScore), DAYS, TEXT)
UIDS = st.integers(1, 10**20).map(lambda number: f"2.25.{number}")
ORDERS = st.none() | st.builds(
    Order,
    WORDS,
    *[TEXT] * 4,
    st.tuples(TEXT, TEXT, TEXT),
    st.just("") | UIDS,
    *[TEXT] * 2,
    st.none() | AMOUNT,
    st.none() | DAYS,
)
FACTS = st.lists(st.builds(Fact, st.sampled_from(FactName), ANY_TEXT, ANY_TEXT), max_size=3).map(tuple)
WRITTEN_OVER = st.none() | st.builds(WrittenOver, ANY_TEXT, FACTS, st.sampled_from(Language))
USED = st.lists(
    st.builds(
        UsedSeries,
        st.sampled_from(Role),
        st.lists(st.tuples(st.just("1.2.3"), st.none() | AMOUNT), max_size=2).map(tuple),
        ANY_TEXT,
    ),
    max_size=2,
).map(tuple)
MM = st.floats(-300, 300)
POINTS = st.tuples(MM, MM, MM)
STATISTICS = st.builds(RoiStatistics, ANY_TEXT, ANY_TEXT, st.integers(0, 10**6), *[AMOUNT] * 4, st.booleans())
DRAWINGS = st.lists(
    st.builds(
        Annotation,
        UIDS,
        st.sampled_from(Kind),
        UIDS,
        st.lists(POINTS, min_size=1, max_size=5).map(tuple),
        ANY_TEXT,
        st.none() | STATISTICS,
    ),
    max_size=3,
).map(tuple)
NUDGE = st.builds(Nudge, POINTS, POINTS, POINTS)
NUDGES = st.builds(Nudges, NUDGE, NUDGE)
"""Links and alignments: test_sr_nudges.py."""
NAMES = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=20)
READERS = st.builds(lambda name, place: Reader(f"{name}^Änne", place), NAMES, NAMES)
MOMENTS = st.datetimes(datetime(2001, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
SIGNED_AT = st.datetimes(datetime(2021, 1, 1), datetime(2049, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
"""While the reader's certificate is valid."""
NOTES = st.lists(
    st.builds(Note, st.sampled_from([ReportStatus.ADDENDUM, ReportStatus.CORRECTED]), WORDS, READERS, MOMENTS),
    max_size=3,
    unique_by=lambda note: note.signed_at,
).map(lambda notes: tuple(sorted(notes, key=lambda note: note.signed_at)))


def _pi_qual(draw: st.DrawFn, quality: Quality) -> PiQual | PiQualDraft:
    form = prefilled(quality)
    given = tuple((x, draw(st.sampled_from([Answer.MET, Answer.NOT_MET]))) for x, _ in form.answers)
    begun = tuple((x, draw(st.sampled_from(Answer))) for x, _ in form.answers)
    return draw(st.sampled_from([PiQual(given), form, PiQualDraft(begun)]))


def _amends(draw: st.DrawFn) -> Amendment | None:
    status = draw(st.sampled_from([None, *ReportStatus]))
    if status is None:
        return None
    before = Predecessor(
        *(draw(UIDS) for _ in range(2)), Comprehensive3DSRStorage, draw(UIDS), status, *_readers(draw), draw(MOMENTS)
    )
    if status is ReportStatus.PRELIMINARY:
        return Continuation(before)
    return draw(st.sampled_from([Addendum(before, draw(WORDS)), Correction(before, draw(WORDS)), AsSigned(before)]))


def _readers(draw: st.DrawFn) -> tuple[Reader, Reader]:
    return draw(READERS), draw(READERS)


@st.composite
def reports(draw: st.DrawFn, recognised: RecognisedStudy, gland: Gland, quality: Quality) -> Report:
    images = [x for series in recognised.study.series for x in series.instances]
    chosen = draw(st.lists(st.sampled_from(images), max_size=3))
    assessed = draw(st.booleans())
    lesions = tuple(_lesion(draw, gland, number, images) for number in range(1, draw(st.integers(0, 6)) + 1))
    return Report(
        recognised=recognised,
        clinical=Clinical(draw(st.none() | AMOUNT), draw(TEXT)),
        gland=_gland(draw, gland),
        lesions=lesions,
        models=tuple(draw(st.lists(MODELS, max_size=2))),
        warnings=tuple(draw(st.lists(WORDS, max_size=2))),
        without_lesion=draw(st.sampled_from([Category.PENDING, Category.ONE, Category.TWO, Category.X])),
        annotations=draw(DRAWINGS),
        nudges=draw(NUDGES),
        own_findings=draw(TEXT),
        own_impression=draw(TEXT),
        quality=quality if assessed else UNASSESSED,
        pi_qual=_pi_qual(draw, quality) if assessed else None,
        used=draw(USED),
        staging=draw(STAGING),
        precise=draw(PRECISE),
        order=draw(ORDERS),
        key_images=tuple(KeyImage(x.sop_instance_uid, draw(TEXT)) for x in chosen),
        amends=_amends(draw),
        notes=draw(NOTES),
        language=draw(st.sampled_from(Language)),
        findings_written_over=draw(WRITTEN_OVER),
        impression_written_over=draw(WRITTEN_OVER),
    )


def _gland(draw: st.DrawFn, gland: Gland) -> Gland | None:
    if not draw(st.booleans()):
        return None
    edited = draw(st.booleans())
    return replace(
        gland,
        volume_ml=draw(VOLUME),
        edited=edited,
        original_mask=_part_of(draw, gland.mask) if edited else None,
        ellipsoid=draw(st.none() | st.builds(Ellipsoid, VOLUME, VOLUME, VOLUME)),
        doubts=tuple(draw(st.lists(WORDS, max_size=2))),
    )


def _measures(draw: st.DrawFn, images: Sequence[Instance]) -> Measures:
    instance = draw(st.none() | st.sampled_from(images))
    image = None if instance is None else MeasuredImage(instance.sop_instance_uid, instance.instance_number)
    return replace(draw(MEASURES), image=image)


def _lesion(draw: st.DrawFn, gland: Gland, number: int, images: Sequence[Instance]) -> Lesion:
    mask = _part_of(draw, gland.mask)
    review = draw(st.sampled_from([Accepted(), Edited(), Unreviewed()]) | st.builds(Rejected, TEXT))
    return Lesion(
        tracking_uid=f"2.25.{number}{draw(st.integers(0, 10**20))}",
        label=f"L{number}",
        mask=mask,
        centroid_lps_mm=centroid_lps(mask),
        measures=_measures(draw, images),
        sector=draw(st.sampled_from(list(sectors().values()))),
        assessment=draw(ASSESSMENTS),
        origin=draw(ORIGINS),
        review=review,
        comment=draw(TEXT),
        original_mask=_part_of(draw, gland.mask)
        if isinstance(review, Edited | Rejected) and draw(st.booleans())
        else None,
        set_aside=draw(st.booleans()),
    )


def _part_of(draw: st.DrawFn, grid: Volume) -> Volume:
    k, j, i = (draw(st.integers(0, size - 4)) for size in grid.spatial_shape)
    array = np.zeros(grid.spatial_shape, np.uint8)
    array[k : k + draw(st.integers(1, 3)), j : j + 3, i : i + draw(st.integers(1, 4))] = 1
    return on_grid_of(grid, array)


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(data=st.data())
def test_any_report_reads_back_as_it_was_written(
    data: st.DataObject, made_study: RecognisedStudy, made_gland: Gland, draft_report: Report
) -> None:
    written = data.draw(reports(made_study, made_gland, draft_report.quality))
    read = _written_and_read(written)
    _assert_same_report(read, written)
    assert read.notes == written.notes


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(data=st.data())
def test_any_signed_report_reads_back_with_what_was_added_to_it_and_who_signed(
    data: st.DataObject, made_study: RecognisedStudy, made_gland: Gland, draft_report: Report, signing_key: SigningKey
) -> None:
    drawn = data.draw(reports(made_study, made_gland, draft_report.quality).map(_signable))
    preliminary = data.draw(st.booleans()) and isinstance(drawn.amends, Continuation | None)
    signed = sign(drawn, data.draw(READERS), data.draw(SIGNED_AT), preliminary=preliminary)
    has_seg = has_segments(drawn.gland, drawn.lesions)
    seg = segmentation(made_study, drawn.gland, drawn.lesions) if has_seg else None
    sr = _read_back(verified_sr(signed, seg, signing_key))
    read = read_report(sr, seg, made_study)
    _assert_same_report(read, drawn)
    assert read.notes == tuple(sorted(signed.notes, key=lambda note: note.signed_at))
    document = predecessor_of(sr)
    assert (document.signer, document.author, document.signed_at) == (signed.reader, signed.author, signed.signed_at)
    assert document.status is ReportStatus.PRELIMINARY if preliminary else document.status is _status(signed)
    follows = drawn.amends.predecessor.sop_instance_uid if drawn.amends else None
    assert predecessors_of(sr) == ((follows,) if follows else ())


def _status(signed: SignedReport) -> ReportStatus:
    """What a final report is called: by the newest note, as an addendum of a corrected report is both."""
    newest = sorted(signed.notes, key=lambda note: note.signed_at)
    return newest[-1].status if newest else ReportStatus.FINAL


def _signable(drawn: Report) -> Report:
    """Return a drawn report in which nothing keeps it from being signed."""
    lesions = tuple(
        replace(
            lesion,
            review=Accepted() if isinstance(lesion.review, Unreviewed) else lesion.review,
            assessment=replace(lesion.assessment, override=Override(Category.THREE, "Seen so")),
        )
        for lesion in drawn.lesions
    )
    without = Category.TWO if drawn.without_lesion is Category.PENDING else drawn.without_lesion
    amends = None if isinstance(drawn.amends, AsSigned) else drawn.amends
    return replace(drawn, lesions=lesions, without_lesion=without, amends=amends)


@pytest.mark.parametrize("key", list(sectors()))
def test_every_sector_has_a_code_of_its_own(key: str) -> None:
    assert codes.sector_of(codes.sector_code(sectors()[key])) == sectors()[key]
