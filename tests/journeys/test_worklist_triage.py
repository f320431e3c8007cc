"""No click: a study in the PACS is analysed by one machine, and tops the worklist of another that was looking on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pydicom
import pytest
from PySide6.QtWidgets import QLabel, QPushButton

from core.progress import Silent
from core.settings import Settings, ThisNode, WatchSettings
from core.triage import Level
from pacs.dimse import DimseArchive
from service.watch import Watcher
from service.workspace import open_workspace

pytestmark = pytest.mark.journey
_LIMIT_S = 300


@contextmanager
def _watching(folder: Path, orthanc: SimpleNamespace) -> Iterator[None]:
    """A machine without a window that asks the PACS for studies and analyses them."""
    watch = WatchSettings(
        store_to=orthanc.name, forward=False, poll=(orthanc.name,), quiet_s=1.0, poll_every_s=0.5, http_port=0
    )
    ws = open_workspace(
        Settings(data_folder=folder, this_node=orthanc.this_node, archives=(orthanc.node(),), watch=watch)
    )
    try:
        with Watcher(ws):
            yield
    finally:
        ws.close()


def _examined(folder: Path, to: Path, when: datetime, suffix: str = "", only: int | None = None) -> list[Path]:
    """Copy a study as one that was examined at another time, under other UIDs with a suffix."""
    to.mkdir()
    for path in sorted(folder.rglob("*.dcm"))[:only]:
        image = pydicom.dcmread(path)
        image.StudyDate, image.StudyTime = f"{when:%Y%m%d}", f"{when:%H%M%S}"
        if suffix:
            for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"):
                image[keyword].value += suffix
            image.file_meta.MediaStorageSOPInstanceUID = image.SOPInstanceUID
            image.PatientID, image.PatientName, image.AccessionNumber = "LONGER", "Waits^Longer", "LONGER"
        image.save_as(to / f"{image.SOPInstanceUID}.dcm")
    return sorted(to.iterdir())


def test_a_study_that_another_machine_analysed_tops_the_list_without_a_click(
    workstation: Callable[..., Any], orthanc: SimpleNamespace, phantom_study: SimpleNamespace, tmp_path: Path
) -> None:
    orthanc.clear()
    now = datetime.now()  # noqa: DTZ005 — as a scanner writes it
    archive = DimseArchive(orthanc.node(), ThisNode(port=1))
    archive.store(_examined(phantom_study.folder, tmp_path / "old", now - timedelta(days=2), ".9", only=1), Silent())
    archive.store(_examined(phantom_study.folder, tmp_path / "new", now), Silent())

    station = workstation(tmp_path / "reading", orthanc.node())
    worklist, journey = station.window.worklist, station.journey
    journey.click(QPushButton, "queryButton", worklist)
    journey.wait_for_studies()
    assert worklist.model.rows[0].match.accession_number == "LONGER", "the longest wait comes first"

    with _watching(tmp_path / "watching", orthanc):
        journey.wait(lambda: worklist.model.rows[0].match.accession_number != "LONGER", "the AI's result", _LIMIT_S)
    first = worklist.model.rows[0]
    assert first.priority is not None
    assert first.priority.level >= Level.MEDIUM
    assert first.status == "AI ready"
    worklist.table.selectRow(0)
    journey.settle()
    assert "AI suspicion" in journey.find(QLabel, "previewWhy", worklist).text()
    journey.picture("worklist-ranked")
    orthanc.clear()
