"""MLLP on real sockets: our client against an independent reader, our listener against a plain client, and TLS."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
from hl7.client import MLLPClient

from core.errors import SettingsInvalid
from pacs.mllp import MllpListener, MllpPeer, MllpUnreachable, TlsFiles, exchange
from pacs.server import PortTaken

MESSAGE = b"MSH|^~\\&|A|B|C|D|20260101||ORU^R01|M1|P|2.5.1\rPID|1||P1\r"
ACK = b"MSH|^~\\&|C|D|A|B|20260101||ACK|1|P|2.5.1\rMSA|AA|M1\r"


def framed(content: bytes) -> bytes:
    return b"\x0b" + content + b"\x1c\r"


@contextmanager
def scripted(script: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that runs `script` with its one connection."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            connection, _ = server.accept()
            with connection:
                script(connection)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield server.getsockname()[1]
    finally:
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)  # wakes accept()
        server.close()
        thread.join()


def peer(port: int, **changes) -> MllpPeer:
    return MllpPeer("RIS", "127.0.0.1", port, 1.0, changes.pop("answer_timeout_s", 1.0), **changes)


def anything(_answer: bytes) -> bool:
    return True


def received(connection: socket.socket) -> bytes:
    came = b""
    while not came.endswith(b"\x1c\r"):
        came += connection.recv(4096)
    return came


def test_a_message_goes_in_one_frame_and_its_answer_comes_back_although_in_pieces():
    got: list[bytes] = []

    def ris(connection: socket.socket) -> None:
        got.append(received(connection))
        for piece in (b"noise" + framed(ACK)[:5], framed(ACK)[5:-1], framed(ACK)[-1:]):
            connection.sendall(piece)
            time.sleep(0.02)

    with scripted(ris) as port:
        assert exchange(peer(port), MESSAGE, anything) == ACK
    assert got == [framed(MESSAGE)]


def test_a_late_answer_to_another_message_is_passed_over():
    def ris(connection: socket.socket) -> None:
        received(connection)
        connection.sendall(framed(ACK.replace(b"M1", b"M0")) + framed(ACK))

    with scripted(ris) as port:
        assert exchange(peer(port), MESSAGE, lambda answer: b"|M1" in answer) == ACK


def test_no_answer_in_time_is_said():
    with (
        scripted(lambda connection: (received(connection), connection.recv(1))) as port,
        pytest.raises(MllpUnreachable, match=r"did not answer within 0\.2 s"),
    ):
        exchange(peer(port, answer_timeout_s=0.2), MESSAGE, anything)


def test_a_dribble_of_bytes_does_not_stretch_the_time():
    def ris(connection: socket.socket) -> None:
        received(connection)
        with suppress(OSError):
            for _ in range(40):
                connection.sendall(b"x")
                time.sleep(0.05)

    began = time.monotonic()
    with scripted(ris) as port, pytest.raises(MllpUnreachable, match="did not answer"):
        exchange(peer(port, answer_timeout_s=0.3), MESSAGE, anything)
    assert time.monotonic() - began < 3.0


def test_a_ris_that_hangs_up_is_said():
    with scripted(received) as port, pytest.raises(MllpUnreachable, match="hung up"):
        exchange(peer(port), MESSAGE, anything)


def test_a_ris_that_is_not_there_is_said():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(MllpUnreachable, match=f"RIS \\(127.0.0.1:{port}\\) cannot be reached"):
        exchange(peer(port), MESSAGE, anything)


# ------------------------------------------------------------------ the listener


def test_an_independent_client_is_answered_message_by_message():
    with (
        MllpListener("127.0.0.1", 0, lambda came: b"MSA|AA|" + came[-2:]) as listener,
        MLLPClient("127.0.0.1", listener.port) as client,
    ):
        assert client.send_message(b"MSH|01") == framed(b"MSA|AA|01")
        assert client.send_message(b"MSH|02") == framed(b"MSA|AA|02")


def test_a_message_that_was_cut_off_does_not_spoil_the_next():
    with (
        MllpListener("127.0.0.1", 0, lambda came: came) as listener,
        socket.create_connection(("127.0.0.1", listener.port), 2) as connection,
    ):
        connection.sendall(b"\x0bMSH|half a mess" + framed(b"MSH|whole"))
        assert received(connection) == framed(b"MSH|whole")


def test_a_sender_who_is_not_understood_is_left_without_an_answer(caplog):
    def fail(_came: bytes) -> bytes:
        raise RuntimeError("disk on fire")

    with (
        MllpListener("127.0.0.1", 0, fail) as listener,
        socket.create_connection(("127.0.0.1", listener.port), 2) as connection,
    ):
        connection.sendall(framed(b"MSH|1"))
        assert connection.recv(10) == b""
    assert "was not answered" in caplog.text


def test_a_listener_leaves_at_once_although_a_sender_stays_connected():
    with MllpListener("127.0.0.1", 0, lambda came: came) as listener:
        connection = socket.create_connection(("127.0.0.1", listener.port), 2)
        connection.sendall(framed(b"MSH|1"))
        received(connection)
        began = time.monotonic()
    assert time.monotonic() - began < 1.5
    connection.close()


def test_an_idle_sender_is_hung_up_on():
    with (
        MllpListener("127.0.0.1", 0, lambda came: came, idle_timeout_s=0.2) as listener,
        socket.create_connection(("127.0.0.1", listener.port), 3) as connection,
    ):
        assert connection.recv(10) == b""


def test_a_taken_port_is_said():
    with (
        MllpListener("127.0.0.1", 0, lambda came: came) as listener,
        pytest.raises(PortTaken, match=rf"No orders can be taken on 127.0.0.1:{listener.port}"),
    ):
        MllpListener("127.0.0.1", listener.port, lambda came: came).__enter__()


# ------------------------------------------------------------------ TLS


@contextmanager
def tls_listener(issuer) -> Iterator[MllpListener]:
    with MllpListener("127.0.0.1", 0, lambda _: ACK, tls=TlsFiles(issuer.ca, *issuer.issue("server"))) as listener:
        yield listener


def test_both_sides_with_a_certificate_of_the_hospital_speak_tls(issuer):
    with tls_listener(issuer) as listener:
        files = TlsFiles(issuer.ca, *issuer.issue("client"))
        assert exchange(peer(listener.port, tls=files), MESSAGE, anything) == ACK


def test_a_server_that_the_hospital_does_not_trust_gets_nothing(issuer, other_issuer):
    with (
        tls_listener(other_issuer) as listener,
        pytest.raises(MllpUnreachable, match="certificate that is not trusted"),
    ):
        exchange(peer(listener.port, tls=TlsFiles(issuer.ca, *issuer.issue("client"))), MESSAGE, anything)


@pytest.mark.parametrize("kind", ["none", "stranger"])
def test_a_client_without_a_certificate_of_the_hospital_is_turned_away(issuer, other_issuer, kind):
    ours = TlsFiles(issuer.ca) if kind == "none" else TlsFiles(issuer.ca, *other_issuer.issue("client"))
    with tls_listener(issuer) as listener, pytest.raises(MllpUnreachable):
        exchange(peer(listener.port, tls=ours), MESSAGE, anything)


def test_plain_text_to_a_tls_listener_gets_no_answer(issuer):
    with tls_listener(issuer) as listener, pytest.raises(MllpUnreachable):
        exchange(peer(listener.port), MESSAGE, anything)


def test_old_tls_is_refused(issuer):
    with tls_listener(issuer) as listener, socket.create_connection(("127.0.0.1", listener.port), 2) as plain:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(issuer.ca)
        context.set_ciphers("ALL:@SECLEVEL=0")
        with pytest.warns(DeprecationWarning, match="TLSv1_1"):
            context.maximum_version = ssl.TLSVersion.TLSv1_1
        with pytest.raises(ssl.SSLError):
            context.wrap_socket(plain, server_hostname="127.0.0.1")


def test_certificates_that_cannot_be_used_are_named(tmp_path):
    missing = tmp_path / "none.pem"
    with pytest.raises(SettingsInvalid, match="none"):
        exchange(peer(1, tls=TlsFiles(missing)), MESSAGE, anything)
    with pytest.raises(SettingsInvalid, match="needs one of its own"):
        MllpListener("127.0.0.1", 0, lambda came: came, tls=TlsFiles(ca=missing))
