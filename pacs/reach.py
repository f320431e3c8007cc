"""Whether a machine and a port can be reached at all, and what is to be changed when they cannot."""

import socket
import ssl
from contextlib import closing

from core.errors import ProsectorError


class NotReached(ProsectorError):
    """No TCP connection came about; the message says which of the sides has to change what."""


def reach(name: str, host: str, port: int, timeout_s: float) -> str:
    """Connect and hang up, and return our own address on that network; raises `NotReached`."""
    try:
        with closing(socket.create_connection((host, port), timeout_s)) as connection:
            return str(connection.getsockname()[0])
    except socket.gaierror as error:
        raise NotReached(
            f"The host name {host} is not known on this network. Here: correct the host of {name} in the settings."
        ) from error
    except TimeoutError as error:
        raise NotReached(
            f"{host}:{port} did not answer within {timeout_s:g} s, as when a firewall drops what is sent to it. On the "
            f"network: allow this machine to reach {host}:{port}. Here: check that the host of {name} is right."
        ) from error
    except ConnectionRefusedError as error:
        raise NotReached(
            f"The machine {host} answers, but nothing listens at its port {port}. Here: correct the port of {name} in "
            f"the settings. There: start {name}."
        ) from error
    except OSError as error:
        raise NotReached(
            f"{host}:{port} cannot be reached ({error.strerror or error}). Here: check the host of {name}."
        ) from error


def shake_hands(name: str, host: str, port: int, timeout_s: float, context: ssl.SSLContext) -> str:
    """Connect by TLS and hang up, and return its version; raises `NotReached` with what keeps it from coming about."""
    reach(name, host, port, timeout_s)
    try:
        with (
            socket.create_connection((host, port), timeout_s) as plain,
            context.wrap_socket(plain, server_hostname=host) as wrapped,
        ):
            return wrapped.version() or "TLS"
    except ssl.SSLCertVerificationError as error:
        raise NotReached(
            f"{name} shows a certificate that is not trusted here ({error.verify_message}). Here: check `ca` and the "
            f"clock. There: show a certificate for {host}."
        ) from error
    except OSError as error:  # ssl.SSLError among them
        raise NotReached(
            f"{name} and this machine could not agree on TLS ({getattr(error, 'reason', None) or error}). Here: check "
            "that the port is the one for TLS. There: trust the certificate of this machine."
        ) from error
