"""HL7 messages over TCP and TLS: MLLP release 1, a client that waits for the answer and a listener that gives one."""

import logging
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from core.errors import ProsectorError, SettingsInvalid
from pacs.server import PortTaken

_LOGGER = logging.getLogger(__name__)
_START, _END = b"\x0b", b"\x1c\r"
_MOST = 64 * 2**20
"""Bytes of one message: a report with pictures has a few million."""
_POLL_S = 0.1
_HANDSHAKE_S = 10.0
_MOST_CONNECTIONS = 50


class MllpUnreachable(ProsectorError):
    """No connection could be made or kept, or no answer came in time; the same message may be sent again."""


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """PEM files: whom the other side's certificate must come from, and our own certificate with its key."""

    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None


@dataclass(frozen=True, slots=True)
class MllpPeer:
    """Whom we send to; `tls` is None for plain TCP."""

    name: str
    host: str
    port: int
    connect_timeout_s: float
    answer_timeout_s: float
    tls: TlsFiles | None = None

    @property
    def told(self) -> str:
        """The peer in a sentence."""
        return f"{self.name} ({self.host}:{self.port})"


def client_context(files: TlsFiles) -> ssl.SSLContext:
    """Return TLS 1.2 or later that verifies the server and shows our certificate; raises `SettingsInvalid`."""
    try:
        context = ssl.create_default_context(cafile=files.ca)
        if files.certificate is not None:
            context.load_cert_chain(files.certificate, files.key)
    except (OSError, ValueError) as error:
        raise _unusable(files, error) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _server_context(files: TlsFiles) -> ssl.SSLContext | None:
    if files.certificate is None:
        if files.ca is not None:
            raise SettingsInvalid("A listener that wants certificates of its clients needs one of its own.")
        return None
    try:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=files.ca)
        context.load_cert_chain(files.certificate, files.key)
    except (OSError, ValueError) as error:
        raise _unusable(files, error) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_mode = ssl.CERT_REQUIRED if files.ca else ssl.CERT_NONE
    return context


def _unusable(files: TlsFiles, error: Exception) -> SettingsInvalid:
    named = ", ".join(str(path) for path in (files.ca, files.certificate, files.key) if path)
    return SettingsInvalid(f"The certificates for TLS ({named}) cannot be used: {error}. See to the files.")


# ------------------------------------------------------------------ client


def exchange(peer: MllpPeer, message: bytes, is_answer: Callable[[bytes], bool]) -> bytes:
    """Send one message and return the first answer that `is_answer` says is the one to it; raises `MllpUnreachable`."""
    try:
        with _connected(peer) as connection:
            connection.sendall(_START + message + _END)
            return _answer(connection, peer, is_answer)
    except TimeoutError as error:
        raise MllpUnreachable(f"{peer.told} did not answer within {peer.answer_timeout_s:g} s.") from error
    except ssl.SSLCertVerificationError as error:
        raise MllpUnreachable(
            f"{peer.told} shows a certificate that is not trusted: {error.verify_message}."
        ) from error
    except OSError as error:
        raise MllpUnreachable(f"{peer.told} cannot be reached or hung up: {error.strerror or error}.") from error


def _connected(peer: MllpPeer) -> socket.socket:
    context = None if peer.tls is None else client_context(peer.tls)
    try:
        plain = socket.create_connection((peer.host, peer.port), timeout=peer.connect_timeout_s)
    except TimeoutError as error:
        raise MllpUnreachable(f"{peer.told} took no connection within {peer.connect_timeout_s:g} s.") from error
    try:
        connection = context.wrap_socket(plain, server_hostname=peer.host) if context else plain
    except BaseException:
        plain.close()
        raise
    connection.settimeout(peer.answer_timeout_s)
    return connection


def _answer(connection: socket.socket, peer: MllpPeer, is_answer: Callable[[bytes], bool]) -> bytes:
    deadline, buffer = time.monotonic() + peer.answer_timeout_s, _Frames()
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        connection.settimeout(left)
        came = connection.recv(65536)
        if not came:
            raise MllpUnreachable(f"{peer.told} hung up without an answer.")
        for frame in buffer.feed(came):
            if is_answer(frame):
                return frame


class _Frames:
    """Cuts a stream into messages; what stands between two of them is dropped. Raises ValueError beyond `_MOST`."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, came: bytes) -> list[bytes]:
        searched = max(0, len(self._buffer) - 1)
        self._buffer += came
        frames: list[bytes] = []
        while (end := self._buffer.find(_END, searched)) >= 0:
            start = self._buffer.rfind(_START, 0, end)  # a message that was cut off is followed by a new start
            if start >= 0:
                frames.append(bytes(self._buffer[start + 1 : end]))
            del self._buffer[: end + len(_END)]
            searched = 0
        if len(self._buffer) > _MOST:
            raise ValueError("the message is too long")
        return frames


# ------------------------------------------------------------------ listener


class MllpListener:
    """Takes messages for the time of a `with` block and gives each the answer that `answer` makes of it.

    `answer` is called on a thread of the connection, one message after the other; when it raises, the connection is
    closed without an answer and the sender will send again. Port 0 takes a free one. Raises `PortTaken`,
    `SettingsInvalid`.
    """

    def __init__(
        self,
        host: str,
        port: int,
        answer: Callable[[bytes], bytes],
        *,
        tls: TlsFiles | None = None,
        idle_timeout_s: float = 300.0,
    ) -> None:
        self._host, self._asked_port, self._answer = host, port, answer
        self._context = _server_context(tls or TlsFiles())
        self._idle_timeout_s = idle_timeout_s
        self._stopping = threading.Event()
        self._server: socket.socket | None = None
        self._threads: list[threading.Thread] = []

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return self._asked_port if self._server is None else self._server.getsockname()[1]

    def __enter__(self) -> Self:
        try:
            self._server = socket.create_server((self._host, self._asked_port))
        except OSError as error:
            raise PortTaken(
                f"No orders can be taken on {self._host}:{self._asked_port} ({error.strerror}); close the other program"
                " that uses the port, or choose another one in the settings (orders.port)."
            ) from error
        self._stopping.clear()
        self._server.settimeout(_POLL_S)
        accepting = threading.Thread(target=self._accept, args=(self._server,), name=f"MLLP on port {self.port}")
        self._threads = [accepting]
        accepting.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        for thread in tuple(self._threads):
            thread.join()
        if self._server is not None:
            self._server.close()
            self._server = None

    def _accept(self, server: socket.socket) -> None:
        while not self._stopping.is_set():
            try:
                connection, _ = server.accept()
            except TimeoutError:
                continue
            except OSError:
                _LOGGER.warning("a connection to the order listener ended before it began")
                continue
            self._threads = [thread for thread in self._threads if thread.is_alive()]
            if len(self._threads) > _MOST_CONNECTIONS:
                connection.close()
                continue
            thread = threading.Thread(target=self._serve, args=(connection,), name="MLLP connection")
            self._threads.append(thread)
            thread.start()

    def _serve(self, plain: socket.socket) -> None:
        try:
            plain.settimeout(_HANDSHAKE_S)
            connection = self._context.wrap_socket(plain, server_side=True) if self._context else plain
        except (OSError, ValueError) as error:
            _LOGGER.warning("no TLS with a sender of orders: %s", error)
            plain.close()
            return
        with connection, suppress(OSError, ValueError):  # the sender hung up, or sends without end
            self._converse(connection)

    def _converse(self, connection: socket.socket) -> None:
        connection.settimeout(_POLL_S)
        frames, heard = _Frames(), time.monotonic()
        while not self._stopping.is_set() and time.monotonic() - heard < self._idle_timeout_s:
            try:
                came = connection.recv(65536)
            except TimeoutError:
                continue
            if not came:
                return
            heard = time.monotonic()
            for frame in frames.feed(came):
                self._reply(connection, frame)

    def _reply(self, connection: socket.socket, frame: bytes) -> None:
        try:
            answer = self._answer(frame)
        except Exception as error:
            _LOGGER.exception("an order was not answered")
            raise OSError("no answer") from error
        connection.settimeout(self._idle_timeout_s)
        connection.sendall(_START + answer + _END)
        connection.settimeout(_POLL_S)
