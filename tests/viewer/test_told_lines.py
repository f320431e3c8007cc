"""The reader sees whom of RIS and EHR a report has reached, and has a way out where they said no."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from core.order import Order
from core.report import Clinical, Report
from core.settings import FhirSettings, OrdersSettings, RisSettings
from reporting.hl7_order import Control, ReceivedOrder
from service.messages import Destination, NewMessage
from service.notify import messages
from service.orders import order_book
from service.reading import OpenStudy
from service.report_objects import accession_checks
from service.workspace import Workspace
from viewer.main_window import MainWindow
from viewer.told_lines import ToldLines, expected

UID = "1.2.3"


@pytest.fixture
def telling(ws: Workspace) -> Workspace:
    """A workstation at a site with RIS and EHR."""
    told = {"ris": RisSettings(host="127.0.0.1", port=1), "fhir": FhirSettings(url="https://ehr.example/fhir")}
    return replace(ws, settings=ws.settings.model_copy(update=told))


@pytest.fixture
def lines(telling: Workspace, qtbot: QtBot) -> Iterator[ToldLines]:
    """The lines of one study."""
    lines = ToldLines(telling)
    lines.resize(390, 200)
    lines.follow(UID)
    yield lines
    lines.hide()
    lines.deleteLater()


@pytest.fixture
def queued(telling: Workspace) -> Callable[[str], None]:
    """Let a report of the study go."""

    def queue(sr_uid: str) -> None:
        new = tuple(NewMessage(destination, f"C{sr_uid}", b"content") for destination in Destination)
        messages(telling).hold(sr_uid, UID, "P1", new)
        messages(telling).release(sr_uid)

    return queue


def due(ws: Workspace, destination: Destination) -> None:
    message = messages(ws).due(destination, datetime.now(UTC))
    assert message is not None
    return message


def click(lines: ToldLines, name: str) -> None:
    button = lines.findChild(QPushButton, name)
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_without_a_report_nothing_stands_there(lines: ToldLines) -> None:
    assert lines.sentences == ()
    assert lines.isHidden()


def test_each_is_followed_until_it_has_the_report(lines, telling, queued, qtbot) -> None:
    queued("1.1")
    lines.refresh()
    assert lines.sentences == ("RIS: waiting.", "EHR: waiting.")
    messages(telling).sent(due(telling, Destination.RIS), b"")
    messages(telling).refused(due(telling, Destination.EHR), "EHR refused the report (HTTP 422): unknown code.")
    qtbot.waitUntil(lambda: lines.sentences[0].startswith("RIS: sent 20"), timeout=4000)
    assert lines.sentences[1] == "EHR: refused. EHR refused the report (HTTP 422): unknown code."


def test_a_refused_one_is_sent_again_or_given_up_by_hand(lines, telling, queued) -> None:
    queued("1.1")
    for destination in Destination:
        messages(telling).refused(due(telling, destination), "no")
    lines.refresh()
    click(lines, "told_ris_again")
    click(lines, "told_fhir_give_up")
    assert lines.sentences == ("RIS: waiting. no", "EHR: given up. no")


def test_why_nothing_can_be_done_is_said_in_place(lines, telling, queued, qtbot) -> None:
    queued("1.1")
    messages(telling).refused(due(telling, Destination.RIS), "no")
    lines.refresh()
    messages(telling).abandon(1)  # by the command line, meanwhile
    click(lines, "told_ris_again")

    def said() -> list[str]:
        return [label.text() for label in lines.findChildren(QLabel) if label.isVisible()]

    qtbot.waitUntil(lambda: any("there is nothing to send" in text for text in said()))
    assert "RIS: given up. no" in said()


def test_before_signing_the_reader_knows_whom_the_report_will_not_reach(telling: Workspace, report: Report) -> None:
    will = "is told once the archive holds the report"
    assert expected(telling, report) == (f"RIS: {will}", f"EHR: {will}")
    study = replace(report.recognised.study, accession_number="")
    without = replace(report, recognised=replace(report.recognised, study=study))
    assert expected(telling, without) == (f"EHR: {will}",)
    (told,) = accession_checks(telling, without)
    assert told.text.startswith("The study has no accession number, so RIS could not file its report; enter the report")
    assert (told.passed, told.blocks) == (False, False)


def test_an_order_fills_the_new_report_and_one_of_another_patient_is_told(
    ws: Workspace, opened: OpenStudy, qtbot: QtBot
) -> None:
    ws = replace(ws, settings=ws.settings.model_copy(update={"orders": OrdersSettings()}))
    order = Order("ACC808", "PLAC1", indication="Raised PSA", psa_ng_ml=6.4)
    received = ReceivedOrder(Control.NEW, order, ("P808",), date(1958, 4, 14))
    window = MainWindow(ws)
    window.resize(1366, 768)
    window.show()
    qtbot.waitExposed(window)
    try:
        order_book(ws).keep([replace(received, birth_date=None)])
        window.show_study(opened)
        assert window.reading.session is not None
        assert window.reading.session.report.clinical == Clinical(6.4, "Raised PSA")
        window.reading.leave()
        ws.drafts.discard(opened.recognised.study.study_instance_uid)
        order_book(ws).keep([replace(received, patient_ids=("P809",), birth_date=None)])
        window.show_study(opened)
        assert window.reading.session.report.clinical == Clinical()
        assert "is for the patient with ID P809" in window.reading.notice.sentence
    finally:
        window.close()
        window.deleteLater()
