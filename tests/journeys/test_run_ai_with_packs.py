"""Run AI in the window with a model of each format chosen: whose finding it is, is told everywhere it goes."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydicom import Dataset, dcmread
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton, QToolButton, QWidget
from tiny_packs import bundle_that_finds, nnunet_of_random_weights, onnx_that_finds, torchscript_that_finds

from core.findings import ModelIdentity
from core.report import FromModel, Lesion
from core.settings import DimseNode
from core.study import Role
from inference.packs.store import PackStore
from pacs.embedded import EmbeddedArchive
from service.cli import main
from viewer.journey import Journey

pytestmark = [pytest.mark.journey, pytest.mark.filterwarnings("ignore")]

_SHORT = shutil.ignore_patterns("*localizer", "*_sag", "*_cor", "*_b50_400_800")


@pytest.fixture
def pacs(phantom_study: Any, tmp_path: Path) -> Iterator[DimseNode]:
    """An archive with the axial T2, the ADC map and the high-b images of the phantom."""
    folder = Path(shutil.copytree(phantom_study.folder, tmp_path / "pacs", ignore=_SHORT))
    with EmbeddedArchive(folder) as archive:
        yield DimseNode(name="PACS", ae_title="PROSECTOR-PACS", host="127.0.0.1", port=archive.port)


@pytest.fixture
def reading_room(
    workstation: Callable[..., Any], pacs: DimseNode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Callable[[Path], Path], str], tuple[Journey, ModelIdentity]]:
    """Return a function that adds a model, makes it the default, opens the study and presses Run AI."""

    def start(make: Callable[[Path], Path], name: str) -> tuple[Journey, ModelIdentity]:
        monkeypatch.setenv("PROSECTOR_DATA_FOLDER", str(tmp_path / "data"))
        (tmp_path / "download").mkdir()
        assert main(["models", "add", str(make(tmp_path / "download"))]) == 0
        assert main(["models", "default", name]) == 0
        journey = workstation(tmp_path / "data", pacs).journey
        journey.open_first_study()
        journey.run_ai()
        return journey, PackStore(tmp_path / "data" / "models").pack(name).identity

    return start


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (onnx_that_finds, "tiny-1"),
        (torchscript_that_finds, "tiny-1"),
        (bundle_that_finds, "tiny_prostate-0.2.0"),
        (nnunet_of_random_weights, "Dataset901_tiny-1"),
    ],
)
def test_what_a_chosen_model_finds_is_drawn_and_named_for_it(
    reading_room: Callable[..., tuple[Journey, ModelIdentity]], make: Callable[[Path], Path], name: str
) -> None:
    journey, model = reading_room(make, name)

    assert f"{model.name}-{model.version}" == name
    assert journey.report.models[-1] == model
    lesion = journey.report.lesions[0]
    assert isinstance(lesion.origin, FromModel)
    assert (lesion.origin.model, lesion.origin.suggests) == (model, False)
    _require_told_in_card(journey, lesion, model)
    _require_drawn(journey, lesion)
    journey.click(QPushButton, "acceptButton", journey.card(lesion))
    _require_told_in_report(journey, model)


def test_the_identity_of_the_model_goes_into_seg_and_sr_when_the_report_is_signed(
    reading_room: Callable[..., tuple[Journey, ModelIdentity]], identity: Any, tmp_path: Path
) -> None:
    journey, model = reading_room(onnx_that_finds, "tiny-1")
    journey.accept_and_score()

    journey.sign_and_send(identity.passphrase)

    stored = {
        modality: next(ds for ds in map(dcmread, (tmp_path / "pacs").rglob("*.dcm")) if ds.Modality == modality)
        for modality in ("SEG", "SR")
    }
    (segment, *_) = [
        x for x in stored["SEG"].SegmentSequence if "esion" in x.SegmentedPropertyTypeCodeSequence[0].CodeMeaning
    ]
    assert model.name in segment.SegmentAlgorithmName
    algorithm = segment.SegmentationAlgorithmIdentificationSequence[0]
    assert (algorithm.AlgorithmName, algorithm.AlgorithmVersion) == (model.name, model.version)
    assert any(
        model.sha256 in x.get("ContributionDescription", "") for x in stored["SEG"].ContributingEquipmentSequence
    )
    told = _texts_of(stored["SR"])
    assert {model.name, model.version, f"SHA-256: {model.sha256}", f"Licence: {model.licence}"} <= told
    assert any("Research use only" in text for text in told)
    assert not any("robability" in text for text in told)


def _texts_of(sr: Dataset) -> set[str]:
    return {str(element.value) for element in sr.iterall() if element.VR in ("UT", "LO", "ST")}


def _require_told_in_card(journey: Journey, lesion: Lesion, model: ModelIdentity) -> None:
    journey.select(lesion)
    card = journey.card(lesion)
    button = journey.find(QPushButton, "whyButton", card)
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Space)
    journey.settle()
    told = journey.find(QLabel, "whoseScore", card)
    assert told.isVisible()
    assert told.text().startswith(f"{model.name} {model.version} (research use only): suspicion ")
    assert told.text().endswith(" from 0 to 1, not calibrated.")
    everything = [label.text() for label in card.findChildren(QLabel)]
    everything += [widget.toolTip() for widget in card.findChildren(QWidget)]
    assert "robability" not in " ".join(everything)


def _require_drawn(journey: Journey, lesion: Lesion) -> None:
    """Require that the picture of the axial T2 changes when the lesion is hidden."""
    axial = journey.window.reading.grid.viewport(Role.T2_AXIAL)
    drawn = axial.grab().toImage()
    eye = journey.find(QToolButton, "visibilityButton", journey.card(lesion))
    eye.click()
    journey.settle()
    assert axial.grab().toImage() != drawn
    eye.click()
    journey.settle()
    assert axial.grab().toImage() == drawn


def _require_told_in_report(journey: Journey, model: ModelIdentity) -> None:
    room = journey.window.reading
    findings, impression = (
        journey.find(QPlainTextEdit, name, room).toPlainText() for name in ("findingsEdit", "impressionEdit")
    )
    assert f"Found by AI, {model.name} {model.version} (AI suspicion " in findings
    assert "Research use only" in findings + impression
    assert "robability" not in findings + impression
