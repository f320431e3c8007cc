"""The zones of the gland in the 3D view: found beside the window, anew for each gland."""

from collections.abc import Callable

from highdicom import Volume
from PySide6.QtCore import QObject

from core.volume import same_grid
from inference.atlas import zones_of
from inference.mask_edit import box_of, part_of
from viewer.jobs import Job, JobRunner
from viewer.view_3d import View3D


class GlandZones(QObject):
    """Shows in a 3D view the zones that sectors are named by, those of the atlas and T2 in the gland as it is now.

    So they are the same whether the AI has just run, the draft was opened again or the reader changed the outline.
    """

    def __init__(self, view: View3D, jobs: JobRunner, failed: Callable[[str], object], t2: Volume) -> None:
        super().__init__(view)
        self._view, self._jobs, self._failed, self._t2 = view, jobs, failed, t2
        self._job: Job | None = None

    def follow(self, gland: Volume | None) -> None:
        """Show the zones of this gland as soon as they are found, and none until then."""
        if self._job is not None:
            self._job.abandon()
            self._job = None
        self._view.set_zones(None)
        if gland is not None:
            self._job = self._jobs.start(
                lambda _progress: _zones(gland, self._t2), on_done=self._show, on_failed=self._failed
            )
            self._view.destroyed.connect(self._job.abandon)

    def _show(self, zones: Volume) -> None:
        self._job = None
        self._view.set_zones(zones)


def _zones(gland: Volume, t2: Volume) -> Volume:
    """Return the zones in the box of a gland; T2 on another grid than the gland's tells nothing of them."""
    box = box_of(gland.array)
    assert box is not None, "a gland is never empty"
    return zones_of(part_of(gland, box), part_of(t2, box) if same_grid(gland, t2) else None)
