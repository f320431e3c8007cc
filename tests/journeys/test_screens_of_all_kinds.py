"""The workstation on a Wayland compositor, and on an X display without OpenGL as a remote desktop has it."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from viewer.choices import MonitorPlace, ReaderChoices
from viewer.screen_scale import LEAST

_PROGRAM = Path(__file__).with_name("reading_on_a_screen.py")
_SIZE = (1600, 900)

Environment = dict[str, str]


def _installed(program: str, package: str) -> None:
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed (apt-get install {package})")


@contextmanager
def _wayland() -> Generator[Environment]:
    """A compositor that draws into memory, with no GPU, no keyboard and no mouse."""
    _installed("weston", "weston")
    width, height = _SIZE
    with tempfile.TemporaryDirectory(prefix="wayland-") as folder:
        socket = Path(folder, "prosector")
        command = ["weston", "--backend=headless-backend.so", "--use-pixman", "--debug", f"--socket={socket.name}"]
        command += [f"--width={width}", f"--height={height}", "--no-config", "--idle-time=0"]
        told = {"XDG_RUNTIME_DIR": folder}
        with subprocess.Popen(
            command, env=os.environ | told, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as p:
            try:
                _wait_for(socket.exists)
                yield told | {"WAYLAND_DISPLAY": socket.name, "QT_QPA_PLATFORM": "wayland"}
            finally:
                p.terminate()


@contextmanager
def _remote_desktop() -> Generator[Environment]:
    """An X display of the kind that VNC servers offer: pictures in memory, no GLX."""
    _installed("Xvfb", "xvfb")
    read, write = os.pipe()
    screen = f"{_SIZE[0]}x{_SIZE[1]}x24"
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", screen, "-nolisten", "tcp", "-extension", "GLX"]
    with subprocess.Popen(command, pass_fds=(write,), stderr=subprocess.DEVNULL) as server:
        os.close(write)
        try:
            with os.fdopen(read) as told:
                display = f":{told.readline().strip()}"
            yield {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        finally:
            server.terminate()


def _wait_for(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def screens() -> Iterator[Callable[[str], Environment]]:
    """Start a screen and return the environment of a program that is to appear on it."""
    with ExitStack() as running:
        yield lambda kind: running.enter_context({"wayland": _wayland, "xcb": _remote_desktop}[kind]())


def _read(study: Path, out: Path, screen: Environment) -> subprocess.CompletedProcess[str]:
    settings = out / "prosector.toml"
    settings.write_text(f'data_folder = "{out / "data"}"\n', "utf-8")
    command = [sys.executable, str(_PROGRAM), str(settings), str(study), str(out)]
    plain = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    return subprocess.run(
        command,
        env=plain | {"PYTHONPATH": str(_PROGRAM.parents[2])} | screen,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize(("kind", "study"), [("wayland", "prostatex_0000"), ("xcb", "phantom_study")])
def test_a_study_is_read_in_mpr_and_3d_and_the_window_closes_in_order(
    kind: str, study: str, screens: Callable[[str], Environment], tmp_path: Path, request: Any
) -> None:
    given = request.getfixturevalue(study)
    done = _read(given if isinstance(given, Path) else given.folder, tmp_path, screens(kind))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    facts = json.loads((tmp_path / "facts.json").read_text("utf-8"))
    assert facts == {"platform": kind, "scrolled": -1, "keys_fit": True}
    screen, t2, solid = (_pixels(tmp_path / f"{name}.png") for name in ("screen", "t2", "3d"))
    assert screen.shape[:2] == _SIZE[::-1]
    assert len(np.unique(t2[..., 0])) > 100  # many greys
    assert len(np.unique(solid.reshape(-1, 3), axis=0)) > 100  # and colours on them
    assert _shows(screen, t2)
    assert _shows(screen, solid)
    (place,) = _monitors(tmp_path / "data" / "layouts.json")  # it was open when the window was closed
    assert (place.is_open, place.maximised) == (True, True)


def _pixels(file: Path) -> NDArray[np.uint8]:
    return np.asarray(Image.open(file).convert("RGB"))


def _shows(screen: NDArray[np.uint8], picture: NDArray[np.uint8]) -> bool:
    """Tell whether the part up and left of a picture's middle is on the screen somewhere, pixel for pixel."""
    height, width = int(0.35 * picture.shape[0]), int(0.35 * picture.shape[1])
    part = picture[height // 3 :, width // 3 :][:height, :width]
    richest = int(part.std(axis=(1, 2)).argmax())  # a row that is found in one place only
    for top in range(screen.shape[0] - height):
        at = screen[top + richest].tobytes().find(part[richest].tobytes())
        if at >= 0 and (screen[top : top + height, at // 3 : at // 3 + width] == part).all():
            return True
    return False


def _monitors(file: Path) -> tuple[MonitorPlace, ...]:
    (reader,) = json.loads(file.read_text("utf-8"))["readers"].values()
    return ReaderChoices.model_validate(reader).monitors


@pytest.mark.parametrize("kind", ["wayland", "xcb"])
@pytest.mark.parametrize(("scale", "kept"), [(1.0, True), (2.0, False)])
def test_where_a_screen_has_no_room_at_its_scale_the_window_takes_the_largest_scale_that_has(
    kind: str, scale: float, kept: bool, screens: Callable[[str], Environment]
) -> None:
    program = "from viewer.screen_scale import fit_screen; fit_screen(); from viewer.app import create_app;"
    program += "app = create_app(); screen = app.primaryScreen().availableSize();"
    program += "print(screen.width(), screen.height(), app.devicePixelRatio())"
    environment = os.environ | screens(kind) | {"QT_SCALE_FACTOR": str(scale)}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    width, height, ratio = map(float, done.stdout.split())
    assert width >= LEAST.width()
    assert height > LEAST.height()
    assert (ratio == scale) is kept
    assert ratio > 0.9 * min(_SIZE[0] / LEAST.width(), _SIZE[1] / LEAST.height(), scale)
