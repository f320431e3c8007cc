"""The embedded archive, served to DCMTK's tools and to our own client alike."""

import re
import shutil
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset

from core.progress import Silent
from core.settings import ThisNode
from pacs.archive import StudyQuery
from pacs.dimse import DimseArchive
from pacs.embedded import EmbeddedArchive
from pacs.listener import Listener

Client = Callable[..., DimseArchive]
MakeStudy = Callable[..., list[Path]]
Dcmtk = Callable[..., str]


def _peer(archive: EmbeddedArchive) -> tuple[Any, ...]:
    return "-aet", "PROSECTOR", "-aec", archive.ae_title, archive.host, archive.port


def _study_of(files: list[Path]) -> str:
    return str(dcmread(files[0]).StudyInstanceUID)


@pytest.fixture(scope="module")
def study(make_study: MakeStudy) -> list[Path]:
    """The files of the study that `filled` holds and that most tests are about; its images are of 2024-02-29."""
    return make_study()


@pytest.fixture(scope="module")
def filled(
    study: list[Path],
    make_study: MakeStudy,
    tmp_path_factory: pytest.TempPathFactory,
    free_port: Callable[[], int],
) -> Iterator[EmbeddedArchive]:
    """An archive of two studies, which no test changes."""
    folder = tmp_path_factory.mktemp("filled")
    shutil.copytree(study[0].parent, folder / "1")
    other = make_study(PatientName="Doe^John", PatientID="X-7734", StudyDate="20230504", AccessionNumber="B1")
    shutil.copytree(other[0].parent, folder / "2")
    with EmbeddedArchive(folder, peers={"PROSECTOR": ("127.0.0.1", free_port())}) as archive:
        yield archive


@pytest.fixture
def us(filled: EmbeddedArchive) -> ThisNode:
    """PROSECTOR as `filled` knows it."""
    host, port = filled._peers["PROSECTOR"]
    return ThisNode.model_validate({"host": host, "port": port})


# --- our own client -------------------------------------------------------------------------------------------------


def test_a_study_is_stored_found_and_brought_back_byte_for_byte(
    client: Client, make_study: MakeStudy, tmp_path: Path
) -> None:
    files = make_study()
    study = _study_of(files)
    client().store(files, Silent())

    (match,) = client().find_studies(StudyQuery())

    assert match.study_instance_uid == study
    assert match.patient.name == "Müller^Jürgen"
    assert match.patient.birth_date == date(1955, 1, 31)
    assert match.study_datetime == datetime(2024, 2, 29, 10, 15, 30)  # noqa: DTZ001 (DICOM gives no zone)
    assert (match.series_count, match.instance_count, match.modalities) == (2, 8, ("MR",))
    series = client().find_series(study)
    assert [(one.number, one.description, one.instance_count) for one in series] == [(1, "T2 axial", 5), (2, "ADC", 3)]
    assert client().retrieve(study, tmp_path / "got", Silent()) == 8
    for file in files:
        came = tmp_path / "got" / f"{dcmread(file).SOPInstanceUID}.dcm"
        assert _without_meta(came) == _without_meta(file)


def _without_meta(file: Path) -> bytes:
    content = file.read_bytes()
    return content[content.index(b"\x08\x00\x05\x00CS") :]  # from Specific Character Set on


@pytest.mark.parametrize("way", ["get", "move"])
def test_one_series_is_retrieved_alone(
    filled: EmbeddedArchive, us: ThisNode, client_of: Client, study: list[Path], tmp_path: Path, way: str
) -> None:
    client = client_of(filled, us, retrieve=way)
    adc = client.find_series(_study_of(study))[1].series_instance_uid

    assert client.retrieve(_study_of(study), tmp_path / "got", Silent(), adc) == 3
    assert {dcmread(file).SeriesDescription for file in (tmp_path / "got").iterdir()} == {"ADC"}


def test_a_c_move_uses_the_listener_that_already_runs(
    filled: EmbeddedArchive, us: ThisNode, client_of: Client, study: list[Path], tmp_path: Path
) -> None:
    heard: list[Path] = []
    with Listener(us, tmp_path / "inbox", heard.append):
        assert client_of(filled, us, retrieve="move").retrieve(_study_of(study), tmp_path / "got", Silent()) == 8
    assert {path.parent for path in heard} == {tmp_path / "got"}
    assert not (tmp_path / "inbox").exists()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (StudyQuery(), "AB"),
        (StudyQuery(patient="mül"), "A"),
        (StudyQuery(patient="X-77"), "B"),
        (StudyQuery(patient="nobody"), ""),
        (StudyQuery(accession_number="B1"), "B"),
        (StudyQuery(date_from=date(2024, 1, 1)), "A"),
        (StudyQuery(date_to=date(2024, 1, 1)), "B"),
        (StudyQuery(date_from=date(2023, 5, 4), date_to=date(2023, 5, 4)), "B"),
        (StudyQuery(modality="CT"), ""),
        (StudyQuery(modality=""), "AB"),
    ],
)
def test_studies_are_found_by(query: StudyQuery, found: str, filled: EmbeddedArchive, client_of: Client) -> None:
    answers = client_of(filled).find_studies(query)
    assert [answer.accession_number[0] for answer in answers] == list(found)  # newest first


def test_an_object_that_is_sent_again_replaces_itself(
    client: Client, make_study: MakeStudy, embedded: EmbeddedArchive, tmp_path: Path
) -> None:
    files = make_study()
    client().store(files, Silent())
    corrected = dcmread(files[0])
    corrected.SeriesDescription = "corrected"
    corrected.save_as(files[0])
    client().store(files[:1], Silent())

    assert client().find_studies(StudyQuery())[0].instance_count == 8
    client().retrieve(_study_of(files), tmp_path / "got", Silent())
    assert dcmread(tmp_path / "got" / f"{corrected.SOPInstanceUID}.dcm").SeriesDescription == "corrected"


def test_files_that_lay_in_the_folder_before_are_served(
    make_study: MakeStudy, client_of: Client, tmp_path: Path
) -> None:
    files = make_study()
    folder = tmp_path / "old"
    shutil.copytree(files[0].parent, folder / "any" / "where")
    (folder / "notes.txt").write_text("not DICOM")
    (folder / "broken.dcm").write_bytes(files[0].read_bytes()[:200])

    with EmbeddedArchive(folder) as archive:
        assert client_of(archive).find_studies(StudyQuery())[0].instance_count == 8
    (folder / "any" / "where" / files[0].name).unlink()
    with EmbeddedArchive(folder) as archive:
        assert client_of(archive).find_studies(StudyQuery())[0].instance_count == 7


def test_a_damaged_index_is_made_anew(make_study: MakeStudy, client_of: Client, tmp_path: Path) -> None:
    folder = tmp_path / "old"
    shutil.copytree(make_study()[0].parent, folder)
    (folder / "index.sqlite").write_bytes(b"this is not a database" * 500)
    with EmbeddedArchive(folder) as archive:
        assert client_of(archive).find_studies(StudyQuery())[0].instance_count == 8


# --- DCMTK's tools --------------------------------------------------------------------------------------------------


def test_echoscu_is_answered(embedded: EmbeddedArchive, dcmtk: Dcmtk) -> None:
    dcmtk("echoscu", *_peer(embedded))


def test_storescu_stores_what_our_client_then_finds(
    embedded: EmbeddedArchive, client: Client, make_study: MakeStudy, dcmtk: Dcmtk
) -> None:
    files = make_study()
    dcmtk("storescu", "-R", *_peer(embedded), *files)
    assert client().find_studies(StudyQuery())[0].instance_count == 8


@pytest.mark.parametrize("root", ["-P", "-S"])
@pytest.mark.parametrize(
    ("keys", "number"),
    [
        (["QueryRetrieveLevel=STUDY", "StudyInstanceUID", "PatientName=M*r^J?rgen"], 1),
        (["QueryRetrieveLevel=STUDY", "StudyInstanceUID", "PatientName=Smith*"], 0),
        (["QueryRetrieveLevel=STUDY", "StudyInstanceUID", "StudyDate=20240101-20241231"], 1),
        (["QueryRetrieveLevel=STUDY", "StudyInstanceUID", "StudyDate=20250101-"], 0),
        (["QueryRetrieveLevel=STUDY", "StudyInstanceUID", "PatientID"], 2),
        (["QueryRetrieveLevel=STUDY", "StudyInstanceUID={study}\\1.2.3"], 1),
        (["QueryRetrieveLevel=STUDY", "ModalitiesInStudy=MR\\CT", "StudyInstanceUID"], 2),
        (["QueryRetrieveLevel=STUDY", "ModalitiesInStudy=US\\CT", "StudyInstanceUID"], 0),
        (["QueryRetrieveLevel=SERIES", "StudyInstanceUID={study}", "SeriesNumber"], 2),
        (["QueryRetrieveLevel=SERIES", "StudyInstanceUID={study}", "SeriesNumber=2"], 1),
        (["QueryRetrieveLevel=IMAGE", "StudyInstanceUID={study}", "SeriesInstanceUID", "SOPInstanceUID"], 8),
        (["QueryRetrieveLevel=IMAGE", "StudyInstanceUID={study}", "SOPInstanceUID={one}\\{two}"], 2),
    ],
)
def test_findscu_finds(
    root: str, keys: list[str], number: int, filled: EmbeddedArchive, study: list[Path], dcmtk: Dcmtk, tmp_path: Path
) -> None:
    one, two = (dcmread(study[index]).SOPInstanceUID for index in (0, 7))
    asked = [part for key in keys for part in ("-k", key.format(study=_study_of(study), one=one, two=two))]

    dcmtk("findscu", root, "-X", "-od", tmp_path, *asked, *_peer(filled))

    assert len(list(tmp_path.glob("rsp*.dcm"))) == number


def test_findscu_is_told_the_counts_in_utf_8(filled: EmbeddedArchive, dcmtk: Dcmtk, tmp_path: Path) -> None:
    wanted = ["PatientName", "ModalitiesInStudy", "NumberOfStudyRelatedSeries", "NumberOfStudyRelatedInstances"]
    asked = [part for key in ["QueryRetrieveLevel=STUDY", "PatientID=P1", *wanted] for part in ("-k", key)]

    dcmtk("findscu", "-S", "-X", "-od", tmp_path, *asked, *_peer(filled))

    answer = dcmread(next(tmp_path.glob("rsp*.dcm")), force=True)
    assert answer.SpecificCharacterSet == "ISO_IR 192"
    assert answer.PatientName == "Müller^Jürgen"
    assert answer.ModalitiesInStudy == "MR"
    assert (answer.NumberOfStudyRelatedSeries, answer.NumberOfStudyRelatedInstances) == (2, 8)


def _study_keys(study: list[Path]) -> list[str]:
    return ["-k", "QueryRetrieveLevel=STUDY", "-k", f"StudyInstanceUID={_study_of(study)}"]


def test_getscu_gets_a_study(filled: EmbeddedArchive, study: list[Path], dcmtk: Dcmtk, tmp_path: Path) -> None:
    told = dcmtk("getscu", "-v", "-S", "-od", tmp_path, *_study_keys(study), *_peer(filled))

    assert len(list(tmp_path.iterdir())) == 8
    assert re.search(r"Completed Suboperations\s*: 8", told), told
    assert re.search(r"Failed Suboperations\s*: 0", told), told


def test_movescu_moves_a_study_to_a_peer_that_is_known(
    filled: EmbeddedArchive, us: ThisNode, study: list[Path], dcmtk: Dcmtk, tmp_path: Path
) -> None:
    with Listener(us, tmp_path / "inbox"):
        told = dcmtk("movescu", "-d", "-S", "-aem", us.ae_title, *_study_keys(study), *_peer(filled))

    assert len(list((tmp_path / "inbox" / _study_of(study)).iterdir())) == 8
    assert "Success" in told


def test_movescu_to_a_stranger_is_refused(filled: EmbeddedArchive, study: list[Path], dcmtk: Dcmtk) -> None:
    with pytest.raises(AssertionError, match=r"(?i)move destination unknown|0xa801|MoveDestinationUnknown"):
        dcmtk("movescu", "-d", "-S", "-aem", "STRANGER", *_study_keys(study), *_peer(filled))


def test_an_instance_that_the_peer_does_not_accept_counts_as_failed(
    embedded: EmbeddedArchive,
    client: Client,
    make_study: MakeStudy,
    make_image: Callable[..., Dataset],
    dcmtk: Dcmtk,
    tmp_path: Path,
) -> None:
    files = make_study()
    strange = make_image(StudyInstanceUID=_study_of(files), SOPClassUID="1.2.840.10008.5.1.4.1.1.66.7")
    strange.save_as(tmp_path / "label-map.dcm", enforce_file_format=True)  # a class that DCMTK 3.6.7 does not know
    client().store([*files, tmp_path / "label-map.dcm"], Silent())
    (tmp_path / "got").mkdir()

    keys = ["-k", "QueryRetrieveLevel=STUDY", "-k", f"StudyInstanceUID={_study_of(files)}"]
    told = dcmtk("getscu", "-v", "-S", "-od", tmp_path / "got", *keys, *_peer(embedded))

    assert len(list((tmp_path / "got").iterdir())) == 8
    assert re.search(r"Completed Suboperations\s*: 8", told), told
    assert re.search(r"Failed Suboperations\s*: 1", told), told


def test_the_ports_of_a_stopped_archive_are_free_again(tmp_path: Path) -> None:
    with EmbeddedArchive(tmp_path) as archive:
        port = archive.port
    with EmbeddedArchive(tmp_path, port=port) as again:
        assert again.port == port
