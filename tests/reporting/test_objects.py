"""Every object that a report can become is valid DICOM, says whose it is, and is read by programs of other makers."""

import json
import shutil
import subprocess
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

import highdicom
import numpy as np
import pytest
import SimpleITK as sitk
from highdicom import Volume
from highdicom.ko import KeyObjectSelectionDocument
from hypothesis import given
from hypothesis.extra.numpy import arrays
from pydicom.uid import BasicTextSRStorage

from core.annotations import Kind, RoiStatistics, annotation
from core.errors import FramesDiffer, SeriesIncomplete, SignatureInvalid
from core.order import Order
from core.report import KeyImage, sign
from core.study import Role
from core.volume import on_grid_of, position_lps
from reporting.basic_text_sr import basic_text_sr
from reporting.contours import closed_lines
from reporting.drawn_slices import placed_drawings, unplaced_drawings
from reporting.gsps import presentation_states, state_count
from reporting.key_objects import key_images_of, key_object_selection
from reporting.ohif_sr import ohif_sr
from reporting.pdf import encapsulated_pdf, report_pdf
from reporting.seg import segmentation
from reporting.signature_check import verify_dataset
from reporting.sources import headers
from reporting.sr import verified_sr
from reporting.suspicion_map import suspicion_map

SIGNED_AT = datetime(2026, 3, 2, 14, 30, 15, tzinfo=UTC)


@pytest.fixture(scope="module")
def slices(made_study):
    """The axial T2's volume geometry and the headers of its files, by slice."""
    return headers(made_study.one(Role.T2_AXIAL).stack)


@pytest.fixture(scope="module")
def drawn_report(draft_report, made_volumes):
    """The draft with a length, an ellipse with statistics, an arrow and a note on T2 slice 10."""
    t2 = made_volumes[Role.T2_AXIAL]

    def at(j: float, i: float, k: float = 10):
        return position_lps(t2, (k, j, i))

    frame = t2.frame_of_reference_uid
    length = annotation(Kind.LENGTH, frame, (at(20, 10), at(20, 26)))
    ellipse = annotation(Kind.ELLIPSE, frame, (at(30, 20), at(30, 40), at(25, 30), at(35, 30)))
    ellipse = replace(ellipse, statistics=RoiStatistics("T2 axial", "", 157, 300.0, 20.0, 200, 400))
    arrow = annotation(Kind.ARROW, frame, (at(40, 40), at(50, 50)), "breiter Kontakt, 前列腺")
    return replace(draft_report, annotations=(length, ellipse, arrow))


@pytest.fixture(scope="module")
def signed(drawn_report, reader):
    """The draft with drawings, signed."""
    return sign(drawn_report, reader, SIGNED_AT)


@pytest.fixture(scope="module")
def suspicion(made_volumes):
    """A map that rises from 0 in the first slice to 1 in the last."""
    t2 = made_volumes[Role.T2_AXIAL]
    steps = np.linspace(0, 1, t2.spatial_shape[0], dtype=np.float32)
    return on_grid_of(t2, np.broadcast_to(steps[:, None, None], t2.spatial_shape).copy())


@pytest.fixture(scope="module")
def made(signed, signing_key, suspicion):
    """Make an object of one signed report by its name in the settings, each once."""
    report = signed.report
    seg = segmentation(report.recognised, report.gland, report.lesions)
    makers = {
        "seg": lambda: seg,
        "sr": lambda: verified_sr(signed, seg, signing_key),
        "ohif_sr": lambda: ohif_sr(signed, signing_key),
        "basic_text_sr": lambda: basic_text_sr(signed, signing_key),
        "gsps": lambda: presentation_states(report, signed)[0],
        "key_images": lambda: key_object_selection(report, signed),
        "suspicion_map": lambda: suspicion_map(report, suspicion),
        "pdf": lambda: encapsulated_pdf(report_pdf(report, None, signed), report, signed),
    }
    return cache(lambda name: makers[name]())


NAMES = ("seg", "sr", "ohif_sr", "basic_text_sr", "gsps", "key_images", "suspicion_map", "pdf")


@pytest.mark.parametrize("name", NAMES)
def test_every_object_is_valid(name, made, dciodvfy, tmp_path):
    made(name).save_as(path := tmp_path / f"{name}.dcm", enforce_file_format=True)
    assert dciodvfy(path).errors == []


@pytest.mark.parametrize("name", NAMES)
def test_every_object_says_whose_it_is_in_utf_8_and_which_models_contributed(name, made):
    ds = made(name)
    assert ds.SpecificCharacterSet == "ISO_IR 192"
    assert (str(ds.PatientName), ds.PatientID, ds.AccessionNumber) == ("Müller^Jörg", "P4711", "ACC4711")
    models = {item.get("ManufacturerModelName"): item for item in ds.ContributingEquipmentSequence}
    assert models["Prosector detector"].SoftwareVersions == "0.1.0"
    assert "b" * 64 in models["Prosector detector"].ContributionDescription
    assert "research use" in ds.SeriesDescription.lower()


def test_each_object_is_a_series_of_its_own(made):
    numbers = {name: int(made(name).SeriesNumber) for name in NAMES}
    assert len(set(numbers.values())) == len(NAMES)
    assert len({made(name).SeriesInstanceUID for name in NAMES}) == len(NAMES)


def test_the_reports_for_other_viewers_are_valid_by_their_templates(made, sr_validator, tmp_path):
    """The full one is held in test_sr_whole.py; both run at once, as each takes ten seconds to start."""
    kinds = {"ohif_sr": "TID_1500", "basic_text_sr": "TID_2000"}
    running = {}
    for name in kinds:
        made(name).save_as(path := tmp_path / f"{name}.dcm", enforce_file_format=True)
        running[name] = sr_validator(path)
    said = {name: wait() for name, wait in running.items()}
    assert {name: (x.kind, x.errors) for name, x in said.items()} == {name: (kind, []) for name, kind in kinds.items()}


@pytest.mark.parametrize("name", ["sr", "ohif_sr", "basic_text_sr"])
def test_every_structured_report_is_signed_and_a_changed_word_is_found(name, made):
    verify_dataset(made(name), None)
    altered = deepcopy(made(name))
    altered.ContentSequence = [*made(name).ContentSequence][:-1]
    with pytest.raises(SignatureInvalid):
        verify_dataset(altered, None)


# ---------------------------------------------------------------------------------------------------------------------
# Presentation state


def _annotations(state, layer):
    return [item for item in state.GraphicAnnotationSequence if item.GraphicLayer == layer]


def test_the_outline_of_a_lesion_encloses_its_voxels_in_each_slice(made, signed, slices):
    lesion = signed.report.lesion("1.2.826.0.1.3680043.8.498.4711.50.1")
    drawn = {
        item.ReferencedImageSequence[0].ReferencedSOPInstanceUID: sum(
            _signed_area(np.array(part.GraphicData).reshape(-1, 2)) for part in item.GraphicObjectSequence
        )
        for item in _annotations(made("gsps"), "LESION L1")
    }
    counted = {
        str(header.SOPInstanceUID): int((lesion.mask.array[k] > 0).sum())
        for k, header in enumerate(slices)
        if lesion.mask.array[k].any()
    }
    assert drawn == pytest.approx(counted)


def _signed_area(line):
    x, y = line[:, 0], line[:, 1]
    return float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum() / 2)


def test_lesions_are_named_with_their_category_and_rejected_ones_are_not_drawn(made):
    layers = {item.GraphicLayer for item in made("gsps").GraphicLayerSequence}
    assert layers == {"PROSTATE", "LESION L1", "LESION L2", "LESION L3", "DRAWINGS"}
    (text,) = _annotations(made("gsps"), "LESION L2")[0].TextObjectSequence
    assert text.UnformattedTextValue == "L2 PI-RADS 5"


def test_a_drawn_length_lies_on_its_slice_at_its_pixels_with_its_millimetres(made, slices):
    length, ellipse, arrow = _annotations(made("gsps"), "DRAWINGS")
    for item in (length, ellipse, arrow):
        assert item.ReferencedImageSequence[0].ReferencedSOPInstanceUID == slices[10].SOPInstanceUID
    ends = np.array(length.GraphicObjectSequence[0].GraphicData).reshape(2, 2)
    assert ends == pytest.approx(np.array([[10.5, 20.5], [26.5, 20.5]]), abs=1e-3)  # (column, row) of pixel centres
    assert length.TextObjectSequence[0].UnformattedTextValue == "20.0 mm"  # 16 pixels of 1.25 mm
    assert ellipse.TextObjectSequence[0].UnformattedTextValue.startswith("2.45 cm²\nT2 axial 300 ± 20")
    assert arrow.TextObjectSequence[0].UnformattedTextValue == "breiter Kontakt, 前列腺"
    assert len(arrow.GraphicObjectSequence) == 3  # the line and both strokes of its head


def test_a_drawing_on_an_oblique_plane_lies_on_no_image(draft_report, made_volumes):
    t2 = made_volumes[Role.T2_AXIAL]
    ends = (position_lps(t2, (2, 20, 10)), position_lps(t2, (12, 20, 26)))
    oblique = annotation(Kind.LENGTH, t2.frame_of_reference_uid, ends)
    report = replace(draft_report, annotations=(oblique,))
    assert unplaced_drawings(report) == (oblique,)
    assert placed_drawings(report) == ()


def test_a_region_measured_on_the_adc_map_is_drawn_on_the_adc_map(draft_report, made_volumes):
    adc = made_volumes[Role.ADC]
    corners = tuple(position_lps(adc, (9, j, i)) for j, i in ((10, 10), (10, 14), (14, 14)))
    region = annotation(Kind.POLYGON, adc.frame_of_reference_uid, corners)
    region = replace(region, statistics=RoiStatistics("ADC", "10⁻⁶ mm²/s", 8, 742.0, 12.0, 700, 800))
    report = replace(draft_report, annotations=(region,))
    assert state_count(report) == 2
    on_t2, on_adc = presentation_states(report, None)
    assert "DRAWINGS" not in {layer.GraphicLayer for layer in on_t2.GraphicLayerSequence}
    (item,) = on_adc.GraphicAnnotationSequence
    assert item.ReferencedImageSequence[0].ReferencedSOPInstanceUID.startswith(
        report.recognised.one(Role.ADC).stack.series.series_instance_uid
    )
    assert on_t2.SeriesInstanceUID == on_adc.SeriesInstanceUID


@given(arrays(np.bool_, (9, 9)))
def test_the_lines_round_a_mask_enclose_as_many_pixels_as_it_has(mask):
    lines = closed_lines(mask)
    assert sum(_signed_area(line) for line in lines) == pytest.approx(float(mask.sum()))
    assert all((line[0] == line[-1]).all() for line in lines)


# ---------------------------------------------------------------------------------------------------------------------
# Key images


def test_the_key_images_are_those_through_the_index_lesion_until_the_reader_chooses(draft_report, made_study):
    by_default = key_images_of(draft_report)
    assert draft_report.index_lesion.label == "L2"
    assert [image.words for image in by_default] == [
        "T2 axial: L2, index lesion",
        "ADC: L2, index lesion",
        "DWI b 1400 (calc): L2, index lesion",
    ]
    chosen = KeyImage(by_default[1].sop_instance_uid, "Cysts")
    assert key_images_of(replace(draft_report, key_images=(chosen,))) == (chosen,)


def test_the_selection_refers_to_the_images_with_what_the_reader_wrote(draft_report, slices, signed):
    chosen = (KeyImage(str(slices[3].SOPInstanceUID), "Zyste, 囊肿"), KeyImage(str(slices[4].SOPInstanceUID)))
    document = key_object_selection(replace(draft_report, key_images=chosen), signed)
    read = KeyObjectSelectionDocument.from_dataset(document)
    assert [read.resolve_reference(image.sop_instance_uid)[2] for image in chosen] == [
        image.sop_instance_uid for image in chosen
    ]
    (told,) = _named(document, "113012")
    assert told.TextValue == "1. Zyste, 囊肿"
    assert document.ConceptNameCodeSequence[0].CodeMeaning == "Of Interest"


def test_a_key_image_that_is_gone_is_named_with_what_to_do(draft_report):
    gone = replace(draft_report, key_images=(KeyImage("1.2.3", "Cysts"),))
    with pytest.raises(SeriesIncomplete, match="key image"):
        key_object_selection(gone, None)


# ---------------------------------------------------------------------------------------------------------------------
# Suspicion map


def test_the_map_says_suspicion_and_never_probability(made):
    ds = made("suspicion_map")
    said = str(ds).lower()
    assert "suspicion" in said
    assert "probability of cancer" not in said
    assert ds.SeriesDescription == "AI suspicion 0 to 1, not a probability (research use)"
    mapping = ds.SharedFunctionalGroupsSequence[0].RealWorldValueMappingSequence[0]
    assert mapping.QuantityDefinitionSequence[0].ConceptCodeSequence[0].CodeValue == "AI_SCORE"


def test_the_map_comes_back_voxel_for_voxel_on_its_slices(made, suspicion, slices, tmp_path):
    made("suspicion_map").save_as(path := tmp_path / "map.dcm", enforce_file_format=True)
    back = highdicom.imread(path).get_volume()
    assert (back.match_geometry(suspicion).array == suspicion.array).all()


def test_a_map_of_other_slices_is_refused(signed, suspicion):
    shifted = Volume(
        suspicion.array,
        suspicion.affine + np.array([[0, 0, 0, 5.0]] + [[0] * 4] * 3),
        coordinate_system="PATIENT",
        frame_of_reference_uid=suspicion.frame_of_reference_uid,
    )
    with pytest.raises(FramesDiffer, match="not on the grid of the axial T2"):
        suspicion_map(signed.report, shifted)


# ---------------------------------------------------------------------------------------------------------------------
# What OHIF makes of its SR: the steps of its display set handler (extensions/cornerstone-dicom-sr)


def _named(parent, value):
    return [item for item in parent.ContentSequence if item.ConceptNameCodeSequence[0].CodeValue == value]


def test_ohif_finds_library_groups_trackers_and_one_closed_outline_in_each_group(made, slices):
    sr = made("ohif_sr")
    assert sr.ConceptNameCodeSequence[0].CodeValue == "126000"
    (library,) = _named(sr, "111028")
    assert _named(library, "126200")
    (measurements,) = _named(sr, "126010")
    groups = _named(measurements, "125007")
    assert [_named(group, "112039")[0].TextValue for group in groups] == ["L2", "L1", "L3"]
    for group in groups:
        assert _named(group, "112040")[0].UID
        (outline,) = [item for item in group.ContentSequence if item.ValueType == "SCOORD"]
        assert outline.GraphicType == "POLYLINE"
        assert outline.GraphicData[:2] == outline.GraphicData[-2:]
        (image,) = outline.ContentSequence
        assert image.ReferencedSOPSequence[0].ReferencedSOPInstanceUID in {x.SOPInstanceUID for x in slices}
    labels = {
        item.ConceptNameCodeSequence[0].CodeMeaning for item in groups[0].ContentSequence if item.ValueType == "NUM"
    }
    assert {"Long Axis", "Short Axis"} <= labels


def test_the_outline_for_ohif_is_that_of_the_largest_slice(made, signed):
    (measurements,) = _named(made("ohif_sr"), "126010")
    lesion = signed.report.index_lesion
    (outline,) = [x for x in _named(measurements, "125007")[0].ContentSequence if x.ValueType == "SCOORD"]
    assert _signed_area(np.array(outline.GraphicData).reshape(-1, 2)) == pytest.approx(
        float((lesion.mask.array > 0).sum(axis=(1, 2)).max())
    )


# ---------------------------------------------------------------------------------------------------------------------
# Text, and what programs of other makers read


def test_the_text_report_holds_findings_impression_and_category_in_words(made):
    ds = made("basic_text_sr")
    assert ds.SOPClassUID == ds.file_meta.MediaStorageSOPClassUID == BasicTextSRStorage
    said = {
        item.ConceptNameCodeSequence[0].CodeMeaning: item.ContentSequence[0].TextValue
        for item in ds.ContentSequence
        if item.ValueType == "CONTAINER"
    }
    assert said["Indications for Procedure"] == "Erhöhtes PSA, Ausschluss Karzinom\nPSA 6.4 ng/mL"
    assert "患者 informiert" in said["Findings"]
    assert said["Summary"].startswith("PI-RADS 5")


@pytest.mark.skipif(shutil.which("dsrdump") is None, reason="dcmtk is not installed (apt-get install dcmtk)")
@pytest.mark.parametrize("name", ["sr", "ohif_sr", "basic_text_sr", "key_images"])
def test_dcmtk_reads_every_document_without_a_complaint(name, made, tmp_path):
    made(name).save_as(path := tmp_path / f"{name}.dcm", enforce_file_format=True)
    read = subprocess.run(["dsrdump", "+U8", str(path)], capture_output=True, check=True, timeout=60)
    assert not [line for line in read.stderr.decode().splitlines() if line.startswith(("E:", "F:"))]
    if name != "key_images":
        page = subprocess.run(["dsr2html", "+U8", str(path)], capture_output=True, check=True, timeout=60)
        assert "Müller" in page.stdout.decode()


@pytest.mark.skipif(shutil.which("dsrdump") is None, reason="dcmtk is not installed (apt-get install dcmtk)")
def test_dcmtk_reads_the_same_millimetres_and_category(made, tmp_path):
    made("ohif_sr").save_as(path := tmp_path / "sr.dcm", enforce_file_format=True)
    told = subprocess.run(["dsrdump", "+U8", str(path)], capture_output=True, check=True, timeout=60).stdout.decode()
    assert '"11.75"' in told
    assert "PI-RADS 5 - Very high (lesion)" in told


# ---------------------------------------------------------------------------------------------------------------------
# The order


def test_the_order_of_the_ris_is_what_the_documents_answer(draft_report, reader, signing_key):
    order = Order("RIS-1", "PLACER-7", "FILLER-9", "RP-3", "MRT Prostata nativ + KM", ("MRPROS", "MR Prostata", "L"))
    signed = sign(replace(draft_report, order=order), reader, SIGNED_AT)
    for ds in (
        basic_text_sr(signed, signing_key),
        ohif_sr(signed, signing_key),
        key_object_selection(signed.report, signed),
    ):
        (asked,) = ds.ReferencedRequestSequence
        assert asked.AccessionNumber == "RIS-1"
        assert asked.PlacerOrderNumberImagingServiceRequest == "PLACER-7"
        assert asked.FillerOrderNumberImagingServiceRequest == "FILLER-9"
        assert asked.RequestedProcedureDescription == "MRT Prostata nativ + KM"
        assert asked.RequestedProcedureCodeSequence[0].CodingSchemeDesignator == "99LOCAL"


# ---------------------------------------------------------------------------------------------------------------------
# dcmqi (Quantitative Imaging for DICOM), which 3D Slicer reads with


def test_dcmqi_counts_the_voxels_of_every_segment_as_we_do(made, signed, dcmqi, tmp_path):
    made("seg").save_as(tmp_path / "seg.dcm", enforce_file_format=True)
    dcmqi("segimage2itkimage", "--inputDICOM", "seg.dcm", "--outputDirectory", ".", "-t", "nrrd", cwd=tmp_path)
    counted = [
        int(np.count_nonzero(sitk.GetArrayFromImage(sitk.ReadImage(str(tmp_path / f"{n}.nrrd"))))) for n in range(1, 5)
    ]
    report = signed.report
    masks = (report.gland.mask, *(lesion.mask for lesion in report.lesions[:3]))
    assert counted == [int(np.count_nonzero(mask.array)) for mask in masks]


def test_dcmqi_reads_the_same_measurements_from_the_report(made, signed, dcmqi, tmp_path):
    made("sr").save_as(tmp_path / "sr.dcm", enforce_file_format=True)
    dcmqi("tid1500reader", "--inputDICOM", "sr.dcm", "--outputMetadata", "sr.json", cwd=tmp_path)
    read = json.loads((tmp_path / "sr.json").read_text())["Measurements"]
    by_label = {group["TrackingIdentifier"]: group for group in read}
    assert set(by_label) >= {"L1", "L2", "L3", "Prostate"}
    for lesion in signed.report.lesions[:3]:
        items = by_label[lesion.label]["measurementItems"]
        told = {
            (x["quantity"]["CodeMeaning"], x.get("derivationModifier", {}).get("CodeMeaning")): float(x["value"])
            for x in items
        }
        assert told["Volume", None] == pytest.approx(lesion.measures.volume_ml, rel=1e-5)
        assert told["Long Axis", None] == lesion.measures.long_axis_mm
        assert told["Apparent Diffusion Coefficient", "Mean"] == lesion.measures.adc_mean
        assert by_label[lesion.label]["TrackingUniqueIdentifier"] == lesion.tracking_uid
