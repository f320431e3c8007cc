"""How a report stands to the signed one before it: a signed report is never changed, only followed by another."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from core.reader import Reader


class ReportStatus(StrEnum):
    """What a signed report is; the values are those of FHIR R4B DiagnosticReport.status.

    HL7 v2.5.1 table 0123 (OBR-25, OBX-11): P, F, and C for both kinds of amendment. DICOM (PS3.3 C.17.2): a
    preliminary one is UNVERIFIED and PRELIMINARY, every other VERIFIED and FINAL.
    """

    PRELIMINARY = "preliminary"
    FINAL = "final"
    ADDENDUM = "appended"
    CORRECTED = "corrected"


@dataclass(frozen=True, slots=True)
class Predecessor:
    """The signed structured report that another one follows: which object it is, what it was, who wrote and signed it.

    `author` wrote it; `signer` signed it, and is another person where a consultant verified a resident's report.
    """

    study_instance_uid: str
    series_instance_uid: str
    sop_class_uid: str
    sop_instance_uid: str
    status: ReportStatus
    author: Reader
    signer: Reader
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class AsSigned:
    """The report is shown as it was signed and final; before it is changed, the reader says how it is amended."""

    predecessor: Predecessor
    kind: Literal["as signed"] = "as signed"


@dataclass(frozen=True, slots=True)
class Continuation:
    """A preliminary report is read on; it is signed as final, or as preliminary once more."""

    predecessor: Predecessor
    kind: Literal["continuation"] = "continuation"


@dataclass(frozen=True, slots=True)
class Addendum:
    """`text` is added to a final report, whose findings stay as they were signed."""

    predecessor: Predecessor
    text: str = ""
    kind: Literal["addendum"] = "addendum"


@dataclass(frozen=True, slots=True)
class Correction:
    """A final report is replaced by another; `reason` says why."""

    predecessor: Predecessor
    reason: str = ""
    kind: Literal["correction"] = "correction"


Amendment = Annotated[AsSigned | Continuation | Addendum | Correction, Field(discriminator="kind")]


@dataclass(frozen=True, slots=True)
class Note:
    """What was added to a report when it was amended: an addendum's text or a correction's reason, by whom and when."""

    status: ReportStatus
    text: str
    reader: Reader
    signed_at: datetime


def status_of(amends: Amendment | None, *, preliminary: bool) -> ReportStatus:
    """Return what signing makes of a report; `preliminary` counts where no final report came before."""
    match amends:
        case Addendum():
            return ReportStatus.ADDENDUM
        case Correction() | AsSigned():
            return ReportStatus.CORRECTED
        case _:
            return ReportStatus.PRELIMINARY if preliminary else ReportStatus.FINAL
