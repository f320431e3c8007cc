"""From a draft to signed objects in the outbox (service/outbox.py), from which they are sent."""

import shutil
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO

import pydicom
from cryptography.hazmat.primitives.serialization import Encoding
from pydicom.dataset import Dataset

from core.audit import Action
from core.errors import CannotWrite
from core.files import write_bytes
from core.report import Reader, Report, SignedReport, sign
from reporting.signing_key import SigningKey
from service import notify
from service.outbox_bundle import SignedBundle, outbox_folder, write_manifest
from service.reading import OpenStudy
from service.report_objects import PDF, images_of, objects_of, signed_report_pdf
from service.signing import authority_of, trust_of
from service.use import note_signed
from service.versions import require_newest
from service.workspace import Workspace


def preview_pdf(report: Report, opened: OpenStudy) -> bytes:
    """Return the PDF as it would be stored, marked as a draft."""
    from reporting.pdf import report_pdf

    return report_pdf(report, images_of(report, opened), None)


def signed_pdf(bundle: SignedBundle) -> bytes:
    """Return the PDF of a signed report as it was stored, empty where the site stores none."""
    path = next(iter(dict(bundle.files).get(PDF, ())), None)
    if path is None:
        return b""
    try:
        dataset = pydicom.dcmread(path)
    except FileNotFoundError:  # it was sent at this very moment
        return b""
    return dataset.EncapsulatedDocument[: dataset.get("EncapsulatedDocumentLength")]


def prepare(
    ws: Workspace,
    report: Report,
    reader: Reader,
    key: SigningKey,
    opened: OpenStudy,
    *,
    preliminary: bool = False,
    archive: str = "",
) -> SignedBundle:
    """Sign the report and keep its objects in the outbox for an archive (the first unless named).

    Raises `CannotSign`, `CannotWrite`, `AuditFailed`.

    Nothing is kept unless every object was signed: the token may be pulled out, or the time-stamping authority fail.
    From here on the report cannot be lost: it lies on disk until the archive has been seen to hold it.
    """
    with ws.trail.step(Action.SIGN, [report.study_instance_uid], announce=True) as detail:
        now = datetime.now(UTC).astimezone()
        require_newest(report, opened)
        key.require_fit_for(reader, trust_of(ws), now)
        signed = sign(report, reader, now, preliminary=preliminary)
        stamped = key.stamped_by(authority_of(ws))
        objects = objects_of(ws, signed, stamped, opened)
        bundle = _keep_to_be_told(ws, signed, objects, lambda: _pdf_of(signed, stamped, objects, opened), archive)
        detail["sr"] = str(objects[-1][1][0].SOPInstanceUID)
        detail["certificate_sha256"] = sha256(key.certificate.public_bytes(Encoding.DER)).hexdigest()
    note_signed(ws, signed)
    return bundle


def _keep_to_be_told(
    ws: Workspace,
    signed: SignedReport,
    objects: Sequence[tuple[str, list[Dataset]]],
    pdf: Callable[[], bytes],
    archive: str,
) -> SignedBundle:
    """Keep what RIS and EHR will be told before the bundle: no report that can be sent lacks it."""
    sr = objects[-1][1][0]
    notify.hold(ws, signed, sr, pdf)
    try:
        return _keep(ws, signed, objects, archive)
    except CannotWrite:
        notify.forget(ws, str(sr.SOPInstanceUID))
        raise


def _pdf_of(
    signed: SignedReport, key: SigningKey, objects: Sequence[tuple[str, list[Dataset]]], opened: OpenStudy
) -> bytes:
    """Return the signed PDF that is stored, or one made for RIS and EHR alone where the site stores none."""
    stored = next((dataset for label, (dataset, *_) in objects if label == PDF), None)
    if stored is None:
        return signed_report_pdf(signed, key, images_of(signed.report, opened))
    return stored.EncapsulatedDocument[: stored.get("EncapsulatedDocumentLength")]


def _keep(
    ws: Workspace, signed: SignedReport, objects: Sequence[tuple[str, list[Dataset]]], archive: str
) -> SignedBundle:
    folder, study = outbox_folder(ws) / str(objects[-1][1][0].SOPInstanceUID), signed.report.study_instance_uid
    files = tuple((label, tuple(folder / f"{x.SOPInstanceUID}.dcm" for x in datasets)) for label, datasets in objects)
    is_known = any(one.name == archive for one in ws.archives)
    bundle = SignedBundle(
        folder, study, files, signed.signed_at, archive if is_known else "", draft=ws.drafts.digest(study)
    )
    try:
        for (_, paths), (_, datasets) in zip(files, objects, strict=True):
            for path, dataset in zip(paths, datasets, strict=True):
                write_bytes(path, _encoded(dataset))
        write_manifest(bundle)  # last: a folder without it is unfinished
    except CannotWrite:
        shutil.rmtree(folder, ignore_errors=True)  # a part of a report is of no use, and takes the room of the next
        raise
    return bundle


def _encoded(dataset: Dataset) -> bytes:
    buffer = BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()
