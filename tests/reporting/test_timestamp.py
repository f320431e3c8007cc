"""Time stamps (RFC 3161) from a real HTTP server that answers with `openssl ts -reply`."""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from pydicom import dcmread
from pydicom.dataset import Dataset
from signing_site import TimeStampServer, revocation_list, stamping_certificate, time_stamp_server

from core.errors import CannotSign, SignatureInvalid
from core.pirads import Category
from core.report import Reader, Report, SignedReport, sign
from reporting.pades import sign_pdf, verify_pdf
from reporting.signature import SigningKey, verify_dataset
from reporting.sr import verified_sr
from reporting.timestamp import time_stamp
from reporting.timestamp_authority import TimeStampAuthority
from reporting.trust import Trust

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


@pytest.fixture
def tsa(tmp_path: Path, authority: Any) -> Iterator[TimeStampServer]:
    """A time-stamping authority whose certificate the hospital's CA issued."""
    folder = tmp_path / "tsa"
    folder.mkdir()
    with time_stamp_server(folder, authority) as server:
        yield server


@pytest.fixture(scope="module")
def small_report(signed_report: SignedReport, reader: Reader) -> SignedReport:
    """A report without gland and lesions, small enough for dcmsign."""
    recognised = replace(signed_report.report.recognised, choices=signed_report.report.recognised.choices[:1])
    return sign(Report(recognised, without_lesion=Category.X), reader, datetime.now(UTC) - timedelta(minutes=1))


def _stamped(report: SignedReport, key: SigningKey, tsa: TimeStampServer) -> Dataset:
    sr = verified_sr(report, None, key.stamped_by(TimeStampAuthority(tsa.url)))
    buffer = BytesIO()
    sr.save_as(buffer, enforce_file_format=True)
    return dcmread(BytesIO(buffer.getvalue()))


def test_a_stamped_report_tells_when_an_authority_saw_its_signature(
    small_report: SignedReport, signing_key: SigningKey, tsa: TimeStampServer, authority: Any, tmp_path: Path
) -> None:
    sr = _stamped(small_report, signing_key, tsa)
    (item,) = sr.DigitalSignaturesSequence
    assert item.CertifiedTimestampType == "CMS_TSP"
    signatory = verify_dataset(sr, Trust((authority.certificate,)))
    assert signatory.stamp is not None
    assert signatory.stamp.authority == "Hospital TSA"
    assert abs(signatory.stamp.at - datetime.now(UTC)) < timedelta(minutes=5)
    assert "time stamp of Hospital TSA of" in str(signatory)
    if shutil.which("dcmsign"):
        sr.save_as(tmp_path / "sr.dcm")
        (tmp_path / "ca.pem").write_bytes(authority.certificate.public_bytes(Encoding.PEM))
        command = ["dcmsign", "--verify", "+cf", "ca.pem", "+rs", "+tr", "sr.dcm"]
        subprocess.run(command, cwd=tmp_path, check=True)


def test_the_stamp_in_the_report_is_one_that_openssl_accepts(
    small_report: SignedReport, signing_key: SigningKey, tsa: TimeStampServer, authority: Any, tmp_path: Path
) -> None:
    (item,) = _stamped(small_report, signing_key, tsa).DigitalSignaturesSequence
    (tmp_path / "signature").write_bytes(item.Signature)
    (tmp_path / "stamp").write_bytes(item.CertifiedTimestamp)
    (tmp_path / "ca.pem").write_bytes(authority.certificate.public_bytes(Encoding.PEM))
    command = ["openssl", "ts", "-verify", "-data", "signature", "-in", "stamp", "-token_in", "-CAfile", "ca.pem"]
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "Verification: OK" in told.stdout


def test_a_stamp_of_another_signature_or_an_altered_one_is_noticed(
    small_report: SignedReport, signing_key: SigningKey, tsa: TimeStampServer
) -> None:
    sr, other = (_stamped(small_report, signing_key, tsa) for _ in range(2))
    sr.DigitalSignaturesSequence[0].CertifiedTimestamp = other.DigitalSignaturesSequence[0].CertifiedTimestamp
    with pytest.raises(SignatureInvalid, match="time stamp is not of this signature"):
        verify_dataset(sr, None)
    token = bytes(other.DigitalSignaturesSequence[0].CertifiedTimestamp)
    signature = bytes(other.DigitalSignaturesSequence[0].Signature)
    assert time_stamp(token, signature, None).authority == "Hospital TSA"
    for place in range(60, len(token) - 8, 97):
        altered = token[:place] + bytes([token[place] ^ 1]) + token[place + 1 :]
        assert _is_refused_or_the_same(altered, token, signature), f"byte {place} of the stamp was changed"


def _is_refused_or_the_same(altered: bytes, token: bytes, signature: bytes) -> bool:
    """A byte of a certificate that only accompanies the authority's may change; what the stamp says may not."""
    try:
        return time_stamp(altered, signature, None).at == time_stamp(token, signature, None).at
    except SignatureInvalid:
        return True


def test_an_authority_that_is_not_trusted_proves_nothing(
    small_report: SignedReport, signing_key: SigningKey, tmp_path: Path, stranger: Any, authority: Any
) -> None:
    with time_stamp_server(tmp_path, stranger) as tsa:
        sr = _stamped(small_report, signing_key, tsa)
    with pytest.raises(SignatureInvalid, match="The time stamp does not count: Hospital TSA is not trusted"):
        verify_dataset(sr, Trust((authority.certificate,)))


def test_a_certificate_that_is_not_made_for_stamping_stamps_nothing(
    small_report: SignedReport, signing_key: SigningKey, tsa: TimeStampServer, authority: Any
) -> None:
    # openssl refuses to stamp with such a certificate, so the authority's is exchanged in a stamp that is good
    sr = _stamped(small_report, signing_key, tsa)
    token = bytes(sr.DigitalSignaturesSequence[0].CertifiedTimestamp)
    good = (tsa.folder / "tsa.pem").read_bytes()
    key = rsa.generate_private_key(65537, 2048)
    bad = stamping_certificate(authority, key.public_key(), may_stamp=False).public_bytes(Encoding.DER)
    from cryptography import x509

    genuine = x509.load_pem_x509_certificate(good).public_bytes(Encoding.DER)
    assert genuine in token
    with pytest.raises(SignatureInvalid):
        time_stamp(token.replace(genuine, bad), bytes(sr.DigitalSignaturesSequence[0].Signature), None)


def test_a_signature_from_before_the_certificate_was_revoked_stays_good_when_a_stamp_proves_it(
    small_report: SignedReport, signing_key: SigningKey, tsa: TimeStampServer, authority: Any
) -> None:
    stamped, plain = _stamped(small_report, signing_key, tsa), verified_sr(small_report, None, signing_key)
    tomorrow, later = datetime.now(UTC) + timedelta(days=1), datetime.now(UTC) + timedelta(days=30)
    revoked = revocation_list(authority, [(signing_key.certificate, tomorrow)], ends=later)
    trust = Trust((authority.certificate,), (revoked,))
    assert verify_dataset(stamped, trust).stamp is not None
    with pytest.raises(SignatureInvalid, match=r"certificate of Dr\. Änne Jürgens was revoked on"):
        verify_dataset(plain, trust)  # who has stolen the key can write any date


def test_a_certificate_that_ran_out_after_the_stamp_counts(
    small_report: SignedReport, tsa: TimeStampServer, authority: Any
) -> None:
    soon = authority.issue("Dr. Änne Jürgens", ends=datetime.now(UTC) + timedelta(hours=1))
    sr = _stamped(small_report, soon, tsa)
    assert verify_dataset(sr, Trust((authority.certificate,))).stamp is not None


def test_a_stamped_pdf_is_read_by_others(
    signing_key: SigningKey, tsa: TimeStampServer, authority: Any, tmp_path: Path
) -> None:
    from reportlab.pdfgen.canvas import Canvas

    file = BytesIO()
    page = Canvas(file, invariant=1)
    page.drawString(72, 720, "Report")
    page.save()
    key = signing_key.stamped_by(TimeStampAuthority(tsa.url))
    signed = sign_pdf(file.getvalue(), key, reason="final", reader="Dr. Änne Jürgens")
    told = verify_pdf(signed, Trust((authority.certificate,)))
    assert told.stamp is not None
    assert told.stamp.authority == "Hospital TSA"
    if shutil.which("pdfsig"):
        (tmp_path / "report.pdf").write_bytes(signed)
        said = subprocess.run(["pdfsig", "-nocert", "report.pdf"], cwd=tmp_path, capture_output=True, text=True).stdout
        assert "Signature is Valid" in said


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"<html>Login</html>", "what it answered is no time stamp"),
        (bytes.fromhex("300f300d02010230080c064e6f74206d65"), r"it refused \(rejection, Not me\)"),
        (bytes.fromhex("30053003020102"), r"it refused \(rejection\)"),
    ],
)
def test_an_authority_that_answers_wrongly_stops_the_signing(
    small_report: SignedReport, signing_key: SigningKey, tsa: TimeStampServer, answer: bytes, said: str
) -> None:
    tsa.answer = answer
    with pytest.raises(CannotSign, match=f"{said}.*Nothing was signed"):
        _stamped(small_report, signing_key, tsa)


def test_an_authority_that_is_down_stops_the_signing(small_report: SignedReport, signing_key: SigningKey) -> None:
    key = signing_key.stamped_by(TimeStampAuthority("http://127.0.0.1:1/tsr"))
    with pytest.raises(
        CannotSign, match=r"http://127\.0\.0\.1:1/tsr gave no time stamp: .*refused.*Nothing was signed"
    ):
        verified_sr(small_report, None, key)


def test_an_answer_to_another_question_is_refused(
    small_report: SignedReport, signing_key: SigningKey, tsa: TimeStampServer
) -> None:
    _stamped(small_report, signing_key, tsa)
    tsa.answer = (tsa.folder / "reply.tsr").read_bytes()  # the answer to the question before: another nonce
    with pytest.raises(CannotSign, match="it answered another question"):
        _stamped(small_report, signing_key, tsa)
