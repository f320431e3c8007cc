"""Whom a site trusts: chains of CAs, revocation lists, and whether a certificate is made out to the one who signs."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from pydicom import dcmread
from pydicom.dataset import Dataset
from signing_site import revocation_list

from core.errors import CannotSign, SignatureInvalid
from core.pirads import Category
from core.report import Reader, Report, SignedReport, sign
from reporting.signature import SigningKey, load_trust, verify_dataset, verify_file
from reporting.signer_name import is_made_out_to
from reporting.sr import verified_sr
from reporting.trust import Trust, require_trusted

NOW = datetime(2026, 3, 2, tzinfo=UTC)
LATER = datetime(2026, 4, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def small(signed_report: SignedReport, signing_key: SigningKey, reader: Reader) -> Dataset:
    """A small signed report of 2 March 2026."""
    report = Report(signed_report.report.recognised, without_lesion=Category.ONE)
    sr = verified_sr(sign(report, reader, signed_report.signed_at), None, signing_key)
    buffer = BytesIO()
    sr.save_as(buffer, enforce_file_format=True)
    return dcmread(BytesIO(buffer.getvalue()))


@pytest.fixture(scope="module")
def department(authority: Any) -> Any:
    """A CA below the hospital's."""
    key = rsa.generate_private_key(65537, 2048)
    certificate = _issued("Radiology CA", key.public_key(), authority.key, "Hospital CA", ca=True)
    return type(authority)(key, certificate)


def _issued(name: str, public_key: Any, issuing_key: Any, issuer: str, *, ca: bool = False) -> x509.Certificate:
    from cryptography.hazmat.primitives import hashes

    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2050, 1, 1, tzinfo=UTC))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    return builder.sign(issuing_key, hashes.SHA256())


def test_a_chain_of_cas_is_followed_to_the_trusted_one(authority: Any, department: Any, stranger: Any) -> None:
    reader = _issued(
        "Dr. Änne Jürgens", rsa.generate_private_key(65537, 2048).public_key(), department.key, "Radiology CA"
    )
    require_trusted(reader, Trust((authority.certificate,)), at=NOW, others=[department.certificate])
    require_trusted(reader, Trust((department.certificate,)), at=NOW)
    with pytest.raises(SignatureInvalid, match="Hospital CA did not issue"):
        require_trusted(reader, Trust((authority.certificate,)), at=NOW)  # what lies between is not known
    with pytest.raises(SignatureInvalid, match="Hospital CA did not issue"):
        require_trusted(reader, Trust((stranger.certificate,)), at=NOW, others=[department.certificate])


def test_who_is_no_ca_cannot_vouch_for_anybody(authority: Any) -> None:
    key = rsa.generate_private_key(65537, 2048)
    colleague = _issued("Colleague", key.public_key(), authority.key, "Hospital CA")
    forged = _issued("Dr. Änne Jürgens", rsa.generate_private_key(65537, 2048).public_key(), key, "Colleague")
    with pytest.raises(SignatureInvalid, match="not trusted"):
        require_trusted(forged, Trust((authority.certificate,)), at=NOW, others=[colleague])


def test_a_ca_that_ran_out_vouches_for_nobody(authority: Any) -> None:
    key = authority.issue("Dr. Änne Jürgens")
    with pytest.raises(SignatureInvalid, match="was not valid on 01 January 2051"):
        require_trusted(key.certificate, Trust((authority.certificate,)), at=datetime(2051, 1, 1, tzinfo=UTC))


def test_a_revoked_certificate_neither_signs_nor_counts(
    small: Dataset, signing_key: SigningKey, authority: Any, reader: Reader, tmp_path: Path
) -> None:
    revoked = revocation_list(authority, [(signing_key.certificate, datetime(2026, 2, 1, tzinfo=UTC))], ends=LATER)
    trust = Trust((authority.certificate,), (revoked,))
    with pytest.raises(SignatureInvalid, match=r"Dr\. Änne Jürgens was revoked on 01 February 2026"):
        verify_dataset(small, trust)
    with pytest.raises(CannotSign, match=r"This key cannot sign here\. .*was revoked on 01 February 2026"):
        signing_key.require_fit_for(reader, trust, NOW)
    clean = revocation_list(authority, [], ends=LATER)
    assert "not checked" not in str(verify_dataset(small, Trust((authority.certificate,), (clean,))))


def test_revocation_lists_are_read_from_pem_and_der_and_others_lists_do_not_count(
    small: Dataset, signing_key: SigningKey, authority: Any, stranger: Any, tmp_path: Path
) -> None:
    (tmp_path / "ca.pem").write_bytes(authority.certificate.public_bytes(Encoding.PEM))
    small.save_as(tmp_path / "sr.dcm")
    when = datetime(2026, 2, 1, tzinfo=UTC)
    for name, encoding in (("crl.pem", Encoding.PEM), ("crl.der", Encoding.DER)):
        crl = revocation_list(authority, [(signing_key.certificate, when)], ends=LATER)
        (tmp_path / name).write_bytes(crl.public_bytes(encoding))
        with pytest.raises(SignatureInvalid, match="was revoked"):
            verify_file(tmp_path / "sr.dcm", load_trust(tmp_path / "ca.pem", [tmp_path / name]))
    forged = revocation_list(stranger, [], ends=LATER)  # of a CA of the same name
    with pytest.raises(SignatureInvalid, match=r"Whether the certificate .* was revoked is not known: .*there is none"):
        verify_dataset(small, Trust((authority.certificate,), (forged,)))
    with pytest.raises(SignatureInvalid, match=r"revocation list .*nothing\.crl cannot be read"):
        load_trust(tmp_path / "ca.pem", [tmp_path / "nothing.crl"])


def test_a_revocation_list_that_ran_out_is_not_enough(small: Dataset, authority: Any) -> None:
    old = revocation_list(authority, [], ends=datetime(2026, 1, 5, tzinfo=UTC))
    with pytest.raises(SignatureInvalid, match=r"the newest ran out on 05 January 2026\. Fetch the present one"):
        verify_dataset(small, Trust((authority.certificate,), (old,)))


@pytest.mark.parametrize(
    ("certificate", "reader", "is_theirs"),
    [
        ("Dr. Änne Jürgens", "Jürgens^Änne^^Dr.", True),
        ("Dr. Änne Jürgens", "Jürgens^Änne Maria", True),
        ("JUERGENS.AENNE.4711", "Jürgens^Änne", True),
        ("Jurgens, A.", "Jürgens^Änne", True),
        ("Jürgens", "Jürgens", True),
        ("María José García López", "García López^María", True),
        ("王小东", "Wang^XiaoDong=王^小东", True),
        ("Wang Xiaodong", "Wang^Xiaodong=王^小东", True),
        ("O'Brien-Smith Sean", "O'Brien-Smith^Seán", True),
        ("Dr. Änne Jürgens", "Jürgens^Bernd", False),
        ("Dr. Änne Jürgens", "Juergensen^Änne", False),
        ("Radiology signing service", "Jürgens^Änne", False),
        ("Dr. Änne Jürgens", "", False),
        ("Dr. Änne Jürgens", "^Änne", False),
    ],
)
def test_a_certificate_is_made_out_to_its_reader_however_the_name_is_written(
    authority: Any, certificate: str, reader: str, is_theirs: bool, shared_key: rsa.RSAPrivateKey
) -> None:
    issued = authority.issue(certificate, private_key=shared_key).certificate
    assert is_made_out_to(issued, reader) is is_theirs


@pytest.fixture(scope="module")
def shared_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def test_nobody_signs_with_anothers_certificate(signing_key: SigningKey, authority: Any) -> None:
    with pytest.raises(CannotSign, match=r"made out to Dr\. Änne Jürgens, not to Wolf\^Ben, who signs"):
        signing_key.require_fit_for(Reader("Wolf^Ben", ""), Trust((authority.certificate,)), NOW)


def test_a_report_that_names_another_verifier_than_signed_it_is_refused(small: Dataset, authority: Any) -> None:
    from reporting.signature import sign_dataset

    forged = Dataset(dcmread(_file(small)))
    forged.file_meta = small.file_meta
    del forged.MACParametersSequence, forged.DigitalSignaturesSequence
    signed = sign_dataset(forged, authority.issue("Ben Wolf"), at=NOW)
    with pytest.raises(
        SignatureInvalid, match=r"names Jürgens\^Änne\^\^Dr\. as its verifier, and was signed by Ben Wolf"
    ):
        verify_dataset(signed, None)


def _file(dataset: Dataset) -> BytesIO:
    buffer = BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    buffer.seek(0)
    return buffer
