"""DIMSE by TLS with DCMTK on the other side: both show a certificate, and who shows a wrong one is told so."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from pydicom import dcmread

from core.errors import ArchiveRefused, ArchiveUnreachable, SettingsInvalid
from core.progress import Silent
from core.settings import DimseNode, ThisNode, Tls
from pacs.dimse import DimseArchive
from pacs.listener import Listener


class _Authority:
    """A certificate authority of a hospital that exists for the time of a test."""

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir()
        self.folder, self._key = folder, rsa.generate_private_key(65537, 2048)
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self._issue(self._name, self._key.public_key(), folder / "ca.pem", authority=True)

    def files(self, name: str) -> Tls:
        """Return the files of somebody on 127.0.0.1."""
        key, place = rsa.generate_private_key(65537, 2048), self.folder / name
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self._issue(subject, key.public_key(), place.with_suffix(".pem"), authority=False)
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
        place.with_suffix(".key").write_bytes(pem)
        return Tls(certificate=place.with_suffix(".pem"), key=place.with_suffix(".key"), ca=self.folder / "ca.pem")

    def _issue(self, subject: x509.Name, public: Any, file: Path, *, authority: bool) -> None:
        now = datetime.now(UTC)
        address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1")), x509.DNSName("pacs.local")])
        certificate = (
            x509.CertificateBuilder(issuer_name=self._name, subject_name=subject, public_key=public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(minutes=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(address, critical=False)
            .sign(self._key, SHA256())
        )
        file.write_bytes(certificate.public_bytes(Encoding.PEM))


@pytest.fixture(scope="session")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> _Authority:
    """The authority that both sides trust."""
    return _Authority(tmp_path_factory.mktemp("tls") / "hospital", "Hospital")


@pytest.fixture(scope="session")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> _Authority:
    """An authority that nobody trusts."""
    return _Authority(tmp_path_factory.mktemp("tls") / "stranger", "Stranger")


@pytest.fixture(scope="session")
def secure_storescp(
    hospital: _Authority, free_port: Callable[[], int], loopback_only: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[int, Path]]:
    """DCMTK's storescp that takes nobody without a certificate of the hospital."""
    program = shutil.which("storescp")
    if program is None:
        pytest.skip("storescp is not installed (apt-get install dcmtk)")
    port, files, folder = free_port(), hospital.files("pacs"), tmp_path_factory.mktemp("stored")
    options = ["+tls", files.key, files.certificate, "+cf", files.ca, "-rc", "-od", folder]
    command = [program, *map(str, options), str(port)]
    with subprocess.Popen(command, env=dict(loopback_only), stderr=subprocess.DEVNULL) as process:
        _wait_for(process, port)
        yield port, folder
        process.kill()


def _wait_for(process: Any, port: int) -> None:
    import socket

    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert process.poll() is None, "storescp did not start"
        time.sleep(0.05)


def _client(port: int, tls: Tls | None, **changes: object) -> DimseArchive:
    known = {"name": "PACS", "ae_title": "PACS", "host": "127.0.0.1", "port": port, "tls": True}
    return DimseArchive(DimseNode.model_validate(known | changes), ThisNode(tls=tls))


def test_objects_go_to_dcmtk_by_tls(
    secure_storescp: tuple[int, Path], hospital: _Authority, make_study: Callable[..., list[Path]]
) -> None:
    port, folder = secure_storescp
    files = make_study()
    _client(port, hospital.files("prosector")).store(files, Silent())
    names = {str(dcmread(path, force=True).SOPInstanceUID) for path in folder.iterdir()}
    assert {str(dcmread(file).SOPInstanceUID) for file in files} <= names


def test_dcmtk_sends_to_us_by_tls(
    hospital: _Authority, free_port: Callable[[], int], make_study: Callable[..., list[Path]], tmp_path: Path
) -> None:
    files, sender = make_study(), hospital.files("scanner")
    with _listening(hospital, free_port(), tmp_path / "in") as port:
        assert _storescu(port, files, "+tls", sender.key, sender.certificate, "+cf", sender.ca) == 0
    assert len(list((tmp_path / "in").rglob("*.dcm"))) == len(files)


def test_nobody_sends_to_us_without_a_certificate_that_we_trust(
    hospital: _Authority, stranger: _Authority, free_port: Callable[[], int], make_study: Any, tmp_path: Path
) -> None:
    files, sender = make_study(), stranger.files("scanner")
    with _listening(hospital, free_port(), tmp_path / "in") as port:
        trusting = ["+cf", hospital.folder / "ca.pem"]
        assert _storescu(port, files[:1], "+tls", sender.key, sender.certificate, *trusting) != 0
        assert _storescu(port, files[:1]) != 0
    assert not list(tmp_path.rglob("*.dcm"))


def test_a_peer_that_says_nothing_does_not_keep_others_waiting(
    hospital: _Authority, free_port: Callable[[], int], make_study: Any, tmp_path: Path
) -> None:
    import socket

    files, sender = make_study(), hospital.files("scanner")
    with (
        _listening(hospital, free_port(), tmp_path / "in") as port,
        socket.create_connection(("127.0.0.1", port)),
    ):
        assert _storescu(port, files[:1], "+tls", sender.key, sender.certificate, "+cf", sender.ca) == 0


def test_an_archive_whose_certificate_is_of_a_stranger_is_not_spoken_to(
    secure_storescp: tuple[int, Path], hospital: _Authority, stranger: _Authority
) -> None:
    ours = hospital.files("prosector").model_copy(update={"ca": stranger.folder / "ca.pem"})
    with pytest.raises(ArchiveRefused, match="a certificate that is not trusted here"):
        _client(secure_storescp[0], ours).echo()


def test_an_archive_of_another_name_is_not_spoken_to(secure_storescp: tuple[int, Path], hospital: _Authority) -> None:
    ours = hospital.files("prosector")
    _client(secure_storescp[0], ours, tls_name="pacs.local").echo()
    with pytest.raises(ArchiveRefused, match="tls_name"):
        _client(secure_storescp[0], ours, tls_name="other.local").echo()


def test_an_archive_that_does_not_trust_us_is_said(
    secure_storescp: tuple[int, Path], hospital: _Authority, stranger: _Authority
) -> None:
    ours = stranger.files("prosector").model_copy(update={"ca": hospital.folder / "ca.pem"})
    with pytest.raises((ArchiveRefused, ArchiveUnreachable), match="certificate"):
        _client(secure_storescp[0], ours, connect_timeout_s=2).echo()


def test_a_port_without_tls_is_said(embedded: Any, hospital: _Authority) -> None:
    with pytest.raises(ArchiveRefused, match="the port is the one for TLS"):
        _client(embedded.port, hospital.files("prosector"), connect_timeout_s=2).echo()


def test_tls_without_a_certificate_of_ours_is_a_matter_of_the_settings(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match=r"this_node\.tls"):
        _client(104, None).echo()
    missing = Tls(certificate=tmp_path / "a", key=tmp_path / "b", ca=tmp_path / "c")
    with pytest.raises(SettingsInvalid, match="cannot be used"):
        _client(104, missing).echo()


@contextmanager
def _listening(hospital: _Authority, port: int, folder: Path) -> Iterator[int]:
    us = ThisNode(port=port, tls=hospital.files("prosector"), listens_by_tls=True)
    with Listener(us, folder) as listener:
        yield listener.port


def _storescu(port: int, files: Sequence[Path], *options: object) -> int:
    program = shutil.which("storescu")
    if program is None:
        pytest.skip("storescu is not installed (apt-get install dcmtk)")
    command = [program, "-aec", "PROSECTOR", *options, "127.0.0.1", port, *files]
    environment = {**os.environ, "TCP_NODELAY": "1"}
    return subprocess.run(list(map(str, command)), env=environment, capture_output=True, timeout=30).returncode
