"""A file is written whole or not at all."""

import resource
import signal
import time
from contextlib import contextmanager

import pytest

from core.errors import CannotWrite
from core.files import Batch, link_into, write_bytes, write_parts, write_text, write_whole


@contextmanager
def _room_for(size):
    """Let no file of this process grow beyond so many bytes: the write fails as it does on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


def test_a_file_is_replaced_whole(tmp_path):
    path = tmp_path / "a" / "report.dcm"
    write_bytes(path, b"old")
    write_bytes(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(path.parent.iterdir()) == [path]


def test_a_full_disk_leaves_the_old_file_and_nothing_beside_it(tmp_path):
    path = tmp_path / "report.dcm"
    write_bytes(path, b"old")

    def disk_full(file):
        file.write(b"half")
        raise OSError(28, "No space left on device")

    with pytest.raises(CannotWrite, match=r"report\.dcm could not be written \(No space left on device\)"):
        write_whole(path, disk_full)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_where_a_folder_should_be_is_said_and_left_alone(tmp_path):
    (tmp_path / "taken").write_text("mine")
    with pytest.raises(CannotWrite, match="could not be written"):
        write_text(tmp_path / "taken" / "new", "text")
    assert (tmp_path / "taken").read_text() == "mine"


def test_parts_become_one_file_that_is_whole_and_replaces_the_old_one(tmp_path):
    path = tmp_path / "study" / "1.dcm"
    write_parts(path, b"old")
    write_parts(path, b"head", bytearray(b"body"))
    assert path.read_bytes() == b"headbody"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("what", ["pushed_out", "os.fsync"])
def test_a_disk_that_fails_while_parts_are_made_safe_leaves_no_file(tmp_path, monkeypatch, what):
    def fails(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(f"core.files.{what}", fails)
    with pytest.raises(CannotWrite, match=r"1\.dcm could not be written \(No space left on device\)"):
        write_parts(tmp_path / "1.dcm", b"head", b"body")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("count", [3, 30])
def test_files_of_a_batch_have_their_names_when_they_are_safe(tmp_path, count):
    came = []
    batch = Batch(came.append)
    for number in range(count):
        batch.add(tmp_path / f"{number}.dcm", b"head", bytearray(b"body"))
    assert came == []
    assert list(tmp_path.glob("*.dcm")) == []
    batch.commit()
    assert len(came) == count
    assert {path.read_bytes() for path in tmp_path.iterdir()} == {b"headbody"}
    assert sorted(tmp_path.iterdir()) == sorted(came)


def test_a_batch_that_takes_long_is_settled_behind_the_back_of_the_one_who_adds(tmp_path):
    came = []
    batch = Batch(came.append, every_s=0.0)
    batch.add(tmp_path / "1.dcm", b"whole")
    deadline = time.monotonic() + 20
    while not came and time.monotonic() < deadline:
        time.sleep(0.005)
    assert came == [tmp_path / "1.dcm"]
    batch.close()


@pytest.mark.parametrize("has_them", [True, False])
def test_a_batch_is_safe_with_and_without_what_only_linux_offers(tmp_path, monkeypatch, has_them):
    synced = []
    monkeypatch.setattr("core.files.synced_file_system", lambda folder: synced.append(folder) or has_them)
    single = []
    monkeypatch.setattr("core.files.os.fsync", single.append)
    batch = Batch(lambda path: None)
    for number in range(20):
        batch.add(tmp_path / f"{number}.dcm", b"whole")
    batch.commit()
    assert synced == [tmp_path]
    assert len(single) == (1 if has_them else 21)  # the folder, and each file by itself
    assert len(list(tmp_path.glob("*.dcm"))) == 20


def test_a_batch_never_gives_a_half_file_its_name(tmp_path):
    batch = Batch(lambda path: None)
    with pytest.raises(CannotWrite, match=r"1\.dcm could not be written \(File too large\)"), _room_for(1000):
        batch.add(tmp_path / "1.dcm", bytes(900), bytes(20_000))
    batch.commit()
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_fails_when_a_batch_is_settled_is_told_and_the_files_go(tmp_path, monkeypatch):
    def fails(folder):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("core.files.synced_file_system", fails)
    batch = Batch(lambda path: None)
    for number in range(20):
        batch.add(tmp_path / f"{number}.dcm", b"whole")
    with pytest.raises(CannotWrite, match="Input/output error"):
        batch.commit()
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_committed_goes_with_the_batch(tmp_path):
    batch = Batch(lambda path: None)
    batch.add(tmp_path / "1.dcm", b"whole")
    batch.close()
    assert list(tmp_path.iterdir()) == []


def test_a_file_gets_a_second_name_in_the_place_of_another_file(tmp_path):
    (tmp_path / "a").write_bytes(b"new")
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "a").write_bytes(b"old")
    link_into(tmp_path / "there", [tmp_path / "a"])
    link_into(tmp_path / "there", [tmp_path / "a"])  # once more does no harm
    (tmp_path / "a").unlink()
    assert (tmp_path / "there" / "a").read_bytes() == b"new"


def test_where_the_file_system_knows_no_links_files_are_copied(tmp_path, monkeypatch):
    def unsupported(*_paths):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("os.link", unsupported)
    (tmp_path / "a").write_bytes(b"content")
    link_into(tmp_path / "there", [tmp_path / "a"])
    assert (tmp_path / "there" / "a").read_bytes() == (tmp_path / "a").read_bytes() == b"content"
    with pytest.raises(CannotWrite):
        link_into(tmp_path / "there", [tmp_path / "missing"])
