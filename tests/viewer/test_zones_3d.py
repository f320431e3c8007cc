"""The 3D view of the reading room shows the zones of the gland as it is now, and words say which is which."""

from typing import Any

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from core.report import Report
from core.study import Role
from inference.atlas import zones_of
from service.reading import OpenStudy
from viewer.content_3d import Part
from viewer.jobs import JobRunner
from viewer.key_map import KeyMap
from viewer.lesion_overlays import overlays_of
from viewer.overlays import Overlays
from viewer.picture_3d import PERIPHERAL_COLOUR, TRANSITION_COLOUR
from viewer.reading_grid import ReadingGrid
from viewer.special_views import view_3d
from viewer.view_3d import View3D


@pytest.fixture
def body(qtbot: Any, jobs: JobRunner, opened: OpenStudy, report: Report) -> tuple[ReadingGrid, View3D]:
    """The made-up study and its 3D view, with the gland and the lesions of its report."""
    grid = ReadingGrid(keys=KeyMap())
    qtbot.addWidget(grid)
    grid.show_study(opened.series)
    grid.set_overlays(overlays_of(report, hidden=frozenset(), selected=""))
    view = view_3d(grid, jobs)
    assert isinstance(view, View3D)
    qtbot.addWidget(view)
    view.resize(500, 460)
    return grid, view


def test_the_zones_of_the_gland_stand_in_its_place_and_can_be_hidden(
    qtbot: Any, body: tuple[ReadingGrid, View3D], report: Report, opened: OpenStudy
) -> None:
    _, view = body
    view.show()
    qtbot.waitUntil(lambda: view.content.zones is not None and view.canvas.picture is not None, timeout=60_000)
    zones = view.content.zones
    assert report.gland is not None
    assert zones is not None
    gland = report.gland.mask
    expected = zones_of(gland, opened.volume(Role.T2_AXIAL)).array
    for k, j, i in np.argwhere(gland.array > 0)[::97]:
        index = np.linalg.solve(zones.affine, gland.affine @ [k, j, i, 1])[:3].round().astype(int)
        assert zones.array[tuple(index)] == expected[k, j, i]
    assert view.canvas.picture is not None
    view.canvas.grab()
    assert dict(view.canvas.picture.zones) == {
        "peripheral zone": PERIPHERAL_COLOUR,
        "transition zone": TRANSITION_COLOUR,
    }
    view.set_parts(set(Part) - {Part.ZONES})
    view.canvas.grab()
    assert view.canvas.picture.zones == ()


def test_another_gland_has_other_zones_and_none_has_none(
    qtbot: Any, body: tuple[ReadingGrid, View3D], report: Report
) -> None:
    grid, view = body
    qtbot.waitUntil(lambda: view.content.zones is not None, timeout=60_000)
    before = view.content.zones
    assert report.gland is not None
    array = np.array(report.gland.mask.array)
    array[: np.flatnonzero(array.any(axis=(1, 2))).mean().astype(int)] = 0
    half = report.gland.mask.with_array(array)
    grid.set_overlays(Overlays(half))
    assert view.content.zones is None, "those of before are not the zones of this gland"
    qtbot.waitUntil(lambda: view.content.zones is not None, timeout=60_000)
    assert before is not None
    assert view.content.zones is not None
    assert 0 < np.count_nonzero(view.content.zones.array) == np.count_nonzero(array) < np.count_nonzero(before.array)
    grid.set_overlays(Overlays())
    QApplication.processEvents()
    assert view.content.zones is None
