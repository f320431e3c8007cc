"""From a draft to signed objects in the archive: sign, keep, store, read back."""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
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
from pacs.archive import Archive
from reporting.signature_check import verify_dataset
from reporting.signing_key import SigningKey
from service import notify
from service.reading import OpenStudy
from service.report_objects import PDF, REQUIRED, SR, images_of, objects_of
from service.signing import authority_of, trust_of
from service.versions import require_newest
from service.workspace import Workspace

OnState = Callable[[str, str], None]
"""Told the label of an object and its state: sending, stored, verified, failed."""


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


def preview_pdf(report: Report, opened: OpenStudy) -> bytes:
    """Return the PDF as it would be stored, marked as a draft."""
    from reporting.pdf import report_pdf

    return report_pdf(report, images_of(report, opened), None)


def signed_pdf(bundle: SignedBundle) -> bytes:
    """Return the PDF of a signed report as it was stored, empty where the site stores none."""
    path = next(iter(dict(bundle.files).get(PDF, ())), None)
    if path is None:
        return b""
    dataset = pydicom.dcmread(path)
    return dataset.EncapsulatedDocument[: dataset.get("EncapsulatedDocumentLength")]


def prepare(
    ws: Workspace, report: Report, reader: Reader, key: SigningKey, opened: OpenStudy, *, preliminary: bool = False
) -> SignedBundle:
    """Sign the report and keep its objects in the outbox; raises `CannotSign`, `CannotWrite`, `AuditFailed`.

    Nothing is kept unless every object was signed: the token may be pulled out, or the time-stamping authority fail.
    From here on the report cannot be lost: it lies on disk until the archive has been seen to hold it.
    """
    with ws.trail.step(Action.SIGN, [report.study_instance_uid], announce=True) as detail:
        now = datetime.now(UTC).astimezone()
        require_newest(report, opened)
        key.require_fit_for(reader, trust_of(ws), now)
        signed = sign(report, reader, now, preliminary=preliminary)
        objects = objects_of(ws, signed, key.stamped_by(authority_of(ws)), opened)
        bundle = _keep_to_be_told(ws, signed, objects, opened)
        detail["sr"] = str(objects[-1][1][0].SOPInstanceUID)
        detail["certificate_sha256"] = sha256(key.certificate.public_bytes(Encoding.DER)).hexdigest()
    return bundle


def _keep_to_be_told(
    ws: Workspace, signed: SignedReport, objects: Sequence[tuple[str, list[Dataset]]], opened: OpenStudy
) -> SignedBundle:
    """Keep what RIS and EHR will be told before the bundle: no report that can be sent lacks it."""
    sr = objects[-1][1][0]
    notify.hold(ws, signed, sr, lambda: _pdf_of(signed, dict(objects), opened))
    try:
        return _keep(ws, signed.report.study_instance_uid, objects)
    except CannotWrite:
        notify.forget(ws, str(sr.SOPInstanceUID))
        raise


def _pdf_of(signed: SignedReport, objects: Mapping[str, list[Dataset]], opened: OpenStudy) -> bytes:
    from reporting.pdf import report_pdf

    if PDF not in objects:
        return report_pdf(signed.report, images_of(signed.report, opened), signed)
    (stored,) = objects[PDF]
    return stored.EncapsulatedDocument[: stored.get("EncapsulatedDocumentLength")]


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

    What the archive holds already is not sent again. When it refuses an object that a report can do without, the others
    are stored all the same, and the sentence names it. Only when every object was found in the archive, and the SR came
    back with its signature intact, does the bundle leave the outbox for the local copy of the study, and its draft go.
    """
    with ws.trail.step(Action.SEND, [bundle.study_instance_uid], announce=True, archive=archive.name) as detail:
        refused = dict(_store_all(archive, bundle, on_state, progress))
        _read_back_sr(archive, bundle)
        on_state(SR, "verified")
        notify.release(ws, bundle.sr_path.stem)
        detail["instances"] = sum(len(files) for label, files in bundle.files if label not in refused)
        if refused:
            detail["refused"] = len(refused)
            raise ArchiveRefused(_refused_in_words(archive, refused))
    _file_away(ws, bundle)
    ws.drafts.discard(bundle.study_instance_uid)
    progress.report(1.0, "Stored and read back")


def _store_all(
    archive: Archive, bundle: SignedBundle, on_state: OnState, progress: Progress
) -> Iterator[tuple[str, str]]:
    """Store each object and yield those that the archive refused, by label, with its sentence."""
    for done, (label, files) in enumerate(bundle.files):
        progress.report(done / len(bundle.files), f"Storing: {label}")
        try:
            _store_one(archive, label, files, bundle.study_instance_uid, on_state)
        except ArchiveRefused as error:
            if label in REQUIRED:
                raise
            yield label, str(error)


def _refused_in_words(archive: Archive, refused: Mapping[str, str]) -> str:
    named = ", ".join(f"“{label}”" for label in refused)
    return (
        f"{archive.name} did not take {named} of the report: {' '.join(refused.values())} All else of it is stored, and"
        " the signed report was read back; what is missing stays in the outbox."
    )


def _store_one(archive: Archive, label: str, files: Sequence[Path], study_uid: str, on_state: OnState) -> None:
    on_state(label, "sending")
    state = "failed"
    try:
        archive.store(_not_held(archive, files, study_uid), Silent())
        on_state(label, "stored")
        _require_held(archive, label, files, study_uid)
        state = "stored" if label == SR else "verified"  # the SR is verified once it was read back
    finally:
        on_state(label, state)


def _require_held(archive: Archive, label: str, files: Sequence[Path], study_uid: str) -> None:
    if missing := _not_held(archive, files, study_uid):
        raise ArchiveRefused(
            f"{archive.name} took “{label}” but does not list {len(missing)} of its {len(files)} objects. The report"
            " stays in the outbox; send it again, and ask the archive's administrator if it happens twice."
        )


def _not_held(archive: Archive, files: Sequence[Path], study_uid: str) -> list[Path]:
    series = {str(pydicom.dcmread(path, specific_tags=["SeriesInstanceUID"]).SeriesInstanceUID) for path in files}
    held = {uid for one in series for uid in archive.find_instances(study_uid, one)}
    return [path for path in files if path.stem not in held]


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
