"""A FHIR transaction over HTTPS: whom it is given to, and what of the answer counts."""

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from core.errors import SettingsInvalid
from core.settings import FhirSettings
from pacs.fhir import FhirRefused, FhirUnreachable, post_transaction

TOKEN = "PROSECTOR_TEST_FHIR_TOKEN"


@contextmanager
def server(context: ssl.SSLContext | None, status: int, body: bytes, head: dict[str, str] | None = None) -> Iterator:
    """A server that answers everything alike; yields its port and what came."""
    came: list[tuple[str, dict[str, str], bytes]] = []

    class Request(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            came.append((self.path, dict(self.headers), content))
            self.send_response(status)
            for name, value in (head or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Quiet(HTTPServer):
        def handle_error(self, *_: object) -> None:
            """A client that hangs up is what some tests are about."""

    with Quiet(("127.0.0.1", 0), Request) as running:
        if context is not None:
            running.socket = context.wrap_socket(running.socket, server_side=True)
        thread = threading.Thread(target=running.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield running.server_address[1], came
        finally:
            running.shutdown()
            thread.join()


def tls_of(issuer, *, wants_certificate: bool = False) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=issuer.ca)
    context.load_cert_chain(*issuer.issue("ehr"))
    context.verify_mode = ssl.CERT_REQUIRED if wants_certificate else ssl.CERT_NONE
    return context


def site(port: int, scheme: str = "https", **more) -> FhirSettings:
    return FhirSettings(url=f"{scheme}://127.0.0.1:{port}/fhir/r4", answer_timeout_s=3, **more)


def outcome(text: str) -> dict:
    return {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "error", "code": "x", "details": {"text": text}}],
    }


TAKEN = json.dumps({"resourceType": "Bundle", "entry": [{"response": {"status": "201 Created"}}]}).encode()


def test_over_https_the_bundle_goes_with_its_token_to_the_base_address(issuer, monkeypatch):
    monkeypatch.setenv(TOKEN, "s3cret\n")
    with server(tls_of(issuer), 200, TAKEN) as (port, came):
        post_transaction(site(port, ca=issuer.ca, token_variable=TOKEN), '{"name": "Müller"}'.encode())
    ((path, headers, content),) = came
    assert path == "/fhir/r4"
    assert headers["Authorization"] == "Bearer s3cret"
    assert headers["Content-Type"] == "application/fhir+json; charset=utf-8"
    assert json.loads(content) == {"name": "Müller"}


def test_a_server_that_is_not_trusted_gets_neither_report_nor_token(issuer, other_issuer, monkeypatch):
    monkeypatch.setenv(TOKEN, "s3cret")
    with (
        server(tls_of(other_issuer), 200, TAKEN) as (port, came),
        pytest.raises(FhirUnreachable, match="certificate that is not trusted"),
    ):
        post_transaction(site(port, ca=issuer.ca, token_variable=TOKEN), b"{}")
    assert came == []


def test_our_certificate_is_shown_where_the_server_wants_one(issuer):
    certificate, key = issuer.issue("station")
    with server(tls_of(issuer, wants_certificate=True), 200, TAKEN) as (port, came):
        post_transaction(site(port, ca=issuer.ca, certificate=certificate, key=key), b"{}")
        with pytest.raises(FhirUnreachable):
            post_transaction(site(port, ca=issuer.ca), b"{}")
    assert len(came) == 1


def test_no_redirect_is_followed(issuer):
    with (
        server(None, 307, b"", {"Location": "http://elsewhere.example/"}) as (port, came),
        pytest.raises(FhirRefused, match="HTTP 307"),
    ):
        post_transaction(site(port, "http"), b"{}")
    assert len(came) == 1


def test_a_part_that_was_not_taken_is_no_success():
    refused = {"response": {"status": "422 Unprocessable", "outcome": outcome("Unknown code system")}}
    answer = {"resourceType": "Bundle", "type": "batch-response", "entry": [{"response": {"status": "200"}}, refused]}
    with (
        server(None, 200, json.dumps(answer).encode()) as (port, _),
        pytest.raises(FhirRefused, match=r"only a part of the report .*Unknown code system"),
    ):
        post_transaction(site(port, "http"), b"{}")


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b'{"issue": 7}', b'{"resourceType": "OperationOutcome", "issue": "no"}']
)
def test_a_refusal_without_readable_words_is_still_a_refusal(body):
    with server(None, 400, body) as (port, _), pytest.raises(FhirRefused, match=r"HTTP 400\): it says no more"):
        post_transaction(site(port, "http"), b"{}")


def test_a_server_that_is_not_there_may_be_asked_again():
    with server(None, 200, TAKEN) as (port, _):
        pass
    with pytest.raises(FhirUnreachable, match="cannot be reached"):
        post_transaction(site(port, "http"), b"{}")


def test_a_server_that_says_nothing_may_be_asked_again():
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        asked = site(silent.getsockname()[1], "http").model_copy(update={"answer_timeout_s": 0.2})
        with pytest.raises(FhirUnreachable, match="did not answer in time"):
            post_transaction(asked, b"{}")


def test_patients_data_never_leaves_this_machine_unencrypted_unless_the_site_says_so():
    with pytest.raises(ValueError, match="unencrypted"):
        FhirSettings(url="http://ehr.example/fhir")
    assert FhirSettings(url="http://ehr.example/fhir", unencrypted=True).url.scheme == "http"


def test_a_missing_token_is_named_and_nothing_is_sent(monkeypatch):
    import keyring

    monkeypatch.delenv(TOKEN, raising=False)
    monkeypatch.setattr(keyring, "get_password", lambda *_: None)
    with (
        server(None, 200, TAKEN) as (port, came),
        pytest.raises(SettingsInvalid, match=TOKEN),
    ):
        post_transaction(site(port, "http", token_variable=TOKEN), b"{}")
    assert came == []
