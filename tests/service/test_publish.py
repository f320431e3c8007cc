"""What is signed reaches the archive, or stays in the outbox."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pydicom
import pytest

from core.audit import verify as verify_trail
from core.errors import ArchiveUnreachable, CannotSign, ProsectorError, SignatureInvalid
from core.nudge import Nudge, Nudges
from core.pirads import Category, Score
from core.progress import Silent
from core.report import Clinical, Reader, Report, with_lesion
from core.sectors import sector
from core.study import Role
from reporting.signature_check import verify_dataset, verify_file
from reporting.signing_key import throw_away_key
from service.lesions import add_lesion
from service.outbox_bundle import unsent
from service.outbox_by_hand import send
from service.publish import prepare, preview_pdf
from service.reading import open_study, signed_report
from service.report_objects import GSPS, KEY_IMAGES, OVERLAY, PDF, SEG, SR, not_stored, planned

READER = Reader("Example^Reader", "Hospital")


@pytest.fixture(scope="module")
def key():
    return throw_away_key(READER)


@pytest.fixture
def draft(local_phantom, phantom_study):
    truth = phantom_study.truth.lesions[0]
    draft = add_lesion(Report(local_phantom.recognised), local_phantom, truth.centre_lps, 12.0, sector(truth.sector))
    uid = draft.lesions[0].tracking_uid
    scored = replace(draft.lesions[0].assessment, t2=Score.FOUR, dwi=Score.FOUR)
    return with_lesion(draft, uid, lambda lesion: replace(lesion, assessment=scored, comment="größer, 前列腺"))


def _audited(workspace):
    lines = [json.loads(line) for line in workspace.settings.audit_trail.read_text().splitlines()]
    return [(line["action"], line["outcome"]) for line in lines]


def test_a_signed_report_is_stored_read_back_and_filed(workspace, local_phantom, draft, key):
    workspace.drafts.save(draft)
    states = []
    bundle = prepare(workspace, draft, READER, key, local_phantom)
    send(workspace, bundle, workspace.archives[0], lambda label, state: states.append((label, state)))
    assert [label for label, state in states if state == "verified"] == [
        SEG,
        OVERLAY,
        GSPS,
        KEY_IMAGES,
        PDF,
        SR,
    ]
    assert unsent(workspace) == ()
    assert workspace.drafts.study_uids() == frozenset()
    held = {match.modality: match for match in workspace.archives[0].find_series(draft.study_instance_uid)}
    assert {"SR", "SEG", "DOC", "OT", "PR", "KO"} <= set(held)
    assert held["OT"].instance_count == local_phantom.series[0].volume.spatial_shape[0]
    assert ("sign", "started") in _audited(workspace)
    assert _audited(workspace)[-2:] == [("send", "started"), ("send", "success")]
    assert verify_trail(workspace.settings.audit_trail) >= 6


def test_the_report_reopens_as_it_was_signed(workspace, local_phantom, draft, key):
    bundle = prepare(workspace, draft, READER, key, local_phantom)
    send(workspace, bundle, workspace.archives[0], lambda *_: None)
    back = signed_report(open_study(workspace, draft.study_instance_uid))
    assert back is not None
    (lesion,), (signed,) = back.lesions, draft.lesions
    assert (lesion.tracking_uid, lesion.sector, lesion.assessment, lesion.comment) == (
        signed.tracking_uid,
        signed.sector,
        signed.assessment,
        signed.comment,
    )
    assert (lesion.mask.array == signed.mask.array).all()


def test_what_is_planned_is_what_is_made(workspace, local_phantom, draft, key):
    bundle = prepare(workspace, draft, READER, key, local_phantom)
    made = {label: len(files) for label, files in bundle.files}
    assert made == {plan.label: plan.count for plan in planned(workspace, draft, local_phantom)}


def test_a_negative_report_is_stored_with_the_category_that_the_reader_chose(workspace, local_phantom, key):
    report = Report(local_phantom.recognised, without_lesion=Category.TWO)
    assert [plan.label for plan in planned(workspace, report, local_phantom)] == [SR, OVERLAY, PDF]
    assert not_stored(workspace, report, local_phantom) == (
        "No segmentation: neither the gland nor a lesion is outlined.",
        "No outlines & drawings (GSPS): nothing is outlined or drawn on an image of the study.",
        "No key images (KOS): none is marked, and no lesion is reported.",
    )
    bundle = prepare(workspace, report, READER, key, local_phantom)
    send(workspace, bundle, workspace.archives[0], lambda *_: None)
    back = signed_report(open_study(workspace, report.study_instance_uid))
    assert back is not None
    assert (back.category, back.without_lesion, back.lesions) == (Category.TWO, Category.TWO, ())


def test_nothing_is_signed_of_a_study_that_nobody_called_negative(workspace, local_phantom, key):
    with pytest.raises(CannotSign, match="choose PI-RADS 1, 2 or X"):
        prepare(workspace, Report(local_phantom.recognised), READER, key, local_phantom)
    assert unsent(workspace) == ()


def test_a_study_without_axial_t2_is_signed_stored_and_reopened(workspace, without_t2, key):
    clinical = Clinical(psa_ng_ml=6.1, indication="Metal hip, axial T2 aborted")
    report = Report(without_t2.recognised, clinical, without_lesion=Category.X)
    assert report.recognised.one(Role.T2_AXIAL) is None
    assert report.recognised.one(Role.ADC) is not None
    assert preview_pdf(report, without_t2).startswith(b"%PDF-")
    bundle = prepare(workspace, report, READER, key, without_t2)
    states = []
    send(workspace, bundle, workspace.archives[0], lambda label, state: states.append((label, state)))
    assert [label for label, state in states if state == "verified"] == [PDF, SR]
    held = {match.modality for match in workspace.archives[0].find_series(report.study_instance_uid)}
    assert held == {"SR", "DOC"}
    back = signed_report(open_study(workspace, report.study_instance_uid))
    assert back is not None
    assert (back.clinical, back.category) == (clinical, Category.X)


def test_of_a_study_without_axial_t2_only_report_and_pdf_are_planned_and_it_says_why(workspace, without_t2, key):
    report = Report(without_t2.recognised, without_lesion=Category.X)
    assert not_stored(workspace, report, without_t2) == (
        "No segmentation: neither the gland nor a lesion is outlined.",
        "No overlay series: the study has no axial T2 that can be read.",
        "No outlines & drawings (GSPS): nothing is outlined or drawn on an image of the study.",
        "No key images (KOS): none is marked, and no lesion is reported.",
    )
    bundle = prepare(workspace, report, READER, key, without_t2)
    made = {label: len(files) for label, files in bundle.files}
    assert made == {plan.label: plan.count for plan in planned(workspace, report, without_t2)} == {SR: 1, PDF: 1}


def test_a_failure_of_any_kind_while_storing_is_shown_at_its_object(workspace, local_phantom, draft, key):
    bundle = prepare(workspace, draft, READER, key, local_phantom)
    (_, files), *_ = bundle.files
    files[0].unlink()
    states = []
    with pytest.raises((OSError, ProsectorError)):
        send(workspace, bundle, workspace.archives[0], lambda label, state: states.append((label, state)))
    assert states == [(SEG, "sending"), (SEG, "failed")]


def test_an_archive_that_is_down_loses_nothing_and_gets_it_later(workspace, archive, local_phantom, draft, key):
    workspace.drafts.save(draft)
    bundle = prepare(workspace, draft, READER, key, local_phantom)
    archive.stop()
    states = []
    with pytest.raises(ArchiveUnreachable):
        send(workspace, bundle, workspace.archives[0], lambda label, state: states.append(state))
    assert states[-1] == "failed"
    assert [kept.sr_path for kept in unsent(workspace)] == [bundle.sr_path]
    assert workspace.drafts.study_uids() == {draft.study_instance_uid}
    assert _audited(workspace)[-1] == ("send", "failure")
    archive.start()
    send(workspace, unsent(workspace)[0], workspace.archives[0], lambda *_: None)
    assert unsent(workspace) == ()


def test_sending_twice_is_the_same_as_once(workspace, local_phantom, draft, key):
    bundle = prepare(workspace, draft, READER, key, local_phantom)
    for _, files in bundle.files:
        workspace.archives[0].store(files, Silent())
    send(workspace, bundle, workspace.archives[0], lambda *_: None)
    series = workspace.archives[0].find_series(draft.study_instance_uid)
    assert [match.instance_count for match in series if match.modality == "SR"] == [1]


def test_a_report_that_is_not_ready_leaves_nothing_in_the_outbox(workspace, local_phantom, draft, key):
    unscored = with_lesion(
        draft,
        draft.lesions[0].tracking_uid,
        lambda lesion: replace(lesion, assessment=replace(lesion.assessment, dwi=Score.UNSCORED)),
    )
    with pytest.raises(CannotSign, match="Scores missing: L1"):
        prepare(workspace, unscored, READER, key, local_phantom)
    assert unsent(workspace) == ()
    assert _audited(workspace)[-1] == ("sign", "failure")


def test_the_stored_report_says_research_use_and_who_signed(workspace, local_phantom, draft, key):
    bundle = prepare(workspace, draft, READER, key, local_phantom)
    sr = pydicom.dcmread(bundle.sr_path)
    assert (sr.VerificationFlag, sr.CompletionFlag, sr.PreliminaryFlag) == ("VERIFIED", "COMPLETE", "FINAL")
    assert sr.VerifyingObserverSequence[0].VerifyingObserverName == "Example^Reader"
    assert "Research use only" in sr.to_json()
    assert verify_file(bundle.sr_path, None).signed_at <= datetime.now(UTC)


def test_a_changed_score_in_the_stored_report_is_found(workspace, local_phantom, draft, key):
    sr = pydicom.dcmread(prepare(workspace, draft, READER, key, local_phantom).sr_path)
    sr.ContentSequence[-1].ContentSequence[0].ConceptNameCodeSequence[0].CodeMeaning += "!"
    with pytest.raises(SignatureInvalid):
        verify_dataset(sr, None)


def test_the_pictures_of_the_report_lie_where_the_reader_moved_the_series(local_phantom, draft):
    still = replace(draft, own_findings="Mine.", own_impression="Mine.")  # so that only pictures can differ
    moved = replace(still, nudges=Nudges(diffusion=Nudge((0.0, 8.0, 0.0))))
    assert preview_pdf(still, local_phantom) == preview_pdf(still, local_phantom)
    assert preview_pdf(moved, local_phantom) != preview_pdf(still, local_phantom)
