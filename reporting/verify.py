"""Checking any signed file of ours: a structured report, a PDF, or a PDF inside a DICOM object."""

from pathlib import Path

from pydicom import dcmread
from pydicom.errors import InvalidDicomError
from pydicom.uid import EncapsulatedPDFStorage

from core.errors import NotSigned, SignatureInvalid
from reporting.pades import PdfSignatory, verify_pdf
from reporting.signature_check import Signatory, verify_file
from reporting.trust import Trust


def verify_any(path: Path, trust: Trust | None) -> Signatory | PdfSignatory:
    """Return who signed a file; raises `NotSigned` and `SignatureInvalid` that name it, as `verify_file` does."""
    pdf = _pdf_in(path)
    if pdf is None:
        return verify_file(path, trust)
    try:
        return verify_pdf(pdf, trust)
    except (NotSigned, SignatureInvalid) as error:
        raise type(error)(f"{path}: {error}") from error


def _pdf_in(path: Path) -> bytes | None:
    """Return the PDF that a file is or holds, or None; whatever else is wrong with it is left to `verify_file`."""
    try:
        if path.read_bytes().lstrip().startswith(b"%PDF"):
            return path.read_bytes()
        dataset = dcmread(path)
        if dataset.get("SOPClassUID") != EncapsulatedPDFStorage:
            return None
        return dataset.EncapsulatedDocument[: dataset.get("EncapsulatedDocumentLength")]
    except (OSError, InvalidDicomError, ValueError, LookupError, AttributeError, TypeError, EOFError):
        return None
