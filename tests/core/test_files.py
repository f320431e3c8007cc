"""A file is written whole or not at all."""

import pytest

from core.errors import CannotWrite
from core.files import write_bytes, write_text, write_whole


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
