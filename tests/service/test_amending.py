"""Signed reports that follow one another in an archive: resident and consultant, addendum, correction, and failures."""

import re
import shutil
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pydicom
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from signing_site import PIN, SOFTHSM, card_reader, put_in

from core.amendment import Addendum, AsSigned, Continuation, Correction, ReportStatus
from core.errors import CannotSign
from core.order import Order
from core.pirads import Category
from core.report import Clinical, Reader, Report, sign
from core.settings import ReaderSettings, RisSettings, SigningSettings
from core.wording import FactName
from reporting.hl7_oru import result_message
from reporting.result_codes import result_codes
from reporting.signature import SigningKey, throw_away_key
from reporting.token_key import Token, load_token_key
from reporting.verify import verify_any
from service.cli import main
from service.notify import messages
from service.outbox_bundle import unsent
from service.outbox_by_hand import send
from service.publish import prepare, signed_pdf
from service.reading import OpenStudy, open_study, signed_report
from service.versions import difference, following, version_before, versions

RESIDENT, CONSULTANT = Reader("Wolf^Ben", "Uniklinik"), Reader("Jürgens^Änne^^Dr.", "Uniklinik")


@pytest.fixture(scope="module")
def keys() -> dict[str, SigningKey]:
    """A key of each reader."""
    return {reader.name: throw_away_key(reader) for reader in (RESIDENT, CONSULTANT)}


@pytest.fixture
def negative(without_t2: OpenStudy) -> Report:
    """A report that needs no pictures, so that much can be signed in little time."""
    return Report(without_t2.recognised, Clinical(psa_ng_ml=4.2), without_lesion=Category.X)


def _signed(ws: Any, report: Report, reader: Reader, keys: Any, opened: OpenStudy, **how: Any) -> OpenStudy:
    """Sign and send a report, and open the study again."""
    bundle = prepare(ws, report, reader, keys[reader.name], opened, **how)
    send(ws, bundle, ws.archives[0], lambda *_: None)
    return open_study(ws, report.study_instance_uid)


def test_a_resident_signs_a_consultant_verifies_and_all_of_it_can_be_read_later(
    workspace: Any, without_t2: OpenStudy, negative: Report, keys: Any
) -> None:
    opened = _signed(workspace, negative, RESIDENT, keys, without_t2, preliminary=True)
    preliminary = signed_report(opened)
    assert preliminary is not None
    assert isinstance(preliminary.amends, Continuation)
    assert preliminary.amends.predecessor.author.name == "Wolf^Ben"

    seen = replace(preliminary, clinical=Clinical(psa_ng_ml=5.1))
    before = version_before(opened, seen)
    assert before is not None
    assert before.report is not None
    (psa,) = difference(before.report, seen).facts
    assert (psa.name, psa.before, psa.after) == (FactName.PSA, "4.2 ng/mL", "5.1 ng/mL")
    opened = _signed(workspace, seen, CONSULTANT, keys, opened)

    final = signed_report(opened)
    assert final is not None
    assert isinstance(final.amends, AsSigned)
    added = replace(final, amends=Addendum(final.amends.predecessor, "Compared with 2024: no change."))
    assert not difference(final, added)
    opened = _signed(workspace, added, CONSULTANT, keys, opened)

    appended = signed_report(opened)
    assert appended is not None
    assert isinstance(appended.amends, AsSigned)
    corrected = replace(appended, amends=Correction(appended.amends.predecessor, "Wrong PSA"), clinical=Clinical(4.2))
    opened = _signed(workspace, corrected, CONSULTANT, keys, opened)

    history = versions(opened)
    told = [(x.document.status, x.document.author.name, x.document.signer.name) for x in history]
    assert told == [
        (ReportStatus.PRELIMINARY, "Wolf^Ben", "Wolf^Ben"),
        (ReportStatus.FINAL, "Wolf^Ben", "Jürgens^Änne^^Dr."),
        (ReportStatus.ADDENDUM, "Jürgens^Änne^^Dr.", "Jürgens^Änne^^Dr."),
        (ReportStatus.CORRECTED, "Jürgens^Änne^^Dr.", "Jürgens^Änne^^Dr."),
    ]
    for earlier, later in pairwise(history):
        assert later.follows == (earlier.document.sop_instance_uid,)
        assert later.document.signed_at > earlier.document.signed_at
    assert [note.text for note in history[-1].report.notes] == ["Compared with 2024: no change.", "Wrong PSA"]
    assert all(version.problem == "" for version in history)


def test_an_amendment_of_a_reopened_report_answers_the_order_under_its_own_numbers(
    workspace: Any, without_t2: OpenStudy, negative: Report, keys: Any
) -> None:
    order = Order("ACC1", "PLACER-7", "FILLER-9", "RP-3", "MRT Prostata", ("MRPROS", "MR Prostata", "L"))
    opened = _signed(workspace, replace(negative, order=order), CONSULTANT, keys, without_t2)
    final = signed_report(opened)
    assert final is not None
    assert isinstance(final.amends, AsSigned)
    assert final.order == order
    added = sign(replace(final, amends=Addendum(final.amends.predecessor, "More")), CONSULTANT, datetime.now(UTC))
    ris = RisSettings(host="127.0.0.1", port=1)
    told = result_message(added, b"", "M1", ris, result_codes(None), ReaderSettings()).decode().split("\r")
    orc, obr = (next(line for line in told if line.startswith(name)).split("|") for name in ("ORC", "OBR"))
    assert (orc[2], orc[3], obr[2], obr[3]) == ("PLACER-7", "FILLER-9", "PLACER-7", "FILLER-9")


def test_a_version_that_was_altered_says_so_in_the_history(
    workspace: Any, without_t2: OpenStudy, negative: Report, keys: Any
) -> None:
    opened = _signed(workspace, negative, RESIDENT, keys, without_t2, preliminary=True)
    opened = _signed(workspace, signed_report(opened), CONSULTANT, keys, opened)
    path = opened.recognised.study.series
    first = versions(opened)[0].document.sop_instance_uid
    (file,) = [i.path for series in path for i in series.instances if i.sop_instance_uid == first]
    altered = pydicom.dcmread(file)
    altered.CompletionFlag = "PARTIAL"
    altered.save_as(file)
    before, after = versions(opened)
    assert before.report is None
    assert "altered after Ben Wolf signed it" in before.problem
    assert after.problem == ""


def test_a_draft_that_does_not_follow_what_was_signed_meanwhile_is_not_signed_but_joined_to_it(
    workspace: Any, without_t2: OpenStudy, negative: Report, keys: Any
) -> None:
    opened = _signed(workspace, negative, CONSULTANT, keys, without_t2)
    mine = replace(negative, clinical=Clinical(psa_ng_ml=9.9))
    with pytest.raises(CannotSign, match=r"Dr\. Änne Jürgens signed a report of this study on .* does not follow"):
        prepare(workspace, mine, CONSULTANT, keys[CONSULTANT.name], opened)
    assert unsent(workspace) == ()
    newest = signed_report(opened)
    joined = following(mine, newest)
    assert isinstance(joined.amends, Correction)
    assert joined.clinical.psa_ng_ml == 9.9
    with pytest.raises(CannotSign, match="The correction has no reason"):
        prepare(workspace, joined, CONSULTANT, keys[CONSULTANT.name], opened)
    assert following(newest, newest) is newest


def test_the_pdf_is_signed_by_the_same_key_and_verify_reads_everything_of_the_bundle(
    workspace: Any, without_t2: OpenStudy, negative: Report, keys: Any, tmp_path: Path, capsys: Any
) -> None:
    bundle = prepare(workspace, negative, CONSULTANT, keys[CONSULTANT.name], without_t2)
    (tmp_path / "report.pdf").write_bytes(signed_pdf(bundle))
    assert verify_any(tmp_path / "report.pdf", None).name == "Dr. Änne Jürgens"
    files = [str(path) for _, paths in bundle.files for path in paths]
    assert main(["verify", *files, str(tmp_path / "report.pdf")]) == 0
    said = capsys.readouterr().out
    assert said.count("signed by Dr. Änne Jürgens") == len(files) + 1
    altered = (tmp_path / "report.pdf").read_bytes()[:-1] + b"%"
    (tmp_path / "altered.pdf").write_bytes(altered)
    assert main(["verify", str(bundle.sr_path), str(tmp_path / "altered.pdf")]) == 1
    assert main(["verify", "--crl", "x", str(bundle.sr_path)]) == 1


def test_the_pdf_for_the_ris_is_signed_where_the_archive_gets_none(
    workspace: Any, without_t2: OpenStudy, negative: Report, keys: Any, tmp_path: Path
) -> None:
    reporting = workspace.settings.reporting.model_copy(update={"objects": ("sr", "seg")})
    ris = RisSettings(host="127.0.0.1", port=1, without_accession="send")
    site = workspace.settings.model_copy(update={"reporting": reporting, "ris": ris})
    telling = replace(workspace, settings=site)
    assert signed_pdf(prepare(telling, negative, CONSULTANT, keys[CONSULTANT.name], without_t2)) == b""
    (message,) = messages(telling).of_study(negative.study_instance_uid)
    found = re.search(rb"\^Base64\^([A-Za-z0-9+/=]+)", messages(telling).content(message))
    assert found is not None
    (tmp_path / "told.pdf").write_bytes(b64decode(found.group(1)))
    assert verify_any(tmp_path / "told.pdf", None).name == "Dr. Änne Jürgens"


def _expired_key() -> SigningKey:
    key, name = rsa.generate_private_key(65537, 2048), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Ben Wolf")])
    yesterday = datetime.now(UTC) - timedelta(days=1)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(yesterday - timedelta(days=9)).not_valid_after(yesterday)
    return SigningKey(builder.sign(key, hashes.SHA256()), key)


def test_an_expired_a_strange_and_anothers_certificate_sign_nothing(
    workspace: Any, without_t2: OpenStudy, negative: Report, keys: Any, tmp_path: Path
) -> None:
    workspace.drafts.save(negative)
    (tmp_path / "ca.pem").write_bytes(_pem(throw_away_key(Reader("Hospital CA", "")).certificate))
    reader = ReaderSettings(trusted_ca=tmp_path / "ca.pem")
    strict = replace(workspace, settings=workspace.settings.model_copy(update={"reader": reader}))
    for ws, key, said in (
        (workspace, _expired_key(), "expired on"),
        (workspace, keys[CONSULTANT.name], "made out to Dr. Änne Jürgens, not to Wolf"),
        (strict, keys[RESIDENT.name], "This key cannot sign here. Ben Wolf is not trusted"),
    ):
        with pytest.raises(CannotSign, match=said):
            prepare(ws, negative, RESIDENT, key, without_t2)
        assert unsent(workspace) == ()
    assert workspace.drafts.study_uids() == {negative.study_instance_uid}


def test_a_time_stamping_authority_that_is_down_leaves_the_draft_and_nothing_half_signed(
    workspace: Any, without_t2: OpenStudy, negative: Report, keys: Any
) -> None:
    workspace.drafts.save(negative)
    signing = SigningSettings(tsa_url="http://127.0.0.1:1/tsr")
    stamped = replace(workspace, settings=workspace.settings.model_copy(update={"signing": signing}))
    with pytest.raises(CannotSign, match=r"gave no time stamp.*Nothing was signed"):
        prepare(stamped, negative, RESIDENT, keys[RESIDENT.name], without_t2)
    assert unsent(workspace) == ()
    assert workspace.drafts.study_uids() == {negative.study_instance_uid}


@pytest.fixture
def card(tmp_path: Path) -> Iterator[Path]:
    """The resident's card in the reader."""
    if not SOFTHSM.exists():
        pytest.skip("SoftHSM (softhsm2) is not installed")
    key = throw_away_key(RESIDENT)
    with card_reader(tmp_path / "hsm") as tokens:
        put_in(tokens.parent, "reader", key._private_key, [key.certificate])  # pyright: ignore[reportPrivateUsage]
        yield tokens


def test_a_card_pulled_out_between_the_signatures_leaves_the_draft_and_nothing_half_sent(
    workspace: Any, without_t2: OpenStudy, negative: Report, card: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.drafts.save(negative)
    key = load_token_key(Token(SOFTHSM, "reader"), PIN)
    made: list[bytes] = []
    sign = SigningKey.sign

    def pull_out_after_the_first(self: SigningKey, stream: bytes) -> bytes:
        made.append(sign(self, stream))
        for token in card.iterdir():
            shutil.rmtree(token)
        return made[-1]

    monkeypatch.setattr(SigningKey, "sign", pull_out_after_the_first)
    with pytest.raises(CannotSign, match=r"The token “reader” (did not sign|is not there)"):
        prepare(workspace, negative, RESIDENT, key, without_t2, preliminary=True)
    assert len(made) == 1  # the PDF's; the report's own signature failed
    assert unsent(workspace) == ()
    assert not list((workspace.settings.data_folder / "outbox").glob("*"))
    assert workspace.drafts.study_uids() == {negative.study_instance_uid}


def _pem(certificate: x509.Certificate) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.PEM)
