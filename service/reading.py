"""Finding, fetching and opening studies, each step audited."""

import logging
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pydicom
from highdicom import Volume
from numpy.typing import NDArray
from pydicom.uid import Comprehensive3DSRStorage

from core.amendment import AsSigned, Continuation, ReportStatus
from core.audit import Action
from core.errors import CannotWrite, FramesDiffer, ProsectorError
from core.files import remove_unfinished, write_bytes
from core.frame_link import FrameLink
from core.progress import Progress, Silent
from core.report import Report
from core.study import Correction, Instance, RecognisedStudy, Role, RoleChoice, SeriesMatch, Stack, Study
from core.volume import require_same_frame
from inference.load import load_told, low_is_white
from inference.loose import LOW_WAS_WHITE, load_flat, load_loose, middle_picture
from inference.read import read_study
from inference.recognise import recognise
from inference.resample import resample_like
from pacs.archive import Archive
from reporting.equipment import MODEL_NAME
from reporting.read_sr import read_report
from reporting.signature_check import verify_dataset
from reporting.sr_amendment import predecessor_of, predecessors_of
from service.corrections import remembered_or_set_aside
from service.one_fetch import alone_in
from service.workspace import Workspace

_log = logging.getLogger(__name__)

HUNG = (Role.T2_AXIAL, Role.ADC, Role.HIGH_B, Role.T2_SAGITTAL, Role.T2_CORONAL)
"""The roles that the reading room shows, in the order in which they are loaded."""


@dataclass(frozen=True, slots=True, eq=False)
class LoadedSeries:
    """A series with its volume, or the sentence why it has none; `overlay_problem` says why marks cannot lie on it.

    `pictures` (picture, row, column) stand in for the volume of a series that makes none; `note` is what the reader
    must know when looking at it; `prior` is the day of the earlier study that it is from, else empty; `link` is how the
    reader laid `volume` on the axial T2 where the series was acquired in another frame of reference. `bent_mm` is by
    how much the AI bent it in the gland, 0 where it did not.
    """

    choice: RoleChoice
    volume: Volume | None
    problem: str = ""
    overlay_problem: str = ""
    note: str = ""
    pictures: NDArray[Any] | None = None
    prior: str = ""
    link: FrameLink | None = None
    bent_mm: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class OpenStudy:
    """A study on the screen: its roles, the volumes of those that are hung, and what is to be told of opening it."""

    recognised: RecognisedStudy
    series: tuple[LoadedSeries, ...]
    told: str = ""

    def volume(self, role: Role) -> Volume | None:
        """Return the volume of a role, or None when the study has none that can be loaded."""
        return next((s.volume for s in self.series if s.choice.role is role), None)

    @property
    def others(self) -> tuple[RoleChoice, ...]:
        """What else `load_other` can load: roles that are not loaded, then each series without a role, as `OTHER`."""
        loaded = [series.choice for series in self.series]
        without_role = [
            RoleChoice(Role.OTHER, (Stack(series, series.instances),), why) for series, why in self.recognised.left_out
        ]
        return (*(choice for choice in self.recognised.choices if choice not in loaded), *without_role)

    def on_t2_grid(self, role: Role) -> Volume | None:
        """Return the volume of a role on the axial T2 grid, or None when it is missing or in another frame."""
        t2, moving = self.volume(Role.T2_AXIAL), self.volume(role)
        if t2 is None or moving is None or t2.frame_of_reference_uid != moving.frame_of_reference_uid:
            return None
        return resample_like(moving, t2)


def is_local(ws: Workspace, study_instance_uid: str) -> bool:
    """Whether files of the study lie on this machine."""
    folder = ws.study_folder(study_instance_uid)
    return folder.is_dir() and any(folder.glob("*.dcm"))


def not_here(ws: Workspace, archive: Archive, study: Study) -> tuple[SeriesMatch, ...]:
    """Return the series of a study of which the archive has more images than this machine; raises as `query`."""
    uid = study.study_instance_uid
    here = {series.series_instance_uid: len(series.instances) for series in study.series}
    with ws.trail.step(Action.QUERY, [uid], archive=archive.name) as detail:
        missing = tuple(
            series
            for series in archive.find_series(uid)
            if _count(archive, uid, series) > here.get(series.series_instance_uid, 0)
        )
        detail["series"] = len(missing)
    return missing


def _count(archive: Archive, study_instance_uid: str, series: SeriesMatch) -> int:
    """Return how many images an archive has of a series, which not every archive tells unasked."""
    if series.instance_count is not None:
        return series.instance_count
    return len(archive.find_instances(study_instance_uid, series.series_instance_uid))


def retrieve(ws: Workspace, archive: Archive, study_instance_uid: str, progress: Progress) -> int:
    """Fetch a study into the local cache and return how many files came.

    Until all of them are here they lie apart, so that a part is never read as the whole; the next retrieve goes on
    from there. Raises what `Archive.retrieve` raises.
    """
    with alone_in(ws.incoming_folder(study_instance_uid), progress):
        return _retrieve(ws, archive, study_instance_uid, progress)


def bring_here(ws: Workspace, archive: Archive, study_instance_uid: str, progress: Progress) -> None:
    """Fetch a study as `retrieve` unless it lies here by now, be it that another retrieve brought it meanwhile."""
    with alone_in(ws.incoming_folder(study_instance_uid), progress):
        if not is_local(ws, study_instance_uid):
            _retrieve(ws, archive, study_instance_uid, progress)


def _retrieve(ws: Workspace, archive: Archive, study_instance_uid: str, progress: Progress) -> int:
    with ws.trail.step(Action.RETRIEVE, [study_instance_uid], archive=archive.name) as detail:
        count = archive.retrieve(study_instance_uid, ws.incoming_folder(study_instance_uid), progress)
        _take_in(ws, study_instance_uid)
        detail["instances"] = count
    return count


def _take_in(ws: Workspace, study_instance_uid: str) -> None:
    """Move a study that has come into the local cache."""
    incoming, folder = ws.incoming_folder(study_instance_uid), ws.study_folder(study_instance_uid)
    remove_unfinished(incoming)
    try:
        if not folder.exists():
            folder.parent.mkdir(parents=True, exist_ok=True)
            incoming.rename(folder)  # at once: there is no moment at which a part of it is there
            return
        for path in incoming.iterdir():
            path.replace(folder / path.name)
        incoming.rmdir()
    except OSError as error:
        raise CannotWrite(
            f"The study came, but could not be moved to {folder} ({error.strerror}); see to the disk and its rights."
        ) from error


def import_folder(ws: Workspace, folder: Path, progress: Progress) -> str:
    """Copy the study in `folder` into the local cache and return its UID; raises `StudyUnreadable`, `CannotWrite`."""
    study = read_study(folder)
    with ws.trail.step(Action.RETRIEVE, [study.study_instance_uid], archive="folder") as detail:
        instances = [instance for series in study.series for instance in series.instances]
        _require_space(ws.settings.data_folder, sum(instance.path.stat().st_size for instance in instances))
        for done, instance in enumerate(instances):
            progress.report(done / len(instances), f"Copying {done + 1} of {len(instances)} images")
            target = ws.incoming_folder(study.study_instance_uid) / f"{instance.sop_instance_uid}.dcm"
            write_bytes(target, instance.path.read_bytes())
        _take_in(ws, study.study_instance_uid)
        detail["instances"] = len(instances)
    return study.study_instance_uid


def _require_space(folder: Path, needed: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(folder).free < needed:
        raise CannotWrite(f"The disk of {folder} has not the {needed / 1e6:.0f} MB that the study needs; free some.")


def open_study(ws: Workspace, study_instance_uid: str, progress: Progress = Silent()) -> OpenStudy:
    """Read, recognise and load a study of the local cache; raises `StudyUnreadable`, `CannotWrite`.

    A series that cannot be loaded does not keep the others from being read: its `problem` says why.
    """
    with ws.trail.step(Action.OPEN, [study_instance_uid]) as detail:
        corrections, told = remembered_or_set_aside(ws)
        opened = open_folder(ws.study_folder(study_instance_uid), progress, corrections)
        detail["series"] = len(opened.series)
    return replace(opened, told=told)


def open_folder(folder: Path, progress: Progress = Silent(), corrections: Sequence[Correction] = ()) -> OpenStudy:
    """Read, recognise and load the study in `folder` without copying it; raises `StudyUnreadable`.

    `corrections` are what readers said of series (service/corrections.py).
    """
    progress.report(0.0, "Reading the study")
    recognised = recognise(read_study(folder), corrections)
    choices = [choice for role in HUNG if (choice := recognised.one(role)) is not None]
    loaded: list[LoadedSeries] = []
    for choice in choices:
        progress.report(len(loaded) / len(choices), f"Loading {choice.title}")
        loaded.append(_loaded(choice))
    return OpenStudy(recognised, _with_overlay_problems(loaded))


def _loaded(choice: RoleChoice) -> LoadedSeries:
    try:
        volume, told = load_told(choice)
        notes = (told, LOW_WAS_WHITE * low_is_white(choice.stack))
        return LoadedSeries(choice, volume, note=" ".join(filter(None, notes)))
    except ProsectorError as error:
        _log.warning("series %s not loaded: %s", choice.stack.series.series_instance_uid, type(error).__name__)
        return _as_pictures(LoadedSeries(choice, None, problem=str(error)))


def _as_pictures(one: LoadedSeries) -> LoadedSeries:
    """Return a series that makes no volume with its images as flat pictures, as far as they can be decoded."""
    if one.choice.fitted:
        return one
    try:
        loose = load_flat(one.choice.stack, one.problem)
    except ProsectorError:
        return one
    return replace(one, pictures=loose.pictures, note=loose.note)


def load_other(choice: RoleChoice) -> LoadedSeries:
    """Load one of `OpenStudy.others`, as far as it can be shown; when it cannot at all, its `problem` says why."""
    if choice.role is Role.DCE and len(choice.stacks) > 1:
        return replace(_loaded(choice), note=f"The first of {len(choice.stacks)} phases.")
    if choice.role is not Role.OTHER:
        return _loaded(choice)
    try:
        loose = load_loose(choice.stack.series)
    except ProsectorError as error:
        return LoadedSeries(choice, None, problem=str(error))
    return LoadedSeries(choice, loose.volume, note=loose.note, pictures=loose.pictures)


def picture_of(choice: RoleChoice) -> NDArray[Any] | None:
    """Return the middle picture (row, column) of a series without loading the rest; None when it has none to show.

    A subtraction has none in its files.
    """
    if choice.role is Role.SUBTRACTION:
        return None
    try:
        return middle_picture(choice.stack)
    except ProsectorError:
        return None


def _with_overlay_problems(loaded: list[LoadedSeries]) -> tuple[LoadedSeries, ...]:
    t2 = next((s for s in loaded if s.choice.role is Role.T2_AXIAL and s.volume is not None), None)
    return tuple(replace(s, overlay_problem=_overlay_problem(s, t2)) for s in loaded)


def _overlay_problem(series: LoadedSeries, t2: LoadedSeries | None) -> str:
    if series.volume is None:
        return ""
    if t2 is None or t2.volume is None:
        return "No overlays: the study has no axial T2 that can be read."
    try:
        require_same_frame(series.volume, t2.volume, names=(series.choice.title, t2.choice.title))
    except FramesDiffer as error:
        return str(error)
    return ""


def signed_report(opened: OpenStudy) -> Report | None:
    """Return the newest signed report of ours among the files of the study, or None.

    It is shown as signed when it is final, and read on when it is preliminary. Raises `SignatureInvalid` when it was
    altered since it was signed, `ReportUnreadable` when it cannot be read.
    """
    documents = signed_documents(opened)
    return read_signed(opened, documents[-1]) if documents else None


def signed_documents(opened: OpenStudy) -> tuple[pydicom.Dataset, ...]:
    """Return the signed reports of ours among the files of a study, in the order in which one follows the other."""
    found = [sr for sr in _structured_reports(opened) if _is_signed_by_us(sr) and _is_whole(sr)]
    followed = {uid for sr in found for uid in predecessors_of(sr)}
    return tuple(sorted(found, key=lambda sr: (sr.SOPInstanceUID not in followed, predecessor_of(sr).signed_at)))


def read_signed(opened: OpenStudy, sr: pydicom.Dataset) -> Report:
    """Return the report of one of `signed_documents`; raises `SignatureInvalid`, `ReportUnreadable`."""
    verify_dataset(sr, None)
    report, document = read_report(sr, _segmentation_of(sr, opened), opened.recognised), predecessor_of(sr)
    is_preliminary = document.status is ReportStatus.PRELIMINARY
    return replace(report, amends=Continuation(document) if is_preliminary else AsSigned(document))


def structured_reports_of_others(opened: OpenStudy) -> tuple[pydicom.Dataset, ...]:
    """Return the structured reports among the files of the study that were not signed here."""
    return tuple(ds for ds in _structured_reports(opened) if not _is_signed_by_us(ds))


def _is_signed_by_us(sr: pydicom.Dataset) -> bool:
    """Whether a reader signed it with Prosector, as final or as preliminary."""
    is_verified, is_signed = sr.get("VerificationFlag") == "VERIFIED", "DigitalSignaturesSequence" in sr
    return sr.get("ManufacturerModelName") == MODEL_NAME and (is_verified or is_signed)


def _is_whole(sr: pydicom.Dataset) -> bool:
    """Whether it is the full report, not one of those that are made of it for other viewers (docs/reports.md)."""
    return sr.SOPClassUID == Comprehensive3DSRStorage


def _structured_reports(opened: OpenStudy) -> Iterator[pydicom.Dataset]:
    for instance in _instances(opened, "SR"):
        yield pydicom.dcmread(instance.path)


def _segmentation_of(sr: pydicom.Dataset, opened: OpenStudy) -> pydicom.Dataset | None:
    evidence = {
        item.ReferencedSOPInstanceUID
        for study in sr.get("CurrentRequestedProcedureEvidenceSequence", [])
        for series in study.ReferencedSeriesSequence
        for item in series.ReferencedSOPSequence
    }
    for instance in _instances(opened, "SEG"):
        if instance.sop_instance_uid in evidence:
            return pydicom.dcmread(instance.path)
    return None


def _instances(opened: OpenStudy, modality: str) -> Iterator[Instance]:
    for series in opened.recognised.study.series:
        if series.modality == modality:
            yield from series.instances
