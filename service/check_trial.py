"""What the trials of every archive share: a study to try with, and the made object that `--store` leaves there."""

import hashlib
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, SecondaryCaptureImageStorage

from core.audit import Action
from core.errors import ArchiveRefused
from core.progress import Silent
from core.study import SeriesMatch, StudyMatch
from pacs.archive import Archive, StudyQuery
from service.check import NotTried
from service.workspace import Workspace

_DAYS_BACK = (0, 7, 60)
"""How far back studies are looked for until there are some: today's first, for an archive may hold millions."""
_STUDIES, _MOST_IMAGES = 5, 60
_SIDE = 64


@dataclass(frozen=True, slots=True)
class Sample:
    """A small series to try a retrieve with."""

    study_instance_uid: str
    series_instance_uid: str


class Samples:
    """Looks for a small series of an archive, or uses the object that was just stored there."""

    def __init__(self, ws: Workspace, archive: Archive) -> None:
        self._ws, self._archive = ws, archive
        self.chosen: Sample | None = None

    def find(self) -> str:
        """Ask for the studies of the last days, remember the smallest series, and say how many studies there were."""
        with self._ws.trail.step(Action.QUERY, archive=self._archive.name, by="check") as detail:
            days, studies = self._latest()
            detail["studies"] = len(studies)
            self.chosen = self.chosen or self._smallest([study.study_instance_uid for study in studies[:_STUDIES]])
        when = "of today" if days == 0 else f"of the last {days} days"
        return f"It answers a query: {counted(len(studies), 'study', 'studies')} {when}."

    def _latest(self) -> tuple[int, tuple[StudyMatch, ...]]:
        for days in _DAYS_BACK[:-1]:
            if studies := self._archive.find_studies(_since(days)):
                return days, studies
        return _DAYS_BACK[-1], self._archive.find_studies(_since(_DAYS_BACK[-1]))

    def required(self) -> Sample:
        """Return the series; raises `NotTried` when there is none."""
        if self.chosen is None:
            raise NotTried(
                f"There is no small study of the last {_DAYS_BACK[-1]} days to try with; check again with the test "
                "object, or when there is one."
            )
        return self.chosen

    def retrieved_by(self, archive: Archive) -> int:
        """Bring the series by `archive` into a folder that is removed at once, and return how many images came."""
        sample = self.required()
        uid, series = sample.study_instance_uid, sample.series_instance_uid
        with (
            tempfile.TemporaryDirectory(prefix="prosector-check-") as folder,
            self._ws.trail.step(Action.RETRIEVE, [uid], archive=archive.name, by="check") as detail,
        ):
            detail["instances"] = count = archive.retrieve(uid, Path(folder), Silent(), series)
        return count

    def _smallest(self, studies: list[str]) -> Sample | None:
        best: tuple[int, Sample] | None = None
        for study in studies:
            for series in self._archive.find_series(study):
                count = self._count(study, series)
                if 0 < count <= _MOST_IMAGES and (best is None or count < best[0]):
                    best = count, Sample(study, series.series_instance_uid)
        return None if best is None else best[1]

    def _count(self, study: str, series: SeriesMatch) -> int:
        if series.instance_count is not None:
            return series.instance_count
        return len(self._archive.find_instances(study, series.series_instance_uid))


def counted(count: int, one: str, more: str = "") -> str:
    """Return how many there are, in words that fit."""
    return f"{count} {one if count == 1 else more or f'{one}s'}"


def _since(days: int) -> StudyQuery:
    today = date.today()  # noqa: DTZ011 - archives keep scanner time, which has no zone
    return StudyQuery(date_from=today - timedelta(days=days), date_to=today, modality="")


class TestObject:
    """A made image that bears no patient; the same one each time, so that it replaces itself in the archive."""

    __test__ = False

    def __init__(self, ae_title: str, archive: str) -> None:
        self._seed = f"{ae_title}\n{archive}"
        self.study, self.series, self.instance = (self._uid(part) for part in ("study", "series", "instance"))
        self.sop_class = str(SecondaryCaptureImageStorage)

    @property
    def sample(self) -> Sample:
        """Where it is in the archive."""
        return Sample(self.study, self.series)

    @contextmanager
    def written(self) -> Generator[Path, None, None]:
        """Give its file, which is removed at the end of the block."""
        with tempfile.TemporaryDirectory(prefix="prosector-check-") as folder:
            path = Path(folder) / f"{self.instance}.dcm"
            self._dataset().save_as(path, enforce_file_format=True)
            yield path

    def _uid(self, part: str) -> str:
        digest = hashlib.sha256(f"{self._seed}\n{part}".encode()).digest()
        return f"2.25.{int.from_bytes(digest[:16], 'big')}"  # PS3.5 B.2

    def _dataset(self) -> Dataset:
        ds = Dataset()
        ds.file_meta = FileMetaDataset()
        ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        ds.SOPClassUID, ds.SOPInstanceUID = SecondaryCaptureImageStorage, UID(self.instance)
        ds.StudyInstanceUID, ds.SeriesInstanceUID = self.study, self.series
        ds.PatientName, ds.PatientID = "PROSECTOR^CONNECTION TEST", "PROSECTOR-TEST"
        ds.PatientBirthDate = ds.PatientSex = ds.AccessionNumber = ds.ReferringPhysicianName = ds.StudyID = ""
        ds.StudyDate, ds.StudyTime = date.today().strftime("%Y%m%d"), "000000"  # noqa: DTZ011
        ds.StudyDescription = "Connection test of Prosector, no patient"
        ds.SeriesDescription = "May be deleted"
        ds.Modality, ds.ConversionType = "OT", "WSD"
        ds.SeriesNumber = ds.InstanceNumber = 1
        ds.Rows = ds.Columns = _SIDE
        ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
        ds.BitsAllocated = ds.BitsStored = 8
        ds.HighBit, ds.PixelRepresentation = 7, 0
        ds.PixelData = bytes(range(0, 256, 256 // _SIDE)) * _SIDE
        return ds


def stored(ws: Workspace, archive: Archive, test: TestObject, samples: Samples) -> str:
    """Store the test object, see that the archive lists it, and say so; raises `ArchiveRefused` when it does not."""
    with test.written() as path, ws.trail.step(Action.SEND, [test.study], archive=archive.name, by="check"):
        archive.store([path], Silent())
        if test.instance not in archive.find_instances(test.study, test.series):
            raise ArchiveRefused(
                f"{archive.name} accepted the test object but does not list it a moment later. There: look in its log "
                "and its quarantine for the patient PROSECTOR-TEST."
            )
    samples.chosen = test.sample
    return (
        "The test object (patient PROSECTOR-TEST) was stored and is listed; it stays there until somebody deletes it."
    )
