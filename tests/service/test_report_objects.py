"""What a site chooses is stored; what an archive refuses stays behind, named, and nothing else with it."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.uid import (
    BasicTextSRStorage,
    ComprehensiveSRStorage,
    GrayscaleSoftcopyPresentationStateStorage,
    KeyObjectSelectionDocumentStorage,
    ParametricMapStorage,
    SegmentationStorage,
)

import pacs.contexts
from core.annotations import Kind, annotation
from core.errors import ArchiveRefused, SettingsInvalid
from core.findings import ModelIdentity
from core.order import Order
from core.pirads import Score
from core.report import Reader, Report, with_lesion
from core.sectors import sector
from core.settings import ReportingSettings, load_settings
from core.study import Role
from core.volume import on_grid_of, position_lps
from reporting.signing_key import throw_away_key
from service.lesions import add_lesion
from service.outbox_bundle import unsent
from service.outbox_by_hand import send
from service.publish import prepare, signed_pdf
from service.reading import open_study, signed_report
from service.report_objects import (
    BASIC_TEXT_SR,
    GSPS,
    KEY_IMAGES,
    OHIF_SR,
    OVERLAY,
    PDF,
    SEG,
    SR,
    SUSPICION,
    drawings_check,
    not_stored,
    planned,
)

READER = Reader("Example^Reader", "Hospital")
ALL = ("sr", "seg", "overlay", "gsps", "key_images", "suspicion_map", "pdf", "ohif_sr", "basic_text_sr")
MODEL = ModelIdentity("Detector", "1", "d" * 64, "MIT")


@pytest.fixture(scope="module")
def key():
    return throw_away_key(READER)


@pytest.fixture
def draft(local_phantom, phantom_study):
    truth = phantom_study.truth.lesions[0]
    draft = add_lesion(Report(local_phantom.recognised), local_phantom, truth.centre_lps, 12.0, sector(truth.sector))
    scored = replace(draft.lesions[0].assessment, t2=Score.FOUR, dwi=Score.FOUR)
    return with_lesion(draft, draft.lesions[0].tracking_uid, lambda lesion: replace(lesion, assessment=scored))


def choosing(workspace, *objects):
    """The workspace of a site that stores these objects."""
    settings = workspace.settings.model_copy(update={"reporting": ReportingSettings(objects=objects)})
    return replace(workspace, settings=settings)


def send_told(workspace, bundle):
    """Send, and return the last state of each object by its label, and the sentence if it failed."""
    states, sentence = {}, ""
    try:
        send(workspace, bundle, workspace.archives[0], lambda label, state: states.update({label: state}))
    except ArchiveRefused as error:
        sentence = str(error)
    return states, sentence


@pytest.fixture
def refusing(monkeypatch, archive):
    """Start the archive anew as one that does not take some SOP classes."""
    everything = pacs.contexts.STORAGE_CLASSES

    def without(*sop_classes):
        archive.stop()
        taken = tuple(x for x in everything if x not in sop_classes)
        with monkeypatch.context() as patch:
            patch.setattr(pacs.contexts, "STORAGE_CLASSES", taken)
            archive.start()

    return without


def test_a_refused_object_is_named_the_others_are_stored_and_only_it_is_sent_again(
    workspace, archive, refusing, local_phantom, draft, key, monkeypatch
):
    workspace.drafts.save(draft)
    refusing(KeyObjectSelectionDocumentStorage)
    bundle = prepare(workspace, draft, READER, key, local_phantom)
    states, sentence = send_told(workspace, bundle)
    assert states == {label: "failed" if label == KEY_IMAGES else "verified" for label, _ in bundle.files}
    assert f"did not take “{KEY_IMAGES}” of the report" in sentence
    assert "Key Object Selection Document Storage" in sentence
    assert "All else of it is stored, and the signed report was read back" in sentence
    held = {match.modality for match in workspace.archives[0].find_series(draft.study_instance_uid)}
    assert {"SR", "SEG", "PR", "OT", "DOC"} <= held
    assert "KO" not in held
    assert [kept.sr_path for kept in unsent(workspace)] == [bundle.sr_path]
    assert workspace.drafts.study_uids() == {draft.study_instance_uid}
    refusing()
    sent: list[str] = []
    store = type(workspace.archives[0]).store
    monkeypatch.setattr(
        type(workspace.archives[0]),
        "store",
        lambda self, files, progress: (sent.extend(x.stem for x in files), store(self, files, progress))[1],
    )
    states, sentence = send_told(workspace, unsent(workspace)[0])
    assert (set(states.values()), sentence) == ({"verified"}, "")
    assert sent == [path.stem for path in dict(bundle.files)[KEY_IMAGES]]
    assert unsent(workspace) == ()
    assert signed_report(open_study(workspace, draft.study_instance_uid)) is not None


def test_a_refused_segmentation_keeps_the_whole_report_back(workspace, refusing, local_phantom, draft, key):
    refusing(SegmentationStorage)
    workspace = choosing(workspace, "sr", "seg", "key_images")
    bundle = prepare(workspace, draft, READER, key, local_phantom)
    states, sentence = send_told(workspace, bundle)
    assert states == {SEG: "failed"}
    assert "does not take Segmentation Storage" in sentence
    assert workspace.archives[0].find_series(draft.study_instance_uid) == ()
    assert len(unsent(workspace)) == 1


def test_a_refusal_is_audited_as_a_failure_with_how_many_were_refused(workspace, refusing, local_phantom, draft, key):
    refusing(KeyObjectSelectionDocumentStorage, GrayscaleSoftcopyPresentationStateStorage)
    workspace = choosing(workspace, "sr", "seg", "gsps", "key_images")
    send_told(workspace, prepare(workspace, draft, READER, key, local_phantom))
    last = json.loads(workspace.settings.audit_trail.read_text().splitlines()[-1])
    assert (last["action"], last["outcome"], last["detail"]["refused"]) == ("send", "failure", 2)


def test_a_site_that_chooses_all_stores_all_and_reopens_the_full_report(workspace, local_phantom, draft, key):
    workspace = choosing(workspace, *ALL)
    t2 = local_phantom.volume(Role.T2_AXIAL)
    report = replace(draft, models=(MODEL,))
    _keep_map(workspace, report, on_grid_of(t2, np.full(t2.spatial_shape, 0.25, np.float32)))
    labels = [plan.label for plan in planned(workspace, report, local_phantom)]
    assert labels == [SR, SEG, OVERLAY, GSPS, KEY_IMAGES, SUSPICION, PDF, BASIC_TEXT_SR, OHIF_SR]
    assert not_stored(workspace, report, local_phantom) == ()
    bundle = prepare(workspace, report, READER, key, local_phantom)
    assert [label for label, _ in bundle.files][-1] == SR
    classes = {pydicom.dcmread(path).SOPClassUID for _, files in bundle.files for path in files}
    assert {ParametricMapStorage, BasicTextSRStorage, ComprehensiveSRStorage} < classes
    assert send_told(workspace, bundle)[1] == ""
    back = signed_report(open_study(workspace, draft.study_instance_uid))
    assert back is not None
    assert back.lesions[0].tracking_uid == draft.lesions[0].tracking_uid


def _keep_map(workspace, report, suspicion):
    class Found:
        study_instance_uid, models = report.study_instance_uid, report.models

    Found.suspicion = suspicion
    workspace.drafts.keep_map(Found)


def test_what_a_report_cannot_have_is_said_in_a_sentence_each(workspace, local_phantom, key):
    workspace = choosing(workspace, *ALL)
    report = Report(local_phantom.recognised)
    assert not_stored(workspace, report, local_phantom) == (
        "No segmentation: neither the gland nor a lesion is outlined.",
        "No outlines & drawings (GSPS): nothing is outlined or drawn on an image of the study.",
        "No key images (KOS): none is marked, and no lesion is reported.",
        "No AI suspicion map: the AI has not run on this study.",
        "No outlines for OHIF: no lesion is reported on an axial T2.",
    )
    forgotten = not_stored(workspace, replace(report, models=(MODEL,)), local_phantom)
    assert "No AI suspicion map: it is no longer kept on this workstation; run the AI again to send it." in forgotten


def test_a_site_that_chooses_little_stores_little_and_is_told_of_nothing_else(workspace, local_phantom, draft, key):
    workspace = choosing(workspace, "sr", "seg")
    assert [plan.label for plan in planned(workspace, draft, local_phantom)] == [SR, SEG]
    assert not_stored(workspace, draft, local_phantom) == ()
    bundle = prepare(workspace, draft, READER, key, local_phantom)
    assert [label for label, _ in bundle.files] == [SEG, SR]
    assert signed_pdf(bundle) == b""
    assert send_told(workspace, bundle) == ({SEG: "verified", SR: "verified"}, "")


@pytest.fixture
def drawn(local_phantom):
    """A length in a slice of the axial T2, and one that crosses slices."""
    t2 = local_phantom.volume(Role.T2_AXIAL)
    flat = tuple(position_lps(t2, (5, 30, i)) for i in (20, 40))
    oblique = (position_lps(t2, (2, 30, 20)), position_lps(t2, (9, 30, 40)))
    frame = t2.frame_of_reference_uid
    return annotation(Kind.LENGTH, frame, flat), annotation(Kind.LENGTH, frame, oblique)


def test_drawings_leave_with_the_report_where_the_site_stores_presentation_states(workspace, draft, drawn):
    flat, oblique = drawn
    (check,) = drawings_check(workspace, replace(draft, annotations=(flat,)))
    assert (check.passed, check.text) == (True, "A drawing on the images is sent with the report (GSPS)")
    (check,) = drawings_check(workspace, replace(draft, annotations=(flat, oblique)))
    assert (check.passed, check.blocks) == (False, False)
    assert "in no image of the study" in check.text
    assert "shown in Prosector only" in check.text
    (check,) = drawings_check(choosing(workspace, "sr", "seg"), replace(draft, annotations=(flat, flat)))
    assert (check.passed, check.blocks) == (False, False)
    told = "2 drawings on the images are shown in Prosector only: write in the report what others should know"
    assert check.text == told
    assert drawings_check(workspace, draft) == ()


def test_an_accession_number_that_dicom_cannot_hold_is_left_out_and_said(workspace, local_phantom, draft, key):
    workspace = choosing(workspace, "sr", "seg")
    long = replace(draft, order=Order("2026-03-01-PROSTATA-4711"))
    assert not_stored(workspace, long, local_phantom) == (
        "The accession number 2026-03-01-PROSTATA-4711 has 24 characters and DICOM allows 16: the objects are stored"
        " without it.",
    )
    sr = pydicom.dcmread(prepare(workspace, long, READER, key, local_phantom).sr_path)
    assert sr.ReferencedRequestSequence[0].AccessionNumber == ""


def test_a_site_cannot_leave_out_what_a_report_is_reopened_from(tmp_path, monkeypatch):
    file = Path(tmp_path / "prosector.toml")
    file.write_text('[reporting]\nobjects = ["sr", "pdf"]\n')
    monkeypatch.setenv("PROSECTOR_SETTINGS", str(file))
    with pytest.raises(SettingsInvalid, match="objects lacks seg, which every report is reopened from"):
        load_settings(file)
