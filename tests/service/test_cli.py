"""The headless contract."""

import json
import subprocess
import sys
from pathlib import Path

import pydicom
import pytest

from service.cli import main

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _own_data_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("PROSECTOR_DATA_FOLDER", str(tmp_path / "data"))


@pytest.mark.journey
def test_analyse_keeps_the_headless_contract(phantom_study, tmp_path, capsys):
    output = tmp_path / "out"
    assert main(["analyse", str(phantom_study.folder), "--output", str(output)]) == 0
    assert sorted(p.name for p in output.iterdir()) == ["findings.json", "overlay", "seg.dcm", "sr.dcm"]
    found = json.loads((output / "findings.json").read_text())
    image = pydicom.dcmread(next(phantom_study.folder.rglob("*.dcm")), stop_before_pixels=True)
    assert found["study_instance_uid"] == image.StudyInstanceUID
    assert {"t2_axial", "t2_sagittal", "t2_coronal", "adc", "dwi", "high_b"} <= set(found["series"])
    assert [(dwi["b_value"], dwi["calculated"]) for dwi in found["series"]["dwi"]][:2] == [
        (50.0, False),
        (400.0, False),
    ]
    assert all(found["series"][role]["reason"] for role in ("t2_axial", "adc", "high_b"))
    assert found["gland"]["volume_ml"] > 10
    assert {m["name"] for m in found["models"]} >= {"TAPS"}
    assert {"gland", "detect"} <= set(found["timings_s"])
    for candidate in found["candidates"]:
        assert {
            "tracking_uid", "centroid_lps_mm", "volume_ml", "long_axis_mm", "adc_mean", "adc_p10", "score", "zone",
            "sector", "suggested_pirads",
        } <= set(candidate)  # fmt: skip
    sr = pydicom.dcmread(output / "sr.dcm")
    assert (sr.VerificationFlag, sr.PreliminaryFlag) == ("UNVERIFIED", "PRELIMINARY")
    tracked = {
        item.TrackingUID for item in pydicom.dcmread(output / "seg.dcm").SegmentSequence if "TrackingUID" in item
    }
    assert {candidate["tracking_uid"] for candidate in found["candidates"]} <= tracked


def test_a_failure_is_a_sentence_and_leaves_no_folder(tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    assert main(["analyse", str(tmp_path / "empty"), "--output", str(tmp_path / "out")]) == 1
    assert "no DICOM" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_wrong_arguments_exit_with_2():
    with pytest.raises(SystemExit) as stopped:
        main(["analyse"])
    assert stopped.value.code == 2


def test_a_negative_seed_is_refused_in_words(tmp_path, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["phantom", str(tmp_path), "--seed", "-1"])
    assert stopped.value.code == 2
    assert "seed" in capsys.readouterr().err


def test_an_unsigned_or_unreadable_file_is_2(tmp_path, phantom_study, capsys):
    image = next(phantom_study.folder.rglob("*.dcm"))
    text = tmp_path / "notes.txt"
    text.write_text("not DICOM")
    for path in (image, text, tmp_path / "absent.dcm"):
        assert main(["verify", str(path)]) == 2
        assert path.name in capsys.readouterr().err


def test_audit_verify_tells_a_sound_trail_from_an_altered_one(tmp_path, capsys):
    from core.audit import Action, AuditTrail

    trail = AuditTrail(tmp_path / "data" / "audit.jsonl", "reader")
    trail.record(Action.OPEN, ["1.2.3"])
    trail.record(Action.SIGN, ["1.2.3"])
    assert main(["audit", "verify"]) == 0
    trail.path.write_text(trail.path.read_text().replace("1.2.3", "1.2.4", 1))
    assert main(["audit", "verify"]) == 1
    assert "Line 1" in capsys.readouterr().err


def test_a_peer_that_is_written_wrongly_is_said(tmp_path, capsys):
    assert main(["pacs", "--folder", str(tmp_path), "--peer", "READ1"]) == 1
    assert "AE=HOST:PORT" in capsys.readouterr().err


def test_the_console_command_is_installed():
    done = subprocess.run(
        [str(Path(sys.executable).with_name("prosector")), "--version"], capture_output=True, text=True
    )
    assert done.stdout.startswith("prosector ")
