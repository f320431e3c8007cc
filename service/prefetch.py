"""Earlier prostate MRs are fetched before the reader asks for one, when nothing else is."""

import logging
from collections.abc import Callable, Sequence

from core.errors import ArchiveUnreachable, ProsectorError
from core.progress import Progress
from core.settings import DimseNode
from core.study import Study, StudyMatch
from pacs.archive import Archive
from service.priors import Prior, earlier_studies
from service.reading import bring_here, is_local
from service.workspace import Workspace, archive_at

_log = logging.getLogger(__name__)


def prefetch_priors_of(
    ws: Workspace, archive: Archive, study: Study | StudyMatch, told: Callable[[str, str], object], progress: Progress
) -> None:
    """Look for the earlier prostate MRs of a study's patient and fetch them as `prefetch`; raises as `find_priors`."""
    if ws.settings.viewing.prefetch_priors:
        prefetch(ws, archive, earlier_studies(ws, archive, study), told, progress)


def prefetch(
    ws: Workspace, archive: Archive, priors: Sequence[Prior], told: Callable[[str, str], object], progress: Progress
) -> None:
    """Fetch those of the newest prostate MRs that are not here, one after the other, over one connection.

    `told` hears the Study Instance UID of each and why it did not come, or "". One that the archive refuses does not
    keep the next from being fetched; an archive that does not answer is asked no more. Raises `Cancelled`.
    """
    quiet = _over_one_connection(ws, archive)
    for prior in wanted(ws, priors):
        uid = prior.match.study_instance_uid
        try:
            bring_here(ws, quiet, uid, progress)
            told(uid, "")
        except ProsectorError as error:
            _log.warning("a prior was not fetched beforehand: %s", type(error).__name__)
            told(uid, str(error))
            if isinstance(error, ArchiveUnreachable):
                return


def wanted(ws: Workspace, priors: Sequence[Prior]) -> tuple[Prior, ...]:
    """Return those of the newest `[viewing] prefetch_priors` prostate MRs among `priors` that are not here."""
    newest = [prior for prior in priors if prior.of_prostate][: ws.settings.viewing.prefetch_priors]
    return tuple(prior for prior in newest if not is_local(ws, prior.match.study_instance_uid))


def _over_one_connection(ws: Workspace, archive: Archive) -> Archive:
    """Return the archive as one that is asked over a single association, where it has several to spare."""
    node = next((node for node in ws.settings.archives if node.name == archive.name), None)
    if not isinstance(node, DimseNode) or archive not in ws.archives:
        return archive
    return archive_at(node.model_copy(update={"associations": 1}), ws.settings.this_node)
