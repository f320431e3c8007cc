"""The zones of the gland in the 3D view: found beside the window, anew for each gland."""

from collections.abc import Callable

from highdicom import Volume
from PySide6.QtCore import QObject

from inference.atlas import zones_of
from inference.mask_edit import cropped
from viewer.jobs import Job, JobRunner
from viewer.view_3d import View3D


class GlandZones(QObject):
    """Shows in a 3D view the zones that sectors are named by, those of the atlas drawn into the gland as it is now.

    So they are the same whether the AI has just run, the draft was opened again or the reader changed the outline.
    """

    def __init__(self, view: View3D, jobs: JobRunner, failed: Callable[[str], object]) -> None:
        super().__init__(view)
        self._view, self._jobs, self._failed = view, jobs, failed
        self._job: Job | None = None

    def follow(self, gland: Volume | None) -> None:
        """Show the zones of this gland as soon as they are found, and none until then."""
        if self._job is not None:
            self._job.abandon()
            self._job = None
        self._view.set_zones(None)
        if gland is not None:
            self._job = self._jobs.start(
                lambda _progress: zones_of(cropped(gland)), on_done=self._show, on_failed=self._failed
            )
            self._view.destroyed.connect(self._job.abandon)

    def _show(self, zones: Volume) -> None:
        self._job = None
        self._view.set_zones(zones)
