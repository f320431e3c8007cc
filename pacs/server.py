"""A DICOM server (SCP) that starts, says its port, and stops without leaving a thread behind."""

import logging
import socket
import ssl
import threading
import time
from collections.abc import Sequence
from socketserver import BaseServer
from typing import Any, cast

from pynetdicom import evt
from pynetdicom.events import Event
from pynetdicom.presentation import PresentationContext
from pynetdicom.transport import ThreadedAssociationServer

from core.errors import ProsectorError
from pacs.association import MAXIMUM_PDU, ClosingSocket, Entity, no_delay

_LOGGER = logging.getLogger(__name__)
_GRACE_S = 2.0
_IDLE_S = 300.0
_REQUEST_S = 10.0  # for a peer that connects and says nothing
_POLL_S = 0.05


class _AssociationServer(ThreadedAssociationServer):
    def get_request(self) -> tuple[socket.socket, tuple[str, int]]:
        """Leave the TLS handshake to the association's thread: here a silent peer would keep all others waiting."""
        client, address = cast(socket.socket, self.socket).accept()
        if self.ssl_context is not None:
            client = self.ssl_context.wrap_socket(client, server_side=True, do_handshake_on_connect=False)
        return client, address


def _opened(event: Event) -> None:
    no_delay(event)
    cast(Any, event.assoc).dul.socket.__class__ = ClosingSocket


class PortTaken(ProsectorError):
    """A server cannot listen because another program does."""


class Server:
    """A running SCP on one host and port; `port` 0 takes a free one."""

    def __init__(
        self,
        ae_title: str,
        host: str,
        port: int,
        contexts: Sequence[PresentationContext],
        handlers: Sequence[Any],
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.entity = Entity(ae_title=ae_title)
        self.entity.require_called_aet = True
        self.entity.maximum_pdu_size = MAXIMUM_PDU
        self.entity.maximum_associations = 50
        self.entity.network_timeout = _IDLE_S
        self.entity.acse_timeout = _REQUEST_S
        try:
            self._server = self.entity.make_server(
                (host, port),
                contexts=list(contexts),
                evt_handlers=[(evt.EVT_CONN_OPEN, _opened), *handlers],
                server_class=_AssociationServer,
                ssl_context=tls,
            )
        except OSError as error:
            raise PortTaken(
                f"{ae_title} cannot listen on {host}:{port} ({error.strerror}); close the other program that uses the "
                "port, or choose another one in the settings."
            ) from error
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_POLL_S,), name=f"{ae_title} listening on {host}:{self.port}"
        )
        self._thread.start()
        _LOGGER.info("%s listens on %s:%d", ae_title, host, self.port)

    def stop(self) -> None:
        """Take no more associations, let the open ones end, abort those that do not end within two seconds."""
        BaseServer.shutdown(self._server)
        self._thread.join()
        self._server.server_close()
        deadline = time.monotonic() + _GRACE_S
        for association in self._server.active_associations:
            association.join(max(0.0, deadline - time.monotonic()))
            if association.is_alive():
                association.abort()
                association.join(_GRACE_S)
