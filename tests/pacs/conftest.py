"""Made-up patients as real DICOM files, and the archives that hold them: our own, and those that behave as products."""

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, MRImageStorage, generate_uid

from core.settings import DimseNode, ThisNode
from pacs import ways
from pacs.dimse import DimseArchive
from pacs.embedded import EmbeddedArchive
from pacs.server import Server

MakeStudy = Callable[..., list[Path]]


def _beside(name: str) -> Any:
    """Import a module that lies beside this one, which importlib's mode keeps off the path."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_behaving_scp = _beside("behaving_scp")
_beside("cutting_proxy")


@pytest.fixture(scope="session")
def make_image() -> Callable[..., Dataset]:
    """Return a function that makes one MR image; keywords become attributes of the dataset."""

    def make(**attributes: object) -> Dataset:
        image = Dataset()
        image.file_meta = FileMetaDataset()
        image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        defaults = {
            "SpecificCharacterSet": "ISO_IR 192",
            "SOPClassUID": MRImageStorage,
            "SOPInstanceUID": generate_uid(),
            "StudyInstanceUID": generate_uid(),
            "SeriesInstanceUID": generate_uid(),
            "PatientName": "Müller^Jürgen",
            "PatientID": "P1",
            "PatientBirthDate": "19550131",
            "PatientSex": "M",
            "StudyDate": "20240229",
            "StudyTime": "101530",
            "AccessionNumber": "A1",
            "StudyDescription": "MR prostate",
            "Modality": "MR",
            "SeriesNumber": 1,
            "SeriesDescription": "T2 axial",
            "InstanceNumber": 1,
        }
        for keyword, value in (defaults | attributes).items():
            setattr(image, keyword, value)
        _add_pixels(image)
        return image

    return make


def _add_pixels(image: Dataset) -> None:
    pixels = np.random.default_rng(int(image.InstanceNumber)).integers(0, 4096, (32, 48), dtype=np.uint16)
    image.Rows, image.Columns = pixels.shape
    image.SamplesPerPixel = 1
    image.PhotometricInterpretation = "MONOCHROME2"
    image.BitsAllocated, image.BitsStored, image.HighBit, image.PixelRepresentation = 16, 12, 11, 0
    image.PixelData = pixels.tobytes()


@pytest.fixture(scope="session")
def make_study(tmp_path_factory: pytest.TempPathFactory, make_image: Callable[..., Dataset]) -> MakeStudy:
    """Return a function that writes a study of two series with five and three images, and returns its files."""

    def make(**attributes: object) -> list[Path]:
        study = UID(str(attributes.pop("StudyInstanceUID", generate_uid())))
        folder = tmp_path_factory.mktemp("study")
        files = []
        for number, (description, count) in enumerate((("T2 axial", 5), ("ADC", 3)), start=1):
            series = generate_uid()
            for instance in range(1, count + 1):
                image = make_image(
                    StudyInstanceUID=study,
                    SeriesInstanceUID=series,
                    SeriesNumber=number,
                    SeriesDescription=description,
                    InstanceNumber=instance,
                    **attributes,
                )
                files.append(folder / f"{number}-{instance}.dcm")
                image.save_as(files[-1], enforce_file_format=True)
        return files

    return make


@pytest.fixture
def this_node(free_port: Callable[[], int]) -> ThisNode:
    """PROSECTOR on a free port."""
    return ThisNode.model_validate({"port": free_port()})


@pytest.fixture
def embedded(tmp_path: Path, this_node: ThisNode) -> Iterator[EmbeddedArchive]:
    """An empty embedded archive that knows PROSECTOR."""
    peers = {this_node.ae_title: (this_node.host, this_node.port)}
    with EmbeddedArchive(tmp_path / "archive", peers=peers) as archive:
        yield archive


@pytest.fixture(scope="session")
def client_of() -> Callable[..., DimseArchive]:
    """Return a function that makes our client of an archive or server on 127.0.0.1; keywords change its settings."""

    def make(archive: Any, this_node: ThisNode | None = None, **changes: object) -> DimseArchive:
        known = {"name": "Embedded", "ae_title": "PROSECTOR-PACS", "host": "127.0.0.1", "port": archive.port}
        return DimseArchive(DimseNode.model_validate(known | changes), this_node or ThisNode.model_validate({}))

    return make


@pytest.fixture
def client(
    embedded: EmbeddedArchive, this_node: ThisNode, client_of: Callable[..., DimseArchive]
) -> Callable[..., DimseArchive]:
    """Return a function that makes our client of the embedded archive."""
    return lambda **changes: client_of(embedded, this_node, **changes)


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Return a function that starts an archive of contexts and handlers, stopped at the end of the test."""
    servers: list[Server] = []

    def start(contexts: Sequence[Any], *handlers: tuple[Any, ...]) -> Server:
        servers.append(Server("PROSECTOR-PACS", "127.0.0.1", 0, contexts, handlers))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture(autouse=True)
def _no_way_is_known() -> None:
    """An archive of another test may have had this one's port."""
    ways.forget()


@pytest.fixture
def behaving(this_node: ThisNode) -> Iterator[Callable[..., Any]]:
    """Return a function that starts a `BehavingArchive` that may send to `this_node`, stopped after the test."""
    with ExitStack() as stack:

        def start(behaviour: Any = None, files: Sequence[Path] = (), *, knows_us: bool = True) -> Any:
            us = {this_node.ae_title: (this_node.host, this_node.port)} if knows_us else {}
            archive = _behaving_scp.BehavingArchive(behaviour or _behaving_scp.Behaviour(), destinations=us)
            stack.enter_context(archive)
            if files:
                archive.hold(files)
            return archive

        yield start


@pytest.fixture
def dcmtk(tmp_path: Path) -> Callable[..., str]:
    """Return a function that runs one of DCMTK's tools and returns what it says."""

    def run(tool: str, *arguments: object) -> str:
        program = shutil.which(tool)
        if program is None:
            pytest.skip(f"{tool} is not installed (apt-get install dcmtk)")
        done = subprocess.run(
            [program, *map(str, arguments)],
            cwd=tmp_path,
            env={**os.environ, "TCP_NODELAY": "1"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        told = done.stdout + done.stderr
        assert done.returncode == 0, told
        return told

    return run


class Issuer:
    """A made-up CA and the PEM files of what it issues."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name = folder, name
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.ca = folder / f"{name}-ca.pem"
        self.ca.write_bytes(self._certificate(name, self._key, ca=True).public_bytes(serialization.Encoding.PEM))

    def issue(self, name: str) -> tuple[Path, Path]:
        """Return certificate and key of a machine at 127.0.0.1."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._folder / f"{self._name}-{name}.pem"
        certificate.write_bytes(self._certificate(name, key, ca=False).public_bytes(serialization.Encoding.PEM))
        private = certificate.with_suffix(".key")
        private.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return certificate, private

    def _certificate(self, name: str, key: ec.EllipticCurvePrivateKey, *, ca: bool) -> x509.Certificate:
        return (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self._name)]))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
            .not_valid_after(datetime(2050, 1, 1, tzinfo=UTC))
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .sign(self._key, hashes.SHA256())
        )


@pytest.fixture(scope="session")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Issuer:
    """The CA that the hospital trusts for TLS."""
    return Issuer(tmp_path_factory.mktemp("tls"), "Hospital")


@pytest.fixture(scope="session")
def other_issuer(tmp_path_factory: pytest.TempPathFactory) -> Issuer:
    """A CA that it does not trust."""
    return Issuer(tmp_path_factory.mktemp("other_tls"), "Stranger")
