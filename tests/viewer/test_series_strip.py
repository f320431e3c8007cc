"""The strip shows every series, used or not and why, with its picture; Enter, double click and drag hang it."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication

from core.study import Instance, Role, RoleChoice, Series, Stack
from service.reading import OpenStudy, open_folder
from viewer.hanging_match import Offer
from viewer.reading_grid import ReadingGrid
from viewer.series_model import FACTS, REASON, SERIES_MIME
from viewer.series_strip import SeriesStrip

_TITLE, _TIP, _SPOKEN = Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole


@pytest.fixture
def strip(qtbot: Any) -> SeriesStrip:
    """A strip as wide as the images on a small screen."""
    shown = SeriesStrip()
    qtbot.addWidget(shown)
    shown.resize(1000, 70)
    shown.show()
    qtbot.waitExposed(shown)
    return shown


def _offers(opened: OpenStudy) -> list[Offer]:
    return [*(Offer(one.choice) for one in opened.series), *map(Offer, opened.others)]


def _rows(strip: SeriesStrip, role: int = _TITLE) -> list[str]:
    model = strip.model()
    return [model.data(model.index(row, 0), role) for row in range(model.rowCount())]


def test_every_series_of_a_real_study_is_there_and_says_what_it_is_or_why_not(
    strip: SeriesStrip, prostatex_0001: Path
) -> None:
    strip.show_offers(_offers(open_folder(prostatex_0001)))
    assert _rows(strip) == [
        *("T2 axial", "ADC", "DWI b 1000 (calc)", "T2 sagittal", "T2 coronal"),
        *("DWI b 50", "DWI b 400", "DWI b 800"),
        *("t2_localizer", "t2_localizer", "t2_loc sag", "t2_tse_tra", "tfl_3d PD ref_tra_1.5x1.5_t3"),
    ]
    assert _rows(strip, FACTS)[0] == "Se 10 · 19 images"
    assert "it was acquired later" in _rows(strip, REASON)[0]
    assert _rows(strip, REASON)[8] == "not used: localizer: its 13 images point in several directions"
    assert _rows(strip, _TIP)[10] == (
        "t2_loc sag · Se 3 · 3 images\n"
        "not used: sagittal, only 3 slices of 7 mm every 11 mm: a localizer or single images\n"
        "Drag it into a viewport, or press Enter; right-click to use it as something else."
    )
    assert _rows(strip, _SPOKEN)[8].startswith("t2_localizer, Se 1 · 13 images, not used: localizer")


def test_pictures_are_made_for_the_cards_that_are_seen_and_once(qtbot: Any, phantoms: Any) -> None:
    asked: list[RoleChoice] = []

    def picture_of(choice: RoleChoice) -> NDArray[Any] | None:
        asked.append(choice)
        return None if choice.role is Role.OTHER else np.arange(600).reshape(20, 30)

    strip = SeriesStrip(picture_of=picture_of)
    qtbot.addWidget(strip)
    strip.resize(400, 70)
    offers = [Offer(phantoms.choice(role)) for role in (Role.T2_AXIAL, Role.OTHER)]
    offers += [Offer(phantoms.choice(Role.DWI, float(b))) for b in range(20)]
    strip.show_offers(offers)
    assert asked == []
    strip.show()
    qtbot.waitUntil(lambda: len(asked) >= 2)
    QTest.qWait(50)
    strip.viewport().update()
    QTest.qWait(50)
    assert asked == [offer.choice for offer in offers[: len(asked)]]
    assert len(asked) < 6
    model = strip.model()
    pixmap: QPixmap = model.data(model.index(0, 0), Qt.ItemDataRole.DecorationRole)
    assert (pixmap.width(), pixmap.height()) == (128, 85)
    greys = [pixmap.toImage().pixelColor(x, 40).value() for x in (2, 125)]
    assert greys[0] < greys[1]
    assert model.data(model.index(1, 0), Qt.ItemDataRole.DecorationRole).isNull()


def test_a_file_that_vanished_leaves_a_card_without_a_picture(strip: SeriesStrip, tmp_path: Path, qtbot: Any) -> None:
    instance = Instance(tmp_path / "gone.dcm", "1.2", "1.2.3", 1)
    series = Series("1.2.3", "MR", 7, "gone", "1.9", (instance,))
    strip.show_offers([Offer(RoleChoice(Role.OTHER, (Stack(series, (instance,)),), "a localizer"))])
    QTest.qWait(30)
    index = strip.model().index(0, 0)
    assert strip.model().data(index, Qt.ItemDataRole.DecorationRole).isNull()
    assert _rows(strip, FACTS) == ["Se 7 · 1 image"]


def test_enter_hangs_the_selected_series_in_the_active_viewport(
    strip: SeriesStrip, opened: OpenStudy, qtbot: Any
) -> None:
    grid = ReadingGrid()
    qtbot.addWidget(grid)
    grid.show_study(opened.series, opened.others)
    strip.show_offers(grid.offers)
    strip.hang_wanted.connect(lambda offer: grid.hang_in(grid.active, offer))
    strip.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Return):
        QTest.keyClick(strip, key)
    assert grid.active.accessibleName() == _rows(strip)[1] == "ADC"


def test_enter_without_a_selection_does_nothing(strip: SeriesStrip, opened: OpenStudy) -> None:
    wanted = QSignalSpy(strip.hang_wanted)
    QTest.keyClick(strip, Qt.Key.Key_Return)
    strip.show_offers(_offers(opened))
    QTest.keyClick(strip, Qt.Key.Key_Return)
    assert wanted.count() == 0


def test_a_double_click_hangs_the_series_under_the_pointer(strip: SeriesStrip, opened: OpenStudy) -> None:
    strip.show_offers(_offers(opened))
    QApplication.processEvents()
    wanted = QSignalSpy(strip.hang_wanted)
    at = strip.visualRect(strip.model().index(2, 0)).center()
    QTest.mouseClick(strip.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
    QTest.mouseDClick(strip.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
    assert [wanted.at(n)[0].choice.role for n in range(wanted.count())] == [Role.HIGH_B]


def test_a_dragged_card_carries_the_key_of_its_series(strip: SeriesStrip, opened: OpenStudy) -> None:
    offers = _offers(opened)
    strip.show_offers(offers)
    model = strip.model()
    index = model.index(1, 0)
    assert model.flags(index) & Qt.ItemFlag.ItemIsDragEnabled
    carried = model.mimeData([index])
    assert carried.data(SERIES_MIME).toStdString() == offers[1].key
    assert offers[1].key.startswith(offers[1].choice.stack.series.series_instance_uid)
    assert model.mimeTypes() == [SERIES_MIME]


def test_another_study_takes_the_place_of_the_first_and_none_leaves_a_sentence(
    strip: SeriesStrip, opened: OpenStudy
) -> None:
    strip.show_offers(_offers(opened))
    QTest.qWait(30)
    full = strip.grab().toImage()
    strip.show_offers([])
    assert strip.model().rowCount() == 0
    assert not strip.indexAt(QPoint(20, 20)).isValid()
    QApplication.processEvents()
    empty = strip.grab().toImage()
    assert empty != full
    assert len({empty.pixelColor(x, y).name() for x in range(350, 650) for y in range(20, 40)}) > 1  # the sentence
