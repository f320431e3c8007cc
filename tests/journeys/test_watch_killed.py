"""A watcher that is killed at any step of its work: the next one goes on, and everything is in the archive once.

That it is killed while the AI runs is shown by `test_no_click.py`.
"""

import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pydicom
import pytest

from core.audit import verify
from core.findings import Findings, Gland, ModelIdentity
from core.progress import Silent
from core.settings import DimseNode, Settings, ThisNode, WatchSettings
from core.volume import on_grid_of, voxel_volume_ml
from inference.read import read_study
from inference.recognise import recognise
from pacs.archive import StudyQuery
from pacs.dimse import DimseArchive
from pacs.embedded import EmbeddedArchive

pytestmark = pytest.mark.journey
_WATCHER = """
import os, pickle, signal, sys
from dataclasses import replace
from pathlib import Path
from core.settings import load_settings
from service import watch_results, watch_study
from service.queue_db import QueueDb
from service.watch_health import Health
from service.watch_queue import WatchQueue
from service.watch_work import Holding, work_on
from service.workspace import open_workspace
import threading

step, pickled = sys.argv[1:]
def die(at):
    if step == at:
        os.kill(os.getpid(), signal.SIGKILL)
ws = open_workspace(load_settings())
queue = WatchQueue(QueueDb("", ws.settings.database))
(match,) = ws.archives[0].find_studies(__import__("pacs.archive", fromlist=["x"]).StudyQuery())
queue.arrived(match.study_instance_uid, "PACS"); queue.settle(0.0, 0.0)
claim = queue.claim("watcher", ["PACS"], 0.0)
class Dying:
    def __getattr__(self, name):
        return getattr(ws.archives[0], name)
    def store(self, files, progress):
        for number, file in enumerate(files):
            die(f"stored {number}")
            ws.archives[0].store([file], progress)
        die("stored all")
watch_study.results_archive = lambda ws: Dying()
def analysis(ws, opened, progress):
    findings = pickle.loads(Path(pickled).read_bytes())
    return replace(findings, recognised=opened.recognised)
real = watch_study.results_of
def results_of(*arguments):
    die("analysed")
    return real(*arguments)
watch_study.results_of = results_of
def run(task, progress):
    passed = watch_study.go_through(ws, task, progress, analysis)
    die("gone through")
    return passed
work_on(queue, claim, run, 5, Health(), Holding(threading.Event()))
print(queue.counts())
"""
_STEPS = ("analysed", "stored 7", "stored all", "gone through")


@pytest.fixture(scope="module")
def pickled(phantom_study: SimpleNamespace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What an AI might say of the phantom, in a file."""
    gland, model = phantom_study.truth.gland, ModelIdentity("taps", "1", "0" * 64, "MIT")
    findings = Findings(
        recognised=recognise(read_study(phantom_study.folder)),
        gland=Gland(gland, int(gland.array.sum()) * voxel_volume_ml(gland), model),
        zones=gland,
        suspicion=on_grid_of(gland, gland.array.astype("float32")),
        candidates=(),
        models=(model,),
        timings_s={},
        warnings=(),
    )
    path = tmp_path_factory.mktemp("findings") / "findings.pickle"
    path.write_bytes(pickle.dumps(findings))
    return path


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[EmbeddedArchive]:
    """An empty archive."""
    with EmbeddedArchive(tmp_path / "archive") as served:
        yield served


@pytest.mark.parametrize("step", _STEPS)
def test_whatever_the_step_at_which_a_watcher_is_killed_the_results_are_there_once(
    step: str,
    pickled: Path,
    phantom_study: SimpleNamespace,
    archive: EmbeddedArchive,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    node = DimseNode(name="PACS", ae_title="PROSECTOR-PACS", host="127.0.0.1", port=archive.port)
    client = DimseArchive(node, ThisNode(port=1))
    client.store(_needed(phantom_study.folder), Silent())
    settings = Settings(data_folder=tmp_path, archives=(node,), watch=WatchSettings(store_to="PACS"))
    file = tmp_path / "prosector.toml"
    file.write_text(
        f'data_folder = "{settings.data_folder}"\n[[archives]]\nname = "PACS"\nae_title = "PROSECTOR-PACS"\n'
        f'host = "127.0.0.1"\nport = {archive.port}\n[watch]\nstore_to = "PACS"\n'
    )
    monkeypatch.setenv("PROSECTOR_SETTINGS", str(file))

    def watcher(step: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", _WATCHER, step, str(pickled)]
        return subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)

    assert watcher(step).returncode == -9
    assert watcher("never").stdout.strip() == "{'done': 1}"

    (study,) = client.find_studies(StudyQuery())
    found = {
        series.modality: len(client.find_instances(study.study_instance_uid, series.series_instance_uid))
        for series in client.find_series(study.study_instance_uid)
    }
    assert found == {"MR": 22, "SEG": 1, "OT": 22, "SR": 1}
    assert verify(settings.audit_trail) > 3


def _needed(folder: Path) -> list[Path]:
    """Return the axial T2 and the ADC map, which is what a study of the prostate cannot be without."""
    wanted = ("t2_tse_tra", "ep2d_diff_tra_ADC")
    return [p for p in folder.rglob("*.dcm") if pydicom.dcmread(p, stop_before_pixels=True).SeriesDescription in wanted]
