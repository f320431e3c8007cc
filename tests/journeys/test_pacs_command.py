"""`prosector pacs` as an administrator runs it: it serves until it is asked to stop."""

import socket
from collections.abc import Callable
from typing import Any

from core.settings import DimseNode, ThisNode
from pacs.archive import StudyQuery
from pacs.dimse import DimseArchive


def test_the_archive_command_stops_cleanly_when_it_is_asked_to(pacs_process: Callable[[], Any]) -> None:
    process = pacs_process()
    assert f"127.0.0.1:{process.port}" in process.greeting
    node = DimseNode(name="PACS", ae_title="PROSECTOR-PACS", host="127.0.0.1", port=process.port)
    assert len(DimseArchive(node, ThisNode()).find_studies(StudyQuery())) == 1
    assert process.terminate() == (0, "")
    with socket.create_server(("127.0.0.1", process.port)):
        pass  # the port is free again
