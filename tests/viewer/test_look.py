"""How the window looks and is read: fonts, words that are cut, text on images, and where the focus stays."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontInfo, QImage, QPainter, QTextLayout
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDoubleSpinBox, QLabel, QLineEdit, QListWidget, QPushButton
from pytestqt.qtbot import QtBot

from core.pirads import Category
from core.report import Report
from core.sectors import sector
from core.settings import ReaderSettings
from service.reading import OpenStudy
from service.workspace import Workspace
from viewer import edits
from viewer.corner_text import TEXT_COLOUR, draw_corner
from viewer.dce_desk import DceDesk
from viewer.dce_panel import DcePanel
from viewer.jobs import JobRunner
from viewer.labels import ElidedLabel
from viewer.lesion_card import LesionCard
from viewer.lesion_dialogs import OverrideDialog, RejectDialog
from viewer.main_window import MainWindow
from viewer.mpr_axes import PLANE_COLOURS
from viewer.notice import Notice
from viewer.overlay_painter import chip_words
from viewer.overlays import GLAND_COLOUR
from viewer.patient_bar import PatientBar
from viewer.picture_3d import PERIPHERAL_COLOUR, TRANSITION_COLOUR
from viewer.placing_strip import PlacingStrip
from viewer.run_bar import times
from viewer.sector_map_widget import SectorMapWidget
from viewer.signature_form import SignatureForm
from viewer.theme import COLOURS, apply_theme, pirads_colour, style_sheet
from viewer.tool_bar import ToolBar

_ZONE_COLOURS = (PERIPHERAL_COLOUR, TRANSITION_COLOUR)


@pytest.fixture(autouse=True)
def _themed(qapp: QApplication) -> None:
    apply_theme(qapp)


# ---------------------------------------------------------------------------------------------------------------------
# Fonts and text


def test_the_window_is_written_in_the_shipped_typeface(qapp: QApplication) -> None:
    assert QFontInfo(qapp.font()).family() == "Inter"


@pytest.mark.parametrize(
    "name", ["Müller, Jörg", "Nguyễn, Văn An", "Иванов, Пётр", "Παπαδόπουλος", "山田 太郎", "やまだ"]
)
def test_no_letter_of_a_name_is_an_empty_box(qapp: QApplication, name: str) -> None:
    layout = QTextLayout(name, qapp.font())
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    drawn = [index for run in layout.glyphRuns() for index in run.glyphIndexes()]
    assert drawn
    assert 0 not in drawn  # glyph 0 is the box


def test_a_line_that_has_room_is_whole_and_one_that_has_not_says_the_whole_in_its_tooltip(qtbot: QtBot) -> None:
    line = ElidedLabel("AI: TAPS 1.1.2 · Prosector bpMRI detector 0.1 · 2.8 s")
    qtbot.addWidget(line)
    line.setContentsMargins(4, 0, 12, 0)
    line.resize(line.sizeHint())
    line.show()
    assert line.text() == line.whole
    assert line.toolTip() == ""
    line.resize(line.width() - 3, line.height())
    assert line.text().endswith("…")
    assert line.toolTip() == line.whole


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("M 67 y · ID P808 · 2026-03-01", "M 67 y · ID P808 · …"),  # no half date
        ("M 67 y · ID P808 · MR prostate", "M 67 y · ID P808 · MR pro…"),
    ],
)
def test_half_a_number_is_left_out_of_a_line_that_is_cut(words: str, shown: str, qtbot: QtBot) -> None:
    line = ElidedLabel(words)
    qtbot.addWidget(line)
    line.resize(line.fontMetrics().horizontalAdvance("M 67 y · ID P808 · MR pro…") + 2, 20)
    line.show()
    assert line.text() == shown


@pytest.mark.parametrize("width", [240, 320])
def test_text_on_a_white_image_has_a_dark_rim_all_around(qapp: QApplication, width: int) -> None:
    image = QImage(width, 30, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.setFont(QFont(qapp.font()))
    draw_corner(painter, QRectF(image.rect()), Qt.AlignmentFlag.AlignTop, ("Se 3 · 0.56×0.56×3.0 mm",), share=1.0)
    painter.end()
    blue, green, red = np.frombuffer(image.constBits(), np.uint8).reshape(30, width, 4)[..., :3].transpose(2, 0, 1)
    letters = (abs(red - float(TEXT_COLOUR.red())) < 12) & (abs(blue - float(TEXT_COLOUR.blue())) < 12)
    white = (blue > 235) & (green > 235)
    beside = np.zeros_like(letters)
    for rows, columns in ((0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (1, -1), (-1, 1), (-1, -1)):
        beside |= np.roll(letters, (rows, columns), (0, 1))
    assert letters.sum() > 50
    assert not (beside & white).any()


# ---------------------------------------------------------------------------------------------------------------------
# Contrast: WCAG 2.1, 1.4.3


def _luminance(colour: str) -> float:
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(ink: str, ground: str) -> float:
    light, dark = sorted((_luminance(ink), _luminance(ground)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _rules() -> dict[str, dict[str, str]]:
    """Return the properties of each selector in the style sheet; a state has those of what it is a state of as well."""
    plain = re.sub(r"/\*.*?\*/", "", style_sheet(), flags=re.DOTALL)
    rules: dict[str, dict[str, str]] = {}
    for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", plain):
        told = dict(re.findall(r"([\w-]+):\s*([^;]+);", body))
        for selector in map(str.strip, selectors.split(",")):
            without_state = re.sub(r"(?<!:):(?!:)[\w-]+", "", selector)
            rules[selector] = rules.get(without_state, {}) | rules.get(selector, {}) | told
    return rules


def _pairs() -> Iterator[tuple[str, str, str]]:
    """Yield selector, colour of the text and of its ground; text without a ground of its own may lie on any surface."""
    surfaces = [COLOURS[name] for name in ("background", "panel", "raised")]
    for selector, told in _rules().items():
        part = selector.partition("::")[2]
        if part and not part.startswith(("item", "section")):
            continue  # arrows, handles and boxes bear no words
        for ink, ground in (("color", "background"), ("selection-color", "selection-background-color")):
            own = told.get(ground, "transparent")
            if ink in told or own != "transparent":
                grounds = surfaces if own == "transparent" else [own]
                yield from ((selector, told.get(ink, COLOURS["text"]), one) for one in grounds)


def test_every_text_of_the_style_sheet_stands_out_from_its_ground_also_when_it_is_disabled_or_chosen() -> None:
    pairs = list(_pairs())
    assert {("QPushButton:disabled", COLOURS["faint"], COLOURS["panel"])} < set(pairs)
    assert [pair for pair in pairs if _contrast(*pair[1:]) < 4.5] == []


def test_words_on_chips_and_words_in_the_colour_of_a_category_stand_out() -> None:
    colours = {pirads_colour(category).name() for category in Category}
    assert min(_contrast(COLOURS["background"], colour) for colour in colours) >= 4.5
    assert min(_contrast(colour, COLOURS[ground]) for colour in colours for ground in ("panel", "raised")) >= 4.5


def test_what_is_drawn_on_images_stands_out_from_its_dark_rim() -> None:
    colours = [TEXT_COLOUR, *PLANE_COLOURS.values(), *(QColor(*c) for c in (GLAND_COLOUR, *_ZONE_COLOURS))]
    assert min(_contrast(colour.name(), "#000000") for colour in colours) >= 4.5


def test_a_large_sector_map_names_its_sectors(qtbot: QtBot) -> None:
    drawn = SectorMapWidget()
    qtbot.addWidget(drawn)
    drawn.resize(700, 250)
    middle = drawn.centre_of(sector("right-mid-TZp").key)
    seen = drawn.grab(QRectF(middle - QPointF(12, 6), middle + QPointF(12, 6)).toRect()).toImage()
    inks = {seen.pixel(x, y) for x in range(seen.width()) for y in range(seen.height())}
    assert len(inks) > 10


def test_the_tools_stay_where_they_are_when_the_overlays_are_switched_off(qtbot: QtBot) -> None:
    tools = ToolBar()
    qtbot.addWidget(tools)
    widths: list[int] = []
    for visible in (True, False):
        tools.show_overlay(visible)
        widths.append(tools.sizeHint().width())
    assert widths[0] == widths[1]


# ---------------------------------------------------------------------------------------------------------------------
# Little room


def test_in_a_narrow_panel_the_button_of_a_notice_stands_below_its_sentence(qtbot: QtBot) -> None:
    notice = Notice()
    qtbot.addWidget(notice)
    notice.show_sentence("The folder holds no DICOM files; choose another one.", button="Choose again…")
    sentence, button = notice.findChild(QLabel, "noticeSentence"), notice.findChild(QPushButton, "noticeButton")
    for width, below in ((900, False), (320, True)):
        notice.resize(width, 120)
        QApplication.processEvents()
        assert (button.y() >= sentence.geometry().bottom()) is below
        assert (button.x() >= sentence.geometry().right()) is not below


def test_a_name_that_has_no_room_ends_in_dots_and_says_the_whole_in_its_tooltip(report: Report, qtbot: QtBot) -> None:
    bar = PatientBar()
    qtbot.addWidget(bar)
    bar.show_report(report)
    bar.show()
    name = bar.findChild(ElidedLabel, "patientName")
    for width, shown in ((900, "Müller, Jörg"), (bar.minimumSizeHint().width() + 30, "Mül…")):
        bar.resize(width, 34)
        QApplication.processEvents()
        assert name.text().startswith(shown[:3])
        assert name.text().endswith(shown[-1])
        assert name.toolTip() == ("" if shown.endswith("g") else "Müller, Jörg")


@pytest.mark.parametrize(("room", "words"), [(200, "L1"), (303, "L1 · PI-RADS 4"), (500, "L1 · PI-RADS 4 · AI 0.95")])
def test_a_chip_says_as_much_as_its_picture_has_room_for(room: float, words: str) -> None:
    assert chip_words("L1 · PI-RADS 4 · AI 0.95", room) == words


def test_all_of_the_curves_panel_has_room_in_a_ninth_of_a_small_screen(jobs: JobRunner, qtbot: QtBot) -> None:
    panel = DcePanel(DceDesk(jobs))
    qtbot.addWidget(panel)
    assert panel.minimumSizeHint().height() <= 208
    assert panel.minimumSizeHint().width() <= 303


def test_what_was_said_of_a_passphrase_goes_when_another_is_typed(tmp_path: Path, qtbot: QtBot) -> None:
    form = SignatureForm(ReaderSettings(pkcs12=tmp_path / "reader.p12"))
    qtbot.addWidget(form)
    form.show()
    form.show_problem("The passphrase does not open the key.")
    QTest.keyClick(form.findChild(QLineEdit, "passphraseEdit"), Qt.Key.Key_A)
    assert form.notice.sentence == ""


# ---------------------------------------------------------------------------------------------------------------------
# Status bar


@pytest.fixture
def window(ws: Workspace, qtbot: QtBot) -> Iterator[MainWindow]:
    """The window on a small screen."""
    window = MainWindow(ws)
    window.resize(1366, 768)
    window.show()
    qtbot.waitExposed(window)
    yield window
    window.close()
    window.deleteLater()


def test_a_text_of_the_status_bar_is_never_painted_in_the_room_of_the_one_before(
    window: MainWindow, opened: OpenStudy, report: Report, qtbot: QtBot
) -> None:
    window.show_study(opened)
    window.reading.session.edit(lambda _report: report, what="findings")
    window.reading.session.save()  # the draft is saved, and nothing was painted yet
    saved = window.findChild(QLabel, "savedStatus")
    assert saved.text().startswith("Draft autosaved ")
    assert saved.width() >= saved.sizeHint().width()


@pytest.mark.parametrize(
    ("left_s", "short", "said"),
    [(None, True, "12 s"), (7.6, True, "about 8 s left"), (7.6, False, "12 s · about 8 s left")],
)
def test_the_ai_says_how_long_it_will_take_where_that_is_known(left_s: float | None, short: bool, said: str) -> None:
    assert times(12, left_s, short=short) == said


def test_everything_in_the_bar_above_the_images_has_room_while_the_ai_runs(
    window: MainWindow, opened: OpenStudy, qtbot: QtBot
) -> None:
    window.show_study(opened)
    run = window.reading.run
    run.show_started()
    assert window.reading.top.minimumSizeHint().width() <= window.width() == 1366
    QTest.mouseClick(window.findChild(QPushButton, "cancelAiButton"), Qt.MouseButton.LeftButton)
    assert window.findChild(QLabel, "runAiTimes").text() == ""  # nothing is left to wait for
    run.show_ready()


# ---------------------------------------------------------------------------------------------------------------------
# Small dialogs and fields


def test_the_common_reasons_stand_below_one_another(report: Report, qtbot: QtBot) -> None:
    dialog = RejectDialog(report.lesions[0])
    qtbot.addWidget(dialog)
    dialog.show()
    reasons = dialog.findChild(QListWidget, "rejectReasons")
    places = [reasons.visualItemRect(reasons.item(row)) for row in range(reasons.count())]
    assert all(above.bottom() < below.top() for above, below in pairwise(places))
    assert places[-1].bottom() <= reasons.viewport().height()


def test_a_reason_is_chosen_and_confirmed_by_the_keyboard(report: Report, qtbot: QtBot) -> None:
    dialog = RejectDialog(report.lesions[0])
    qtbot.addWidget(dialog)
    dialog.show()
    reasons = dialog.focusWidget()
    assert reasons.objectName() == "rejectReasons"
    QTest.keyClick(reasons, Qt.Key.Key_Return)
    assert dialog.isVisible()  # nothing is rejected without a reason
    QTest.keyClick(reasons, Qt.Key.Key_Down)
    assert dialog.reason == "Normal central zone"
    QTest.keyClick(reasons, Qt.Key.Key_Down)
    assert dialog.reason == "Typical BPH nodule"
    QTest.keyClick(reasons, Qt.Key.Key_Return)
    assert dialog.result() == RejectDialog.DialogCode.Accepted


def test_escape_rejects_nothing(report: Report, qtbot: QtBot) -> None:
    dialog = RejectDialog(report.lesions[0])
    qtbot.addWidget(dialog)
    dialog.show()
    QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Down)
    QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert dialog.result() == RejectDialog.DialogCode.Rejected


def test_a_category_against_the_rule_is_chosen_by_the_reader_and_never_preset(report: Report, qtbot: QtBot) -> None:
    dialog = OverrideDialog(report.lesions[0])
    dialog.show()
    reason = dialog.findChild(QLineEdit, "overrideReason")
    override = dialog.findChild(QPushButton, "overrideOkButton")
    QTest.keyClicks(reason, "Larger on the sagittal images")
    assert not override.isEnabled()
    QTest.keyClick(reason, Qt.Key.Key_Return)
    assert dialog.isVisible()
    QTest.mouseClick(dialog.findChild(QPushButton, "overrideCategory_5"), Qt.MouseButton.LeftButton)
    assert override.isEnabled()
    assert (dialog.category, dialog.reason) == (Category.FIVE, "Larger on the sagittal images")
    five = dialog.findChild(QPushButton, "overrideCategory_5")
    five.setFocus()
    QTest.keyClick(five, Qt.Key.Key_Return)  # Return does what the dialog is for, wherever the focus is
    assert dialog.result() == OverrideDialog.DialogCode.Accepted


def test_signing_begins_with_the_passphrase_or_with_the_key_when_none_is_known(tmp_path: Path, qtbot: QtBot) -> None:
    for pkcs12, first in ((tmp_path / "reader.p12", "passphraseEdit"), (None, "chooseKeyButton")):
        form = SignatureForm(ReaderSettings(pkcs12=pkcs12))
        qtbot.addWidget(form)
        form.show()
        assert form.focusWidget().objectName() == first


def test_the_wheel_over_the_diameter_changes_nothing(qtbot: QtBot, mouse: Any) -> None:
    strip = PlacingStrip()
    qtbot.addWidget(strip)
    strip.show()
    diameter = strip.findChild(QDoubleSpinBox, "diameterSpin")
    diameter.setFocus()
    mouse.wheel(diameter, 3, diameter.rect().toRectF().center())
    assert strip.diameter_mm == 10


# ---------------------------------------------------------------------------------------------------------------------
# Focus in the reading room


def test_a_click_on_a_button_of_a_card_or_run_ai_leaves_the_keys_to_the_images(
    window: MainWindow, opened: OpenStudy, report: Report, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.show_study(opened)
    window.reading.session.edit(lambda _report: report, what="findings")
    window.reading.grid.setFocus()
    card = window.findChild(QAbstractButton, "acceptButton").parentWidget().parentWidget()
    for name in ("acceptButton", "scoreDwi_4", "visibilityButton"):
        button = card.findChild(QAbstractButton, name)
        assert button.isEnabled()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        assert window.focusWidget() is window.reading.grid, name
    assert window.reading.run.button.focusPolicy() is Qt.FocusPolicy.TabFocus


def test_the_eye_of_a_rejected_lesion_says_whether_it_is_drawn(
    window: MainWindow, opened: OpenStudy, report: Report
) -> None:
    first, second = report.lesions
    window.show_study(opened)
    window.reading.session.edit(lambda _report: edits.reject(first.tracking_uid, "Artefact")(report), what="findings")
    panel = window.reading.panel.lesions
    eye = window.findChild(LesionCard, "lesionCard_L1").findChild(QAbstractButton, "visibilityButton")
    panel.select(first.tracking_uid)
    assert eye.isEnabled()  # it is drawn while it is selected, so it can be hidden
    QTest.mouseClick(eye, Qt.MouseButton.LeftButton)
    assert first.tracking_uid in panel.hidden
    panel.select(second.tracking_uid)
    assert not eye.isEnabled()


def test_back_in_the_worklist_the_filter_and_the_chosen_study_are_as_they_were(
    window: MainWindow, opened: OpenStudy, study_folder: Path, qtbot: QtBot
) -> None:
    worklist = window.worklist
    worklist.import_folder(study_folder)
    qtbot.waitUntil(lambda: bool(worklist.model.rows) and not worklist.busy)
    patient = worklist.findChild(QLineEdit, "patientEdit")
    patient.setText("P808")
    with qtbot.waitSignal(worklist.opened):
        QTest.keyClick(worklist.table, Qt.Key.Key_Return)
    assert window.pages.currentWidget() is window.reading
    QTest.keyClick(window.reading.grid, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
    assert window.pages.currentWidget() is worklist
    assert patient.text() == "P808"
    assert worklist.row is not None
    assert worklist.row.patient == "Müller, Jörg"
    assert window.focusWidget() is worklist.table
