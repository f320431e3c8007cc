"""Reports of other systems are shown as far as they can be read, with the places of what cannot be."""

import random
import shutil
import subprocess
from collections.abc import Iterator
from copy import deepcopy
from io import BytesIO
from pathlib import Path

import highdicom as hd
import numpy as np
import pydicom
import pytest
from foreign_objects import (
    described,
    of_contour,
    of_contour_in_space,
    of_segment,
    presentation,
    report,
    segmentation,
    volume,
)
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from core.errors import ResultUnreadable
from core.pirads import Category
from core.study import RecognisedStudy
from reporting.foreign_graphics import read_presentation
from reporting.foreign_groups import ImageRegion, SpaceRegion, finding_groups
from reporting.foreign_head import ResultKind, head_of
from reporting.foreign_images import StudyImages
from reporting.foreign_masks import filled, masks_of
from reporting.foreign_seg import read_segmentation
from reporting.foreign_sr import lines_of, sr_tree
from reporting.sources import axial_t2, headers


@pytest.fixture(scope="module")
def sources(made_study: RecognisedStudy) -> list[Dataset]:
    """The axial T2 of the made-up study."""
    return list(headers(axial_t2(made_study).stack))


@pytest.fixture(scope="module")
def seg(sources: list[Dataset]) -> Dataset:
    """A segmentation of two voxels."""
    array = np.zeros((8, 10, 12), np.uint8)
    array[2, 4, 5:7] = 1
    affine = np.diag([1.0, 1, 1, 1])[:, [2, 1, 0, 3]]
    return segmentation(sources, volume(array, affine, str(sources[0].FrameOfReferenceUID)), [described(1)])


@pytest.fixture(scope="module")
def sr(sources: list[Dataset], seg: Dataset) -> Dataset:
    """A report on a segment, a contour on an image and a contour in space."""
    square = np.array([[10.0, 20], [14, 20], [14, 23], [10, 23], [10, 20]])
    in_space = np.array([[0.0, 0, 5], [4, 0, 5], [4, 3, 5], [0, 3, 5], [0, 0, 5]])
    frame = str(sources[0].FrameOfReferenceUID)
    groups = [of_segment(seg), of_contour(sources[4], square), of_contour_in_space(frame, in_space)]
    return report(sources, groups, [seg])


def _at(sr: Dataset, position: str) -> Dataset:
    item = sr
    for number in position.split(".")[1:]:
        item = item.ContentSequence[int(number) - 1]
    return item


def _position_of(sr: Dataset, meaning: str) -> str:
    def below(item: Dataset, position: str) -> str:
        for number, child in enumerate(item.get("ContentSequence", []), start=1):
            names = child.get("ConceptNameCodeSequence")
            found = f"{position}.{number}"
            if names and names[0].CodeMeaning == meaning:
                return found
            if deeper := below(child, found):
                return deeper
        return ""

    return below(sr, "1")


# ---------------------------------------------------------------------------------------------------------------------
# What is read


def test_a_report_is_a_tree_of_its_names_and_values(sr: Dataset) -> None:
    tree = sr_tree(sr)
    lines = list(lines_of(tree))
    assert tree.title == "Imaging Measurement Report"
    assert "Imaging Measurements" in lines
    assert "        Finding Site: Right posteromedial middle peripheral zone of prostate" in lines
    assert "        Probability of cancer: 72.0 %" in lines
    assert "        PI-RADS Localized Abnormality Assessment: PI-RADS 4 - High (lesion)" in lines
    assert tree.not_read == ()


def test_the_head_names_maker_day_and_state(sr: Dataset) -> None:
    head = head_of(sr, ResultKind.REPORT)
    assert head.device == "Acme Imaging · ProstateMind"
    assert head.state == "complete, preliminary · not verified · not signed"
    assert not head.is_ours


def test_a_signature_that_does_not_hold_is_told(sr: Dataset) -> None:
    forged = deepcopy(sr)
    forged.DigitalSignaturesSequence = [Dataset()]
    head = head_of(forged, ResultKind.REPORT)
    assert not head.intact
    assert "signature not accepted" in head.state


def test_a_group_tells_probability_category_site_and_algorithm(sr: Dataset, seg: Dataset) -> None:
    groups, lost = finding_groups(sr)
    assert lost == ()
    first = groups[0]
    assert (first.label, first.probability, first.suggested) == ("Lesion 1", 0.72, Category.FOUR)
    assert [site.value for site in first.sites] == ["716923005"]
    assert first.model is not None
    assert (first.model.name, first.model.version) == ("ProstateMind Detect (Acme Imaging)", "2.1.0")
    assert [(x.sop_instance_uid, x.number) for x in first.segments] == [(seg.SOPInstanceUID, 1)]
    assert isinstance(groups[1].regions[0], ImageRegion)
    assert isinstance(groups[2].regions[0], SpaceRegion)


def test_a_group_without_tracking_and_codes_is_still_a_finding(sr: Dataset) -> None:
    bare = deepcopy(sr)
    group = _at(bare, _position_of(bare, "Measurement Group"))
    kept = [x for x in group.ContentSequence if x.ValueType == "IMAGE"]
    group.ContentSequence = Sequence(kept)
    found = finding_groups(bare)[0][0]
    assert found.tracking_uid == ""
    assert found.label.startswith("Finding 1.")
    assert found.probability is None
    assert found.model is not None
    assert found.model.name.startswith("ProstateMind")


@pytest.mark.parametrize(
    ("value", "unit", "share"),
    [("72", "%", 0.72), ("0.31", "1", 0.31), ("0.4", "{probability}", 0.4), ("72", "1", None), ("-1", "%", None)],
)
def test_a_probability_is_a_share_or_none(value: str, unit: str, share: float | None, sr: Dataset) -> None:
    changed = deepcopy(sr)
    item = _at(changed, _position_of(changed, "Probability of cancer"))
    measured = item.MeasuredValueSequence[0]
    measured.NumericValue = value
    if "FloatingPointValue" in measured:
        del measured.FloatingPointValue
    measured.MeasurementUnitsCodeSequence[0].CodeValue = unit
    groups, lost = finding_groups(changed)
    assert groups[0].probability == (None if share is None else pytest.approx(share))
    assert bool(lost) is (share is None)


def test_a_report_whose_only_observer_is_a_person_names_no_model(sources: list[Dataset]) -> None:
    square = np.array([[10.0, 20], [14, 20], [14, 23], [10, 20]])
    by_hand = report(sources, [of_contour(sources[4], square, algorithm_id=None, measurements=None)], person=True)
    assert finding_groups(by_hand)[0][0].model is None


# ---------------------------------------------------------------------------------------------------------------------
# Regions made masks


def test_a_polygon_fills_the_pixels_whose_middle_it_holds() -> None:
    # the square from 1.0 to 3.0 holds the middles 1.5 and 2.5; a corner at 0\0 is the outer corner of the first pixel
    square = np.array([[1.0, 1.0], [3.0, 1.0], [3.0, 3.0], [1.0, 3.0]])
    assert np.argwhere(filled(square, 5, 5)).tolist() == [[1, 1], [1, 2], [2, 1], [2, 2]]
    assert filled(np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]), 5, 5)[0, 0] == 1


def test_contours_become_masks_where_they_were_drawn(sr: Dataset, made_study: RecognisedStudy) -> None:
    images = StudyImages(made_study)
    group = finding_groups(sr)[0][1]
    (mask,), lost = masks_of(group.regions, images.place, ())
    header = headers(axial_t2(made_study).stack)[4]
    assert lost == ()
    # 4 columns by 3 rows from column 10 and row 20; the first pixel's middle is 10 columns and 20 rows from the corner
    cosines = np.array([float(x) for x in header.ImageOrientationPatient])
    rows_mm, columns_mm = (float(x) for x in header.PixelSpacing)
    corner = np.array([float(x) for x in header.ImagePositionPatient])
    first = corner + 10 * columns_mm * cosines[:3] + 20 * rows_mm * cosines[3:]
    voxels = np.argwhere(mask.array)
    assert len(voxels) == 12
    k, j, i = voxels[0]
    assert mask.affine[:3, :3] @ (k, j, i) + mask.affine[:3, 3] == pytest.approx(first, abs=1e-3)


def test_a_contour_in_no_image_plane_gets_a_plane_of_its_own(sr: Dataset, made_study: RecognisedStudy) -> None:
    group = finding_groups(sr)[0][2]
    (mask,), lost = masks_of(group.regions, lambda _uid, _frame: None, StudyImages(made_study).planes())
    assert lost == ()
    assert mask.spatial_shape[0] == 1
    area = mask.array.sum() * mask.spacing[1] * mask.spacing[2]
    assert area == pytest.approx(12, rel=0.35)  # 4 × 3 mm


def test_a_contour_on_an_image_that_is_not_here_is_told_by_its_place(sr: Dataset) -> None:
    group = finding_groups(sr)[0][1]
    masks, lost = masks_of(group.regions, lambda _uid, _frame: None, ())
    assert masks == ()
    assert group.regions[0].position in str(lost[0])


# ---------------------------------------------------------------------------------------------------------------------
# What is damaged


@pytest.mark.parametrize(
    ("meaning", "damage", "why"),
    [
        ("Finding", lambda item: delattr(item, "ValueType"), "does not say its kind"),
        ("Finding", lambda item: setattr(item, "ValueType", "HOLOGRAM"), "unknown kind “HOLOGRAM”"),
        ("Finding Site", lambda item: delattr(item, "ConceptCodeSequence"), "an item (CODE) without a value"),
        ("Long axis", lambda item: delattr(item, "MeasuredValueSequence"), "an item (NUM) without a value"),
    ],
)
def test_what_cannot_be_read_is_told_by_its_place(meaning: str, damage, why: str, sr: Dataset) -> None:
    damaged = deepcopy(sr)
    position = _position_of(damaged, meaning)
    whole = list(lines_of(sr_tree(sr)))
    damage(_at(damaged, position))
    tree = sr_tree(damaged)
    assert [(one.position, why in one.why) for one in tree.not_read] == [(position, True)]
    assert len(list(lines_of(tree))) >= len(whole) - 1


def test_what_an_item_holds_is_shown_although_it_does_not_say_its_kind(sr: Dataset) -> None:
    damaged = deepcopy(sr)
    del _at(damaged, _position_of(damaged, "Finding")).ValueType
    assert "        Finding: Lesion" in list(lines_of(sr_tree(damaged)))


def test_a_report_without_content_says_so(sr: Dataset) -> None:
    empty = deepcopy(sr)
    del empty.ContentSequence
    assert str(sr_tree(empty).not_read[0]) == "1: the report has no content"


def test_dsrdump_reads_the_same_words(sr: Dataset, tmp_path: Path) -> None:
    if shutil.which("dsrdump") is None:
        pytest.skip("DCMTK is not installed (apt-get install dcmtk)")
    sr.save_as(tmp_path / "sr.dcm", enforce_file_format=True)
    told = subprocess.run(["dsrdump", "+Pl", str(tmp_path / "sr.dcm")], capture_output=True, check=False)
    ours = "\n".join(lines_of(sr_tree(sr)))
    for words in ("Lesion 1", "PI-RADS 4 - High (lesion)", "Right posteromedial middle peripheral zone of prostate"):
        assert words in told.stdout.decode("utf-8", "replace")
        assert words in ours


def test_a_report_that_dcmtk_wrote_says_the_same(sr: Dataset, tmp_path: Path) -> None:
    if shutil.which("xml2dsr") is None:
        pytest.skip("DCMTK is not installed (apt-get install dcmtk)")
    sr.save_as(tmp_path / "sr.dcm", enforce_file_format=True)
    xml = subprocess.run(["dsr2xml", str(tmp_path / "sr.dcm")], capture_output=True, check=True).stdout
    (tmp_path / "sr.xml").write_bytes(xml)
    subprocess.run(["xml2dsr", str(tmp_path / "sr.xml"), str(tmp_path / "theirs.dcm")], check=True)
    theirs = pydicom.dcmread(tmp_path / "theirs.dcm")
    assert list(lines_of(sr_tree(theirs))) == list(lines_of(sr_tree(sr)))
    ours, read = finding_groups(sr)[0], finding_groups(theirs)[0]
    assert [group.probability for group in read] == [group.probability for group in ours]
    for mine, other in zip(ours[1:], read[1:], strict=True):
        assert np.allclose(mine.regions[0].points, other.regions[0].points)


def test_a_report_that_dcmqi_wrote_names_its_segment_and_its_measures(
    seg: Dataset, sources: list[Dataset], made_study: RecognisedStudy, tmp_path: Path
) -> None:
    program = Path(pytest.importorskip("dcmqi").__file__).parents[4] / "bin" / "tid1500writer"
    if not program.is_file():
        pytest.skip("dcmqi is not installed (pip install dcmqi)")
    seg.save_as(tmp_path / "seg.dcm", enforce_file_format=True)
    first = axial_t2(made_study).stack.instances[0].path
    (tmp_path / "t2.dcm").write_bytes(first.read_bytes())
    series = sources[0].SeriesInstanceUID
    about = _DCMQI.replace("SEG_UID", seg.SOPInstanceUID).replace("SERIES_UID", series)
    (tmp_path / "about.json").write_text(about, "utf-8")
    subprocess.run(
        [
            *(str(program), "--inputMetadata", str(tmp_path / "about.json")),
            *("--inputImageLibraryDirectory", str(tmp_path), "--inputCompositeContextDirectory", str(tmp_path)),
            *("--outputDICOM", str(tmp_path / "sr.dcm")),
        ],
        check=True,
        capture_output=True,
        timeout=60,
    )
    theirs = pydicom.dcmread(tmp_path / "sr.dcm")
    lines = [line.strip() for line in lines_of(sr_tree(theirs))]
    assert "Mean: 812 um2/s" in lines or "Apparent Diffusion Coefficient: 812 um2/s" in lines
    (group,), _ = finding_groups(theirs)
    assert group.label == "Focus"
    assert [(one.sop_instance_uid, one.number) for one in group.segments] == [(seg.SOPInstanceUID, 1)]
    assert group.model is None  # its only observer is a person


_DCMQI = """{
 "SeriesDescription": "Measurements", "SeriesNumber": "1001", "InstanceNumber": "1",
 "compositeContext": ["seg.dcm"], "imageLibrary": ["t2.dcm"],
 "observerContext": {"ObserverType": "PERSON", "PersonObserverName": "Reader01"},
 "VerificationFlag": "UNVERIFIED", "CompletionFlag": "PARTIAL", "activitySession": "1", "timePoint": "1",
 "Measurements": [{"MeasurementGroup": {}, "TrackingIdentifier": "Focus", "ReferencedSegment": 1,
  "SourceSeriesForImageSegmentation": "SERIES_UID", "segmentationSOPInstanceUID": "SEG_UID",
  "Finding": {"CodeValue": "52988006", "CodingSchemeDesignator": "SCT", "CodeMeaning": "Lesion"},
  "FindingSite": {"CodeValue": "41216001", "CodingSchemeDesignator": "SCT", "CodeMeaning": "Prostate"},
  "measurementItems": [{"value": "812",
   "quantity": {"CodeValue": "113041", "CodingSchemeDesignator": "DCM",
    "CodeMeaning": "Apparent Diffusion Coefficient"},
   "units": {"CodeValue": "um2/s", "CodingSchemeDesignator": "UCUM", "CodeMeaning": "um2/s"},
   "derivationModifier": {"CodeValue": "373098007", "CodingSchemeDesignator": "SCT", "CodeMeaning": "Mean"}}]}]}"""


# ---------------------------------------------------------------------------------------------------------------------
# Whatever is deleted or changed, there is text or a sentence


def _places(dataset: Dataset, path: tuple = ()) -> Iterator[tuple]:
    """Every element at any depth, by the keywords and item numbers that lead to it."""
    for element in dataset:
        if element.keyword:
            yield (*path, element.keyword)
            for number, item in enumerate(element.value if element.VR == "SQ" else ()):
                yield from _places(item, (*path, element.keyword, number))


def _damaged(whole: bytes, seed: int, *, spared: tuple[str, ...] = ()) -> Dataset:
    """The object with one to three elements deleted, emptied or made nonsense of, the same ones for the same seed."""
    dice = random.Random(seed)
    dataset = pydicom.dcmread(BytesIO(whole))
    for _ in range(dice.randint(1, 3)):
        path = dice.choice([path for path in _places(dataset) if path[0] not in spared])
        item = dataset
        for step in path[:-1]:
            item = item[step].value if isinstance(step, str) else item[step]
        element = item[path[-1]]
        odd = {"SQ": Sequence([Dataset()]), "FD": float("nan"), "FL": float("inf"), "US": 0, "DS": "1e999", "OB": b"~"}
        nonsense = (None, Sequence([]) if element.VR == "SQ" else None, odd.get(element.VR, "~"))[dice.randint(0, 2)]
        if nonsense is None:
            del item[path[-1]]
        else:
            item[path[-1]] = DataElement(element.tag, element.VR, nonsense, already_converted=True)
    return dataset


def _bytes_of(dataset: Dataset) -> bytes:
    file = BytesIO()
    dataset.save_as(file, enforce_file_format=True)
    return file.getvalue()


def test_no_damage_to_a_report_makes_it_fail(sr: Dataset, made_study: RecognisedStudy) -> None:
    whole, images = _bytes_of(sr), StudyImages(made_study)
    planes = images.planes()[:3]
    told = 0
    for seed in range(40):
        damaged = _damaged(whole, seed, spared=_ABOUT_THE_PATIENT)
        tree = sr_tree(damaged)
        assert list(lines_of(tree)) or tree.not_read, seed
        told += bool(tree.not_read)
        head_of(damaged, ResultKind.REPORT)
        for group in finding_groups(damaged)[0]:
            masks_of(group.regions, images.place, planes)
    assert told > 5, "much of the damage is seen"


def test_no_damage_to_a_segmentation_makes_it_fail(seg: Dataset) -> None:
    whole, told = _bytes_of(seg), 0
    for seed in range(70):
        damaged = _damaged(whole, seed, spared=(*_ABOUT_THE_PATIENT, "ReferencedSeriesSequence"))
        head_of(damaged, ResultKind.SEGMENTATION)
        try:
            read = read_segmentation(damaged)
        except ResultUnreadable:  # a sentence, which says why
            told += 1
        else:
            assert read.segments or read.not_read, seed
    assert told > 3


def test_no_damage_to_a_presentation_state_makes_it_fail(sources: list[Dataset], made_study: RecognisedStudy) -> None:
    shapes = [hd.pr.GraphicObject("CIRCLE", np.array([[1.0, 1.0], [5.0, 5.0]]), "PIXEL")]
    texts = [hd.pr.TextObject("here", units="PIXEL", anchor_point=(3.0, 3.0))]
    whole, place = _bytes_of(presentation(sources[4], shapes, texts)), StudyImages(made_study).place
    for seed in range(40):
        damaged = _damaged(whole, seed, spared=_ABOUT_THE_PATIENT)
        head_of(damaged, ResultKind.GRAPHICS)
        read_presentation(damaged, place)


_ABOUT_THE_PATIENT = (
    *("PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyID", "AccessionNumber"),
    "CurrentRequestedProcedureEvidenceSequence",
)
