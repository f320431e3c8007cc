"""A file is written whole or not at all."""

import pytest

from core.errors import CannotWrite
from core.files import Batch, link_into, write_bytes, write_text, write_whole


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


def test_files_of_a_batch_have_their_names_when_they_are_safe(tmp_path):
    came = []
    batch = Batch(came.append, most=3)
    for number in range(4):
        batch.add(tmp_path / f"{number}.dcm", b"head", bytearray(b"body"))
    assert sorted(path.name for path in came) == ["0.dcm", "1.dcm", "2.dcm"]
    assert not (tmp_path / "3.dcm").exists()
    batch.commit()
    assert (tmp_path / "3.dcm").read_bytes() == b"headbody"
    assert len(list(tmp_path.iterdir())) == 4


def test_a_batch_never_gives_a_half_file_its_name(tmp_path, monkeypatch):
    def disk_full(file, parts):
        file.write(parts[0])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("core.files._write_parts", disk_full)
    batch = Batch(lambda path: None)
    with pytest.raises(CannotWrite, match=r"1\.dcm could not be written \(No space left on device\)"):
        batch.add(tmp_path / "1.dcm", b"half", b"rest")
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
