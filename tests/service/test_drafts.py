"""Drafts outlive a crash."""

import json
import os
import signal
import subprocess
import sys
import textwrap
from dataclasses import replace

import numpy as np
import pytest

from core.errors import CannotWrite, StudyUnreadable
from core.findings import Ellipsoid, Findings, Gland, ModelIdentity
from core.pirads import Category
from core.quality import Asked, Effect, Quality, QualityCheck, Sequence, Verdict, prefilled
from core.report import Clinical, Report
from core.study import Role
from core.volume import on_grid_of
from service.drafts import DraftStore


@pytest.fixture
def store(tmp_path):
    store = DraftStore(tmp_path / "prosector.sqlite")
    yield store
    store.close()


def test_a_draft_comes_back_as_it_was(store, draft_report):
    draft = replace(draft_report, clinical=Clinical(7.8, "rising PSA — größer"), own_impression="Mine.")
    store.save(draft)
    back = store.load(draft.study_instance_uid, draft.recognised)
    assert back is not None
    assert (back.clinical, back.own_impression) == (draft.clinical, draft.own_impression)
    assert [x.review for x in back.lesions] == [x.review for x in draft.lesions]
    assert [x.assessment for x in back.lesions] == [x.assessment for x in draft.lesions]
    assert all((a.mask.array == b.mask.array).all() for a, b in zip(back.lesions, draft.lesions, strict=True))
    assert store.study_uids() == {draft.study_instance_uid}


def test_the_quality_of_the_images_and_the_readers_form_come_back(store, draft_report):
    check = QualityCheck(
        Sequence.DWI, Asked.ECHO_TIME, "120 ms", "≤ 90 ms", Verdict.FAILED, "PI-RADS v2.1", effect=Effect.LIMITS
    )
    for form in (prefilled(Quality((check,))), prefilled(Quality((check,))).confirm()):
        store.save(replace(draft_report, quality=Quality((check,)), pi_qual=form))
        back = store.load(draft_report.study_instance_uid, draft_report.recognised)
        assert back is not None
        assert (back.quality, back.pi_qual) == (Quality((check,)), form)


def test_the_ellipsoid_of_the_gland_and_what_is_doubtful_of_its_outline_come_back(store, draft_report):
    gland = Gland(
        draft_report.lesions[0].mask,
        40.0,
        ModelIdentity("gland", "1", "a" * 64, "MIT"),
        ellipsoid=Ellipsoid(33.0, 50.0, 36.0),
        doubts=("Check the prostate's outline: it has holes.",),
    )
    store.save(replace(draft_report, gland=gland))
    back = store.load(draft_report.study_instance_uid, draft_report.recognised)
    assert back is not None
    assert back.gland is not None
    assert (back.gland.ellipsoid, back.gland.doubts) == (gland.ellipsoid, gland.doubts)
    assert back.gland.ellipsoid_ml == pytest.approx(31.10, abs=0.01)


def test_what_was_chosen_without_a_lesion_comes_back(store, draft_report):
    negative = replace(draft_report, lesions=(), without_lesion=Category.TWO)
    store.save(negative)
    back = store.load(negative.study_instance_uid, negative.recognised)
    assert back is not None
    assert (back.without_lesion, back.category) == (Category.TWO, Category.TWO)


def test_a_draft_saved_before_a_category_could_be_chosen_still_loads_and_asks_for_it(store, draft_report):
    store.save(replace(draft_report, lesions=()))
    with store._connection as connection:
        saved = json.loads(connection.execute("SELECT report FROM drafts").fetchone()[0])
        del saved["without_lesion"]
        connection.execute("UPDATE drafts SET report = ?", (json.dumps(saved),))
    back = store.load(draft_report.study_instance_uid, draft_report.recognised)
    assert back is not None
    assert (back.without_lesion, back.category) == (Category.PENDING, Category.PENDING)


def test_a_study_without_a_draft_has_none(store, draft_report):
    assert store.load("1.2.3", draft_report.recognised) is None
    assert store.saved_at("1.2.3") is None


def test_a_discarded_draft_is_gone(store, draft_report):
    store.save(draft_report)
    store.discard(draft_report.study_instance_uid)
    assert store.load(draft_report.study_instance_uid, draft_report.recognised) is None


def test_the_ais_map_is_kept_by_study_and_models_and_goes_with_the_draft(store, draft_report, opened_phantom):
    t2 = opened_phantom.volume(Role.T2_AXIAL)
    suspicion = on_grid_of(t2, np.random.default_rng(0).random(t2.spatial_shape, np.float32))
    models = (ModelIdentity("gland", "1", "a" * 64, "MIT"), ModelIdentity("detector", "2", "b" * 64, "MIT"))
    gland = Gland(suspicion, 40.0, models[0])
    findings = Findings(draft_report.recognised, gland, suspicion, suspicion, (), models, {}, ())
    uid = draft_report.study_instance_uid
    assert store.kept_map(uid, models) is None
    store.keep_map(findings)
    back = store.kept_map(uid, models[::-1])
    assert back is not None
    assert back.array.dtype == np.float32
    assert (back.array == suspicion.array).all()
    assert (back.affine == t2.affine).all()
    assert back.frame_of_reference_uid == t2.frame_of_reference_uid
    assert store.kept_map(uid, models[:1]) is None  # of other models than those of the report
    assert store.kept_map("1.2.3", models) is None
    assert store.study_uids() == frozenset()  # a map is no draft
    store.discard(uid)
    assert store.kept_map(uid, models) is None


def test_a_draft_of_another_version_is_kept_and_said(store, draft_report, tmp_path):
    store.save(draft_report)
    with store._connection as connection:
        connection.execute("UPDATE drafts SET report = '{}'")
    with pytest.raises(StudyUnreadable, match="another version of Prosector"):
        store.load(draft_report.study_instance_uid, draft_report.recognised)
    assert store.study_uids() == {draft_report.study_instance_uid}


def test_a_folder_that_is_a_file_is_said(tmp_path):
    (tmp_path / "data").write_text("")
    with pytest.raises(CannotWrite, match="cannot be opened"):
        DraftStore(tmp_path / "data" / "prosector.sqlite")


def test_a_draft_survives_kill_9_right_after_its_save(store, draft_report, tmp_path):
    empty = Report(draft_report.recognised)
    store.save(replace(empty, lesions=draft_report.lesions))
    script = textwrap.dedent(
        """
        import sys, time
        from dataclasses import replace
        from pathlib import Path
        import core.report, service.drafts
        store = service.drafts.DraftStore(Path(sys.argv[1]))
        report = service.drafts._REPORT.validate_json(
            store._connection.execute("SELECT report FROM drafts").fetchone()[0])
        store.save(replace(report, own_findings="written just before the crash"))
        print("saved", flush=True)
        time.sleep(60)
        """
    )
    child = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "prosector.sqlite")], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "saved\n"
    os.kill(child.pid, signal.SIGKILL)
    child.wait(10)
    child.stdout.close()
    back = store.load(draft_report.study_instance_uid, draft_report.recognised)
    assert back is not None
    assert back.own_findings == "written just before the crash"
    assert isinstance(back.lesions[0].review, type(draft_report.lesions[0].review))
