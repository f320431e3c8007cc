"""What a reader said of a series holds for its scanner and protocol, is audited, and is forgotten."""

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pydicom
import pytest

from core.errors import CannotAnalyse, CannotWrite
from core.progress import Silent
from core.settings import Settings
from core.study import Role, RoleChoice
from inference.pipeline import analyse
from service.corrections import forget, is_remembered, remembered, use_as
from service.reading import OpenStudy, import_folder, open_folder, open_study
from service.workspace import Workspace, open_workspace


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    """A workstation of its own."""
    made = open_workspace(Settings(data_folder=tmp_path / "data"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def nameless(phantom_study: SimpleNamespace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The phantom whose ADC map and high-b image are named nowhere, without any other diffusion."""
    folder = tmp_path_factory.mktemp("nameless")
    for path in phantom_study.folder.rglob("*.dcm"):
        image = pydicom.dcmread(path)
        if image.SeriesNumber == 5:
            continue
        if image.SeriesNumber in (6, 7):
            image.ImageType = ["DERIVED", "SECONDARY"]
            image.SeriesDescription = image.ProtocolName = "N/A"
            image.SequenceName = f"*{image.SeriesNumber}"
            for keyword in ("DiffusionBValue", "DiffusionDirectionality"):
                if keyword in image:
                    delattr(image, keyword)
            if image.SeriesNumber == 7:
                image.ProtocolName = "N/A high"
        image.save_as(folder / f"{image.SOPInstanceUID}.dcm")
    return folder


def _series(opened: OpenStudy, number: int) -> RoleChoice:
    return next(choice for choice in opened.others if choice.stack.series.number == number)


def test_the_ai_refuses_to_guess_and_names_what_is_open(nameless: Path) -> None:
    with pytest.raises(CannotAnalyse, match=r"It cannot be told which series is the ADC map: perhaps series 6 “N/A”"):
        analyse(open_folder(nameless).recognised, Silent())


def test_a_correction_is_kept_audited_and_used_for_this_study_and_the_next(ws: Workspace, nameless: Path) -> None:
    opened = open_folder(nameless)
    use_as(ws, _series(opened, 6), Role.ADC)
    use_as(ws, _series(opened, 7), Role.HIGH_B)
    opened = open_folder(nameless, corrections=remembered(ws))
    adc, high_b = opened.recognised.one(Role.ADC), opened.recognised.one(Role.HIGH_B)
    assert adc is not None
    assert high_b is not None
    assert (adc.stack.series.number, high_b.stack.series.number) == (6, 7)
    assert opened.recognised.questions == ()
    assert "as the reader chose in this study on 20" in adc.reason
    lines = [json.loads(line) for line in ws.trail.path.read_text("utf-8").splitlines()]
    said = [line for line in lines if line["action"] == "edit"]
    assert [line["detail"]["what"] for line in said] == ["series used as adc", "series used as high_b"]
    assert said[0]["subjects"] == [adc.stack.series.series_instance_uid]


def test_the_last_word_counts_and_is_forgotten(ws: Workspace, nameless: Path) -> None:
    choice = _series(open_folder(nameless), 6)
    use_as(ws, choice, Role.HIGH_B)
    use_as(ws, choice, Role.ADC)
    assert [correction.role for correction in remembered(ws)] == [Role.ADC]
    assert is_remembered(remembered(ws), choice)
    assert forget(ws, choice) == 1
    assert remembered(ws) == ()
    assert not is_remembered(remembered(ws), choice)


def test_a_damaged_file_keeps_no_study_from_being_opened_and_is_set_aside_with_a_sentence(
    ws: Workspace, nameless: Path
) -> None:
    uid = import_folder(ws, nameless, Silent())
    path = ws.settings.data_folder / "series_roles.json"
    path.write_text("[{", "utf-8")

    opened = open_study(ws, uid)

    aside = ws.settings.data_folder / "series_roles.damaged.json"
    assert opened.told.startswith("What readers chose as series for their scanners was damaged and begins anew")
    assert opened.told.endswith(f"kept as {aside}.")
    assert aside.read_text("utf-8") == "[{"
    assert not path.exists()
    use_as(ws, _series(opened, 6), Role.ADC)
    again = open_study(ws, uid)
    assert (again.told, again.recognised.one(Role.ADC) is not None) == ("", True)
    lines = [json.loads(line) for line in ws.trail.path.read_text("utf-8").splitlines()]
    assert "damaged file of series roles set aside" in [line["detail"].get("what") for line in lines]


def test_a_damaged_file_is_named_and_never_overwritten(ws: Workspace, nameless: Path) -> None:
    path = ws.settings.data_folder / "series_roles.json"
    path.write_text("[{", "utf-8")
    with pytest.raises(CannotWrite, match=r"series_roles\.json, which keeps what readers chose"):
        remembered(ws)
    with pytest.raises(CannotWrite, match="is damaged"):
        use_as(ws, _series(open_folder(nameless), 6), Role.ADC)
    assert path.read_text("utf-8") == "[{"
