"""What the user reads when an archive does not answer or says no."""

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pynetdicom import evt

from core.errors import ArchiveRefused, ArchiveUnreachable, StudyUnreadable
from core.progress import Silent
from core.settings import DimseNode, ThisNode
from pacs.archive import StudyQuery
from pacs.association import Patience, associate
from pacs.contexts import FIND, for_accepting, for_model, verification
from pacs.dimse import DimseArchive
from pacs.embedded import EmbeddedArchive
from pacs.listener import Listener
from pacs.server import PortTaken, Server

Client = Callable[..., DimseArchive]
Serve = Callable[..., Server]


def _node(server: Server | EmbeddedArchive) -> DimseNode:
    return DimseNode.model_validate(
        {"name": "busy", "ae_title": "PROSECTOR-PACS", "host": "127.0.0.1", "port": server.port}
    )


class _Nobody:
    """A port that nothing listens on."""

    def __init__(self, port: int) -> None:
        self.port = port


def test_an_archive_that_does_not_run(client_of: Client, free_port: Callable[[], int]) -> None:
    port = free_port()
    with pytest.raises(
        ArchiveUnreachable, match=f"Embedded at 127.0.0.1:{port} could not be reached within 5 s; check"
    ):
        client_of(_Nobody(port)).echo()


def test_a_host_name_that_does_not_exist(client_of: Client) -> None:
    with pytest.raises(ArchiveUnreachable, match=r"the host name no-such-host.invalid is not known on this network"):
        client_of(_Nobody(104), host="no-such-host.invalid").echo()


def test_something_that_listens_but_never_speaks(client_of: Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        archive = _Nobody(silent.getsockname()[1])
        with pytest.raises(ArchiveUnreachable, match=r"did not answer as a DICOM archive within 0.3 s"):
            client_of(archive, connect_timeout_s=0.3).echo()


def test_an_archive_with_another_title(embedded: EmbeddedArchive, client_of: Client) -> None:
    with pytest.raises(ArchiveRefused, match="calls itself something other than OTHER; correct that in the settings"):
        client_of(embedded, ae_title="OTHER").echo()


def test_a_refusal_is_told_even_when_all_is_over_before_we_look(embedded: EmbeddedArchive) -> None:
    """pynetdicom 3.0.4 takes a connection that was refused and closed in this moment for one that never came about."""
    node = _node(embedded).model_copy(update={"ae_title": "OTHER"})
    late = (evt.EVT_REQUESTED, lambda event: threading.Event().wait(0.3))
    us = ThisNode.model_validate({})
    with (
        pytest.raises(ArchiveRefused, match="calls itself something other than OTHER"),
        associate(node, us, [verification()], Patience(5), handlers=[late]),
    ):
        pass


def test_an_archive_that_does_not_know_us(serve: Serve, client_of: Client) -> None:
    server = serve([verification()])
    server.entity.require_calling_aet = ["SOMEBODY"]
    us = ThisNode.model_validate({"ae_title": "PROSECTOR"})
    with pytest.raises(ArchiveRefused, match="does not know the AE title PROSECTOR; ask its administrator to register"):
        client_of(server, us).echo()


def test_an_archive_without_a_free_connection(serve: Serve, client_of: Client) -> None:
    server = serve([verification()])
    server.entity.maximum_associations = 1
    with (
        associate(_node(server), ThisNode.model_validate({}), [verification()], Patience(5)),
        pytest.raises(ArchiveRefused, match="has no connection free at the moment"),
    ):
        client_of(server).echo()


def test_an_archive_that_offers_no_queries(serve: Serve, client_of: Client) -> None:
    with pytest.raises(ArchiveRefused, match=r"does not offer queries \(C-FIND, study root\) to this station"):
        client_of(serve([verification()])).find_studies(StudyQuery())


def test_a_query_that_the_archive_cannot_answer(serve: Serve, client_of: Client) -> None:
    def refuse(event: Any) -> Iterator[Any]:
        status = Dataset()
        status.Status = 0xA700
        status.ErrorComment = "Too many matches"
        yield status, None

    server = serve([verification(), *for_model(FIND)], (evt.EVT_C_FIND, refuse))
    with pytest.raises(ArchiveRefused, match=r"could not answer the query \(Too many matches; status 0xA700\)"):
        client_of(server).find_studies(StudyQuery())


def test_a_query_that_is_never_answered(serve: Serve, client_of: Client) -> None:
    over = threading.Event()

    def sleep(event: Any) -> Iterator[Any]:
        over.wait(20)
        yield 0x0000, None

    server = serve([verification(), *for_model(FIND)], (evt.EVT_C_FIND, sleep))
    with pytest.raises(ArchiveUnreachable, match=r"stopped answering for 0.3 s while answering a query"):
        client_of(server, query_timeout_s=0.3).find_studies(StudyQuery())
    over.set()


def test_an_archive_that_does_not_take_a_kind_of_object(
    serve: Serve, client_of: Client, make_study: Callable[..., list[Path]]
) -> None:
    files = make_study()
    with pytest.raises(ArchiveRefused, match=r"does not take MR Image Storage \(1-1.dcm\); ask its administrator"):
        client_of(serve([verification()])).store(files, Silent())


def test_an_archive_that_does_not_take_the_compression(
    serve: Serve, client_of: Client, make_study: Callable[..., list[Path]], tmp_path: Path
) -> None:
    image = dcmread(make_study()[0])
    image.compress("1.2.840.10008.1.2.5", generate_instance_uid=False)
    image.save_as(tmp_path / "packed.dcm")
    contexts = [cx for cx in for_accepting() if cx.abstract_syntax == image.SOPClassUID]
    contexts[0].transfer_syntax = ["1.2.840.10008.1.2.1"]
    with pytest.raises(
        ArchiveRefused, match=r"does not take MR Image Storage compressed as RLE Lossless, as packed.dcm"
    ):
        client_of(serve([verification(), *contexts])).store([tmp_path / "packed.dcm"], Silent())


def test_an_object_that_the_archive_does_not_store(
    serve: Serve, client_of: Client, make_study: Callable[..., list[Path]]
) -> None:
    server = serve(for_accepting(), (evt.EVT_C_STORE, lambda event: 0xA700))
    with pytest.raises(ArchiveRefused, match=r"did not store 1-1.dcm \(it is out of resources; status 0xA700\)"):
        client_of(server).store(make_study(), Silent())


def test_an_object_that_the_archive_has_already_is_no_failure(
    serve: Serve, client_of: Client, make_study: Callable[..., list[Path]]
) -> None:
    client_of(serve(for_accepting(), (evt.EVT_C_STORE, lambda event: 0x0111))).store(make_study(), Silent())


def test_a_warning_on_an_object_is_no_failure(
    serve: Serve, client_of: Client, make_study: Callable[..., list[Path]]
) -> None:
    client_of(serve(for_accepting(), (evt.EVT_C_STORE, lambda event: 0xB000))).store(make_study(), Silent())


def test_a_file_that_is_not_dicom(embedded: EmbeddedArchive, client_of: Client, tmp_path: Path) -> None:
    (tmp_path / "letter.pdf").write_bytes(b"%PDF-1.7 " * 100)
    with pytest.raises(StudyUnreadable, match=r"letter.pdf cannot be sent because it is not a readable DICOM file"):
        client_of(embedded).store([tmp_path / "letter.pdf"], Silent())


def test_a_move_destination_that_the_archive_does_not_know(
    make_study: Callable[..., list[Path]], client_of: Client, tmp_path: Path, this_node: ThisNode
) -> None:
    files = make_study()
    with EmbeddedArchive(files[0].parent) as archive:
        study = dcmread(files[0]).StudyInstanceUID
        with pytest.raises(ArchiveRefused, match=r"cannot send to PROSECTOR, so its administrator must register PROSE"):
            client_of(archive, this_node, retrieve="move").retrieve(study, tmp_path / "got", Silent())


def test_a_port_that_another_program_listens_on(this_node: ThisNode) -> None:
    with (
        socket.create_server((this_node.host, this_node.port)),
        pytest.raises(PortTaken, match=f"PROSECTOR cannot listen on 127.0.0.1:{this_node.port}"),
        Listener(this_node, None),
    ):
        pass


def test_an_archive_that_offers_no_c_get(serve: Serve, client_of: Client, tmp_path: Path) -> None:
    def answer(event: Any) -> Iterator[Any]:
        found = Dataset()
        found.StudyInstanceUID, found.SeriesInstanceUID, found.SOPInstanceUID = "1.2", "1.2.3", "1.2.3.4"
        yield 0xFF00, found

    server = serve([verification(), *for_model(FIND)], (evt.EVT_C_FIND, answer))
    with pytest.raises(ArchiveRefused, match=r"does not offer retrieving by C-GET \(study root\)"):
        client_of(server).retrieve("1.2", tmp_path, Silent())
