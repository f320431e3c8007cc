"""An archive on the network, spoken to by DIMSE."""

from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from pathlib import Path

from core.errors import ArchiveRefused
from core.progress import Progress
from core.settings import DimseNode, ThisNode
from core.study import SeriesMatch, StudyMatch
from pacs.archive import StudyQuery
from pacs.association import Patience, associate, label, require_service, silence
from pacs.contexts import FIND, VERIFICATION, for_model
from pacs.find import Finder
from pacs.retrieve import associations, fetch
from pacs.site_profile import site_profile, storage_of
from pacs.store import send
from pacs.transfer import Holding, Wanted
from pacs.ways import by_the_way_that_works
from pacs.wire import Wire


class DimseArchive:
    """The `Archive` at `node`, which knows us as `this_node`; each operation has an association of its own."""

    def __init__(self, node: DimseNode, this_node: ThisNode) -> None:
        self._node = node
        self._this_node = this_node
        site_profile(node)  # a misspelt quirk is told before anything is asked

    @property
    def name(self) -> str:
        """What people call the archive."""
        return self._node.name

    def echo(self) -> None:
        """Return if the archive answers a C-ECHO."""
        patience = Patience(self._node.query_timeout_s)
        with associate(self._node, self._this_node, [], patience) as association:
            require_service(association, self._node, VERIFICATION, "verification (C-ECHO)")
            status = association.send_c_echo()
            if "Status" not in status:
                raise silence(self._node, patience, "answering a C-ECHO")
            if status.Status != 0x0000:
                raise ArchiveRefused(f"{label(self._node)} answered a C-ECHO with status 0x{status.Status:04X}.")

    def find_studies(self, query: StudyQuery) -> tuple[StudyMatch, ...]:
        """Return the studies that fit `query`, newest first."""
        with self._finder() as finder:
            return finder.studies(query)

    def find_series(self, study_instance_uid: str) -> tuple[SeriesMatch, ...]:
        """Return the series of one study by series number."""
        with self._finder() as finder:
            return finder.series(study_instance_uid)

    def find_instances(self, study_instance_uid: str, series_instance_uid: str) -> tuple[str, ...]:
        """Return the SOP Instance UIDs of one series."""
        with self._finder() as finder:
            return tuple(uid for _, uid in finder.instances(study_instance_uid, series_instance_uid))

    def retrieve(self, study_instance_uid: str, folder: Path, progress: Progress, series_instance_uid: str = "") -> int:
        """Bring a study or one series by C-GET or C-MOVE, whichever works; see `Archive.retrieve`."""
        progress.report(0.0, f"asking {self.name}")
        with self._finder() as finder:
            if series_instance_uid:
                holding = Holding(_instances(finder, study_instance_uid, [series_instance_uid]))
            else:
                holding = _holding(finder, self._node, study_instance_uid, folder)

        def look_up(series: Sequence[str]) -> tuple[Wanted, ...]:
            with self._finder() as finder:
                return _instances(finder, study_instance_uid, series)

        return by_the_way_that_works(
            self._node,
            lambda node: fetch(node, self._this_node, study_instance_uid, holding, look_up, folder, progress),
        )

    def store(self, files: Sequence[Path], progress: Progress) -> None:
        """Send files by C-STORE; see `Archive.store`."""
        send(storage_of(self._node), self._this_node, files, progress)

    @contextmanager
    def _finder(self) -> Generator[Finder, None, None]:
        patience = Patience(self._node.query_timeout_s)
        with associate(self._node, self._this_node, for_model(FIND), patience) as association:
            require_service(association, self._node, FIND, "queries (C-FIND, study root)")
            with Wire(association, self._node, patience) as wire:
                yield Finder(wire, self._node, patience)


def _holding(finder: Finder, node: DimseNode, study_instance_uid: str, folder: Path) -> Holding:
    """Return what the archive has of a study.

    Series that can be fetched whole, which is quicker, are only counted: those whose count is told, of which nothing
    can be here already, and which are no longer than the share of one association.
    """
    told = finder.series(study_instance_uid)
    counts = {series.series_instance_uid: series.instance_count or 0 for series in told}
    classes: tuple[str, ...] = ()
    if any(counts.values()) and site_profile(node).retrieve_level != "study" and not any(folder.glob("*.dcm")):
        classes = finder.sop_classes(study_instance_uid)
    total = sum(counts.values())
    share = -(-total // associations(node, total))
    whole = {uid: count for uid, count in counts.items() if classes and 0 < count <= share}
    others = [uid for uid in counts if uid not in whole]
    return Holding(_instances(finder, study_instance_uid, others), whole, classes)


def _instances(finder: Finder, study_instance_uid: str, series: Iterable[str]) -> tuple[Wanted, ...]:
    return tuple(Wanted(uid, *pair) for uid in series for pair in finder.instances(study_instance_uid, uid))
