"""What happens when a retrieve does not go as planned: nothing that arrived is lost, and the user is told."""

import errno
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pynetdicom import evt

from core.errors import ArchiveRefused, ArchiveUnreachable, CannotWrite
from core.progress import Cancelled, Silent
from core.settings import ThisNode
from pacs.contexts import FIND, GET, MOVE, for_accepting, for_model, verification
from pacs.dimse import DimseArchive
from pacs.matching import text_of
from pacs.server import Server

Client = Callable[..., DimseArchive]
Serve = Callable[..., Server]


class _Archive:
    """A scripted archive of one study: it finds everything and sends as the test says."""

    def __init__(self, files: list[Path]) -> None:
        self.images = [dcmread(file) for file in files]
        self.study = str(self.images[0].StudyInstanceUID)
        self.asked: list[Dataset] = []
        self.events: list[str] = []

    def start(self, serve: Serve, send: Callable[[Any, list[Dataset]], Iterator[Any]]) -> Server:
        def get(event: Any) -> Iterator[Any]:
            self.asked.append(event.identifier)
            images = [image for image in self.images if _named(event.identifier, image)]
            yield len(images)
            yield from send(event, images)

        contexts = [*for_accepting(), *for_model(FIND), *for_model(GET), *for_model(MOVE)]
        noted = [
            (event, lambda happened, name=name: self.events.append(name))
            for event, name in ((evt.EVT_ABORTED, "aborted"), (evt.EVT_RELEASED, "released"))
        ]
        return serve(contexts, (evt.EVT_C_FIND, self._find), (evt.EVT_C_GET, get), *noted)

    def _find(self, event: Any) -> Iterator[Any]:
        level = event.identifier.QueryRetrieveLevel
        key = {"SERIES": "SeriesInstanceUID", "IMAGE": "SOPInstanceUID"}[level]
        for image in {image[key].value: image for image in self.images if _named(event.identifier, image)}.values():
            answer = Dataset()
            for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "SeriesNumber", "SOPInstanceUID", "SOPClassUID"):
                setattr(answer, keyword, image[keyword].value)
            yield 0xFF00, answer


def _named(identifier: Dataset, image: Dataset) -> bool:
    keys = ("SeriesInstanceUID", "SOPInstanceUID")
    asked = {key: text_of(identifier, key).split("\\") for key in keys if text_of(identifier, key)}
    return all(image[key].value in uids for key, uids in asked.items())


def _all(event: Any, images: list[Dataset]) -> Iterator[Any]:
    for image in images:
        if event.is_cancelled:
            yield 0xFE00, None
            return
        yield 0xFF00, image


class _StopsAt:
    """A user who presses Cancel once so many images are there."""

    def __init__(self, images: int) -> None:
        self._images = images
        self.messages: list[str] = []

    def report(self, fraction: float, message: str) -> None:
        self.messages.append(message)
        if fraction * 8 >= self._images:
            raise Cancelled


class _StopsWhen:
    """A user who presses Cancel when a message begins so."""

    def __init__(self, message: str) -> None:
        self._message = message

    def report(self, fraction: float, message: str) -> None:
        if message.startswith(self._message):
            raise Cancelled


@pytest.fixture
def archive(make_study: Callable[..., list[Path]]) -> _Archive:
    return _Archive(make_study())


def test_progress_counts_images(archive: _Archive, serve: Serve, client_of: Client, tmp_path: Path) -> None:
    watched = _StopsAt(99)
    client_of(archive.start(serve, _all)).retrieve(archive.study, tmp_path, watched)
    assert watched.messages[0] == "asking Embedded"
    assert "waiting for Embedded" in watched.messages
    assert watched.messages[-1] == "8 of 8 images"


def test_cancelling_keeps_what_came_and_releases_the_association(
    archive: _Archive, serve: Serve, client_of: Client, tmp_path: Path
) -> None:
    def slowly(event: Any, images: list[Dataset]) -> Iterator[Any]:
        for answer in _all(event, images):
            threading.Event().wait(0.06)
            yield answer

    client = client_of(archive.start(serve, slowly))
    with pytest.raises(Cancelled):
        client.retrieve(archive.study, tmp_path, _StopsAt(2))

    came = list(tmp_path.glob("*.dcm"))
    assert 2 <= len(came) < 8
    assert "aborted" not in archive.events
    assert client.retrieve(archive.study, tmp_path, Silent()) == 8


def test_cancelling_does_not_wait_for_an_archive_that_has_not_begun(
    archive: _Archive, serve: Serve, client_of: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pacs.transfer._CANCEL_GRACE_S", 0.2)
    over = threading.Event()

    def tape(event: Any, images: list[Dataset]) -> Iterator[Any]:
        over.wait(20)
        yield from _all(event, images)

    client = client_of(archive.start(serve, tape), connect_timeout_s=0.5)
    started = time.monotonic()
    with pytest.raises(Cancelled):
        client.retrieve(archive.study, tmp_path, _StopsWhen("waiting"))
    assert time.monotonic() - started < 5
    over.set()


def test_images_that_the_archive_cannot_send_are_counted_and_the_others_stay(
    archive: _Archive, serve: Serve, client_of: Client, tmp_path: Path
) -> None:
    def some(event: Any, images: list[Dataset]) -> Iterator[Any]:
        for number, image in enumerate(images):
            yield 0xFF00, image if number < 2 else "not a dataset"

    client = client_of(archive.start(serve, some))
    with pytest.raises(ArchiveRefused, match=r"only 4 of 8 images came from Embedded at .*What came is kept; retrieve"):
        client.retrieve(archive.study, tmp_path, Silent())
    assert len(list(tmp_path.glob("*.dcm"))) == 4


def test_a_lost_connection_is_made_anew_and_only_the_rest_is_fetched(
    archive: _Archive, serve: Serve, client_of: Client, tmp_path: Path
) -> None:
    def cut_once(event: Any, images: list[Dataset]) -> Iterator[Any]:
        for number, image in enumerate(images):
            if len(archive.asked) == 1 and number == 3:
                event.assoc.abort()
            yield 0xFF00, image

    assert client_of(archive.start(serve, cut_once)).retrieve(archive.study, tmp_path, Silent()) == 8
    assert len(text_of(archive.asked[1], "SOPInstanceUID").split("\\")) == 2  # five images, three of which had come


def test_an_archive_that_stops_in_the_middle_is_named_with_what_came(
    archive: _Archive, serve: Serve, client_of: Client, tmp_path: Path
) -> None:
    over = threading.Event()

    def stall(event: Any, images: list[Dataset]) -> Iterator[Any]:
        for number, image in enumerate(images):
            if number == 3:
                over.wait(20)
            yield 0xFF00, image

    client = client_of(archive.start(serve, stall), retrieve_timeout_s=0.4)
    told = r"stopped answering for 0.4 s while sending a study; .* 3 of 8 images are here and stay"
    with pytest.raises(ArchiveUnreachable, match=told):
        client.retrieve(archive.study, tmp_path, Silent())
    over.set()


def test_an_archive_that_is_slow_but_steady_is_waited_for(
    archive: _Archive, serve: Serve, client_of: Client, tmp_path: Path
) -> None:
    def steady(event: Any, images: list[Dataset]) -> Iterator[Any]:
        for image in images:
            threading.Event().wait(0.15)
            yield 0xFF00, image

    client = client_of(archive.start(serve, steady), retrieve_timeout_s=0.5)
    assert client.retrieve(archive.study, tmp_path, Silent()) == 8  # 1.2 s in all


def test_a_full_disk_ends_the_retrieve_and_leaves_no_half_file(
    archive: _Archive, serve: Serve, client_of: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(archive.start(serve, _all))
    written: list[int] = []

    def full(descriptor: int) -> None:
        written.append(descriptor)
        if len(written) > 4:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("core.files.os.fsync", full)
    with pytest.raises(CannotWrite, match=r"could not be written \(No space left on device\)"):
        client.retrieve(archive.study, tmp_path, Silent())
    monkeypatch.undo()

    here = sorted(tmp_path.iterdir())
    assert here
    assert all(file.suffix == ".dcm" and not file.name.startswith(".") for file in here)
    for file in here:
        assert dcmread(file).pixel_array.shape == (32, 48)
    assert client.retrieve(archive.study, tmp_path, Silent()) == 8


def test_a_c_move_that_sends_nothing_is_waited_for_and_then_given_up(
    archive: _Archive,
    serve: Serve,
    client_of: Client,
    tmp_path: Path,
    this_node: ThisNode,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pacs.server._GRACE_S", 0.2)
    over = threading.Event()
    server = archive.start(serve, _all)

    def move(event: Any) -> Iterator[Any]:
        yield this_node.host, this_node.port, {"contexts": [verification()]}
        yield 8
        over.wait(20)
        yield 0xFF00, archive.images[0]

    server._server.bind(evt.EVT_C_MOVE, move)
    watched = _StopsAt(99)
    client = client_of(server, this_node, retrieve="move", retrieve_timeout_s=0.6)
    with pytest.raises(ArchiveUnreachable, match=r"stopped answering for 0.6 s while sending a study"):
        client.retrieve(archive.study, tmp_path, watched)
    assert watched.messages.count("waiting for Embedded") > 2
    over.set()
    with socket.create_server((this_node.host, this_node.port)):
        pass  # our listener is gone again
