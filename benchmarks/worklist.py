"""The worklist before a real Orthanc with 2,000 studies, and with 10,000 studies listed.

    python benchmarks/worklist.py [--studies 2000] [--reports 100] [--runs 5]

Orthanc (with its DICOMweb plugin) holds tiny studies, five a day; some have an AI's structured report. Measured is the
window itself, without a screen: from the query until the first studies are painted, until all are listed, and until
every report is read, the first time and the second. Then 10,000 made-up lines are sorted, filtered and scrolled.
"""

import argparse
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable, Generator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from statistics import median, quantiles

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from core.findings import Candidate, Findings, Gland, ModelIdentity
from core.pirads import Category
from core.sectors import sector
from core.settings import DicomWebNode, DimseNode, Settings, ThisNode, WorklistSettings
from core.study import Patient, Role, StudyMatch
from core.triage_facts import AiState, Analysed, Facts, Failed, NotAnalysed, Suspicion
from core.volume import centroid_lps
from inference.lesion import sphere
from pacs.archive import Archive
from reporting.seg import segmentation
from reporting.sr import unverified_sr
from service.lesions import measures_of
from service.phantom import make_phantom
from service.reading import open_folder
from service.workspace import archive_at, open_workspace
from viewer.app import create_app
from viewer.jobs import JobRunner
from viewer.worklist_model import PLACES
from viewer.worklist_page import WorklistPage
from viewer.worklist_rows import State, WorklistRow, ranked

_ASCENDING = Qt.SortOrder.AscendingOrder
_PLUGIN = Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--studies", type=int, default=2000)
    options.add_argument("--reports", type=int, default=100)
    options.add_argument("--runs", type=int, default=5)
    chosen = options.parse_args()
    create_app()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        image, sr = _samples(folder / "phantom")
        with _orthanc(folder) as (node, web):
            _fill(int(str(web.url.port)), image, sr, chosen.studies, chosen.reports)
            for kind, archive in (("DIMSE", archive_at(node, ThisNode())), ("DICOMweb", archive_at(web, ThisNode()))):
                _measure_query(kind, archive, folder, chosen.studies, chosen.runs)
        _measure_list(folder)


# ------------------------------------------------------------------ the archive


def _samples(folder: Path) -> tuple[Dataset, Dataset]:
    """Return an image of the phantom and what an AI might say of it."""
    make_phantom(folder, 0)
    opened = open_folder(folder)
    t2 = opened.volume(Role.T2_AXIAL)
    assert t2 is not None
    middle = centroid_lps(t2.with_array((t2.array > -1).astype("uint8")))
    model, mask = ModelIdentity("Detector", "0.1", "b" * 64, "MIT"), sphere(t2, middle, 9.0)
    found = Candidate(
        "1.2.826.0.1.3680043.8.498.5.1", mask, 0.81, centroid_lps(mask), measures_of(opened, mask),
        sector("right-mid-PZpm"), Category.FOUR, model, ("ADC is low",),
    )  # fmt: skip
    gland = Gland(sphere(t2, middle, 40.0), 32.0, model)
    findings = Findings(opened.recognised, gland, gland.mask, gland.mask, (found,), (model,), {}, ())
    sr = unverified_sr(findings, segmentation(findings.recognised, gland, (found,)))
    image = dcmread(opened.recognised.study.series[0].instances[0].path)
    image.Rows = image.Columns = 2
    image.PixelData = b"\0" * 8
    return image, sr


@contextmanager
def _orthanc(folder: Path) -> Generator[tuple[DimseNode, DicomWebNode]]:
    program = shutil.which("Orthanc") or shutil.which("Orthanc", path="/usr/sbin:/usr/local/sbin")
    assert program, "Orthanc is not installed (apt-get install orthanc orthanc-dicomweb)"
    dicom, web = _free_port(), _free_port()
    settings = {
        "StorageDirectory": str(folder / "db"), "IndexDirectory": str(folder / "db"), "HttpPort": web,
        "DicomAet": "ORTHANC", "DicomPort": dicom, "DicomAlwaysAllowFind": True, "DicomAlwaysAllowGet": True,
        "RemoteAccessAllowed": False, "AuthenticationEnabled": False, "Plugins": [str(_PLUGIN)],
        "DicomWeb": {"Enable": True, "Root": "/dicom-web/"},
        "DicomModalities": {"prosector": {"AET": "PROSECTOR", "Host": "127.0.0.1", "Port": 11113, "AllowGet": True}},
    }  # fmt: skip
    (folder / "orthanc.json").write_text(json.dumps(settings))
    with (folder / "log").open("wb") as log:
        environment = {**os.environ, "TCP_NODELAY": "1"}
        process = subprocess.Popen([program, str(folder / "orthanc.json")], env=environment, stdout=log, stderr=log)
        try:
            while socket.socket().connect_ex(("127.0.0.1", web)):
                time.sleep(0.1)
            yield (
                DimseNode(name="Orthanc", ae_title="ORTHANC", host="127.0.0.1", port=dicom),
                DicomWebNode.model_validate({"name": "Orthanc web", "url": f"http://127.0.0.1:{web}/dicom-web"}),
            )
        finally:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _fill(port: int, image: Dataset, sr: Dataset, studies: int, reports: int) -> None:
    today = datetime.now().date()  # noqa: DTZ005 — as a scanner writes it
    for number in range(studies):
        study, day = generate_uid(), f"{today - timedelta(days=number // 5):%Y%m%d}"
        for sample in (image, *([sr] if number < reports else [])):
            one = deepcopy(sample)
            one.StudyInstanceUID, one.SeriesInstanceUID, one.SOPInstanceUID = study, generate_uid(), generate_uid()
            one.file_meta.MediaStorageSOPInstanceUID = one.SOPInstanceUID
            one.StudyDate, one.PatientID, one.PatientName = day, f"P{number}", f"Patient^{number}"
            one.AccessionNumber = f"A{number}"
            one.save_as(buffer := BytesIO(), enforce_file_format=True)
            request = urllib.request.Request(f"http://127.0.0.1:{port}/instances", buffer.getvalue(), method="POST")
            urllib.request.urlopen(request, timeout=60).close()
    print(f"Orthanc holds {studies} studies, {reports} of them with an AI's report", flush=True)


# ------------------------------------------------------------------ the window before it


def _measure_query(kind: str, archive: Archive, folder: Path, studies: int, runs: int) -> None:
    first, whole, read = [], [], []
    for run in range(runs):
        settings = Settings(data_folder=folder / f"{kind}-{run // 2}", worklist=WorklistSettings(live_every_s=0))
        ws = open_workspace(settings)
        jobs = JobRunner()
        page = WorklistPage(replace(ws, archives=(archive,)), jobs)
        page.resize(1566, 900)
        page.show()
        _wait(page.isVisible)
        started = time.perf_counter()
        page.query()
        _wait(lambda page=page: bool(page.model.rows))
        page.table.viewport().repaint()
        first.append(time.perf_counter() - started)
        _wait(lambda page=page: not page.question.busy)
        whole.append(time.perf_counter() - started)
        _wait(lambda page=page: all(row.facts is not None for row in page.model.all_rows) and not page.desk.left)
        read.append(time.perf_counter() - started)
        assert len(page.model.all_rows) == studies
        page.close_down()
        jobs.shutdown()
        page.deleteLater()
        ws.close()
    print(f"{kind}: first studies painted after {median(first):.2f} s (worst {max(first):.2f})")
    print(f"  all listed after {median(whole):.2f} s; every report read after, at the first look {_list(read[::2])} s,")
    print(f"  at the second {_list(read[1::2])} s", flush=True)


def _list(values: list[float]) -> str:
    return ", ".join(f"{value:.1f}" for value in values)


def _wait(until: Callable[[], bool], limit_s: float = 300.0) -> None:
    deadline = time.perf_counter() + limit_s
    while not until():
        assert time.perf_counter() < deadline
        QApplication.processEvents()
        time.sleep(0.001)


# ------------------------------------------------------------------ ten thousand lines


def _measure_list(folder: Path) -> None:
    ws, jobs = open_workspace(Settings(data_folder=folder / "list")), JobRunner()
    page = WorklistPage(ws, jobs)
    page.resize(1920, 1080)
    page.show()
    rows = list(map(_row, range(10_000)))
    page.known.put(rows[:1])
    for _ in range(50):  # until the table is laid out and exposed
        QApplication.processEvents()
        time.sleep(0.01)
    _say("10,000 studies listed and painted", lambda: page.known.put(rows), page)
    _say("sorted by patient and painted", lambda: page.table.sortByColumn(PLACES["patient"], _ASCENDING), page)
    _say("sorted by priority and painted", lambda: page.table.sortByColumn(PLACES["priority"], _ASCENDING), page)
    _say("16 studies told anew, ranked and painted", lambda: page.model.put(rows[:16]), page)
    _say("a thousand ranked anew as time passes", page.known.rank, page)
    _wait(lambda: page.table.isVisible() and page.table.viewport().isVisible())
    steps, bar = [], page.table.verticalScrollBar()
    for step in range(500):
        started = time.perf_counter()
        bar.setValue((step * 3) if step % 2 else bar.maximum() - step * 7)
        page.table.viewport().repaint()
        steps.append(1000 * (time.perf_counter() - started))
    print(f"scroll to painted: median {median(steps):.1f} ms, p95 {quantiles(steps, n=20)[-1]:.1f} ms")
    page.close_down()
    jobs.shutdown()
    ws.close()


def _say(what: str, act: Callable[[], object], page: WorklistPage) -> None:
    started = time.perf_counter()
    act()
    page.table.viewport().repaint()
    print(f"{what}: {1000 * (time.perf_counter() - started):.0f} ms")


def _row(number: int) -> WorklistRow:
    states: tuple[AiState, ...] = (Analysed(1, Suspicion(0.93)), NotAnalysed(), Failed("x"), Analysed(0))
    now = datetime.now()  # noqa: DTZ005 — a scanner's time has no zone
    when = now - timedelta(hours=number % 2000)
    patient = Patient(f"P{number}", f"Name{number * 7919 % 10_000}^First", None, "M")
    match = StudyMatch(f"1.2.{number}", patient, f"A{number}", when, "MR Prostate", ("MR", "SR"), 5, 90)
    facts = Facts(states[number % 4], waiting_since=when)
    return ranked(WorklistRow(match, False, State.NONE), facts, now, WorklistSettings())


if __name__ == "__main__":
    main()
