"""Archives and senders that do what they should not: told in words, nothing wrong kept (docs/pacs.md, “Bad input”)."""

import json
import re
import socket
import struct
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import fixtures_orthanc as fixtures
import pytest
from behaving_scp import AE_TITLE, BehavingArchive, Behaviour
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import ImplicitVRLittleEndian, generate_uid

from core.errors import ArchiveRefused, ArchiveUnreachable
from core.progress import Silent
from core.settings import DimseNode, ThisNode, Tls
from pacs.archive import StudyQuery
from pacs.association import Patience, associate
from pacs.command import Field, request
from pacs.contexts import LITTLE_ENDIAN, for_accepting, for_sending, verification
from pacs.dimse import DimseArchive
from pacs.listener import Listener
from pacs.secure import accepting
from pacs.server import Server
from pacs.ways import ways
from pacs.whole import is_whole
from pacs.wire import Wire

Behaving = Callable[..., BehavingArchive]
MakeStudy = Callable[..., list[Path]]
ROOT = Path(__file__).parents[2]
_MR = "1.2.840.10008.5.1.4.1.1.4"


@pytest.fixture
def client(this_node: ThisNode) -> Callable[..., DimseArchive]:
    def make(archive: Any, **changes: Any) -> DimseArchive:
        known = {"name": "PACS", "ae_title": AE_TITLE, "host": "127.0.0.1", "port": archive.port}
        return DimseArchive(DimseNode.model_validate(known | changes), this_node)

    return make


# ------------------------------------------------------------------ who cannot be reached


class _Wall:
    """A port at which connections are dropped without a word, as by a firewall: its queue is full."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        server = self._stack.enter_context(socket.socket())
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        self.port: int = server.getsockname()[1]
        for _ in range(4):
            filler = self._stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(server.getsockname())

    def close(self) -> None:
        self._stack.close()


def test_a_firewall_that_drops_everything_is_waited_for_no_longer_than_the_settings_say(
    client: Callable[..., DimseArchive], tmp_path: Path
) -> None:
    wall = _Wall()
    pacs = client(wall, connect_timeout_s=0.3)
    for ask in (pacs.echo, lambda: pacs.find_studies(StudyQuery()), lambda: pacs.retrieve("1.2", tmp_path, Silent())):
        with pytest.raises(ArchiveUnreachable, match=r"could not be reached within 0.3 s.* no firewall stands between"):
            ask()
    wall.close()


# ------------------------------------------------------------------ retrieving


@pytest.fixture
def without_get(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    loopback_only: Mapping[str, str],
    free_port: Callable[[], int],
    this_node: ThisNode,
) -> Iterator[fixtures.Peer]:
    """Orthanc that allows us no C-GET, and dcmqrscp started without it."""
    folder = tmp_path / "peer"
    (folder / "store").mkdir(parents=True)
    if request.param == "orthanc":
        program = fixtures._program("Orthanc", "orthanc")
        peer = fixtures.Peer("Orthanc", "ORTHANC", "127.0.0.1", free_port(), free_port(), this_node)
        settings: Any = fixtures._orthanc_settings(folder, peer) | {"Plugins": []}
        settings["DicomModalities"]["prosector"]["AllowGet"] = False
        (folder / "orthanc.json").write_text(json.dumps(settings))
        command = [program, str(folder / "orthanc.json")]
    else:
        program = fixtures._program("dcmqrscp", "dcmtk")
        peer = fixtures.Peer("dcmqrscp", "QRSCP", "127.0.0.1", free_port(), None, this_node)
        (folder / "qr.cfg").write_text(fixtures._dcmqrscp_settings(folder, peer))
        command = [program, "--disable-get", "-c", str(folder / "qr.cfg")]
    yield from fixtures._running(command, folder, loopback_only, peer)


@pytest.mark.parametrize("without_get", ["orthanc", "dcmqrscp"], indirect=True)
def test_a_real_archive_without_c_get_sends_by_c_move(
    without_get: fixtures.Peer, make_study: MakeStudy, tmp_path: Path
) -> None:
    pacs = DimseArchive(without_get.node(), without_get.this_node)
    files = make_study()
    pacs.store(files, Silent())
    study = str(dcmread(files[0]).StudyInstanceUID)
    assert pacs.retrieve(study, tmp_path / "got", Silent()) == 8
    assert ways(without_get.node()) == ("move", "get")
    with pytest.raises((ArchiveRefused, ArchiveUnreachable)):  # Orthanc hangs up on whom it does not allow
        DimseArchive(without_get.node(retrieve="get"), without_get.this_node).retrieve(study, tmp_path / "g", Silent())


@pytest.mark.parametrize("status", [0x0122, 0x0124, 0x0211, 0xA702, 0xC000])
def test_an_archive_that_answers_c_get_with_unsupported_sends_by_c_move(
    status: int, behaving: Behaving, make_study: MakeStudy, client: Callable[..., DimseArchive], tmp_path: Path
) -> None:
    archive = behaving(Behaviour(get_status=status), make_study())
    assert client(archive).retrieve(str(archive.images[0].StudyInstanceUID), tmp_path, Silent()) == 8


def test_an_archive_that_aborts_every_c_get_in_the_middle_is_told_and_what_came_stays(
    behaving: Behaving, make_study: MakeStudy, client: Callable[..., DimseArchive], tmp_path: Path
) -> None:
    archive = behaving(Behaviour(aborts_get_after=2), make_study())
    study = str(archive.images[0].StudyInstanceUID)
    with pytest.raises(
        ArchiveUnreachable, match=r"closed the connection.* of 8 images are here and stay; retrieve again"
    ):
        client(archive, retrieve="get").retrieve(study, tmp_path, Silent())
    here = list(tmp_path.glob("*.dcm"))
    assert 2 <= len(here) < 8
    assert all(dcmread(file).pixel_array.shape == (32, 48) for file in here)
    assert client(archive, retrieve="move").retrieve(study, tmp_path, Silent()) == 8


def test_an_archive_that_aborts_every_c_get_at_once_sends_by_c_move(
    behaving: Behaving, make_study: MakeStudy, client: Callable[..., DimseArchive], tmp_path: Path
) -> None:
    archive = behaving(Behaviour(aborts_get_after=0), make_study())
    assert client(archive).retrieve(str(archive.images[0].StudyInstanceUID), tmp_path, Silent()) == 8


def test_an_archive_that_hangs_up_and_knows_no_destination_is_unreachable_rather_than_refusing(
    behaving: Behaving, make_study: MakeStudy, client: Callable[..., DimseArchive], tmp_path: Path
) -> None:
    archive = behaving(Behaviour(aborts_get_after=0), make_study(), knows_us=False)
    with pytest.raises(ArchiveUnreachable, match=r"closed the connection.* cannot send to PROSECTOR"):
        client(archive).retrieve(str(archive.images[0].StudyInstanceUID), tmp_path, Silent())


@pytest.mark.parametrize("way", ["get", "move"])
def test_an_instance_of_another_study_is_refused_and_not_kept(
    way: str, behaving: Behaving, make_study: MakeStudy, client: Callable[..., DimseArchive], tmp_path: Path
) -> None:
    archive = behaving(Behaviour(also_sends_another_study=True), make_study(PatientID="MINE"))
    study = str(archive.images[0].StudyInstanceUID)
    archive.hold(make_study(PatientID="OTHER")[:2])
    assert client(archive, retrieve=way).retrieve(study, tmp_path, Silent()) == 8
    assert {dcmread(file).PatientID for file in tmp_path.iterdir()} == {"MINE"}
    assert len(list(tmp_path.iterdir())) == 8


@pytest.mark.parametrize("way", ["get", "move"])
def test_an_instance_that_comes_twice_is_there_once(
    way: str, behaving: Behaving, make_study: MakeStudy, client: Callable[..., DimseArchive], tmp_path: Path
) -> None:
    archive = behaving(Behaviour(sends_twice=True), make_study())
    assert client(archive, retrieve=way).retrieve(str(archive.images[0].StudyInstanceUID), tmp_path, Silent()) == 8
    assert len(list(tmp_path.iterdir())) == 8


def test_an_instance_that_is_held_twice_is_listed_and_brought_once(
    behaving: Behaving, make_study: MakeStudy, client: Callable[..., DimseArchive], tmp_path: Path
) -> None:
    archive = behaving(Behaviour(), files := make_study())
    archive.hold(files)
    study = str(archive.images[0].StudyInstanceUID)
    assert len(client(archive).find_studies(StudyQuery(study_instance_uid=study))) == 1
    assert client(archive).retrieve(study, tmp_path, Silent()) == 8


def test_a_patient_s_name_that_the_archive_changes_is_seen_in_what_comes_back(
    behaving: Behaving, make_study: MakeStudy, client: Callable[..., DimseArchive], tmp_path: Path
) -> None:
    archive = behaving(Behaviour(patient_name="COERCED^BY THE PACS"))
    files = make_study(PatientName="Müller^Jürgen")
    pacs = client(archive)
    pacs.store(files, Silent())  # B000, coerced: it is stored all the same
    (match,) = pacs.find_studies(StudyQuery())
    assert match.patient.name == "COERCED^BY THE PACS"
    pacs.retrieve(match.study_instance_uid, tmp_path, Silent())
    sent = {dcmread(file).SOPInstanceUID: dcmread(file).pixel_array.tobytes() for file in files}
    came = {dcmread(file).SOPInstanceUID: dcmread(file).pixel_array.tobytes() for file in tmp_path.iterdir()}
    assert came == sent


# ------------------------------------------------------------------ what is sent to us


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    return tmp_path / "inbox"


@pytest.fixture
def sender(this_node: ThisNode, inbox: Path) -> Iterator[Wire]:
    """A peer that has an association with our listener and writes its bytes itself."""
    with Listener(this_node, inbox) as listener:
        node = DimseNode.model_validate(
            {"name": "us", "ae_title": this_node.ae_title, "host": this_node.host, "port": listener.port}
        )
        peer = ThisNode.model_validate({"ae_title": "BADPEER"})
        contexts = for_sending([(_MR, LITTLE_ENDIAN[0]), (_MR, LITTLE_ENDIAN[1])])
        with (
            associate(node, peer, contexts, Patience(10)) as association,
            Wire(association, node, Patience(10)) as wire,
        ):
            yield wire


def _sent(wire: Wire, image: Dataset, data: bytes, syntax: str = LITTLE_ENDIAN[0]) -> tuple[int, str]:
    context = wire.context(_MR, syntax)
    assert context is not None
    number = context.context_id or 0
    wire.send(number, request(Field.STORE_RQ, 1, _MR, str(image.SOPInstanceUID)), data)
    if not data:  # what `send` leaves out: the last fragment of a data set of no bytes
        wire._messages.put(struct.pack(">BxIIBB", 0x04, 6, 2, number, 0x02))
    answer = wire.receive()
    assert answer is not None
    return answer.command.status, answer.command.response.comment


def _encoded(image: Dataset, *, implicit: bool = False) -> bytes:
    buffer, copy = BytesIO(), dcmread(_file(image))
    if implicit:
        copy.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    copy.save_as(buffer, enforce_file_format=True, implicit_vr=implicit, little_endian=True)
    content = buffer.getvalue()
    return content[132 + 12 + struct.unpack_from("<I", content, 140)[0] :]


def _file(image: Dataset) -> BytesIO:
    buffer = BytesIO()
    image.save_as(buffer, enforce_file_format=True)
    return BytesIO(buffer.getvalue())


def test_an_object_of_no_bytes_is_refused_and_the_next_one_is_taken(
    sender: Wire, inbox: Path, make_image: Callable[..., Dataset]
) -> None:
    image = make_image()
    assert _sent(sender, image, b"") == (0xC000, "StudyInstanceUID is missing or not a UID")
    assert not list(inbox.rglob("*.dcm"))
    assert _sent(sender, image, _encoded(image))[0] == 0x0000
    assert len(list(inbox.rglob("*.dcm"))) == 1


@pytest.mark.parametrize("implicit", [False, True])
@pytest.mark.parametrize("cut", [1, 2, 700, 3000])
def test_an_object_that_is_cut_off_is_refused_and_nothing_of_it_is_kept(
    cut: int, implicit: bool, sender: Wire, inbox: Path, make_image: Callable[..., Dataset]
) -> None:
    image = make_image()
    syntax = LITTLE_ENDIAN[1] if implicit else LITTLE_ENDIAN[0]
    status, comment = _sent(sender, image, _encoded(image, implicit=implicit)[:-cut], syntax)
    assert (status, comment) == (0xC000, "The dataset is cut off")
    assert not list(inbox.rglob("*.dcm"))


def test_an_object_is_whole_however_its_sequences_are_written_and_not_when_a_part_is_missing(
    make_image: Callable[..., Dataset], tmp_path: Path
) -> None:
    inner = Dataset()
    inner.ReferencedSOPClassUID, inner.ReferencedSOPInstanceUID = _MR, generate_uid()
    image = make_image()
    image.ReferencedImageSequence = [inner, inner]
    for undefined in (True, False):
        image["ReferencedImageSequence"].is_undefined_length = undefined
        for item in image.ReferencedImageSequence:
            item.is_undefined_length_sequence_item = undefined
        image.save_as(tmp_path / "image.dcm", enforce_file_format=True)
        content = (tmp_path / "image.dcm").read_bytes()
        assert is_whole(content)
        assert not is_whole(content[:-10])
        sequence = content.index(b"\x08\x00\x40\x11SQ")
        assert not is_whole(content[: sequence + 60])
    packed = make_image()
    packed.compress("1.2.840.10008.1.2.5", generate_instance_uid=False)
    packed.save_as(tmp_path / "packed.dcm", enforce_file_format=True)
    content = (tmp_path / "packed.dcm").read_bytes()
    assert is_whole(content)
    assert not is_whole(content[:-8])


def test_a_flood_of_images_that_nobody_asked_for_leaves_nothing_on_the_disk(
    this_node: ThisNode, make_image: Callable[..., Dataset], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three hundred here, for the time it takes: each is answered by itself, the five thousandth like the first."""
    monkeypatch.chdir(tmp_path)
    ct = make_image(SOPClassUID="1.2.840.10008.5.1.4.1.1.2", Modality="CT")
    data, kind = _encoded(ct), str(ct.SOPClassUID)
    with Listener(this_node, None) as listener:
        node = DimseNode.model_validate(
            {"name": "us", "ae_title": this_node.ae_title, "host": this_node.host, "port": listener.port}
        )
        contexts = for_sending([(kind, LITTLE_ENDIAN[0])])
        with (
            associate(node, this_node, contexts, Patience(10)) as association,
            Wire(association, node, Patience(10)) as wire,
        ):
            context = wire.required_context(kind).context_id or 0
            for _ in range(300):
                wire.send(context, request(Field.STORE_RQ, 1, kind, str(ct.SOPInstanceUID)), data)
                answer = wire.receive()
                assert answer is not None
                assert answer.command.status == 0x0124
    assert list(tmp_path.rglob("*")) == []


# ------------------------------------------------------------------ clocks and numbers


def test_a_study_from_a_scanner_whose_clock_is_ahead_is_found_and_listed_first(
    behaving: Behaving, make_study: MakeStudy, client: Callable[..., DimseArchive], tmp_path: Path
) -> None:
    tomorrow = date.today() + timedelta(days=1)  # noqa: DTZ011 - as scanners keep it
    archive = behaving(Behaviour(), make_study(StudyDate="20240105", PatientID="OLD"))
    archive.hold(make_study(StudyDate=f"{tomorrow:%Y%m%d}", PatientID="AHEAD"))
    found = client(archive).find_studies(StudyQuery())
    assert [match.patient.patient_id for match in found] == ["AHEAD", "OLD"]
    assert client(archive).retrieve(found[0].study_instance_uid, tmp_path, Silent()) == 8


def _not_yet_valid(folder: Path) -> Tls:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "PACS")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(hours=2))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "pacs.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "pacs.key").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return Tls(certificate=folder / "pacs.pem", key=folder / "pacs.key", ca=folder / "pacs.pem")


def test_a_certificate_that_is_not_yet_valid_by_our_clock_is_told_as_that(
    tmp_path: Path, issuer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pacs.server._GRACE_S", 0.1)
    theirs = _not_yet_valid(tmp_path)
    server = Server(AE_TITLE, "127.0.0.1", 0, [verification(), *for_accepting()], [], accepting(theirs))
    try:
        certificate, key = issuer.issue("station")
        us = ThisNode(tls=Tls(certificate=certificate, key=key, ca=theirs.certificate))
        known = {"name": "PACS", "ae_title": AE_TITLE, "host": "127.0.0.1", "port": server.port, "tls": True}
        known["connect_timeout_s"] = 1.0
        with pytest.raises(ArchiveRefused, match="certificate is not yet valid"):
            DimseArchive(DimseNode.model_validate(known), us).echo()
    finally:
        server.stop()


def test_two_studies_with_one_accession_number_are_both_found_and_never_mixed(
    behaving: Behaving, make_study: MakeStudy, client: Callable[..., DimseArchive], tmp_path: Path
) -> None:
    archive = behaving(Behaviour(), make_study(AccessionNumber="A-1", PatientID="ONE"))
    archive.hold(make_study(AccessionNumber="A-1", PatientID="TWO"))
    archive.hold(make_study(AccessionNumber="A-2", PatientID="THREE"))
    found = client(archive).find_studies(StudyQuery(accession_number="A-1"))
    assert sorted(match.patient.patient_id for match in found) == ["ONE", "TWO"]
    for match in found:
        folder = tmp_path / match.patient.patient_id
        assert client(archive).retrieve(match.study_instance_uid, folder, Silent()) == 8
        assert {dcmread(file).PatientID for file in folder.iterdir()} == {match.patient.patient_id}


# ------------------------------------------------------------------ the table


_NAMED = re.compile(r"(?P<who>\w+: )?`(?P<path>tests/[\w/]+\.py)::(?P<test>test_\w+)`")


def _rows() -> list[list[str]]:
    text = (ROOT / "docs" / "pacs.md").read_text("utf-8").split("\n## Bad input\n")[1].split("\n## ")[0]
    lines = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| What")]
    return [line.strip("| ").split(" | ") for line in lines]


def _head(path: str, test: str) -> str:
    """Return what a test takes; "" when there is no such test."""
    found = re.search(rf"^def {test}\(([^)]*)\)", (ROOT / path).read_text("utf-8"), re.MULTILINE)
    return found[1] if found else ""


def test_every_row_of_the_table_names_tests_with_both_real_archives_and_a_bad_peer_and_every_test_exists() -> None:
    rows = _rows()
    assert len(rows) >= 15
    for what, _, real, bad in rows:
        peers: set[str] = set()
        for one in _NAMED.finditer(real):
            takes = _head(one["path"], one["test"])
            assert takes, one[0]
            both = re.search(r"\b(real|peer|without_get)\b", takes)
            assert bool(both) is not bool(one["who"]), (
                f"{what}: {one[0]} must say which archive it is of, or be of both"
            )
            peers |= {one["who"].rstrip(": ")} if one["who"] else {"Orthanc", "dcmqrscp"}
        assert peers == {"Orthanc", "dcmqrscp"}, what
        assert _NAMED.search(bad), what
        assert all(_head(one["path"], one["test"]) for one in _NAMED.finditer(bad)), what
