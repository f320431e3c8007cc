"""Bad series in the real window: each is shown as far as it can be, or says why not, and the rest still reads."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QPushButton

from core.settings import DimseNode, Settings
from core.study import Role
from pacs.embedded import EmbeddedArchive
from service.reading import open_folder
from service.workspace import Workspace, open_workspace
from viewer.hanging_match import Offer
from viewer.journey import Journey
from viewer.main_window import MainWindow
from viewer.theme import apply_theme
from viewer.viewport import Viewport

Key = Qt.Key
_T2, _SPARE = 3, 9
_GREY = QImage.Format.Format_Grayscale8
_FLAT = "It is shown as flat pictures, so it is neither linked nor measured."

Spoil = Callable[[Dataset, int], object]
"""Changes the image of slice k; returns False to leave it out."""


# ---------------------------------------------------------------------------------------------------------------------
# A study in which one series is spoilt


@pytest.fixture
def study(study_folder: Path, tmp_path: Path) -> Path:
    """The made-up study, to be spoilt."""
    return Path(shutil.copytree(study_folder, tmp_path / "study"))


def _paths(study: Path, series_number: int = _T2) -> list[Path]:
    paths = study.glob(f"*.{series_number}.*.dcm")
    return sorted(paths, key=lambda path: int(path.stem.rpartition(".")[2]))


def _spoil(study: Path, spoil: Spoil) -> None:
    """Spoil the axial T2."""
    for k, path in enumerate(_paths(study)):
        ds = pydicom.dcmread(path)
        if spoil(ds, k) is False:
            path.unlink()
        else:
            ds.save_as(path)


def _add_series(study: Path, count: int, *, size: int = 48) -> None:
    """Add so many gradient echo images half a millimetre apart: a series without a role, in which k is written."""
    ds = pydicom.dcmread(_paths(study)[0])
    ds.SeriesInstanceUID, ds.SeriesNumber = f"{ds.StudyInstanceUID}.{_SPARE}", _SPARE
    ds.SeriesDescription, ds.ScanningSequence = "vibe", "GR"
    ds.SliceThickness = ds.SpacingBetweenSlices = 0.5
    ds.Rows = ds.Columns = size
    for k in range(count):
        ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = f"{ds.SeriesInstanceUID}.{k + 1}"
        ds.InstanceNumber, ds.ImagePositionPatient = k + 1, [-20.0, -20.0, 0.5 * k]
        ds.PixelData = np.full((size, size), k + 1, np.uint16).tobytes()
        ds.save_as(study / f"{ds.SOPInstanceUID}.dcm")


def _as_colour(ds: Dataset, k: int) -> None:
    grey = (ds.pixel_array // 4).astype(np.uint8)
    ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.PlanarConfiguration = 3, "RGB", 0
    ds.BitsAllocated = ds.BitsStored = 8
    ds.HighBit = 7
    ds.PixelData = np.stack([grey, grey // 2, grey], -1).tobytes()
    ds["PixelData"].VR = "OB"


def _as_mosaic(ds: Dataset, k: int) -> object:
    ds.ImageType = ["ORIGINAL", "PRIMARY", "M", "MOSAIC"]
    return k == 5


def _as_frames(ds: Dataset, k: int) -> object:
    ds.NumberOfFrames, ds.PixelData = 10, ds.PixelData * 10
    return k == 5


def _without_geometry(ds: Dataset, k: int) -> None:
    del ds.ImagePositionPatient, ds.ImageOrientationPatient


def _without_directions(ds: Dataset, k: int) -> None:
    ds.ImageOrientationPatient = [0] * 6


def _without_pixel_size(ds: Dataset, k: int) -> None:
    ds.PixelSpacing = [0, 0]


def _without_frame(ds: Dataset, k: int) -> None:
    ds.FrameOfReferenceUID = ""


def _with_one_twice(ds: Dataset, k: int) -> None:
    if k == 4:
        ds.ImagePositionPatient = [*ds.ImagePositionPatient[:2], 9.0]


def _with_one_small(ds: Dataset, k: int) -> None:
    if k == 4:
        ds.Rows, ds.PixelData = 24, ds.PixelData[: len(ds.PixelData) // 2]


def _blank(ds: Dataset, k: int) -> None:
    ds.PixelData = bytes(len(ds.PixelData))


def _with_no_numbers(ds: Dataset, k: int) -> None:
    values = ds.pixel_array.astype(np.float32)
    values[20:28] = np.nan
    values[28:30] = np.inf
    ds.BitsAllocated, ds.FloatPixelData = 32, values.tobytes()
    del ds.PixelData, ds.BitsStored, ds.HighBit


def _as_knee(ds: Dataset, k: int) -> None:
    ds.BodyPartExamined, ds.StudyDescription, ds.ProtocolName = "KNEE", "MR Knee left", "knee_t2_tra"


@dataclass(frozen=True)
class Case:
    """What is done to the axial T2, how many slices hang then, whether linked, and the words over them."""

    name: str
    spoil: Spoil
    slices: int
    linked: bool
    note: str


_CASES = (
    Case("one slice", lambda _ds, k: k == 5, 1, True, ""),
    Case("colour", _as_colour, 10, False, f"Series 3 “t2_tse_tra” is a colour image and shown in grey. {_FLAT}"),
    Case("mosaic", _as_mosaic, 1, False, f"is a mosaic: each image holds several slices side by side. {_FLAT}"),
    Case("frames", _as_frames, 10, False, f"holds several frames and does not say where each lies. {_FLAT}"),
    Case("no geometry", _without_geometry, 10, False, f"does not say where in the patient its images lie. {_FLAT}"),
    Case("no directions", _without_directions, 10, False, f"does not say where in the patient its images lie. {_FLAT}"),
    Case("no pixel size", _without_pixel_size, 10, False, f"has no pixel size. {_FLAT}"),
    Case("no frame", _without_frame, 10, False, "T2 axial names no frame of reference, so it is not linked"),
    Case("missing", lambda _ds, k: k != 4, 9, False, f".6.dcm; retrieve the series again. {_FLAT}"),
    Case("twice", _with_one_twice, 10, False, "Series 3 “t2_tse_tra” has two slices at 9.0 mm: "),
    Case("another size", _with_one_small, 9, False, f"{_FLAT} 1 of another size are left out."),
    Case("blank", _blank, 10, True, "All pixels of T2 axial are 0."),
    Case("no numbers", _with_no_numbers, 10, True, ""),
    Case("knee", _as_knee, 10, True, ""),
)


# ---------------------------------------------------------------------------------------------------------------------
# The window


@pytest.fixture
def journey(ws: Workspace, qapp: QApplication) -> Iterator[Journey]:
    """A reader before the window of a workstation."""
    journey = _opened_window(ws, qapp)
    yield journey
    _close(journey.window)


def _opened_window(ws: Workspace, qapp: QApplication) -> Journey:
    apply_theme(qapp)
    window = MainWindow(ws)
    window.resize(1366, 768)
    window.show()
    return Journey(window)


def _close(window: MainWindow) -> None:
    window.reading.leave()
    window.close()
    window.deleteLater()


def _offer(journey: Journey, series_number: int) -> Offer:
    offers = journey.window.reading.grid.offers
    return next(offer for offer in offers if offer.choice.stack.series.number == series_number)


def _hang(journey: Journey, series_number: int) -> Viewport:
    """Hang a series in the last viewport, as a reader who drags it there."""
    grid = journey.window.reading.grid
    viewport = grid.viewports[-1]
    grid.hang_in(viewport, _offer(journey, series_number))
    _wait_for_series(journey)
    return viewport


def _wait_for_series(journey: Journey) -> None:
    grid = journey.window.reading.grid
    journey.wait(
        lambda: not any(view.accessibleName().startswith("Loading") for view in grid.viewports), "the series", 30
    )
    journey.settle()


def _require_words_in_every_layout(journey: Journey) -> None:
    """Each viewport of each layout names what it shows or says why it is empty, and is not black all over."""
    grid = journey.window.reading.grid
    for fit in grid.protocols:
        for stage in range(len(fit.protocol.stages)):
            grid.choose(fit.protocol.id, stage)
            _wait_for_series(journey)
            for viewport in grid.viewports:
                place = f"{grid.arrangement.title}: {viewport.accessibleName()}"
                assert viewport.accessibleName(), place
                assert _brightest(viewport) > 80, place


def _brightest(viewport: Viewport) -> int:
    """Return the value of the brightest pixel within the viewport's edge, which the active one has painted."""
    image = viewport.grab(viewport.rect().adjusted(4, 4, -4, -4)).toImage().convertToFormat(_GREY)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return int(rows[:, : image.width()].max())


def _require_that_the_rest_reads(journey: Journey) -> None:
    """The ADC hangs, scrolls by key, and what the reader decides is kept."""
    room = journey.window.reading
    room.grid.choose("bpmri", 0)
    adc = room.grid.viewport(Role.ADC)
    assert adc.hung is not None
    assert adc.hung.caption.title == "ADC"
    room.grid.setFocus()
    for _ in range(len(room.grid.viewports)):
        if room.grid.active is not adc:
            journey.press(Key.Key_Right)
    journey.press(Key.Key_Home)
    assert adc.hung.stack.number_of(adc.state.slice_index) == 1
    journey.press(Key.Key_Down)
    assert adc.hung.stack.number_of(adc.state.slice_index) == 2
    category = journey.report.choices_without_lesion[-1]
    journey.click(QPushButton, f"examination_PI-RADS {category}", room)
    assert journey.report.category is category
    assert room.save()


@pytest.mark.parametrize("case", _CASES, ids=lambda case: case.name)
def test_a_bad_series_is_shown_as_far_as_it_can_be_and_the_rest_still_reads(
    journey: Journey, study: Path, case: Case
) -> None:
    _spoil(study, case.spoil)
    journey.window.worklist.open_folder(study)
    journey.wait_for_images()
    hung = _hang(journey, _T2).hung
    assert hung is not None
    assert (hung.stack.slice_count, hung.linked) == (case.slices, case.linked)
    assert case.note in hung.note if case.note else hung.note == ""
    assert hung.flat is (_FLAT in hung.note)
    _require_words_in_every_layout(journey)
    _require_that_the_rest_reads(journey)


def test_a_series_of_2000_slices_hangs_and_is_scrolled_to_its_end(journey: Journey, study: Path) -> None:
    _add_series(study, 2000, size=16)
    journey.window.show_study(open_folder(study))
    viewport = _hang(journey, _SPARE)
    assert viewport.hung is not None
    assert (viewport.hung.stack.slice_count, viewport.hung.linked, viewport.hung.note) == (2000, True, "")
    journey.window.reading.grid.setFocus()
    journey.press(Key.Key_End)
    last = viewport.state.slice_index
    assert viewport.hung.stack.number_of(last) == 2000
    assert viewport.hung.volume.array[last].max() == 1  # the lowest one, for reading goes from head to foot
    journey.press(Key.Key_PageUp)
    assert viewport.hung.stack.number_of(viewport.state.slice_index) == 1995
    _require_that_the_rest_reads(journey)


# ---------------------------------------------------------------------------------------------------------------------
# Series that vanish while the study is open


@pytest.fixture
def archived(study: Path, tmp_path: Path, qapp: QApplication) -> Iterator[tuple[Journey, Path]]:
    """A reader who opened the study from a PACS, and the folder that the PACS keeps it in."""
    _add_series(study, 4)
    with EmbeddedArchive(study, ae_title="PACS") as archive:
        node = DimseNode(name="PACS", ae_title="PACS", host="127.0.0.1", port=archive.port)
        workspace = open_workspace(Settings(data_folder=tmp_path / "data", archives=(node,)))
        journey = _opened_window(workspace, qapp)
        journey.open_first_study()
        yield journey, study
        _close(journey.window)
        workspace.close()


def _delete(paths: list[Path]) -> None:
    assert paths
    for path in paths:
        path.unlink()


def test_a_series_that_vanishes_from_the_pacs_is_read_on_from_this_machine(archived: tuple[Journey, Path]) -> None:
    journey, pacs = archived
    for number in (_T2, _SPARE):
        _delete(_paths(pacs, number))
    hung = _hang(journey, _SPARE).hung
    assert hung is not None
    assert (hung.caption.title, hung.linked, hung.note) == ("vibe", True, "")
    _require_words_in_every_layout(journey)
    _require_that_the_rest_reads(journey)


def test_a_series_whose_files_vanish_says_so_and_what_hangs_already_is_read_on(
    archived: tuple[Journey, Path],
) -> None:
    journey, _ = archived
    opened, room = journey.window.reading.opened, journey.window.reading
    assert opened is not None
    _delete([instance.path for series in opened.recognised.study.series for instance in series.instances])
    viewport = _hang(journey, _SPARE)
    assert viewport.hung is None
    said = viewport.accessibleName()
    assert said.startswith("Series 9 “vibe”: ")
    assert said.endswith(".9.1.dcm can no longer be read (No such file or directory); retrieve the study again.")
    assert _brightest(viewport) > 80
    t2 = room.grid.viewport(Role.T2_AXIAL).hung
    assert t2 is not None
    assert t2.linked
    journey.click(QPushButton, "runAiButton", room)
    journey.wait(lambda: not room.run.running, "the AI", 60)
    assert room.notice.sentence.startswith("Cannot run: Series 3 “t2_tse_tra”: ")
    assert room.notice.sentence.endswith("You can still read and report the study by hand.")
    _require_words_in_every_layout(journey)
    _require_that_the_rest_reads(journey)
