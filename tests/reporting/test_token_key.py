"""Signing with a smart card (PKCS#11): SoftHSM stands for the card, and its folder is pulled out like one."""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from pydicom import dcmread
from signing_site import PIN, SOFTHSM, card_reader, put_in

from core.errors import CannotSign
from core.pirads import Category
from core.report import Reader, Report, SignedReport, sign
from reporting.pades import sign_pdf, verify_pdf
from reporting.signature import save_key, verify_dataset
from reporting.sr import verified_sr
from reporting.token_key import Token, load_token_key
from reporting.trust import Trust

pytestmark = pytest.mark.skipif(not SOFTHSM.exists(), reason="SoftHSM (softhsm2) is not installed")

CARD = Token(SOFTHSM, "reader")


@pytest.fixture(scope="module")
def keys() -> tuple[rsa.RSAPrivateKey, rsa.RSAPrivateKey]:
    """Two keys of 2048 bits."""
    return rsa.generate_private_key(65537, 2048), rsa.generate_private_key(65537, 2048)


@pytest.fixture
def slot(tmp_path: Path) -> Iterator[Path]:
    """A card reader without a card."""
    with card_reader(tmp_path / "hsm") as tokens:
        yield tokens


@pytest.fixture
def card(slot: Path, keys: Any, authority: Any) -> Path:
    """The reader's card in it, with the certificate and that of the CA."""
    certificate = authority.issue("Dr. Änne Jürgens", private_key=keys[0]).certificate
    put_in(slot.parent, CARD.label, keys[0], [certificate, authority.certificate])
    return slot


@pytest.fixture(scope="module")
def small_report(signed_report: SignedReport, reader: Reader) -> SignedReport:
    """A report without gland and lesions, small enough for dcmsign."""
    recognised = replace(signed_report.report.recognised, choices=signed_report.report.recognised.choices[:1])
    return sign(Report(recognised, without_lesion=Category.X), reader, signed_report.signed_at)


def test_a_card_signs_a_report_that_we_and_dcmtk_accept(
    card: Path, small_report: SignedReport, authority: Any, tmp_path: Path
) -> None:
    key = load_token_key(CARD, PIN)
    assert (key.subject, key.bits, key.chain) == ("Dr. Änne Jürgens", 2048, (authority.certificate,))
    assert PIN not in repr(key)
    sr = verified_sr(small_report, None, key)
    sr.save_as(tmp_path / "sr.dcm", enforce_file_format=True)
    assert verify_dataset(dcmread(tmp_path / "sr.dcm"), Trust((authority.certificate,))).name == "Dr. Änne Jürgens"
    if shutil.which("dcmsign"):
        (tmp_path / "ca.pem").write_bytes(authority.certificate.public_bytes(Encoding.PEM))
        subprocess.run(["dcmsign", "--verify", "+cf", "ca.pem", "+rs", "sr.dcm"], cwd=tmp_path, check=True)


def test_the_same_card_signs_the_pdf(card: Path, authority: Any) -> None:
    signed = sign_pdf(_pdf(), load_token_key(CARD, PIN), reason="final", reader="Dr. Änne Jürgens")
    assert verify_pdf(signed, Trust((authority.certificate,))).name == "Dr. Änne Jürgens"


def test_a_wrong_pin_says_so_and_the_key_never_leaves_the_card(card: Path, tmp_path: Path) -> None:
    with pytest.raises(CannotSign, match="The PIN does not open the token “reader”"):
        load_token_key(CARD, "0000")
    with pytest.raises(CannotSign, match="stays on its token"):
        save_key(load_token_key(CARD, PIN), tmp_path / "stolen.p12", "x")
    assert not (tmp_path / "stolen.p12").exists()


def test_a_card_that_is_not_there_is_asked_for(slot: Path) -> None:
    with pytest.raises(CannotSign, match="The token “reader” is not there; put the card or token in"):
        load_token_key(CARD, PIN)


def test_a_card_pulled_out_before_the_signature_says_so(card: Path, small_report: SignedReport) -> None:
    key = load_token_key(CARD, PIN)
    for token in card.iterdir():
        shutil.rmtree(token)
    with pytest.raises(CannotSign, match=r"The token “reader” (did not sign: it was removed|is not there)"):
        verified_sr(small_report, None, key)


def test_two_cards_are_told_apart_by_their_label(card: Path, keys: Any, authority: Any) -> None:
    other = authority.issue("Dr. Other", private_key=keys[1]).certificate
    put_in(card.parent, "colleague", keys[1], [other])
    with pytest.raises(CannotSign, match=r"Several tokens are present: .*“colleague”.*\[signing\] token"):
        load_token_key(Token(SOFTHSM), PIN)
    assert load_token_key(Token(SOFTHSM, "colleague"), PIN).subject == "Dr. Other"


def test_a_card_without_a_certificate_or_with_anothers_cannot_sign(slot: Path, keys: Any, authority: Any) -> None:
    put_in(slot.parent, "bare", keys[0], [])
    with pytest.raises(CannotSign, match="“bare” holds no RSA key with a certificate"):
        load_token_key(Token(SOFTHSM, "bare"), PIN)
    others = authority.issue("Dr. Other", private_key=keys[1]).certificate
    put_in(slot.parent, "mixed", keys[0], [others])
    with pytest.raises(CannotSign, match="does not belong to the key beside it"):
        load_token_key(Token(SOFTHSM, "mixed"), PIN).sign(b"report")


def test_a_missing_library_is_named(tmp_path: Path) -> None:
    with pytest.raises(CannotSign, match=r"nowhere\.so cannot be used"):
        load_token_key(Token(tmp_path / "nowhere.so"), PIN)


def _pdf() -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    file = BytesIO()
    page = Canvas(file, invariant=1)
    page.drawString(72, 720, "Report")
    page.save()
    return file.getvalue()
