"""A small made-up study on disk, and reports on it: oblique axial T2 with ADC and high-b on a coarser grid."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from highdicom import Volume
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage

from core.findings import Candidate, Ellipsoid, Findings, Gland, Measures, ModelIdentity
from core.pirads import Category, Dce, Epe, Score, Zone
from core.quality import (
    Answer,
    Asked,
    Basis,
    Criterion,
    Effect,
    Quality,
    QualityCheck,
    QualityFinding,
    Sequence,
    Verdict,
    answered,
    prefilled,
)
from core.report import (
    Accepted,
    Assessment,
    Clinical,
    Edited,
    FromModel,
    FromReader,
    Lesion,
    Override,
    Reader,
    Rejected,
    Report,
    SignedReport,
    sign,
)
from core.sectors import sector
from core.study import Instance, Patient, RecognisedStudy, Role, RoleChoice, Series, Stack, Study
from core.volume import centroid_lps, on_grid_of, position_lps, voxel_volume_ml
from reporting.signature import SigningKey

ROOT = "1.2.826.0.1.3680043.8.498.4711"
STUDY_UID, FRAME_UID = f"{ROOT}.1", f"{ROOT}.2"
T2_UID, ADC_UID, HIGH_B_UID = f"{ROOT}.10", f"{ROOT}.11", f"{ROOT}.12"
GLAND_MODEL = ModelIdentity("TAPS prostate", "1.1.0", "a" * 64, "MIT")
DETECTOR = ModelIdentity("Prosector detector", "0.1.0", "b" * 64, "Apache-2.0")
SIGNED_AT = datetime(2026, 3, 2, 14, 30, 15, tzinfo=UTC)
QUALITY = Quality(
    (
        QualityCheck(Sequence.T2, Asked.THICKNESS, "3 mm", "≤ 3 mm", Verdict.PASSED, "PI-RADS v2.1"),
        QualityCheck(Sequence.T2, Asked.RESOLUTION, "not stated", "≤ 0.4 mm", Verdict.UNKNOWN, "PI-RADS v2.1"),
        QualityCheck(
            Sequence.DWI,
            Asked.ECHO_TIME,
            "120 ms",
            "≤ 90 ms",
            Verdict.FAILED,
            "PI-RADS v2.1",
            effect=Effect.LIMITS,
        ),
        QualityCheck(
            Sequence.DWI,
            Asked.GHOSTS,
            "12 % of the signal",
            "≤ 5 %",
            Verdict.FAILED,
            "engineering limit",
            Basis.PIXELS,
            Effect.LIMITS,
            QualityFinding.GHOST,
        ),
    )
)
"""What was checked of the made-up study: T2W diagnostic, DWI limited."""


@pytest.fixture(scope="session")
def dcmqi() -> Callable[..., str]:
    """Run a program of dcmqi, which comes with the development extra, and return what it said; fails as it fails."""
    beside = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))

    def run(name: str, *arguments: str, cwd: Path) -> str:
        program = shutil.which(name, path=beside)
        if program is None:
            pytest.skip("dcmqi is not installed (pip install dcmqi)")
        done = subprocess.run([program, *arguments], cwd=cwd, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    return run


def _grid(spacing_mm: tuple[float, float, float], shape: tuple[int, int, int]) -> Volume:
    """An axial grid tilted by 15° about the left-right axis and 4° in plane, centred on the same point."""
    tilt, turn = np.radians(15), np.radians(4)
    row = np.array([np.cos(turn), np.sin(turn) * np.cos(tilt), np.sin(turn) * np.sin(tilt)])
    column = np.cross(np.array([0.0, -np.sin(tilt), np.cos(tilt)]), row)
    axes = np.stack([np.cross(row, column), column, row], axis=1) * np.array(spacing_mm)
    affine = np.eye(4)
    affine[:3, :3] = axes
    affine[:3, 3] = np.array([3.5, 12.0, -40.0]) - axes @ ((np.array(shape) - 1) / 2)
    return Volume(
        array=np.zeros(shape, np.int16), affine=affine, coordinate_system="PATIENT", frame_of_reference_uid=FRAME_UID
    )


def ellipsoid(grid: Volume, centre_mm: tuple[float, float, float], radii_mm: tuple[float, float, float]) -> Volume:
    """A 0/1 mask around `centre_mm`, given along (slice, column, row) from the middle of the grid."""
    spacing = np.linalg.norm(grid.affine[:3, :3], axis=0)
    middle = (np.array(grid.spatial_shape) - 1) / 2
    steps = (np.stack(np.indices(grid.spatial_shape), axis=-1) - middle) * spacing
    inside = (((steps - np.array(centre_mm)) / np.array(radii_mm)) ** 2).sum(axis=-1) <= 1
    return on_grid_of(grid, inside.astype(np.uint8))


_T2_GRID = _grid((3.0, 1.25, 1.25), (20, 64, 64))
_DWI_GRID = _grid((3.0, 2.5, 2.5), (20, 32, 32))
_GLAND = ((0.0, 0.0, 0.0), (19.0, 16.0, 23.0))
_LESIONS = {
    "L1": ((2.0, 9.0, -12.0), (5.0, 4.0, 5.0)),
    "L2": ((-3.0, -4.0, 9.0), (6.0, 6.0, 9.0)),
    "L3": ((9.0, 8.0, 10.0), (4.0, 4.0, 4.0)),
    "L4": ((-8.0, 6.0, -6.0), (4.0, 4.0, 4.0)),
}


def _pixels(grid: Volume, background: int, gland: int, lesion: int, seed: int) -> NDArray[np.int16]:
    array = np.full(grid.spatial_shape, background, np.float64)
    array[ellipsoid(grid, *_GLAND).array > 0] = gland
    for place in _LESIONS.values():
        array[ellipsoid(grid, *place).array > 0] = lesion
    return (array + np.random.default_rng(seed).normal(0, 12, array.shape)).clip(0, 4000).astype(np.int16)


def _common(series_uid: str, number: int, description: str, image_type: list[str]) -> Dataset:
    ds = Dataset()
    ds.SpecificCharacterSet = "ISO_IR 100"
    ds.ImageType = image_type
    ds.SOPClassUID = MRImageStorage
    ds.StudyDate = ds.SeriesDate = ds.AcquisitionDate = ds.ContentDate = "20260301"
    ds.StudyTime = ds.SeriesTime = ds.AcquisitionTime = ds.ContentTime = "101500"
    ds.AccessionNumber, ds.Modality, ds.Manufacturer = "ACC4711", "MR", "Made Up"
    ds.InstitutionName, ds.ReferringPhysicianName = "Universitätsklinik Köln", "Zuweiser^Änne"
    ds.StudyDescription, ds.SeriesDescription = "MRT Prostata", description
    ds.PatientName, ds.PatientID = "Müller^Jörg", "P4711"
    ds.PatientBirthDate, ds.PatientSex, ds.BodyPartExamined = "19580414", "M", "PROSTATE"
    ds.ScanningSequence, ds.SequenceVariant, ds.ScanOptions, ds.MRAcquisitionType = "SE", "SK", "", "2D"
    ds.SliceThickness, ds.RepetitionTime, ds.EchoTime, ds.EchoTrainLength = 3.0, 4000.0, 101.0, 20
    ds.MagneticFieldStrength, ds.SpacingBetweenSlices, ds.PatientPosition = 3.0, 3.0, "HFS"
    ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.StudyID = STUDY_UID, series_uid, "S1"
    ds.SeriesNumber, ds.FrameOfReferenceUID, ds.PositionReferenceIndicator, ds.Laterality = number, FRAME_UID, "", ""
    ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.PixelRepresentation = 1, "MONOCHROME2", 1
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = 16, 16, 15
    return ds


def _write_slice(path: Path, ds: Dataset, grid: Volume, k: int, pixels: NDArray[np.int16]) -> Instance:
    spacing = np.linalg.norm(grid.affine[:3, :3], axis=0)
    cosines = np.concatenate([grid.affine[:3, 2] / spacing[2], grid.affine[:3, 1] / spacing[1]])
    ds.SOPInstanceUID = f"{ds.SeriesInstanceUID}.{k + 1}"
    ds.InstanceNumber = pixels.shape[0] - k  # numbered against the slice normal, as many scanners do
    ds.ImageOrientationPatient = [f"{value:.12f}" for value in cosines]
    ds.ImagePositionPatient = [f"{value:.10f}" for value in position_lps(grid, (k, 0, 0))]
    ds.PixelSpacing = [spacing[1], spacing[2]]
    ds.Rows, ds.Columns = pixels.shape[1:]
    ds.PixelData = pixels[k].tobytes()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.save_as(path, enforce_file_format=True)
    return Instance(path, str(ds.SOPClassUID), str(ds.SOPInstanceUID), int(ds.InstanceNumber))


def _write_series(folder: Path, ds: Dataset, grid: Volume, pixels: NDArray[np.int16]) -> Series:
    instances = [_write_slice(folder / f"{ds.SeriesNumber}-{k:02}.dcm", ds, grid, k, pixels) for k in range(20)]
    in_order_of_number = tuple(sorted(instances, key=lambda instance: instance.instance_number or 0))
    return Series(
        str(ds.SeriesInstanceUID), "MR", int(ds.SeriesNumber), str(ds.SeriesDescription), FRAME_UID, in_order_of_number
    )


def _study(series: tuple[Series, ...]) -> Study:
    return Study(
        study_instance_uid=STUDY_UID,
        patient=Patient("P4711", "Müller^Jörg", date(1958, 4, 14), "M"),
        accession_number="ACC4711",
        study_datetime=datetime(2026, 3, 1, 10, 15),  # noqa: DTZ001 — DICOM's study time has no zone
        description="MRT Prostata",
        study_id="S1",
        referring_physician="Zuweiser^Änne",
        institution="Universitätsklinik Köln",
        series=series,
    )


@pytest.fixture(scope="session")
def made_volumes() -> Mapping[Role, Volume]:
    """The voxels of the made-up study: T2 (20×64×64), ADC in 10⁻⁶ mm²/s and high-b (20×32×32)."""
    return {
        Role.T2_AXIAL: on_grid_of(_T2_GRID, _pixels(_T2_GRID, 180, 420, 240, 1)),
        Role.ADC: on_grid_of(_DWI_GRID, _pixels(_DWI_GRID, 1100, 1500, 760, 2)),
        Role.HIGH_B: on_grid_of(_DWI_GRID, _pixels(_DWI_GRID, 30, 60, 140, 3)),
    }


@pytest.fixture(scope="session")
def made_study(tmp_path_factory: pytest.TempPathFactory, made_volumes: Mapping[Role, Volume]) -> RecognisedStudy:
    """Real DICOM files of the made-up study, recognised: one T2, one ADC, one high-b series."""
    folder = tmp_path_factory.mktemp("made_study")
    headers = {
        Role.T2_AXIAL: _common(T2_UID, 3, "t2_tse_tra", ["ORIGINAL", "PRIMARY", "M", "ND"]),
        Role.ADC: _common(ADC_UID, 6, "ep2d_diff_ADC", ["DERIVED", "PRIMARY", "DIFFUSION", "ADC"]),
        Role.HIGH_B: _common(HIGH_B_UID, 7, "ep2d_diff_b1400", ["DERIVED", "PRIMARY", "DIFFUSION", "TRACEW"]),
    }
    series = {
        role: _write_series(folder, ds, made_volumes[role], made_volumes[role].array) for role, ds in headers.items()
    }
    choices = tuple(
        RoleChoice(
            role,
            (Stack(one, one.instances, 1400.0 if role is Role.HIGH_B else None),),
            f"made as {role}",
            calculated=role is Role.HIGH_B,
        )
        for role, one in series.items()
    )
    return RecognisedStudy(_study(tuple(series.values())), choices, ())


def measures(mask: Volume, adc_mean: float | None, b_values: tuple[float, ...] = (50.0, 400.0, 800.0)) -> Measures:
    """Plausible measures; the volume is the mask's own."""
    volume_ml = float(mask.array.sum()) * voxel_volume_ml(mask)
    p10 = None if adc_mean is None else adc_mean - 87.25
    return Measures(volume_ml, 11.75, 8.3, adc_mean, p10, b_values if adc_mean else ())


def lesion(label: str, sector_key: str, **changes: Any) -> Lesion:
    """A reader's accepted lesion where `_LESIONS` places this label, with `changes` made to it."""
    mask = ellipsoid(_T2_GRID, *_LESIONS[label])
    plain = Lesion(
        tracking_uid=f"{ROOT}.50.{label[1:]}",
        label=label,
        mask=mask,
        centroid_lps_mm=centroid_lps(mask),
        measures=measures(mask, 742.125),
        sector=sector(sector_key),
        assessment=Assessment(Zone.PZ, t2=Score.FOUR, dwi=Score.FOUR),
        origin=FromReader(),
        review=Accepted(),
    )
    return replace(plain, **changes)


@pytest.fixture(scope="session")
def made_gland() -> Gland:
    """The gland of the made-up study on its T2 grid."""
    mask = ellipsoid(_T2_GRID, *_GLAND)
    volume_ml = float(mask.array.sum()) * voxel_volume_ml(mask)
    return Gland(mask, volume_ml, GLAND_MODEL, ellipsoid=Ellipsoid(31.5, 46.2, 37.1))


@pytest.fixture(scope="session")
def draft_report(made_study: RecognisedStudy, made_gland: Gland) -> Report:
    """A draft that may be signed: L1 accepted (PZ, 4), L2 edited (TZ, 5 by override), L3 the reader's, L4 rejected."""
    said = FromModel(DETECTOR, 0.8125, Category.FOUR, ("ADC 742 is low for the peripheral zone", "bright at b 1400"))
    return Report(
        recognised=made_study,
        clinical=Clinical(psa_ng_ml=6.4, indication="Erhöhtes PSA, Ausschluss Karzinom"),
        gland=made_gland,
        lesions=(
            lesion("L1", "right-mid-PZpm", origin=said, comment="Breiter Kapselkontakt – 患者 informiert"),
            lesion(
                "L2",
                "left-mid-TZa",
                origin=replace(said, score=0.5, suggested_category=Category.THREE),
                review=Edited(),
                assessment=Assessment(
                    Zone.TZ,
                    t2=Score.FOUR,
                    dwi=Score.FIVE,
                    dce=Dce.POSITIVE,
                    epe=Epe.DEFINITE,
                    override=Override(Category.FIVE, "Extension beyond the capsule is certain"),
                ),
            ),
            lesion(
                "L3",
                "left-base-PZpl",
                assessment=Assessment(Zone.PZ, t2=Score.THREE, dwi=Score.THREE, epe=Epe.POSSIBLE),
            ),
            lesion(
                "L4",
                "right-mid-PZpl",
                origin=replace(said, score=0.31),
                review=Rejected("Post-biopsy haemorrhage"),
                assessment=Assessment(Zone.PZ),
            ),
        ),
        models=(GLAND_MODEL, DETECTOR),
        warnings=("The ADC map was not fitted by Prosector",),
        quality=QUALITY,
        pi_qual=answered(prefilled(QUALITY).confirm(), Criterion.DWI_ARTEFACTS, Answer.NOT_MET),
    )


@pytest.fixture(scope="session")
def reader() -> Reader:
    """The radiologist who signs, with a name that ASCII cannot write."""
    return Reader("Jürgens^Änne^^Dr.", "Universitätsklinik Köln")


@dataclass(frozen=True)
class Authority:
    """A made-up CA and what it issues, valid from 2020 to 2050 unless told otherwise."""

    key: rsa.RSAPrivateKey
    certificate: x509.Certificate

    def issue(self, name: str, **changes: Any) -> SigningKey:
        """Return a key of 2048 bits whose certificate this CA issued."""
        private_key = changes.pop("private_key", None) or rsa.generate_private_key(65537, 2048)
        certificate = certificate_for(name, private_key.public_key(), self.key, issuer="Hospital CA", **changes)
        return SigningKey(certificate, private_key)


def certificate_for(
    name: str,
    public_key: Any,
    issuing_key: Any,
    *,
    issuer: str,
    begins: datetime = datetime(2020, 1, 1, tzinfo=UTC),
    ends: datetime = datetime(2050, 1, 1, tzinfo=UTC),
    ca: bool = False,
) -> x509.Certificate:
    """Return a certificate for `name` that `issuing_key` signed."""
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .sign(issuing_key, hashes.SHA256())
    )


def _authority(name: str) -> Authority:
    key = rsa.generate_private_key(65537, 2048)
    return Authority(key, certificate_for(name, key.public_key(), key, issuer=name, ca=True))


@pytest.fixture(scope="session")
def authority() -> Authority:
    """The CA that the hospital trusts."""
    return _authority("Hospital CA")


@pytest.fixture(scope="session")
def stranger() -> Authority:
    """A CA of the same name that the hospital does not trust."""
    return _authority("Hospital CA")


@pytest.fixture(scope="session")
def signing_key(authority: Authority) -> SigningKey:
    """The reader's key, issued by `authority` and valid at `SIGNED_AT`."""
    return authority.issue("Dr. Änne Jürgens")


@pytest.fixture(scope="session")
def signed_report(draft_report: Report, reader: Reader) -> SignedReport:
    """`draft_report`, signed on 2 March 2026 at 14:30:15 UTC."""
    return sign(draft_report, reader, SIGNED_AT)


@pytest.fixture(scope="session")
def made_findings(made_study: RecognisedStudy, made_gland: Gland) -> Findings:
    """What one analysis of the made-up study gave: the gland and two candidates."""
    masks = {label: ellipsoid(_T2_GRID, *_LESIONS[label]) for label in ("L1", "L2")}
    candidates = tuple(
        Candidate(
            tracking_uid=f"{ROOT}.50.{label[1:]}",
            mask=mask,
            score=0.8125 if label == "L1" else 0.5,
            centroid_lps_mm=centroid_lps(mask),
            measures=measures(mask, 742.125),
            sector=sector("right-mid-PZpm" if label == "L1" else "left-mid-TZa"),
            suggested_category=Category.FOUR,
            model=DETECTOR,
            explanation=("ADC 742 is low for the peripheral zone",),
        )
        for label, mask in masks.items()
    )
    empty = on_grid_of(_T2_GRID, np.zeros(_T2_GRID.spatial_shape, np.uint8))
    return Findings(
        recognised=made_study,
        gland=made_gland,
        zones=empty,
        suspicion=on_grid_of(_T2_GRID, np.zeros(_T2_GRID.spatial_shape, np.float32)),
        candidates=candidates,
        models=(GLAND_MODEL, DETECTOR),
        timings_s={"gland": 3.2},
        warnings=("The ADC map was not fitted by Prosector",),
    )
