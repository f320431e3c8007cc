"""A folder as an archive."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pydicom import dcmread

from core.errors import ArchiveRefused, ArchiveUnreachable, StudyUnreadable
from core.progress import Cancelled, Silent
from pacs.archive import Archive, StudyQuery
from pacs.dimse import DimseArchive
from pacs.folder import FolderArchive

MakeStudy = Callable[..., list[Path]]


def test_a_folder_and_a_pacs_are_both_archives(tmp_path: Path, client: Callable[..., DimseArchive]) -> None:
    archives: tuple[Archive, ...] = (FolderArchive("CD", tmp_path), client())
    for archive in archives:
        archive.echo()
    assert [archive.name for archive in archives] == ["CD", "Embedded"]


def test_a_study_is_found_and_copied(make_study: MakeStudy, tmp_path: Path) -> None:
    files = make_study()
    archive = FolderArchive("CD", files[0].parent)

    (match,) = archive.find_studies(StudyQuery(patient="müller"))
    first, second = archive.find_series(match.study_instance_uid)

    assert (first.description, first.instance_count, second.description) == ("T2 axial", 5, "ADC")
    assert len(archive.find_instances(match.study_instance_uid, second.series_instance_uid)) == 3
    assert archive.retrieve(match.study_instance_uid, tmp_path / "adc", Silent(), second.series_instance_uid) == 3
    assert archive.retrieve(match.study_instance_uid, tmp_path / "all", Silent()) == 8
    for file in files:
        assert (tmp_path / "all" / f"{dcmread(file).SOPInstanceUID}.dcm").read_bytes() == file.read_bytes()
    assert {file.name for file in files[0].parent.iterdir()} == {file.name for file in files}  # nothing was added


def test_a_file_that_was_added_is_found_and_one_that_was_removed_is_not(make_study: MakeStudy, tmp_path: Path) -> None:
    files = make_study()
    archive = FolderArchive("share", tmp_path)
    assert archive.find_studies(StudyQuery()) == ()
    archive.store(files, Silent())
    assert archive.find_studies(StudyQuery())[0].instance_count == 8
    next(tmp_path.rglob("*.dcm")).unlink()
    assert archive.find_studies(StudyQuery())[0].instance_count == 7


def test_a_copy_that_is_cancelled_keeps_whole_files_only(make_study: MakeStudy, tmp_path: Path) -> None:
    class Stops:
        def report(self, fraction: float, message: str) -> None:
            if list(tmp_path.glob("*.dcm")):
                raise Cancelled

    files = make_study()
    archive = FolderArchive("CD", files[0].parent)
    with pytest.raises(Cancelled):
        archive.retrieve(dcmread(files[0]).StudyInstanceUID, tmp_path, Stops())
    for file in tmp_path.iterdir():
        assert dcmread(file).pixel_array.shape == (32, 48)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ArchiveUnreachable, match=r"CD: the folder .*gone is not there; connect or mount it\."):
        FolderArchive("CD", tmp_path / "gone").find_studies(StudyQuery())


def test_a_study_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ArchiveRefused, match=r"holds no images of the study 1\.2\.3"):
        FolderArchive("CD", tmp_path).retrieve("1.2.3", tmp_path / "got", Silent())


def test_a_file_that_is_not_dicom_is_not_stored(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear colleague")
    with pytest.raises(StudyUnreadable, match=r"letter.txt cannot be stored because it is not a readable DICOM file"):
        FolderArchive("CD", tmp_path).store([tmp_path / "letter.txt"], Silent())
