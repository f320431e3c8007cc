"""Fixtures for tests of widgets: no screen is needed, and windows and timers must not be left behind."""

import gc
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import pytest
from highdicom import Volume
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from scipy.spatial.transform import Rotation
from vtkmodules.vtkCommonCore import vtkObjectBase

from core.findings import Candidate, Ellipsoid, Findings, Gland, ModelIdentity
from core.pirads import Category
from core.report import Report, with_findings
from core.sectors import sector
from core.settings import DimseNode, Settings
from core.study import Role, RoleChoice, Series, Stack
from core.volume import centroid_lps, on_grid_of
from inference.lesion import sphere
from service.lesions import measures_of
from service.reading import OpenStudy, open_folder
from service.workspace import Workspace, open_workspace
from viewer.jobs import JobRunner

_NONE = Qt.KeyboardModifier.NoModifier


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let Qt's offscreen platform say what it does not ask of a window manager, which it has not got."""
    asked = "This plugin does not support (propagateSizeHints|raise|grabbing the keyboard)"
    harmless = pytest.mark.qt_log_ignore(asked, extend=True)
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(harmless)


@pytest.fixture(autouse=True)
def _no_leaked_windows(qapp: QApplication) -> Iterator[None]:
    before = set(map(id, qapp.topLevelWidgets()))
    yield
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    left = [w for w in qapp.topLevelWidgets() if id(w) not in before and w.isVisible()]
    assert not left, f"windows were left open: {left}"
    ticking = [t for w in (qapp, *left) for t in w.findChildren(QTimer) if t.isActive()]
    assert not ticking, f"timers were left running: {ticking}"


@pytest.fixture
def vtk_objects() -> Callable[[], int]:
    """Count the VTK objects that are alive."""

    def count() -> int:
        gc.collect()
        return sum(isinstance(o, vtkObjectBase) for o in gc.get_objects())

    return count


class Mouse:
    """Sends a widget the events that a mouse makes."""

    def wheel(self, widget: QWidget, notches: float, at: QPointF, modifiers: Qt.KeyboardModifier = _NONE) -> None:
        """Turn the wheel; positive is away from the hand."""
        turned = QPoint(0, round(120 * notches))
        place = QPointF(widget.mapToGlobal(at))
        phase = Qt.ScrollPhase.NoScrollPhase
        event = QWheelEvent(at, place, QPoint(), turned, Qt.MouseButton.NoButton, modifiers, phase, False)
        QApplication.sendEvent(widget, event)

    def move(
        self,
        widget: QWidget,
        at: QPointF,
        buttons: Qt.MouseButton = Qt.MouseButton.NoButton,
        modifiers: Qt.KeyboardModifier = _NONE,
    ) -> None:
        """Move the pointer to a position."""
        place = QPointF(widget.mapToGlobal(at))
        event = QMouseEvent(QEvent.Type.MouseMove, at, place, Qt.MouseButton.NoButton, buttons, modifiers)
        QApplication.sendEvent(widget, event)

    def drag(self, widget: QWidget, start: QPointF, end: QPointF, button: Qt.MouseButton) -> None:
        """Press, move in eight steps, release."""
        QTest.mousePress(widget, button, _NONE, start.toPoint())
        for step in range(1, 9):
            self.move(widget, start + (end - start) * step / 8, button)
        QTest.mouseRelease(widget, button, _NONE, end.toPoint())

    def click(self, widget: QWidget, at: QPointF) -> None:
        """Press and release the left button in one place."""
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, _NONE, at.toPoint())


@pytest.fixture
def mouse() -> Mouse:
    """A mouse for `QWidget`s."""
    return Mouse()


class Phantoms:
    """Volumes whose geometry a test chooses and whose values say where each voxel lies."""

    weights = (1.0, 2.0, 3.0)
    offset = 900.0

    def value_at(self, point: tuple[float, float, float]) -> float:
        """Return the value that `positions` has at a patient position: offset + x + 2y + 3z."""
        return self.offset + sum(w * p for w, p in zip(self.weights, point, strict=True))

    def affine(
        self,
        spacing: tuple[float, float, float] = (3.0, 0.5, 0.5),
        origin: tuple[float, float, float] = (0.0, 0.0, 0.0),
        turn_deg: tuple[float, float, float] = (0.0, 0.0, 0.0),
        axes: str = "SPL",
    ) -> NDArray[np.float64]:
        """Return the affine of axes (k, j, i) that rise towards the patient directions `axes`, then turned."""
        columns = np.zeros((3, 3))
        for position, letter in enumerate(axes):
            columns[max("RAI".find(letter), "LPS".find(letter)), position] = 1 if letter in "LPS" else -1
        matrix = np.eye(4)
        matrix[:3, :3] = Rotation.from_euler("xyz", turn_deg, degrees=True).as_matrix() @ columns * spacing
        matrix[:3, 3] = origin
        return matrix

    def volume(
        self, array: NDArray[np.generic], affine: NDArray[np.float64], frame: str | None = "1.2.826.0.1"
    ) -> Volume:
        """Return an array (k, j, i) as a volume."""
        return Volume(array=array, affine=affine, coordinate_system="PATIENT", frame_of_reference_uid=frame)

    def positions(
        self, affine: NDArray[np.float64], shape: tuple[int, int, int] = (9, 40, 48), frame: str = "1.2.826.0.1"
    ) -> Volume:
        """Return a float32 volume in which each voxel's value is `value_at` its position."""
        index = np.indices(shape).reshape(3, -1)
        places = affine[:3, :3] @ index + affine[:3, 3:]
        values = self.offset + np.array(self.weights) @ places
        return self.volume(values.reshape(shape).astype(np.float32), affine, frame)

    def choice(self, role: Role, b_value: float | None = None) -> RoleChoice:
        """Return the choice of a made-up series for a role."""
        series = Series("1.2.826.0.1.9", "MR", 4, "made up", "1.2.826.0.1", ())
        return RoleChoice(role, (Stack(series, (), b_value),), "made up")


@pytest.fixture(scope="session")
def phantoms() -> Phantoms:
    """Volumes of known geometry."""
    return Phantoms()


# ---------------------------------------------------------------------------------------------------------------------
# A small made-up study on disk and a report on it, for the widgets around the images

_STUDY = "1.2.826.0.1.3680043.8.498.808"
_MODEL = ModelIdentity("TAPS", "1.1", "a" * 64, "MIT")
_DETECTOR = ModelIdentity("Detector", "0.1", "b" * 64, "Apache-2.0")
_SERIES = (
    ("t2_tse_tra", 3, ["ORIGINAL", "PRIMARY", "M", "ND"], "SE", 1.0, 48, None, (420, 240)),
    ("ep2d_diff_ADC", 6, ["DERIVED", "PRIMARY", "DIFFUSION", "ADC", "ND"], "EP", 2.0, 24, None, (1500, 700)),
    ("ep2d_diff_b1400", 7, ["ORIGINAL", "PRIMARY", "DIFFUSION", "TRACEW", "ND"], "EP", 2.0, 24, 1400.0, (60, 160)),
)


def _header(description: str, number: int, image_type: list[str], sequence: str, b_value: float | None) -> Dataset:
    ds = Dataset()
    ds.SpecificCharacterSet, ds.ImageType, ds.SOPClassUID = "ISO_IR 192", image_type, MRImageStorage
    ds.StudyDate = ds.SeriesDate = ds.AcquisitionDate = ds.ContentDate = "20260301"
    ds.StudyTime = ds.SeriesTime = ds.AcquisitionTime = ds.ContentTime = "101500"
    ds.AccessionNumber, ds.Modality, ds.Manufacturer = "ACC808", "MR", "Made Up"
    ds.ReferringPhysicianName, ds.StudyDescription, ds.SeriesDescription = "", "MR Prostate", description
    ds.PatientName, ds.PatientID, ds.PatientBirthDate, ds.PatientSex = "Müller^Jörg", "P808", "19580414", "M"
    ds.ScanningSequence, ds.SequenceVariant, ds.ScanOptions, ds.MRAcquisitionType = sequence, "SK", "", "2D"
    ds.RepetitionTime, ds.EchoTime, ds.EchoTrainLength, ds.SliceThickness = 4000.0, 101.0, 20, 3.0
    ds.MagneticFieldStrength, ds.SpacingBetweenSlices, ds.PatientPosition = 3.0, 3.0, "HFS"
    ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.StudyID = _STUDY, f"{_STUDY}.{number}", "S1"
    ds.SeriesNumber, ds.FrameOfReferenceUID, ds.PositionReferenceIndicator = number, f"{_STUDY}.1", ""
    ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.PixelRepresentation = 1, "MONOCHROME2", 0
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = 16, 16, 15
    ds.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    if b_value is not None:
        ds.DiffusionBValue = b_value
    return ds


def _write_slice(folder: Path, ds: Dataset, k: int, spacing: float, pixels: NDArray[np.uint16]) -> None:
    ds.SOPInstanceUID, ds.InstanceNumber = f"{ds.SeriesInstanceUID}.{k + 1}", k + 1
    corner = -spacing * (pixels.shape[0] - 1) / 2
    ds.ImagePositionPatient, ds.PixelSpacing = [corner, corner, 3.0 * k], [spacing, spacing]
    ds.Rows, ds.Columns = pixels.shape
    ds.PixelData = pixels.tobytes()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.save_as(folder / f"{ds.SOPInstanceUID}.dcm", enforce_file_format=True)


@pytest.fixture(scope="session")
def study_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Real DICOM files: ten axial slices of T2, ADC and b 1400; the gland bright, a lesion right posterior."""
    folder = tmp_path_factory.mktemp("study")
    for description, number, image_type, sequence, spacing, size, b_value, (gland, lesion) in _SERIES:
        index_k, index_j, index_i = np.indices((10, size, size))
        k, j, i = index_k * 3.0 - 13.5, (index_j - (size - 1) / 2) * spacing, (index_i - (size - 1) / 2) * spacing
        pixels = np.full((10, size, size), 100, np.uint16)
        pixels[(k / 13) ** 2 + (j / 15) ** 2 + (i / 19) ** 2 <= 1] = gland
        pixels[k**2 + (j - 8) ** 2 + (i + 8) ** 2 <= 25] = lesion
        header = _header(description, number, image_type, sequence, b_value)
        for at in range(10):
            _write_slice(folder, header, at, spacing, pixels[at])
    return folder


@pytest.fixture(scope="session")
def opened(study_folder: Path) -> OpenStudy:
    """The made-up study, read and loaded."""
    return open_folder(study_folder)


@pytest.fixture(scope="session")
def findings(opened: OpenStudy) -> Findings:
    """What an AI might say of the made-up study: a gland, L1 (PZ, suggests 4) and L2 (TZ, suggests 3)."""
    t2 = opened.volume(Role.T2_AXIAL)
    assert t2 is not None
    gland = sphere(t2, (0.0, 0.0, 13.5), 28.0)
    candidates = tuple(
        Candidate(
            tracking_uid=f"{_STUDY}.50.{number}",
            mask=(mask := sphere(t2, at, 10.0)),
            score=score,
            centroid_lps_mm=centroid_lps(mask),
            measures=measures_of(opened, mask),
            sector=sector(key),
            suggested_category=suggested,
            model=_DETECTOR,
            explanation=("ADC is low for the peripheral zone",),
        )
        for number, at, key, score, suggested in (
            (1, (-8.0, 8.0, 13.5), "right-mid-PZpm", 0.81, Category.FOUR),
            (2, (6.0, -5.0, 10.5), "left-mid-TZa", 0.34, Category.THREE),
        )
    )
    return Findings(
        recognised=opened.recognised,
        gland=Gland(gland, 11.5, _MODEL, ellipsoid=Ellipsoid(25.0, 32.0, 26.0)),
        zones=gland,
        suspicion=on_grid_of(gland, gland.array.astype(np.float32)),
        candidates=candidates,
        models=(_MODEL, _DETECTOR),
        timings_s={"gland": 1.5},
        warnings=(),
    )


@pytest.fixture
def report(opened: OpenStudy, findings: Findings) -> Report:
    """A draft with the AI's two lesions, neither reviewed yet."""
    return with_findings(Report(opened.recognised), findings)


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    """A workstation of its own, with one archive that nobody serves."""
    unserved = DimseNode(name="ORTHANC", ae_title="ORTHANC", host="127.0.0.1", port=1)
    workspace = open_workspace(Settings(data_folder=tmp_path / "data", archives=(unserved,)))
    yield workspace
    workspace.close()


@pytest.fixture
def jobs(qapp: QApplication) -> Iterator[JobRunner]:
    """A job runner whose threads end with the test."""
    runner = JobRunner()
    yield runner
    runner.shutdown()


@pytest.fixture
def edits_in() -> Callable[[Workspace], list[str]]:
    """Return what was edited according to the audit trail of a workspace, in order."""

    def read(workspace: Workspace) -> list[str]:
        lines = map(json.loads, workspace.trail.path.read_text("utf-8").splitlines())
        return [line["detail"]["what"] for line in lines if line["action"] == "edit"]

    return read
