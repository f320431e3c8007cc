"""Signed reports as files in the outbox: what is there was signed, and leaves only once an archive holds it."""

import hashlib
import json
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from pydicom import dcmread
from pydicom.errors import InvalidDicomError

from core.errors import CannotWrite, ProsectorError
from core.files import link_into, write_text
from service.report_objects import SR
from service.workspace import Workspace

_MANIFEST, _ABANDONED = "bundle.json", "abandoned.json"
_UNFINISHED_AFTER_S = 3600.0


class BundleDamaged(ProsectorError):
    """A signed report in the outbox lacks a file, or one of its files cannot be read."""


@dataclass(frozen=True, slots=True)
class Instance:
    """What the outbox must know of one file to look for it in an archive."""

    path: Path
    sop_class_uid: str
    sop_instance_uid: str
    series_instance_uid: str


@dataclass(frozen=True, slots=True)
class SignedBundle:
    """The signed objects of one report as files in the outbox, by label, SR last so that what it cites is there.

    `archive` is the name of that which it is for, empty for the first of the settings. `draft` is the digest of the
    draft that was signed, empty without one and None where an earlier version signed. What was `given_up` stays here.
    """

    folder: Path
    study_instance_uid: str
    files: tuple[tuple[str, tuple[Path, ...]], ...]
    signed_at: datetime
    archive: str = ""
    draft: str | None = None
    given_up: tuple[str, ...] = ()

    @property
    def sop_instance_uid(self) -> str:
        """The signed structured report, by which the bundle is known."""
        return self.folder.name

    @property
    def sr_path(self) -> Path:
        """The file of the signed structured report."""
        return dict(self.files)[SR][0]

    @property
    def wanted(self) -> tuple[tuple[str, tuple[Path, ...]], ...]:
        """The objects that the archive is to hold."""
        return tuple((label, files) for label, files in self.files if label not in self.given_up)

    @property
    def is_there(self) -> bool:
        """Whether it waits still: nobody has sent or abandoned it meanwhile."""
        return is_kept(self.folder)


def is_kept(folder: Path) -> bool:
    """Whether a folder of the outbox is a bundle that waits."""
    return (folder / _MANIFEST).exists() and not is_abandoned(folder)


def is_abandoned(folder: Path) -> bool:
    """Whether a bundle was given up for good."""
    return (folder / _ABANDONED).exists()


def outbox_folder(ws: Workspace) -> Path:
    """Where signed reports lie until an archive holds them, one folder each."""
    return ws.settings.data_folder / "outbox"


def write_manifest(bundle: SignedBundle) -> None:
    """Keep what a bundle is, whole or not at all; a folder without it is no bundle. Raises `CannotWrite`."""
    write_text(bundle.folder / _MANIFEST, json.dumps(_fields(bundle), indent=1))


def _fields(bundle: SignedBundle) -> dict[str, object]:
    return {
        "study_instance_uid": bundle.study_instance_uid,
        "files": [[label, [path.name for path in paths]] for label, paths in bundle.files],
        "signed_at": bundle.signed_at.isoformat(),
        "archive": bundle.archive,
        "draft": bundle.draft,
        "given_up": list(bundle.given_up),
    }


def unsent(ws: Workspace) -> tuple[SignedBundle, ...]:
    """Return the signed bundles that no archive has been seen to hold yet, oldest first; raises `BundleDamaged`."""
    found = (_read(manifest.parent) for manifest in outbox_folder(ws).glob(f"*/{_MANIFEST}"))
    return tuple(sorted((one for one in found if one is not None), key=lambda one: one.signed_at))


def _read(folder: Path) -> SignedBundle | None:
    try:
        manifest = folder / _MANIFEST
        fields = cast(dict[str, Any], json.loads(manifest.read_text("utf-8")))
        signed_at = fields.get("signed_at")
        bundle = SignedBundle(
            folder,
            str(fields["study_instance_uid"]),
            tuple((str(label), tuple(folder / name for name in names)) for label, names in fields["files"]),
            datetime.fromisoformat(signed_at) if signed_at else datetime.fromtimestamp(manifest.stat().st_mtime, UTC),
            str(fields.get("archive", "")),
            fields.get("draft"),
            tuple(fields.get("given_up", ())),
        )
    except FileNotFoundError:  # sent at this very moment
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BundleDamaged(
            f"The signed report in {folder} cannot be read ({error}); restore the folder from the backup, or move it"
            " elsewhere and sign the report anew."
        ) from error
    return bundle if bundle.is_there else None


def instances_of(files: Sequence[Path]) -> tuple[Instance, ...]:
    """Return what the files hold; raises `BundleDamaged`."""
    return tuple(map(_instance, files))


def _instance(path: Path) -> Instance:
    try:
        header = dcmread(path, specific_tags=["SOPClassUID", "SOPInstanceUID", "SeriesInstanceUID"])
        return Instance(path, str(header.SOPClassUID), str(header.SOPInstanceUID), str(header.SeriesInstanceUID))
    except (OSError, InvalidDicomError, AttributeError) as error:
        raise BundleDamaged(
            f"{path} of a signed report is gone or cannot be read; restore it from the backup, or give the report up"
            " and sign it anew."
        ) from error


# ------------------------------------------------------------------ leaving the outbox


def file_away(ws: Workspace, bundle: SignedBundle) -> None:
    """Make the bundle a part of the local copy of its study; raises `CannotWrite`, after which it can be done again.

    The files lie there as well before the bundle ceases to be one: a kill in between leaves both names, or the new one.
    """
    target = ws.study_folder(bundle.study_instance_uid)
    files = [path for _, paths in bundle.files for path in paths]
    link_into(target, [path for path in files if path.exists() or not (target / path.name).exists()])
    _remove(bundle.folder)


def abandon(bundle: SignedBundle, reason: str, actor: str, when: datetime) -> str:
    """Set a bundle aside for good with the reason, its files kept; returns the digest of that note."""
    note = json.dumps(_fields(bundle) | {"reason": reason, "by": actor, "abandoned_at": when.isoformat()}, indent=1)
    write_text(bundle.folder / _ABANDONED, note)
    (bundle.folder / _MANIFEST).unlink(missing_ok=True)
    return hashlib.sha256(note.encode()).hexdigest()


def without(bundle: SignedBundle, label: str) -> SignedBundle:
    """Return the bundle with an object given up, kept so; raises `CannotWrite`."""
    changed = replace(bundle, given_up=(*bundle.given_up, label))
    write_manifest(changed)
    return changed


def addressed_to(bundle: SignedBundle, archive: str) -> SignedBundle:
    """Return the bundle as one for this archive, kept so; raises `CannotWrite`."""
    if bundle.archive == archive:
        return bundle
    changed = replace(bundle, archive=archive)
    write_manifest(changed)
    return changed


def remove_unfinished(ws: Workspace) -> tuple[str, ...]:
    """Remove what a kill left of reports that were never signed whole, or are filed away; returns their UIDs."""
    folders = [folder for folder in outbox_folder(ws).glob("*/") if _is_left_over(folder)]
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
    return tuple(folder.name for folder in folders)


def _is_left_over(folder: Path) -> bool:
    if (folder / _MANIFEST).exists() or (folder / _ABANDONED).exists():
        return False
    return time.time() - folder.stat().st_mtime > _UNFINISHED_AFTER_S  # a report may be being signed just now


def _remove(folder: Path) -> None:
    try:
        (folder / _MANIFEST).unlink(missing_ok=True)  # from here on it is no bundle
    except OSError as error:
        raise CannotWrite(
            f"The archive holds the report, but {folder} could not be removed ({error.strerror}); see to the rights of"
            " the folder."
        ) from error
    shutil.rmtree(folder, ignore_errors=True)  # what stays is removed with what was never finished
