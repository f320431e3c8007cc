"""A workspace with an embedded archive that holds the phantom."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from core.pirads import Epe, Score
from core.progress import Silent
from core.report import Rejected, Report
from core.sectors import sector
from core.settings import DimseNode, Settings, ThisNode
from pacs.embedded import EmbeddedArchive
from service.lesions import add_lesion
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


@pytest.fixture
def without_t2(workspace: Workspace, phantom_study: SimpleNamespace, tmp_path: Path) -> OpenStudy:
    """The phantom as if its axial T2 had never been sent, in the workspace's local cache, opened."""
    folder = tmp_path / "without_t2"
    shutil.copytree(phantom_study.folder, folder, ignore=shutil.ignore_patterns("*t2_tse_tra"))
    return open_study(workspace, import_folder(workspace, folder, Silent()))


@pytest.fixture
def draft_report(opened_phantom: OpenStudy, phantom_study: SimpleNamespace) -> Report:
    """A draft with a scored lesion of the reader and a rejected one."""
    draft = Report(opened_phantom.recognised)
    for lesion in phantom_study.truth.lesions[:2]:
        draft = add_lesion(draft, opened_phantom, lesion.centre_lps, 10.0, sector(lesion.sector))
    first, second = draft.lesions
    scored = replace(first, assessment=replace(first.assessment, t2=Score.FOUR, dwi=Score.FIVE, epe=Epe.POSSIBLE))
    return replace(draft, lesions=(scored, replace(second, review=Rejected("benign nodule"))))


def _programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    other = shutil.which("initdb")
    return found[-1].parent if found else Path(other).parent if other else None


@pytest.fixture(scope="session")
def postgresql(free_port: Callable[[], int]) -> Iterator[str]:
    """The URL of a PostgreSQL server of this session's own, on 127.0.0.1."""
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
    folder, user = Path(tempfile.mkdtemp(prefix="prosector-pg-")), "postgres" if os.geteuid() == 0 else None
    if user:  # it refuses to run as root
        shutil.chown(folder, user)

    def run(program: str, *arguments: str) -> None:
        command = [str(programs / program), "-D", str(folder / "db"), *arguments]
        subprocess.run(command, check=True, user=user, capture_output=True, cwd=folder, timeout=120)

    port = free_port()
    try:
        run("initdb", "-U", "prosector", "-A", "trust", "-N")
        options = f"-p {port} -h 127.0.0.1 -k {folder} -c fsync=off"
        run("pg_ctl", "-w", "-l", str(folder / "log"), "-o", options, "start")
        yield f"postgresql+psycopg://prosector@127.0.0.1:{port}/postgres"
        run("pg_ctl", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
