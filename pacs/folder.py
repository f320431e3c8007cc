"""A folder of DICOM files as an archive: a CD, an export, a share."""

import shutil
import weakref
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from pydicom.dataset import Dataset

from core.errors import ArchiveRefused, ArchiveUnreachable, StudyUnreadable
from core.files import write_whole
from core.progress import Progress
from core.study import SeriesMatch, StudyMatch
from pacs.archive import StudyQuery
from pacs.find import by_number
from pacs.index import Index, Stored, read_instance
from pacs.matching import (
    instance_identifier,
    merged,
    series_identifier,
    series_match,
    study_identifiers,
    study_match,
    text_of,
)
from pacs.throttle import Throttled


class FolderArchive:
    """The `Archive` in a folder, sub-folders included; nothing but what is stored is ever written into it."""

    def __init__(self, name: str, folder: Path) -> None:
        self._name = name
        self._folder = folder
        self._headers = Index(folder, ":memory:")
        weakref.finalize(self, self._headers.close)

    @property
    def name(self) -> str:
        """What people call the archive."""
        return self._name

    def echo(self) -> None:
        """Return if the folder is there."""
        if not self._folder.is_dir():
            raise ArchiveUnreachable(f"{self._name}: the folder {self._folder} is not there; connect or mount it.")

    def find_studies(self, query: StudyQuery) -> tuple[StudyMatch, ...]:
        """Return the studies that fit `query`, newest first."""
        index = self._index()
        found = [study_match(answer) for asked in study_identifiers(query) for answer in index.find(asked)]
        return merged(found)

    def find_series(self, study_instance_uid: str) -> tuple[SeriesMatch, ...]:
        """Return the series of one study by series number."""
        found = [series_match(answer) for answer in self._index().find(series_identifier(study_instance_uid))]
        return tuple(sorted(found, key=by_number))

    def find_instances(self, study_instance_uid: str, series_instance_uid: str) -> tuple[str, ...]:
        """Return the SOP Instance UIDs of one series."""
        answers = self._index().find(instance_identifier(study_instance_uid, series_instance_uid))
        return tuple(sorted(text_of(answer, "SOPInstanceUID") for answer in answers))

    def retrieve(self, study_instance_uid: str, folder: Path, progress: Progress, series_instance_uid: str = "") -> int:
        """Copy a study or one series into `folder`; see `Archive.retrieve`."""
        stored = self._index().instances(_named(study_instance_uid, series_instance_uid))
        if not stored:
            raise ArchiveRefused(f"{self._name} ({self._folder}) holds no images of the study {study_instance_uid}.")
        progress = Throttled(progress)
        for number, instance in enumerate(stored):
            progress.report(number / len(stored), f"{number} of {len(stored)} images")
            target = folder / f"{instance.sop_instance_uid}.dcm"
            if not target.exists():
                _copy(instance.path, target)
        progress.report(1.0, f"{len(stored)} of {len(stored)} images")
        return len(stored)

    def store(self, files: Sequence[Path], progress: Progress) -> None:
        """Copy files to `<StudyInstanceUID>/<SOPInstanceUID>.dcm` in the folder; see `Archive.store`."""
        self.echo()
        progress = Throttled(progress)
        for number, file in enumerate(files):
            progress.report(number / len(files), f"{number} of {len(files)} objects")
            instance = _instance_in(file)
            _copy(file, self._folder / instance.study_instance_uid / f"{instance.sop_instance_uid}.dcm")
        progress.report(1.0, f"{len(files)} of {len(files)} objects")

    def _index(self) -> Index:
        """Return the headers of all files as they are now; only new and changed files are read."""
        self.echo()
        self._headers.refresh()
        return self._headers


def _named(study_instance_uid: str, series_instance_uid: str) -> Dataset:
    identifier = Dataset()
    identifier.QueryRetrieveLevel = "SERIES" if series_instance_uid else "STUDY"
    identifier.StudyInstanceUID = study_instance_uid
    identifier.SeriesInstanceUID = series_instance_uid
    return identifier


def _instance_in(file: Path) -> Stored:
    stored = read_instance(file)
    if stored is None:
        raise StudyUnreadable(f"{file} cannot be stored because it is not a readable DICOM file.")
    return stored


def _copy(source: Path, target: Path) -> None:
    with source.open("rb") as content:
        write_whole(target, partial(shutil.copyfileobj, content))
