"""TLS for DIMSE, both sides with a certificate (PS3.15 B.12, BCP 195: RFC 8996 and RFC 9325)."""

import socket
import ssl

from core.errors import ArchiveRefused, SettingsInvalid
from core.settings import DimseNode, ThisNode, Tls

_CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM"  # of TLS 1.2; those of 1.3 are all allowed


def requesting(tls: Tls) -> ssl.SSLContext:
    """Return the context for associations that we request; raises `SettingsInvalid`."""
    return _context(ssl.PROTOCOL_TLS_CLIENT, tls)


def accepting(tls: Tls) -> ssl.SSLContext:
    """Return the context for associations that we accept, from peers with a certificate alone."""
    context = _context(ssl.PROTOCOL_TLS_SERVER, tls)
    context.verify_mode = ssl.CERT_REQUIRED
    return context


def host_of(node: DimseNode) -> str:
    """Return the name that the certificate of an archive must bear."""
    return node.tls_name or node.host


def own_tls(node: DimseNode, this_node: ThisNode) -> Tls:
    """Return our certificate for an archive that wants TLS; raises `SettingsInvalid` when there is none."""
    if this_node.tls is None:
        raise SettingsInvalid(
            f"{node.name} is spoken to by TLS, but [this_node.tls] names no certificate, key and ca; add them."
        )
    return this_node.tls


def require_handshake(node: DimseNode, this_node: ThisNode) -> None:
    """Raise `ArchiveRefused` with the reason why no TLS connection with the archive comes about."""
    context, where = requesting(own_tls(node, this_node)), f"{node.name} at {node.host}:{node.port}"
    try:
        with (
            socket.create_connection((node.host, node.port), node.connect_timeout_s) as plain,
            context.wrap_socket(plain, server_hostname=host_of(node)),
        ):
            return
    except ssl.SSLCertVerificationError as error:
        raise ArchiveRefused(
            f"{where} has a certificate that is not trusted here ({error.verify_message}); check `ca` and `tls_name` "
            "in the settings."
        ) from error
    except ssl.SSLError as error:
        raise ArchiveRefused(
            f"{where} and this station could not agree on TLS ({error.reason}); check that the port is the one for TLS "
            "and that the archive knows this station's certificate."
        ) from error
    except OSError:
        return  # not a matter of TLS


def _context(protocol: int, tls: Tls) -> ssl.SSLContext:
    context = ssl.SSLContext(protocol)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(_CIPHERS)
    try:
        context.load_cert_chain(tls.certificate, tls.key)
        context.load_verify_locations(tls.ca)
    except OSError as error:
        raise SettingsInvalid(
            f"The TLS files {tls.certificate}, {tls.key} and {tls.ca} cannot be used ({error.strerror or error})."
        ) from error
    return context
