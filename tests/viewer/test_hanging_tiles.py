"""Tiles fill their grid, and the lines between them go where the reader drags them."""

from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QWidget

from viewer.hanging_protocol import Place
from viewer.hanging_tiles import Shares, Tiles

_LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def tiles(qtbot: Any) -> Tiles:
    """One large tile beside a column of two, in 606 × 403 pixels: the lines are 3 pixels wide."""
    shown = Tiles()
    qtbot.addWidget(shown)
    shown.resize(606, 403)
    shown.lay([(QWidget(), Place(0, 0, 2, 2)), (QWidget(), Place(0, 2)), (QWidget(), Place(1, 2))], Shares.even(2, 3))
    shown.show()
    qtbot.waitExposed(shown)
    return shown


def _boxes(tiles: Tiles) -> list[QRect]:
    return [tile.geometry() for tile in tiles.findChildren(QWidget)]


def test_tiles_lie_where_their_cells_are(tiles: Tiles) -> None:
    assert _boxes(tiles) == [QRect(0, 0, 403, 403), QRect(406, 0, 200, 200), QRect(406, 203, 200, 200)]


def test_a_line_follows_the_drag_in_every_row(tiles: Tiles, mouse: Any) -> None:
    moved = QSignalSpy(tiles.moved)
    mouse.drag(tiles, QPointF(404, 50), QPointF(304, 50), _LEFT)
    assert [box.left() for box in _boxes(tiles)] == [0, pytest.approx(306, abs=2), pytest.approx(306, abs=2)]
    assert moved.count() == 1
    mouse.drag(tiles, QPointF(500, 201), QPointF(500, 280), _LEFT)
    assert _boxes(tiles)[1].height() == pytest.approx(279, abs=1)
    assert _boxes(tiles)[0].height() == 403


def test_a_line_leaves_both_sides_large_enough_to_be_seen(tiles: Tiles, mouse: Any) -> None:
    mouse.drag(tiles, QPointF(404, 50), QPointF(900, 50), _LEFT)
    assert _boxes(tiles)[1].width() == pytest.approx(96, abs=1)
    mouse.drag(tiles, QPointF(500, 201), QPointF(500, -50), _LEFT)
    assert _boxes(tiles)[1].height() == pytest.approx(96, abs=1)


def test_a_double_click_on_a_line_makes_all_equal_again(tiles: Tiles, mouse: Any) -> None:
    before = _boxes(tiles)
    mouse.drag(tiles, QPointF(404, 50), QPointF(450, 50), _LEFT)
    QTest.mouseDClick(tiles, _LEFT, Qt.KeyboardModifier.NoModifier, QPoint(_boxes(tiles)[1].left() - 2, 50))
    assert _boxes(tiles) == before


def test_the_pointer_tells_which_way_a_line_goes(tiles: Tiles, mouse: Any) -> None:
    mouse.move(tiles, QPointF(404, 50))
    assert tiles.cursor().shape() is Qt.CursorShape.SplitHCursor
    mouse.move(tiles, QPointF(500, 201))
    assert tiles.cursor().shape() is Qt.CursorShape.SplitVCursor


def test_one_tile_can_fill_everything_and_let_the_others_back(tiles: Tiles) -> None:
    before = _boxes(tiles)
    first = tiles.findChildren(QWidget)[1]
    tiles.show_only(first)
    assert [tile.isVisible() for tile in tiles.findChildren(QWidget)] == [False, True, False]
    assert first.geometry() == tiles.rect()
    tiles.show_only(None)
    assert all(tile.isVisible() for tile in tiles.findChildren(QWidget))
    assert _boxes(tiles) == before


@pytest.mark.parametrize("shares", [{"rows": (0.5, 0.6), "columns": (1,)}, {"rows": (1,), "columns": (1.5, -0.5)}])
def test_shares_that_are_none_are_refused(shares: dict[str, tuple[float, ...]]) -> None:
    with pytest.raises(ValueError, match=r"add up to 1|greater than 0"):
        Shares(**shares)
