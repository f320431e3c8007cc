"""A workspace with an embedded archive that holds the phantom."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace

import pytest

from core.progress import Silent
from core.settings import DimseNode, Settings, ThisNode
from pacs.embedded import EmbeddedArchive
from service.reading import OpenStudy, import_folder, open_folder, open_study
from service.workspace import Workspace, open_workspace


@pytest.fixture(scope="session")
def opened_phantom(phantom_study: SimpleNamespace) -> OpenStudy:
    """The phantom, recognised and loaded."""
    return open_folder(phantom_study.folder)


class SwitchedArchive:
    """An embedded archive that can be switched off and on again at the same port."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stack = ExitStack()
        self.port = 0
        self.start()

    def start(self) -> None:
        """Serve the folder."""
        self.port = self._stack.enter_context(EmbeddedArchive(self._folder, port=self.port)).port

    def stop(self) -> None:
        """Be gone."""
        self._stack.close()


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[SwitchedArchive]:
    """An empty embedded archive."""
    archive = SwitchedArchive(tmp_path / "archive")
    yield archive
    archive.stop()


@pytest.fixture
def workspace(tmp_path: Path, archive: SwitchedArchive) -> Iterator[Workspace]:
    """A workstation that knows the archive."""
    node = DimseNode(name="TEST", ae_title="PROSECTOR-PACS", host="127.0.0.1", port=archive.port)
    settings = Settings(data_folder=tmp_path / "data", this_node=ThisNode(port=1), archives=(node,))
    workspace = open_workspace(settings)
    yield workspace
    workspace.close()


@pytest.fixture
def local_phantom(workspace: Workspace, phantom_study: SimpleNamespace) -> OpenStudy:
    """The phantom in the workspace's local cache, opened."""
    return open_study(workspace, import_folder(workspace, phantom_study.folder, Silent()))
