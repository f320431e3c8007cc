"""The tumour board's folder: there whole or not at all, never over an earlier one, and the trail says so."""

from dataclasses import replace
from pathlib import Path

import pydicom
import pytest

from core.errors import CannotWrite
from core.report import Report, Unreviewed
from reporting.board import NothingForBoard
from service.board import write_board
from service.cli import main
from service.reading import OpenStudy
from service.workspace import Workspace

_FILES = ["L1.stl", "board.pdf", "sector-map.svg", "targets.csv", "targets.rtstruct.dcm", "targets.seg.dcm"]


def test_the_folder_holds_page_and_targets_of_the_patient(
    workspace: Workspace, opened_phantom: OpenStudy, draft_report: Report, tmp_path: Path
) -> None:
    folder = write_board(workspace, draft_report, opened_phantom, tmp_path / "board", deidentify=False)
    study = opened_phantom.recognised.study
    assert sorted(x.name for x in folder.iterdir()) == _FILES
    for name in ("targets.seg.dcm", "targets.rtstruct.dcm"):
        ds = pydicom.dcmread(folder / name)
        assert (ds.PatientID, ds.StudyInstanceUID) == (study.patient.patient_id, study.study_instance_uid)
    assert '"action":"export"' in workspace.trail.path.read_text().splitlines()[-1].replace(" ", "")


def test_a_second_sheet_leaves_the_first_one_alone(
    workspace: Workspace, opened_phantom: OpenStudy, draft_report: Report, tmp_path: Path
) -> None:
    first = write_board(workspace, draft_report, opened_phantom, tmp_path / "board", deidentify=False)
    kept = {x.name: x.read_bytes() for x in first.iterdir()}
    second = write_board(workspace, draft_report, opened_phantom, tmp_path / "board", deidentify=False)
    assert second.name == f"{first.name}-2"
    assert {x.name: x.read_bytes() for x in first.iterdir()} == kept


def test_a_deidentified_folder_does_not_name_the_patient_and_each_one_has_a_pseudonym_of_its_own(
    workspace: Workspace, opened_phantom: OpenStudy, draft_report: Report, tmp_path: Path
) -> None:
    names = [
        write_board(workspace, draft_report, opened_phantom, tmp_path / "board", deidentify=True).name for _ in range(2)
    ]
    assert names[0] != names[1]
    assert all(opened_phantom.recognised.study.patient.patient_id not in name for name in names)


def test_an_unreviewed_lesion_is_told_and_nothing_is_written(
    workspace: Workspace, opened_phantom: OpenStudy, draft_report: Report, tmp_path: Path
) -> None:
    first, second = draft_report.lesions
    waiting = replace(draft_report, lesions=(first, replace(second, review=Unreviewed())))
    with pytest.raises(NothingForBoard, match="L2 of study"):
        write_board(workspace, waiting, opened_phantom, tmp_path / "board", deidentify=False)
    assert not (tmp_path / "board").exists()


def test_a_disk_that_fails_half_way_leaves_nothing(
    workspace: Workspace,
    opened_phantom: OpenStudy,
    draft_report: Report,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(path: Path, content: bytes) -> None:
        if path.suffix == ".csv":
            raise OSError(28, "No space left on device")
        path.write_bytes(content)

    monkeypatch.setattr("service.board.write_bytes", full)
    with pytest.raises(CannotWrite, match="No space left on device"):
        write_board(workspace, draft_report, opened_phantom, tmp_path / "board", deidentify=False)
    assert list((tmp_path / "board").iterdir()) == []


@pytest.fixture
def site(workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings file of the workstation."""
    port = workspace.settings.archives[0].model_dump()["port"]
    file = tmp_path / "prosector.toml"
    file.write_text(
        f'data_folder = "{workspace.settings.data_folder}"\n[[archives]]\nname = "TEST"\n'
        f'ae_title = "PROSECTOR-PACS"\nhost = "127.0.0.1"\nport = {port}\n'
    )
    monkeypatch.setenv("PROSECTOR_SETTINGS", str(file))


@pytest.mark.usefixtures("site")
def test_the_command_writes_the_folders_of_several_studies_and_says_why_one_has_none(
    workspace: Workspace,
    local_phantom: OpenStudy,
    draft_report: Report,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    uid = local_phantom.recognised.study.study_instance_uid
    assert main(["board", uid, "--output", str(tmp_path / "board")]) == 1
    assert f"Study {uid} has no report on this workstation; read it" in capsys.readouterr().err
    workspace.drafts.save(draft_report)
    assert main(["board", uid, "1.2.3.4", uid, "--deidentify", "--output", str(tmp_path / "board")]) == 1
    said = capsys.readouterr()
    (folder,) = (tmp_path / "board").iterdir()
    assert said.out.splitlines() == [str(folder)]
    assert folder.name.startswith("tumour-board-CASE-")
    assert "1.2.3.4" in said.err
    assert sorted(x.name for x in folder.iterdir()) == _FILES
    assert main(["board", uid, "--output", str(tmp_path / "named")]) == 0
