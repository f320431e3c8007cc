"""`prosector board`: the tumour board's folders of several studies at once."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from service.commands import Commands, at_work

if TYPE_CHECKING:
    from core.progress import Progress
    from service.reading import OpenStudy
    from service.workspace import Workspace


def add_board_command(commands: Commands) -> None:
    """Add `prosector board`."""
    sub = commands.add_parser("board", help="write page and biopsy targets of read studies for the tumour board")
    sub.add_argument("studies", nargs="+", metavar="STUDY", help="the Study Instance UID of a study that was read")
    sub.add_argument("--output", type=Path, required=True, metavar="DIR", help="each study gets a new folder in here")
    sub.add_argument("--deidentify", action="store_true", help="without name, number, date or UID of the patient")
    sub.set_defaults(run=_board)


def _board(arguments: argparse.Namespace) -> int:
    """Write what can be written and say of each other study why not; returns 1 when there was one."""
    from service.terminal import TerminalProgress

    with at_work() as ws, TerminalProgress() as progress:
        wanted = dict.fromkeys(arguments.studies)
        written = [_written(ws, uid, arguments.output, arguments.deidentify, progress) for uid in wanted]
    return 0 if all(written) else 1


def _written(ws: "Workspace", uid: str, output: Path, deidentify: bool, progress: "Progress") -> bool:
    from core.errors import ProsectorError
    from service.board import report_for_board, write_board

    try:
        opened = _opened(ws, uid, progress)
        folder = write_board(ws, report_for_board(ws, opened), opened, output, deidentify=deidentify)
    except ProsectorError as error:
        print(error, file=sys.stderr)
        return False
    print(folder)
    return True


def _opened(ws: "Workspace", uid: str, progress: "Progress") -> "OpenStudy":
    """Open a study, fetched from the first archive where it is not on this machine; raises as fetching and opening."""
    from service.reading import is_local, open_study, retrieve

    if not is_local(ws, uid) and ws.archives:
        retrieve(ws, ws.archives[0], uid, progress)
    return open_study(ws, uid, progress)
