"""What `prosector watch` answers at the command line, and how it says what it does."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.settings import Settings, load_settings
from service.cli import main
from service.cluster_worker import arguments_of, environments
from service.queue_db import QueueDb
from service.watch import open_queue
from service.watch_entry import Finished, Outcome, State
from service.watch_logs import JsonLines
from service.watch_queue import WatchQueue


@pytest.fixture(autouse=True)
def _own_logging() -> Iterator[None]:
    """Leave the log of the others as it was: a command that watches makes its own."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A site with a watcher."""
    (tmp_path / "prosector.toml").write_text(
        f'data_folder = "{tmp_path / "data"}"\n[[archives]]\nname = "PACS"\nae_title = "PACS"\nhost = "127.0.0.1"\n'
        'port = 104\n[watch]\nstore_to = "PACS"\n'
    )
    monkeypatch.setenv("PROSECTOR_SETTINGS", str(tmp_path / "prosector.toml"))
    return load_settings()


def _failed(db: QueueDb, uid: str) -> None:
    queue = WatchQueue(db)
    queue.arrived(uid, "PACS")
    queue.settle(0.0, 0.0)
    claim = queue.claim("us", ["PACS"], 60.0)
    assert claim is not None
    queue.finish(claim, Finished(Outcome.FAILED, "Cannot run: the study has no ADC map.", "abc"))


def test_the_status_says_of_each_study_what_became_of_it_and_why(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["watch", "status"]) == 0
    assert capsys.readouterr().out == "The queue is empty.\n"
    db = open_queue(settings)
    _failed(db, "1.2.3")
    db.close()
    assert main(["watch", "status"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first == "1 failed"
    assert second.endswith("failed      1.2.3  Cannot run: the study has no ADC map.")


def test_a_study_is_tried_again_by_hand(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    db = open_queue(settings)
    _failed(db, "1.2.3")
    assert main(["watch", "retry", "1.2.3"]) == 0
    entry = WatchQueue(db).one("1.2.3")
    assert entry is not None
    assert (entry.state, entry.content) == (State.DUE, "")
    db.close()
    assert main(["watch", "retry", "9.9"]) == 1
    assert "9.9" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("watch", "told"),
    [
        ("", "no [watch]"),
        ('[watch]\nstore_to = "Elsewhere"\n', "“Elsewhere”"),
        ('[watch]\nstore_to = "PACS"\npoll = ["PACS"]\nquiet_s = 5\n', "quiet_s longer than poll_every_s"),
        ('[watch]\nstore_to = "PACS"\nstor_to = "PACS"\n', "watch.stor_to"),
    ],
)
def test_what_is_wrong_in_the_settings_is_told_before_anything_runs(
    settings: Settings, tmp_path: Path, watch: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "prosector.toml"
    file.write_text(file.read_text().partition("[watch]")[0] + watch)
    assert main(["watch"]) == 1
    assert told in capsys.readouterr().err


def test_a_worker_without_a_place_for_its_results_does_not_start(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "prosector.toml"
    file.write_text(file.read_text().partition("[watch]")[0])
    assert main(["worker", "tcp://127.0.0.1:1"]) == 1
    assert "no [watch]" in capsys.readouterr().err


def test_each_gpu_has_a_process_of_its_own_that_does_one_study_at_a_time(settings: Settings) -> None:
    assert environments(2, 1) == ({"CUDA_VISIBLE_DEVICES": "0"}, {"CUDA_VISIBLE_DEVICES": "1"})
    assert environments(0, 3) == ({"CUDA_VISIBLE_DEVICES": ""},) * 3
    told = " ".join(arguments_of(settings, "tcp://127.0.0.1:8786"))
    assert told.startswith("tcp://127.0.0.1:8786 --nthreads 1 --nworkers 1 --resources analysis=1 ")


def test_a_line_of_the_log_is_json_with_the_study_and_the_error() -> None:
    try:
        raise ValueError("a bug\nin two lines")
    except ValueError as error:
        told = (type(error), error, error.__traceback__)
    record = logging.LogRecord("service.watch", logging.WARNING, __file__, 1, "%s waits", ("1.2",), told)
    record.study = "1.2"
    line = json.loads(JsonLines().format(record))
    assert (line["level"], line["message"], line["study"]) == ("warning", "1.2 waits", "1.2")
    assert "a bug" in line["error"]
    assert line["time"].endswith("+00:00")
