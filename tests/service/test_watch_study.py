"""One study, from its UID to its results in a real archive: done twice it is there once, and a failure is told."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pydicom
import pytest

from core.audit import verify
from core.errors import (
    ArchiveRefused,
    ArchiveUnreachable,
    CannotAnalyse,
    GlandNotFound,
    OutOfMemory,
    WorkerDied,
)
from core.findings import Candidate, Findings, Gland, ModelIdentity
from core.pirads import Category
from core.progress import Silent
from core.settings import DimseNode, Settings, ThisNode, WatchSettings
from core.volume import centroid_lps, on_grid_of, voxel_volume_ml
from pacs.archive import StudyQuery
from pacs.dimse import DimseArchive
from reporting.failed_sr import failure_of
from service.lesions import measures_of, sphere
from service.reading import OpenStudy
from service.watch_entry import Outcome
from service.watch_images import content_of, fetch, forwarded_folder
from service.watch_study import FORWARDED, Analyse, Task, go_through
from service.workspace import Workspace, open_workspace

_MODEL, _DETECTOR = ModelIdentity("taps", "1", "0" * 64, "MIT"), ModelIdentity("detector", "1", "1" * 64, "MIT")


@pytest.fixture(scope="module")
def findings(opened_phantom: OpenStudy, phantom_study: SimpleNamespace) -> Findings:
    """What an AI might say of the phantom: its gland, and a candidate at its first lesion."""
    gland = phantom_study.truth.gland
    mask = sphere(gland, phantom_study.truth.lesions[0].centre_lps, 9.0)
    candidate = Candidate(
        tracking_uid="2.25.1",
        mask=mask,
        score=0.7,
        centroid_lps_mm=centroid_lps(mask),
        measures=measures_of(opened_phantom, mask),
        sector=_sector(phantom_study.truth.lesions[0].sector),
        suggested_category=Category.FOUR,
        model=_DETECTOR,
        explanation=("ADC is low",),
    )
    return Findings(
        recognised=opened_phantom.recognised,
        gland=Gland(gland, int(gland.array.sum()) * voxel_volume_ml(gland), _MODEL),
        zones=gland,
        suspicion=on_grid_of(mask, mask.array.astype("float32")),
        candidates=(candidate,),
        models=(_MODEL, _DETECTOR),
        timings_s={},
        warnings=(),
    )


def _sector(key: str) -> object:
    from core.sectors import sector

    return sector(key)


@pytest.fixture
def found(findings: Findings) -> Analyse:
    """An analysis that finds this in the study that it is given, each time with another random tracking UID."""
    numbers = iter(range(1000))

    def analysis(ws: Workspace, opened: OpenStudy, progress: object) -> Findings:
        candidate = replace(findings.candidates[0], tracking_uid=f"2.25.{next(numbers)}")
        return replace(findings, recognised=opened.recognised, candidates=(candidate,))

    return analysis


def _raises(error: Exception) -> Analyse:
    def analysis(ws: Workspace, opened: OpenStudy, progress: object) -> Findings:
        raise error

    return analysis


@pytest.fixture
def ws(tmp_path: Path, archive: SimpleNamespace) -> Iterator[Workspace]:
    """A watcher's workspace, which stores its results in the archive."""
    node = DimseNode(name="PACS", ae_title="PROSECTOR-PACS", host="127.0.0.1", port=archive.port)
    settings = Settings(
        data_folder=tmp_path / "data",
        this_node=ThisNode(port=1),
        archives=(node,),
        watch=WatchSettings(store_to="PACS"),
    )
    workspace = open_workspace(settings)
    yield workspace
    workspace.close()


@pytest.fixture(scope="module")
def images(phantom_study: SimpleNamespace) -> dict[Path, tuple[str, str]]:
    """The phantom's axial T2, ADC and b 1400 images, each with its series' description and its own UID."""
    said = {path: pydicom.dcmread(path, stop_before_pixels=True) for path in phantom_study.folder.rglob("*.dcm")}
    wanted = ("t2_tse_tra", "ep2d_diff_tra_ADC", "ep2d_diff_tra_b1400")
    return {
        path: (str(ds.SeriesDescription), str(ds.SOPInstanceUID))
        for path, ds in said.items()
        if ds.SeriesDescription in wanted
    }


@pytest.fixture
def forwarded(ws: Workspace, images: dict[Path, tuple[str, str]]) -> Callable[..., str]:
    """Lay these where the listener lays what is sent, without the series of some descriptions."""
    uid = str(pydicom.dcmread(next(iter(images)), stop_before_pixels=True).StudyInstanceUID)

    def lay(*without: str) -> str:
        folder = forwarded_folder(ws) / uid
        folder.mkdir(parents=True, exist_ok=True)
        for path, (description, uid_of_image) in images.items():
            if description not in without:
                shutil.copy(path, folder / f"{uid_of_image}.dcm")
        return uid

    return lay


def _in_archive(ws: Workspace, uid: str) -> dict[str, int | None]:
    archive = ws.archives[0]
    return {one.description: one.instance_count for one in archive.find_series(uid)}


def _report(ws: Workspace, uid: str, folder: Path) -> pydicom.Dataset:
    """Return the only structured report of a study in the archive."""
    archive = ws.archives[0]
    (series,) = (one for one in archive.find_series(uid) if one.modality == "SR")
    archive.retrieve(uid, folder, Silent(), series.series_instance_uid)
    (path,) = folder.glob("*.dcm")
    return pydicom.dcmread(path)


_STORED = {
    "Prostate segmentation (research use)": 1,
    "Prosector overlay (research use)": 22,
    "Prostate MRI report (research use)": 1,
}


def test_what_was_found_is_stored_as_seg_overlay_and_unverified_sr(
    ws: Workspace, forwarded: Callable[..., str], found: Analyse, tmp_path: Path
) -> None:
    uid = forwarded()
    passed = go_through(ws, Task(uid, FORWARDED), Silent(), found)

    assert passed.finished is not None
    assert (passed.finished.outcome, passed.finished.reason) == (Outcome.DONE, "1 candidate, not reviewed.")
    assert _in_archive(ws, uid) == _STORED
    sr = _report(ws, uid, tmp_path / "back")
    assert (sr.VerificationFlag, sr.SOPInstanceUID) == ("UNVERIFIED", passed.finished.result[-1])
    cited = _cited(sr)
    (seg,) = ws.archives[0].find_instances(uid, _series(ws, uid, "SEG"))
    assert seg in cited
    assert verify(ws.settings.audit_trail) == 3


def _series(ws: Workspace, uid: str, modality: str) -> str:
    return next(one.series_instance_uid for one in ws.archives[0].find_series(uid) if one.modality == modality)


def _cited(sr: pydicom.Dataset) -> set[str]:
    return {str(element.value) for element in sr.iterall() if element.keyword == "ReferencedSOPInstanceUID"}


def test_done_again_on_another_machine_it_is_in_the_archive_once(
    ws: Workspace, forwarded: Callable[..., str], found: Analyse
) -> None:
    task = Task(forwarded(), FORWARDED)
    first = go_through(ws, task, Silent(), found).finished
    assert go_through(ws, task, Silent(), found).finished == first
    assert _in_archive(ws, task.study_instance_uid) == _STORED


def test_an_unchanged_study_is_not_analysed_and_a_changed_one_is_with_a_report_that_follows_the_first(
    ws: Workspace, forwarded: Callable[..., str], found: Analyse, tmp_path: Path
) -> None:
    uid = forwarded("ep2d_diff_tra_b1400")
    first = go_through(ws, Task(uid, FORWARDED), Silent(), found).finished
    assert first is not None
    known = Task(uid, FORWARDED, first.content, first.result)
    assert go_through(ws, known, Silent(), _raises(AssertionError("analysed again"))).finished is None

    forwarded()
    second = go_through(ws, known, Silent(), found).finished
    assert second is not None
    assert second.content != first.content
    (path,) = _fetched(ws, uid, second.result[1], tmp_path / "second")
    (before,) = pydicom.dcmread(path).PredecessorDocumentsSequence
    (series,) = before.ReferencedSeriesSequence
    assert series.ReferencedSOPSequence[0].ReferencedSOPInstanceUID == first.result[-1]


def _fetched(ws: Workspace, uid: str, series: str, folder: Path) -> list[Path]:
    ws.archives[0].retrieve(uid, folder, Silent(), series)
    return list(folder.glob("*.dcm"))


@pytest.mark.parametrize("error", [CannotAnalyse("Cannot run: no ADC."), GlandNotFound("Cannot run: no prostate.")])
def test_a_failure_is_stored_as_one_and_never_as_no_lesion(
    ws: Workspace,
    forwarded: Callable[..., str],
    tmp_path: Path,
    error: Exception,
    dciodvfy: Callable[[Path], SimpleNamespace],
) -> None:
    uid = forwarded()
    passed = go_through(ws, Task(uid, FORWARDED), Silent(), _raises(error)).finished

    assert passed is not None
    assert (passed.outcome, passed.reason) == (Outcome.FAILED, str(error))
    assert _in_archive(ws, uid) == {"AI analysis failed (research use)": 1}
    sr = _report(ws, uid, tmp_path / "back")
    assert (failure_of(sr), sr.VerificationFlag) == (str(error), "UNVERIFIED")
    said = " ".join(str(element.value) for element in sr.iterall() if element.keyword == "TextValue")
    assert "nothing was ruled out" in said
    assert "no lesion" not in said.lower()
    assert dciodvfy(next((tmp_path / "back").glob("*.dcm"))).errors == []


def test_a_series_with_a_missing_slice_fails_and_is_analysed_when_the_slice_comes(
    ws: Workspace, forwarded: Callable[..., str], found: Analyse, phantom_study: SimpleNamespace
) -> None:
    from service.analysis import analyse

    uid = forwarded()
    folder = forwarded_folder(ws) / uid
    slices = [path for path in folder.iterdir() if pydicom.dcmread(path).SeriesDescription == "t2_tse_tra"]
    kept = slices[3].read_bytes()
    slices[3].unlink()
    failed = go_through(ws, Task(uid, FORWARDED), Silent(), analyse).finished
    assert failed is not None
    assert failed.outcome is Outcome.FAILED
    assert "missing" in failed.reason

    slices[3].write_bytes(kept)
    assert failed.content != content_of(folder)
    done = go_through(ws, Task(uid, FORWARDED, failed.content, failed.result), Silent(), found).finished
    assert done is not None
    assert done.outcome is Outcome.DONE


@pytest.mark.parametrize("error", [OutOfMemory("full"), WorkerDied("exit code 9"), ArchiveUnreachable("gone")])
def test_what_may_pass_is_told_and_nothing_is_stored(
    ws: Workspace, forwarded: Callable[..., str], error: Exception
) -> None:
    uid = forwarded()
    with pytest.raises(type(error)):
        go_through(ws, Task(uid, FORWARDED), Silent(), _raises(error))
    assert _in_archive(ws, uid) == {}


def test_an_archive_that_is_down_is_told_and_the_next_try_stores_the_very_same(
    ws: Workspace, forwarded: Callable[..., str], found: Analyse, archive: SimpleNamespace
) -> None:
    uid = forwarded()
    archive.stop()
    with pytest.raises(ArchiveUnreachable):
        go_through(ws, Task(uid, FORWARDED), Silent(), found)
    archive.start()
    assert go_through(ws, Task(uid, FORWARDED), Silent(), found).finished is not None
    assert _in_archive(ws, uid) == _STORED


def test_what_was_given_up_is_stored_as_failed_without_being_analysed(
    ws: Workspace, forwarded: Callable[..., str], tmp_path: Path
) -> None:
    uid = forwarded()
    task = Task(uid, FORWARDED, given_up="The analysis ended without an answer 2 times.")
    passed = go_through(ws, task, Silent(), _raises(AssertionError("analysed"))).finished
    assert passed is not None
    assert passed.outcome is Outcome.FAILED
    assert failure_of(_report(ws, uid, tmp_path / "back")) == task.given_up


def test_a_study_that_vanished_from_its_archive_ends_when_it_is_given_up(ws: Workspace) -> None:
    with pytest.raises(ArchiveRefused):
        go_through(ws, Task("1.2.3", "PACS"), Silent())
    passed = go_through(ws, Task("1.2.3", "PACS", given_up="Tried 6 times."), Silent()).finished
    assert passed is not None
    assert passed.outcome is Outcome.FAILED
    assert "could not be stored" in passed.reason


def _relabelled(folder: Path, **said: str) -> None:
    for path in folder.glob("*.dcm"):
        ds = pydicom.dcmread(path)
        for keyword, value in said.items():
            setattr(ds, keyword, value)
        ds.save_as(path)


@pytest.mark.parametrize(
    ("said", "reason", "images_stay"),
    [
        ({"Modality": "CT"}, "no MR images, only CT", False),
        ({"BodyPartExamined": "BRAIN", "StudyDescription": "MR head"}, "BRAIN", False),
        ({"PatientSex": "F"}, "female", False),
    ],
)
def test_what_is_no_prostate_mr_is_left_alone_and_its_images_go(
    ws: Workspace, forwarded: Callable[..., str], said: dict[str, str], reason: str, images_stay: bool
) -> None:
    uid = forwarded()
    folder = forwarded_folder(ws) / uid
    _relabelled(folder, **said)
    passed = go_through(ws, Task(uid, FORWARDED), Silent(), _raises(AssertionError("analysed"))).finished
    assert passed is not None
    assert passed.outcome is Outcome.LEFT_ALONE
    assert reason in passed.reason
    assert any(folder.glob("*.dcm")) is images_stay
    assert _in_archive(ws, uid) == {}


def test_a_study_of_an_unnamed_region_in_which_no_prostate_is_found_is_left_alone(
    ws: Workspace, forwarded: Callable[..., str]
) -> None:
    uid = forwarded()
    _relabelled(forwarded_folder(ws) / uid, StudyDescription="MR", ProtocolName="", BodyPartExamined="")
    passed = go_through(ws, Task(uid, FORWARDED), Silent(), _raises(GlandNotFound("No prostate."))).finished
    assert passed is not None
    assert passed.outcome is Outcome.LEFT_ALONE
    assert any((forwarded_folder(ws) / uid).glob("*.dcm")), "more of it may come"


def test_only_the_mr_series_are_fetched_so_results_never_make_a_study_another(
    ws: Workspace, images: dict[Path, tuple[str, str]], found: Analyse
) -> None:
    archive = ws.archives[0]
    archive.store(list(images), Silent())
    (study,) = archive.find_studies(StudyQuery())
    uid = study.study_instance_uid
    first = go_through(ws, Task(uid, "PACS"), Silent(), found)
    assert first.finished is not None
    assert first.seconds["fetch"] > 0
    assert content_of(fetch(ws, archive, uid, Silent())) == first.finished.content
    assert isinstance(archive, DimseArchive)


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ({"Modality": "CT"}, Outcome.LEFT_ALONE),
        ({"StudyDescription": "MR liver", "ProtocolName": ""}, Outcome.LEFT_ALONE),
        ({"StudyDescription": "mpMRI prostate"}, Outcome.FAILED),
    ],
)
def test_that_a_damaged_study_failed_is_stored_in_a_prostate_mr_only(
    ws: Workspace, small_series: Callable[..., str], said: dict[str, str], outcome: Outcome
) -> None:
    uid = small_series(**said)
    passed = go_through(ws, Task(uid, FORWARDED), Silent(), _raises(AssertionError("analysed"))).finished
    assert passed is not None
    assert passed.outcome is outcome
    assert len(_in_archive(ws, uid)) == (outcome is Outcome.FAILED)


@pytest.fixture
def small_series(ws: Workspace, phantom_study: SimpleNamespace) -> Callable[..., str]:
    """Lay two images of the phantom, one of them cut off, where the listener lays what is sent."""

    def lay(**said: str) -> str:
        paths = sorted(phantom_study.folder.rglob("*.dcm"))[:2]
        ds = pydicom.dcmread(paths[0])
        folder = forwarded_folder(ws) / str(ds.StudyInstanceUID)
        folder.mkdir(parents=True)
        for keyword, value in {**said, "BodyPartExamined": "", "SeriesDescription": "t2"}.items():
            setattr(ds, keyword, value)
        ds.save_as(folder / f"{ds.SOPInstanceUID}.dcm")
        (folder / "1.2.dcm").write_bytes(paths[1].read_bytes()[:300])
        return str(ds.StudyInstanceUID)

    return lay
