"""Query, retrieve, store and listen beside DCMTK's tools, against one Orthanc on this machine.

    python benchmarks/network.py [--runs 3] [--studies 2000]

A study of 1,038 MR images (169 MB: three T2 series, ADC, four b-values, 35 dynamic phases) is stored, fetched and sent
to `storescp` and our listener; then 2,000 small studies are queried. Each figure is the median of the runs, theirs and
ours taken in turn. Needs Orthanc and DCMTK (Debian: orthanc, dcmtk). Both work with TCP_NODELAY=1, without which one
measures Nagle's algorithm.
"""

import argparse
import contextlib
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage, generate_uid

from core.progress import Silent
from core.settings import DimseNode, ThisNode
from pacs.archive import StudyQuery
from pacs.dimse import DimseArchive
from pacs.listener import Listener

_SERIES = (30, 30, 30, 29, 28, 28, 28, 28, *[23] * 33, 24, 24)
_ENVIRONMENT = {**os.environ, "TCP_NODELAY": "1"}


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--studies", type=int, default=2000)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        study = generate_uid()
        files = _large_study(folder / "study", study)
        print(f"{len(files)} instances, {sum(file.stat().st_size for file in files) / 1e6:.0f} MB", flush=True)
        with _orthanc(folder) as (node, us):
            archive = DimseArchive(node, us)
            _compare(
                "store to Orthanc", chosen.runs, _storescu(node, us, files), lambda: archive.store(files, Silent())
            )
            got = _folders(folder / "got")
            _compare(
                "retrieve from Orthanc",
                chosen.runs,
                lambda: _getscu(node, us, study, next(got)),
                lambda: archive.retrieve(study, next(got), Silent()),
            )
            _listen(chosen.runs, files, folder, us)
            archive.store(_small_studies(folder / "small", chosen.studies), Silent())
            _compare(
                f"query of {chosen.studies} studies",
                chosen.runs,
                lambda: _findscu(node, us),
                lambda: archive.find_studies(StudyQuery()),
            )


def _compare(what: str, runs: int, theirs: Callable[[], object], ours: Callable[[], object]) -> None:
    pairs = [(_timed(theirs), _timed(ours)) for _ in range(runs)]
    their, our = median(p[0] for p in pairs), median(p[1] for p in pairs)
    print(f"{what}: DCMTK {their:.2f} s, Prosector {our:.2f} s, ratio {our / their:.2f}", flush=True)


def _listen(runs: int, files: Sequence[Path], folder: Path, us: ThisNode) -> None:
    """Let one `storescu` feed DCMTK's `storescp`, which syncs nothing, and our listener, which syncs every file."""
    ours, theirs = [], []
    node = DimseNode(name="us", ae_title=us.ae_title, host=us.host, port=us.port)
    for run in range(runs):
        with _storescp(folder / f"taken{run}") as storescp:
            theirs.append(len(files) / _timed(_storescu(storescp, us, files)))
        with Listener(us, folder / f"heard{run}"):
            ours.append(len(files) / _timed(_storescu(node, us, files)))
    print(f"fed by one storescu: storescp {median(theirs):.0f}, listener {median(ours):.0f} instances/s", flush=True)


@contextlib.contextmanager
def _storescp(folder: Path) -> Iterator[DimseNode]:
    folder.mkdir()
    port = _free_port()
    process = subprocess.Popen(["storescp", "-od", str(folder), "-pdu", "131072", str(port)], env=_ENVIRONMENT)
    try:
        while socket.socket().connect_ex(("127.0.0.1", port)):
            time.sleep(0.1)
        yield DimseNode(name="storescp", ae_title="STORESCP", host="127.0.0.1", port=port)
    finally:
        process.kill()
        process.wait()


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _folders(parent: Path) -> Iterator[Path]:
    for number in range(1000):
        (folder := parent / str(number)).mkdir(parents=True)
        yield folder


def _storescu(node: DimseNode, us: ThisNode, files: Sequence[Path]) -> Callable[[], object]:
    options = ["-aet", us.ae_title, "-aec", node.ae_title, "-pdu", 131072, node.host, node.port, *files]
    return lambda: _dcmtk("storescu", options)


def _getscu(node: DimseNode, us: ThisNode, study: str, folder: Path) -> None:
    keys = ["-S", "-k", "QueryRetrieveLevel=STUDY", "-k", f"StudyInstanceUID={study}", "-od", folder]
    _dcmtk("getscu", ["-aet", us.ae_title, "-aec", node.ae_title, "-pdu", 131072, *keys, node.host, node.port])
    assert len(list(folder.iterdir())) == sum(_SERIES)


def _findscu(node: DimseNode, us: ThisNode) -> None:
    names = ("StudyDate", "StudyTime", "AccessionNumber", "StudyDescription", "PatientName", "PatientID",
             "PatientBirthDate", "PatientSex", "StudyInstanceUID", "NumberOfStudyRelatedSeries",
             "NumberOfStudyRelatedInstances")  # fmt: skip
    keys = [word for name in names for word in ("-k", name)]
    level = ["-S", "-k", "QueryRetrieveLevel=STUDY", "-k", "ModalitiesInStudy=MR"]
    _dcmtk("findscu", ["-aet", us.ae_title, "-aec", node.ae_title, *level, *keys, node.host, node.port])


def _dcmtk(tool: str, options: Sequence[object]) -> None:
    done = subprocess.run([tool, *map(str, options)], env=_ENVIRONMENT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@contextlib.contextmanager
def _orthanc(folder: Path) -> Iterator[tuple[DimseNode, ThisNode]]:
    program = shutil.which("Orthanc") or shutil.which("Orthanc", path="/usr/sbin:/usr/local/sbin")
    assert program, "Orthanc is not installed (apt-get install orthanc)"
    ports = [_free_port() for _ in range(3)]
    settings = {
        "StorageDirectory": str(folder / "db"), "IndexDirectory": str(folder / "db"), "HttpPort": ports[1],
        "DicomAet": "ORTHANC", "DicomPort": ports[0], "DicomAlwaysAllowFind": True, "DicomAlwaysAllowGet": True,
        "OverwriteInstances": True, "Plugins": [],
        "DicomModalities": {"prosector": {"AET": "PROSECTOR", "Host": "127.0.0.1", "Port": ports[2], "AllowGet": True}},
    }  # fmt: skip
    (folder / "orthanc.json").write_text(json.dumps(settings))
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([program, str(folder / "orthanc.json")], env=_ENVIRONMENT, stdout=log, stderr=log)
        try:
            while socket.socket().connect_ex(("127.0.0.1", ports[0])):
                time.sleep(0.1)
            node = DimseNode(name="Orthanc", ae_title="ORTHANC", host="127.0.0.1", port=ports[0])
            yield node, ThisNode(port=ports[2])
        finally:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _large_study(folder: Path, study: str) -> list[Path]:
    return [
        file
        for number, count in enumerate(_SERIES, start=1)
        for file in _series(folder, study, number, count, (288, 282), "P1")
    ]


def _small_studies(folder: Path, count: int) -> list[Path]:
    return [file for n in range(count) for file in _series(folder, generate_uid(), 1, 1, (8, 8), f"P{n}")]


def _series(folder: Path, study: str, number: int, count: int, shape: tuple[int, int], patient: str) -> list[Path]:
    folder.mkdir(exist_ok=True)
    series, noise, files = generate_uid(), np.random.default_rng(number), []
    for instance in range(1, count + 1):
        image = Dataset()
        image.file_meta = FileMetaDataset()
        image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        image.SOPClassUID, image.SOPInstanceUID = MRImageStorage, generate_uid()
        image.StudyInstanceUID, image.SeriesInstanceUID = study, series
        image.PatientName, image.PatientID, image.StudyDate = f"Made^Up^{patient}", patient, "20260101"
        image.Modality, image.SeriesNumber, image.InstanceNumber = "MR", number, instance
        image.Rows, image.Columns = shape
        image.SamplesPerPixel, image.PhotometricInterpretation = 1, "MONOCHROME2"
        image.BitsAllocated, image.BitsStored, image.HighBit, image.PixelRepresentation = 16, 12, 11, 0
        image.PixelData = noise.integers(0, 4096, shape, dtype=np.uint16).tobytes()
        files.append(folder / f"{image.SOPInstanceUID}.dcm")
        image.save_as(files[-1], enforce_file_format=True)
    return files


if __name__ == "__main__":
    main()
