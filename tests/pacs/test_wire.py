"""DIMSE messages on a socket, written here byte by byte as PS3.8 9.3 says."""

import socket
import struct
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest

from core.settings import DimseNode
from pacs.association import ConnectionLost, Patience
from pacs.command import Command, Field, cancel, decoded, request, store_response
from pacs.wire import Wire

_NODE = DimseNode(name="PACS", ae_title="PACS", host="127.0.0.1", port=104, connect_timeout_s=0.2)
_COMMAND, _LAST = 1, 2


class _Peer:
    """The other end of an association that is established, with 64 bytes as its longest PDU."""

    def __init__(self) -> None:
        self.socket, self._ours = socket.socketpair()
        dul = SimpleNamespace(kill_dul=lambda: None, join=lambda: None, socket=SimpleNamespace(socket=self._ours))
        self.association = SimpleNamespace(
            dul=dul, acceptor=SimpleNamespace(maximum_length=64), accepted_contexts=[], is_established=True
        )

    def wire(self, timeout_s: float = 2.0) -> Wire:
        return Wire(cast(Any, self.association), _NODE, Patience(timeout_s))

    def say(self, *values: tuple[int, bytes], kind: int = 4) -> None:
        """Send one PDU of presentation data values, each (flags, bytes), in context 1."""
        body = b"".join(struct.pack(">IBB", len(value) + 2, 1, flags) + value for flags, value in values)
        self.socket.sendall(struct.pack(">BxI", kind, len(body)) + body)

    def close(self) -> None:
        self.socket.close()
        self._ours.close()


@pytest.fixture
def peer() -> Iterator[_Peer]:
    peer = _Peer()
    yield peer
    peer.close()


def test_a_message_is_put_together_however_it_is_cut(peer: _Peer) -> None:
    command = request(Field.STORE_RQ, 7, "1.2.3", "1.2.3.4")
    peer.say((_COMMAND, command[:10]))
    peer.say((_COMMAND | _LAST, command[10:]), (0, b"abc"))
    peer.say((0, b"def"), (_LAST, b"g"))
    message = peer.wire().receive()
    assert message is not None
    assert (message.command.field, message.command.message_id) == (Field.STORE_RQ, 7)
    assert (message.command.sop_class_uid, message.command.sop_instance_uid) == ("1.2.3", "1.2.3.4")
    assert bytes(message.data) == b"abcdefg"


def test_two_messages_in_a_row_are_two(peer: _Peer) -> None:
    asked = Command({0x1000: b"1.2\0", 0x0110: b"\x05\0"})
    for status in (0xFF00, 0x0000):
        peer.say((_COMMAND | _LAST, store_response(asked, status, "said")))
    wire = peer.wire()
    answers = [wire.receive(), wire.receive()]
    responses = [answer.command.response for answer in answers if answer]
    assert [(response.status, response.comment) for response in responses] == [(0xFF00, "said"), (0x0000, "said")]


def test_no_pdu_is_longer_than_the_peer_takes(peer: _Peer) -> None:
    command, data = request(Field.STORE_RQ, 1, "1.2." + "3" * 60, "1.2." + "4" * 60), bytes(range(150))
    peer.wire().send(1, command, data)
    sent, got = peer.socket.recv(4096), {_COMMAND: b"", 0: b""}
    while sent:
        kind, length, _, context_id, flags = struct.unpack_from(">BxIIBB", sent)
        assert (kind, context_id) == (4, 1)
        assert length <= 64
        got[flags & _COMMAND] += sent[12 : 6 + length]
        sent = sent[6 + length :]
    assert got == {_COMMAND: command, 0: data}


def test_a_command_set_that_is_cut_off_ends_the_connection_in_words(peer: _Peer) -> None:
    with pytest.raises(ValueError, match="cut off"):
        decoded(cancel(1)[:-1])
    peer.say((_COMMAND | _LAST, cancel(1)[:-1]))
    with pytest.raises(ConnectionLost, match=r"PACS at 127\.0\.0\.1:104 closed the connection"):
        peer.wire().receive()


@pytest.mark.parametrize("kind", [5, 7, 9])
def test_a_release_an_abort_and_what_is_no_pdu_end_the_connection(peer: _Peer, kind: int) -> None:
    peer.socket.sendall(struct.pack(">BxIxxxx", kind, 4))
    wire = peer.wire()
    with pytest.raises(ConnectionLost):
        wire.receive()
    assert not wire.is_alive
    if kind == 5:
        assert peer.socket.recv(10)[0] == 6  # A-RELEASE-RP


def test_a_peer_that_says_nothing_is_none_and_one_that_stops_in_the_middle_too(peer: _Peer) -> None:
    wire = peer.wire(timeout_s=0.15)
    assert wire.receive() is None
    peer.socket.sendall(struct.pack(">BxI", 4, 100) + b"half")
    assert wire.receive() is None


def test_the_end_of_the_block_asks_for_release_and_aborts_a_peer_that_does_not_answer(peer: _Peer) -> None:
    with peer.wire():
        pass
    assert [peer.socket.recv(10)[0], peer.socket.recv(10)[0]] == [5, 7]  # A-RELEASE-RQ, A-ABORT


def test_a_peer_that_answers_the_release_is_not_aborted(peer: _Peer) -> None:
    answering = threading.Thread(target=lambda: peer.socket.sendall(peer.socket.recv(10) and b"\x06\0\0\0\0\4\0\0\0\0"))
    answering.start()
    with peer.wire():
        pass
    answering.join()
    peer.socket.setblocking(False)
    with pytest.raises(BlockingIOError):
        peer.socket.recv(1)
    peer.association.dul.socket.socket.setblocking(False)
    with pytest.raises(BlockingIOError):  # nothing unread is left on our side, which would reset the connection
        peer.association.dul.socket.socket.recv(1)
