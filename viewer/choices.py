"""What each reader chose of the window: layouts by kind of study, dividers, monitors. One small JSON file."""

from collections.abc import Callable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field
from PySide6.QtCore import QObject, Signal

from core.errors import ProsectorError
from core.files import write_text
from viewer.hanging_protocol import LARGEST_GRID
from viewer.hanging_tiles import Shares
from viewer.kept_file import read_kept
from viewer.language import tr


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StageChoice(_Kept):
    """A stage, counted from 0, of a hanging protocol."""

    protocol: str
    stage: int = Field(ge=0)


class GridChoice(_Kept):
    """A free grid."""

    rows: int = Field(ge=1, le=LARGEST_GRID)
    columns: int = Field(ge=1, le=LARGEST_GRID)


class MonitorPlace(_Kept):
    """Where a window on another monitor was: its screen by name, its place on the desktop, and whether it is open."""

    monitor: int = Field(ge=1)
    screen: str
    x: int
    y: int
    width: int
    height: int
    maximised: bool
    is_open: bool


class ReaderChoices(_Kept):
    """The choices of one reader: layout by kind of study, dividers by layout, windows on other monitors in order."""

    layouts: dict[str, StageChoice | GridChoice] = {}
    shares: dict[str, Shares] = {}
    monitors: tuple[MonitorPlace, ...] = ()


class _File(_Kept):
    readers: dict[str, ReaderChoices] = {}


class ChoiceStore(QObject):
    """Reads the file once and writes it whole at every change. Without a path it forgets when the window is closed."""

    failed = Signal(str)
    """A choice could not be written; the sentence says why. It holds until the window is closed."""

    def __init__(self, path: Path | None = None, reader: str = "", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path, self._reader = path, reader
        self._file, self.problem = (
            read_kept(
                path,
                _File,
                whose=tr("Your choices of layouts"),
                instead=tr("Your choices of layouts start anew"),
                damaged=tr("start anew"),
            )
            if path
            else (_File(), "")
        )

    @property
    def mine(self) -> ReaderChoices:
        """What this reader chose."""
        return self._file.readers.get(self._reader, ReaderChoices())

    def keep(self, change: Callable[[ReaderChoices], ReaderChoices]) -> None:
        """Replace this reader's choices by `change` of them."""
        changed = change(self.mine)
        if changed == self.mine:
            return
        self._file = _File(readers={**self._file.readers, self._reader: changed})
        if self._path is None:
            return
        try:
            write_text(self._path, self._file.model_dump_json(indent=1))
        except ProsectorError as error:
            self.failed.emit(str(error))

    def keep_layout(self, kind_of_study: str, choice: StageChoice | GridChoice) -> None:
        """Remember the layout for studies of a kind."""
        self.keep(lambda mine: mine.model_copy(update={"layouts": {**mine.layouts, kind_of_study: choice}}))

    def keep_shares(self, layout: str, shares: Shares) -> None:
        """Remember where the dividers of a layout are."""
        self.keep(lambda mine: mine.model_copy(update={"shares": {**mine.shares, layout: shares}}))

    def keep_monitor(self, place: MonitorPlace) -> None:
        """Remember the place of the window of one monitor."""
        self.keep(lambda mine: mine.model_copy(update={"monitors": (*_without(mine.monitors, place.monitor), place)}))


def _without(places: tuple[MonitorPlace, ...], monitor: int) -> tuple[MonitorPlace, ...]:
    return tuple(place for place in places if place.monitor != monitor)
