"""Where a watcher's images lie, where they come from, and what tells one set of them from another."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from core.audit import Action
from core.errors import ArchiveRefused, ProsectorError, SettingsInvalid
from core.progress import Progress
from core.settings import Settings, WatchSettings
from core.study import Study
from inference.read import read_study
from pacs.archive import Archive
from service.workspace import Workspace


def forwarded_folder(ws: Workspace) -> Path:
    """Where the images lie that were sent to this watcher, one folder a study."""
    return ws.settings.data_folder / "watch" / "forwarded"


def fetched_folder(ws: Workspace) -> Path:
    """Where the images lie that this watcher fetched, one folder a study."""
    return ws.settings.data_folder / "watch" / "fetched"


def archive_named(ws: Workspace, name: str) -> Archive:
    """Return an archive of the settings; raises `SettingsInvalid`."""
    for archive in ws.archives:
        if archive.name == name:
            return archive
    known = ", ".join(f"“{archive.name}”" for archive in ws.archives) or "none"
    raise SettingsInvalid(f"The settings have no archive “{name}” (they have {known}); see [watch] and [[archives]].")


def results_archive(ws: Workspace) -> Archive:
    """Return the archive that results go to; raises `SettingsInvalid`."""
    return archive_named(ws, watch_settings(ws.settings).store_to)


def watch_settings(settings: Settings) -> WatchSettings:
    """Return [watch]; raises `SettingsInvalid` when there is none."""
    if settings.watch is None:
        raise SettingsInvalid("The settings have no [watch]; say there with store_to which archive results go to.")
    return settings.watch


def fetch(ws: Workspace, archive: Archive, study_instance_uid: str, progress: Progress) -> Path:
    """Bring the MR series of a study here, as far as they are not, and return their folder; audited.

    Results, other modalities and documents stay where they are. Raises what `Archive.retrieve` raises.
    """
    folder = fetched_folder(ws) / study_instance_uid
    with ws.trail.step(Action.RETRIEVE, [study_instance_uid], archive=archive.name, by="watch") as detail:
        series = archive.find_series(study_instance_uid)
        magnetic = [one.series_instance_uid for one in series if one.modality == "MR"]
        if not magnetic:
            raise ArchiveRefused(f"{archive.name} has no MR images of the study {study_instance_uid} (any more).")
        asked = [""] if len(magnetic) == len(series) else magnetic  # all at once is one question, not one a series
        detail["instances"] = sum(archive.retrieve(study_instance_uid, folder, progress, one) for one in asked)
    return folder


def content_of(folder: Path) -> str:
    """Return the digest of which MR images lie in a folder; of one that cannot be read, of its files' names."""
    try:
        return content_of_study(read_study(folder))
    except ProsectorError:
        return digest_of(path.stem for path in folder.rglob("*.dcm"))


def content_of_study(study: Study) -> str:
    """Return the digest of which MR images a study has here."""
    magnetic = (series for series in study.series if series.modality == "MR")
    return digest_of(one.sop_instance_uid for series in magnetic for one in series.instances)


def digest_of(sop_instance_uids: Iterable[str]) -> str:
    """Return the digest of a set of images by their UIDs."""
    return hashlib.sha256("\n".join(sorted(set(sop_instance_uids))).encode()).hexdigest()
