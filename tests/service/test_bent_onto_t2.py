"""A study whose diffusion images are bent: bent back where the settings ask for it, and every measure goes with it."""

import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pydicom
import pytest
from highdicom import Volume
from scipy.ndimage import map_coordinates

from core.alignment import Alignment, Moved
from core.bend import Bend
from core.frame_link import translation
from core.nudge import Nudge, Nudges
from core.progress import Silent
from core.report import Report, with_findings
from core.sectors import sector
from core.settings import AnalysisSettings
from core.study import RecognisedStudy, Role
from core.volume import centroid_lps, index_kji, on_grid_of
from core.wording import Language
from inference.load import in_order, load
from inference.models import Models
from reporting.foreign_graphics import Drawing, ImageReference
from reporting.foreign_places import ImagePlace
from service.analysis import analyse, as_json
from service.analysis_cache import content_key
from service.foreign_places import lying_drawing, lying_with
from service.lesions import add_lesion
from service.nudged import nudged, remeasured
from service.reading import OpenStudy, open_folder
from service.watch_results import results_of
from service.workspace import Workspace, open_workspace

_DIFFUSION = (Role.ADC, Role.DWI, Role.HIGH_B)


def _bulged(folder: Path, recognised: RecognisedStudy, middle: np.ndarray) -> None:
    """Rewrite the diffusion images as if the rectum pushed the back of the gland by 3 mm to anterior."""
    done: set[str] = set()
    for choice in recognised.choices:
        instances = in_order(choice.stack)
        if choice.role not in _DIFFUSION or instances[0].sop_instance_uid in done:
            continue
        done.add(instances[0].sop_instance_uid)
        affine, shape = load(choice).affine, load(choice).spatial_shape
        index = np.indices(shape).reshape(3, -1).T
        points = index @ affine[:3, :3].T + affine[:3, 3]
        away = np.linalg.norm(points - middle, axis=1, keepdims=True)
        points = points + np.exp(-0.5 * (away / 15.0) ** 2) * np.array([0.0, 3.0, 0.0])
        there = np.linalg.inv(affine)[:3, :3] @ (points - affine[:3, 3]).T
        files = [folder / one.path.name if one.path.parent == folder else one.path for one in instances]
        headers = [pydicom.dcmread(path) for path in files]
        stored = np.stack([ds.pixel_array for ds in headers])
        seen = np.rint(map_coordinates(stored.astype(np.float32), there, order=1, mode="nearest")).reshape(shape)
        for ds, path, picture in zip(headers, files, seen.astype(stored.dtype), strict=True):
            ds.PixelData = picture.tobytes()
            ds.save_as(path)


@pytest.fixture
def bulged(phantom_study: SimpleNamespace, tmp_path: Path) -> OpenStudy:
    """The phantom with its diffusion images pushed, opened."""
    folder = tmp_path / "bulged"
    shutil.copytree(phantom_study.folder, folder)
    middle = np.add(centroid_lps(phantom_study.truth.gland), (0.0, 12.0, 0.0))
    _bulged(folder, open_folder(folder).recognised, middle)
    return open_folder(folder)


@pytest.mark.journey
def test_bent_images_are_bent_back_where_the_settings_ask_for_it_and_the_report_measures_there(
    workspace: Workspace, bulged: OpenStudy, tmp_path: Path
) -> None:
    asks = {"analysis": AnalysisSettings(bend_diffusion=True), "data_folder": tmp_path / "asks"}
    ws = open_workspace(workspace.settings.model_copy(update=asks))
    try:
        findings = analyse(ws, bulged, Silent())
        again = analyse(ws, bulged, Silent())
    finally:
        ws.close()

    (found,) = findings.alignments
    assert found.bend is not None
    plain = replace(found, bend=None, bend_told="")
    assert found.bend.score > 1.1 * (found.after if found.applied else found.before)
    assert again.kept_since is not None
    assert again.alignments == findings.alignments

    report = with_findings(Report(bulged.recognised), findings)
    measured = remeasured(report, nudged(bulged, report.nudges))
    assert report.lesions
    for shown, anew in zip(report.lesions, measured.lesions, strict=True):
        assert shown.measures == anew.measures
    assert f"bent by up to {found.bend.most_mm:.1f} mm in the gland" in report.nudges.in_words

    (told,) = as_json(findings)["alignments"]
    assert np.shape(told["bend"]["moves_mm"]) == (np.prod(found.bend.shape), 2)
    assert told["bend"]["mutual_information"] > told["mutual_information"]["before"]
    reports = {
        results_of(one, bulged, "content", (), Language.ENGLISH).report[-1]
        for one in (findings, again, replace(findings, alignments=(plain,)))
    }
    assert len(reports) == 2, "what was measured elsewhere is another report"


def test_asking_for_it_is_another_analysis(opened_phantom: OpenStudy) -> None:
    asked, not_asked = (content_key(opened_phantom.recognised, Models(bends=bends)) for bends in (True, False))
    assert asked != not_asked


@pytest.fixture
def lesion(opened_phantom: OpenStudy, phantom_study: SimpleNamespace) -> SimpleNamespace:
    """The phantom's first cancer, and an alignment that moves the images by 1 mm and bends them by 4 mm around it."""
    t2, cancer = opened_phantom.volume(Role.T2_AXIAL), phantom_study.truth.lesions[0]
    assert t2 is not None
    axes = (t2.affine[:3, :3] / np.array(t2.spacing)).T
    x, y, z = (cancer.centre_lps - 40.0 * axes.sum(axis=0)).tolist()
    bend = Bend(
        origin=(x, y, z),
        axes=tuple(map(tuple, axes.tolist())),
        spacing_mm=(20.0, 20.0, 20.0),
        shape=(5, 5, 5),
        moves=((4.0, 0.0),) * 125,  # all around the cancer, so that it bends as a whole
        most_mm=4.0,
        score=0.4,
        witness=0.3,
    )
    found = Alignment(
        moved=Moved.DIFFUSION,
        frame=str(t2.frame_of_reference_uid),
        rows=translation((0.0, 0.0, 0.0), (1.0, 0.0, 0.0)),
        shift_mm=(1.0, 0.0, 0.0),
        turn_deg=0.0,
        before=0.2,
        after=0.3,
        measured_on="DWI b 50",
        applied=True,
        reason="better",
        bend=bend,
        bend_told="better",
    )
    x, y, z = (np.array([1.0, 0.0, 0.0]) - 4.0 * axes[1]).tolist()
    return SimpleNamespace(cancer=cancer, nudges=Nudges(alignments=(found,)), moved_mm=(x, y, z))


def test_a_lesion_is_measured_on_the_bent_map_with_the_reader_s_correction_on_top(
    opened_phantom: OpenStudy, lesion: SimpleNamespace
) -> None:
    """Within a bend by 4 mm everywhere, it is a shift by 4 mm, so the two measure alike."""
    cancer = lesion.cancer
    draft = add_lesion(Report(opened_phantom.recognised), opened_phantom, cancer.centre_lps, 6.0, sector(cancer.sector))
    still = draft.lesions[0].measures
    shifted = Nudges(diffusion=Nudge(lesion.moved_mm))
    by_shift = remeasured(draft, nudged(opened_phantom, shifted)).lesions[0].measures
    by_bend = remeasured(draft, nudged(opened_phantom, lesion.nudges)).lesions[0].measures
    assert by_bend.adc_mean == pytest.approx(by_shift.adc_mean, rel=0.03)
    assert abs(by_bend.adc_mean - still.adc_mean) > 50

    x, y, z = lesion.moved_mm
    corrected = replace(lesion.nudges, diffusion=Nudge((-x, -y, -z)))
    assert remeasured(draft, nudged(opened_phantom, corrected)).lesions[0].measures.adc_mean == pytest.approx(
        still.adc_mean, rel=0.03
    )
    back = lesion.nudges.with_alignment_taken_back(Moved.DIFFUSION, True)
    assert remeasured(draft, nudged(opened_phantom, back)).lesions[0].measures == still


def test_what_other_systems_drew_on_the_images_goes_where_these_go(
    opened_phantom: OpenStudy, lesion: SimpleNamespace
) -> None:
    choice, adc = opened_phantom.recognised.one(Role.ADC), opened_phantom.volume(Role.ADC)
    assert choice is not None
    assert adc is not None
    k, j, i = (round(n) for n in index_kji(adc, lesion.cancer.centre_lps))
    drawn = np.zeros((1, *adc.spatial_shape[1:]), np.uint8)
    drawn[0, j - 2 : j + 3, i - 2 : i + 3] = 1
    one_slice = on_grid_of(adc[k : k + 1], drawn)
    tight = one_slice[:, j - 2 : j + 3, i - 2 : i + 3]
    series = choice.stack.series.series_instance_uid
    drawing = Drawing(
        ImageReference(in_order(choice.stack)[k].sop_instance_uid, 0), _plane(one_slice), "", 1, None, (), ()
    )

    expected = np.add(centroid_lps(one_slice), lesion.moved_mm)
    for mask in (one_slice, tight):
        lying = lying_with(opened_phantom, lesion.nudges, mask, series)
        assert np.sum(lying.array) == pytest.approx(25, abs=5)
        assert centroid_lps(lying) == pytest.approx(expected, abs=0.6)
    moved = lying_drawing(opened_phantom, lesion.nudges, drawing).moved(np.array([centroid_lps(one_slice)]))
    assert moved[0] == pytest.approx(expected, abs=0.3)


def _plane(one_slice: Volume) -> ImagePlace:
    affine = one_slice.affine
    down, along = (affine[:3, axis] / one_slice.spacing[axis] for axis in (1, 2))
    _, rows, columns = one_slice.spatial_shape
    return ImagePlace(
        affine[:3, 3], along, down, one_slice.spacing[1], one_slice.spacing[2], rows, columns,
        str(one_slice.frame_of_reference_uid),
    )  # fmt: skip
