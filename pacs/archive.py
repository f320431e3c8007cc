"""What every archive can do, whatever it is: a PACS on the network or a folder."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from core.progress import Progress
from core.study import SeriesMatch, StudyMatch


@dataclass(frozen=True, slots=True)
class StudyQuery:
    """Which studies are looked for; an empty field asks for any.

    `patient` is a part of a name or of an ID. The dates include both ends.
    """

    patient: str = ""
    accession_number: str = ""
    date_from: date | None = None
    date_to: date | None = None
    modality: str = "MR"
    study_instance_uid: str = ""


class Archive(Protocol):
    """A place that studies come from and reports go to.

    Every method raises `ArchiveUnreachable` when the archive does not answer and `ArchiveRefused` when it says no.
    """

    @property
    def name(self) -> str:
        """What people call the archive."""
        ...

    def echo(self) -> None:
        """Return if the archive answers."""
        ...

    def find_studies(self, query: StudyQuery) -> tuple[StudyMatch, ...]:
        """Return the studies that fit `query`, newest first."""
        ...

    def find_series(self, study_instance_uid: str) -> tuple[SeriesMatch, ...]:
        """Return the series of one study by series number."""
        ...

    def find_instances(self, study_instance_uid: str, series_instance_uid: str) -> tuple[str, ...]:
        """Return the SOP Instance UIDs of one series."""
        ...

    def retrieve(self, study_instance_uid: str, folder: Path, progress: Progress, series_instance_uid: str = "") -> int:
        """Bring a study, or one series of it, into `folder` and return how many of its files are now there.

        Each file is `<SOPInstanceUID>.dcm`, whole or absent; files that are already there are not fetched again,
        so a second call fetches what the first one missed. Raises `CannotWrite` and `Cancelled` besides.
        """
        ...

    def store(self, files: Sequence[Path], progress: Progress) -> None:
        """Send DICOM files; returns when the archive has accepted each of them. Raises `Cancelled` besides."""
        ...
