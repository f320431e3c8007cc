"""What a front end works with: the settings, the archives, the drafts, and the audit trail it writes to."""

import getpass
from dataclasses import dataclass
from pathlib import Path

from core.audit import Action, AuditTrail
from core.settings import Settings
from pacs.archive import Archive
from pacs.dimse import DimseArchive
from service.drafts import DraftStore


@dataclass(frozen=True, slots=True)
class Workspace:
    """One user at one workstation; made by `open_workspace`, ended by `close`."""

    settings: Settings
    actor: str
    trail: AuditTrail
    drafts: DraftStore
    archives: tuple[Archive, ...]

    def study_folder(self, study_instance_uid: str) -> Path:
        """Where the files of a retrieved study lie."""
        return self.settings.cache_folder / study_instance_uid

    def incoming_folder(self, study_instance_uid: str) -> Path:
        """Where the files of a study lie until all of them have come."""
        return self.settings.data_folder / "incoming" / study_instance_uid

    def close(self) -> None:
        """Close the database and note the end in the audit trail; raises `AuditFailed`."""
        self.drafts.close()
        self.trail.record(Action.STOP)


def open_workspace(settings: Settings) -> Workspace:
    """Open drafts and audit trail below the data folder; raises `AuditFailed`, `CannotWrite`."""
    actor = getpass.getuser()
    trail = AuditTrail(settings.audit_trail, actor)
    trail.record(Action.START)
    return Workspace(
        settings=settings,
        actor=actor,
        trail=trail,
        drafts=DraftStore(settings.database),
        archives=tuple(DimseArchive(node, settings.this_node) for node in settings.archives),
    )
