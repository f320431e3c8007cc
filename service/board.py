"""Writing what the tumour board gets into a folder of its own, whole or not at all."""

import re
import shutil
import tempfile
from pathlib import Path

from core.audit import Action
from core.errors import CannotWrite
from core.files import write_bytes
from core.report import Report
from reporting.board import NothingForBoard, board_files, require_reviewed
from reporting.board_deidentify import Pseudonym
from service.analysis import report_images
from service.nudged import nudged
from service.reading import OpenStudy, signed_report
from service.versions import following
from service.workspace import Workspace


def write_board(ws: Workspace, report: Report, opened: OpenStudy, parent: Path, *, deidentify: bool) -> Path:
    """Write page and targets into a new folder below `parent` and return it.

    Raises `NothingForBoard`, `CannotWrite`, and what making page or targets raises; then nothing was written.
    """
    require_reviewed(report)
    pseudonym = Pseudonym() if deidentify else None
    with ws.trail.step(Action.EXPORT, [report.study_instance_uid], deidentified=int(deidentify)) as detail:
        files = board_files(report, report_images(nudged(opened, report.nudges)), pseudonym)
        detail["files"] = len(files)
        return _written(files, parent, _name(report, pseudonym))


def report_for_board(ws: Workspace, opened: OpenStudy) -> Report:
    """Return the report of a study as the reading room would show it: the draft, else the newest signed one.

    Raises `NothingForBoard` without any, `SignatureInvalid` and `ReportUnreadable` as `signed_report`.
    """
    uid = opened.recognised.study.study_instance_uid
    draft, signed = ws.drafts.load(uid, opened.recognised), signed_report(opened)
    if draft is not None:
        return draft if signed is None else following(draft, signed)
    if signed is None:
        raise NothingForBoard(f"Study {uid} has no report on this workstation; read it, then make the sheet.")
    return signed


def _name(report: Report, pseudonym: Pseudonym | None) -> str:
    patient_id = re.sub(r"[^\w-]+", "_", report.recognised.study.patient.patient_id)
    return f"tumour-board-{pseudonym.name if pseudonym else patient_id or 'unknown'}"


def _written(files: dict[str, bytes], parent: Path, name: str) -> Path:
    beside = None
    try:
        parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{name}.", dir=parent))
        for file, content in files.items():
            write_bytes(beside / file, content)
        return beside.rename(_free(parent, name))
    except OSError as error:
        raise CannotWrite(
            f"{parent} could not be written ({error.strerror or error}); free some space or choose another folder."
        ) from error
    finally:
        if beside is not None:
            shutil.rmtree(beside, ignore_errors=True)


def _free(parent: Path, name: str) -> Path:
    """Return a name that no folder has yet: an earlier sheet stays as it was."""
    number, folder = 2, parent / name
    while folder.exists():
        number, folder = number + 1, parent / f"{name}-{number}"
    return folder
