"""What a hospital has for signing, made for a test: a time-stamping authority, smart cards, revocation lists."""

import os
import subprocess
import threading
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pkcs11
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pkcs11 import Attribute, ObjectClass

SOFTHSM = Path("/usr/lib/softhsm/libsofthsm2.so")
PIN, SO_PIN = "4711", "0815"


def pem_of(key: rsa.RSAPrivateKey) -> bytes:
    """Return a private key as unencrypted PKCS#8."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def revocation_list(
    authority: Any, revoked: Iterable[tuple[x509.Certificate, datetime]], *, ends: datetime
) -> x509.CertificateRevocationList:
    """Return the list of a CA that ends on a day, with the certificates that were revoked when."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.certificate.subject)
        .last_update(datetime(2020, 1, 2, tzinfo=UTC))
        .next_update(ends)
    )
    for certificate, when in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(certificate.serial_number).revocation_date(when).build()
        builder = builder.add_revoked_certificate(entry)
    return builder.sign(authority.key, hashes.SHA256())


def stamping_certificate(authority: Any, public_key: Any, *, may_stamp: bool = True) -> x509.Certificate:
    """Return a certificate for a time-stamping authority (RFC 3161 2.3)."""
    use = ExtendedKeyUsageOID.TIME_STAMPING if may_stamp else ExtendedKeyUsageOID.EMAIL_PROTECTION
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Hospital TSA")]))
        .issuer_name(authority.certificate.subject)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2050, 1, 1, tzinfo=UTC))
        .add_extension(x509.ExtendedKeyUsage([use]), critical=True)
        .sign(authority.key, hashes.SHA256())
    )


_TS_CONFIG = """
[tsa]
default_tsa = ours
[ours]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
certs = {folder}/ca.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
"""


@dataclass
class TimeStampServer:
    """A time-stamping authority on a socket: `openssl ts -reply` behind HTTP; `answer` stands in for its answer."""

    folder: Path
    port: int = 0
    asked: int = 0
    answer: bytes | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}/tsr"

    def reply(self, query: bytes) -> bytes:
        """Return the answer to a query, made by openssl."""
        self.asked += 1
        if self.answer is not None:
            return self.answer
        (self.folder / "query.tsq").write_bytes(query)
        command = ["openssl", "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query.tsq", "-out", "reply.tsr"]
        subprocess.run(command, cwd=self.folder, check=True, capture_output=True)
        return (self.folder / "reply.tsr").read_bytes()


@contextmanager
def time_stamp_server(folder: Path, authority: Any) -> Generator[TimeStampServer, None, None]:
    """Serve time stamps of an authority whose certificate `authority` issued."""
    key = rsa.generate_private_key(65537, 2048)
    (folder / "tsa.key").write_bytes(pem_of(key))
    (folder / "tsa.pem").write_bytes(stamping_certificate(authority, key.public_key()).public_bytes(Encoding.PEM))
    (folder / "ca.pem").write_bytes(authority.certificate.public_bytes(Encoding.PEM))
    (folder / "serial").write_text("01\n")
    (folder / "tsa.cnf").write_text(_TS_CONFIG.format(folder=folder))
    site = TimeStampServer(folder)

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["Content-Type"] == "application/timestamp-query"
            reply = site.reply(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        site.port = server.server_port
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        serving.start()
        try:
            yield site
        finally:
            server.shutdown()
            serving.join()


@contextmanager
def card_reader(folder: Path) -> Generator[Path, None, None]:
    """Give this process a place for SoftHSM tokens; yields the folder in which they lie, to be pulled out of."""
    tokens = folder / "tokens"
    tokens.mkdir(parents=True)
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {tokens}\nlog.level = ERROR\n")
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    try:
        yield tokens
    finally:
        pkcs11.unload(str(SOFTHSM))
        if before is None:
            del os.environ["SOFTHSM2_CONF"]
        else:
            os.environ["SOFTHSM2_CONF"] = before


def put_in(folder: Path, label: str, key: rsa.RSAPrivateKey | None, certificates: Iterable[x509.Certificate]) -> None:
    """Make a token with a key and certificates, of which the first has the key's ID."""
    pkcs11.unload(str(SOFTHSM))
    init = ["softhsm2-util", "--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", SO_PIN]
    subprocess.run(init, check=True, capture_output=True)
    if key is not None:
        (folder / "key.pem").write_bytes(pem_of(key))
        load = ["softhsm2-util", "--import", str(folder / "key.pem"), "--token", label, "--label", "sign", "--id", "01"]
        subprocess.run([*load, "--pin", PIN], check=True, capture_output=True)
        (folder / "key.pem").unlink()
    with pkcs11.lib(str(SOFTHSM)).get_token(token_label=label).open(user_pin=PIN, rw=True) as session:
        for number, certificate in enumerate(certificates, 1):
            session.create_object(
                {
                    Attribute.CLASS: ObjectClass.CERTIFICATE,
                    Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
                    Attribute.TOKEN: True,
                    Attribute.LABEL: "sign",
                    Attribute.ID: bytes([number]),
                    Attribute.SUBJECT: certificate.subject.public_bytes(),
                    Attribute.VALUE: certificate.public_bytes(Encoding.DER),
                }
            )
