"""Preliminary, verified, addendum and corrected reports as structured reports, and back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset

from core.amendment import Addendum, AsSigned, Continuation, Correction, Note, ReportStatus
from core.errors import CannotAmend, CannotSign, SignatureInvalid
from core.pirads import Category
from core.report import Clinical, Reader, Report, SignedReport, require_amendable, sign
from reporting.amended_words import amendment_lines
from reporting.pdf import report_pdf
from reporting.read_sr import read_report
from reporting.signature import SigningKey, verify_dataset
from reporting.sr import verified_sr
from reporting.sr_amendment import predecessor_of, predecessors_of

_KINDS = ("preliminary", "verified", "added", "corrected")
RESIDENT = Reader("Wolf^Ben", "Universitätsklinik Köln")


@pytest.fixture(scope="module")
def draft(signed_report: SignedReport) -> Report:
    """A negative report without gland, so that it needs no segmentation."""
    return Report(signed_report.report.recognised, Clinical(psa_ng_ml=6.4), without_lesion=Category.ONE)


@pytest.fixture(scope="module")
def at(signed_report: SignedReport) -> datetime:
    return signed_report.signed_at


@pytest.fixture(scope="module")
def resident_key(authority: Any) -> SigningKey:
    return authority.issue("Ben Wolf")


@pytest.fixture(scope="module")
def preliminary(draft: Report, at: datetime, resident_key: SigningKey) -> Dataset:
    """The resident's report."""
    return _reread(verified_sr(sign(draft, RESIDENT, at, preliminary=True), None, resident_key))


@pytest.fixture(scope="module")
def verified(draft: Report, preliminary: Dataset, reader: Reader, at: datetime, signing_key: SigningKey) -> Dataset:
    """The same, verified by the consultant an hour later, with another PSA."""
    going_on = replace(draft, clinical=Clinical(psa_ng_ml=7.1), amends=Continuation(predecessor_of(preliminary)))
    return _reread(verified_sr(sign(going_on, reader, at + timedelta(hours=1)), None, signing_key))


@pytest.fixture(scope="module")
def added(draft: Report, verified: Dataset, reader: Reader, at: datetime, signing_key: SigningKey) -> Dataset:
    """That one with an addendum, a day later."""
    report = _amended(draft, verified, lambda document: Addendum(document, "Compared with 2024: no change."))
    return _reread(verified_sr(sign(report, reader, at + timedelta(days=1)), None, signing_key))


@pytest.fixture(scope="module")
def corrected(draft: Report, added: Dataset, reader: Reader, at: datetime, signing_key: SigningKey) -> Dataset:
    """That one with another PSA, two days later."""
    report = _amended(draft, added, lambda document: Correction(document, "Wrong PSA"), clinical=Clinical(6.4))
    return _reread(verified_sr(sign(report, reader, at + timedelta(days=2)), None, signing_key))


def _reread(dataset: Dataset) -> Dataset:
    buffer = BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    return dcmread(BytesIO(buffer.getvalue()))


def test_a_residents_report_is_preliminary_and_signed_by_its_author(preliminary: Dataset) -> None:
    flags = (preliminary.CompletionFlag, preliminary.VerificationFlag, preliminary.PreliminaryFlag)
    assert flags == ("COMPLETE", "UNVERIFIED", "PRELIMINARY")
    assert "VerifyingObserverSequence" not in preliminary
    (author,), (participant,) = preliminary.AuthorObserverSequence, preliminary.ParticipantSequence
    assert (author.PersonName, author.ObserverType) == ("Wolf^Ben", "PSN")
    assert (participant.PersonName, participant.ParticipationType) == ("Wolf^Ben", "ATTEST")
    (purpose,) = preliminary.DigitalSignaturesSequence[0].DigitalSignaturePurposeCodeSequence
    assert (purpose.CodeValue, purpose.CodeMeaning) == ("1", "Author's Signature")
    assert "as its author, not verified" in str(verify_dataset(preliminary, None))


def test_the_author_of_a_preliminary_report_cannot_be_exchanged(preliminary: Dataset) -> None:
    altered = _reread(preliminary)
    altered.AuthorObserverSequence[0].PersonName = "Jürgens^Änne"
    with pytest.raises(SignatureInvalid):
        verify_dataset(altered, None)


def test_the_consultants_report_names_both_and_what_it_follows(verified: Dataset, preliminary: Dataset) -> None:
    flags = (verified.CompletionFlag, verified.VerificationFlag, verified.PreliminaryFlag)
    assert flags == ("COMPLETE", "VERIFIED", "FINAL")
    assert verified.VerifyingObserverSequence[0].VerifyingObserverName == "Jürgens^Änne^^Dr."
    assert verified.AuthorObserverSequence[0].PersonName == "Wolf^Ben"
    attesting = [x.PersonName for x in verified.ParticipantSequence if x.ParticipationType == "ATTEST"]
    assert attesting == ["Wolf^Ben"]  # never one who verifies (PS3.3 C.17.2.5)
    assert predecessors_of(verified) == (preliminary.SOPInstanceUID,)
    assert verified.SOPInstanceUID != preliminary.SOPInstanceUID
    document = predecessor_of(verified)
    assert (document.status, document.author.name, document.signer.name) == (
        ReportStatus.FINAL,
        "Wolf^Ben",
        "Jürgens^Änne^^Dr.",
    )
    assert document.signed_at - predecessor_of(preliminary).signed_at == timedelta(hours=1)


def test_a_final_report_of_one_reader_has_no_attesting_participant(
    draft: Report, reader: Reader, at: datetime, signing_key: SigningKey
) -> None:
    sr = verified_sr(sign(draft, reader, at), None, signing_key)
    assert "ParticipantSequence" not in sr
    assert "PredecessorDocumentsSequence" not in sr
    assert sr.AuthorObserverSequence[0].PersonName == reader.name


def _amended(draft: Report, before: Dataset, amends: Any, **changes: Any) -> Report:
    report = read_report(before, None, draft.recognised)
    return replace(report, amends=amends(predecessor_of(before)), **changes)


def test_addendum_and_correction_keep_what_was_added_before_with_by_whom_and_when(
    draft: Report, added: Dataset, corrected: Dataset, reader: Reader, at: datetime
) -> None:
    assert predecessor_of(added).status is ReportStatus.ADDENDUM
    assert predecessor_of(corrected).status is ReportStatus.CORRECTED
    assert predecessors_of(corrected) == (added.SOPInstanceUID,)
    back = read_report(corrected, None, draft.recognised)
    assert back.clinical.psa_ng_ml == 6.4
    assert back.notes == (
        Note(ReportStatus.ADDENDUM, "Compared with 2024: no change.", reader, at + timedelta(days=1)),
        Note(ReportStatus.CORRECTED, "Wrong PSA", reader, at + timedelta(days=2)),
    )
    verify_dataset(corrected, None)


def test_a_report_that_is_signed_already_is_not_signed_again_unamended(
    draft: Report, verified: Dataset, reader: Reader, at: datetime
) -> None:
    for amends, said in (
        (AsSigned, "It is signed already"),
        (Addendum, "The addendum is empty"),
        (Correction, "The correction has no reason"),
    ):
        with pytest.raises(CannotSign, match=said):
            sign(_amended(draft, verified, amends), reader, at)


def test_a_resident_cannot_amend_a_final_report(draft: Report, verified: Dataset, at: datetime) -> None:
    with pytest.raises(CannotSign, match="amended by one who may verify it"):
        sign(_amended(draft, verified, lambda x: Correction(x, "Typo")), RESIDENT, at, preliminary=True)


def test_what_was_signed_is_not_changed_before_the_reader_says_how_it_is_amended(
    draft: Report, verified: Dataset
) -> None:
    for amends, said in ((AsSigned, "This report is signed"), (Addendum, "leaves the findings as they were signed")):
        signed = _amended(draft, verified, amends)
        with pytest.raises(CannotAmend, match=said):
            require_amendable(signed, replace(signed, without_lesion=Category.TWO))
        require_amendable(signed, replace(signed, amends=Addendum(predecessor_of(verified), "More")))
    correction = _amended(draft, verified, Correction)
    require_amendable(correction, replace(correction, without_lesion=Category.TWO))


@pytest.mark.parametrize(
    ("amends", "preliminary_signed", "title", "sentence"),
    [
        (None, True, "PRELIMINARY REPORT", "By Ben Wolf; not verified yet."),
        (Continuation, False, "FINAL REPORT", "Written by Ben Wolf, verified by Dr. Änne Jürgens."),
        (lambda x: Addendum(x, "More said"), False, "ADDENDUM", "Addendum of Dr. Änne Jürgens, 2026-03-"),
        (lambda x: Correction(x, "Typo"), False, "CORRECTED REPORT", "Reason of the correction of Dr. Änne Jürgens"),
    ],
)
def test_the_printed_report_says_what_it_is(
    draft: Report, preliminary: Dataset, reader: Reader, at: datetime, amends: Any, preliminary_signed: bool,
    title: str, sentence: str,
) -> None:  # fmt: skip
    document = predecessor_of(preliminary)
    if title not in ("FINAL REPORT", "PRELIMINARY REPORT"):
        document = replace(document, status=ReportStatus.FINAL)
    report = replace(draft, amends=amends(document) if amends else None)
    signer = RESIDENT if preliminary_signed else reader
    signed = sign(report, signer, at + timedelta(hours=3), preliminary=preliminary_signed)
    lines = amendment_lines(report, signed)
    assert lines[0] == title
    assert any(sentence in line for line in lines)
    from pypdfium2 import PdfDocument

    text = "".join(page.get_textpage().get_text_range() for page in PdfDocument(report_pdf(report, None, signed)))
    assert title in text


def test_the_first_final_report_of_a_study_says_nothing_of_amendments(
    draft: Report, reader: Reader, at: datetime
) -> None:
    assert amendment_lines(draft, sign(draft, reader, at)) == ()


@pytest.mark.parametrize("which", _KINDS)
def test_dciodvfy_finds_no_error(
    which: str, tmp_path: Path, dciodvfy: Callable[[Path], Any], request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue(which).save_as(tmp_path / "sr.dcm")
    said = dciodvfy(tmp_path / "sr.dcm")
    assert (said.kind, said.errors) == ("Comprehensive3DSR", [])


@pytest.mark.journey
@pytest.mark.parametrize("pair", [_KINDS[:2], _KINDS[2:]])
def test_the_template_validator_of_pixelmed_finds_no_error(
    pair: tuple[str, ...],
    tmp_path: Path,
    sr_validator: Callable[[Path], Callable[[], Any]],
    request: pytest.FixtureRequest,
) -> None:
    """Two at once, as each takes ten seconds to start."""
    running = {}
    for which in pair:
        request.getfixturevalue(which).save_as(path := tmp_path / f"{which}.dcm")
        running[which] = sr_validator(path)
    said = {which: wait() for which, wait in running.items()}
    assert {which: (x.kind, x.errors) for which, x in said.items()} == {which: ("TID_1500", []) for which in pair}
