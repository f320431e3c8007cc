"""A reader's way from query to signed, against Orthanc and a real study."""

import pytest

from core.progress import Silent
from core.report import Reader
from core.settings import ReaderSettings, Settings
from reporting.signature import save_key, throw_away_key
from service.reading import open_study, signed_report
from service.workspace import open_workspace
from viewer.app import create_app
from viewer.journey import Journey
from viewer.main_window import MainWindow


@pytest.mark.journey
def test_a_real_study_goes_from_query_to_signed_in_orthanc(qtbot, orthanc, prostatex_0000, tmp_path):
    create_app()
    orthanc.clear()
    reader = Reader("Reader^Journey", "Hospital")
    save_key(throw_away_key(reader), tmp_path / "reader.p12", "secret")
    settings = Settings(
        data_folder=tmp_path / "data",
        this_node=orthanc.this_node,
        archives=(orthanc.node(),),
        reader=ReaderSettings(name=reader.name, organization=reader.organization, pkcs12=tmp_path / "reader.p12"),
    )
    ws = open_workspace(settings)
    ws.archives[0].store(sorted(prostatex_0000.rglob("*.dcm")), Silent())
    window = MainWindow(ws)
    qtbot.addWidget(window)
    window.resize(1920, 1080)
    window.show()
    journey = Journey(window)
    journey.open_first_study()
    journey.run_ai()
    journey.accept_and_score()
    report = journey.report
    journey.sign_and_send("secret")
    modalities = {match.modality for match in ws.archives[0].find_series(report.study_instance_uid)}
    assert {"SR", "SEG", "OT", "DOC"} <= modalities
    back = signed_report(open_study(ws, report.study_instance_uid))
    assert back is not None
    assert {(x.tracking_uid, x.assessment) for x in back.lesions} == {
        (x.tracking_uid, x.assessment) for x in report.reported_lesions
    }
    window.close()
    ws.close()
