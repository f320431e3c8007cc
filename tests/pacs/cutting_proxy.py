"""What stands between us and an archive: it lets so many bytes of answers through, and then it cuts or swallows."""

import select
import socket
import struct
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Literal, Self

_POLL_S = 0.02


class CuttingProxy:
    """A TCP proxy on 127.0.0.1 for the time of a `with` block; `port` is where it is reached.

    Of each connection the archive's first answer, which accepts the association, and `after` more bytes of what it says
    come through; with None not even that answer. Then the connection is "cut" (reset, as by a crash), or goes "silent"
    (nothing comes through any more and nobody is told, as by a firewall that forgot it). That happens `times` times;
    later connections are whole.
    """

    def __init__(self, port: int, after: int | None, ends: Literal["cut", "silent"], times: int = 1_000_000) -> None:
        self._target, self._after, self._ends, self._left = port, after, ends, times
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self.ended = 0
        """How many connections it has ended so."""

    def __enter__(self) -> Self:
        self._server = socket.create_server(("127.0.0.1", 0))
        self._server.settimeout(_POLL_S)
        self.port: int = self._server.getsockname()[1]
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._threads[0].join()
        for thread in self._threads:
            thread.join()
        self._server.close()

    def _start(self, target: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, name="cutting proxy")
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                client, _ = self._server.accept()
            except TimeoutError:
                continue
            self._start(self._forward, client)

    def _forward(self, client: socket.socket) -> None:
        with client, socket.create_connection(("127.0.0.1", self._target)) as archive:
            left = 0 if self._after is None else None
            while not self._stopping.is_set():
                for one in select.select([client, archive], [], [], _POLL_S)[0]:
                    try:
                        data = one.recv(65536)
                        if one is client:
                            archive.sendall(data)
                        elif left is None:
                            client.sendall(data)
                            left = self._after
                        elif len(data) > left and self._may_end():
                            client.sendall(data[:left])
                            self._end(client)
                            return
                        else:
                            client.sendall(data)
                            left -= len(data)
                    except OSError:
                        return
                    if not data:
                        return

    def _may_end(self) -> bool:
        with self._lock:
            self._left -= 1
            self.ended += self._left >= 0
            return self._left >= 0

    def _end(self, client: socket.socket) -> None:
        if self._ends == "cut":
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        else:
            self._stopping.wait()
