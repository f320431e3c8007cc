"""On every screen: all that is written has room and stands out, all that takes the focus has a name and its place."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QSlider,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from core.findings import Findings
from core.report import Reader, Report, with_findings
from core.settings import ReaderSettings, Settings
from reporting.signature import save_key, throw_away_key
from service.reading import OpenStudy
from service.workspace import open_workspace
from viewer.journey import Journey
from viewer.labels import ElidedLabel
from viewer.language import ENGLISH, LANGUAGES, tr
from viewer.lesion_dialogs import OverrideDialog, RejectDialog, SectorDialog
from viewer.main_window import MainWindow
from viewer.screen_scale import LEAST
from viewer.screens_use import made_up
from viewer.shortcuts_dialog import ShortcutsDialog
from viewer.theme import apply_theme

_SIZES = (QSize(3840, 2100), QSize(1920, 1020), QSize(1366, 708), LEAST)
"""The room of the window on screens at 100 %, and the smallest, which screens at 150 and 200 % may come down to."""
_LAPTOP = _SIZES[2]
_IN_LANGUAGE = "WALK_IN_LANGUAGE"  # set for a walk in another language, whose longer words want room on a laptop
_LEAST_CONTRAST = 4.5  # WCAG 2.1, 1.4.3
_CONTROLS = (QAbstractButton, QComboBox, QLineEdit, QAbstractSpinBox)
_WRITTEN = (QLabel, QAbstractButton, QComboBox, QLineEdit)


# ---------------------------------------------------------------------------------------------------------------------
# What is looked for


def _called(widget: QWidget) -> str:
    names: list[str] = []
    at: QWidget | None = widget
    while at is not None and len(names) < 4:
        names.append(at.objectName() or type(at).__name__)
        at = at.parentWidget()
    return f"{' in '.join(names)} “{_words(widget)}”"


def _words(widget: QWidget) -> str:
    """Return what is written on a widget; nothing for a tool that shows its icon only."""
    if isinstance(widget, QToolButton) and not widget.icon().isNull():
        beside = widget.toolButtonStyle() is not Qt.ToolButtonStyle.ToolButtonIconOnly
        return widget.text() if beside else ""
    if isinstance(widget, QComboBox):
        return widget.currentText()
    return widget.text() if isinstance(widget, QLabel | QAbstractButton | QLineEdit) else ""


def _windows() -> list[QWidget]:
    return [w for w in QApplication.topLevelWidgets() if w.isVisible() and isinstance(w, MainWindow | QDialog)]


def _visible(window: QWidget) -> list[QWidget]:
    return [w for w in window.findChildren(QWidget) if w.isVisible() and w.window() is window]


def _room_wanted(widget: QWidget) -> QSize:
    """Return the room that a widget's words need; none where they are cut on purpose, with the whole in a tool tip."""
    if isinstance(widget, ElidedLabel):
        return QSize(0, widget.minimumSizeHint().height())
    if isinstance(widget, QLabel) and widget.wordWrap():
        return QSize(0, widget.heightForWidth(widget.width()))
    if isinstance(widget, QLabel | QComboBox):
        return widget.minimumSizeHint()
    assert isinstance(widget, QAbstractButton)
    wide = max(map(widget.fontMetrics().horizontalAdvance, widget.text().replace("&&", "&").splitlines()))
    beside = 0 if widget.icon().isNull() else widget.iconSize().width() + 4
    return QSize(wide + beside, widget.fontMetrics().height())


def _without_room(window: QWidget) -> Iterator[str]:
    for widget in _visible(window):
        if isinstance(widget, QLabel | QAbstractButton | QComboBox) and _words(widget):
            wanted = _room_wanted(widget)
            if wanted.width() > widget.width() or wanted.height() > widget.height() + 1:
                yield f"{_called(widget)} wants {wanted.toTuple()} and has {widget.size().toTuple()}"


def _scrolls(widget: QWidget) -> bool:
    above = widget.parentWidget()
    while above is not None and not isinstance(above, QAbstractScrollArea):
        above = above.parentWidget()
    return above is not None


def _cut_off(window: QWidget) -> Iterator[str]:
    owner = window.parentWidget()
    room = owner.window().size() if owner else window.size()
    if window.size() != window.size().boundedTo(room):
        yield f"{_called(window)} of {window.size().toTuple()} is larger than the window that it belongs to"
    for widget in _visible(window):
        if isinstance(widget, _WRITTEN) and not _scrolls(widget):
            place = QRect(widget.mapTo(window, QPoint()), widget.size())
            seen = widget.visibleRegion().boundingRect().size()
            if not window.rect().contains(place) or seen != widget.size():
                yield f"{_called(widget)} of {widget.size().toTuple()} is seen only in {seen.toTuple()}"


def _on_one_another(window: QWidget) -> Iterator[str]:
    beside: dict[int, list[QWidget]] = {}
    for widget in _visible(window):
        if isinstance(widget, _WRITTEN) and not isinstance(widget.parentWidget(), _CONTROLS):
            beside.setdefault(id(widget.parentWidget()), []).append(widget)
    for siblings in beside.values():
        for first, second in combinations(siblings, 2):
            shared = first.geometry().intersected(second.geometry())
            if shared.width() > 1 and shared.height() > 1:
                yield f"{_called(first)} lies on {_called(second)}"


def _takes_focus(widget: QWidget) -> bool:
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and widget.isVisible() and widget.isEnabled()


def _nameless(window: QWidget) -> Iterator[str]:
    for widget in _visible(window):
        inner = isinstance(widget.parentWidget(), QComboBox | QAbstractSpinBox | QLineEdit)
        written = isinstance(widget, QAbstractButton) and bool(widget.text())
        if _takes_focus(widget) and not (inner or written or widget.accessibleName()):
            yield _called(widget)


def _out_of_order(window: QWidget) -> Iterator[str]:
    """Tell where Tab goes up, or back in a row, among the parts of one bar, card or form."""
    chain, widget = [], window.nextInFocusChain()
    while widget is not window and widget is not None:
        if _takes_focus(widget):
            chain.append(widget)
        widget = widget.nextInFocusChain()
    for first, second in pairwise(chain):
        if first.parentWidget() is second.parentWidget():
            here, there = first.geometry(), second.geometry()
            if there.bottom() < here.top() or (there.center().y() <= here.bottom() and there.right() < here.left()):
                yield f"{_called(first)} comes before {_called(second)}"


def _luminance(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the relative luminance of sRGB colours 0 to 1 in the last axis (WCAG 2.1)."""
    linear = np.where(rgb <= 0.03928, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])


def _contrast(image: QImage) -> float:
    """Return the contrast of what stands out most from the commonest colour of a picture."""
    rgb = image.convertToFormat(QImage.Format.Format_RGB32)
    colours, counts = np.unique(np.frombuffer(rgb.constBits(), np.uint32), return_counts=True)
    channels = np.stack([colours >> 16, colours >> 8, colours], axis=-1) & 255
    light = _luminance(channels / 255)
    ground = light[counts.argmax()]
    return float(((np.maximum(light, ground) + 0.05) / (np.minimum(light, ground) + 0.05)).max())


def _words_box(widget: QWidget) -> QRect:
    """Return where the words of a widget are, without its border and icon."""
    inset = 4 if isinstance(widget, QAbstractButton | QComboBox | QLineEdit) else 0
    box = widget.rect().adjusted(inset, inset, -inset, -inset)
    if isinstance(widget, QAbstractButton) and not widget.icon().isNull():
        box.setLeft(box.left() + box.width() // 2)
    return box


def _pale(window: QWidget) -> Iterator[str]:
    """Tell which words, painted as they are now, do not stand out from their ground."""
    seen = window.grab()
    ratio = seen.devicePixelRatio()
    picture = seen.toImage()
    for widget in _visible(window):
        if isinstance(widget, _WRITTEN) and _words(widget).strip() and not widget.visibleRegion().isEmpty():
            whole = _words_box(widget)
            box = whole.intersected(widget.visibleRegion().boundingRect())
            if box.height() < min(widget.fontMetrics().height(), whole.height()):
                continue  # at the rim of what scrolls: not one whole line of it shows
            place = QRect(widget.mapTo(window, box.topLeft()) * ratio, box.size() * ratio)
            found = _contrast(picture.copy(place))
            if found < _LEAST_CONTRAST:
                yield f"{_called(widget)}: {found:.2f}"


# ---------------------------------------------------------------------------------------------------------------------
# The whole window


@dataclass
class _Seen:
    """What was found, by what was looked for, each with the scene and the size of the window."""

    found: dict[Callable[[QWidget], Iterator[str]], list[str]] = field(default_factory=dict)
    scenes: list[str] = field(default_factory=list)

    def look(self, scene: str, *looked_for: Callable[[QWidget], Iterator[str]]) -> None:
        self.scenes.append(scene)
        for window in _windows():
            for look in looked_for:
                self.found.setdefault(look, []).extend(f"{scene}: {told}" for told in look(window))


class _Walk:
    """Brings the window into each of its states."""

    def __init__(self, window: MainWindow, opened: OpenStudy, report: Report, *, briefly: bool) -> None:
        self.window, self.journey = window, Journey(window)
        self._opened, self._report, self._briefly = opened, report, briefly

    def scenes(self) -> Iterator[str]:
        """Show one state after another and yield its name."""
        yield "worklist"
        yield from self._dashboard()
        self.window.show_study(self._opened)
        yield "reading room"
        session = self.window.reading.session
        assert session is not None
        session.edit(lambda _: self._report, what="findings")
        self.window.reading.notice.show_sentence("The AI found 2 lesions to review.", tone="ok")
        yield "findings"
        yield from self._layouts()
        yield from self._tools()
        yield from self._dialogs()

    def _dashboard(self) -> Iterator[str]:
        self.window.show_dashboard()
        self.journey.wait(lambda: not self.window.use.counting, "the dashboard", 20)
        yield "empty dashboard"
        self.window.use.show_use(made_up())
        yield "dashboard"
        self._click("useBackButton")

    def _layouts(self) -> Iterator[str]:
        grid = self.window.reading.grid
        for fit in grid.protocols:
            if self._briefly and fit.protocol.id != "mpr-3d":
                continue  # the others hang viewports only, whose words are painted and not widgets
            for stage in range(len(fit.protocol.stages)):
                grid.choose(fit.protocol.id, stage)
                yield f"{fit.protocol.id} {stage + 1}"
        grid.choose("bpmri", 0)

    def _tools(self) -> Iterator[str]:
        for name in ("fusion", "computed", "nudge", "brush"):
            self._click(f"strip_{name}")
            yield name
            if name != "computed":
                self._click(f"strip_{name}")
        self._click("addLesionButton")
        yield "placing"
        self._click("addLesionButton")
        self.window.reading.run.show_started()
        yield "AI running"
        self.window.reading.run.show_ready()

    def _dialogs(self) -> Iterator[str]:
        lesion = self._report.lesions[0]
        for dialog in (
            RejectDialog(lesion, self.window),
            OverrideDialog(lesion, self.window),
            SectorDialog(self.window),
        ):
            dialog.open()
            yield type(dialog).__name__
            dialog.reject()
        self.window.show_shortcuts()
        yield "keys"
        self.journey.find(ShortcutsDialog, "shortcutsDialog", self.window).reject()
        self._click("signButton")
        self.journey.wait(lambda: self.window.sign_dialog is not None, "the sign dialog", 20)
        dialog = self.window.sign_dialog
        assert dialog is not None
        self.journey.wait(lambda: dialog.preview.page_count > 0, "the preview", 60)
        yield "signing"
        dialog.reject()

    def _click(self, name: str) -> None:
        self.journey.find(QAbstractButton, name, self.window).click()
        self.journey.settle()


@pytest.fixture(scope="module")
def seen(qapp: QApplication, opened: OpenStudy, findings: Findings, tmp_path_factory: pytest.TempPathFactory) -> _Seen:
    """Everything that the window shows, looked at in several sizes."""
    apply_theme(qapp)
    folder, reader = tmp_path_factory.mktemp("workstation"), Reader("Reader^Made Up", "Hospital")
    save_key(throw_away_key(reader), folder / "reader.p12", "correct horse")
    signer = ReaderSettings(name=reader.name, organization=reader.organization, pkcs12=folder / "reader.p12")
    ws = open_workspace(Settings(data_folder=folder, reader=signer))
    window = MainWindow(ws)
    seen = _Seen()
    try:
        window.show()
        sizes = _SIZES if qapp.devicePixelRatio() == 1 else (LEAST,)
        briefly = _IN_LANGUAGE in os.environ
        if briefly:
            assert tr("Save draft") != "Save draft"
            sizes = (_LAPTOP,)
        walk = _Walk(window, opened, with_findings(Report(opened.recognised), findings), briefly=briefly)
        for scene in walk.scenes():  # dialogs open in the smallest window
            for size in sizes:
                window.resize(size)
                for _ in range(12):
                    walk.journey.settle()
                seen.look(f"{scene} {size.width()}", _without_room, _cut_off, _on_one_another)
            seen.look(scene, _nameless, _out_of_order, *(() if briefly else (_pale,)))
    finally:
        window.close()
        window.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        ws.close()
    return seen


def test_all_that_is_written_has_room(seen: _Seen) -> None:
    assert seen.found[_without_room] == []


def test_nothing_is_cut_off_by_its_window_and_no_dialog_is_larger_than_the_window(seen: _Seen) -> None:
    assert seen.found[_cut_off] == []


def test_nothing_lies_on_something_else(seen: _Seen) -> None:
    assert seen.found[_on_one_another] == []


def test_all_that_takes_the_focus_has_a_name_for_those_who_do_not_see_it(seen: _Seen) -> None:
    assert seen.found[_nameless] == []


def test_tab_goes_through_each_bar_and_form_as_one_reads(seen: _Seen) -> None:
    assert seen.found[_out_of_order] == []


def test_all_that_is_written_stands_out_from_its_ground(seen: _Seen) -> None:
    assert seen.found.get(_pale, []) == []


def test_what_is_looked_for_is_found(qtbot: QtBot) -> None:
    window = QDialog()
    qtbot.addWidget(window)
    window.resize(300, 200)
    pale, cut, below, outside = (QPushButton(text, window) for text in ("Pale", "No room for this", "Below", "Outside"))
    pale.setStyleSheet("background: #161b22; color: #5d6977")
    cut.setGeometry(0, 50, 40, 30)
    below.setGeometry(30, 50, 100, 30)
    outside.setGeometry(280, 100, 100, 30)
    slider = QSlider(window)
    window.show()
    found = [list(look(window)) for look in (_pale, _without_room, _on_one_another, _cut_off, _nameless)]
    assert [told[0].split()[0] for told in found] == [
        "QPushButton",
        "QPushButton",
        "QPushButton",
        "QPushButton",
        "QSlider",
    ]
    del slider


@pytest.mark.parametrize("scale", ["1.5", "2"])
def test_elsewhere_at_other_scales_of_the_screen_it_is_the_same(scale: str) -> None:
    _walk_elsewhere("-m", "pytest", QT_SCALE_FACTOR=scale)


_SPEAK_FIRST = """
import sys
from viewer import language
language.speak(sys.argv[1])
import pytest
sys.exit(pytest.main(sys.argv[2:]))
"""


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != ENGLISH])
def test_elsewhere_in_other_languages_longer_words_have_room_as_well(code: str) -> None:
    _walk_elsewhere("-c", _SPEAK_FIRST, code, **{_IN_LANGUAGE: code})


def _walk_elsewhere(*how: str, **environment: str) -> None:
    """Run the tests of this file in a process of its own."""
    here = Path(__file__).resolve()
    command = [sys.executable, *how, str(here), "-q", "-p", "no:cacheprovider", "-k", "not elsewhere"]
    everything = os.environ | environment | {"QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(command, env=everything, cwd=here.parents[2], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
