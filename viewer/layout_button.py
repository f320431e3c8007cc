"""The button that offers the layouts for the open study: protocols with their reasons, free grids, another monitor."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QGridLayout, QMenu, QToolButton, QWidget, QWidgetAction

from viewer.hanging_match import Fit, stage_in_words
from viewer.hanging_protocol import LARGEST_GRID
from viewer.language import tr
from viewer.reading_grid import ReadingGrid
from viewer.shortcuts import set_tip
from viewer.theme import icon

_CELL = 30
_WIDEST, _COMPACT = 170, 120


class LayoutButton(QToolButton):
    """Says which layout is shown; its menu is made anew each time it opens."""

    monitor_wanted = Signal()
    """The reader wants a window on another monitor."""

    def __init__(self, grid: ReadingGrid, parent: QWidget | None = None, *, offers_monitor: bool = True) -> None:
        super().__init__(parent)
        self._grid, self._offers_monitor = grid, offers_monitor
        self._widest = _WIDEST
        self.setObjectName("layoutButton")
        self.setIcon(icon("layout"))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        menu.aboutToShow.connect(self._fill)
        self.setMenu(menu)
        grid.hung_changed.connect(self._tell)
        grid.study_changed.connect(self._tell_study)
        self._tell_study()

    def set_compact(self, compact: bool) -> None:
        """Say less of a long name, so that the patient's words have room."""
        self._widest = _COMPACT if compact else _WIDEST
        self._show_title()

    def _show_title(self) -> None:
        title = self._grid.arrangement.title
        self.setText(self.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, self._widest))

    def _tell(self, reason: str = "") -> None:
        title = self._grid.arrangement.title
        self._show_title()
        self.setAccessibleName(tr("Layout: {title}").format(title=title))
        told = reason or tr("The layout of the images")
        set_tip(
            self,
            tr("{told}\nNext and previous: {{next_layout}} and {{previous_layout}}").format(told=told),
            self._grid.keys,
        )

    def _tell_study(self) -> None:
        self.setEnabled(bool(self._grid.offers))
        self._tell(self._grid.arrangement.reason)

    def _fill(self) -> None:
        menu = self.menu()
        menu.clear()
        for fit in self._grid.protocols:
            self._add_protocol(menu, fit)
        menu.addSeparator()
        menu.addMenu(self._grids(menu))
        if self._offers_monitor:
            menu.addSeparator()
            menu.addAction(icon("monitor"), tr("Window on another monitor"), self.monitor_wanted.emit)

    def _add_protocol(self, menu: QMenu, fit: Fit) -> None:
        here = self._grid.arrangement.key
        for number, stage in enumerate(fit.protocol.stages):
            action = QAction(stage_in_words(fit.protocol, stage), menu)
            if fit.lacks:
                action.setText(tr("{text} (no {list})").format(text=action.text(), list=tr(", no ").join(fit.lacks)))
            action.setToolTip(fit.reason)
            action.setCheckable(True)
            action.setChecked(here == f"{fit.protocol.id}/{number}")
            action.triggered.connect(partial(self._grid.choose, fit.protocol.id, number))
            menu.addAction(action)

    def _grids(self, menu: QMenu) -> QMenu:
        submenu = QMenu(tr("Grid"), menu)
        submenu.setObjectName("gridMenu")
        picker = QWidget()
        cells = QGridLayout(picker)
        cells.setContentsMargins(6, 6, 6, 6)
        cells.setSpacing(3)
        for row in range(1, LARGEST_GRID + 1):
            for column in range(1, LARGEST_GRID + 1):
                cells.addWidget(self._cell(menu, row, column), row, column)
        holder = QWidgetAction(submenu)
        holder.setDefaultWidget(picker)
        submenu.addAction(holder)
        return submenu

    def _cell(self, menu: QMenu, rows: int, columns: int) -> QToolButton:
        cell = QToolButton()
        cell.setText(f"{rows}×{columns}")
        cell.setAccessibleName(tr("Grid of {rows} rows and {columns} columns").format(rows=rows, columns=columns))
        cell.setMinimumSize(_CELL + 12, _CELL)
        cell.setCheckable(True)
        cell.setChecked(self._grid.arrangement.key == f"free/{rows}x{columns}")
        cell.clicked.connect(menu.close)
        cell.clicked.connect(lambda: self._grid.set_free_grid(rows, columns))
        return cell
