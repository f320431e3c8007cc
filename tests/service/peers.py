"""A RIS and a FHIR server to tell results to: real sockets, read by libraries that are not ours."""

import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import hl7
from fhir.resources.R4B.bundle import Bundle


class Ris(socketserver.ThreadingTCPServer):
    """Takes HL7 messages and answers each as `answers` says next: AA at the end of the list.

    An answer is a code, a code with words (`AE:Unknown accession`), `silent`, `hang up` or `nonsense`.
    """

    allow_reuse_address = True
    daemon_threads = False

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _RisConnection)
        self.answers: list[str] = []
        self.came: list[hl7.Message] = []
        self.stopping = threading.Event()

    @property
    def port(self) -> int:
        return self.server_address[1]


class _RisConnection(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        came = b""
        while not came.endswith(b"\x1c\r"):
            piece = self.request.recv(65536)
            if not piece:
                return
            came += piece
        self._answer(hl7.parse(came[1:-2].decode("utf-8")))

    def _answer(self, message: hl7.Message) -> None:
        server: Ris = self.server
        server.came.append(message)
        answer = server.answers.pop(0) if server.answers else "AA"
        if answer == "hang up":
            return
        if answer == "silent":
            server.stopping.wait(5.0)
            return
        code, _, words = answer.partition(":")
        ack = str(message.create_ack(code)).rstrip("\r") + (f"|{words}" if words else "")  # MSA stands last
        content = b"HTTP/1.1 200 OK" if answer == "nonsense" else f"{ack}\r".encode()
        self.request.sendall(b"\x0b" + content + b"\x1c\r")


class Ehr(ThreadingHTTPServer):
    """A small FHIR server: takes transactions whole or not at all, and keeps what it took by type.

    `answers` are statuses with an optional OperationOutcome's text (`422:Unknown patient`) that it gives first.
    """

    daemon_threads = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _EhrRequest)
        self.answers: list[str] = []
        self.kept: dict[str, list[dict[str, Any]]] = {}
        self.heads: list[dict[str, str]] = []
        self.paths: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/fhir"

    def take(self, content: bytes) -> list[dict[str, Any]]:
        """Keep a transaction; raises LookupError when it refers to what is not here."""
        Bundle.model_validate_json(content)
        entries = json.loads(content)["entry"]
        for reference in _references(entries):
            if "?" in reference and len(self._found(*reference.split("?"))) != 1:
                raise LookupError(f"{reference} matches no resource")
        return [{"response": {"status": self._take(entry)}} for entry in entries]

    def _take(self, entry: dict[str, Any]) -> str:
        resource, request = entry["resource"], entry["request"]
        kind = resource["resourceType"]
        condition = request.get("ifNoneExist") or request["url"].partition("?")[2]
        here = self._found(kind, condition)
        if here and request["method"] == "POST":
            return "200 OK"
        self.kept[kind] = [x for x in self.kept.get(kind, []) if x not in here] + [resource]
        return "200 OK" if here else "201 Created"

    def _found(self, kind: str, condition: str) -> list[dict[str, Any]]:
        ((name, (value,)),) = parse_qs(condition, strict_parsing=True).items()
        if name == "recorded":
            return [x for x in self.kept.get(kind, []) if x["recorded"] == value]
        system, _, wanted = value.rpartition("|")
        return [x for x in self.kept.get(kind, []) if {"system": system, "value": wanted} in _numbers(x)]


def _numbers(resource: dict[str, Any]) -> list[dict[str, str]]:
    return [{"system": x.get("system", ""), "value": x["value"]} for x in resource.get("identifier", [])]


def _references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "reference":
                yield inner
            else:
                yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)


class _EhrRequest(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        server: Ehr = self.server
        content = self.rfile.read(int(self.headers["Content-Length"]))
        server.heads.append(dict(self.headers))
        server.paths.append(self.path)
        if server.answers:
            status, _, words = server.answers.pop(0).partition(":")
            self._say(int(status), _outcome(words) if words else {})
            return
        try:
            taken = server.take(content)
        except LookupError as error:
            self._say(422, _outcome(str(error)))
            return
        self._say(200, {"resourceType": "Bundle", "type": "transaction-response", "entry": taken})

    def _say(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/fhir+json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _outcome(words: str) -> dict[str, Any]:
    return {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "error", "code": "invalid", "diagnostics": words}],
    }


@contextmanager
def running(server: socketserver.BaseServer, on_stop: Callable[[], object] = lambda: None) -> Iterator[None]:
    """Serve for the time of the block."""
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield
    finally:
        on_stop()
        server.shutdown()
        server.server_close()
        thread.join()
