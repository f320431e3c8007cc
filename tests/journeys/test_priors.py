"""A patient comes back: the earlier examination is offered, laid on this one, and what changed is told."""

import numpy as np
import pytest
from PySide6.QtWidgets import QDialog, QLabel, QMenu, QPlainTextEdit, QPushButton

from core.progress import Silent
from core.settings import DimseNode
from core.study import Role
from pacs.embedded import EmbeddedArchive

pytestmark = pytest.mark.journey


def _read(journey, identity, number: int) -> None:
    """Open the study of a row (newest first), run the AI and score what it finds."""
    worklist = journey.window.worklist
    worklist.table.selectRow(number)
    worklist.table.setFocus()
    journey.window.worklist.open_chosen()
    journey.wait_for_images()
    journey.run_ai()
    journey.accept_and_score()


def test_a_prior_is_hung_beside_the_study_and_its_lesions_compared(
    workstation, identity, phantom_study, earlier_phantom, earlier_text_report, tmp_path
):
    with EmbeddedArchive(tmp_path / "pacs", ae_title="PACS") as archive:
        node = DimseNode(name="PACS", ae_title="PACS", host="127.0.0.1", port=archive.port)
        station = workstation(tmp_path / "data", node)
        pacs = station.ws.archives[0]
        pacs.store(sorted(phantom_study.folder.rglob("*.dcm")), Silent())
        pacs.store(sorted(earlier_phantom.folder.glob("*.dcm")), Silent())
        pacs.store([earlier_text_report], Silent())
        journey, reading = station.journey, station.window.reading
        journey.click(QPushButton, "queryButton", station.window.worklist)
        journey.wait_for_studies()
        accessions = [row.match.accession_number for row in station.window.worklist.model.rows]
        _read(journey, identity, accessions.index("EARLIER"))
        assert reading.priors.button.isHidden(), "the earlier study has nothing earlier"
        journey.sign_and_send(identity.passphrase)

        journey.click(QPushButton, "queryButton", station.window.worklist)
        journey.wait(lambda: len(station.window.worklist.model.rows) == 2, "both studies", 30)
        accessions = [row.match.accession_number for row in station.window.worklist.model.rows]
        _read(journey, identity, 1 - accessions.index("EARLIER"))
        journey.wait(lambda: reading.priors.button.isVisible(), "the priors", 30)
        assert reading.priors.button.text() == "1 prior"
        (action,) = reading.priors.button.findChild(QMenu).actions()
        assert "2020-01-01" in action.text()
        here = reading.grid.crosshair
        action.trigger()
        journey.wait(lambda: reading.priors.prior is not None, "the prior", 120)
        assert reading.priors.prior.alignment.improved
        assert reading.grid.crosshair == here
        assert "aligned with this one" in reading.notice.sentence
        titles = [viewport.hung.caption.title for viewport in reading.grid.viewports if viewport.hung]
        assert titles.count("Prior 2020-01-01") == 3, "T2, ADC and high-b of the prior hang"
        assert all(viewport.hung.linked for viewport in reading.grid.viewports)

        now, before = reading.grid.viewports[0], reading.grid.viewports[3]
        t2 = reading.looking.placed.volume(Role.T2_AXIAL)
        assert np.allclose(before.hung.volume.affine, t2.affine, atol=1.0)
        place = now.state.slice_index, before.state.slice_index
        now.scroll_slices(2)
        assert before.state.slice_index - place[1] == now.state.slice_index - place[0], "both scroll together"

        told = journey.find(QLabel, "whoseOutlines", reading.looking.drawer)
        assert "those of the present study" in told.text()
        changes = [found.text() for found in reading.looking.drawer.findChildren(QLabel, "lesionChange")]
        lesions = journey.report.reported_lesions
        assert len(changes) == len(lesions)
        assert all("before: L" in change and "was" in change for change in changes), changes
        journey.click(QPushButton, "priorDocument_0", reading.looking.drawer)
        journey.picture("prior")
        reading.findChild(QDialog, "priorDocument").close()
        journey.settle()
        journey.click(QPushButton, "priorDocument_1", reading.looking.drawer)
        written = journey.find(QPlainTextEdit, "priorText", reading)
        assert "Finding: Fokus rechts, 7 mm." in written.toPlainText()
        written.window().close()
