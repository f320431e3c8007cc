"""From a draft to signed objects in the archive: sign, keep, store, read back."""

import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pydicom
from cryptography.hazmat.primitives.serialization import Encoding
from pydicom.dataset import Dataset

from core.audit import Action
from core.errors import ArchiveRefused, CannotWrite
from core.files import write_bytes, write_text
from core.progress import Progress, Silent
from core.report import Reader, Report, SignedReport, sign
from core.study import Role
from pacs.archive import Archive
from reporting.images import ReportImages
from reporting.overlay import overlay_of_report
from reporting.seg import has_segments, segmentation
from reporting.signature_check import verify_dataset
from reporting.signing_key import SigningKey
from reporting.sr import verified_sr
from service.analysis import report_images
from service.nudged import nudged
from service.reading import OpenStudy
from service.workspace import Workspace

SR, SEG, OVERLAY, PDF = (
    "Structured report (SR, signed)",
    "Lesion & gland segmentation",
    "Colour overlay series",
    "Report (PDF)",
)

OnState = Callable[[str, str], None]
"""Told the label of an object and its state: sending, stored, verified, failed."""


@dataclass(frozen=True, slots=True)
class PlannedObject:
    """One line of what signing will store."""

    label: str
    kind: str
    count: int


@dataclass(frozen=True, slots=True)
class SignedBundle:
    """The signed objects of one report as files in the outbox, by label, SR last so that what it cites is there."""

    folder: Path
    study_instance_uid: str
    files: tuple[tuple[str, tuple[Path, ...]], ...]

    @property
    def sr_path(self) -> Path:
        """The signed structured report."""
        return dict(self.files)[SR][0]


def planned(report: Report, opened: OpenStudy) -> tuple[PlannedObject, ...]:
    """Return what `prepare` will make of the report."""
    t2 = opened.volume(Role.T2_AXIAL)
    objects = [PlannedObject(SR, "TID 1500", 1)]
    if has_segments(report.gland, report.lesions):
        objects.append(PlannedObject(SEG, "SEG", 1))
    if t2 is not None:
        objects.append(PlannedObject(OVERLAY, "SC", t2.spatial_shape[0]))
    objects.append(PlannedObject(PDF, "Encapsulated", 1))
    return tuple(objects)


def not_stored(report: Report, opened: OpenStudy) -> tuple[str, ...]:
    """Return which objects `prepare` will not make of the report, a sentence each with the reason."""
    no_segments = "No segmentation: neither the gland nor a lesion is outlined."
    no_overlay = "No overlay series: the study has no axial T2 that can be read."
    return (
        *(() if has_segments(report.gland, report.lesions) else (no_segments,)),
        *(() if opened.volume(Role.T2_AXIAL) is not None else (no_overlay,)),
    )


def preview_pdf(report: Report, opened: OpenStudy) -> bytes:
    """Return the PDF as it would be stored, marked as a draft."""
    from reporting.pdf import report_pdf

    return report_pdf(report, _images(report, opened), None)


def signed_pdf(bundle: SignedBundle) -> bytes:
    """Return the PDF of a signed report as it was stored."""
    (path,) = dict(bundle.files)[PDF]
    dataset = pydicom.dcmread(path)
    return dataset.EncapsulatedDocument[: dataset.get("EncapsulatedDocumentLength")]


def _images(report: Report, opened: OpenStudy) -> ReportImages | None:
    """Return what the pictures are made from, or None for a study without axial T2, whose report has none."""
    return None if opened.volume(Role.T2_AXIAL) is None else report_images(nudged(opened, report.nudges))


def prepare(ws: Workspace, report: Report, reader: Reader, key: SigningKey, opened: OpenStudy) -> SignedBundle:
    """Sign the report and keep its objects in the outbox; raises `CannotSign`, `CannotWrite`, `AuditFailed`.

    From here on the report cannot be lost: it lies on disk until the archive has been seen to hold it.
    """
    with ws.trail.step(Action.SIGN, [report.study_instance_uid], announce=True) as detail:
        signed = sign(report, reader, datetime.now(UTC).astimezone())
        objects = _objects(signed, key, opened)
        bundle = _keep(ws, report.study_instance_uid, objects)
        detail["sr"] = str(objects[-1][1][0].SOPInstanceUID)
        detail["certificate_sha256"] = sha256(key.certificate.public_bytes(Encoding.DER)).hexdigest()
    return bundle


def _objects(signed: SignedReport, key: SigningKey, opened: OpenStudy) -> list[tuple[str, list[Dataset]]]:
    from reporting.pdf import encapsulated_pdf, report_pdf

    images = _images(signed.report, opened)
    seg = _segmentation(signed.report)
    pdf = report_pdf(signed.report, images, signed)
    return [
        *([(SEG, [seg])] if seg is not None else []),
        *([(OVERLAY, list(overlay_of_report(signed.report, images)))] if images is not None else []),
        (PDF, [encapsulated_pdf(pdf, signed.report, signed)]),
        (SR, [verified_sr(signed, seg, key)]),
    ]


def _segmentation(report: Report) -> Dataset | None:
    if not has_segments(report.gland, report.lesions):
        return None
    return segmentation(report.recognised, report.gland, report.lesions)


def _keep(ws: Workspace, study_instance_uid: str, objects: Sequence[tuple[str, list[Dataset]]]) -> SignedBundle:
    folder = ws.settings.data_folder / "outbox" / str(objects[-1][1][0].SOPInstanceUID)
    try:
        return _written(folder, study_instance_uid, objects)
    except CannotWrite:
        shutil.rmtree(folder, ignore_errors=True)  # a part of a report is of no use, and takes the room of the next
        raise


def _written(folder: Path, study_instance_uid: str, objects: Sequence[tuple[str, list[Dataset]]]) -> SignedBundle:
    files: list[tuple[str, tuple[Path, ...]]] = []
    for label, datasets in objects:
        paths = tuple(folder / f"{dataset.SOPInstanceUID}.dcm" for dataset in datasets)
        for path, dataset in zip(paths, datasets, strict=True):
            write_bytes(path, _encoded(dataset))
        files.append((label, paths))
    bundle = SignedBundle(folder, study_instance_uid, tuple(files))
    manifest = {
        "study_instance_uid": study_instance_uid,
        "files": [[label, [path.name for path in paths]] for label, paths in bundle.files],
    }
    write_text(folder / "bundle.json", json.dumps(manifest, indent=1))  # last: a folder without it is unfinished
    return bundle


def _encoded(dataset: Dataset) -> bytes:
    buffer = BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def unsent(ws: Workspace) -> tuple[SignedBundle, ...]:
    """Return the signed bundles that no archive has been seen to hold yet, oldest first."""
    manifests = sorted(
        (ws.settings.data_folder / "outbox").glob("*/bundle.json"), key=lambda path: path.stat().st_mtime
    )
    return tuple(_read_bundle(manifest) for manifest in manifests)


def _read_bundle(manifest: Path) -> SignedBundle:
    fields = json.loads(manifest.read_text("utf-8"))
    files = tuple((label, tuple(manifest.parent / name for name in names)) for label, names in fields["files"])
    return SignedBundle(manifest.parent, fields["study_instance_uid"], files)


def send(
    ws: Workspace,
    bundle: SignedBundle,
    archive: Archive,
    on_state: OnState,
    progress: Progress = Silent(),
) -> None:
    """Store a bundle and read it back; raises `ArchiveUnreachable`, `ArchiveRefused`, after which it can be sent again.

    Only when every object was found in the archive, and the SR came back with its signature intact, does the
    bundle leave the outbox for the local copy of the study, and its draft go.
    """
    with ws.trail.step(Action.SEND, [bundle.study_instance_uid], announce=True, archive=archive.name) as detail:
        for done, (label, files) in enumerate(bundle.files):
            progress.report(done / len(bundle.files), f"Storing: {label}")
            _store_one(archive, label, files, bundle.study_instance_uid, on_state)
        _read_back_sr(archive, bundle)
        on_state(SR, "verified")
        detail["instances"] = sum(len(files) for _, files in bundle.files)
    _file_away(ws, bundle)
    ws.drafts.discard(bundle.study_instance_uid)
    progress.report(1.0, "Stored and read back")


def _store_one(archive: Archive, label: str, files: Sequence[Path], study_uid: str, on_state: OnState) -> None:
    on_state(label, "sending")
    state = "failed"
    try:
        archive.store(files, Silent())
        on_state(label, "stored")
        _require_held(archive, label, files, study_uid)
        state = "stored" if label == SR else "verified"  # the SR is verified once it was read back
    finally:
        on_state(label, state)


def _require_held(archive: Archive, label: str, files: Sequence[Path], study_uid: str) -> None:
    sent = {path.stem for path in files}
    series = {str(pydicom.dcmread(path, specific_tags=["SeriesInstanceUID"]).SeriesInstanceUID) for path in files}
    held = {uid for one in series for uid in archive.find_instances(study_uid, one)}
    if missing := sent - held:
        raise ArchiveRefused(
            f"{archive.name} took “{label}” but does not list {len(missing)} of its {len(sent)} objects. The report"
            " stays in the outbox; send it again, and ask the archive's administrator if it happens twice."
        )


def _read_back_sr(archive: Archive, bundle: SignedBundle) -> None:
    series = str(pydicom.dcmread(bundle.sr_path, specific_tags=["SeriesInstanceUID"]).SeriesInstanceUID)
    with tempfile.TemporaryDirectory() as folder:
        archive.retrieve(bundle.study_instance_uid, Path(folder), Silent(), series_instance_uid=series)
        back = Path(folder) / bundle.sr_path.name
        if not back.exists():
            raise ArchiveRefused(f"{archive.name} does not give the signed report back; it stays in the outbox.")
        verify_dataset(pydicom.dcmread(back), None)


def _file_away(ws: Workspace, bundle: SignedBundle) -> None:
    try:
        target = ws.study_folder(bundle.study_instance_uid)
        target.mkdir(parents=True, exist_ok=True)
        for _, files in bundle.files:
            for path in files:
                path.replace(target / path.name)
        (bundle.folder / "bundle.json").unlink()
        bundle.folder.rmdir()
    except OSError as error:
        raise CannotWrite(
            f"The report is in the archive, but its local copy could not be moved to {error.filename}"
            f" ({error.strerror})."
        ) from error
