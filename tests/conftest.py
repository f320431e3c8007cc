"""Fixtures that every test may use; leaks of threads fail the test that made them."""

import importlib.util
import os
import pickle
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
import pytest
from filelock import FileLock
from hypothesis import settings
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

# The same examples each time, so that a change is what makes a test fail; `--hypothesis-profile=search` looks further.
settings.register_profile("steady", derandomize=True)
settings.register_profile("search", derandomize=False)
settings.load_profile("steady")

if TYPE_CHECKING:
    from pydicom.sr.coding import Code

    from service.phantom import PhantomTruth

_SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real studies beside the project; tests that need it skip where it is absent."""
    if not _SHARED.is_dir():
        pytest.skip("the real studies (shared/data beside the project) are not on this machine")
    return _SHARED


@pytest.fixture(scope="session")
def prostatex_0000(shared_data: Path) -> Path:
    """ProstateX-0000: csPCa ISUP 3 in the right PZ."""
    return shared_data / "prostatex" / "ProstateX-0000"


@pytest.fixture(scope="session")
def prostatex_0001(shared_data: Path) -> Path:
    """ProstateX-0001: three localizers, axial T2 twice, no significant cancer."""
    return shared_data / "prostatex" / "ProstateX-0001"


@pytest.fixture(autouse=True)
def _no_leaked_threads() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + 5
    while leaked := [t for t in threading.enumerate() if t not in before and t.is_alive() and not t.daemon]:
        if time.monotonic() > deadline:
            pytest.fail(f"threads were left running: {[t.name for t in leaked]}")
        time.sleep(0.02)


def pytest_configure(config: pytest.Config) -> None:
    """Make known to every test: the real archives (`orthanc`, `dcmqrscp`), the vendors' styles, the tiny models,
    the objects of other systems, and what a hospital has for signing."""
    _module("vendor_styles")
    _module("tiny_packs")
    _module("foreign_objects")
    _module("signing_site")
    config.pluginmanager.register(_module("fixtures_orthanc"), "fixtures_orthanc")


def _module(name: str) -> ModuleType:
    """Import a module that lies beside this one, which importlib's mode keeps off the path."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass(frozen=True)
class PhantomStudy:
    """The made-up study on disk and the truth about it."""

    folder: Path
    truth: "PhantomTruth"


@pytest.fixture(scope="session")
def made_phantom(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., PhantomStudy]:
    """Return a function that gives the phantom of a seed, with or without `dce`, made once for all that test at a time.

    It is shared: whoever changes its files or stores beside them takes a copy.
    """
    shared = tmp_path_factory.getbasetemp()
    shared = shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared

    def made(seed: int, *, dce: bool = False) -> PhantomStudy:
        from service.phantom import make_phantom

        folder = shared / f"phantom-{seed}{'-dce' * dce}"
        truth = folder.with_suffix(".truth")
        with FileLock(folder.with_suffix(".lock")):
            if not truth.exists():
                truth.write_bytes(pickle.dumps(make_phantom(folder, seed, dce=dce)))
        return PhantomStudy(folder, pickle.loads(truth.read_bytes()))

    return made


@pytest.fixture(scope="session")
def phantom_study(made_phantom: Callable[..., PhantomStudy]) -> PhantomStudy:
    """The phantom of seed 0."""
    return made_phantom(0)


@dataclass(frozen=True)
class EarlierStudy:
    """The phantom as examined years before, and where the patient lay: the matrix from positions now to those then."""

    folder: Path
    matrix: NDArray[np.float64]


@pytest.fixture(scope="session")
def earlier_phantom(phantom_study: PhantomStudy, tmp_path_factory: pytest.TempPathFactory) -> EarlierStudy:
    """Other UIDs, another frame of reference, the patient turned by 4° and elsewhere in the scanner."""
    import pydicom

    folder, matrix = tmp_path_factory.mktemp("earlier"), np.eye(4)
    matrix[:3, :3] = Rotation.from_euler("z", 4, degrees=True).as_matrix()
    matrix[:3, 3] = (6.0, -4.0, 9.0)
    for path in phantom_study.folder.rglob("*.dcm"):
        ds = pydicom.dcmread(path)
        for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "FrameOfReferenceUID"):
            ds[keyword].value = ds[keyword].value + ".7"
        ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
        ds.StudyDate, ds.AccessionNumber = "20200101", "EARLIER"
        position = matrix @ (*map(float, ds.ImagePositionPatient), 1.0)
        ds.ImagePositionPatient = [round(float(c), 6) for c in position[:3]]
        cosines = np.array(ds.ImageOrientationPatient, float).reshape(2, 3) @ matrix[:3, :3].T
        ds.ImageOrientationPatient = [round(float(c), 9) for c in cosines.ravel()]
        ds.save_as(folder / f"{ds.SeriesDescription}.{ds.SOPInstanceUID}.dcm")
    return EarlierStudy(folder, matrix)


@pytest.fixture(scope="session")
def earlier_text_report(earlier_phantom: EarlierStudy, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Basic Text SR that the reporting system of another maker keeps beside the earlier images."""
    import pydicom
    from pydicom.sr.codedict import codes
    from pydicom.uid import UID, BasicTextSRStorage

    def named(code: "Code") -> list[pydicom.Dataset]:
        item = pydicom.Dataset()
        item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = code.value, code.scheme_designator, code.meaning
        return [item]

    ds = pydicom.dcmread(next(earlier_phantom.folder.glob("t2_tse_tra.*.dcm")), stop_before_pixels=True)
    for keyword in ("Rows", "Columns", "PixelSpacing", "ImageType", "ImagePositionPatient", "ImageOrientationPatient"):
        del ds[keyword]
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = BasicTextSRStorage
    ds.SeriesInstanceUID = f"{ds.SeriesInstanceUID}.900"
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = UID(f"{ds.SeriesInstanceUID}.1")
    ds.SeriesNumber, ds.SeriesDescription, ds.Modality = 900, "Report", "SR"
    ds.Manufacturer, ds.ManufacturerModelName = "Other", "Other RIS"
    ds.ContentDate, ds.ContentTime, ds.CompletionFlag = "20200102", "080000", "COMPLETE"
    ds.VerificationFlag, ds.ValueType, ds.ContinuityOfContent = "UNVERIFIED", "CONTAINER", "SEPARATE"
    ds.ConceptNameCodeSequence = named(codes.LN.RadiologyReport)
    finding = pydicom.Dataset()
    finding.RelationshipType, finding.ValueType, finding.TextValue = "CONTAINS", "TEXT", "Fokus rechts, 7 mm."
    finding.ConceptNameCodeSequence = named(codes.DCM.Finding)
    ds.ContentSequence = [finding]
    ds.save_as(path := tmp_path_factory.mktemp("text") / "report.dcm")
    return path


@dataclass(frozen=True)
class Validated:
    """What a validator said of a DICOM file: the kind of object that it took it for, and its errors."""

    kind: str
    errors: list[str]


@pytest.fixture(scope="session")
def dciodvfy() -> Callable[[Path], Validated]:
    """Check a DICOM file against the definition of its kind of object (dicom3tools)."""
    program = shutil.which("dciodvfy")
    if program is None:
        pytest.skip("dciodvfy is not installed (apt-get install dicom3tools)")

    def check(file: Path) -> Validated:
        done = subprocess.run([program, "-new", str(file)], capture_output=True, check=False, timeout=60)
        lines = (done.stderr + done.stdout).decode(errors="replace").splitlines()
        errors = [line for line in lines if line.startswith("Error")]
        assert bool(errors) == bool(done.returncode), lines
        return Validated(next((line for line in lines if " - " not in line), ""), errors)

    return check


@pytest.fixture
def sr_validator() -> Iterator[Callable[[Path], Callable[[], Validated]]]:
    """Start to check an SR against its template (PixelMed); what is returned waits for the answer, about 10 s."""
    java, jars = shutil.which("java"), [Path("/usr/share/java", f"{name}.jar") for name in _PIXELMED]
    if java is None or not jars[0].exists():
        pytest.skip("PixelMed is not installed (apt-get install libpixelmed-java default-jre-headless)")
    limits = [f"-Djdk.xml.xpath{name}Limit=0" for name in ("TotalOp", "ExprOp", "ExprGrp")]
    options = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", *limits, "-cp", ":".join(map(str, jars))]
    with ExitStack() as running:

        def start(file: Path) -> Callable[[], Validated]:
            command = [java, *options, "com.pixelmed.validate.DicomSRValidator", str(file)]
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            running.enter_context(process)
            running.callback(process.kill)
            return lambda: _validated_sr(process)

        yield start


_PIXELMED = ("pixelmed", "commons-codec", "commons-compress", "hsqldb", "slf4j-api")


def _validated_sr(process: subprocess.Popen[str]) -> Validated:
    lines = process.communicate(timeout=240)[0].splitlines()
    assert (process.returncode, lines[-1]) == (0, "IOD validation complete"), lines
    root = next(line for line in lines if line.startswith("Found Root Template"))
    return Validated(root.split()[3], [line for line in lines if line.startswith("Error")])
