"""Our Storage SCP: it answers 0x0000 only for a file that is whole on the disk."""

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pynetdicom.association import Association

from core.settings import DimseNode, ThisNode
from pacs.association import Patience, associate
from pacs.contexts import LITTLE_ENDIAN, for_sending
from pacs.listener import Listener


@pytest.fixture
def heard() -> list[Path]:
    return []


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    return tmp_path / "inbox"


@pytest.fixture
def sender(this_node: ThisNode, inbox: Path, heard: list[Path]) -> Iterator[Association]:
    """A modality that has an association with our listener."""
    with Listener(this_node, inbox, heard.append) as listener:
        node = DimseNode.model_validate(
            {"name": "us", "ae_title": this_node.ae_title, "host": this_node.host, "port": listener.port}
        )
        modality = ThisNode.model_validate({"ae_title": "MODALITY"})
        contexts = for_sending([("1.2.840.10008.5.1.4.1.1.4", LITTLE_ENDIAN[0])])
        with associate(node, modality, contexts, Patience(5)) as association:
            yield association


def test_an_instance_is_filed_by_study_and_told_of(
    sender: Association, inbox: Path, heard: list[Path], make_image: Callable[..., Dataset]
) -> None:
    image = make_image()
    assert sender.send_c_store(image).Status == 0x0000
    (file,) = heard
    assert file == inbox / image.StudyInstanceUID / f"{image.SOPInstanceUID}.dcm"
    assert dcmread(file) == image


def test_a_full_disk_is_answered_out_of_resources_and_leaves_nothing_behind(
    sender: Association,
    inbox: Path,
    heard: list[Path],
    make_image: Callable[..., Dataset],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    image = make_image()
    with monkeypatch.context() as disk:
        disk.setattr("core.files.os.fsync", full)
        answer = sender.send_c_store(image)

    assert answer.Status == 0xA700
    assert answer.ErrorComment == "Out of resources: No space left on device"
    assert [file for file in inbox.rglob("*") if file.is_file()] == []
    assert heard == []
    assert sender.send_c_store(image).Status == 0x0000  # and the next one is taken again


@pytest.mark.filterwarnings("ignore:Invalid value for VR UI")  # pydicom's word on what the test sends on purpose
@pytest.mark.parametrize(
    ("attribute", "value", "status", "comment"),
    [
        ("StudyInstanceUID", "../../etc", 0xC000, "StudyInstanceUID is missing or not a UID"),
        ("StudyInstanceUID", "", 0xC000, "StudyInstanceUID is missing or not a UID"),
        ("SOPInstanceUID", "1.2.3", 0xA900, "The SOP Instance UID differs from that of the request"),
    ],
)
def test_an_instance_that_cannot_be_filed_safely_is_refused(
    attribute: str,
    value: str,
    status: int,
    comment: str,
    sender: Association,
    tmp_path: Path,
    inbox: Path,
    make_image: Callable[..., Dataset],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pynetdicom._config.STORE_SEND_CHUNKED_DATASET", True)
    image = make_image()
    image.save_as(tmp_path / "image.dcm", enforce_file_format=True)  # the request will bear this SOP Instance UID
    content = (tmp_path / "image.dcm").read_bytes()
    start = content.index(image[attribute].value.encode(), content.index(b"\x08\x00\x05\x00CS"))
    length = len(image[attribute].value)
    padded = length + length % 2
    forged = content[:start] + value.encode().ljust(padded, b"\0") + content[start + padded :]
    (tmp_path / "image.dcm").write_bytes(forged)

    answer = sender.send_c_store(tmp_path / "image.dcm")

    assert (answer.Status, answer.ErrorComment) == (status, comment)
    assert not inbox.exists() or not [file for file in inbox.rglob("*") if file.is_file()]


def test_without_a_folder_only_what_was_asked_for_is_taken(
    this_node: ThisNode, make_image: Callable[..., Dataset]
) -> None:
    with Listener(this_node, None) as listener:
        node = DimseNode.model_validate(
            {"name": "us", "ae_title": this_node.ae_title, "host": this_node.host, "port": listener.port}
        )
        contexts = for_sending([("1.2.840.10008.5.1.4.1.1.4", LITTLE_ENDIAN[0])])
        with associate(node, this_node, contexts, Patience(5)) as association:
            answer = association.send_c_store(make_image())
    assert (answer.Status, answer.ErrorComment) == (0x0124, "This station did not ask for that study")
