"""The audit trail notices every change."""

import json
import subprocess
import sys

import pytest

from core.audit import Action, AuditTrail, Outcome, verify
from core.errors import AuditFailed


@pytest.fixture
def trail(tmp_path):
    trail = AuditTrail(tmp_path / "audit.jsonl", "reader")
    for number in range(5):
        trail.record(Action.OPEN, [f"1.2.{number}"], series=number)
    return trail


def _lines(trail):
    return trail.path.read_text().splitlines(keepends=True)


def test_a_sound_trail_tells_its_length(trail):
    assert verify(trail.path) == 5


def test_a_line_says_when_who_what_on_which_study_and_how_it_ended(trail):
    line = json.loads(_lines(trail)[0])
    assert (line["actor"], line["action"], line["subjects"], line["outcome"]) == (
        "reader",
        "open",
        ["1.2.0"],
        "success",
    )
    assert line["time"].endswith("+00:00")


@pytest.mark.parametrize("number", range(5))
def test_an_altered_line_is_found(trail, number):
    lines = _lines(trail)
    lines[number] = lines[number].replace('"open"', '"sign"')
    trail.path.write_text("".join(lines))
    with pytest.raises(AuditFailed, match=f"Line {number + 1} "):
        verify(trail.path)


@pytest.mark.parametrize("number", range(4))
def test_a_removed_line_is_found(trail, number):
    lines = _lines(trail)
    del lines[number]
    trail.path.write_text("".join(lines))
    with pytest.raises(AuditFailed, match=f"Line {number + 1} "):
        verify(trail.path)


@pytest.mark.parametrize("kept", range(5))
def test_lines_cut_from_the_end_are_missed(trail, kept):
    trail.path.write_text("".join(_lines(trail)[:kept]))
    with pytest.raises(AuditFailed, match="missing from the end"):
        verify(trail.path)


def test_reordered_lines_are_found(trail):
    lines = _lines(trail)
    lines[1], lines[2] = lines[2], lines[1]
    trail.path.write_text("".join(lines))
    with pytest.raises(AuditFailed, match="Line 2 "):
        verify(trail.path)


def test_a_removed_trail_is_not_silently_begun_anew(trail):
    trail.path.unlink()
    with pytest.raises(AuditFailed, match="was removed"):
        trail.record(Action.OPEN)


def test_a_trail_without_its_head_is_not_sound(trail):
    trail.path.with_suffix(".head").unlink()
    with pytest.raises(AuditFailed, match="head file"):
        verify(trail.path)


def test_a_crash_between_line_and_head_is_not_an_alteration(trail):
    head = trail.path.with_suffix(".head")
    before = head.read_bytes()
    trail.record(Action.OPEN, ["1.2.9"])
    head.write_bytes(before)
    assert verify(trail.path) == 6
    trail.record(Action.OPEN, ["1.2.10"])
    assert verify(trail.path) == 7


@pytest.mark.parametrize("written", [1, 40, -1])
def test_a_line_torn_by_a_power_cut_is_set_aside_and_told_in_the_next_one(trail, written):
    whole = trail.path.read_bytes()
    torn = whole.splitlines(keepends=True)[-1][:written]
    with trail.path.open("ab") as file:
        file.write(torn)
    trail.record(Action.START)
    assert verify(trail.path) == 6
    assert trail.path.read_bytes().startswith(whole)
    assert json.loads(_lines(trail)[-1])["detail"] == {"torn_line_bytes": len(torn)}
    assert trail.path.with_suffix(".torn").read_bytes() == torn + b"\n"


def test_a_trail_with_lines_cut_from_its_end_is_not_carried_on(trail):
    trail.path.write_text("".join(_lines(trail)[:3]))
    with pytest.raises(AuditFailed, match="lines are missing from its end, it once had 5; restore it"):
        trail.record(Action.START)
    trail.path.write_text("".join(_lines(trail)).rstrip("\n"))
    with pytest.raises(AuditFailed, match="lines are missing from its end"):
        trail.record(Action.START)


def test_a_step_that_fails_is_recorded_as_failed(trail):
    with pytest.raises(ValueError, match="no"), trail.step(Action.SEND, ["1.2.3"], announce=True):
        raise ValueError("no")
    started, ended = (json.loads(line) for line in _lines(trail)[-2:])
    assert (started["outcome"], ended["outcome"]) == (Outcome.STARTED, Outcome.FAILURE)
    assert ended["detail"]["error"] == "ValueError"


def test_a_step_that_cannot_be_audited_does_not_happen(tmp_path):
    (tmp_path / "audit.jsonl").mkdir()
    trail = AuditTrail(tmp_path / "audit.jsonl", "reader")
    happened = []
    with pytest.raises(AuditFailed, match="not done"), trail.step(Action.SIGN, announce=True):
        happened.append("signed")
    assert not happened


def test_several_processes_share_one_trail(trail):
    script = (
        "import sys; from pathlib import Path; from core.audit import AuditTrail, Action\n"
        "t = AuditTrail(Path(sys.argv[1]), 'other')\n"
        "for _ in range(20): t.record(Action.OPEN)"
    )
    writers = [subprocess.Popen([sys.executable, "-c", script, str(trail.path)]) for _ in range(3)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    assert verify(trail.path) == 65
