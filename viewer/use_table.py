"""The dashboard's numbers by reader and by model, a line for each."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QSizePolicy, QTableView, QWidget

from core.pirads import Category
from core.use import Use
from core.use_drift import Called, by_model, by_readers
from core.use_kappa import Weights, compared, weighted_kappa
from core.use_measures import Share, agreement, failures, times
from viewer.language import tr
from viewer.use_words import kappa_in_short, share_in_short, times_in_short

Index = QModelIndex | QPersistentModelIndex
Row = tuple[str, ...]
_NO_INDEX = QModelIndex()
_LINE = 30
_FIRST_SHARE = 2.4
"""The first column is so much wider than the others."""

READER_COLUMNS: Row = (
    tr("READER"),
    tr("REPORTS"),
    tr("AI LESIONS"),
    tr("ACCEPTED"),
    tr("EDITED"),
    tr("REJECTED"),
    tr("KAPPA"),
    tr("POSITIVE"),
    tr("TO SIGN"),
    tr("TO REPORT"),
)
MODEL_COLUMNS: Row = (
    tr("AI MODEL"),
    tr("RUNS"),
    tr("FAILED"),
    tr("AI LESIONS"),
    tr("ACCEPTED"),
    tr("EDITED"),
    tr("REJECTED"),
    tr("KAPPA"),
    tr("POSITIVE"),
)


def reader_rows(use: Use, least: Category) -> tuple[Row, ...]:
    """Return a line for each reader; who is not told apart from others stands in the last."""
    readers = (*use.readers, *([""] if any(not one.reader for one in use.readings) else []))
    return tuple(_reader_row(use, reader, least) for reader in readers)


def _reader_row(use: Use, reader: str, least: Category) -> Row:
    readings = [one for one in use.readings if one.reader == reader]
    name = use.name_of(reader) if reader else tr("Readers that are not told apart")
    return (
        name,
        str(len(readings)),
        *_agreement(Use(tuple(readings))),
        _positive(by_readers(readings, least)),
        times_in_short(times(one.reading_s for one in readings)),
        times_in_short(times(one.turnaround_s for one in readings)),
    )


def model_rows(use: Use, least: Category) -> tuple[Row, ...]:
    """Return a line for each model."""
    return tuple(_model_row(use.chosen(model=model), model, least) for model in use.models)


def _model_row(use: Use, model: str, least: Category) -> Row:
    return (
        model,
        str(len(use.analyses)),
        share_in_short(failures(use.analyses)),
        *_agreement(use),
        _positive(by_model(use.readings, least)),
    )


def _agreement(use: Use) -> Row:
    told = agreement(use.readings)
    kappa = kappa_in_short(weighted_kappa(compared(use.readings), Weights.QUADRATIC))
    return (str(told.lesions), *map(share_in_short, (told.accepted, told.edited, told.rejected)), kappa)


def _positive(called: Sequence[Called]) -> str:
    return share_in_short(Share(sum(one.positive for one in called), len(called)))


class UseTableModel(QAbstractTableModel):
    """Lines of text below their heads."""

    def __init__(self, columns: Row, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._columns = columns
        self._rows: tuple[Row, ...] = ()

    @property
    def rows(self) -> tuple[Row, ...]:
        """What is shown."""
        return self._rows

    def show_rows(self, rows: tuple[Row, ...]) -> None:
        """Show other lines."""
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        """How many lines there are."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NO_INDEX) -> int:
        """How many columns there are."""
        return 0 if parent.isValid() else len(self._columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        """A column's heading."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._columns[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """A cell's text."""
        if not index.isValid():
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._rows[index.row()][index.column()]
        return None


class UseTable(QTableView):
    """As high as its lines, for the page around it scrolls."""

    def __init__(self, model: UseTableModel, name: str, spoken: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setObjectName(name)
        self.setAccessibleName(spoken)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        for off in (self.setVerticalScrollBarPolicy, self.setHorizontalScrollBarPolicy):
            off(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_LINE)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        model.modelReset.connect(self._fit)
        self._fit()

    def _fit(self) -> None:
        self.setFixedHeight(self.horizontalHeader().sizeHint().height() + _LINE * self.model().rowCount() + 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width among the columns."""
        super().resizeEvent(event)
        count = self.model().columnCount()
        width = self.viewport().width() / (count - 1 + _FIRST_SHARE)
        for column in range(count):
            self.setColumnWidth(column, int(width * (1 if column else _FIRST_SHARE)))
