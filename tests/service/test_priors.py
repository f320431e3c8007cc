"""An earlier examination of the same patient is found, laid on the present one, and its lesions compared."""

from dataclasses import replace

import numpy as np
import pydicom
import pytest

from core.progress import Silent
from core.sectors import sector
from core.study import Role
from core.volume import centroid_lps
from inference.lesion import sphere
from service.lesions import add_lesion
from service.priors import (
    LesionChange,
    PriorsUnknown,
    TextDocument,
    compare_lesions,
    find_priors,
    laid_on,
    open_prior,
)
from service.reading import retrieve

_SHIFT = np.array((6.0, -4.0, 9.0))


@pytest.fixture
def earlier(earlier_phantom):
    """Its axial T2 and ADC, which is enough to be laid on another study."""
    return sorted(path for kind in ("t2_tse_tra", "*_ADC") for path in earlier_phantom.folder.glob(f"{kind}.*.dcm"))


@pytest.fixture
def hospital(workspace, phantom_study, earlier):
    archive = workspace.archives[0]
    archive.store(sorted(phantom_study.folder.rglob("*.dcm"))[:2], Silent())
    archive.store(earlier, Silent())
    return archive


def test_a_prior_is_found_fetched_and_laid_on_the_present_study(workspace, hospital, local_phantom, earlier_phantom):
    (prior,) = find_priors(workspace, hospital, local_phantom)
    assert prior.of_prostate
    assert "prostate" in prior.why
    assert prior.match.accession_number == "EARLIER"
    t2 = local_phantom.volume(Role.T2_AXIAL)
    middle = (np.array(t2.spatial_shape) - 1) / 2
    gland = sphere(t2, tuple(float(c) for c in (t2.affine @ (*middle, 1))[:3]), 50)
    found = open_prior(workspace, hospital, prior, local_phantom, gland, Silent())
    assert not found.problem
    assert found.alignment.improved
    points = np.vstack(
        [np.array(centroid_lps(gland))[:, None] + np.random.default_rng(1).normal(0, 12, (3, 60)), np.ones(60)]
    )
    assert np.linalg.norm(((found.alignment.matrix - earlier_phantom.matrix) @ points)[:3], axis=0).max() < 1.0
    hung = {one.choice.role: one.volume for one in laid_on(found, local_phantom)}
    assert np.allclose(hung[Role.T2_AXIAL].affine, t2.affine, atol=1.0)
    assert {volume.frame_of_reference_uid for volume in hung.values()} == {t2.frame_of_reference_uid}
    adc = local_phantom.volume(Role.ADC)
    assert np.allclose(hung[Role.ADC].affine, adc.affine, atol=1.0)


def test_a_report_that_came_after_the_prior_was_fetched_is_fetched_and_readable_whoever_wrote_it(
    workspace, hospital, local_phantom, earlier_text_report
):
    (prior,) = find_priors(workspace, hospital, local_phantom)
    retrieve(workspace, hospital, prior.match.study_instance_uid, Silent())
    hospital.store([earlier_text_report], Silent())
    (prior,) = find_priors(workspace, hospital, local_phantom)
    (document,) = open_prior(workspace, hospital, prior, local_phantom, None, Silent()).documents
    assert isinstance(document, TextDocument)
    assert document.title.startswith("Radiology Report")
    assert "Finding: Fokus rechts, 7 mm." in document.text
    assert "Not verified" in document.text


def test_a_prior_that_lies_here_is_opened_though_the_archive_is_down(workspace, hospital, local_phantom, archive):
    (prior,) = find_priors(workspace, hospital, local_phantom)
    retrieve(workspace, hospital, prior.match.study_instance_uid, Silent())
    archive.stop()
    assert open_prior(workspace, hospital, prior, local_phantom, None, Silent()).opened.volume(Role.ADC) is not None


@pytest.mark.parametrize(
    ("keyword", "value"), [("PatientBirthDate", "19300101"), ("PatientID", "SOMEONE-ELSE"), ("StudyDate", "20990101")]
)
def test_another_person_and_a_later_study_are_no_priors(workspace, hospital, local_phantom, earlier, keyword, value):
    stranger = []
    for path in earlier[:2]:
        ds = pydicom.dcmread(path)
        ds[keyword].value = value
        for uid in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"):
            ds[uid].value = ds[uid].value + ".9"
        ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
        stranger.append(workspace.settings.data_folder / path.name)
        ds.save_as(stranger[-1])
    hospital.store(stranger, Silent())
    (prior,) = find_priors(workspace, hospital, local_phantom)
    assert prior.match.accession_number == "EARLIER"


def test_without_a_patient_id_nobody_guesses(workspace, hospital, local_phantom):
    study = local_phantom.recognised.study
    nobody = replace(study, patient=replace(study.patient, patient_id=""))
    unknown = replace(local_phantom, recognised=replace(local_phantom.recognised, study=nobody))
    with pytest.raises(PriorsUnknown, match="names no patient ID"):
        find_priors(workspace, hospital, unknown)


def test_lesions_are_matched_by_place_and_what_changed_is_told(opened_phantom, phantom_study):
    from core.report import Report

    empty = Report(opened_phantom.recognised)
    t2 = opened_phantom.volume(Role.T2_AXIAL)
    k, j, i = (n // 2 for n in t2.spatial_shape)
    middle = np.array((t2.affine @ (k, j, i, 1))[:3])
    where = sector("left-mid-PZpl")

    def lesion(report, offset, diameter):
        at = tuple(float(c) for c in middle + offset)
        return add_lesion(report, opened_phantom, at, diameter, where)

    matrix = np.eye(4)
    matrix[:3, 3] = _SHIFT
    now = lesion(lesion(empty, (10, 5, 0), 14.0), (-12, 0, 0), 10.0)
    before = lesion(lesion(empty, np.array((12, 5, 0)) + _SHIFT, 10.0), np.array((0, -15, 6)) + _SHIFT, 10.0)
    grown, new, gone = compare_lesions(now, before, matrix)
    assert grown.now is now.lesions[0]
    assert grown.before is before.lesions[0]
    assert grown.size_mm == pytest.approx(4, abs=1.0)
    assert grown.volume_percent > 80
    assert grown.adc_percent is not None
    assert (new.now, new.before) == (now.lesions[1], None)
    assert (gone.now, gone.before) == (None, before.lesions[1])
    assert (new.size_mm, gone.volume_percent) == (None, None)
    assert compare_lesions(empty, empty, matrix) == ()


def test_a_size_from_other_images_is_no_growth(opened_phantom):
    from core.report import Report

    t2 = opened_phantom.volume(Role.T2_AXIAL)
    at = tuple(float(c) for c in (t2.affine @ (*(n // 2 for n in t2.spatial_shape), 1))[:3])
    now = add_lesion(Report(opened_phantom.recognised), opened_phantom, at, 10.0, sector("left-mid-PZpl")).lesions[0]
    other = replace(now, measures=replace(now.measures, measured_on=Role.T2_AXIAL))
    assert now.measures.measured_on is Role.ADC
    assert LesionChange(now, now).size_mm == 0
    assert LesionChange(now, other).size_mm is None
