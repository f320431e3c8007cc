"""Time to write, sign and verify a report of four lesions, and to read a segmentation back bit for bit.

Run with `python benchmarks/report_objects.py [--runs 5]`. The study is made up: an axial T2 and an ADC map of 30 slices
in a temporary folder. A run makes SEG and SR, signs the SR, writes both, reads the SR and verifies its signature. Then
a SEG of five segments in 30 slices of 640 × 640 is read, by highdicom's way as a report of ours is reopened, and by the
reader for those of any maker; both are compared with what was written. Two threads at most.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from highdicom import Volume
from highdicom.seg import Segmentation
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage, generate_uid

from core.findings import Gland, Measures, ModelIdentity
from core.pirads import Score, Zone
from core.report import Accepted, Assessment, FromReader, Lesion, Reader, Report, sign
from core.sectors import sector
from core.study import RecognisedStudy, Role, RoleChoice, Series, Stack
from core.volume import centroid_lps, on_grid_of
from inference.read import read_study
from reporting.foreign_seg import read_segmentation
from reporting.seg import segmentation
from reporting.signature_check import verify_dataset
from reporting.signing_key import throw_away_key
from reporting.sr import verified_sr

READER = Reader("Example^Reader", "Hospital")
MODEL = ModelIdentity("Detector", "1", "d" * 64, "MIT")
_SLICES = 30


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=5)
    runs = options.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        report = _report(Path(folder), 384)
        key = throw_away_key(READER)
        steps: dict[str, list[float]] = {}
        for _ in range(runs):
            _write_and_verify(report, key, Path(folder), steps)
        for name, seconds in steps.items():
            print(f"{name}: median {statistics.median(seconds):.2f} s, worst {max(seconds):.2f} s")
    with tempfile.TemporaryDirectory() as folder:
        _read_back(_report(Path(folder), 640), Path(folder), runs)


def _write_and_verify(report: Report, key: object, folder: Path, steps: dict[str, list[float]]) -> None:
    def timed(name: str, work: Callable[[], object]) -> object:
        began = time.perf_counter()
        done = work()
        steps.setdefault(name, []).append(time.perf_counter() - began)
        return done

    began = time.perf_counter()
    signed = sign(report, READER, datetime.now(UTC))
    seg = timed("SEG made", lambda: segmentation(report.recognised, report.gland, report.lesions))
    sr = timed("SR made and signed", lambda: verified_sr(signed, seg, key))
    timed(
        "both written",
        lambda: [ds.save_as(folder / f"{ds.Modality}.bin", enforce_file_format=True) for ds in (seg, sr)],
    )
    timed("SR read and verified", lambda: verify_dataset(dcmread(folder / "SR.bin"), None))
    steps.setdefault("SR and SEG written, signed and verified", []).append(time.perf_counter() - began)


def _read_back(report: Report, folder: Path, runs: int) -> None:
    made = segmentation(report.recognised, report.gland, report.lesions)
    made.save_as(path := folder / "seg.bin", enforce_file_format=True)
    wanted = {x.tracking_uid: x.mask for x in report.lesions}
    ours: list[float] = []
    any_maker: list[float] = []
    for _ in range(runs):
        began = time.perf_counter()
        image = Segmentation.from_dataset(dcmread(path), copy=False)
        volume = image.get_volume(combine_segments=False)
        ours.append(time.perf_counter() - began)
        on_t2 = volume.match_geometry(report.lesions[0].mask)
        for place, item in enumerate(image.SegmentSequence):
            mask = wanted.get(str(item.TrackingUID)) or report.gland.mask
            assert (on_t2.array[..., place] == mask.array).all()
        began = time.perf_counter()
        read = read_segmentation(dcmread(path))
        any_maker.append(time.perf_counter() - began)
        for segment in read.segments:
            mask = wanted.get(segment.tracking_uid) or report.gland.mask
            assert (segment.masks[0].match_geometry(mask).array == mask.array).all()
    print(f"SEG of 640 × 640 × 30 × 5 ({path.stat().st_size / 1e6:.1f} MB) read back bit for bit:")
    print(f"  as ours: median {statistics.median(ours):.2f} s, worst {max(ours):.2f} s")
    print(f"  as any maker's: median {statistics.median(any_maker):.2f} s, worst {max(any_maker):.2f} s")


# ---------------------------------------------------------------------------------------------------------------------
# The made-up study


def _report(folder: Path, side: int) -> Report:
    series = {role: _written(folder, role, number, side) for number, role in enumerate((Role.T2_AXIAL, Role.ADC), 1)}
    study = read_study(folder)
    by_uid = {one.series_instance_uid: one for one in study.series}
    choices = tuple(RoleChoice(role, (_stack(by_uid[uid]),), "made") for role, (uid, _) in series.items())
    return _outlined(RecognisedStudy(study, choices, ()), series[Role.T2_AXIAL][1])


def _stack(series: Series) -> Stack:
    return Stack(series, series.instances)


def _outlined(recognised: RecognisedStudy, grid: Volume) -> Report:
    gland = _ellipsoid(grid, (0, 0, 0), (20, 18, 24))
    places = {"L1": (0, 10, -12), "L2": (-6, -4, 10), "L3": (9, 8, 10), "L4": (12, 2, -8)}
    lesions = tuple(_lesion(label, _ellipsoid(grid, place, (5, 5, 6))) for label, place in places.items())
    volume_ml = float(gland.array.sum()) * float(np.prod(grid.spacing)) / 1000
    return Report(recognised, gland=Gland(gland, volume_ml, MODEL), lesions=lesions, models=(MODEL,))


def _lesion(label: str, mask: Volume) -> Lesion:
    return Lesion(
        generate_uid(),
        label,
        mask,
        centroid_lps(mask),
        Measures(0.6, 12.0, 10.0, 742.0, 650.0, (50.0, 400.0, 800.0)),
        sector("right-mid-PZpm"),
        Assessment(Zone.PZ, t2=Score.FOUR, dwi=Score.FOUR),
        FromReader(),
        Accepted(),
    )


def _ellipsoid(grid: Volume, centre_mm: tuple[float, ...], radii_mm: tuple[float, ...]) -> Volume:
    middle = (np.array(grid.spatial_shape) - 1) / 2
    steps = (np.stack(np.indices(grid.spatial_shape), axis=-1) - middle) * np.array(grid.spacing)
    inside = (((steps - np.array(centre_mm)) / np.array(radii_mm)) ** 2).sum(axis=-1) <= 1
    return on_grid_of(grid, inside.astype(np.uint8))


_STUDY, _FRAME = generate_uid(), generate_uid()


def _written(folder: Path, role: Role, number: int, side: int) -> tuple[str, Volume]:
    """Write a series of a field of 200 mm, and return its UID and grid."""
    uid, spacing = generate_uid(), 200 / side
    pixels: NDArray[np.int16] = np.random.default_rng(number).integers(0, 900, (_SLICES, side, side), np.int16)
    affine = np.array([[0, 0, spacing, -100], [0, spacing, 0, -100], [3.0, 0, 0, -45], [0, 0, 0, 1.0]])
    for k in range(_SLICES):
        ds = _header(uid, number, f"{role}", spacing, k)
        ds.Rows = ds.Columns = side
        ds.PixelData = pixels[k].tobytes()
        ds.save_as(folder / f"{number}-{k:02}.dcm", enforce_file_format=True)
    return uid, Volume(pixels, affine, coordinate_system="PATIENT", frame_of_reference_uid=_FRAME)


def _header(uid: str, number: int, description: str, spacing: float, k: int) -> Dataset:
    ds = Dataset()
    ds.SOPClassUID, ds.SOPInstanceUID = MRImageStorage, generate_uid()
    ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.FrameOfReferenceUID = _STUDY, uid, _FRAME
    ds.StudyDate, ds.StudyTime, ds.StudyID, ds.AccessionNumber = "20260301", "101500", "1", "A1"
    ds.PatientName, ds.PatientID, ds.PatientBirthDate, ds.PatientSex = "Made^Up", "P1", "19580414", "M"
    ds.ReferringPhysicianName, ds.Modality, ds.SeriesNumber = "", "MR", number
    ds.SeriesDescription, ds.InstanceNumber, ds.BodyPartExamined = description, k + 1, "PROSTATE"
    ds.ImageType, ds.PositionReferenceIndicator = ["ORIGINAL", "PRIMARY"], ""
    ds.ImageOrientationPatient, ds.ImagePositionPatient = [1, 0, 0, 0, 1, 0], [-100, -100, -45 + 3.0 * k]
    ds.PixelSpacing, ds.SliceThickness = [spacing, spacing], 3.0
    ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.PixelRepresentation = 1, "MONOCHROME2", 1
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = 16, 16, 15
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    return ds


if __name__ == "__main__":
    main()
