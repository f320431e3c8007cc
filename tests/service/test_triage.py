"""What the archive's structured reports say of studies, read from a real Orthanc, ours and another system's."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pydicom
import pytest
from foreign_objects import ball, described, headers, of_segment, report, segmentation
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from core.errors import ArchiveRefused
from core.findings import Candidate, Findings, Gland, ModelIdentity
from core.order import Order
from core.pirads import Category
from core.progress import Progress, Silent
from core.quality import Adequacy, Asked, Effect, Quality, QualityCheck, Verdict
from core.quality import Sequence as Kind
from core.reader import Reader
from core.report import Report, sign
from core.sectors import sector
from core.settings import OrdersSettings
from core.study import Patient, Role, SeriesMatch, StudyMatch
from core.triage_facts import (
    AiDocument,
    Analysed,
    Document,
    Failed,
    NotAnalysed,
    ReaderDocument,
    ReportState,
    Suspicion,
    Withheld,
    facts_of,
)
from core.volume import centroid_lps
from inference.lesion import sphere
from pacs.archive import StudyQuery
from pacs.dimse import DimseArchive
from reporting.failed_sr import failed_sr
from reporting.hl7 import read
from reporting.hl7_order import read_orders
from reporting.result_codes import result_codes
from reporting.seg import segmentation as segmentation_of
from reporting.signature import throw_away_key
from reporting.sr import unverified_sr, verified_sr
from service.lesions import measures_of
from service.orders import OrderBook
from service.reading import OpenStudy
from service.triage import Told, facts_of_patient, known, look
from service.triage_documents import document_of
from service.triage_pages import Page, changed_in, first_page, following, studies_of
from service.workspace import Workspace

_MODEL = ModelIdentity("Detector", "0.1", "b" * 64, "Apache-2.0")


@pytest.fixture(scope="module")
def findings(opened_phantom: OpenStudy) -> Findings:
    """A gland and two lesions of the phantom, one suspicious (0.81, suggests 4), one less so."""
    t2 = opened_phantom.volume(Role.T2_AXIAL)
    assert t2 is not None
    middle = centroid_lps(t2.with_array((t2.array > -1).astype("uint8")))
    gland = sphere(t2, middle, 40.0)

    def candidate(number: int, score: float, suggested: Category) -> Candidate:
        mask = sphere(t2, (middle[0] + 6.0 * number, middle[1], middle[2]), 9.0)
        return Candidate(
            tracking_uid=f"1.2.826.0.1.3680043.8.498.5.{number + 2}",
            mask=mask,
            score=score,
            centroid_lps_mm=centroid_lps(mask),
            measures=measures_of(opened_phantom, mask),
            sector=sector("right-mid-PZpm"),
            suggested_category=suggested,
            model=_MODEL,
            explanation=("ADC is low",),
        )

    return Findings(
        recognised=opened_phantom.recognised,
        gland=Gland(gland, 32.0, _MODEL),
        zones=gland,
        suspicion=gland,
        candidates=(candidate(-1, 0.81, Category.FOUR), candidate(1, 0.34, Category.THREE)),
        models=(_MODEL,),
        timings_s={},
        warnings=(),
    )


@pytest.fixture(scope="module")
def ai_sr(findings: Findings) -> Dataset:
    """What a watcher stores of them."""
    return unverified_sr(findings, segmentation_of(findings.recognised, findings.gland, findings.candidates))


# ------------------------------------------------------------------ one document


def test_our_ai_report_says_how_suspicious_its_worst_lesion_is_and_how_large_the_gland(ai_sr: Dataset) -> None:
    document = document_of(ai_sr)
    assert isinstance(document, AiDocument)
    assert document.result == Analysed(2, Suspicion(0.81), Category.FOUR)
    assert document.about.gland_ml == pytest.approx(32.0)


def test_our_ai_report_without_a_lesion_says_that_none_was_found(findings: Findings) -> None:
    none = replace(findings, candidates=())
    document = document_of(unverified_sr(none, segmentation_of(none.recognised, none.gland, ())))
    assert isinstance(document, AiDocument)
    assert document.result == Analysed(0)


def test_an_ai_that_was_withheld_for_the_image_quality_says_nothing_of_lesions(findings: Findings) -> None:
    check = QualityCheck(Kind.T2, Asked.GHOSTS, "0.4", "≤ 0.1", Verdict.FAILED, "measured", effect=Effect.WITHHOLDS)
    bad = replace(findings, candidates=(), quality=Quality((check,)))
    document = document_of(unverified_sr(bad, segmentation_of(bad.recognised, bad.gland, ())))
    assert isinstance(document, AiDocument)
    assert isinstance(document.result, Withheld)
    assert "ghosts" in document.result.why
    assert document.about.adequacy is Adequacy.INADEQUATE


def test_a_failure_says_why_and_is_never_taken_for_no_lesion(opened_phantom: OpenStudy) -> None:
    image = opened_phantom.recognised.study.series[0].instances[0].path
    failed = failed_sr(pydicom.dcmread(image, stop_before_pixels=True), "The GPU ran out of memory.")
    document = document_of(failed)
    assert isinstance(document, AiDocument)
    assert document.result == Failed("The GPU ran out of memory.")


def test_a_damaged_ai_report_is_a_failure(ai_sr: Dataset) -> None:
    damaged = deepcopy(ai_sr)
    damaged.ContentSequence = [item for item in ai_sr.ContentSequence if not _is_evaluation(item)]
    document = document_of(damaged)
    assert isinstance(document, AiDocument)
    assert isinstance(document.result, Failed)


def _is_evaluation(item: Dataset) -> bool:
    return item.ConceptNameCodeSequence[0].CodeMeaning == "Qualitative Evaluations"


def test_a_signed_report_is_a_readers_and_final(draft_report: Report) -> None:
    reader = Reader("Reader^Triage", "Hospital")
    signed = sign(draft_report, reader, datetime.now(UTC))
    seg = segmentation_of(draft_report.recognised, draft_report.gland, draft_report.lesions[:1])
    document = document_of(verified_sr(signed, seg, throw_away_key(reader)))
    assert isinstance(document, ReaderDocument)
    assert (document.final, document.category) == (True, draft_report.category)


@pytest.fixture(scope="module")
def foreign(phantom_study: SimpleNamespace, opened_phantom: OpenStudy) -> Callable[..., Dataset]:
    """Make a TID 1500 report of another system on a segment: 72 %, PI-RADS 4."""
    sources = headers(phantom_study.folder, "t2_tse_tra")
    t2 = opened_phantom.volume(Role.T2_AXIAL)
    assert t2 is not None
    seg = segmentation(
        sources, ball(t2, centroid_lps(t2.with_array((t2.array > -1).astype("uint8"))), 5.0), [described(1)]
    )
    return lambda **changes: report(sources, [of_segment(seg)], [seg], **changes)


def test_another_systems_ai_report_is_read_as_far_as_it_goes(foreign: Callable[..., Dataset]) -> None:
    document = document_of(foreign())
    assert isinstance(document, AiDocument)
    assert document.maker == "Acme Imaging · ProstateMind"
    assert document.result == Analysed(1, Suspicion(0.72), Category.FOUR)


def test_another_systems_result_without_a_readable_lesion_is_a_failure_to_read_it(
    foreign: Callable[..., Dataset],
) -> None:
    empty = foreign()
    empty.ContentSequence = [x for x in empty.ContentSequence if x.ConceptNameCodeSequence[0].CodeValue != "126010"]
    document = document_of(empty)
    assert isinstance(document, AiDocument)
    assert isinstance(document.result, Failed)


def test_a_report_that_another_system_does_not_say_to_be_verified_leaves_the_study_waiting(
    earlier_text_report: Path,
) -> None:
    text = pydicom.dcmread(earlier_text_report)
    waiting = document_of(text)
    assert isinstance(waiting, ReaderDocument)
    assert (waiting.made_at, waiting.final) == ("20200102080000", False)
    text.VerificationFlag = "VERIFIED"
    document = document_of(text)
    assert isinstance(document, ReaderDocument)
    assert document.final


# ------------------------------------------------------------------ a real archive


class Watched:
    """An archive that notes which of its reports are fetched, and can refuse to give them."""

    def __init__(self, inner: DimseArchive) -> None:
        self._inner = inner
        self.asked: list[str] = []
        self.refuses = False

    @property
    def name(self) -> str:
        """As the archive."""
        return self._inner.name

    def echo(self) -> None:
        """As the archive."""
        self._inner.echo()

    def find_studies(self, query: StudyQuery) -> tuple[StudyMatch, ...]:
        """As the archive."""
        return self._inner.find_studies(query)

    def find_series(self, study_instance_uid: str) -> tuple[SeriesMatch, ...]:
        """As the archive."""
        self.asked.append("series")
        return self._inner.find_series(study_instance_uid)

    def find_instances(self, study_instance_uid: str, series_instance_uid: str) -> tuple[str, ...]:
        """As the archive."""
        return self._inner.find_instances(study_instance_uid, series_instance_uid)

    def retrieve(self, study_instance_uid: str, folder: Path, progress: Progress, series_instance_uid: str = "") -> int:
        """As the archive, unless it refuses."""
        self.asked.append("retrieve")
        if self.refuses:
            raise ArchiveRefused("ORTHANC does not give the report.")
        return self._inner.retrieve(study_instance_uid, folder, progress, series_instance_uid)

    def store(self, files: Sequence[Path], progress: Progress) -> None:
        """As the archive."""
        self._inner.store(files, progress)


@pytest.fixture
def pacs(orthanc: Any) -> Iterator[Watched]:
    """Orthanc, empty."""
    orthanc.clear()
    yield Watched(DimseArchive(orthanc.node(), orthanc.this_node))
    orthanc.clear()


@pytest.fixture
def store(pacs: Watched, tmp_path: Path) -> Callable[..., None]:
    """Store objects in Orthanc."""

    def put(*objects: Dataset) -> None:
        files = []
        for each in objects:
            each.save_as(path := tmp_path / f"{each.SOPInstanceUID}.dcm", enforce_file_format=True)
            files.append(path)
        pacs.store(files, Silent())

    return put


@pytest.fixture
def image(opened_phantom: OpenStudy) -> Dataset:
    """One image of the phantom."""
    return pydicom.dcmread(opened_phantom.recognised.study.series[0].instances[0].path)


def _listed(pacs: Watched) -> tuple[StudyMatch, ...]:
    return pacs.find_studies(StudyQuery())


def test_what_the_archive_holds_ranks_a_study_and_the_second_look_costs_nothing(
    workspace: Workspace, pacs: Watched, store: Callable[..., None], image: Dataset, ai_sr: Dataset
) -> None:
    store(image, ai_sr)
    (study,) = _listed(pacs)
    assert known(workspace, pacs, [study]) == {}
    (documents,) = look(workspace, pacs, [study]).values()
    assert facts_of(documents).score == 0.81
    pacs.asked.clear()
    assert known(workspace, pacs, [study]) == {study.study_instance_uid: documents}
    assert pacs.asked == []


def test_a_report_that_came_since_is_fetched_and_those_before_it_are_not_fetched_again(
    workspace: Workspace,
    pacs: Watched,
    store: Callable[..., None],
    image: Dataset,
    ai_sr: Dataset,
    foreign: Callable[..., Dataset],
) -> None:
    store(image, ai_sr)
    look(workspace, pacs, _listed(pacs))
    store(foreign())
    (study,) = _listed(pacs)
    assert known(workspace, pacs, [study]) == {}
    pacs.asked.clear()
    (documents,) = look(workspace, pacs, [study]).values()
    assert {one.maker for one in documents if isinstance(one, AiDocument)} == {
        "Prosector",
        "Acme Imaging · ProstateMind",
    }
    assert pacs.asked.count("retrieve") == 1


def test_a_study_without_a_structured_report_is_known_without_asking(
    workspace: Workspace, pacs: Watched, store: Callable[..., None], image: Dataset
) -> None:
    store(image)
    (study,) = _listed(pacs)
    assert known(workspace, pacs, [study]) == {study.study_instance_uid: ()}
    assert facts_of(()).ai == NotAnalysed()
    assert pacs.asked == []


def test_an_archive_that_tells_no_modalities_is_asked_whether_there_is_a_report(
    workspace: Workspace, pacs: Watched, store: Callable[..., None], image: Dataset, ai_sr: Dataset
) -> None:
    store(image, ai_sr)
    untold = [replace(study, modalities=()) for study in _listed(pacs)]
    assert known(workspace, pacs, untold) == {}
    (documents,) = look(workspace, pacs, untold).values()
    assert facts_of(documents).score == 0.81


def test_a_report_that_the_archive_does_not_give_is_a_failure_of_its_study_and_is_asked_for_again(
    workspace: Workspace, pacs: Watched, store: Callable[..., None], image: Dataset, ai_sr: Dataset
) -> None:
    store(image, ai_sr)
    pacs.refuses = True
    (documents,) = look(workspace, pacs, _listed(pacs)).values()
    assert facts_of(documents).ai == Failed("ORTHANC does not give the report.")
    assert known(workspace, pacs, _listed(pacs)) == {}


def test_what_was_read_is_audited_and_holds_no_name(
    workspace: Workspace, pacs: Watched, store: Callable[..., None], image: Dataset, ai_sr: Dataset
) -> None:
    store(image, ai_sr)
    look(workspace, pacs, _listed(pacs))
    last = workspace.trail.path.read_text("utf-8").splitlines()[-1]
    assert '"reports": 1' in last
    assert str(image.StudyInstanceUID) in last
    with sqlite3.connect(workspace.settings.database) as connection:
        kept = "".join(row[0] for row in connection.execute("SELECT content FROM triage_documents"))
    assert str(image.PatientName) not in kept


# ------------------------------------------------------------------ pages


@pytest.fixture
def archive_of_days(store: Callable[..., None], image: Dataset) -> Callable[[Sequence[str]], None]:
    """Store a tiny study for each day (yyyymmdd, or empty for none)."""

    def fill(days: Sequence[str]) -> None:
        made = []
        for number, day in enumerate(days):
            one = deepcopy(image)
            one.StudyInstanceUID, one.SeriesInstanceUID, one.SOPInstanceUID = (generate_uid() for _ in range(3))
            one.file_meta.MediaStorageSOPInstanceUID = one.SOPInstanceUID
            one.StudyDate, one.PatientID = day, f"P{number}"
            made.append(one)
        store(*made)

    return fill


def _pages(
    workspace: Workspace, pacs: Watched, query: StudyQuery, today: date
) -> list[tuple[Page, tuple[StudyMatch, ...]]]:
    page: Page | None = first_page(query, today)
    asked = []
    while page is not None:
        asked.append((page, studies_of(workspace, pacs, page)))
        page = following(page, query, len(asked[-1][1]))
    return asked


def test_pages_bring_every_study_newest_first_also_those_of_the_future_and_without_a_date(
    workspace: Workspace, pacs: Watched, archive_of_days: Callable[[Sequence[str]], None]
) -> None:
    archive_of_days(["20261124", "20261123", "20261001", "20110707", "19700101", "20301231", ""])
    asked = _pages(workspace, pacs, StudyQuery(), date(2026, 11, 24))
    found = [one.patient.patient_id for _, studies in asked for one in studies]
    assert list(dict.fromkeys(found))[:2] == ["P5", "P0"]
    assert set(found) == {f"P{n}" for n in range(7)}
    assert asked[-1][0].is_last
    assert len(asked) <= 10


def test_pages_keep_within_the_days_that_are_asked_for_and_overlap_nowhere(
    workspace: Workspace, pacs: Watched, archive_of_days: Callable[[Sequence[str]], None]
) -> None:
    archive_of_days(["20261124", "20261103", "20261101", "20261031"])
    query = StudyQuery(date_from=date(2026, 11, 1), date_to=date(2026, 11, 30))
    asked = _pages(workspace, pacs, query, date(2026, 11, 24))
    found = [one.patient.patient_id for _, studies in asked for one in studies]
    assert sorted(found) == ["P0", "P1", "P2"]


def test_a_question_for_one_patient_is_one_page() -> None:
    page = first_page(StudyQuery(patient="P808"), date(2026, 11, 24))
    assert page == Page(StudyQuery(patient="P808"), 0)
    assert following(page, page.query, 12) is None


@pytest.mark.parametrize(("found", "days"), [(99, 4), (100, 1), (500, 1), (501, 1)])
def test_a_page_grows_where_few_were_found(found: int, days: int) -> None:
    after = following(first_page(StudyQuery(), date(2026, 11, 24)), StudyQuery(), found)
    assert after is not None
    assert after.days == days


def test_what_changed_in_a_page_is_what_is_new_or_has_more_objects(
    workspace: Workspace,
    pacs: Watched,
    store: Callable[..., None],
    archive_of_days: Callable[[Sequence[str]], None],
    image: Dataset,
    ai_sr: Dataset,
) -> None:
    archive_of_days(["20261124"])
    store(image)
    listed = _listed(pacs)
    page = Page(StudyQuery(), 0)
    assert changed_in(pacs, page, iter(listed)) == ()
    store(ai_sr)
    (changed,) = changed_in(pacs, page, iter(listed))
    assert changed.study_instance_uid == str(image.StudyInstanceUID)
    assert "SR" in changed.modalities


# ------------------------------------------------------------------ orders, and the patient's earlier studies


_ADAM = Patient("P1", "A^B", date(1958, 4, 14), "M")


def _match(uid: str, day: int, patient: Patient = _ADAM) -> StudyMatch:
    when = datetime(2026, 11, day, 10, 0)  # noqa: DTZ001 — a scanner's time has no zone
    return StudyMatch(uid, patient, f"ACC{uid}", when, "MR Prostate", ("MR", "SR"), 4, 90)


def _said(score: float) -> tuple[Document, ...]:
    return (AiDocument("A", "1", Analysed(1, Suspicion(score))),)


def test_a_study_is_compared_with_the_newest_earlier_one_of_the_same_patient_only() -> None:
    other = Patient("P1", "A^B", date(1960, 1, 1), "M")
    told = [
        Told(_match("1.1", 1), _said(0.2)),
        Told(_match("1.2", 2), _said(0.3)),
        Told(_match("1.3", 3), _said(0.6)),
    ]
    facts = facts_of_patient(told)
    change = facts["1.3"] and facts["1.3"].change
    assert change is not None
    assert (change.since, change.score_before, change.risen) == (date(2026, 11, 2), 0.3, True)
    assert facts["1.1"] is not None
    assert facts["1.1"].change is None
    assert Told(_match("1.4", 4, other)).patient != told[0].patient


def test_nothing_is_said_of_a_study_whose_reports_are_not_read_yet() -> None:
    assert facts_of_patient([Told(_match("1.1", 1))]) == {"1.1": None}


_STAT = (
    "MSH|^~\\&|RIS|H|P|H|20261124||OMI^O23|1|P|2.5.1\r"
    "PID|1||P1^^^H||A^B||19580414|M\r"
    "ORC|NW|PL1|FI1\rTQ1|1||||||||S\rOBR|1|PL1|FI1|MRP^MR prostate\r"
    "OBX|1|NM|2857-1^PSA^LN||8.0|ng/mL\rIPC|ACC1.1|RP1|1.1\r"
)


def test_an_urgent_order_makes_its_study_urgent_and_gives_its_psa(tmp_path: Path) -> None:
    fields = result_codes(None).orders
    book = OrderBook(tmp_path / "orders.sqlite")
    book.keep(read_orders(read(_STAT.encode()), OrdersSettings(), fields))
    study, stranger = _match("1.1", 1), _match("1.1", 1, Patient("P2", "C^D", None, "M"))
    order = book.orders_of([study])["1.1"]
    assert (order.is_urgent, order.psa_ng_ml) == (True, 8.0)
    facts = facts_of_patient([Told(study, _said(0.2), order)])["1.1"]
    assert facts is not None
    assert (facts.urgent, facts.about.psa_ng_ml, facts.report) == (True, 8.0, ReportState.NONE)
    assert book.orders_of([stranger]) == {}


@pytest.mark.parametrize(("priority", "urgent"), [("S", True), ("A", True), ("R", False), ("", False), ("STAT", True)])
def test_stat_and_asap_are_urgent(priority: str, urgent: bool) -> None:
    assert Order("A1", priority=priority).is_urgent is urgent
