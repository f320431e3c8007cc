"""What signing and analysing leave for learning: each study once, nobody's name or UID, and never in the way."""

import csv
import logging
import os
import sqlite3
import stat
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.amendment import Addendum, Continuation, Correction, Predecessor, ReportStatus
from core.audit import AuditTrail
from core.errors import CannotAnalyse, CannotWrite
from core.findings import ModelIdentity
from core.pirads import Category
from core.progress import Cancelled, Silent
from core.report import Accepted, Edited, FromModel, Reader, Rejected, Report, sign
from core.settings import ReaderSettings, Settings, UseSettings
from core.use import Analysed, Fate, Judged, Reading, Use
from core.use_measures import failures
from inference.pipeline import BUILT_IN
from reporting.signing_key import throw_away_key
from service import analysis
from service.cli import main
from service.publish import prepare
from service.reading import OpenStudy
from service.use import counted, learnt, note_opened, note_signed
from service.use_export import COLUMNS, export
from service.use_records import UseRecords
from service.workspace import Workspace

READER, OTHER = Reader("Example^Änne", "Hospital"), Reader("Second^Reader", "Hospital")
OPENED = datetime(2026, 5, 4, 9, tzinfo=UTC)
SIGNED = OPENED + timedelta(minutes=12)
GLAND, DETECTOR = ModelIdentity("Gland", "1", "0" * 64, "MIT"), ModelIdentity("Detector", "2", "1" * 64, "MIT")


@pytest.fixture
def judged_report(draft_report: Report) -> Report:
    """A draft on what an AI found: one lesion edited and given 5, one rejected, one of the reader's own."""
    first, second = draft_report.lesions
    from_model = FromModel(DETECTOR, 0.7, Category.FOUR, ())
    lesions = (
        replace(first, origin=from_model, review=Edited()),
        replace(second, origin=replace(from_model, suggested_category=Category.THREE), review=Rejected("vessel")),
        replace(first, tracking_uid=f"{first.tracking_uid}.3", label="L3", review=Accepted()),
    )
    return replace(draft_report, lesions=lesions, models=(GLAND, DETECTOR))


def signed_by(reader, report, when=SIGNED, *, preliminary=False):
    return sign(report, reader, when, preliminary=preliminary)


def follows(report, kind, reader=READER):
    before = Predecessor(report.study_instance_uid, "1.2", "1.3", "1.4", ReportStatus.FINAL, reader, reader, SIGNED)
    return replace(report, amends=kind(before, "as said"))


def kept(ws: Workspace) -> Use:
    return learnt(ws.settings)


# ---------------------------------------------------------------------------------------------------------------------
# Signed reports


def test_a_signed_report_is_kept_with_what_became_of_each_ai_lesion_and_how_long_it_took(workspace, judged_report):
    note_opened(workspace, judged_report.study_instance_uid, OPENED)
    note_opened(workspace, judged_report.study_instance_uid, OPENED + timedelta(minutes=8))
    note_signed(workspace, signed_by(READER, judged_report))
    (reading,) = kept(workspace).readings
    assert reading.judged == (
        Judged("Detector 2", Fate.EDITED, Category.FOUR, Category.FIVE),
        Judged("Detector 2", Fate.REJECTED, Category.THREE, Category.PENDING),
    )
    assert (reading.category, reading.ai_category) == (Category.FIVE, Category.FOUR)
    assert (reading.detector, reading.added) == ("Detector 2", 1)
    assert (reading.signed_at, reading.reading_s) == (SIGNED, 720.0)
    examined = judged_report.recognised.study.study_datetime
    assert examined is not None
    assert reading.turnaround_s == (SIGNED - examined.astimezone()).total_seconds()


def test_signing_in_the_workstation_keeps_the_report(workspace, without_t2):
    negative = Report(without_t2.recognised, without_lesion=Category.X)
    note_opened(workspace, negative.study_instance_uid, datetime.now(UTC))
    prepare(workspace, negative, READER, throw_away_key(READER), without_t2)
    (reading,) = kept(workspace).readings
    assert (reading.category, reading.detector, reading.judged) == (Category.X, "", ())
    assert reading.reading_s is not None


def test_a_report_that_is_signed_again_counts_once(workspace, judged_report):
    note_opened(workspace, judged_report.study_instance_uid, OPENED)
    note_signed(workspace, signed_by(READER, judged_report))
    note_signed(workspace, signed_by(OTHER, judged_report, SIGNED + timedelta(minutes=3)))
    (reading,) = kept(workspace).readings
    assert reading.reading_s == 900.0
    assert kept(workspace).name_of(reading.reader) == "Reader 2"


def test_a_verified_report_counts_once_for_who_verified_it_and_its_time_begins_anew(workspace, judged_report):
    uid = judged_report.study_instance_uid
    note_opened(workspace, uid, OPENED)
    note_signed(workspace, signed_by(OTHER, judged_report, preliminary=True))
    note_opened(workspace, uid, SIGNED + timedelta(hours=2))
    before = Predecessor(uid, "1.2", "1.3", "1.4", ReportStatus.PRELIMINARY, OTHER, OTHER, SIGNED)
    verified = replace(judged_report, amends=Continuation(before))
    note_signed(workspace, signed_by(READER, verified, SIGNED + timedelta(hours=2, minutes=4)))
    (reading,) = kept(workspace).readings
    assert reading.reading_s == 240.0
    assert reading.reader == UseRecords(workspace.settings.database).pseudonym(READER.name)


def test_a_correction_changes_what_was_found_and_not_how_long_it_took(workspace, judged_report):
    note_opened(workspace, judged_report.study_instance_uid, OPENED)
    note_signed(workspace, signed_by(READER, judged_report))
    (first,) = kept(workspace).readings
    without = replace(judged_report, lesions=judged_report.lesions[1:2], without_lesion=Category.TWO)
    later = SIGNED + timedelta(days=3)
    note_opened(workspace, judged_report.study_instance_uid, later)
    note_signed(workspace, signed_by(READER, follows(without, Correction), later))
    (reading,) = kept(workspace).readings
    assert (reading.category, len(reading.judged)) == (Category.TWO, 1)
    assert (reading.signed_at, reading.reading_s, reading.turnaround_s) == (SIGNED, 720.0, first.turnaround_s)
    note_signed(workspace, signed_by(OTHER, follows(judged_report, Correction), later))
    (reading,) = kept(workspace).readings
    assert (reading.category, reading.reading_s, reading.turnaround_s) == (Category.FIVE, None, first.turnaround_s)


def test_an_addendum_teaches_nothing_and_an_unknown_report_that_is_corrected_has_no_times(workspace, judged_report):
    note_signed(workspace, signed_by(READER, follows(judged_report, Addendum)))
    assert kept(workspace).readings == ()
    note_opened(workspace, judged_report.study_instance_uid, OPENED)
    note_signed(workspace, signed_by(READER, follows(judged_report, Correction)))
    (reading,) = kept(workspace).readings
    assert (reading.reading_s, reading.turnaround_s) == (None, None)


def test_a_clock_that_was_set_back_gives_no_time(workspace, judged_report):
    note_opened(workspace, judged_report.study_instance_uid, SIGNED + timedelta(seconds=1))
    note_signed(workspace, signed_by(READER, judged_report))
    assert kept(workspace).readings[0].reading_s is None


@pytest.mark.parametrize(
    ("suggested", "models", "told"),
    [
        ((Category.FOUR, Category.THREE), (GLAND, DETECTOR), Category.FOUR),
        ((Category.FOUR, Category.PENDING), (GLAND, DETECTOR), Category.PENDING),
        ((), (GLAND, DETECTOR), Category.TWO),
        ((), (GLAND,), Category.PENDING),
        ((), (), Category.PENDING),
    ],
)
def test_the_ai_said_the_highest_category_that_it_suggested(workspace, judged_report, suggested, models, told):
    lesions = [
        replace(lesion, origin=FromModel(DETECTOR, 0.7, category, ()))
        for lesion, category in zip(judged_report.lesions[:2], suggested, strict=False)
    ]
    report = replace(judged_report, lesions=tuple(lesions), models=models, without_lesion=Category.TWO)
    note_signed(workspace, signed_by(READER, report))
    (reading,) = kept(workspace).readings
    assert reading.ai_category is told
    assert bool(reading.detector) is (len(models) == 2)


def test_another_systems_ai_says_nothing_of_an_examination(workspace, judged_report):
    foreign = ModelIdentity("Other AI", "3", "not stated", "not stated")
    lesion = replace(judged_report.lesions[0], origin=FromModel(foreign, None, Category.FIVE, ()))
    note_signed(workspace, signed_by(READER, replace(judged_report, lesions=(lesion,))))
    (reading,) = kept(workspace).readings
    assert (reading.detector, reading.ai_category) == ("Detector 2", Category.TWO)
    assert reading.judged[0].model == "Other AI 3"


# ---------------------------------------------------------------------------------------------------------------------
# Nobody's name


def test_neither_the_database_nor_the_export_has_a_patient_a_uid_or_a_readers_name(workspace, judged_report, tmp_path):
    study = judged_report.recognised.study
    note_opened(workspace, study.study_instance_uid, OPENED)
    note_signed(workspace, signed_by(READER, judged_report))
    export(kept(workspace), tmp_path / "use.csv", workspace.trail)
    with closing(sqlite3.connect(workspace.settings.database)) as database:
        tables = ("use_openings", "use_readings", "use_readers", "use_analyses")
        rows = repr([database.execute(f"SELECT * FROM {table}").fetchall() for table in tables])
    everything = rows + (tmp_path / "use.csv").read_text("utf-8-sig")
    told = (study.study_instance_uid, study.patient.patient_id, study.patient.name, study.accession_number)
    uids = [lesion.tracking_uid for lesion in judged_report.lesions]
    for word in (*told, *uids, "Example", "Änne"):
        assert word
        assert word not in everything


@pytest.mark.skipif(os.name != "posix", reason="rights of files as POSIX has them")
def test_the_key_is_its_owners_alone(workspace, judged_report):
    note_signed(workspace, signed_by(READER, judged_report))
    key = workspace.settings.database.with_name("use.key")
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert len(key.read_bytes()) == 32


def test_who_is_at_the_workstation_sees_the_own_name_and_others_as_numbers(workspace, judged_report):
    settings = workspace.settings.model_copy(update={"reader": ReaderSettings(name=READER.name)})
    note_signed(workspace, signed_by(READER, judged_report))
    note_signed(workspace, signed_by(OTHER, replace_study(judged_report)))
    assert [name for _, name in learnt(settings).names] == ["Änne Example", "Reader 2"]
    assert [name for _, name in kept(workspace).names] == ["Reader 1", "Reader 2"]


def test_a_site_may_name_readers_and_forgets_the_names_when_it_no_longer_does(workspace, judged_report):
    named = with_readers(workspace, "named")
    note_signed(named, signed_by(READER, judged_report))
    assert [name for _, name in kept(named).names] == ["Änne Example"]
    assert [name for _, name in kept(workspace).names] == ["Reader 1"]
    note_signed(workspace, signed_by(READER, judged_report))
    assert UseRecords(workspace.settings.database).readers()[0][2] == ""


def test_a_site_may_keep_nothing_that_tells_readers_apart(workspace, judged_report):
    together = with_readers(workspace, "together")
    note_signed(together, signed_by(READER, judged_report))
    assert kept(together).readings[0].reader == ""
    assert kept(together).readers == ()
    assert UseRecords(workspace.settings.database).readers() == ()


def with_readers(ws: Workspace, how: str) -> Workspace:
    use = UseSettings.model_validate({"readers": how})
    return replace(ws, settings=ws.settings.model_copy(update={"use": use}))


def replace_study(report: Report) -> Report:
    study = replace(report.recognised.study, study_instance_uid="1.2.3.4")
    return replace(report, recognised=replace(report.recognised, study=study))


# ---------------------------------------------------------------------------------------------------------------------
# Never in the way


def test_a_report_is_signed_though_it_cannot_be_counted(workspace, without_t2, caplog):
    workspace.settings.database.with_name("use.key").write_bytes(b"damaged")
    negative = Report(without_t2.recognised, without_lesion=Category.X)
    with caplog.at_level(logging.WARNING):
        bundle = prepare(workspace, negative, READER, throw_away_key(READER), without_t2)
    assert bundle.sr_path.exists()
    assert "use.key" in caplog.text
    with pytest.raises(CannotWrite, match="damaged"):
        learnt(workspace.settings.model_copy(update={"reader": ReaderSettings(name=READER.name)}))


def test_an_analysis_gives_its_answer_though_it_cannot_be_counted(workspace, caplog):
    workspace.settings.database.unlink()
    workspace.settings.database.mkdir()
    with caplog.at_level(logging.WARNING), counted(workspace, BUILT_IN):
        pass
    assert "cannot be kept" in caplog.text


# ---------------------------------------------------------------------------------------------------------------------
# Runs of the AI


def test_a_run_that_fails_counts_under_its_models_names_and_one_that_is_stopped_does_not(
    workspace: Workspace, local_phantom: OpenStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ends(error: Exception):
        def run(*_: object):
            raise error

        return run

    for error in (CannotAnalyse("No ADC."), Cancelled(), ValueError("unexpected")):
        monkeypatch.setattr(analysis, "analyse_in_child", ends(error))
        with pytest.raises(type(error)):
            analysis.analyse(workspace, local_phantom, Silent())
    runs = kept(workspace).analyses
    assert [run.failure for run in runs] == ["CannotAnalyse", "ValueError"]
    assert [run.models for run in runs] == [tuple(f"{one.name} {one.version}" for one in BUILT_IN.identities)] * 2
    assert "TAPS" in runs[0].models[0]
    assert (failures(runs).part, failures(runs).whole) == (2, 2)


def test_the_models_are_called_as_their_findings_call_them(workspace, judged_report):
    with counted(workspace, BUILT_IN):
        pass
    named = replace(judged_report, models=BUILT_IN.identities)
    note_signed(workspace, signed_by(READER, named))
    use = kept(workspace)
    assert use.readings[0].detector == use.analyses[0].models[-1]


# ---------------------------------------------------------------------------------------------------------------------
# Export


def _reading(**changed: object) -> Reading:
    judged = (
        Judged("=Model 1", Fate.ACCEPTED, Category.FOUR, Category.FOUR),
        Judged("=Model 1", Fate.REJECTED, Category.THREE, Category.PENDING),
        Judged("Other 2", Fate.EDITED, Category.PENDING, Category.TWO),
    )
    one = Reading("a", SIGNED, Category.FOUR, "=Model 1", Category.FOUR, judged, 1, 754.0, 5400.0)
    return replace(one, **changed)


USE = Use(
    (_reading(), _reading(judged=(), reading_s=None, turnaround_s=None, ai_category=Category.TWO)),
    (Analysed(("Gland 1", "=Model 1"), SIGNED, 31.24, "WorkerDied"),),
    (("a", "Reader 1"),),
)


def test_the_table_has_a_line_for_each_report_and_run_and_no_formula(tmp_path):
    trail = AuditTrail(tmp_path / "audit.jsonl", "somebody")
    assert export(USE, tmp_path / "use.csv", trail) == 3
    content = (tmp_path / "use.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbfrecord,")
    first, second, run = csv.DictReader(content.decode("utf-8-sig").splitlines())
    assert tuple(first) == COLUMNS
    assert first == {
        "record": "report", "day": "2026-05-04", "reader": "Reader 1", "models": "'=Model 1; Other 2",
        "category": "4", "ai_category": "4", "ai_accepted": "1", "ai_edited": "1", "ai_rejected": "1", "added": "1",
        "shifts": "4>4; 3>rejected; ?>2", "minutes_open_to_sign": "12.6", "hours_to_report": "1.5", "seconds": "",
        "failure": "",
    }  # fmt: skip
    assert (second["ai_category"], second["minutes_open_to_sign"], second["shifts"]) == ("≤2", "", "")
    assert (run["record"], run["models"], run["seconds"], run["failure"]) == (
        "analysis",
        "Gland 1; =Model 1",
        "31.2",
        "WorkerDied",
    )
    assert '"action": "export"' in trail.path.read_text() or '"action":"export"' in trail.path.read_text()


def test_a_table_that_cannot_be_written_leaves_the_old_one(tmp_path, monkeypatch):
    trail, path = AuditTrail(tmp_path / "audit.jsonl", "somebody"), tmp_path / "use.csv"
    path.mkdir()
    with pytest.raises(CannotWrite, match=r"use\.csv could not be written"):
        export(USE, path, trail)
    assert path.is_dir()


@pytest.fixture
def filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The settings of a command, in whose data folder something is kept."""
    monkeypatch.setenv("PROSECTOR_DATA_FOLDER", str(tmp_path / "data"))
    settings = Settings()
    records = UseRecords(settings.database)
    for number, one in enumerate(USE.readings):
        records.keep_reading(f"1.2.{number}", replace(one, reader=records.keep_reader("A^B", shown=False)))
    records.keep_analysis(USE.analyses[0])
    return settings


def test_the_command_tells_in_lines_what_is_kept(filled, capsys):
    assert main(["use"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "signed reports: 2, runs of the AI: 1"
    assert told[1] == "AI lesions accepted: 1 of 3 (33%, 95 % interval 6% to 79%)"
    assert "kappa of AI and report: none, as the AI or the reader gave every examination one" in told[5]
    assert "open to signed: median 12.6 min (12.6 to 12.6, n = 1)" in told
    assert told[-2:] == [
        "runs of the AI without an answer: 1 of 1 (100%, 95 % interval 21% to 100%)",
        "  WorkerDied: 1",
    ]


def test_the_command_writes_the_table(filled, tmp_path, capsys):
    assert main(["use", "--csv", str(tmp_path / "out" / "use.csv")]) == 0
    assert capsys.readouterr().out == f"3 lines are in {tmp_path / 'out' / 'use.csv'}.\n"
    assert len((tmp_path / "out" / "use.csv").read_text("utf-8-sig").splitlines()) == 4


def test_before_anything_is_kept_the_command_says_so(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PROSECTOR_DATA_FOLDER", str(tmp_path / "data"))
    assert main(["use"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[:2] == ["signed reports: 0, runs of the AI: 0", "AI lesions accepted: none yet"]


def test_what_another_version_kept_is_told(filled, capsys):
    with closing(sqlite3.connect(filled.database)) as database, database:
        database.execute("""UPDATE use_readings SET reading = '{"reader": 1}'""")
    assert main(["use"]) == 1
    assert "another version of Prosector" in capsys.readouterr().err
