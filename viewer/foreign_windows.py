"""The window that a presentation state gives its images, for as long as it is shown."""

from PySide6.QtCore import QObject

from reporting.foreign_graphics import Presentation, StatedWindow
from viewer.language import tr
from viewer.reading_grid import ReadingGrid
from viewer.render.lut import ADC_UNIT, Window
from viewer.viewport import Viewport


class StatedWindows(QObject):
    """Gives viewports the window of a presentation state, and the one of before back."""

    def __init__(self, grid: ReadingGrid, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._grid = grid
        self._before: dict[str, list[tuple[Viewport, Window, Window]]] = {}

    def apply(self, uid: str, title: str, presentation: Presentation) -> str:
        """Window the viewports that show its images; returns a sentence where it is not applied, empty else."""
        self.take_back(uid)
        kept = self._before[uid] = []
        told = ""
        for viewport in self._grid.viewports:
            stated = _window_for(viewport, presentation)
            hung = viewport.hung
            if stated is None or hung is None:
                continue
            if hung.unit == ADC_UNIT:
                told = tr("Its window is not applied to the ADC map, whose values are shown in 10⁻⁶ mm²/s here.")
                continue
            window = Window(stated.width, stated.centre)
            kept.append((viewport, viewport.state.window, window))
            viewport.choose_window(window, title)
        return told

    def take_back(self, uid: str) -> None:
        """Give the viewports the window of before that still have the one that was stated."""
        alive = self._grid.viewports
        for viewport, before, stated in self._before.pop(uid, []):
            if viewport in alive and viewport.hung is not None and viewport.state.window == stated:
                viewport.choose_window(before, "")

    def clear(self) -> None:
        """Forget the windows of another study."""
        self._before.clear()


def _window_for(viewport: Viewport, presentation: Presentation) -> StatedWindow | None:
    hung = viewport.hung
    if hung is None:
        return None
    for window in presentation.windows:
        images = window.images or presentation.images
        if any((image.sop_instance_uid, image.frame) in hung.images for image in images):
            return window
    return None
