"""Health and metrics over http: `/healthz` and `/metrics`, nothing else, and nothing of patients."""

import logging
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

from core.errors import ProsectorError
from pacs.server import PortTaken

_LOGGER = logging.getLogger(__name__)
Page = Callable[[], tuple[int, str]]
"""Returns the HTTP status and the text of one page."""


class StatusServer:
    """Serves pages by path for the time of a `with` block; port 0 takes a free one. Raises `PortTaken`."""

    def __init__(self, host: str, port: int, pages: dict[str, Page]) -> None:
        self._host, self._asked_port, self._pages = host, port, pages
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        """The port that it serves."""
        return self._asked_port if self._server is None else self._server.server_address[1]

    def __enter__(self) -> Self:
        try:
            self._server = _Server((self._host, self._asked_port), _handler(self._pages))
        except OSError as error:
            raise PortTaken(
                f"Health and metrics cannot be served on {self._host}:{self._asked_port} ({error.strerror}); close the "
                "other program that uses the port, or choose another one (watch.http_port)."
            ) from error
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), name="watch http")
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
            self._server = None


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True


def _handler(pages: dict[str, Page]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 5.0  # for a peer that connects and says nothing

        def do_GET(self) -> None:
            page = pages.get(self.path.partition("?")[0])
            status, text = (404, "There is /healthz and /metrics.\n") if page is None else _made(page)
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            _LOGGER.debug(format, *args)

    return Handler


def _made(page: Page) -> tuple[int, str]:
    try:
        return page()
    except ProsectorError as error:
        return 503, f"{error}\n"
