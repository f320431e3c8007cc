"""While a study comes, each series shows a picture of itself as soon as one of its images is here."""

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pydicom
import pytest
from foreign_objects import headers, pdf, plane_group, raw_segmentation, save

from core.progress import Silent
from pacs.archive import StudyQuery
from service.arrived import Arrived, look
from service.reading import retrieve
from service.workspace import Workspace


@pytest.fixture
def images(earlier_phantom) -> dict[str, list[Path]]:
    """Files by series description, in the order of their instance numbers."""
    found: dict[str, list[tuple[int, Path]]] = {}
    for path in earlier_phantom.folder.glob("*.dcm"):
        ds = pydicom.dcmread(path, stop_before_pixels=True)
        found.setdefault(ds.SeriesDescription, []).append((ds.InstanceNumber, path))
    return {description: [path for _, path in sorted(paths)] for description, paths in found.items()}


class Coming:
    """A study of which one file after the other comes."""

    def __init__(self, ws: Workspace, study: str) -> None:
        self._ws, self._study = ws, study
        self.folder = ws.incoming_folder(study)
        self.folder.mkdir(parents=True)
        self.seen = Arrived()

    def take(self, *paths: Path) -> list[str]:
        """Let files come; returns the UIDs of their series."""
        found = [pydicom.dcmread(path) for path in paths]
        for ds in found:
            save(ds, self.folder)
        return [ds.SeriesInstanceUID for ds in found]

    def look(self, *series: str) -> Arrived:
        """Look at what has come of these series."""
        self.seen = look(self._ws, self._study, series, self.seen, Silent())
        return self.seen


@pytest.fixture
def coming(workspace, images) -> Coming:
    return Coming(workspace, pydicom.dcmread(images["t2_tse_tra"][0]).StudyInstanceUID)


def test_a_series_shows_the_middle_of_the_images_that_have_come_and_keeps_it(coming, images):
    t2 = images["t2_tse_tra"]
    (uid,) = set(coming.take(*t2[4:9]))
    assert np.array_equal(coming.look(uid).pictures[uid], pydicom.dcmread(t2[6]).pixel_array)
    coming.take(*t2[9:])
    assert not coming.look(uid).pictures, "it has its picture"


def test_a_series_shows_its_picture_while_another_has_none_yet(coming, images):
    (t2,) = coming.take(images["t2_tse_tra"][5])
    adc = pydicom.dcmread(next(paths for name, paths in images.items() if name.endswith("ADC"))[3])
    assert set(coming.look(t2, adc.SeriesInstanceUID).pictures) == {t2}
    save(adc, coming.folder)
    later = coming.look(t2, adc.SeriesInstanceUID).pictures
    assert set(later) == {adc.SeriesInstanceUID}
    assert np.array_equal(later[adc.SeriesInstanceUID], adc.pixel_array)


def test_what_is_half_written_or_damaged_shows_nothing_and_what_comes_after_it_does(coming, images):
    first, second = images["t2_tse_tra"][:2]
    (uid,) = {pydicom.dcmread(path).SeriesInstanceUID for path in (first, second)}
    (coming.folder / ".1.2.3.dcm.0a1b.part").write_bytes(first.read_bytes()[:4000])
    assert not coming.look(uid).pictures
    (coming.folder / "1.2.3.dcm").write_bytes(first.read_bytes()[:4000])
    assert not coming.look(uid).pictures
    coming.take(second)
    assert np.array_equal(coming.look(uid).pictures[uid], pydicom.dcmread(second).pixel_array)


def test_results_and_documents_show_no_picture(coming, images, earlier_phantom, earlier_text_report):
    source = headers(earlier_phantom.folder, "t2_tse_tra")[0]
    group = plane_group(source.ImagePositionPatient, source.ImageOrientationPatient, source.PixelSpacing, 3.0)
    drawn = raw_segmentation(source, [(group, np.eye(16, dtype=np.uint8))])
    papers = [drawn, pdf(source), pydicom.dcmread(earlier_text_report)]
    for paper in papers:
        save(paper, coming.folder)
    series = [paper.SeriesInstanceUID for paper in papers]
    (t2,) = coming.take(images["t2_tse_tra"][5])
    seen = coming.look(t2, *series)
    assert set(seen.pictures) == {t2}
    assert seen.series == {t2, *series}, "they are not read again"


def test_of_many_images_a_few_from_everywhere_are_read_in_one_look(coming, images):
    (uid,) = set(coming.take(*images["t2_tse_tra"]))
    template = pydicom.dcmread(images["t2_tse_tra"][0])
    template.SeriesInstanceUID += ".1"
    for number in range(80):
        template.SOPInstanceUID = template.file_meta.MediaStorageSOPInstanceUID = f"{uid}.99.{number}"
        save(template, coming.folder)
    seen = coming.look(uid, template.SeriesInstanceUID, "of which nothing has come")
    assert set(seen.pictures) == {uid, template.SeriesInstanceUID}
    assert len(seen.read) <= 32
    assert seen.more
    while seen.more:
        seen = coming.look(uid, template.SeriesInstanceUID, "of which nothing has come")
    assert len(seen.read) == len(images["t2_tse_tra"]) + 80


class Halting:
    """The archive; after the first file of a study has come it waits for `go_on`."""

    def __init__(self, archive) -> None:
        self._archive = archive
        self.first_is_here, self.go_on = threading.Event(), threading.Event()
        self.name = archive.name

    def retrieve(self, study: str, folder: Path, progress, series: str = "") -> int:
        """Bring one series, then the study."""
        one = self._archive.find_series(study)[0].series_instance_uid
        self._archive.retrieve(study, folder, progress, one)
        self.first_is_here.set()
        assert self.go_on.wait(60)
        return self._archive.retrieve(study, folder, progress)


@pytest.fixture
def halting(workspace, images) -> Iterator[Halting]:
    """It holds the axial T2 and the ADC."""
    kept = [path for name, paths in images.items() if name == "t2_tse_tra" or name.endswith("ADC") for path in paths]
    workspace.archives[0].store(kept, Silent())
    halting = Halting(workspace.archives[0])
    yield halting
    halting.go_on.set()


def test_pictures_are_there_during_a_retrieve_over_the_network_and_after_it(workspace, halting):
    (study,) = {match.study_instance_uid for match in workspace.archives[0].find_studies(StudyQuery())}
    series = [match.series_instance_uid for match in workspace.archives[0].find_series(study)]
    fetching = threading.Thread(target=retrieve, args=(workspace, halting, study, Silent()))
    fetching.start()
    assert halting.first_is_here.wait(60)
    during = look(workspace, study, series, Arrived(), Silent())
    assert set(during.pictures) == {series[0]}
    assert not workspace.study_folder(study).exists()
    halting.go_on.set()
    fetching.join(60)
    assert set(look(workspace, study, series, during, Silent()).pictures) == set(series[1:])
