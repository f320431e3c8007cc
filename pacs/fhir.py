"""Posting a FHIR transaction over HTTPS, and what the server says of it."""

import http.client
import json
import os
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import closing
from types import MappingProxyType
from typing import Any, cast
from urllib.parse import urlsplit

from core.errors import ProsectorError, SettingsInvalid
from core.settings import FhirSettings
from pacs.mllp import TlsFiles, client_context

_MOST = 16 * 2**20
_AGAIN = frozenset((408, 425, 429))
"""Answers below 500 that mean: later."""
_NOTHING: Mapping[str, str] = MappingProxyType({})
_TOKEN_WORDS = {
    401: "it does not know this station's token; set it anew",
    403: "this station's token may not do that",
    404: "there is no FHIR server at the address in the settings",
    413: "the report is too large for it",
}


class FhirUnreachable(ProsectorError):
    """The server did not answer, or not now; the same bundle may be sent again."""


class FhirRefused(ProsectorError):
    """The server answered, and its answer was no; sending the same again would change nothing."""


def post_transaction(site: FhirSettings, bundle: bytes) -> None:
    """Post a transaction bundle; returns once the server took all of it.

    Raises `FhirUnreachable` when it may be sent again, `FhirRefused` with the words of the server's OperationOutcome,
    `SettingsInvalid`.
    """
    status, content = _posted(site, bundle)
    words = _words(content)
    if status >= 500 or status in _AGAIN:
        raise FhirUnreachable(f"{site.name} answered HTTP {status}{words and f': {words}'}.")
    if not 200 <= status < 300:
        said = words or _TOKEN_WORDS.get(status, "it says no more")
        raise FhirRefused(f"{site.name} refused the report (HTTP {status}): {said.rstrip('.')}.")
    refused = [entry for entry in _entries(content) if not entry.startswith("2")]
    if refused:  # a server that took the transaction for a batch
        raise FhirRefused(
            f"{site.name} took only a part of the report ({words or ', '.join(refused)}); see to it there."
        )


def fhir_version(site: FhirSettings) -> str:
    """Return the version of FHIR that the server says it speaks; raises `FhirUnreachable` and `FhirRefused`."""
    status, content = _answered(site, "GET", "/metadata")
    if status != 200:
        words = _words(content) or _TOKEN_WORDS.get(status, "it says no more")
        raise FhirRefused(f"{site.name} does not tell what it can do (HTTP {status}): {words.rstrip('.')}.")
    told = _parsed(content)
    if told.get("resourceType") != "CapabilityStatement":
        raise FhirRefused(f"What is at {site.url} is no FHIR server; correct the address in the settings.")
    return str(told.get("fhirVersion", ""))


def _posted(site: FhirSettings, bundle: bytes) -> tuple[int, bytes]:
    told = {"Content-Type": "application/fhir+json; charset=utf-8", "Prefer": "return=minimal"}
    return _answered(site, "POST", "", bundle, told)


def _answered(
    site: FhirSettings, method: str, path: str, body: bytes = b"", told: Mapping[str, str] = _NOTHING
) -> tuple[int, bytes]:
    url = urlsplit(str(site.url))
    headers = {"Accept": "application/fhir+json", **told, **_authorization(site)}
    connection = _connection(site, url.hostname or "", url.port)
    try:
        with closing(connection):
            connection.connect()
            cast(socket.socket, connection.sock).settimeout(site.answer_timeout_s)
            connection.request(method, url.path.rstrip("/") + path or "/", body or None, headers)
            answer = connection.getresponse()
            return answer.status, answer.read(_MOST)
    except TimeoutError as error:
        raise FhirUnreachable(f"{site.name} ({site.url}) did not answer in time.") from error
    except ssl.SSLCertVerificationError as error:
        raise FhirUnreachable(
            f"{site.name} shows a certificate that is not trusted: {error.verify_message}."
        ) from error
    except (OSError, http.client.HTTPException) as error:
        why = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise FhirUnreachable(f"{site.name} ({site.url}) cannot be reached or hung up: {why}.") from error


def _connection(site: FhirSettings, host: str, port: int | None) -> http.client.HTTPConnection:
    """No redirect is followed: it would turn the POST into a GET, or take the token elsewhere."""
    if site.url.scheme != "https":
        return http.client.HTTPConnection(host, port, timeout=site.connect_timeout_s)
    context = client_context(TlsFiles(site.ca, site.certificate, site.key))
    return http.client.HTTPSConnection(host, port, timeout=site.connect_timeout_s, context=context)


def _authorization(site: FhirSettings) -> dict[str, str]:
    if not site.token_variable:
        return {}
    token = os.environ.get(site.token_variable) or _from_keyring(site.token_variable)
    if not token:
        raise SettingsInvalid(
            f"The token for {site.name} is neither in the environment variable {site.token_variable} nor in the"
            f" system's keyring; set it, for example with `keyring set prosector {site.token_variable}`."
        )
    return {"Authorization": f"Bearer {token.strip()}"}


def _from_keyring(name: str) -> str | None:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:  # a headless installation has none
        return None
    try:
        return keyring.get_password("prosector", name)
    except KeyringError:  # as none is running, or it stays locked
        return None


def _words(content: bytes) -> str:
    """Return what the OperationOutcomes of an answer say, the first three; empty when it has none."""
    said = (text for outcome in _outcomes(_parsed(content)) for text in _said(outcome))
    return "; ".join(list(dict.fromkeys(said))[:3])


def _parsed(content: bytes) -> Mapping[str, Any]:
    try:
        answer: object = json.loads(content)
    except ValueError:
        return {}
    return cast(dict[str, Any], answer) if isinstance(answer, dict) else {}


def _outcomes(answer: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if answer.get("resourceType") == "OperationOutcome":
        yield answer
    for response in _responses(answer):
        if not str(response.get("status", "2")).startswith("2"):
            yield from _objects([response.get("outcome")])


def _said(outcome: Mapping[str, Any]) -> Iterator[str]:
    for issue in _objects(outcome.get("issue")):
        details = next(_objects([issue.get("details")]), {})
        text = issue.get("diagnostics") or details.get("text") or issue.get("code") or ""
        if text and issue.get("severity") != "information":
            yield " ".join(str(text).split())


def _entries(content: bytes) -> list[str]:
    return [str(response.get("status", "2")) for response in _responses(_parsed(content))]


def _responses(answer: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for entry in _objects(answer.get("entry")):
        yield from _objects([entry.get("response")])


def _objects(values: object) -> Iterator[Mapping[str, Any]]:
    """Yield the objects of a JSON array, whatever else a server may have put there."""
    if isinstance(values, list):
        yield from (cast(dict[str, Any], one) for one in cast(list[object], values) if isinstance(one, dict))
