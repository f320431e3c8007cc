"""The risk of csPCa under the category: it follows PSA, volume and scores, and says what it lacks."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

import pytest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from core.pirads import Category, Score
from core.report import Report
from core.risk import Risk
from service.workspace import Workspace
from viewer import edits
from viewer.right_panel import RightPanel
from viewer.session import Session
from viewer.theme import apply_theme


class Shown:
    """The panel on a report, and what its line says."""

    def __init__(self, session: Session, panel: RightPanel) -> None:
        self.session = session
        found = panel.findChild(QLabel, "cspcaRisk")
        assert found is not None
        self.line = found

    def edit(self, change: edits.Change) -> str:
        """Edit the report and return the line."""
        self.session.edit(change, what="test")
        assert self.line.isVisible()
        return self.line.text()


def _aged(report: Report, years: int) -> Report:
    recognised = report.recognised
    patient = replace(recognised.study.patient, birth_date=date(2026 - years, 1, 1))
    study = replace(recognised.study, patient=patient, study_datetime=datetime(2026, 3, 1, 10, 15))  # noqa: DTZ001
    return replace(report, recognised=replace(recognised, study=study))


@pytest.fixture
def shown(report: Report, ws: Workspace, qtbot: QtBot, qapp: QApplication) -> Iterator[Shown]:
    """The panel on a man of 65 with a gland and two lesions of the AI, neither reviewed."""
    apply_theme(qapp)
    session = Session(_aged(report, 65), ws.trail, ws.drafts)
    widget = RightPanel()
    qtbot.addWidget(widget)
    widget.show_session(session)
    widget.resize(widget.width(), 680)
    widget.show()
    qtbot.waitExposed(widget)
    yield Shown(session, widget)
    widget.commit()
    session.save()


def _density(report: Report, psa_density: float) -> edits.Change:
    assert report.gland is not None
    return edits.set_psa(psa_density * report.gland.volume_ml)


def test_the_line_follows_review_psa_and_scores(shown: Shown) -> None:
    report = shown.session.report
    first, second = (lesion.tracking_uid for lesion in report.lesions)
    assert shown.line.text() == "Risk of csPCa not estimated: PI-RADS category 1 to 5 of the examination, PSA missing"
    assert "PSA missing" not in shown.edit(_density(report, 0.15))
    shown.edit(edits.reject(second, "artefact"))
    shown.edit(edits.accept(first))
    told = shown.edit(edits.override_category(first, Category.FOUR, "as the hand calculation"))
    # PI-RADS 4, density 0.15, age 65: 1 / (1 + exp(0.5526)) = 0.365
    assert told.startswith("Risk of csPCa 37 % (")
    assert told.endswith("from PI-RADS 4, PSA density 0.15, age 65 · PI-CAI marksheet, research")
    assert shown.edit(_density(report, 0.60)).startswith("Risk of csPCa 54 % (")  # -0.5526 + 2 × 0.3594 = 0.1662
    assert shown.edit(edits.set_psa(None)) == "Risk of csPCa not estimated: PSA missing"
    shown.edit(_density(report, 0.15))
    shown.edit(edits.follow_rule(first))
    assert shown.edit(edits.score_dwi(first, Score.UNSCORED)).startswith("Risk of csPCa not estimated: PI-RADS")


def test_the_gland_is_named_when_it_is_what_is_missing(shown: Shown) -> None:
    assert "PSA, gland volume missing" in shown.edit(lambda report: replace(report, gland=None))
    assert "gland volume missing" in shown.edit(edits.set_psa(7.0))


def test_a_man_whose_age_nothing_tells_gets_none(shown: Shown) -> None:
    def unborn(report: Report) -> Report:
        study = report.recognised.study
        patient = replace(study.patient, birth_date=None)
        return replace(
            report, recognised=replace(report.recognised, study=replace(study, patient=patient, stated_age=None))
        )

    assert shown.edit(unborn).endswith("PSA, age missing")


def test_outside_of_the_data_the_range_is_said_instead(shown: Shown) -> None:
    shown.edit(lambda report: replace(report, lesions=(), without_lesion=Category.TWO))
    assert shown.edit(_density(shown.session.report, 2.0)) == (
        "Risk of csPCa not estimated: PSA density outside of 0.02 to 1.58 ng/mL², for which there is data"
    )
    shown.edit(_density(shown.session.report, 0.2))
    assert shown.edit(lambda report: _aged(report, 84)) == (
        "Risk of csPCa not estimated: age outside of 48 to 81 years, for which there is data"
    )


def test_the_tooltip_tells_source_and_limits_and_the_category_stays(shown: Shown) -> None:
    shown.edit(lambda report: replace(report, lesions=(), without_lesion=Category.TWO))
    shown.edit(_density(shown.session.report, 1.5))
    assert isinstance(shown.session.report.risk, Risk)
    assert shown.session.report.category is Category.TWO
    for needed in ("970 examinations (256 with csPCa)", "Research use", "not biopsied", "age 48 to 81 years"):
        assert needed in " ".join(shown.line.toolTip().split())
    assert max(map(len, shown.line.toolTip().splitlines())) <= 80
