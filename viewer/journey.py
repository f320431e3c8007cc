"""Drives the window as a reader does, with clicks and keys, and keeps the time: for the demo and the journey tests."""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QLineEdit, QPushButton, QWidget

from core.errors import ProsectorError
from core.pirads import Category
from core.report import FromModel, Lesion, Report, Unreviewed
from viewer.lesion_card import LesionCard
from viewer.main_window import MainWindow

_CARD_HEAD = QPoint(60, 14)
_PAUSE_S = 0.01
Found = TypeVar("Found", bound=QWidget)


class JourneyFailed(ProsectorError):
    """The window did not get where the journey wanted it in time."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step, how long it took and how it ended."""

    step: str
    seconds: float
    outcome: str


class Journey:
    """One reader's way through the window from query to sent."""

    def __init__(self, window: MainWindow, pictures: Path | None = None) -> None:
        self.window = window
        self.steps: list[Step] = []
        self._pictures = pictures

    # ------------------------------------------------------------------ the whole way

    def open_first_study(self) -> None:
        """Query the archive and open the first study that it lists."""
        with self.step("query"):
            self.click(QPushButton, "queryButton", self.window.worklist)
            self.wait_for_studies()
        self.picture("worklist")
        with self.step("open"):
            QTest.keyClick(self.window.worklist.table, Qt.Key.Key_Return)
            self.wait_for_images()

    def run_ai(self) -> None:
        """Press Run AI and wait for what it finds."""
        with self.step("analyse"):
            self.click(QPushButton, "runAiButton", self.window.reading)
            self.wait_for_findings()

    def accept_and_score(self) -> None:
        """Take every lesion of the AI and give it, in T2W and DWI, the score that the AI suggests.

        Where there is none, the examination gets the lowest category that its images allow.
        """
        with self.step("review"):
            for lesion in self.report.lesions:
                if isinstance(lesion.review, Unreviewed):
                    self.select(lesion)
                    self.click(QPushButton, "acceptButton", self.card(lesion))
                    self.score(lesion, _suggested(lesion), _suggested(lesion))
            if not self.report.reported_lesions:
                category = self.report.choices_without_lesion[0]
                self.click(QPushButton, f"examination_PI-RADS {category}", self.window.reading)

    def sign_and_send(self, passphrase: str) -> None:
        """Open Sign & send, unlock the key, sign, and wait until the archive was seen to hold everything."""
        with self.step("sign dialog"):
            self.click(QPushButton, "signButton", self.window.reading)
            self.wait(lambda: self.window.sign_dialog is not None, "the sign dialog", 20)
            dialog = self.window.sign_dialog
            assert dialog is not None
            self.wait(lambda: dialog.preview.page_count > 0, "the preview of the report", 60)
            self.write(QLineEdit, "passphraseEdit", dialog, passphrase)
            self.check(self.find(QCheckBox, "confirmBox", dialog))
            self.wait(lambda: self.find(QPushButton, "signAndSendButton", dialog).isEnabled(), "a report to sign", 20)
        self.picture("sign", dialog)
        with self.step("sign and send"):
            self.click(QPushButton, "signAndSendButton", dialog)
            self.wait(
                lambda: dialog.sent or dialog.notice.isVisible() or dialog.form.notice.isVisible(), "the PACS", 180
            )
            self._require(dialog.sent, "The report was not sent.")
        self.picture("sent", dialog)
        self.click(QPushButton, "signAndSendButton", dialog)
        self.wait(lambda: self.window.pages.currentWidget() is self.window.worklist, "the worklist", 30)

    # ------------------------------------------------------------------ waiting

    def wait_for_studies(self) -> None:
        """Wait until the archive has listed its studies."""
        worklist = self.window.worklist
        self.wait(lambda: worklist.settled or worklist.notice.isVisible(), "an answer of the archive", 60)
        self._require(bool(worklist.model.rows), "The archive listed no study.")

    def wait_for_images(self) -> None:
        """Wait until the study that is being opened hangs in the reading room."""
        told = self.window.worklist.preview.notice
        self.wait(lambda: self.window.reading.opened is not None or told.isVisible(), "the images", 180)
        self._require(self.window.reading.opened is not None, "The study was not opened.")

    def wait_for_findings(self) -> None:
        """Wait until the AI that was started has ended, and require that it found at least the gland."""
        self.wait(lambda: not self.window.reading.run.running, "the AI", 300)
        self._require(self.report.gland is not None, "The AI gave no result.")

    # ------------------------------------------------------------------ single moves

    @property
    def report(self) -> Report:
        """The report being read."""
        session = self.window.reading.session
        if session is None:
            raise JourneyFailed("No study is open.")
        return session.report

    def card(self, lesion: Lesion) -> LesionCard:
        """Return the card of a lesion."""
        return self.find(LesionCard, f"lesionCard_{lesion.label}", self.window.reading)

    def select(self, lesion: Lesion) -> None:
        """Click the card of a lesion."""
        card = self.card(lesion)
        self.window.reading.panel.reveal(card)
        QTest.mouseClick(card, Qt.MouseButton.LeftButton, pos=card.rect().topLeft() + _CARD_HEAD)
        self.settle()

    def score(self, lesion: Lesion, t2: str, dwi: str) -> None:
        """Click the T2W and DWI scores of a lesion."""
        for name, score in (("scoreT2", t2), ("scoreDwi", dwi)):
            self.click(QPushButton, f"{name}_{score}", self.card(lesion))

    def click(self, kind: type[Found], name: str, inside: QWidget) -> None:
        """Click the middle of a widget; raises `JourneyFailed` when it cannot be clicked."""
        widget = self.find(kind, name, inside)
        self._require(widget.isVisible() and widget.isEnabled(), f"“{name}” cannot be clicked.")
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=widget.rect().center())
        self.settle()

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key wherever the focus is."""
        QTest.keyClick(self._focus(), key, modifiers)
        self.settle()

    def type_text(self, text: str) -> None:
        """Type text wherever the focus is."""
        QTest.keyClicks(self._focus(), text)
        self.settle()

    def write(self, kind: type[Found], name: str, inside: QWidget, text: str) -> None:
        """Type into a field."""
        field = self.find(kind, name, inside)
        field.setFocus()
        QTest.keyClicks(field, text)
        self.settle()

    def check(self, box: QCheckBox) -> None:
        """Tick a box by the keyboard, as its text may span lines, once it can be ticked."""
        self.wait(box.isEnabled, "a box that can be ticked", 60)
        box.setFocus()
        QTest.keyClick(box, Qt.Key.Key_Space)
        self.settle()

    def find(self, kind: type[Found], name: str, inside: QWidget) -> Found:
        """Return the widget of this name; raises `JourneyFailed` when there is none."""
        widget = inside.findChild(kind, name)
        if widget is None:
            raise JourneyFailed(f"The window has no “{name}”.")
        return widget

    def picture(self, name: str, widget: QWidget | None = None) -> None:
        """Keep a picture of the window, or of one widget."""
        if self._pictures is not None:
            self.settle()
            self._pictures.mkdir(parents=True, exist_ok=True)
            (widget or self.window).grab().save(str(self._pictures / f"{name}.png"))

    def settle(self) -> None:
        """Let the window take in what happened, and let go of the widgets that it has done with."""
        QApplication.processEvents()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)  # as the event loop would

    def wait(self, condition: Callable[[], bool], what: str, seconds: float) -> None:
        """Let the window live until `condition` holds; raises `JourneyFailed`."""
        deadline = time.monotonic() + seconds
        while not condition():
            self._require(time.monotonic() < deadline, f"Waited {seconds:g} s for {what}.")
            self.settle()
            time.sleep(_PAUSE_S)  # QTest.qWait would hold the interpreter lock and starve every other thread

    @contextmanager
    def step(self, name: str) -> Generator[None]:
        """Keep the time and the outcome of one step."""
        start, outcome = time.perf_counter(), "failed"
        try:
            yield
            outcome = "done"
        except ProsectorError as error:
            outcome = f"failed: {error}"
            raise
        finally:
            self.steps.append(Step(name, round(time.perf_counter() - start, 3), outcome))

    def as_json(self) -> list[dict[str, object]]:
        """Return the steps as `journey.json` has them."""
        return [asdict(step) for step in self.steps]

    def _focus(self) -> QWidget:
        if QApplication.activeWindow() is None:
            self.window.activateWindow()  # as a window manager does when a dialog was closed
        self.wait(lambda: QApplication.focusWidget() is not None, "the window to take the keyboard", 10)
        widget = QApplication.focusWidget()
        assert widget is not None
        return widget

    def _require(self, holds: bool, sentence: str) -> None:
        if not holds:
            raise JourneyFailed(" ".join((sentence, *self._notices())))

    def _notices(self) -> list[str]:
        dialog = self.window.sign_dialog
        notices = [self.window.worklist.notice, self.window.worklist.preview.notice, self.window.reading.notice]
        notices += [dialog.notice, dialog.form.notice] if dialog else []
        return [notice.sentence for notice in notices if notice.isVisible()]


def _suggested(lesion: Lesion) -> str:
    if not isinstance(lesion.origin, FromModel):
        raise JourneyFailed(f"{lesion.label} is no lesion of the AI.")
    suggested = lesion.origin.suggested_category
    return suggested.value if suggested.value.isdigit() else Category.THREE.value
