"""Digital signatures: a signed report stays valid where nothing changed, and any change is noticed."""

import random
import shutil
import struct
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import NameOID
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.tag import Tag
from pydicom.uid import ImplicitVRLittleEndian
from pydicom.valuerep import EXPLICIT_VR_LENGTH_32

from core.errors import CannotSign, NotSigned, SignatureInvalid
from core.pirads import Category
from core.report import Clinical, Reader, Report, SignedReport, sign
from reporting.mac_stream import as_encoded, mac_stream
from reporting.seg import segmentation
from reporting.signature import (
    SigningKey,
    Trust,
    load_key,
    load_trust,
    save_key,
    sign_dataset,
    throw_away_key,
    verify_dataset,
    verify_file,
)
from reporting.signature_profile import signed_tags
from reporting.sr import draft_sr, verified_sr

BUFFER_OF_DCMTK = 16_384
MUTATIONS = 200

needs_dcmsign = pytest.mark.skipif(shutil.which("dcmsign") is None, reason="dcmsign (dcmtk) is not installed")


@pytest.fixture(scope="module")
def large(signed_report: SignedReport, signing_key: SigningKey) -> Dataset:
    """A signed report with one lesion, PI-RADS 5, whose signed bytes are more than DCMTK can check."""
    report = replace(signed_report.report, lesions=signed_report.report.lesions[1:2])
    seg = segmentation(report.recognised, report.gland, report.lesions)
    signed = sign(report, signed_report.reader, signed_report.signed_at)
    return verified_sr(signed, seg, signing_key)


@pytest.fixture(scope="module")
def small_report(signed_report: SignedReport, reader: Reader) -> SignedReport:
    """A report without gland and lesions, below the 16 KiB that DCMTK can check."""
    recognised = replace(signed_report.report.recognised, choices=signed_report.report.recognised.choices[:1])
    return sign(
        Report(recognised, Clinical(indication="Größe"), without_lesion=Category.X), reader, signed_report.signed_at
    )


@pytest.fixture(scope="module")
def small(small_report: SignedReport, signing_key: SigningKey) -> Dataset:
    return verified_sr(small_report, None, signing_key)


def _bytes(dataset: Dataset) -> bytes:
    buffer = BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def _reread(dataset: Dataset) -> Dataset:
    return dcmread(BytesIO(_bytes(dataset)))


def _leaves(dataset: Dataset, tags: list[int] | None = None) -> Iterator[Any]:
    for tag in sorted(dataset.keys()):
        if tags is not None and tag not in tags:
            continue
        element = dataset.get_item(tag)
        if element.VR == "SQ":
            for item in dataset[tag].value:
                yield from _leaves(item)
        else:
            yield element


def _length_of_stream(signed: Dataset) -> int:
    tags = [int(tag) for tag in signed.MACParametersSequence[0].DataElementsSigned]
    return len(mac_stream(as_encoded(signed), tags, signed.DigitalSignaturesSequence[0]))


def _signed_positions(content: bytes) -> list[tuple[int, int]]:
    """Return the place in the file of every value byte of a signed element, with the element's tag."""
    dataset, cursor, places = dcmread(BytesIO(content)), 132, []
    signed = set(signed_tags(dataset))
    for top in sorted(dataset.keys()):
        for leaf in _leaves(dataset, [top]):
            head = struct.pack("<HH", leaf.tag.group, leaf.tag.element) + leaf.VR.encode()
            cursor = content.index(head, cursor)
            value = leaf.value.encode() if isinstance(leaf.value, str) else leaf.value or b""
            start = cursor + (12 if leaf.VR in EXPLICIT_VR_LENGTH_32 else 8)
            assert content[start : start + len(value)] == value
            places += [(start + step, int(top)) for step in range(len(value)) if int(top) in signed]
            cursor = start + len(value)
    return places


def test_who_signed_and_when_is_told(large: Dataset) -> None:
    signatory = verify_dataset(_reread(large), None)
    assert signatory.name == "Dr. Änne Jürgens"
    assert signatory.signed_at == datetime(2026, 3, 2, 14, 30, 15, tzinfo=UTC)
    assert signatory.sop_instance_uid == large.SOPInstanceUID
    assert "signed by Dr. Änne Jürgens on 02 March 2026 at 14:30:15 UTC" in str(signatory)
    assert "not checked against a CA" in str(signatory)


def test_a_signer_of_the_trusted_ca_is_checked(large: Dataset, authority: Any, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_bytes(authority.certificate.public_bytes(Encoding.PEM))
    (tmp_path / "sr.dcm").write_bytes(_bytes(large))
    signatory = verify_file(tmp_path / "sr.dcm", load_trust(tmp_path / "ca.pem"))
    assert signatory.checked_against_ca
    assert "not checked against a CA" not in str(signatory)
    assert "not checked for revocation" in str(signatory)


def test_the_profile_of_the_standard_is_kept(large: Dataset) -> None:
    (parameters,) = large.MACParametersSequence
    (item,) = large.DigitalSignaturesSequence
    (purpose,) = item.DigitalSignaturePurposeCodeSequence
    assert parameters.MACAlgorithm == "SHA256"
    assert parameters.MACCalculationTransferSyntaxUID == "1.2.840.10008.1.2.1"
    assert (purpose.CodeValue, purpose.CodingSchemeDesignator) == ("5", "ASTM-sigpurpose")
    assert item.CertificateType == "X509_1993_SIG"
    signed = {Tag(tag) for tag in parameters.DataElementsSigned}
    for keyword in (
        "SpecificCharacterSet", "SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID",
        "Manufacturer", "InstitutionName", "SoftwareVersions", "VerifyingObserverSequence", "VerificationFlag",
        "CompletionFlag", "PreliminaryFlag", "CurrentRequestedProcedureEvidenceSequence", "ContentSequence",
        "ConceptNameCodeSequence",
    ):  # fmt: skip
        assert Tag(keyword) in signed, keyword
    assert Tag("PatientName") not in signed


def test_the_report_is_larger_than_dcmtk_can_check(large: Dataset) -> None:
    assert _length_of_stream(large) > BUFFER_OF_DCMTK


@pytest.mark.filterwarnings("ignore:.*:UserWarning")  # pydicom warns of values that a changed byte made invalid
def test_any_changed_byte_of_a_signed_element_is_noticed(large: Dataset) -> None:
    content = _bytes(large)
    places = _signed_positions(content)
    chance = random.Random(4711)
    one_of_each = [chance.choice([x for x in places if x[1] == top]) for top in sorted({top for _, top in places})]
    assert len(one_of_each) > 20
    for place, _ in [*one_of_each, *chance.sample(places, MUTATIONS)]:
        altered = bytearray(content)
        altered[place] ^= 1 << chance.randrange(8)
        assert not _is_accepted(bytes(altered)), f"byte {place} was changed and the signature still holds"
    assert _is_accepted(content)


def _is_accepted(content: bytes) -> bool:
    try:
        verify_dataset(dcmread(BytesIO(content)), None)
    except SignatureInvalid:
        return False
    return True


@pytest.mark.filterwarnings("ignore:.*:UserWarning")  # pydicom warns of a character set that it does not know
def test_a_changed_character_set_is_noticed(large: Dataset, tmp_path: Path) -> None:
    content = _bytes(large)
    assert content.count(b"ISO_IR 192") == 1
    for other in (b"ISO_IR 100", b"ISO_XX 999"):
        (tmp_path / "sr.dcm").write_bytes(content.replace(b"ISO_IR 192", other))
        with pytest.raises(SignatureInvalid, match=r"sr\.dcm"):
            verify_file(tmp_path / "sr.dcm", None)


def test_a_score_changed_by_a_digit_is_noticed(large: Dataset, tmp_path: Path) -> None:
    content = _bytes(large)
    assert content.count(b"RID50300") == 1
    (tmp_path / "sr.dcm").write_bytes(content.replace(b"RID50300", b"RID50299"))
    with pytest.raises(SignatureInvalid, match=r"sr\.dcm: It was altered after Dr\. Änne Jürgens signed it"):
        verify_file(tmp_path / "sr.dcm", None)


@pytest.mark.parametrize("position", ["first", "last"])
def test_a_finding_taken_out_is_noticed(large: Dataset, position: str) -> None:
    altered = _reread(large)
    del altered.ContentSequence[-1 if position == "last" else 0]
    with pytest.raises(SignatureInvalid, match="altered"):
        verify_dataset(altered, None)


def test_an_element_that_must_be_signed_and_was_added_later_is_noticed(large: Dataset) -> None:
    altered = _reread(large)
    altered.StationName = "MR1"
    with pytest.raises(SignatureInvalid, match="leaves out StationName"):
        verify_dataset(altered, None)


def test_a_signature_that_leaves_out_the_content_is_worth_nothing(
    small_report: SignedReport, signing_key: SigningKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = lambda dataset: [int(Tag("SOPClassUID")), int(Tag("SOPInstanceUID"))]  # noqa: E731
    monkeypatch.setattr("reporting.signature.signed_tags", few)
    signed = verified_sr(small_report, None, signing_key)
    with pytest.raises(SignatureInvalid, match=r"leaves out .*ContentSequence.*VerificationFlag"):
        verify_dataset(_reread(signed), None)


def test_a_preliminary_report_cannot_be_raised_to_verified(small_report: SignedReport, signing_key: SigningKey) -> None:
    draft = sign_dataset(draft_sr(small_report.report, None), signing_key, at=small_report.signed_at)
    draft.VerificationFlag = "VERIFIED"
    with pytest.raises(SignatureInvalid, match="altered"):
        verify_dataset(_reread(draft), None)


def test_a_verified_report_needs_a_verification_signature(
    small_report: SignedReport, signing_key: SigningKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reporting.signature.VERIFICATION_PURPOSE", ("1", "ASTM-sigpurpose", "Author's Signature"))
    signed = verified_sr(small_report, None, signing_key)
    with pytest.raises(SignatureInvalid, match="no verification signature"):
        verify_dataset(_reread(signed), None)


def test_what_an_archive_may_change_leaves_the_signature_valid(large: Dataset) -> None:
    stored = _reread(large)
    stored.PatientName, stored.PatientID = "Mueller^Joerg", "P4711-A"
    stored.RetrieveAETitle = "PACS"
    assert verify_dataset(_reread(stored), None).name == "Dr. Änne Jürgens"


def test_a_change_of_transfer_syntax_leaves_the_signature_valid(large: Dataset) -> None:
    implicit = _reread(large)
    implicit.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    buffer = BytesIO()
    implicit.save_as(buffer, implicit_vr=True, little_endian=True)
    buffer.seek(0)
    stored = dcmread(buffer)
    assert stored.file_meta.TransferSyntaxUID == ImplicitVRLittleEndian
    assert verify_dataset(stored, None).name == "Dr. Änne Jürgens"


def test_looking_at_a_dataset_does_not_break_its_signature(large: Dataset) -> None:
    seen = _reread(large)
    assert str(seen)  # decodes every element
    assert verify_dataset(seen, None).name == "Dr. Änne Jürgens"


def test_two_signatures_are_both_checked(large: Dataset, authority: Any) -> None:
    twice = sign_dataset(_reread(large), authority.issue("Second Reader"), at=datetime(2026, 3, 3, tzinfo=UTC))
    assert [int(x.MACIDNumber) for x in twice.MACParametersSequence] == [0, 1]
    assert verify_dataset(_reread(twice), None).name == "Dr. Änne Jürgens"
    broken = _reread(twice)
    broken.DigitalSignaturesSequence[1].DigitalSignatureDateTime = "20260304000000+0000"
    with pytest.raises(SignatureInvalid, match="Second Reader"):
        verify_dataset(broken, None)


def test_a_ca_of_the_same_name_is_not_the_trusted_one(large: Dataset, stranger: Any) -> None:
    with pytest.raises(SignatureInvalid, match="is not trusted: Hospital CA did not issue"):
        verify_dataset(large, Trust((stranger.certificate,)))


def test_another_signers_certificate_is_not_a_ca(large: Dataset, authority: Any) -> None:
    with pytest.raises(SignatureInvalid, match="Colleague is not a CA"):
        verify_dataset(large, Trust((authority.issue("Colleague").certificate,)))


def test_a_self_signed_certificate_counts_where_it_is_the_trusted_one(
    small_report: SignedReport, reader: Reader, authority: Any
) -> None:
    key = throw_away_key(reader)
    now = replace(small_report, signed_at=datetime.now(UTC))
    signed = verified_sr(now, None, key)
    assert verify_dataset(signed, Trust((key.certificate,))).checked_against_ca
    with pytest.raises(SignatureInvalid, match="not trusted"):
        verify_dataset(signed, Trust((authority.certificate,)))


def test_a_certificate_that_was_not_valid_at_the_time_is_refused(large: Dataset, authority: Any) -> None:
    expired = authority.issue("Dr. Änne Jürgens", ends=datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(CannotSign, match="expired on 01 January 2026"):
        sign_dataset(large, expired, at=datetime(2026, 3, 2, tzinfo=UTC))
    backdated = sign_dataset(large, expired, at=datetime(2025, 3, 2, tzinfo=UTC))
    (*_, item) = backdated.DigitalSignaturesSequence
    item.DigitalSignatureDateTime = "20260302000000+0000"
    with pytest.raises(SignatureInvalid):
        verify_dataset(backdated, None)


def test_weak_digests_are_not_accepted(large: Dataset) -> None:
    weak = _reread(large)
    weak.MACParametersSequence[0].MACAlgorithm = "SHA1"
    with pytest.raises(SignatureInvalid, match="SHA1"):
        verify_dataset(weak, None)


@pytest.mark.parametrize("keyword", ["CertificateOfSigner", "Signature", "DigitalSignatureDateTime", "MACIDNumber"])
def test_a_signature_with_a_part_missing_is_invalid_and_never_crashes(large: Dataset, keyword: str) -> None:
    broken = _reread(large)
    del broken.DigitalSignaturesSequence[0][keyword]
    with pytest.raises(SignatureInvalid):
        verify_dataset(broken, None)


def test_a_damaged_certificate_is_invalid(large: Dataset) -> None:
    for certificate in (b"", b"\x30\x82", b"\x30\x82\x00\x10" + b"x" * 16):
        broken = _reread(large)
        broken.DigitalSignaturesSequence[0].CertificateOfSigner = certificate
        with pytest.raises(SignatureInvalid, match="cannot be checked"):
            verify_dataset(broken, None)


def test_an_unsigned_or_unreadable_file_is_not_signed(draft_report: Report, tmp_path: Path) -> None:
    seg = segmentation(draft_report.recognised, draft_report.gland, draft_report.lesions)
    (tmp_path / "draft.dcm").write_bytes(_bytes(draft_sr(draft_report, seg)))
    (tmp_path / "letter.txt").write_text("Dear colleague, no DICOM here. " * 20)
    (tmp_path / "empty.dcm").write_bytes(b"")
    for name in ("draft.dcm", "letter.txt", "empty.dcm", "absent.dcm"):
        with pytest.raises(NotSigned, match=name.replace(".", r"\.")):
            verify_file(tmp_path / name, None)


@pytest.mark.filterwarnings("ignore:.*:UserWarning")  # pydicom warns of the cut-off end
def test_a_cut_off_file_is_never_taken_for_valid(large: Dataset, tmp_path: Path) -> None:
    content = _bytes(large)
    within_its_signature = range(len(content) - 64, len(content))
    for length in (*(int(len(content) * share) for share in (0.1, 0.5, 0.9, 0.99)), *within_its_signature):
        (tmp_path / "cut.dcm").write_bytes(content[:length])
        with pytest.raises((NotSigned, SignatureInvalid), match=r"cut\.dcm"):
            verify_file(tmp_path / "cut.dcm", None)


def test_an_unreadable_ca_is_named(large: Dataset, tmp_path: Path) -> None:
    (tmp_path / "sr.dcm").write_bytes(_bytes(large))
    (tmp_path / "ca.pem").write_text("nonsense")
    with pytest.raises(SignatureInvalid, match=r"ca\.pem"):
        verify_file(tmp_path / "sr.dcm", load_trust(tmp_path / "ca.pem"))


def test_a_key_file_opens_with_its_passphrase_only(signing_key: SigningKey, tmp_path: Path) -> None:
    save_key(signing_key, tmp_path / "reader.p12", "Geheim ß")
    key = load_key(tmp_path / "reader.p12", "Geheim ß")
    assert key.certificate == signing_key.certificate
    assert (key.subject, key.bits, key.not_after.year) == ("Dr. Änne Jürgens", 2048, 2050)
    assert "RSAPrivateKey" not in repr(key)
    for wrong in ("geheim", ""):
        with pytest.raises(CannotSign, match=r"passphrase does not open .*reader\.p12"):
            load_key(tmp_path / "reader.p12", wrong)


def test_a_missing_or_foreign_key_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "notes.p12").write_text("not a key")
    with pytest.raises(CannotSign, match=r"notes\.p12"):
        load_key(tmp_path / "notes.p12", "x")
    with pytest.raises(CannotSign, match=r"absent\.p12 cannot be read"):
        load_key(tmp_path / "absent.p12", "x")


def _save(path: Path, key: Any, certificate: x509.Certificate | None) -> Path:
    encryption = BestAvailableEncryption(b"x")
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"k", key, certificate, None, encryption))
    return path


def test_an_expired_or_future_certificate_cannot_sign(authority: Any, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    for limits, said in (
        ({"ends": now - timedelta(days=1)}, "expired on"),
        ({"begins": now + timedelta(days=1)}, "valid only from"),
    ):
        save_key(authority.issue("Dr. Änne Jürgens", **limits), tmp_path / "reader.p12", "x")
        with pytest.raises(CannotSign, match=said):
            load_key(tmp_path / "reader.p12", "x")


def test_an_elliptic_key_cannot_sign(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Elliptic")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2050, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    with pytest.raises(CannotSign, match="not an RSA key"):
        load_key(_save(tmp_path / "ec.p12", key, certificate), "x")


def test_a_short_key_and_a_foreign_certificate_cannot_sign(authority: Any, signing_key: SigningKey) -> None:
    with pytest.raises(CannotSign, match="has 1024 bits"):
        authority.issue("Short", private_key=rsa.generate_private_key(65537, 1024))
    with pytest.raises(CannotSign, match="does not belong to the key"):
        SigningKey(signing_key.certificate, rsa.generate_private_key(65537, 2048))


def test_a_key_without_certificate_cannot_sign(tmp_path: Path) -> None:
    with pytest.raises(CannotSign, match="no private key with its certificate"):
        load_key(_save(tmp_path / "bare.p12", rsa.generate_private_key(65537, 2048), None), "x")


def test_the_throw_away_key_bears_the_readers_name_and_ends_tomorrow() -> None:
    key = throw_away_key(Reader("Jürgens^Änne^^Dr.", "Universitätsklinik Köln"))
    assert key.subject == "Dr. Änne Jürgens"
    assert key.bits == 3072
    assert datetime.now(UTC) < key.not_after < datetime.now(UTC) + timedelta(days=1, minutes=1)
    usage = key.certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.digital_signature
    assert usage.content_commitment
    assert not usage.key_cert_sign


def test_signing_needs_a_time_zone(small: Dataset, signing_key: SigningKey) -> None:
    with pytest.raises(ValueError, match="time zone"):
        sign_dataset(small, signing_key, at=datetime(2026, 3, 2))  # noqa: DTZ001 — the very mistake


@needs_dcmsign
def test_dcmtk_accepts_a_small_report_of_ours(small: Dataset, authority: Any, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_bytes(authority.certificate.public_bytes(Encoding.PEM))
    (tmp_path / "sr.dcm").write_bytes(_bytes(small))
    assert _length_of_stream(small) < BUFFER_OF_DCMTK
    command = ["dcmsign", "--verify", "+cf", "ca.pem", "+rs", "sr.dcm"]
    checked = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace", check=False)
    assert checked.returncode == 0, checked.stderr
    (tmp_path / "sr.dcm").write_bytes(_bytes(small).replace(b"COMPLETE", b"PARTIAL "))
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 101


@needs_dcmsign
def test_we_accept_a_small_report_signed_by_dcmtk(
    small_report: SignedReport, signing_key: SigningKey, authority: Any, tmp_path: Path
) -> None:
    unsigned = verified_sr(small_report, None, signing_key)
    del unsigned.MACParametersSequence, unsigned.DigitalSignaturesSequence
    (tmp_path / "sr.dcm").write_bytes(_bytes(unsigned))
    (tmp_path / "ca.pem").write_bytes(authority.certificate.public_bytes(Encoding.PEM))
    private_key = rsa.generate_private_key(65537, 2048)
    key = authority.issue("Dr. Änne Jürgens", private_key=private_key)
    (tmp_path / "key.pem").write_bytes(private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (tmp_path / "cert.pem").write_bytes(key.certificate.public_bytes(Encoding.PEM))
    command = ["dcmsign", "+s", "key.pem", "cert.pem", "-pw", "+m2", "+pv", "+sp", "5", "sr.dcm", "signed.dcm"]
    subprocess.run(command, cwd=tmp_path, capture_output=True, check=True)
    signatory = verify_file(tmp_path / "signed.dcm", load_trust(tmp_path / "ca.pem"))
    assert signatory.name == "Dr. Änne Jürgens"
    assert signatory.checked_against_ca
    genuine = (tmp_path / "signed.dcm").read_bytes()
    altered = genuine.replace(b"PI-RADS X - ", b"PI-RADS 1 - ", 1)
    assert altered != genuine
    (tmp_path / "altered.dcm").write_bytes(altered)
    with pytest.raises(SignatureInvalid, match=r"altered after Dr\. Änne Jürgens signed it"):
        verify_file(tmp_path / "altered.dcm", load_trust(tmp_path / "ca.pem"))
