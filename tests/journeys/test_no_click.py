"""No click: a study that the PACS forwards has its AI results there, and tops the worklist of another workstation."""

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, suppress
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import highdicom as hd
import numpy as np
import pydicom
import pytest
from foreign_objects import headers, of_contour, report, save
from pydicom.dataset import Dataset
from pydicom.sr.coding import Code
from pydicom.uid import generate_uid
from PySide6.QtWidgets import QLabel, QPushButton

from core.audit import verify
from core.progress import Silent
from core.settings import ThisNode
from core.triage import Level, Why
from pacs.archive import Archive
from pacs.dimse import DimseArchive

pytestmark = pytest.mark.journey
_LIMIT_S = 240.0
_STORED = {"SEG": 1, "OT": 22, "SR": 1}
"""How many objects of which modality the phantom's results are: dcmqrscp tells no descriptions."""


@dataclass(frozen=True)
class Site:
    """A PACS with other studies and another maker's AI results, and a study of today that the scanner has not sent."""

    peer: Any
    archive: Archive
    study: Path
    uid: str
    dcmtk: Mapping[str, str]

    def scan(self) -> None:
        """Send the study to the PACS as a modality does; the PACS knows one other AE title, ours."""
        self._run("storescu", *self._titles, "+sd", *self._where, str(self.study))

    def forward(self) -> None:
        """Let the PACS send the study to us: Orthanc as its routes do, dcmqrscp as somebody asks it to (C-MOVE)."""
        if self.peer.http_port is None:
            study = ("-k", "0008,0052=STUDY", "-k", f"0020,000D={self.uid}")
            self._run("movescu", "-S", *self._titles, "-aem", self._titles[1], *study, *self._where)
            return
        found = self.peer.rest("/studies?expand")
        (own,) = (one["ID"] for one in found if one["MainDicomTags"]["StudyInstanceUID"] == self.uid)
        url = f"http://{self.peer.host}:{self.peer.http_port}/modalities/prosector/store"
        urlopen(Request(url, data=own.encode()), timeout=120).close()

    def results(self) -> dict[str, int]:
        """Return how many objects of which modality the PACS holds of the study, but for its images."""
        return {
            one.modality: len(self.archive.find_instances(self.uid, one.series_instance_uid))
            for one in self.archive.find_series(self.uid)
            if one.modality != "MR"
        }

    def sr(self, folder: Path) -> Dataset:
        """Return the AI's report."""
        (series,) = (x.series_instance_uid for x in self.archive.find_series(self.uid) if x.modality == "SR")
        self.archive.retrieve(self.uid, folder, Silent(), series)
        (path,) = folder.glob("*.dcm")
        return pydicom.dcmread(path)

    @property
    def _titles(self) -> tuple[str, ...]:
        return "-aet", self.peer.this_node.ae_title, "-aec", self.peer.ae_title

    @property
    def _where(self) -> tuple[str, str]:
        return self.peer.host, str(self.peer.dicom_port)

    def _run(self, program: str, *arguments: str) -> None:
        found = shutil.which(program)
        if found is None:
            pytest.skip(f"{program} is not installed (apt-get install dcmtk)")
        done = subprocess.run([found, *arguments], env=dict(self.dcmtk), timeout=120, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


@pytest.fixture(params=["orthanc", "dcmqrscp"])
def site(
    request: pytest.FixtureRequest, phantom_study: SimpleNamespace, loopback_only: Mapping[str, str], tmp_path: Path
) -> Iterator[Site]:
    """One patient waits longer, one was rated by another maker's AI, and so was the patient of the study, long ago."""
    peer = request.getfixturevalue(request.param)
    peer.clear()
    now = datetime.now()  # noqa: DTZ005 — as a scanner writes it
    images = [pydicom.dcmread(path) for path in sorted(phantom_study.folder.rglob("*.dcm"))]
    rated = [images[0], _rating(headers(phantom_study.folder, "t2_tse_tra"))]
    before = [
        *_examined(images[:1], now - timedelta(hours=60), "LONGER", "ADAM"),
        *_examined(rated, now - timedelta(hours=50), "RATED", "BEN"),
        *_examined(rated, now - timedelta(days=400), "BEFORE"),
    ]
    archive = DimseArchive(peer.node(), ThisNode(port=1))
    archive.store(_written(before, tmp_path / "before"), Silent())
    _written(_examined(images, now), tmp_path / "study")
    yield Site(peer, archive, tmp_path / "study", str(images[0].StudyInstanceUID), loopback_only)
    peer.clear()


def _rating(t2: list[Dataset]) -> Dataset:
    """Return what another maker's AI says of a study: PI-RADS 3."""
    outline = np.array([[90.0, 90.0], [100.0, 90.0], [100.0, 100.0], [90.0, 90.0]])
    category = hd.sr.QualitativeEvaluation(
        Code("130560", "DCM", "PI-RADS Localized Abnormality Assessment"),
        Code("RID50298", "RADLEX", "PI-RADS 3 - Intermediate (lesion)"),
    )
    return report(t2, [of_contour(t2[8], outline, measurements=None, qualitative_evaluations=[category])])


def _examined(objects: Iterable[Dataset], when: datetime, study: str = "", patient: str = "") -> Iterator[Dataset]:
    """Yield objects as of an examination at another time: `study` is another one's accession number."""
    for one in map(deepcopy, objects):
        one.StudyDate, one.StudyTime = f"{when:%Y%m%d}", f"{when:%H%M%S}"
        if study:
            one.AccessionNumber = study
            for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"):
                one[keyword].value = generate_uid(entropy_srcs=[study, one[keyword].value])
            one.file_meta.MediaStorageSOPInstanceUID = one.SOPInstanceUID
        if patient:
            one.PatientID, one.PatientName = patient, f"{patient.title()}^Patient"
        yield one


def _written(objects: Iterable[Dataset], folder: Path) -> list[Path]:
    folder.mkdir()
    return [save(one, folder) for one in objects]


# ------------------------------------------------------------------ the other workstation


class Onlooker:
    """A workstation that knows the PACS alone; its reader pressed Query in the morning, and nothing since."""

    def __init__(self, station: Any, site: Site) -> None:
        self._journey, self._worklist, self._site = station.journey, station.window.worklist, site
        self._journey.click(QPushButton, "queryButton", self._worklist)
        self._journey.wait_for_studies()
        assert self.listed == ["RATED", "LONGER", "BEFORE"]

    @property
    def listed(self) -> list[str]:
        """The accession numbers from the top."""
        return [row.match.accession_number for row in self._worklist.model.rows]

    def wait(self, condition: Callable[[], object], what: str, *machines: Any) -> None:
        """Let the window live until `condition` holds, with the machines running."""

        def holds() -> bool:
            stopped = [one.log.read_text()[-3000:] for one in machines if one.process.poll() is not None]
            assert not stopped, stopped
            return bool(condition())

        self._journey.wait(holds, what, _LIMIT_S)

    def sees_the_study_come(self) -> None:
        """Wait until the study is listed, behind those that wait longer: nobody has analysed it."""
        self.wait(lambda: len(self.listed) == 4, "the new study")
        assert self.listed[:2] == ["RATED", "LONGER"]
        assert self.listed[3] == "BEFORE"

    def sees_it_on_top(self, *machines: Any) -> None:
        """Wait until the study is the first, and see why."""
        rows = self._worklist.model
        self.wait(lambda: rows.rows[0].uid == self._site.uid, "the AI's result on top", *machines)
        first = rows.rows[0]
        assert (first.status, first.priority.level, first.is_local) == ("AI ready", Level.HIGH, False)
        assert {one.why for one in first.priority.reasons} >= {Why.SUSPICION, Why.CATEGORY, Why.CHANGED}
        assert self.listed[1:] == ["RATED", "LONGER", "BEFORE"]
        self._worklist.table.selectRow(0)
        self._journey.settle()
        why = self._journey.find(QLabel, "previewWhy", self._worklist).text()
        assert "AI suspicion" in why
        assert "PI-RADS 3 → 4" in why


@pytest.fixture
def onlooker(site: Site, workstation: Callable[..., Any], tmp_path: Path) -> Onlooker:
    """The workstation, which asks the PACS every second instead of every half minute."""
    return Onlooker(workstation(tmp_path / "reading", site.peer.node(), live_every_s=1.0), site)


# ------------------------------------------------------------------ the watcher


@dataclass(frozen=True)
class Watching:
    """The settings of a machine that analyses, and where it tells of itself."""

    file: Path
    port: int

    @property
    def environment(self) -> dict[str, str]:
        """What `prosector` is started with."""
        return {"PROSECTOR_SETTINGS": str(self.file)}

    def metric(self, name: str) -> float:
        """Return one of its metrics, 0 where there is none, or nobody answers yet."""
        with suppress(URLError), urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=10) as answer:
            values = dict(line.rsplit(" ", 1) for line in answer.read().decode().splitlines() if line[0] != "#")
            return float(values.get(f"prosector_watch_{name}", 0))
        return 0.0


@pytest.fixture
def watching(site: Site, free_port: Callable[[], int], tmp_path: Path) -> Callable[..., Watching]:
    """Write the settings of a watcher; `said` goes to [watch]."""
    port = free_port()

    def write(**said: object) -> Watching:
        us, node = site.peer.this_node, site.peer.node()
        watch = {"store_to": node.name, "quiet_s": 1.0, "poll_every_s": 0.5, "http_port": port, **said}
        lines = [
            f'data_folder = "{tmp_path / "watching"}"',
            f'[this_node]\nae_title = "{us.ae_title}"\nhost = "{us.host}"\nport = {us.port}',
            f'[[archives]]\nname = "{node.name}"\nae_title = "{node.ae_title}"\nhost = "{node.host}"',
            f"port = {node.port}\n[watch]",
            *(f"{key} = {json.dumps(value)}" for key, value in watch.items()),
        ]
        (tmp_path / "prosector.toml").write_text("\n".join(lines))
        return Watching(tmp_path / "prosector.toml", port)

    return write


def _levels(log: Path) -> set[str]:
    return {json.loads(line)["level"] for line in log.read_text().splitlines() if line.startswith("{")}


def _actions(data_folder: Path) -> list[str]:
    """Return what a machine's audit trail tells, which is sound."""
    trail = data_folder / "audit.jsonl"
    verify(trail)
    return [json.loads(line)["action"] for line in trail.read_text("utf-8").splitlines()]


def test_a_study_that_the_pacs_forwards_tops_the_list_elsewhere_though_the_watcher_was_killed_in_the_middle(
    site: Site, onlooker: Onlooker, watching: Callable[..., Watching], machine: Callable[..., Any], tmp_path: Path
) -> None:
    log, command = tmp_path / "watch.log", ("service.cli", "watch", "--log", "json")
    settings = watching(lease_s=3.0)
    with machine(log, *command, **settings.environment) as first:
        assert "takes images" in first.greeting()
        site.scan()
        onlooker.sees_the_study_come()
        site.forward()
        onlooker.wait(lambda: settings.metric('studies{state="claimed"}'), "the analysis", first)
        first.lose_power()
    assert site.results() == {}

    settings = watching(lease_s=3.0, poll=[site.peer.name], look_back_days=0)  # and it hears of the study once more
    with machine(log, *command, **settings.environment) as second:
        onlooker.sees_it_on_top(second)
        onlooker.wait(lambda: settings.metric('studies{state="done"}'), "the end of it", second)
        asked, unchanged = f'asked_total{{archive="{site.peer.name}"}}', 'passed_total{outcome="unchanged"}'
        count, before = settings.metric(asked), settings.metric(unchanged)
        onlooker.wait(lambda: settings.metric(asked) > count + 2, "more questions", second)
        assert settings.metric('studies{state="done"}') == 1, "its own results are no news to it"
        site.forward()
        onlooker.wait(lambda: settings.metric(unchanged) > before, "the same images again", second)
        told = _status(settings)
        assert second.stop() == 0
    assert f"done        {site.uid}" in told
    assert _levels(log) == {"info"}
    assert site.results() == _STORED
    sr = site.sr(tmp_path / "sr")
    assert (sr.VerificationFlag, sr.CompletionFlag, sr.PreliminaryFlag) == ("UNVERIFIED", "PARTIAL", "PRELIMINARY")
    actions = _actions(tmp_path / "watching")
    assert (actions.count("analyse"), actions.count("send"), actions[-1]) == (1, 2, "stop")
    assert actions.count("receive") >= 2


def _status(settings: Watching) -> str:
    command = [sys.executable, "-m", "service.cli", "watch", "status"]
    environment = {**os.environ, **settings.environment}
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


def test_the_same_on_a_cluster_of_two_machines_of_which_one_loses_its_power_in_the_middle(
    site: Site,
    onlooker: Onlooker,
    watching: Callable[..., Watching],
    machine: Callable[..., Any],
    free_port: Callable[[], int],
    tmp_path: Path,
) -> None:
    pytest.importorskip("distributed")
    settings, port, log = watching(), free_port(), tmp_path / "watch.log"
    address, data = f"tcp://127.0.0.1:{port}", [tmp_path / "one", tmp_path / "two"]
    scheduler = ("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")
    with ExitStack() as department:

        def start(log: Path, *command: str, **environment: str) -> Any:
            return department.enter_context(machine(log, *command, **settings.environment, **environment))

        start(tmp_path / "scheduler.log", *scheduler)
        onlooker.wait(lambda: _answers(port), "the scheduler")
        workers = [
            start(folder.with_suffix(".log"), "service.cli", "worker", address, PROSECTOR_DATA_FOLDER=str(folder))
            for folder in data
        ]
        watch = start(log, "service.cli", "watch", "--log", "json", "--cluster", address)
        site.scan()
        onlooker.sees_the_study_come()
        assert "takes images" in watch.greeting()
        site.forward()
        onlooker.wait(lambda: any(map(_has_images, data)), "images at a worker", watch, *workers)
        busy = next(number for number, folder in enumerate(data) if _has_images(folder))
        workers[busy].lose_power()
        assert site.results() == {}
        onlooker.sees_it_on_top(watch, workers[1 - busy])
        onlooker.wait(lambda: settings.metric('passed_total{outcome="done"}') == 1, "the end of it", watch)
    assert "error" not in _levels(log)
    assert site.results() == _STORED
    assert site.sr(tmp_path / "sr").VerificationFlag == "UNVERIFIED"
    assert "analyse" not in _actions(data[busy])
    actions = _actions(data[1 - busy])
    assert (actions.count("analyse"), actions.count("send")) == (1, 2)


def _has_images(data_folder: Path) -> bool:
    """Whether a worker has fetched the study, so that it is being analysed there."""
    trail = data_folder / "audit.jsonl"
    return trail.exists() and '"retrieve"' in trail.read_text("utf-8")


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
