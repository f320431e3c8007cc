"""The outbox: what is signed reaches its archive once, in order, whatever happens in between, or a person is told."""

import json
import shutil
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pydicom
import pytest
from filelock import FileLock
from pydicom.uid import EncapsulatedPDFStorage, KeyObjectSelectionDocumentStorage, SegmentationStorage

import pacs.contexts
from core.audit import verify as verify_trail
from core.errors import ArchiveRefused, CannotWrite, ProsectorError
from core.pirads import Score
from core.progress import Silent
from core.report import Reader, Report, with_lesion
from core.sectors import sector
from core.settings import DimseNode, ReportingSettings, RisSettings, Settings, ThisNode
from reporting.signing_key import throw_away_key
from service import notify
from service.lesions import add_lesion
from service.outbox import deliver_outbox
from service.outbox_bundle import BundleDamaged, outbox_folder, remove_unfinished, unsent
from service.outbox_by_hand import abandon, give_up_object, retry, send
from service.outbox_list import Lamp, outlook, shipments, waiting_reports
from service.outbox_send import hearing
from service.outbox_sender import OutboxSender
from service.outbox_states import Held, NotInOutbox, Shipping
from service.publish import prepare
from service.reading import import_folder, open_study
from service.report_objects import KEY_IMAGES, PDF, SEG, SR
from service.workspace import open_workspace

READER = Reader("Example^Reader", "Hospital")
_OBJECTS = ReportingSettings(objects=("sr", "seg", "key_images", "pdf"))


class Signed:
    """Two reports of one study, signed one after the other at a workstation that never sent them, and their draft."""

    def __init__(self, ws, draft):
        self.folders = [bundle.folder for bundle in unsent(ws)]
        self.draft = draft
        self.study = draft.study_instance_uid

    def lay(self, ws, *which):
        """Put those bundles (0 and 1) into the outbox of another workstation; returns them."""
        for place in which:
            shutil.copytree(self.folders[place], outbox_folder(ws) / self.folders[place].name)
        return unsent(ws)


@pytest.fixture(scope="module")
def signed(tmp_path_factory, phantom_study):
    settings = Settings(data_folder=tmp_path_factory.mktemp("signing"), reporting=_OBJECTS)
    ws = open_workspace(settings)
    opened = open_study(ws, import_folder(ws, phantom_study.folder, Silent()))
    truth = phantom_study.truth.lesions[0]
    draft = add_lesion(Report(opened.recognised), opened, truth.centre_lps, 12.0, sector(truth.sector))
    scored = replace(draft.lesions[0].assessment, t2=Score.FOUR, dwi=Score.FOUR)
    draft = with_lesion(draft, draft.lesions[0].tracking_uid, lambda lesion: replace(lesion, assessment=scored))
    ws.drafts.save(draft)
    key = throw_away_key(READER)
    for _ in range(2):
        prepare(ws, draft, READER, key, opened)
    made = Signed(ws, draft)
    ws.close()
    return made


@pytest.fixture
def refusing(monkeypatch, archive):
    """Start the archive anew as one that does not take some SOP classes."""
    everything = pacs.contexts.STORAGE_CLASSES

    def without(*sop_classes):
        archive.stop()
        with monkeypatch.context() as patch:
            patch.setattr(pacs.contexts, "STORAGE_CLASSES", tuple(x for x in everything if x not in sop_classes))
            archive.start()

    return without


@pytest.fixture
def stored(workspace, monkeypatch):
    """The SOP instances that are sent to any archive, in order."""
    sent = []
    kind = type(workspace.archives[0])
    store = kind.store

    def noting(self, files, progress):
        sent.extend(path.stem for path in files)
        store(self, files, progress)

    monkeypatch.setattr(kind, "store", noting)
    return sent


class Clock:
    """A clock that a test sets."""

    def __init__(self):
        self.now = datetime.now(UTC)

    def __call__(self):
        return self.now

    def turn(self, seconds):
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock():
    return Clock()


def _held(workspace, study):
    archive = workspace.archives[0]
    series = archive.find_series(study)
    return [uid for one in series for uid in archive.find_instances(study, one.series_instance_uid)]


def _states(shipment):
    return {one.label: one.state for one in shipment.objects}


def _audited(workspace, action="send"):
    lines = map(json.loads, workspace.settings.audit_trail.read_text().splitlines())
    return [line for line in lines if line["action"] == action]


def test_what_lies_in_the_outbox_is_sent_by_itself_in_the_order_of_signing(workspace, signed, stored, clock):
    first, second = signed.lay(workspace, 0, 1)
    assert outlook(workspace).lamp is Lamp.WAITING
    assert deliver_outbox(workspace, clock=clock) == 2
    assert stored.index(first.sop_instance_uid) < stored.index(second.sop_instance_uid)
    assert len(stored) == len(set(stored))
    held = _held(workspace, signed.study)
    assert sorted(held) == sorted(
        path.stem for bundle in (first, second) for _, files in bundle.files for path in files
    )
    assert (unsent(workspace), outlook(workspace).lamp) == ((), Lamp.EMPTY)
    assert not any(outbox_folder(workspace).iterdir())
    assert {path.stem for path in workspace.study_folder(signed.study).iterdir()} == set(held)
    assert verify_trail(workspace.settings.audit_trail) > 4


def test_an_archive_that_is_down_for_an_hour_is_a_yellow_lamp_and_little_traffic(workspace, archive, signed, clock):
    signed.lay(workspace, 0, 1)
    archive.stop()
    for _ in range(240):
        assert deliver_outbox(workspace, clock=clock) == 0
        clock.turn(15)
    now = outlook(workspace)
    assert (now.lamp, now.count) == (Lamp.WAITING, 2)
    assert "could not be reached" in now.words
    assert now.since == unsent(workspace)[0].signed_at
    attempts = [line for line in _audited(workspace) if line["outcome"] == "started"]
    assert 8 <= len(attempts) <= 14  # 5 s, 10 s, 20 s … 10 min, for both reports together
    waiting = waiting_reports(workspace)
    assert timedelta(0) < waiting[0].due_at - clock.now <= timedelta(seconds=600)
    archive.start()
    clock.turn(600)
    assert deliver_outbox(workspace, clock=clock) == 2
    assert outlook(workspace).lamp is Lamp.EMPTY


def test_an_archive_that_is_away_does_not_keep_another_one_waiting(workspace, archive, signed, clock, tmp_path):
    down = DimseNode(name="DOWN", ae_title="X", host="127.0.0.1", port=1)
    both = Settings(data_folder=tmp_path / "data", archives=(*workspace.settings.archives, down))
    ws = open_workspace(both)
    first, second = signed.lay(ws, 0, 1)
    manifest = json.loads((first.folder / "bundle.json").read_text())
    (first.folder / "bundle.json").write_text(json.dumps(manifest | {"archive": "DOWN"}))
    assert deliver_outbox(ws, clock=clock) == 1
    assert [bundle.sop_instance_uid for bundle in unsent(ws)] == [first.sop_instance_uid]
    (left,) = waiting_reports(ws)
    assert (left.archive, left.state) == ("DOWN", Shipping.WAITING)
    assert second.sop_instance_uid in _held(ws, signed.study)
    ws.close()


def test_a_report_waits_behind_the_one_before_it_of_its_study(workspace, refusing, signed, clock, stored):
    signed.lay(workspace, 0, 1)
    refusing(SegmentationStorage)
    assert deliver_outbox(workspace, clock=clock) == 0
    assert stored == [dict(unsent(workspace)[0].files)[SEG][0].stem]  # the second was not even tried
    now = outlook(workspace)
    assert (now.lamp, now.count) == (Lamp.REFUSED, 2)
    assert "does not take Segmentation Storage" in now.words
    first, second = waiting_reports(workspace)
    assert (first.state, _states(first)[SEG], second.state) == (Shipping.REFUSED, Held.REFUSED, Shipping.WAITING)
    clock.turn(3600)
    assert deliver_outbox(workspace, clock=clock) == 0  # it waits for a person
    refusing()
    retry(workspace, first.id)
    clock.now = datetime.now(UTC)
    assert deliver_outbox(workspace, clock=clock) == 2


def test_what_the_archive_lists_already_is_not_sent_again(workspace, signed, stored, clock):
    (bundle,) = signed.lay(workspace, 0)
    for label, files in bundle.files:
        if label != PDF:
            workspace.archives[0].store(files, Silent())
    stored.clear()
    assert deliver_outbox(workspace, clock=clock) == 1
    assert stored == [path.stem for path in dict(bundle.files)[PDF]]


def test_an_object_that_is_always_refused_is_given_up_and_the_rest_completes(workspace, refusing, signed, clock):
    (bundle,) = signed.lay(workspace, 0)
    refusing(EncapsulatedPDFStorage)
    assert deliver_outbox(workspace, clock=clock) == 0
    (report,) = waiting_reports(workspace)
    assert report.state is Shipping.REFUSED
    assert _states(report) == {SEG: Held.VERIFIED, KEY_IMAGES: Held.VERIFIED, PDF: Held.REFUSED, SR: Held.VERIFIED}
    with pytest.raises(NotInOutbox, match="is not stored without"):
        give_up_object(workspace, report.id, SEG)
    give_up_object(workspace, report.id, PDF)
    assert deliver_outbox(workspace) == 1
    assert unsent(workspace) == ()
    assert dict(bundle.files)[PDF][0].stem not in _held(workspace, signed.study)
    here = workspace.study_folder(signed.study)
    assert (here / dict(bundle.files)[PDF][0].name).exists()  # given up for the archive, not lost
    assert (
        _audited(workspace)[-3]["detail"] | {"step": "an object given up by hand", "object": PDF}
        == (_audited(workspace)[-3]["detail"])
    )


def test_a_refused_extra_does_not_hold_up_the_next_report(workspace, refusing, signed, clock):
    first, second = signed.lay(workspace, 0, 1)
    refusing(KeyObjectSelectionDocumentStorage)
    deliver_outbox(workspace, clock=clock)
    held = _held(workspace, signed.study)
    assert {first.sop_instance_uid, second.sop_instance_uid} <= set(held)
    assert [one.state for one in waiting_reports(workspace)] == [Shipping.REFUSED, Shipping.REFUSED]


def test_a_whole_report_is_given_up_only_with_a_reason_its_files_stay_and_it_is_audited(
    workspace, archive, signed, clock
):
    first, second = signed.lay(workspace, 0, 1)
    archive.stop()
    deliver_outbox(workspace, clock=clock)
    number = waiting_reports(workspace)[0].id
    with pytest.raises(NotInOutbox, match="only with a reason"):
        abandon(workspace, number, "  ")
    abandon(workspace, number, "signed for the wrong patient")
    assert [bundle.sop_instance_uid for bundle in unsent(workspace)] == [second.sop_instance_uid]
    note = json.loads((first.folder / "abandoned.json").read_text())
    assert (note["reason"], note["by"]) == ("signed for the wrong patient", workspace.actor)
    assert all(path.exists() for _, files in first.files for path in files)
    last = _audited(workspace)[-1]
    assert (last["subjects"], last["detail"]["step"]) == ([signed.study, first.sop_instance_uid], "given up by hand")
    assert len(last["detail"]["note_sha256"]) == 64
    assert "wrong patient" not in workspace.settings.audit_trail.read_text()
    with pytest.raises(NotInOutbox, match="nothing to send or to give up"):
        abandon(workspace, number, "again")
    archive.start()
    retry(workspace, waiting_reports(workspace)[0].id)
    assert deliver_outbox(workspace) == 1
    assert remove_unfinished(workspace) == ()
    assert first.sop_instance_uid not in _held(workspace, signed.study)


def test_ris_and_ehr_are_not_told_of_a_report_that_was_given_up(workspace, signed):
    telling = workspace.settings.model_copy(update={"ris": RisSettings(host="127.0.0.1", port=1)})
    ws = replace(workspace, settings=telling)
    (bundle,) = signed.lay(ws, 0)
    new = notify.NewMessage(notify.Destination.RIS, "C1", b"MSH")
    notify.messages(ws).hold(bundle.sop_instance_uid, signed.study, "P", (new,))
    abandon(ws, waiting_reports(ws)[0].id, "duplicate")
    assert notify.told(ws, signed.study) == ()


@pytest.mark.parametrize("where", ["service.outbox_send.file_away", "service.outbox_bundle._remove"])
def test_a_kill_after_the_archive_was_seen_to_hold_it_files_it_away_without_sending_again(
    workspace, signed, stored, clock, monkeypatch, where
):
    (bundle,) = signed.lay(workspace, 0)

    def killed(*_arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(where, killed)
        with pytest.raises(KeyboardInterrupt):
            deliver_outbox(workspace, clock=clock)
    stored.clear()
    assert [one.sop_instance_uid for one in unsent(workspace)] == [bundle.sop_instance_uid]
    assert deliver_outbox(workspace, clock=clock) == 1
    assert (stored, unsent(workspace)) == ([], ())
    assert (workspace.study_folder(signed.study) / bundle.sr_path.name).exists()


def test_a_lost_table_is_made_anew_from_the_disk(workspace, archive, signed, stored, clock):
    (bundle,) = signed.lay(workspace, 0)
    archive.stop()
    deliver_outbox(workspace, clock=clock)
    archive.start()
    stored.clear()
    with shipments(workspace)._transaction() as connection:
        connection.execute("DROP TABLE shipments")
        connection.execute("DROP TABLE shipped_objects")
    assert deliver_outbox(workspace, clock=clock) == 1
    assert bundle.sop_instance_uid in stored


def test_files_that_vanish_from_the_outbox_are_told_in_the_audit_trail_and_bar_nothing(
    workspace, archive, signed, clock
):
    first, _ = signed.lay(workspace, 0, 1)
    archive.stop()
    deliver_outbox(workspace, clock=clock)
    shutil.move(first.folder, workspace.settings.data_folder / "elsewhere")
    (left,) = waiting_reports(workspace)
    last = _audited(workspace)[-1]
    assert (last["outcome"], last["subjects"][1]) == ("failure", first.sop_instance_uid)
    shutil.move(workspace.settings.data_folder / "elsewhere", first.folder)  # and back from the backup
    archive.start()
    retry(workspace, left.id)
    retry(workspace, waiting_reports(workspace)[0].id)
    assert deliver_outbox(workspace) == 2


def test_a_damaged_bundle_is_a_red_lamp_that_names_it(workspace, signed, clock):
    (bundle,) = signed.lay(workspace, 0)
    dict(bundle.files)[SEG][0].unlink()
    assert deliver_outbox(workspace, clock=clock) == 0
    assert outlook(workspace).lamp is Lamp.REFUSED
    assert f"{dict(bundle.files)[SEG][0]} of a signed report is gone" in outlook(workspace).words
    (bundle.folder / "bundle.json").write_text("{")
    assert "cannot be read" in outlook(workspace).words
    with pytest.raises(BundleDamaged):
        unsent(workspace)


def test_what_is_being_sent_elsewhere_is_left_alone_and_awaited_by_a_reader(workspace, signed, clock):
    (bundle,) = signed.lay(workspace, 0)
    lock = workspace.settings.data_folder / "sending" / f"{signed.study}.lock"
    lock.parent.mkdir()
    states, done = [], []
    with FileLock(lock):
        assert deliver_outbox(workspace, clock=clock) == 0
        with pytest.raises(NotInOutbox, match="is being sent just now"):
            abandon(workspace, waiting_reports(workspace)[0].id, "no")
        told = lambda label, state: states.append((label, state))  # noqa: E731
        reader = threading.Thread(target=lambda: done.append(send(workspace, bundle, workspace.archives[0], told)))
        reader.start()
        reader.join(0.5)
        assert reader.is_alive()
    reader.join()
    assert done == [True]
    assert (SR, "verified") in states


def test_an_object_that_the_archive_changed_is_told_and_not_taken_for_held(workspace, archive, signed, clock, tmp_path):
    (bundle,) = signed.lay(workspace, 0)
    sr = pydicom.dcmread(bundle.sr_path)
    sr.ContentSequence[-1].ContentSequence[0].ConceptNameCodeSequence[0].CodeMeaning += "!"
    sr.save_as(tmp_path / bundle.sr_path.name)
    workspace.archives[0].store([tmp_path / bundle.sr_path.name], Silent())
    assert deliver_outbox(workspace, clock=clock) == 0
    assert (outlook(workspace).lamp, len(unsent(workspace))) == (Lamp.REFUSED, 1)
    assert "altered" in outlook(workspace).words


def test_an_unfinished_signing_is_removed_once_nobody_can_be_at_it(workspace, signed):
    import os

    (bundle,) = signed.lay(workspace, 0)
    for name in ("1.2.3", "1.2.4"):
        shutil.copytree(bundle.folder, outbox_folder(workspace) / name)
        (outbox_folder(workspace) / name / "bundle.json").unlink()
    os.utime(outbox_folder(workspace) / "1.2.3", (time.time() - 7200, time.time() - 7200))
    os.utime(bundle.folder, (time.time() - 7200, time.time() - 7200))
    assert remove_unfinished(workspace) == ("1.2.3",)
    assert {x.name for x in outbox_folder(workspace).iterdir()} == {"1.2.4", bundle.sop_instance_uid}


@pytest.mark.parametrize(("edited", "kept"), [(False, False), (True, True)])
def test_only_the_draft_that_was_signed_goes_with_it(workspace, signed, clock, edited, kept):
    signed.lay(workspace, 0)
    workspace.drafts.save(replace(signed.draft, own_impression="Since then.") if edited else signed.draft)
    assert deliver_outbox(workspace, clock=clock) == 1
    assert bool(workspace.drafts.study_uids()) is kept


def test_a_site_without_an_archive_keeps_the_report_with_the_study(tmp_path, signed, clock):
    ws = open_workspace(Settings(data_folder=tmp_path / "alone"))
    (bundle,) = signed.lay(ws, 0)
    ws.settings.cache_folder.mkdir()
    assert deliver_outbox(ws, clock=clock) == 1
    assert (ws.study_folder(signed.study) / bundle.sr_path.name).exists()
    ws.close()


def test_an_archive_that_left_the_settings_is_a_red_lamp_and_another_may_get_the_report(workspace, signed, clock):
    (bundle,) = signed.lay(workspace, 0)
    manifest = json.loads((bundle.folder / "bundle.json").read_text())
    (bundle.folder / "bundle.json").write_text(json.dumps(manifest | {"archive": "OLD PACS"}))
    assert deliver_outbox(workspace, clock=clock) == 0
    assert outlook(workspace).lamp is Lamp.REFUSED
    assert "There is no archive OLD PACS in the settings any more" in outlook(workspace).words
    assert send(workspace, unsent(workspace)[0], workspace.archives[0], lambda *_: None)
    assert (unsent(workspace), outlook(workspace).lamp) == ((), Lamp.EMPTY)


def test_the_sender_sends_what_comes_survives_what_fails_and_stops(workspace, signed, monkeypatch):
    def failing(*_arguments):
        raise CannotWrite("The disk is full.")

    with monkeypatch.context() as patch, OutboxSender(workspace) as sender:
        patch.setattr("service.outbox.taken_in", failing)
        sender.wake()
    with OutboxSender(workspace) as sender:
        signed.lay(workspace, 0, 1)
        sender.wake()
        _wait(lambda: not unsent(workspace))
    assert outlook(workspace).lamp is Lamp.EMPTY


def test_something_unexpected_is_told_and_tried_again(workspace, signed, clock, monkeypatch):
    signed.lay(workspace, 0)
    kind = type(workspace.archives[0])
    with monkeypatch.context() as patch:
        patch.setattr(kind, "store", lambda *_: 1 / 0)
        assert deliver_outbox(workspace, clock=clock) == 0
    assert (outlook(workspace).lamp, "division by zero" in outlook(workspace).words) == (Lamp.WAITING, True)
    clock.turn(5)
    assert deliver_outbox(workspace, clock=clock) == 1


def _wait(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


# ---------------------------------------------------------------------------------------------------------------------
# Storage commitment, by Orthanc, which answers on an association of its own


@pytest.fixture
def committing(orthanc, tmp_path):
    """Open a workstation that asks Orthanc for storage commitment, and stays on the line for this long (s)."""
    opened = []

    def start(wait_s, us=orthanc.this_node, **changes):
        node = orthanc.node(proof="commitment", commitment_wait_s=wait_s, **changes)
        opened.append(open_workspace(Settings(data_folder=tmp_path / "data", this_node=us, archives=(node,))))
        return opened[-1]

    orthanc.clear()
    yield start
    for ws in opened:
        ws.close()


def test_orthanc_answers_for_the_report_while_we_are_on_the_line(committing, signed, clock):
    ws = committing(30.0)
    signed.lay(ws, 0)
    assert deliver_outbox(ws, clock=clock) == 1
    (sent,) = shipments(ws).sent_since(clock.now - timedelta(hours=1))
    assert set(_states(sent).values()) == {Held.VERIFIED}
    assert sent.words == ""


def test_an_answer_that_comes_later_is_heard_by_whoever_listens(committing, signed, clock):
    ws = committing(0.01)
    signed.lay(ws, 0)
    with hearing(ws, shipments(ws)):
        sent = deliver_outbox(ws, clock=clock)
        if not sent:  # it may be quicker
            assert [one.state for one in waiting_reports(ws)] == [Shipping.ASKED]
            assert outlook(ws).lamp is Lamp.WAITING
            _wait(lambda: waiting_reports(ws)[0].answer)
            sent = deliver_outbox(ws, clock=clock)
    assert (sent, unsent(ws)) == (1, ())
    assert _audited(ws)[-1]["detail"]["proof"] == "commitment"


def test_an_archive_that_never_answers_is_read_back_from_and_it_says_so(committing, signed, clock, free_port):
    ws = committing(0.01, ThisNode(ae_title="PROSECTOR", port=free_port()))  # Orthanc answers to another port
    signed.lay(ws, 0)
    assert deliver_outbox(ws, clock=clock) == 0
    clock.turn(599)
    assert deliver_outbox(ws, clock=clock) == 0
    clock.turn(2)
    assert deliver_outbox(ws, clock=clock) == 1
    (sent,) = shipments(ws).sent_since(clock.now - timedelta(hours=1))
    assert "never answered whether it keeps the report (storage commitment); the report was read back" in sent.words
    assert _audited(ws)[-1]["detail"]["proof"] == "read-back"


def test_an_archive_that_knows_no_commitment_is_read_back_from_and_it_says_so(workspace, signed, clock, tmp_path):
    node = workspace.settings.archives[0].model_copy(update={"proof": "commitment"})
    ws = open_workspace(workspace.settings.model_copy(update={"archives": (node,), "data_folder": tmp_path / "other"}))
    signed.lay(ws, 0)
    assert deliver_outbox(ws, clock=clock) == 1
    (sent,) = shipments(ws).sent_since(clock.now - timedelta(hours=1))
    assert "does not offer storage commitment to this station" in sent.words
    assert sent.words.endswith("The report was read back instead.")
    ws.close()


def test_what_the_archive_does_not_answer_for_is_named_and_sent_again_though_it_is_listed(
    committing, signed, clock, stored_by, free_port
):
    ws = committing(0.01, ThisNode(ae_title="PROSECTOR", port=free_port()))
    (bundle,) = signed.lay(ws, 0)
    deliver_outbox(ws, clock=clock)
    (asked,) = waiting_reports(ws)
    pdf = dict(bundle.files)[PDF][0].stem
    kept = {path.stem for _, files in bundle.files for path in files} - {pdf}
    assert shipments(ws).answered(asked.transaction_uid, kept, {pdf: "it is out of resources; reason 0x0213"})
    assert deliver_outbox(ws, clock=clock) == 0
    (refused,) = waiting_reports(ws)
    assert (refused.state, _states(refused)[PDF], _states(refused)[SR]) == (
        Shipping.REFUSED,
        Held.REFUSED,
        Held.VERIFIED,
    )
    assert "does not answer for 1 of the 1 objects of “Report (PDF)” (it is out of resources; reason" in refused.words
    sent = stored_by(ws)
    retry(ws, refused.id)
    deliver_outbox(ws)
    assert sent == [pdf]


@pytest.fixture
def stored_by(monkeypatch):
    def noting(ws):
        sent, kind = [], type(ws.archives[0])
        store = kind.store
        monkeypatch.setattr(
            kind,
            "store",
            lambda self, files, progress: (sent.extend(x.stem for x in files), store(self, files, progress)),
        )
        return sent

    return noting


def test_an_error_of_any_kind_is_raised_to_the_reader_who_sends_by_hand(workspace, archive, signed):
    (bundle,) = signed.lay(workspace, 0)
    archive.stop()
    states = []
    with pytest.raises(ProsectorError, match="could not be reached"):
        send(workspace, bundle, workspace.archives[0], lambda label, state: states.append((label, state)))
    assert states == [(SEG, "sending"), (SEG, "failed")]
    archive.start()
    assert send(workspace, bundle, workspace.archives[0], lambda *_: None)
    assert send(workspace, bundle, workspace.archives[0], lambda *_: None)  # there is nothing left to do


def test_a_newer_report_sent_by_hand_takes_the_older_one_along(workspace, signed, stored):
    first, second = signed.lay(workspace, 0, 1)
    assert send(workspace, second, workspace.archives[0], lambda *_: None)
    assert stored.index(first.sop_instance_uid) < stored.index(second.sop_instance_uid)
    assert unsent(workspace) == ()


def test_a_newer_report_is_not_sent_by_hand_past_an_older_one_that_is_refused(workspace, signed, stored, refusing):
    _, second = signed.lay(workspace, 0, 1)
    refusing(SegmentationStorage)
    with pytest.raises(ArchiveRefused, match="does not take Segmentation Storage"):
        send(workspace, second, workspace.archives[0], lambda *_: None)
    assert _held(workspace, signed.study) == []
    refusing(KeyObjectSelectionDocumentStorage)  # which the older one can do without
    with pytest.raises(ArchiveRefused, match="All else of it is stored"):
        send(workspace, second, workspace.archives[0], lambda *_: None)
    assert {bundle.sop_instance_uid for bundle in unsent(workspace)} <= set(_held(workspace, signed.study))


def test_a_clock_that_was_put_back_does_not_keep_a_report_waiting(workspace, archive, signed, clock):
    signed.lay(workspace, 0)
    archive.stop()
    clock.turn(7200)
    assert deliver_outbox(workspace, clock=clock) == 0
    archive.start()
    clock.turn(-7200)
    assert deliver_outbox(workspace, clock=clock) == 1
