"""What the worklist says in words."""

from datetime import datetime
from pathlib import Path

from pacs.archive import StudyQuery
from service.claims import Claim
from viewer.language import tr

THIS_WORKSTATION = tr("This workstation")


def clock(held: Claim) -> str:
    """Return since when a study is claimed, with the day unless it is today."""
    since = held.since.astimezone()
    return f"{since:%H:%M}" if since.date() == datetime.now(since.tzinfo).date() else f"{since:%Y-%m-%d %H:%M}"


def nothing_found(archive: str, query: StudyQuery) -> str:
    """Return what the list says when an archive has no study that fits, and what can be done."""
    if query.patient or query.date_from or query.date_to:
        return tr("{archive} has no study that fits. Widen the dates or clear the patient field.").format(
            archive=archive
        )
    kind = tr("{modality} study").format(modality=query.modality) if query.modality else tr("study")
    if archive == THIS_WORKSTATION:
        return tr(
            "There is no {kind} on this workstation yet. Retrieve one from a PACS, or import it from a folder."
        ).format(kind=kind)
    return tr("{archive} has no {kind}. Choose another archive, or import a study from a folder.").format(
        archive=archive, kind=kind
    )


def importing(folder: Path) -> str:
    """Return what is being done while a folder is copied here."""
    return tr("Importing {folder}").format(folder=folder.name)


def studies_listed(shown: int, listed: int) -> str:
    """Return how many studies are listed, and how many of them the filter shows."""
    count = tr("1 study") if listed == 1 else tr("{listed} studies")
    count = tr("{shown} of {listed} studies") if shown != listed else count
    return count.format(shown=f"{shown:,}", listed=f"{listed:,}")
