"""A dynamic study is read in a real window by clicks, drags and keys, from the archive to the category."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QToolButton, QWidget

from core.annotations import Kind
from core.pirads import Category, Dce, Score, Zone
from core.settings import DimseNode
from core.study import Role
from core.volume import PointLps
from inference.dce import CurveType
from pacs.embedded import EmbeddedArchive
from service.phantom import PhantomTruth, tissues
from service.phantom.dce import TIMES_S, enhancement_percent
from viewer.dce_curve import Plotted
from viewer.dce_panel import DcePanel
from viewer.journey import Journey
from viewer.nudge_panel import NudgePanel
from viewer.reading_page import ReadingPage
from viewer.viewport import Viewport

pytestmark = pytest.mark.journey

Key, CTRL, NONE = Qt.Key, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier
LEFT = Qt.MouseButton.LeftButton
_ONE_VOXEL = 45.0
"""What noise does to the enhancement of one voxel at most, in percent."""
_HALF_MM = 2.5


class Reader:
    """A reader before the dynamic study, with mouse and keyboard."""

    def __init__(self, journey: Journey, truth: PhantomTruth) -> None:
        self.journey, self.truth = journey, truth

    @property
    def room(self) -> ReadingPage:
        """The reading room."""
        return self.journey.window.reading

    @property
    def titles(self) -> list[str]:
        """What the viewports show."""
        return [view.accessibleName() for view in self.room.grid.viewports]

    @property
    def subtraction(self) -> Viewport:
        """The viewport that shows what is chosen of the dynamic series."""
        return self.room.grid.viewport(Role.SUBTRACTION)

    @property
    def panel(self) -> DcePanel:
        """The panel with the curves."""
        return self.journey.find(DcePanel, "dcePanel", self.room.grid)

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        """Press a key while the images have the keyboard."""
        self.room.grid.setFocus()
        self.journey.press(key, modifiers)

    def use(self, tool: str) -> None:
        """Click a tool of the bar above the images, or of the strip beside them."""
        self.journey.click(QToolButton, tool, self.room)

    def point_at(self, view: Viewport, place: PointLps) -> None:
        """Go to the slice of a place and click it with the crosshair."""
        self.room.grid.move_crosshair(place)  # as a reader who scrolled there
        self.use("toolCrosshair")
        QTest.mouseClick(view, LEFT, NONE, _pixel(view, place))
        self.journey.settle()

    def drag(self, view: QWidget, corners: Sequence[QPoint]) -> None:
        """Press at the first of these, go through the others and let go at the last."""
        QTest.mousePress(view, LEFT, NONE, corners[0])
        for corner in corners[1:]:
            QTest.mouseMove(view, corner)
            self.journey.settle()
        QTest.mouseRelease(view, LEFT, NONE, corners[-1])
        self.journey.settle()

    def drop(self, title: str, view: Viewport) -> None:
        """Take a series from the strip and let it go over a viewport."""
        model = self.room.series.model()
        row = next(n for n in range(model.rowCount()) if model.index(n, 0).data() == title)
        carried: QMimeData = model.mimeData([model.index(row, 0)])
        at, copy = view.mapTo(self.room.grid, view.rect().center()), Qt.DropAction.CopyAction
        for event in (
            QDragEnterEvent(at, copy, carried, LEFT, NONE),
            QDragMoveEvent(at, copy, carried, LEFT, NONE),
            QDropEvent(QPointF(at), copy, carried, LEFT, NONE),
        ):
            QApplication.sendEvent(self.room.grid, event)
            assert event.isAccepted()
        self.journey.wait(lambda: not any(told.startswith("Loading") for told in self.titles), title, 30)

    def curve(self, name: str) -> Plotted:
        """Return a curve of the plot by its name."""
        return next(one for one in self.room.looking.dce.curves if one.name == name)


def _pixel(view: Viewport, place: PointLps) -> QPoint:
    return QPointF(*view.plane().pixel(place)).toPoint()


@pytest.fixture(scope="module")
def served(made_phantom: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, PhantomTruth]:
    """The folder of an archive with the dynamic phantom, and the truth about it."""
    made = made_phantom(0, dce=True)
    return shutil.copytree(made.folder, tmp_path_factory.mktemp("dynamic") / "served"), made.truth


@pytest.fixture
def reader(workstation: Callable[..., Any], served: tuple[Path, PhantomTruth], tmp_path: Path) -> Iterator[Reader]:
    """A reader who opened the study from the archive."""
    folder, truth = served
    with EmbeddedArchive(folder, ae_title="PACS") as archive:
        node = DimseNode(name="PACS", ae_title="PACS", host="127.0.0.1", port=archive.port)
        journey = workstation(tmp_path / "data", node).journey
        journey.open_first_study()
        reader = Reader(journey, truth)
        journey.wait(lambda: reader.room.looking.dce.series is not None, "the phases", 120)
        yield reader


def test_a_dynamic_study_is_read_from_the_archive_to_a_category_that_its_contrast_decides(reader: Reader) -> None:
    room, journey = reader.room, reader.journey
    dce = room.looking.dce

    # It opens in four, and says why; full stop goes on to the nine with phases and curve.
    assert reader.titles == ["T2 axial", "ADC", "DWI b 1400", "DCE subtraction"]
    assert "T2 axial, ADC, DWI b 1400 and DCE subtraction are all here." in room.layouts.toolTip()
    reader.press(Key.Key_Period)
    reader.press(Key.Key_Period)
    hung = ["DCE subtraction", "DCE 0 s", "DCE 171 s"]
    journey.wait(lambda: reader.titles[5:] == hung, "subtraction, first and last phase", 60)

    # The curve at the cursor is that of the tissue that was clicked.
    cancer = reader.truth.lesions[0]
    reader.point_at(reader.subtraction, cancer.centre_lps)
    drawn = enhancement_percent(tissues.PERIPHERAL_CANCER)
    assert reader.curve("Cursor").curve.enhancement == pytest.approx(drawn, abs=_ONE_VOXEL)
    assert reader.curve("Cursor").curve.kinetics.curve_type is CurveType.WASH_OUT

    # That of a region is its mean, nearer to the truth; the region has its statistics.
    place = _pixel(reader.subtraction, cancer.centre_lps)
    half = QPoint(*[round(_HALF_MM / reader.subtraction.plane().mm_per_pixel)] * 2)
    reader.use("strip_ellipse")
    reader.drag(reader.subtraction, [place - half, place, place + half])
    (region,) = journey.report.annotations
    assert region.kind is Kind.ELLIPSE
    assert region.statistics is not None
    assert region.statistics.of == "DCE subtraction phase 8 (63 s)"
    assert reader.curve("Region 1").curve.enhancement == pytest.approx(drawn, abs=_ONE_VOXEL / 2)
    reader.press(Key.Key_Escape)

    # Maps stand where the subtraction stood, each with its unit; a cine goes through the phases.
    for button, title, unit in (
        ("dceImage_In", "DCE wash-in", "%/s"),
        ("dceImage_Out", "DCE wash-out", "%/min"),
        ("dceImage_TTP", "DCE time to peak", "s"),
    ):
        journey.click(QPushButton, button, reader.panel)
        hung = reader.subtraction.hung
        assert hung is not None
        assert (hung.caption.title, hung.unit) == (title, unit)
        assert reader.titles[6:] == ["DCE 0 s", "DCE 171 s"]
    journey.click(QPushButton, "dceImage_Phase", reader.panel)
    first = dce.phase
    journey.click(QPushButton, "dcePlay", reader.panel)
    journey.wait(lambda: dce.phase not in (first, first + 1), "the cine", 10)
    journey.click(QPushButton, "dcePlay", reader.panel)
    plot = journey.find(QWidget, "dceCurves", reader.panel)
    QTest.mouseClick(plot, LEFT, NONE, QPoint(plot.width() - 20, plot.height() // 4))
    assert dce.phase == len(TIMES_S) - 1

    # Moved by the arrow keys, the dynamic images lie elsewhere, and so does what the cursor reads.
    journey.click(QPushButton, "dceImage_Subtr", reader.panel)
    before = reader.curve("Cursor").curve.enhancement
    lay = _corner(reader.subtraction)
    reader.use("strip_nudge")
    nudge = journey.find(NudgePanel, "nudgePanel", room)
    journey.click(QPushButton, "nudgeGroup_DCE", nudge)
    nudge.setFocus()
    for _ in range(20):
        QTest.keyClick(nudge, Key.Key_Right)
    journey.settle()
    assert _corner(reader.subtraction) - lay == pytest.approx([10.0, 0.0, 0.0], abs=1e-6)
    assert max(abs(np.subtract(reader.curve("Cursor").curve.enhancement, before))) > _ONE_VOXEL
    for _ in range(20):
        reader.press(Key.Key_Z, CTRL)
    assert _corner(reader.subtraction) == pytest.approx(lay)
    assert reader.curve("Cursor").curve.enhancement == before
    assert journey.report.annotations == (region,)

    # R runs the AI, N goes to a lesion; a 3 on diffusion of the PZ becomes a 4 by its early enhancement, and its curve
    # stands beside the cursor's.
    reader.press(Key.Key_R)
    journey.wait_for_findings()
    uid = room.panel.lesions.selected
    lesion = journey.report.lesion(uid)
    assert lesion.assessment.scored_as is Zone.PZ
    reader.press(Key.Key_3)
    assert journey.report.lesion(uid).category is Category.THREE
    reader.press(Key.Key_Plus)
    scored = journey.report.lesion(uid)
    assert (scored.assessment.dwi, scored.assessment.dce) == (Score.THREE, Dce.POSITIVE)
    assert scored.category is Category.FOUR
    assert reader.curve(lesion.label).curve.kinetics.curve_type is CurveType.WASH_OUT

    # Every edit is taken back, the drawing among them, and done again.
    edits = 0
    while room.session is not None and room.session.can_undo:
        reader.press(Key.Key_Z, CTRL)
        edits += 1
    assert (journey.report.annotations, journey.report.lesions) == ((), ())
    for _ in range(edits):
        reader.press(Key.Key_Y, CTRL)
    assert journey.report.annotations == (region,)
    assert journey.report.lesion(uid) == scored


def test_series_of_a_dynamic_study_are_dragged_into_any_viewport_of_any_grid(reader: Reader) -> None:
    room, journey = reader.room, reader.journey
    room.grid.set_free_grid(4, 4)
    journey.wait(lambda: not any(told.startswith("Loading") for told in reader.titles), "all series", 60)
    assert len(reader.titles) == 16
    last = room.grid.viewports[-1]
    assert last.accessibleName() == "Drag a series here"
    reader.drop("DWI b 50", last)
    assert last.accessibleName() == "DWI b 50"
    QTest.mouseDClick(last, LEFT, NONE, last.rect().center())
    journey.settle()
    assert [view for view in room.grid.viewports if view.isVisible()] == [last]
    reader.press(Key.Key_Return)
    assert all(view.isVisible() for view in room.grid.viewports)


def _corner(view: Viewport) -> np.ndarray:
    assert view.hung is not None
    return np.array(view.hung.volume.affine[:3, 3])
