"""Enhanced multi-frame MR is taken apart into the stacks that classic MR would have sent."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import JPEG2000Lossless
from vendor_styles import enhanced

from core.study import Instance, Role
from inference.frames import frames_of, header_of
from inference.load import load, load_stack
from inference.loose import load_loose, middle_picture
from inference.read import read_study
from inference.recognise import recognise
from inference.stack_facts import stacks_of

_PLACES = tuple(3.0 * k for k in range(8))


def _enhanced(made: type, series: object, folder: Path, copies: int = 1, **tags: object) -> Dataset:
    """Write a made-up series, or several on one grid, as one enhanced image."""
    images = []
    for n in range(copies):
        one = series(n) if callable(series) else series
        for k in range(len(one.places)):
            image = one.dataset(k, "1.2.77")
            image.SpacingBetweenSlices, image.FlipAngle = 3, image.get("FlipAngle", 90)
            for keyword in ("EchoTrainLength", "RepetitionTime"):
                setattr(image, keyword, image.get(keyword, 1))
            image.file_meta = pydicom.dataset.FileMetaDataset()
            image.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
            images.append(image)
    packed = enhanced(images)
    for keyword, value in tags.items():
        setattr(packed, keyword, value)
    folder.mkdir(parents=True, exist_ok=True)
    packed.save_as(folder / f"{packed.SOPInstanceUID}.dcm", enforce_file_format=True)
    return packed


def test_the_b_values_of_one_object_are_stacks_of_their_own(tmp_path: Path, made: type) -> None:
    packed = _enhanced(made, lambda n: made.dwi(4, (800, 50, 400)[n], places=_PLACES), tmp_path, copies=3)
    recognised = recognise(read_study(tmp_path))
    assert [choice.b_value for choice in recognised.all(Role.DWI)] == [50, 400]
    high_b = recognised.one(Role.HIGH_B)
    assert high_b is not None
    assert (high_b.b_value, len(high_b.stack.instances)) == (800, 8)
    assert {instance.sop_instance_uid for instance in high_b.stack.instances} == {packed.SOPInstanceUID}
    assert len({instance.frame for instance in high_b.stack.instances}) == 8
    volume = load(high_b)
    assert volume.array[:, 0, 0].tolist() == [1000 * k + 1 for k in range(8)]
    assert volume.affine[:3, 3].tolist() == [-10, -20, 0]


def test_an_adc_beside_its_dwi_in_one_object_is_found(tmp_path: Path, made: type) -> None:
    series = [made.dwi(4, 50, places=_PLACES), made.dwi(4, 800, places=_PLACES), made.adc(4, places=_PLACES)]
    _enhanced(made, lambda n: series[n], tmp_path, copies=3)
    adc = recognise(read_study(tmp_path)).one(Role.ADC)
    assert adc is not None
    assert (adc.fitted, len(adc.stack.instances)) == (False, 8)


def test_the_phases_of_one_object_are_told_apart_and_timed(tmp_path: Path, made: type) -> None:
    def phase(n: int) -> object:
        tags = {"ScanningSequence": "GR", "EchoTime": 1.5, "FlipAngle": 12, "ContrastBolusAgent": "Gadobutrol"}
        tags |= {"ImageType": ["ORIGINAL", "PRIMARY", "M"], "AcquisitionTime": f"1000{10 * n:02d}"}
        return made(8, "dyn", places=_PLACES, tags={**tags, "TemporalPositionIdentifier": n + 1})

    _enhanced(made, phase, tmp_path, copies=5)
    dce = recognise(read_study(tmp_path)).one(Role.DCE)
    assert dce is not None
    assert [stack.time_s for stack in dce.stacks] == [0, 10, 20, 30, 40]
    assert all(len(stack.instances) == 8 for stack in dce.stacks)


def test_each_frame_has_its_own_scale(tmp_path: Path, made: type) -> None:
    packed = _enhanced(made, made.t2(2, places=_PLACES), tmp_path)
    for n, frame in enumerate(packed.PerFrameFunctionalGroupsSequence, start=1):
        scale = Dataset()
        scale.RescaleSlope, scale.RescaleIntercept, scale.RescaleType = str(n), "0", "US"
        frame.PixelValueTransformationSequence = [scale]
    packed.save_as(tmp_path / f"{packed.SOPInstanceUID}.dcm", enforce_file_format=True)
    t2 = recognise(read_study(tmp_path)).one(Role.T2_AXIAL)
    assert t2 is not None
    frames_by_place = (1, 5, 2, 6, 3, 7, 4, 8)  # even slices were sent first
    assert load_stack(t2.stack).array[:, 0, 0].tolist() == [(1000 * k + 1) * n for k, n in enumerate(frames_by_place)]


def test_compressed_frames_hold_the_same_voxels(tmp_path: Path, made: type) -> None:
    series = made.t2(2, places=_PLACES, shape=(64, 48))
    plain = _enhanced(made, series, tmp_path / "plain")
    plain.compress(JPEG2000Lossless, generate_instance_uid=False)
    (tmp_path / "packed").mkdir()
    plain.save_as(tmp_path / "packed" / "0.dcm", enforce_file_format=True)
    volumes = [load(recognise(read_study(tmp_path / name)).choices[0]).array for name in ("plain", "packed")]
    assert (volumes[0] == volumes[1]).all()


def test_a_missing_frame_is_refused_by_place(tmp_path: Path, made: type) -> None:
    _enhanced(made, made.t2(2, places=(0.0, 3.0, 6.0, 12.0, 15.0, 18.0, 21.0, 24.0)), tmp_path)
    t2 = recognise(read_study(tmp_path)).one(Role.T2_AXIAL)
    assert t2 is not None
    assert "a slice is missing or doubled" in t2.reason
    with pytest.raises(Exception, match=r"the slice at 9\.0 mm is missing"):
        load(t2)


def test_a_frame_without_a_place_is_left_out_and_shown_flat(tmp_path: Path, made: type) -> None:
    packed = _enhanced(made, made.t2(2, places=_PLACES), tmp_path)
    for frame in packed.PerFrameFunctionalGroupsSequence:
        del frame.PlanePositionSequence
    packed.save_as(tmp_path / f"{packed.SOPInstanceUID}.dcm", enforce_file_format=True)
    recognised = recognise(read_study(tmp_path))
    assert recognised.choices == ()
    assert recognised.left_out[0][1] == "does not say where in the patient its images lie"
    loose = load_loose(recognised.left_out[0][0])
    assert loose.pictures is not None
    assert loose.pictures.shape == (8, 10, 8)


@pytest.mark.parametrize("vendor", ["Siemens", "Philips"])
def test_real_enhanced_images_are_placed_in_the_patient(shared_data: Path, vendor: str) -> None:
    study = read_study(shared_data / "vendor_headers" / "enhanced" / vendor)
    for series in study.series:
        for instance in series.instances:
            whole = pydicom.dcmread(instance.path)
            frames = frames_of(instance)
            assert len(frames) == whole.NumberOfFrames
            for number, (frame, header) in enumerate(frames):
                assert frame.frame == number + 1
                group = whole.PerFrameFunctionalGroupsSequence[number]
                assert header.position == tuple(map(float, group.PlanePositionSequence[0].ImagePositionPatient))
                assert len(header.cosines) == 6
                assert header_of(frame) == header
            middle = middle_picture(stacks_of(series)[0].stack)
            assert middle.shape == (whole.Rows, whole.Columns)


def test_a_real_enhanced_stack_has_the_voxels_that_pydicom_decodes(shared_data: Path) -> None:
    (path,) = (shared_data / "vendor_headers" / "enhanced" / "Philips").iterdir()
    pixels = pydicom.dcmread(path).pixel_array
    stack = stacks_of(read_study(path.parent).series[0])[0].stack
    for instance in stack.instances[:3]:
        assert instance.frame is not None
        one = load_stack(replace(stack, instances=(instance,)))
        slope, intercept = header_of(instance).rescale or (1.0, 0.0)
        np.testing.assert_allclose(one.array[0], pixels[instance.frame - 1] * slope + intercept, rtol=1e-5)


def test_a_classic_image_is_one_frame(tmp_path: Path, made: type) -> None:
    path = made.t2(2).write(tmp_path)[0]
    instance = Instance(path, "", "", 1)
    assert [frame for frame, _ in frames_of(instance)] == [instance]
