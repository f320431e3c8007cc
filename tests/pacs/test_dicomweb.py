"""DICOMweb against Orthanc: the same answers as by DIMSE, the same bytes, only what is missing; refusals in words."""

import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from pydicom import dcmread

from core.errors import ArchiveRefused, ArchiveUnreachable, StudyUnreadable
from core.progress import Cancelled, Silent
from core.settings import DicomWebNode
from pacs.archive import StudyQuery
from pacs.dicomweb import DicomWebArchive
from pacs.dimse import DimseArchive

MakeStudy = Callable[..., list[Path]]


def _at(url: str, **changes: object) -> DicomWebArchive:
    return DicomWebArchive(DicomWebNode.model_validate({"name": "Web", "url": url} | changes))


@pytest.fixture(scope="session")
def web(orthanc: Any) -> DicomWebArchive:
    """Orthanc by DICOMweb."""
    archive = _at(f"http://127.0.0.1:{orthanc.http_port}/dicom-web/")
    try:
        archive.echo()
    except ArchiveRefused:
        pytest.skip("Orthanc has no DICOMweb (apt-get install orthanc-dicomweb)")
    return archive


@pytest.fixture
def stored(web: DicomWebArchive, orthanc: Any, make_study: MakeStudy) -> Iterator[list[Path]]:
    """A study that was stored by STOW-RS."""
    orthanc.clear()
    files = make_study()
    web.store(files, Silent())
    yield files
    orthanc.clear()


def _study(files: list[Path]) -> str:
    return str(dcmread(files[0], stop_before_pixels=True).StudyInstanceUID)


def test_what_is_stored_by_web_is_listed_alike_by_both_ways(
    web: DicomWebArchive, orthanc: Any, stored: list[Path]
) -> None:
    by_dimse = DimseArchive(orthanc.node(), orthanc.this_node)
    for query in (StudyQuery(), StudyQuery(patient="Müller Jürgen"), StudyQuery(patient="P1")):
        (one,) = web.find_studies(query)
        assert one == by_dimse.find_studies(query)[0]
    assert web.find_studies(StudyQuery(patient="nobody")) == ()
    series = web.find_series(_study(stored))
    assert series == by_dimse.find_series(_study(stored))
    assert len(web.find_instances(_study(stored), series[0].series_instance_uid)) == 5


def test_the_bytes_that_were_stored_come_back(web: DicomWebArchive, stored: list[Path], tmp_path: Path) -> None:
    assert web.retrieve(_study(stored), tmp_path, Silent()) == 8
    for file in stored:
        sent = dcmread(file)
        assert dcmread(tmp_path / f"{sent.SOPInstanceUID}.dcm") == sent


def test_only_what_is_missing_is_fetched_again(web: DicomWebArchive, stored: list[Path], tmp_path: Path) -> None:
    web.retrieve(_study(stored), tmp_path, Silent())
    first, *others = sorted(tmp_path.iterdir())
    first.unlink()
    before = {path: path.stat().st_mtime_ns for path in others}
    assert web.retrieve(_study(stored), tmp_path, Silent()) == 8
    assert first.exists()
    assert {path: path.stat().st_mtime_ns for path in others} == before


def test_one_series_can_be_fetched_alone(web: DicomWebArchive, stored: list[Path], tmp_path: Path) -> None:
    series = web.find_series(_study(stored))[1].series_instance_uid
    assert web.retrieve(_study(stored), tmp_path, Silent(), series_instance_uid=series) == 3
    assert len(list(tmp_path.iterdir())) == 3


def test_an_archive_that_gives_three_at_once_is_asked_on(web: DicomWebArchive, monkeypatch: Any) -> None:
    held = [{"0020000D": {"vr": "UI", "Value": [f"1.2.{number}"]}} for number in range(7)]
    monkeypatch.setattr(web._client, "search_for_studies", lambda offset, **_: held[offset : offset + 3])
    assert {study.study_instance_uid for study in web.find_studies(StudyQuery())} == {f"1.2.{n}" for n in range(7)}


def test_an_archive_that_knows_no_offset_is_not_asked_for_ever(web: DicomWebArchive, monkeypatch: Any) -> None:
    held = [{"0020000D": {"vr": "UI", "Value": ["1.2.3"]}}]
    monkeypatch.setattr(web._client, "search_for_studies", lambda **_: held)
    assert len(web.find_studies(StudyQuery())) == 1


def test_a_study_that_is_not_there_is_said(web: DicomWebArchive, tmp_path: Path) -> None:
    with pytest.raises(ArchiveRefused, match=r"holds no images of the study 1\.2\.3"):
        web.retrieve("1.2.3", tmp_path, Silent())


def test_what_is_no_dicom_is_not_sent(web: DicomWebArchive, tmp_path: Path) -> None:
    (tmp_path / "letter.dcm").write_text("dear colleague")
    with pytest.raises(StudyUnreadable, match=r"letter.dcm cannot be sent"):
        web.store([tmp_path / "letter.dcm"], Silent())


def test_a_cancelled_retrieve_leaves_whole_files_only(web: DicomWebArchive, stored: list[Path], tmp_path: Path) -> None:
    class Impatient:
        def report(self, fraction: float, message: str) -> None:
            if fraction > 0:
                raise Cancelled

    with pytest.raises(Cancelled):
        web.retrieve(_study(stored), tmp_path, Impatient())
    assert all(dcmread(path).PixelData for path in tmp_path.iterdir())


def test_nobody_listens(free_port: Callable[[], int]) -> None:
    with pytest.raises(ArchiveUnreachable, match="could not be reached or stopped answering"):
        _at(f"http://127.0.0.1:{free_port()}/dicom-web").echo()


def test_a_server_that_says_nothing_is_given_up_after_the_time_of_the_settings() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(ArchiveUnreachable, match="stopped answering"):
            _at(f"http://127.0.0.1:{port}/", read_timeout_s=0.3).echo()


class _Answers(BaseHTTPRequestHandler):
    status = 200
    seen: ClassVar[list[str | None]] = []

    def do_GET(self) -> None:
        self.seen.append(self.headers["Authorization"])
        self.send_response(self.status)
        self.send_header("Content-Type", "application/dicom+json")
        self.end_headers()
        self.wfile.write(b"[]")

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    """A server that answers every query with nothing, in the way that `_Answers.status` says."""
    _Answers.seen = []
    with ThreadingHTTPServer(("127.0.0.1", 0), _Answers) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (401, ArchiveRefused, "does not know this station's token"),
        (403, ArchiveRefused, "may not do that"),
        (404, ArchiveRefused, "check the address in the settings"),
        (503, ArchiveUnreachable, "said no"),
    ],
)
def test_a_refusal_is_told_in_words(
    server: ThreadingHTTPServer, monkeypatch: Any, status: int, kind: type[Exception], words: str
) -> None:
    monkeypatch.setattr(_Answers, "status", status)
    with pytest.raises(kind, match=words):
        _at(f"http://127.0.0.1:{server.server_port}/").echo()


def test_the_token_of_the_environment_goes_with_every_request(server: ThreadingHTTPServer, monkeypatch: Any) -> None:
    archive = _at(f"http://127.0.0.1:{server.server_port}/", token_variable="PACS_TOKEN")
    with pytest.raises(ArchiveRefused, match="PACS_TOKEN is empty"):
        archive.echo()
    monkeypatch.setenv("PACS_TOKEN", "secret")
    archive.echo()
    assert _Answers.seen == ["Bearer secret"]
