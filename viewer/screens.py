"""`python -m viewer.screens`: a picture of every screen, layout, dialog, empty and error state, and an index of them.

The real window is driven without a screen on made-up studies, so that what it looks like can be judged at a glance.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QInputDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QProgressBar,
    QPushButton,
    QSlider,
    QToolButton,
    QWidget,
)

from core.files import write_bytes, write_text
from core.progress import Silent
from core.settings import DimseNode, WatchSettings
from core.study import Role
from service.watch_study import Task, go_through
from service.workspace import Workspace
from viewer.app import create_app
from viewer.board_dialog import BoardDialog
from viewer.check_dialog import CheckDialog
from viewer.demo import PASSPHRASE, finish, site
from viewer.history_dialog import HistoryDialog
from viewer.journey import Found, Journey
from viewer.lesion_dialogs import RejectDialog, SectorDialog
from viewer.main_window import MainWindow
from viewer.outbox_dialog import OutboxDialog
from viewer.pdf_preview import PdfPreview
from viewer.screens_studies import ANALYSED, EARLIER, ELSEWHERE, INCOMPLETE, NOW, make_studies
from viewer.screens_use import made_up
from viewer.shortcuts_dialog import ShortcutsDialog
from viewer.sign_dialog import SignDialog
from viewer.view_3d import View3D
from viewer.viewport import Viewport

Key = Qt.Key
_SIZE = QSize(1920, 1080)
_MOST_BYTES = 100_000
_VEIL = QColor(0, 0, 0, 120)
_LEFT, _CTRL, _SHIFT = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
_INDEX = """# The screens of Prosector

Pictures of the window on a made-up study, taken by `make screens`; no person was scanned.
"""


@dataclass(frozen=True, slots=True)
class _Picture:
    name: str
    words: str


class _Album:
    """Keeps pictures in a folder, with an index of one line each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._chapters: dict[str, list[_Picture]] = {}
        self._chapter = ""

    def begin(self, chapter: str) -> None:
        """Let the next pictures stand under this heading."""
        self._chapter = chapter

    def add(self, name: str, image: QImage, words: str) -> None:
        """Keep a picture, as small as it must be."""
        self._chapters.setdefault(self._chapter, []).append(_Picture(name, words))
        write_bytes(self._folder / f"{name}.webp", _small(image))

    def write_index(self) -> None:
        """Write README.md."""
        lines = [_INDEX]
        for chapter, pictures in self._chapters.items():
            lines += [f"## {chapter}\n", *(f"- [{one.name}]({one.name}.webp): {one.words}" for one in pictures), ""]
        write_text(self._folder / "README.md", "\n".join(lines))


def _small(image: QImage) -> bytes:
    """Return a picture as WebP, coarser until it is small enough to lie in a repository."""
    rgb = image.convertToFormat(QImage.Format.Format_RGB888)
    pixels = Image.frombuffer(
        "RGB", (rgb.width(), rgb.height()), bytes(rgb.constBits()), "raw", "RGB", rgb.bytesPerLine(), 1
    )
    for quality in (84, 74, 60, 45):
        file = BytesIO()
        pixels.save(file, "WEBP", quality=quality, method=3)
        if file.tell() <= _MOST_BYTES:
            break
    return file.getvalue()


class _Photographer:
    """Drives the window and takes the pictures."""

    def __init__(self, window: MainWindow, ws: Workspace, album: _Album) -> None:
        self.window, self.ws, self.album = window, ws, album
        self.journey = Journey(window)
        self.reading, self.worklist = window.reading, window.worklist

    # ------------------------------------------------------------------ taking pictures

    def take(self, name: str, words: str, *, of: QWidget | None = None) -> None:
        """Take a picture of the whole screen, or of one window beside it."""
        for _ in range(8):
            self.journey.settle()  # small pictures of series are made one at a time
        self.album.add(name, of.grab().toImage() if of is not None else self._screen(), words)

    def _screen(self) -> QImage:
        """Return what the screen shows: the window, and the dialogs and menus that lie on it."""
        image = self.window.grab().toImage()
        painter = QPainter(image)
        above = [w for w in QApplication.topLevelWidgets() if w.isVisible() and isinstance(w, QDialog | QMenu)]
        if any(isinstance(widget, QDialog) for widget in above):
            painter.fillRect(self.window.rect(), _VEIL)
        for widget in above:
            painter.drawPixmap(self.window.mapFromGlobal(widget.pos()), widget.grab())
        painter.end()
        return image

    # ------------------------------------------------------------------ moves

    def click(self, name: str, inside: QWidget | None = None) -> None:
        """Click a button by its name."""
        kind = QToolButton if (inside or self.reading).findChild(QToolButton, name) else QPushButton
        self.journey.click(kind, name, inside or self.reading)

    def choose(self, name: str, text: str) -> None:
        """Choose a line of a combo box as a click on it does."""
        box = self.journey.find(QComboBox, name, self.window)
        box.setCurrentText(text)
        box.activated.emit(box.currentIndex())
        self.journey.settle()

    def query(self, archive: str, patient: str = "") -> None:
        """Ask an archive, and wait for its answer."""
        self.choose("archiveCombo", archive)
        field = self.journey.find(QLineEdit, "patientEdit", self.worklist)
        field.setText(patient)
        button = self.journey.find(QPushButton, "queryButton", self.worklist)
        self.journey.click(QPushButton, "queryButton", self.worklist)
        self.journey.wait(lambda: button.text() == "Query", "the archive", 60)

    def open(self, accession_number: str, *, picture: str = "") -> None:
        """Open a study of the list; `picture` is the name of one that is taken while it is fetched."""
        rows = [row.match.accession_number for row in self.worklist.model.rows]
        self.worklist.table.selectRow(rows.index(accession_number))
        self.worklist.open_chosen()
        bar = self.worklist.preview.findChild(QProgressBar)
        assert bar is not None
        if picture:
            self.journey.wait(lambda: bar.value() > bar.maximum() // 3 or not self.worklist.busy, "images", 60)
            self.take(picture, "A study is being retrieved; it can be stopped.")
        self.journey.wait_for_images()

    def drag(self, view: QWidget, *way: tuple[float, float], release: bool = True) -> None:
        """Drag with the left button along a way in shares of a view's width and height."""
        places = [QPointF(x * view.width(), y * view.height()) for x, y in way]
        QTest.mousePress(view, _LEFT, pos=places[0].toPoint())
        for place in places[1:]:
            self._move(view, place)
        if release:
            QTest.mouseRelease(view, _LEFT, pos=places[-1].toPoint())
        self.journey.settle()

    def _move(self, view: QWidget, at: QPointF) -> None:
        kind, none = QEvent.Type.MouseMove, Qt.KeyboardModifier.NoModifier
        event = QMouseEvent(kind, at, view.mapToGlobal(at), Qt.MouseButton.NoButton, _LEFT, none)
        QApplication.sendEvent(view, event)

    def tap(self, view: QWidget, x: float, y: float) -> None:
        """Click into a view at a place in shares of its width and height."""
        QTest.mouseClick(view, _LEFT, pos=QPoint(round(x * view.width()), round(y * view.height())))
        self.journey.settle()

    def layout(self, protocol_id: str, stage: int = 0) -> None:
        """Hang a layout and wait until all of it is on the screen."""
        self.reading.grid.choose(protocol_id, stage)
        self.wait_for_layout()

    def wait_for_layout(self) -> None:
        """Wait until every series of the layout is loaded and 3D is drawn."""

        def loaded() -> bool:
            views = self.reading.grid.findChildren(View3D)
            drawn = all(view.canvas.picture is not None or not view.isVisible() for view in views)
            return drawn and not any(v.accessibleName().startswith("Loading") for v in self.reading.grid.viewports)

        self.journey.settle()  # the views of the layout before are gone
        self.journey.wait(loaded, "the layout", 60)

    def view(self, role: Role = Role.T2_AXIAL) -> Viewport:
        """Return the viewport of a role."""
        return self.reading.grid.viewport(role)


# ---------------------------------------------------------------------------------------------------------------------
# What is shown


def _worklist(p: _Photographer) -> None:
    p.album.begin("Worklist")
    p.journey.settle()
    p.take("worklist-not-asked", "Before the first query.")
    p.query("PACS: OFFLINE")
    p.take("worklist-pacs-off", "The PACS does not answer: why, and a button to ask again.")
    p.query("This workstation")
    p.take("worklist-nothing-here", "No study is on this workstation yet.")
    p.worklist.import_folder(p.ws.settings.data_folder)
    p.journey.wait(lambda: not p.worklist.busy, "the import", 30)
    p.take("worklist-import-failed", "A folder without DICOM files was to be imported.")
    p.query("PACS: DEMO-PACS", "Nobody")
    p.take("worklist-no-match", "No study fits the question.")
    p.query("PACS: DEMO-PACS")
    p.take("worklist", "The studies that the PACS has, and the chosen one beside them.")


def _signing(p: _Photographer) -> None:
    """Read the earlier study to its end, so that the later one has a prior with a report."""
    p.album.begin("Sign and send")
    p.open(EARLIER)
    p.journey.run_ai()
    dialog = _sign_dialog(p)
    p.take("sign-blocked", "Lesions wait for review, so the report cannot be signed.")
    QTest.keyClick(dialog, Key.Key_Escape)
    p.journey.wait(lambda: p.window.sign_dialog is None, "the dialog to close", 10)
    p.journey.accept_and_score()
    dialog = _sign_dialog(p)
    _confirm(p, dialog, "not it")
    p.click("signAndSendButton", dialog)
    p.journey.wait(dialog.form.notice.isVisible, "the refusal", 30)
    p.take("sign-wrong-passphrase", "The passphrase does not open the key.")
    p.journey.write(QLineEdit, "passphraseEdit", dialog, PASSPHRASE)
    p.take("sign-ready", "The report as it will be stored, and what is needed to sign it.")
    p.click("signAndSendButton", dialog)
    p.journey.wait(lambda: dialog.sent or dialog.notice.isVisible(), "the PACS", 120)
    p.take("sign-sent", "Everything is in the PACS, read back and verified.")
    p.click("signAndSendButton", dialog)
    p.journey.wait(lambda: p.window.pages.currentWidget() is p.worklist, "the worklist", 30)
    p.query("PACS: DEMO-PACS")


def _sign_dialog(p: _Photographer) -> SignDialog:
    p.click("signButton")
    p.journey.wait(lambda: p.window.sign_dialog is not None, "the sign dialog", 20)
    dialog = p.window.sign_dialog
    assert dialog is not None
    p.journey.wait(lambda: dialog.preview.page_count > 0, "the preview", 60)
    return dialog


def _confirm(p: _Photographer, dialog: SignDialog, passphrase: str) -> None:
    p.journey.write(QLineEdit, "passphraseEdit", dialog, passphrase)
    p.journey.check(p.journey.find(QCheckBox, "confirmBox", dialog))


def _signed(p: _Photographer) -> None:
    p.album.begin("A signed report")
    p.open(EARLIER)
    p.take("reading-signed", "A signed report, opened again; it can be corrected or added to.")
    p.journey.press(Key.Key_O, _SHIFT)
    p.take("results", "What the study holds of reports, segmentations and drawings, by whom.")
    p.journey.press(Key.Key_O, _SHIFT)
    p.click("historyButton")
    history = _shown(HistoryDialog)
    p.journey.wait(lambda: history.findChild(QWidget, "historyEntry") is not None, "the history", 30)
    _picture(p, HistoryDialog, "dialog-history", "Who signed what, when, and what changed.")
    p.journey.press(Key.Key_B, _CTRL)
    p.journey.find(QLineEdit, "boardFolder", p.window).setText("/home/reader/Documents")
    _picture(p, BoardDialog, "dialog-board", "Page and biopsy targets for the tumour board.")
    p.window.show_worklist()
    p.window.show_outbox()
    _picture(p, OutboxDialog, "dialog-outbox", "The outbox: what was signed, and that its archive holds it.")


def _picture(p: _Photographer, kind: type[QDialog], name: str, words: str) -> None:
    dialog = _shown(kind)
    p.take(name, words)
    dialog.reject()
    p.journey.settle()


def _by_hand(p: _Photographer) -> None:
    p.album.begin("Reading room")
    p.open(NOW, picture="worklist-retrieving")
    p.journey.wait(lambda: p.reading.looking.dce.series is not None, "the dynamic series", 120)
    p.journey.wait(p.reading.priors.button.isVisible, "the priors", 30)
    p.take("reading-before-ai", "A study has just been opened.")
    p.journey.press(Key.Key_L)
    p.take("reading-add-lesion", "The next click adds a lesion.")
    p.tap(p.view(), 0.45, 0.55)
    dialog = p.journey.find(SectorDialog, "sectorDialog", p.window)
    p.take("dialog-sector", "Without a gland the reader says in which sector a new lesion lies.")
    dialog.reject()
    p.journey.press(Key.Key_Escape)
    p.journey.press(Key.Key_N, _SHIFT)
    p.take("reading-negative", "A negative study in one key.")
    p.journey.press(Key.Key_Z, _CTRL)


def _with_ai(p: _Photographer) -> None:
    p.click("runAiButton")
    bar = p.journey.find(QProgressBar, "runAiProgress", p.reading)
    p.journey.wait(lambda: bar.value() > bar.maximum() // 2, "the AI", 120)
    p.take("reading-ai-running", "The AI runs: stage, time, and a button to stop it.")
    p.journey.wait_for_findings()
    p.take("reading-ai-found", "The AI's lesions wait for review.")
    first, second = p.journey.report.lesions[:2]
    p.journey.select(first)
    QTimer.singleShot(200, lambda: _reject(p))
    p.journey.press(Key.Key_X)
    p.take("reading-rejected", "The first lesion was rejected; its reason is kept.")
    p.journey.press(Key.Key_Z, _CTRL)
    p.journey.accept_and_score()
    p.journey.select(second)
    p.journey.select(first)
    p.journey.press(Key.Key_V)
    p.take("dialog-override", "A category against the rule, with its reason.")
    _shown(QDialog).reject()
    p.reading.notice.clear()
    p.take("reading", "Both lesions were accepted and scored.")
    p.reading.grid.set_overlay_visible(False)
    p.take("reading-overlays-off", "Overlays are hidden.")
    p.reading.grid.set_overlay_visible(True)


def _reject(p: _Photographer) -> None:
    dialog = _shown(RejectDialog)
    QTest.keyClick(dialog.focusWidget(), Key.Key_Down)
    p.take("dialog-reject", "Why a lesion of the AI is left out.")
    dialog.accept()


def _layouts(p: _Photographer) -> None:
    p.album.begin("Layouts")
    for fit in p.reading.grid.protocols:
        for number in range(len(fit.protocol.stages) if fit.suits else 0):
            p.layout(fit.protocol.id, number)
            name = f"layout-{fit.protocol.id}-{number + 1}"
            p.take(name, f"{p.reading.grid.arrangement.title}.")
    _lose_3d(p)
    p.reading.grid.set_free_grid(4, 4)
    p.take("layout-grid-4x4", "A free grid; empty viewports wait for a series.")
    p.layout("pirads-4up")
    p.reading.grid.toggle_maximised(p.view())
    p.take("layout-maximised", "One viewport fills the grid after a double click.")
    p.reading.grid.toggle_maximised(p.view())
    _menu(p, p.reading.layouts, "menu-layouts", "Layouts for this study; those that lack a series say which.")
    window = p.reading.monitors.open_monitor_window()
    assert window is not None
    window.showNormal()
    window.resize(1280, 800)
    p.take("monitor", "A window on another monitor.", of=window)
    window.close()


def _lose_3d(p: _Photographer) -> None:
    p.layout("mpr-3d")
    (view,) = p.reading.grid.findChildren(View3D)
    view.canvas.show_sentence("")
    view.canvas.lost.emit()
    p.take("layout-3d-lost", "The graphics driver gave the 3D picture up.")


def _menu(p: _Photographer, button: QToolButton, name: str, words: str) -> None:
    menu = button.menu()
    menu.popup(button.mapToGlobal(button.rect().bottomLeft()))
    p.take(name, words)
    menu.close()
    p.journey.settle()


def _looking(p: _Photographer) -> None:
    p.album.begin("Looking")
    p.layout("bpmri")
    p.click("strip_fusion")
    p.choose("fusionSource", "ADC")
    for text, words in (("Blend", "over T2"), ("Swipe", "beside T2 at a divider"), ("Checker", "and T2 in cells")):
        p.click(f"fusionMode_{text}")
        p.take(f"fusion-{text.lower()}", f"ADC {words}.")
    p.choose("fusionSource", "Off")
    p.click("strip_computed")
    p.journey.check(p.journey.find(QCheckBox, "computedBSwitch", p.reading))
    p.journey.find(QSlider, "computedBSlider", p.reading).setValue(40)
    p.take("computed-b", "A calculated image of b 2000 in place of the high-b image.")
    p.journey.check(p.journey.find(QCheckBox, "computedBSwitch", p.reading))
    p.click("strip_nudge")
    p.take("alignment", "Moving the diffusion images onto T2 by hand.")
    p.click("strip_nudge")
    p.layout("pirads-3x3")
    for text, words in (("In", "wash-in"), ("Phase", "one phase")):
        p.click(f"dceImage_{text}")
        p.take(f"dce-{words.replace(' ', '-')}", f"DCE: {words}, with the curves at the crosshair and in the lesions.")
    p.click("dceImage_Subtr")


def _marking(p: _Photographer) -> None:
    p.album.begin("Marking")
    p.layout("pirads-4up")
    view = p.view()
    for tool, way in (
        ("length", ((0.28, 0.26), (0.34, 0.26), (0.40, 0.26))),
        ("bidirectional", ((0.10, 0.46), (0.12, 0.55), (0.14, 0.64))),
        ("ellipse", ((0.44, 0.55), (0.49, 0.60), (0.53, 0.65))),
        ("polygon", ((0.46, 0.80), (0.53, 0.79), (0.56, 0.86), (0.50, 0.90), (0.45, 0.87))),
    ):
        p.click(f"strip_{tool}")
        p.drag(view, *way)
    p.click("strip_angle")
    p.drag(view, (0.72, 0.62), (0.72, 0.70), (0.74, 0.74))
    p.tap(view, 0.82, 0.62)
    p.click("strip_arrow")
    p.drag(view, (0.32, 0.70), (0.29, 0.80), (0.26, 0.84))
    note = p.journey.find(QInputDialog, "annotationText", p.window)
    note.setTextValue("Capsule bulges")
    p.take("dialog-note", "The words of an arrow.")
    note.accept()
    p.journey.press(Key.Key_Escape)
    p.take("marking-measures", "Measurements, shown in every view that they cross.")
    p.click("strip_brush")
    p.drag(view, (0.48, 0.44), (0.50, 0.47), (0.53, 0.47), release=False)
    p.take("marking-brush", "Painting the outline in hand; the bar tells whose and how large the brush is.")
    QTest.mouseRelease(view, _LEFT, pos=view.rect().center())
    p.journey.settle()
    p.journey.press(Key.Key_Escape)
    for _ in range(7):
        p.journey.press(Key.Key_Z, _CTRL)


def _prior(p: _Photographer) -> None:
    p.album.begin("Prior")
    p.reading.notice.clear()
    _menu(p, p.reading.priors.button, "menu-priors", "Earlier examinations of this patient.")
    menu = p.reading.priors.button.menu()
    menu.actions()[0].trigger()
    p.journey.wait(lambda: p.reading.priors.prior is not None, "the prior", 120)
    p.layout("compare")
    p.take("prior-compare-1", "The study over its prior, linked by registration, and what changed.")
    p.layout("compare", 1)
    p.take("prior-compare-2", "The axial T2 beside the prior's.")
    p.click("priorDocument_0", p.reading.looking.drawer)
    document = p.reading.findChild(QDialog, "priorDocument")
    assert document is not None
    p.journey.wait(lambda: p.journey.find(PdfPreview, "pdfPreview", document).page_count > 0, "the document", 60)
    p.take("prior-document", "The report of the prior.")
    document.close()
    p.journey.settle()


def _other_frame(p: _Photographer) -> None:
    p.album.begin("Another frame of reference")
    p.window.show_worklist()
    p.open(ELSEWHERE)
    p.take("frame-unlinked", "The ADC came in another frame of reference: a chip says so, and it is not linked.")
    adc = p.view(Role.ADC)
    QTest.mouseClick(adc, _LEFT, pos=adc.frame_chip.center().toPoint())
    p.take("frame-menu", "What the chip offers: anchor the series by hand, or register it.")
    menu = p.journey.find(QMenu, "frameMenu", adc)
    menu.actions()[0].trigger()
    menu.close()
    p.tap(adc, 0.5, 0.5)
    p.take("frame-anchored", "The ADC is anchored at the place that was clicked, and linked.")
    p.reading.grid.setFocus()
    _register(p)
    p.take("frame-not-registered", "A registration that finds nothing better is refused, and the anchor stays.")
    p.journey.press(Key.Key_U)
    _register(p)
    p.take("frame-registered", "The ADC is registered; the report says so.")
    p.reading.notice.clear()
    p.window.show_worklist()
    p.open(NOW)


def _register(p: _Photographer) -> None:
    p.journey.press(Key.Key_J, _SHIFT)
    p.journey.wait(lambda: p.reading.grid.display.registering is None, "the registration", 120)


def _nothing_learnt(p: _Photographer) -> None:
    p.album.begin("Dashboard")
    _dashboard(p)
    p.take("dashboard-empty", "Before the first report is signed.")
    p.click("useBackButton", p.window.use)


def _dashboard(p: _Photographer) -> None:
    p.click("dashboardButton", p.worklist)
    p.journey.wait(lambda: not p.window.use.counting, "the dashboard", 30)


def _use(p: _Photographer) -> None:
    p.album.begin("Dashboard")
    _dashboard(p)
    p.take("dashboard-first-report", "What one signed report and one run of the AI tell: little, and the page says so.")
    p.window.use.show_use(made_up())
    p.take("dashboard", "A year of made-up reports: agreement, shifts, times, failures, and a drift that is told.")
    p.click("useBackButton", p.window.use)


def _connections(p: _Photographer) -> None:
    p.album.begin("Connections")
    p.window.show_worklist()
    p.window.connections.open()
    dialog = _shown(CheckDialog)
    p.click("checkRun", dialog)
    p.journey.wait(lambda: not dialog.running, "the archives", 120)
    p.take("dialog-connections", "Every archive is tried in both directions; what fails says what to change.")
    dialog.reject()
    p.journey.settle()


def _keys(p: _Photographer) -> None:
    p.album.begin("Keys")
    p.window.show_shortcuts()
    dialog = _shown(ShortcutsDialog)
    p.take("dialog-shortcuts", "What every key does; keys can be changed.")
    dialog.reject()
    p.journey.settle()


def _triage(p: _Photographer) -> None:
    """Go through some studies as the zero-click service does, whose results every workstation then sees."""
    p.album.begin("Worklist by priority")
    p.window.show_worklist()
    watch = WatchSettings(poll=("DEMO-PACS",), store_to="DEMO-PACS")
    watcher = replace(p.ws, settings=p.ws.settings.model_copy(update={"watch": watch}))
    for row in [row for row in p.worklist.model.rows if row.match.accession_number in ANALYSED]:
        go_through(watcher, Task(row.uid, "DEMO-PACS"), Silent())
    p.query("PACS: DEMO-PACS")
    state = p.journey.find(QLabel, "listState", p.worklist)
    p.journey.wait(lambda: "reading" not in state.text(), "what the AI found", 60)
    p.worklist.table.selectRow(0)
    p.journey.wait(lambda: not p.worklist.busy, "its series", 30)
    p.take("worklist-priority", "What the zero-click service found ranks the list, and is said of the chosen study.")


def _draft(p: _Photographer) -> None:
    p.album.begin("What lacks or fails")
    p.window.show_worklist()
    p.take("worklist-draft", "A study with a draft, one that is reported.")
    p.open(NOW)
    p.take("reading-draft-restored", "The draft of before is shown again.")
    p.window.show_worklist()


def _incomplete(p: _Photographer) -> None:
    p.open(INCOMPLETE)
    p.take("lacks-axial-t2", "No axial T2, a slice of the coronal T2 missing, the high-b image in another frame.")
    p.click("runAiButton")
    p.journey.wait(lambda: not p.reading.run.running, "the AI", 60)
    p.take("ai-cannot-run", "The AI cannot run on this study.")
    p.reading.notice.clear()
    p.reading.grid.set_free_grid(2, 2)
    _vanish(p, "localizer")
    for viewport, title in zip(p.reading.grid.viewports, ("screen capture", "t2_tse_cor", "localizer"), strict=False):
        offer = next(offer for offer in p.reading.grid.offers if title in offer.choice.stack.series.description)
        p.reading.grid.hang_in(viewport, offer)
    p.wait_for_layout()
    p.take("lacks-pictures", "A colour picture, a series with a slice missing, and one whose files are gone.")
    p.window.show_worklist()


def _vanish(p: _Photographer, description: str) -> None:
    opened = p.reading.opened
    assert opened is not None
    for series in opened.recognised.study.series:
        if series.description == description:
            for instance in series.instances:
                instance.path.unlink(missing_ok=True)


def _shown(kind: type[Found]) -> Found:
    """Return the window of this kind that is on the screen."""
    return next(w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible())


_SCENES: tuple[Callable[[_Photographer], None], ...] = (
    _worklist,
    _nothing_learnt,
    _signing,
    _signed,
    _use,
    _by_hand,
    _with_ai,
    _layouts,
    _looking,
    _marking,
    _prior,
    _other_frame,
    _keys,
    _connections,
    _draft,
    _incomplete,
    _triage,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Take the pictures."""
    parser = argparse.ArgumentParser(prog="python -m viewer.screens", description=__doc__)
    parser.add_argument("--output", type=Path, required=True, metavar="DIR", help="where the pictures and README.md go")
    parser.add_argument("--size", default=f"{_SIZE.width()}x{_SIZE.height()}", help="of the window in logical pixels")
    chosen = parser.parse_args(arguments)
    width, height = map(int, chosen.size.split("x"))
    album = _Album(_fresh(chosen.output))
    with tempfile.TemporaryDirectory(prefix="prosector-screens-") as folder:
        os.environ["QT_QPA_PLATFORM"] = _platform(Path(folder), width, height)
        studies = Path(folder, "studies")
        studies.mkdir()
        make_studies(studies)
        offline = DimseNode(name="OFFLINE", ae_title="OFFLINE", host="127.0.0.1", port=1)
        with site(Path(folder), studies, offline) as ws:
            _take_all(ws, album, QSize(width, height))
    album.write_index()
    return 0


def _platform(folder: Path, width: int, height: int) -> str:
    """Return the name of a platform without a screen on which windows lie as on one of this size."""
    screen = {"name": "screen", "x": 0, "y": 0, "width": width, "height": height, "logicalDpi": 96, "dpr": 1}
    write_text(folder / "screen.json", json.dumps({"screens": [screen]}))
    return f"offscreen:configfile={folder / 'screen.json'}"


def _take_all(ws: Workspace, album: _Album, size: QSize) -> None:
    app = create_app()
    window = MainWindow(ws)
    window.resize(size)
    window.show()
    try:
        photographer = _Photographer(window, ws, album)
        for scene in _SCENES:
            scene(photographer)
    finally:
        window.close()
        finish(app)


def _fresh(folder: Path) -> Path:
    """Return the folder without the pictures of before."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in (*folder.glob("*.webp"), *folder.glob("README.md")):
        old.unlink()
    return folder


if __name__ == "__main__":
    sys.exit(main())
