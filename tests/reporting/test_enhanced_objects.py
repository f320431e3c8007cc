"""Objects of a study of enhanced multi-frame images: they point to frames, and lie where the frames lie."""

from dataclasses import replace
from datetime import UTC, datetime

import highdicom
import numpy as np
import pytest
from vendor_styles import STYLES, export

from core.annotations import Kind, annotation
from core.pirads import Score
from core.report import Reader, Report, sign, with_lesion
from core.sectors import sector
from core.study import Role
from core.volume import on_grid_of, position_lps
from reporting.gsps import presentation_states, state_count
from reporting.key_objects import key_object_selection
from reporting.ohif_sr import ohif_sr
from reporting.signing_key import throw_away_key
from reporting.sources import headers
from reporting.suspicion_map import suspicion_map
from service.key_images import image_shown
from service.lesions import add_lesion
from service.reading import open_folder
from viewer.hanging import images_of

READER = Reader("Example^Reader", "Hospital")


@pytest.fixture(scope="module", params=["Siemens XA, enhanced", "Philips enhanced"])
def opened(request, phantom_study, tmp_path_factory):
    """The phantom as a vendor packs it: one image for each series."""
    folder = tmp_path_factory.mktemp("enhanced")
    export(phantom_study.folder, folder / "study", next(style for style in STYLES if style.name == request.param))
    return open_folder(folder / "study")


@pytest.fixture(scope="module")
def signed(opened, phantom_study):
    truth = phantom_study.truth.lesions[0]
    report = add_lesion(Report(opened.recognised), opened, truth.centre_lps, 12.0, sector(truth.sector))
    scored = replace(report.lesions[0].assessment, t2=Score.FOUR, dwi=Score.FOUR)
    report = with_lesion(report, report.lesions[0].tracking_uid, lambda lesion: replace(lesion, assessment=scored))
    t2 = opened.volume(Role.T2_AXIAL)
    ends = tuple(position_lps(t2, (7, 100, i)) for i in (80, 120))
    report = replace(report, annotations=(annotation(Kind.LENGTH, t2.frame_of_reference_uid, ends),))
    return sign(report, READER, datetime.now(UTC))


def _frame_at(opened, k):
    return int(headers(opened.recognised.one(Role.T2_AXIAL).stack)[k].ReferencedFrameNumber)


def test_outlines_and_drawings_lie_on_their_frames(opened, signed, dciodvfy, tmp_path):
    states = presentation_states(signed.report, signed)
    assert len(states) == state_count(signed.report)
    for state in states:
        state.save_as(path := tmp_path / "gsps.dcm", enforce_file_format=True)
        assert dciodvfy(path).errors == []
    frames = {
        layer: {
            int(item.ReferencedImageSequence[0].ReferencedFrameNumber)
            for state in states
            for item in state.GraphicAnnotationSequence
            if item.GraphicLayer == layer
        }
        for layer in ("DRAWINGS", "LESION L1")
    }
    mask = signed.report.lesions[0].mask.array
    assert frames["DRAWINGS"] == {_frame_at(opened, 7)}
    assert frames["LESION L1"] == {_frame_at(opened, k) for k in range(len(mask)) if mask[k].any()}


def test_key_images_are_frames(opened, signed, dciodvfy, tmp_path):
    stack = opened.recognised.one(Role.T2_AXIAL).stack
    chosen = image_shown(opened.recognised, images_of(stack), 5, len(stack.instances))
    assert chosen.frame_number == _frame_at(opened, 5)
    document = key_object_selection(replace(signed.report, key_images=(chosen,)), signed)
    document.save_as(path := tmp_path / "kos.dcm", enforce_file_format=True)
    assert dciodvfy(path).errors == []
    (item,) = [x for x in document.ContentSequence if x.ValueType == "IMAGE"]
    assert item.ReferencedSOPSequence[0].ReferencedFrameNumber == chosen.frame_number


def test_the_outline_for_ohif_names_its_frame(opened, signed):
    sr = ohif_sr(signed, throw_away_key(READER))
    (measurements,) = [x for x in sr.ContentSequence if x.ConceptNameCodeSequence[0].CodeValue == "126010"]
    (outline,) = [x for x in measurements.ContentSequence[0].ContentSequence if x.ValueType == "SCOORD"]
    largest = int((signed.report.lesions[0].mask.array > 0).sum(axis=(1, 2)).argmax())
    assert outline.ContentSequence[0].ReferencedSOPSequence[0].ReferencedFrameNumber == _frame_at(opened, largest)


def test_the_map_lies_on_the_frames(opened, signed, tmp_path):
    t2 = opened.volume(Role.T2_AXIAL)
    rising = np.linspace(0, 1, t2.spatial_shape[0], dtype=np.float32)[:, None, None]
    suspicion = on_grid_of(t2, np.broadcast_to(rising, t2.spatial_shape).copy())
    suspicion_map(signed.report, suspicion).save_as(path := tmp_path / "map.dcm", enforce_file_format=True)
    back = highdicom.imread(path).get_volume()
    assert np.allclose(back.match_geometry(t2).array, suspicion.array)
