"""Finding, fetching and opening studies; every step is one audit line without names."""

import json
import shutil
from dataclasses import replace

import pydicom
import pytest

from core.errors import ArchiveRefused, ArchiveUnreachable, CannotAnalyse, StudyUnreadable
from core.progress import Silent
from core.report import Report
from core.sectors import sector
from core.study import Role
from pacs.archive import StudyQuery
from service.lesions import add_lesion
from service.reading import import_folder, is_local, open_folder, open_study, retrieve, signed_report
from service.triage_pages import Page, studies_of


@pytest.fixture
def filled_archive(workspace, phantom_study):
    archive = workspace.archives[0]
    archive.store(sorted(phantom_study.folder.rglob("*.dcm")), Silent())
    return archive


def test_a_study_is_found_with_its_series_fetched_and_opened(workspace, filled_archive):
    (match,) = studies_of(workspace, filled_archive, Page(StudyQuery(), 0))
    assert match.patient.name == "Phantom^Prostate"
    assert len(filled_archive.find_series(match.study_instance_uid)) == match.series_count
    assert not is_local(workspace, match.study_instance_uid)
    assert retrieve(workspace, filled_archive, match.study_instance_uid, Silent()) == match.instance_count
    assert is_local(workspace, match.study_instance_uid)
    opened = open_study(workspace, match.study_instance_uid)
    assert [s.choice.role for s in opened.series] == [
        Role.T2_AXIAL,
        Role.ADC,
        Role.HIGH_B,
        Role.T2_SAGITTAL,
        Role.T2_CORONAL,
    ]
    assert not [s.problem or s.overlay_problem for s in opened.series if s.problem or s.overlay_problem]


def test_the_audit_trail_has_uids_and_no_names(workspace, filled_archive):
    studies_of(workspace, filled_archive, Page(StudyQuery(patient="Phantom"), 0))
    text = workspace.settings.audit_trail.read_text()
    assert [json.loads(line)["action"] for line in text.splitlines()] == ["start", "query"]
    assert "Phantom" not in text


def test_an_archive_that_is_down_is_said_and_audited(workspace, archive):
    archive.stop()
    with pytest.raises(ArchiveUnreachable, match="TEST"):
        studies_of(workspace, workspace.archives[0], Page(StudyQuery(), 0))
    assert json.loads(workspace.settings.audit_trail.read_text().splitlines()[-1])["outcome"] == "failure"


def test_a_study_that_the_archive_does_not_have_is_said(workspace):
    with pytest.raises(ArchiveRefused, match=r"holds no images of the study 1\.2\.3\.4"):
        retrieve(workspace, workspace.archives[0], "1.2.3.4", Silent())


def test_what_a_killed_program_left_half_written_does_not_enter_the_study(workspace, filled_archive):
    (uid,) = (study.study_instance_uid for study in workspace.archives[0].find_studies(StudyQuery()))
    half = workspace.incoming_folder(uid) / ".1.2.3.dcm.0af3.part"
    half.parent.mkdir(parents=True)
    half.write_bytes(b"half")
    count = retrieve(workspace, workspace.archives[0], uid, Silent())
    assert len(list(workspace.study_folder(uid).iterdir())) == count


def test_an_imported_folder_becomes_a_local_study(workspace, phantom_study):
    uid = import_folder(workspace, phantom_study.folder, Silent())
    assert len(list(workspace.study_folder(uid).glob("*.dcm"))) == len(list(phantom_study.folder.rglob("*.dcm")))


def test_a_folder_without_dicom_is_said(tmp_path):
    (tmp_path / "notes.txt").write_text("nothing")
    with pytest.raises(StudyUnreadable, match="no DICOM"):
        open_folder(tmp_path)


def _copy_changed(phantom_study, target, change):
    shutil.copytree(phantom_study.folder, target)
    for path in target.rglob("*.dcm"):
        dataset = pydicom.dcmread(path)
        if change(dataset):
            dataset.save_as(path)
    return open_folder(target)


def test_a_series_in_another_frame_of_reference_is_shown_without_overlays(phantom_study, tmp_path):
    def move_adc(dataset):
        if "ADC" not in dataset.ImageType:
            return False
        dataset.FrameOfReferenceUID = "1.2.3.4.5"
        return True

    opened = _copy_changed(phantom_study, tmp_path / "moved", move_adc)
    adc = next(s for s in opened.series if s.choice.role is Role.ADC)
    assert adc.volume is not None
    assert "frame of reference" in adc.overlay_problem
    assert opened.on_t2_grid(Role.ADC) is None


def test_a_series_with_a_missing_slice_does_not_keep_the_others_from_being_read(phantom_study, tmp_path):
    folder = tmp_path / "gap"
    shutil.copytree(phantom_study.folder, folder)
    sagittal = open_folder(folder).recognised.one(Role.T2_SAGITTAL).stack
    sagittal.instances[len(sagittal.instances) // 2].path.unlink()
    opened = open_folder(folder)
    problems = {s.choice.role: s.problem for s in opened.series if s.problem}
    assert list(problems) == [Role.T2_SAGITTAL]
    assert sagittal.series.description in problems[Role.T2_SAGITTAL]


def test_a_study_without_signed_reports_has_none(opened_phantom):
    assert signed_report(opened_phantom) is None


def test_without_a_gland_the_reader_names_the_sector(opened_phantom, phantom_study):
    centre = phantom_study.truth.lesions[0].centre_lps
    report = Report(opened_phantom.recognised)
    with pytest.raises(CannotAnalyse, match="choose it on the sector map"):
        add_lesion(report, opened_phantom, centre)
    drawn = add_lesion(report, opened_phantom, centre, 12.0, sector("left-apex-TZa"))
    assert drawn.lesions[0].sector.key == "left-apex-TZa"
    assert drawn.lesions[0].measures.long_axis_mm == pytest.approx(12.0, abs=0.8)
    assert drawn.lesions[0].measures.volume_ml == pytest.approx(0.905, rel=0.15)


def test_a_lesion_cannot_be_drawn_without_an_axial_t2(opened_phantom):
    without = replace(opened_phantom, series=())
    with pytest.raises(CannotAnalyse, match="no axial T2"):
        add_lesion(Report(opened_phantom.recognised), without, (0.0, 0.0, 0.0), 10.0, sector("left-apex-TZa"))
