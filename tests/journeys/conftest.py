"""The window without a screen, and the workstations that it runs on."""

import os
import shutil
import signal
import subprocess
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from core.report import Reader
from core.settings import DimseNode, ReaderSettings, Settings, ThisNode, WorklistSettings
from reporting.signature import save_key, throw_away_key
from service.workspace import Workspace, open_workspace
from viewer.app import create_app
from viewer.journey import Journey
from viewer.main_window import MainWindow

_US = ThisNode()


@dataclass(frozen=True)
class Identity:
    """Who reads, the key file to sign with, what opens it, and the certificate that vouches for the signature."""

    reader: Reader
    pkcs12: Path
    passphrase: str
    certificate: Path


@pytest.fixture(scope="session")
def identity(tmp_path_factory: pytest.TempPathFactory) -> Identity:
    """A reader with a key of a day."""
    folder, reader, passphrase = tmp_path_factory.mktemp("key"), Reader("Reader^Journey", "Hospital"), "correct horse"
    key = throw_away_key(reader)
    save_key(key, folder / "reader.p12", passphrase)
    (folder / "reader.pem").write_bytes(key.certificate.public_bytes(Encoding.PEM))
    return Identity(reader, folder / "reader.p12", passphrase, folder / "reader.pem")


@dataclass(frozen=True)
class Workstation:
    """A workstation with its window on the screen, and the reader before it."""

    ws: Workspace
    window: MainWindow
    journey: Journey
    close: Callable[[], None]


@pytest.fixture
def workstation(identity: Identity, qapp: QApplication) -> Iterator[Callable[..., Workstation]]:
    """Start a workstation on a data folder and show its window; what is still open is closed after the test.

    `archives` are the archives that it knows; `pkcs12` is the key file when it is not the reader's, and `live_every_s`
    how often its worklist asks for what is new.
    """
    create_app()
    with ExitStack() as stack:

        def start(
            data_folder: Path,
            *archives: DimseNode,
            this_node: ThisNode = _US,
            pkcs12: Path = identity.pkcs12,
            live_every_s: float = 30.0,
        ) -> Workstation:
            reader = ReaderSettings(name=identity.reader.name, organization=identity.reader.organization, pkcs12=pkcs12)
            settings = Settings(
                data_folder=data_folder,
                this_node=this_node,
                archives=archives,
                reader=reader,
                worklist=WorklistSettings(live_every_s=live_every_s),
            )
            own = stack.enter_context(ExitStack())
            return own.enter_context(_running(settings, own.close))

        yield start


@contextmanager
def _running(settings: Settings, close: Callable[[], None]) -> Iterator[Workstation]:
    ws = open_workspace(settings)
    window = MainWindow(ws)
    window.resize(1920, 1080)
    window.show()
    try:
        yield Workstation(ws, window, Journey(window), close)
    finally:
        window.reading.leave()
        window.close()
        window.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        ws.close()


class Machine:
    """A command of Python's, `service.cli watch` say, and all that it starts: a machine that can lose its power."""

    def __init__(self, log: Path, command: tuple[str, ...], environment: dict[str, str]) -> None:
        self.log = log
        with log.open("ab") as stderr:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *command],
                env={**os.environ, **environment},
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
                start_new_session=True,
            )

    def greeting(self) -> str:
        """Return the first line that it says, once it does."""
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def lose_power(self) -> None:
        """Kill it and all that it started."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate()

    def stop(self) -> int:
        """Ask it to stop; return its exit status."""
        self.process.terminate()
        self.process.communicate(timeout=60)
        return self.process.returncode


@contextmanager
def _machine(log: Path, *command: str, **environment: str) -> Generator[Machine]:
    one = Machine(log, command, environment)
    try:
        yield one
    finally:
        if one.process.poll() is None:
            try:
                one.stop()
            except subprocess.TimeoutExpired:
                one.lose_power()


@pytest.fixture(scope="session")
def machine() -> Callable[..., AbstractContextManager[Machine]]:
    """Start a command for the time of a block, with more environment by keyword; stderr goes to a log."""
    return _machine


class PacsProcess:
    """`prosector pacs` in a process of its own."""

    def __init__(self, folder: Path, port: int) -> None:
        self.port = port
        command = [sys.executable, "-m", "service.cli", "pacs", "--folder", str(folder), "--port", str(port)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.greeting = self._process.stdout.readline()

    def kill(self) -> None:
        """End it as a power cut would."""
        self._process.kill()
        self._process.communicate()

    def terminate(self) -> tuple[int, str]:
        """Ask it to stop (SIGTERM); return its exit status and what it said on stderr."""
        self._process.terminate()
        _, said = self._process.communicate(timeout=20)
        return self._process.returncode, said


@pytest.fixture
def pacs_process(
    phantom_study: Any, tmp_path: Path, free_port: Callable[[], int]
) -> Iterator[Callable[[], PacsProcess]]:
    """Start `prosector pacs` on a folder with the phantom, each time at the same port."""
    folder, port = Path(shutil.copytree(phantom_study.folder, tmp_path / "served")), free_port()
    with ExitStack() as stack:

        def start() -> PacsProcess:
            process = PacsProcess(folder, port)
            stack.callback(process.kill)
            return process

        yield start
