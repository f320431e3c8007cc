"""`prosector check`: every peer is tried, both directions, and each failure says what to change on which side."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from behaving_scp import AE_TITLE, PRODUCTS, STORAGE_AE_TITLE, BehavingArchive, Behaviour

from core.audit import verify
from core.progress import Cancelled, Silent
from core.settings import Settings, ThisNode
from pacs.listener import Listener
from service.check import Line, Outcome, Step, check, peers
from service.cli import main
from service.workspace import Workspace, open_workspace

Behaving = Callable[..., BehavingArchive]
MakeStudy = Callable[..., list[Path]]
OK, FAILED, SKIPPED = Outcome.OK, Outcome.FAILED, Outcome.SKIPPED
_TODAY = f"{date.today():%Y%m%d}"  # noqa: DTZ011 - as archives keep it


@pytest.fixture(autouse=True)
def _impatient_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that is made and closed again keeps pynetdicom's server waiting for a request."""
    monkeypatch.setattr("pacs.server._GRACE_S", 0.1)


@pytest.fixture
def workspace(tmp_path: Path, this_node: ThisNode) -> Iterator[Callable[..., Workspace]]:
    """Return a function that opens a workstation with these settings."""
    with ExitStack() as stack:

        def start(**settings: Any) -> Workspace:
            known = {"data_folder": tmp_path / "data", "this_node": this_node}
            ws = open_workspace(Settings.model_validate(known | settings))
            stack.callback(ws.close)
            return ws

        yield start


def _at(archive: Any, **changes: Any) -> dict[str, Any]:
    return {"name": "PACS", "ae_title": AE_TITLE, "host": "127.0.0.1", "port": archive.port} | changes


def _lines(ws: Workspace, name: str, *, store: bool = False) -> dict[Step, Line]:
    (peer,) = [peer for peer in peers(ws, store=store) if peer.name.startswith(name)]
    return {line.step: line for line in check(peer, Silent())}


def _outcomes(lines: dict[Step, Line]) -> dict[Step, Outcome]:
    return {step: line.outcome for step, line in lines.items()}


# ------------------------------------------------------------------ what works


def test_orthanc_passes_every_step_and_keeps_the_test_object_once(
    orthanc: Any, workspace: Callable[..., Workspace]
) -> None:
    orthanc.clear()
    node = orthanc.node(profile="orthanc").model_dump(exclude_unset=True)
    ws = workspace(this_node=orthanc.this_node, archives=[node])
    for _ in range(2):
        lines = _lines(ws, "Orthanc", store=True)
        assert _outcomes(lines) == dict.fromkeys(_STEPS, OK), lines
    assert lines[Step.GET].sentence == lines[Step.MOVE].sentence == "1 image came."
    assert "commits to keep" in lines[Step.COMMITMENT].sentence

    (study,) = orthanc.rest("/studies?expand")
    assert study["PatientMainDicomTags"]["PatientID"] == "PROSECTOR-TEST"
    assert study["PatientMainDicomTags"]["PatientName"] == "PROSECTOR^CONNECTION TEST"
    assert len(orthanc.rest("/instances")) == 1
    assert verify(ws.settings.audit_trail) > 8
    assert "CONNECTION" not in ws.settings.audit_trail.read_text()
    orthanc.clear()


_STEPS = (
    Step.CONNECTION, Step.ECHO, Step.KINDS, Step.STORE, Step.COMMITMENT, Step.FIND, Step.GET, Step.MOVE,
)  # fmt: skip


def test_dcmqrscp_has_no_commitment_and_that_is_no_failure(dcmqrscp: Any, workspace: Callable[..., Workspace]) -> None:
    node = dcmqrscp.node(profile="dcmtk").model_dump(exclude_unset=True)
    lines = _lines(workspace(this_node=dcmqrscp.this_node, archives=[node]), "dcmqrscp", store=True)
    assert _outcomes(lines) == dict.fromkeys(_STEPS, OK) | {Step.COMMITMENT: SKIPPED}, lines
    assert lines[Step.COMMITMENT].sentence == "DCMTK dcmqrscp has none; what is sent is read back instead."


def test_without_a_test_object_a_small_study_of_today_is_brought_and_nothing_is_sent(
    behaving: Behaving, make_study: MakeStudy, workspace: Callable[..., Workspace]
) -> None:
    archive = behaving(Behaviour(), make_study(StudyDate=_TODAY))
    archive.hold(make_study(StudyDate="20010101"))
    ws = workspace(archives=[_at(archive)])
    lines = _lines(ws, "PACS")
    assert set(_outcomes(lines).values()) == {OK}
    assert lines[Step.FIND].sentence == "It answers a query: 1 study of today."
    assert lines[Step.GET].sentence == lines[Step.MOVE].sentence == "3 images came."  # the smaller of two series
    assert len(archive.images) == 16
    assert not list(ws.settings.cache_folder.parent.rglob("*.dcm"))


def test_orthanc_by_dicomweb_passes_every_step(orthanc: Any, workspace: Callable[..., Workspace]) -> None:
    orthanc.clear()
    node = {"name": "Web", "url": f"http://127.0.0.1:{orthanc.http_port}/dicom-web/"}
    lines = _lines(workspace(archives=[node]), "Web", store=True)
    assert _outcomes(lines) == dict.fromkeys((Step.CONNECTION, Step.STORE, Step.FIND, Step.WADO), OK), lines
    orthanc.clear()


# ------------------------------------------------------------------ what does not


@contextmanager
def _firewall() -> Iterator[int]:
    """A port at which connections are dropped without a word: its queue is full and nobody takes any."""
    with ExitStack() as stack:
        server = stack.enter_context(socket.socket())
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for _ in range(4):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(server.getsockname())
        yield server.getsockname()[1]


def test_a_firewall_that_drops_everything_is_told_as_that(workspace: Callable[..., Workspace]) -> None:
    with _firewall() as port:
        node = {"name": "PACS", "ae_title": AE_TITLE, "host": "127.0.0.1", "port": port, "connect_timeout_s": 0.3}
        lines = _lines(workspace(archives=[node]), "PACS")
    assert lines[Step.CONNECTION].outcome is FAILED
    assert "did not answer within 0.3 s, as when a firewall drops" in lines[Step.CONNECTION].sentence
    assert f"On the network: allow this machine to reach 127.0.0.1:{port}." in lines[Step.CONNECTION].sentence
    assert {line.outcome for step, line in lines.items() if step is not Step.CONNECTION} == {SKIPPED}
    assert lines[Step.ECHO].sentence == "“Connection” has to work first."


@pytest.mark.parametrize(
    ("behaviour", "changes", "step", "outcome", "told"),
    [
        (None, {"host": "no-such-host.invalid"}, Step.CONNECTION, FAILED, "Here: correct the host of PACS"),
        (None, {"port": 1}, Step.CONNECTION, FAILED, "nothing listens at its port 1. Here: correct the port of PACS"),
        (
            None,
            {"ae_title": "OTHER"},
            Step.ECHO,
            FAILED,
            "calls itself something other than OTHER; correct that in the",
        ),
        (Behaviour(gets=False), {}, Step.GET, SKIPPED, "It does not offer C-GET; C-MOVE has to do."),
        (Behaviour(gets=False), {"retrieve": "get"}, Step.GET, FAILED, "Here: set retrieve to another way."),
        (None, {"retrieve": "get"}, Step.MOVE, SKIPPED, "The settings retrieve from it by C-GET alone."),
        (PRODUCTS["ge-centricity"], {"profile": "ge-centricity"}, Step.KINDS, FAILED, "store_ae_title and store_port"),
    ],
)
def test_a_step_that_fails_says_what_to_change_on_which_side(
    behaviour: Behaviour | None,
    changes: dict[str, Any],
    step: Step,
    outcome: Outcome,
    told: str,
    behaving: Behaving,
    make_study: MakeStudy,
    workspace: Callable[..., Workspace],
) -> None:
    archive = behaving(behaviour, make_study(StudyDate=_TODAY))
    line = _lines(workspace(archives=[_at(archive, **changes)]), "PACS")[step]
    assert (line.outcome, told in line.sentence) == (outcome, True), line


def test_an_archive_that_does_not_know_us_is_told_what_to_add_to_its_list(
    behaving: Behaving, make_study: MakeStudy, this_node: ThisNode, workspace: Callable[..., Workspace]
) -> None:
    archive = behaving(Behaviour(), make_study(StudyDate=_TODAY), knows_us=False)
    lines = _lines(workspace(archives=[_at(archive)]), "PACS")
    assert (lines[Step.GET].outcome, lines[Step.MOVE].outcome) == (OK, FAILED)
    assert f"There: add PROSECTOR, 127.0.0.1, port {this_node.port} to the archive's list" in lines[Step.MOVE].sentence


def test_an_address_that_only_this_machine_knows_is_told(
    workspace: Callable[..., Workspace], monkeypatch: pytest.MonkeyPatch
) -> None:
    from service.check_dimse import _DimseTrials

    node = {"name": "PACS", "ae_title": AE_TITLE, "host": "10.0.0.2", "port": 104}
    ws = workspace(archives=[node])
    sentence = _DimseTrials(ws, ws.settings.archives[0])._way_out("move")
    assert "Here: 127.0.0.1 is an address that only this machine knows; set this_node.host to its own." in sentence


def test_an_archive_that_never_commits_is_waited_for_and_told(
    behaving: Behaving, workspace: Callable[..., Workspace]
) -> None:
    archive = behaving(Behaviour(takes_requests_for_commitment=True))
    lines = _lines(workspace(archives=[_at(archive, commitment_wait_s=0.2)]), "PACS", store=True)
    assert lines[Step.COMMITMENT].outcome is FAILED
    assert (
        "no answer came within 0.2 s. There: let it answer to PROSECTOR at 127.0.0.1" in lines[Step.COMMITMENT].sentence
    )
    assert lines[Step.FIND].outcome is OK  # nothing hangs on it


def test_separate_storage_is_tried_at_its_own_title(behaving: Behaving, workspace: Callable[..., Workspace]) -> None:
    archive = behaving(PRODUCTS["philips-intellispace"])
    where = {"store_ae_title": STORAGE_AE_TITLE, "store_port": archive.storage_port}
    node = _at(archive, profile="philips-intellispace", **where)
    lines = _lines(workspace(archives=[node]), "PACS", store=True)
    assert (lines[Step.KINDS].outcome, lines[Step.STORE].outcome, lines[Step.MOVE].outcome) == (OK, OK, OK)
    assert [str(image.PatientID) for image in archive.images] == ["PROSECTOR-TEST"]


def test_an_empty_archive_leaves_nothing_to_retrieve(behaving: Behaving, workspace: Callable[..., Workspace]) -> None:
    lines = _lines(workspace(archives=[_at(behaving())]), "PACS")
    assert lines[Step.FIND].sentence == "It answers a query: 0 studies of the last 60 days."
    assert (lines[Step.GET].outcome, lines[Step.MOVE].outcome) == (SKIPPED, SKIPPED)
    assert "check again with the test object" in lines[Step.GET].sentence


def test_a_port_of_ours_that_another_program_holds_is_told_unless_it_is_prosector(
    behaving: Behaving, this_node: ThisNode, workspace: Callable[..., Workspace]
) -> None:
    ws = workspace(archives=[_at(behaving())])
    assert _lines(ws, "This station")[Step.LISTENER].outcome is OK
    with socket.create_server((this_node.host, this_node.port)):
        line = _lines(ws, "This station")[Step.LISTENER]
        assert (line.outcome, "close the other program" in line.sentence) == (FAILED, True)
    with Listener(this_node, None):
        assert _lines(ws, "This station")[Step.LISTENER].outcome is OK


def test_stopping_ends_between_two_steps(behaving: Behaving, workspace: Callable[..., Workspace]) -> None:
    class Stops:
        def report(self, fraction: float, message: str) -> None:
            if message.endswith("Query"):
                raise Cancelled

    (_, peer) = peers(workspace(archives=[_at(behaving())]))
    heard: list[Step] = []
    with pytest.raises(Cancelled):
        heard.extend(line.step for line in check(peer, Stops()))
    assert heard == [Step.CONNECTION, Step.ECHO, Step.KINDS]


# ------------------------------------------------------------------ RIS and EHR


def test_the_ris_is_connected_to_and_sent_nothing(workspace: Callable[..., Workspace], issuer: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as ris:
        port = ris.getsockname()[1]
        lines = _lines(workspace(ris={"host": "127.0.0.1", "port": port}), "RIS")
        connection, _ = ris.accept()
        with connection:
            assert connection.recv(1) == b""
    assert lines[Step.CONNECTION].outcome is OK
    by_tls = {"host": "127.0.0.1", "port": port, "tls": True, "ca": issuer.ca}
    lines = _lines(workspace(ris=by_tls), "RIS")
    assert _outcomes(lines) == {Step.CONNECTION: FAILED, Step.TLS: SKIPPED}


@contextmanager
def _web_server(status: int, answer: object) -> Iterator[tuple[int, list[str]]]:
    """A server that answers every GET alike; yields its port and the paths that were asked for."""
    asked: list[str] = []

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield running.server_address[1], asked
        running.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("status", "answer", "outcome", "told"),
    [
        (200, {"resourceType": "CapabilityStatement", "fhirVersion": "4.3.0"}, OK, "It speaks FHIR 4.3.0; nothing was"),
        (200, {"resourceType": "Bundle"}, FAILED, "is no FHIR server; correct the address in the settings"),
        (401, {}, FAILED, "it does not know this station's token; set it anew"),
    ],
)
def test_the_ehr_tells_what_it_can_do_or_what_to_change(
    status: int, answer: object, outcome: Outcome, told: str, workspace: Callable[..., Workspace]
) -> None:
    with _web_server(status, answer) as (port, asked):
        lines = _lines(workspace(fhir={"url": f"http://127.0.0.1:{port}/fhir"}), "EHR")
    assert asked == ["/fhir/metadata"]
    assert lines[Step.CONNECTION].outcome is OK
    assert (lines[Step.METADATA].outcome, told in lines[Step.METADATA].sentence) == (outcome, True), lines


def test_a_dicomweb_address_that_is_wrong_is_told(workspace: Callable[..., Workspace]) -> None:
    with _web_server(404, {}) as (port, _):
        lines = _lines(workspace(archives=[{"name": "Web", "url": f"http://127.0.0.1:{port}/dicom-web/"}]), "Web")
    assert _outcomes(lines) == {Step.CONNECTION: OK, Step.FIND: FAILED, Step.WADO: SKIPPED}
    assert "check the address in the settings" in lines[Step.FIND].sentence


# ------------------------------------------------------------------ the command


def test_the_command_prints_a_line_for_each_step_and_fails_when_one_failed(
    behaving: Behaving,
    make_study: MakeStudy,
    this_node: ThisNode,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    archive = behaving(Behaviour(), make_study(StudyDate=_TODAY))
    file = tmp_path / "prosector.toml"
    file.write_text(
        f'data_folder = "{tmp_path / "data"}"\n[this_node]\nport = {this_node.port}\n'
        f'[[archives]]\nname = "Good"\nae_title = "{AE_TITLE}"\nhost = "127.0.0.1"\nport = {archive.port}\n'
        '[[archives]]\nname = "Gone"\nae_title = "GONE"\nhost = "127.0.0.1"\nport = 1\n'
    )
    monkeypatch.setenv("PROSECTOR_SETTINGS", str(file))

    assert main(["check", "Good"]) == 0
    told = capsys.readouterr().out
    assert "Good\n  ✓ Connection: 127.0.0.1:" in told
    assert "  ✓ Send to us by C-MOVE: 3 images came.\nAll that was tried works.\n" in told

    assert main(["check"]) == 1
    told = capsys.readouterr().out
    assert "Gone\n  ✗ Connection: The machine 127.0.0.1 answers, but nothing listens" in told
    assert "  – Association and echo: “Connection” has to work first." in told
    assert told.endswith("1 step failed.\n")

    assert main(["check", "Nobody"]) == 1
    assert "nobody of that name" in capsys.readouterr().err
