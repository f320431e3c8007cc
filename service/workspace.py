"""What a front end works with: the settings, the archives, the drafts, and the audit trail it writes to."""

import getpass
from dataclasses import dataclass
from pathlib import Path

from core.audit import Action, AuditTrail
from core.settings import ArchiveNode, DicomWebNode, Settings, ThisNode
from pacs.archive import Archive
from pacs.dimse import DimseArchive
from reporting.template_files import use_templates
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
    use_templates(settings.reporting.templates)
    actor = getpass.getuser()
    trail = AuditTrail(settings.audit_trail, actor)
    trail.record(Action.START)
    return Workspace(
        settings=settings,
        actor=actor,
        trail=trail,
        drafts=DraftStore(settings.database),
        archives=tuple(archive_at(node, settings.this_node) for node in settings.archives),
    )


def archive_at(node: ArchiveNode, this_node: ThisNode) -> Archive:
    """Return the client of one configured archive."""
    if isinstance(node, DicomWebNode):
        from pacs.dicomweb import DicomWebArchive

        return DicomWebArchive(node)
    return DimseArchive(node, this_node)
