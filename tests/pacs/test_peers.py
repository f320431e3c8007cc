"""Our client against archives that others wrote: Orthanc and DCMTK's dcmqrscp."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread
from pydicom.uid import Comprehensive3DSRStorage, EncapsulatedPDFStorage, SegmentationStorage

from core.errors import ArchiveRefused
from core.progress import Silent
from core.settings import ThisNode
from pacs.archive import StudyQuery
from pacs.dimse import DimseArchive


@pytest.fixture(params=["orthanc", "dcmqrscp"])
def peer(request: pytest.FixtureRequest) -> Iterator[Any]:
    return request.getfixturevalue(request.param)


@pytest.fixture
def archive(peer: Any) -> DimseArchive:
    return DimseArchive(peer.node(), peer.this_node)


def _uids(files: list[Path]) -> dict[str, list[str]]:
    datasets = [dcmread(file) for file in files]
    series: dict[str, list[str]] = {}
    for dataset in datasets:
        series.setdefault(dataset.SeriesInstanceUID, []).append(dataset.SOPInstanceUID)
    return series


def test_an_archive_answers_an_echo(archive: DimseArchive) -> None:
    archive.echo()


def test_a_study_is_stored_found_and_brought_back_unchanged(
    archive: DimseArchive, make_study: Callable[..., list[Path]], tmp_path: Path
) -> None:
    files = make_study(PatientID="ROUND", PatientName="Größer^Öle")
    study = dcmread(files[0]).StudyInstanceUID
    archive.store(files, Silent())

    (match,) = archive.find_studies(StudyQuery(study_instance_uid=study))
    assert match.patient.name == "Größer^Öle"
    assert match.modalities == ("MR",)
    assert [(series.number, series.modality) for series in archive.find_series(study)] == [(1, "MR"), (2, "MR")]
    for series, uids in _uids(files).items():
        assert set(archive.find_instances(study, series)) == set(uids)

    assert archive.retrieve(study, tmp_path / "got", Silent()) == 8
    for file in files:
        sent = dcmread(file)
        came = dcmread(tmp_path / "got" / f"{sent.SOPInstanceUID}.dcm")
        assert came == sent


@pytest.mark.parametrize("kind", [Comprehensive3DSRStorage, SegmentationStorage, EncapsulatedPDFStorage])
def test_results_come_back_though_an_archive_does_not_tell_of_what_kind_they_are(
    archive: DimseArchive, make_study: Callable[..., list[Path]], tmp_path: Path, kind: str
) -> None:
    files = make_study(SOPClassUID=kind)
    archive.store(files, Silent())
    assert archive.retrieve(dcmread(files[0]).StudyInstanceUID, tmp_path / "got", Silent()) == 8


def test_a_study_comes_by_c_move_to_our_own_listener(
    peer: Any, archive: DimseArchive, make_study: Callable[..., list[Path]], tmp_path: Path
) -> None:
    files = make_study(PatientID="MOVE")
    study = dcmread(files[0]).StudyInstanceUID
    archive.store(files, Silent())
    moving = DimseArchive(peer.node(retrieve="move"), peer.this_node)

    assert moving.retrieve(study, tmp_path / "got", Silent()) == 8

    assert {file.stem for file in (tmp_path / "got").iterdir()} == {dcmread(file).SOPInstanceUID for file in files}


@pytest.mark.parametrize("way", ["get", "move"])
def test_only_what_is_missing_is_fetched_again(
    peer: Any, archive: DimseArchive, make_study: Callable[..., list[Path]], tmp_path: Path, way: str
) -> None:
    files = make_study(PatientID="RESUME")
    study = dcmread(files[0]).StudyInstanceUID
    archive.store(files, Silent())
    client = DimseArchive(peer.node(retrieve=way), peer.this_node)
    client.retrieve(study, tmp_path / "got", Silent())
    here = sorted((tmp_path / "got").iterdir())
    for lost in here[:2]:
        lost.unlink()
    untouched = {file: file.stat().st_mtime_ns for file in here[2:]}

    assert client.retrieve(study, tmp_path / "got", Silent()) == 8

    assert {file: file.stat().st_mtime_ns for file in untouched} == untouched


def test_a_patient_is_found_by_a_part_of_the_name_or_of_the_id(
    archive: DimseArchive, make_study: Callable[..., list[Path]]
) -> None:
    archive.store(make_study(PatientName="Zwiebel^Anton", PatientID="NBR-4711"), Silent())

    for text in ("Zwiebel", "zwiebel anton", "Anton", "4711"):
        if text == "zwiebel anton" and archive.name == "dcmqrscp":
            continue  # dcmqrscp's names are case-sensitive, as the standard allows
        assert [match.patient.patient_id for match in archive.find_studies(StudyQuery(patient=text))] == ["NBR-4711"]


def test_a_study_that_the_archive_does_not_hold_cannot_be_retrieved(archive: DimseArchive, tmp_path: Path) -> None:
    with pytest.raises(ArchiveRefused, match=r"holds no images of the study 1\.2\.3\.4"):
        archive.retrieve("1.2.3.4", tmp_path, Silent())


def test_orthanc_that_does_not_know_our_title_is_told_in_words(orthanc: Any) -> None:
    stranger = ThisNode.model_validate({"ae_title": "STRANGER", "port": orthanc.this_node.port})
    with pytest.raises(ArchiveRefused, match=r"Orthanc at 127.0.0.1:\d+ does not know the AE title STRANGER; ask its"):
        DimseArchive(orthanc.node(), stranger).echo()


def test_a_wrong_title_for_the_archive_is_told_in_words(peer: Any) -> None:
    with pytest.raises(ArchiveRefused, match="calls itself something other than NONSENSE"):
        DimseArchive(peer.node(ae_title="NONSENSE"), peer.this_node).echo()


def test_orthanc_that_cannot_reach_our_listener_is_told_in_words(
    orthanc: Any, make_study: Callable[..., list[Path]], tmp_path: Path, free_port: Callable[[], int]
) -> None:
    files = make_study(PatientID="ELSEWHERE")
    study = dcmread(files[0]).StudyInstanceUID
    DimseArchive(orthanc.node(), orthanc.this_node).store(files, Silent())
    elsewhere = ThisNode.model_validate({"ae_title": "PROSECTOR", "port": free_port()})

    with pytest.raises(ArchiveRefused, match="only 0 of 8 images came"):
        DimseArchive(orthanc.node(retrieve="move"), elsewhere).retrieve(study, tmp_path / "got", Silent())
