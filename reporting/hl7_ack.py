"""The answer to an HL7 message: read of one that came, written of one of ours (HL7 v2.5.1 2.9)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from core.settings import OrdersSettings
from reporting.hl7 import Hl7Message, Hl7Unreadable, composed, escaped, message, read, segment

VERSION = "2.5.1"
CHARACTER_SET = "UNICODE UTF-8"


class AckCode(StrEnum):
    """Table 0008: A of the application, C of the one that only keeps the message."""

    ACCEPT = "AA"
    ERROR = "AE"
    REJECT = "AR"
    COMMIT_ACCEPT = "CA"
    COMMIT_ERROR = "CE"
    COMMIT_REJECT = "CR"

    @property
    def is_accepted(self) -> bool:
        """Whether the other side took the message."""
        return self in (AckCode.ACCEPT, AckCode.COMMIT_ACCEPT)


class ErrorCode(StrEnum):
    """Table 0357, as far as an order can go wrong."""

    SEGMENT_SEQUENCE = "100"
    REQUIRED_FIELD = "101"
    DATA_TYPE = "102"
    TABLE_VALUE = "103"
    UNSUPPORTED_MESSAGE = "200"
    UNSUPPORTED_EVENT = "201"
    UNSUPPORTED_PROCESSING_ID = "202"
    UNSUPPORTED_VERSION = "203"
    INTERNAL = "207"


@dataclass(frozen=True, slots=True)
class Ack:
    """An acknowledgement: the message that it answers (MSA-2), its code, and what the other side says."""

    control_id: str
    code: AckCode
    words: str


def read_ack(content: bytes) -> Ack:
    """Return what an acknowledgement says; raises `Hl7Unreadable` when it is none."""
    answer = read(content)
    msa = answer.first("MSA")
    if msa is None or msa.value(1) not in tuple(AckCode):
        raise Hl7Unreadable("The answer is no HL7 acknowledgement: it has no MSA with a code of table 0008.")
    return Ack(msa.value(2), AckCode(msa.value(1)), _words(answer, msa.text(3)))


def _words(answer: Hl7Message, text: str) -> str:
    """MSA-3 and what the ERR segments say: ERR-8 to the user, ERR-7, ERR-3 in words, ERR-1.4.2 of older versions."""
    said = [text]
    for err in answer.all("ERR"):
        said.append(err.text(8) or err.text(7) or err.value(3, 2) or err.value(3, 5) or err.value(1, 4))
    return "; ".join(dict.fromkeys(" ".join(words.split()) for words in said if words.strip()))


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a message is not taken: table 0357, in words, and where (ERR-2: segment, sequence, field)."""

    code: AckCode
    error: ErrorCode
    words: str
    where: tuple[str, ...] = ()


def acknowledgement(answered: Hl7Message | None, troubles: Sequence[Trouble], node: OrdersSettings) -> bytes:
    """Return our answer: AA without troubles, else the gravest of their codes; None answers what was unreadable."""
    code = max((one.code for one in troubles), key=list(AckCode).index, default=AckCode.ACCEPT)
    msa = {1: code.value, 2: escaped(answered.control_id) if answered else ""}
    if troubles:
        msa[3] = escaped(troubles[0].words[:80])
    return message((_header(answered, node), segment("MSA", msa), *(_err(one) for one in troubles)))


def _header(answered: Hl7Message | None, node: OrdersSettings) -> str:
    told = answered.header if answered else None
    now = datetime.now(UTC)
    trigger = told.value(9, 2) if told else ""
    fields = {
        2: "^~\\&",
        3: escaped(told.value(5) if told else node.application),
        4: escaped(told.value(6) if told else ""),
        5: escaped(told.value(3) if told else ""),
        6: escaped(told.value(4) if told else ""),
        7: f"{now:%Y%m%d%H%M%S%z}",
        9: composed("ACK", trigger, "ACK"),
        10: f"PA{now:%y%m%d%H%M%S%f}",
        11: escaped(told.value(11) if told else "P") or "P",
        12: VERSION,
        18: CHARACTER_SET,
    }
    return segment("MSH", fields)


def _err(trouble: Trouble) -> str:
    fields = {
        2: composed(*trouble.where),
        3: composed(trouble.error.value, _MEANINGS[trouble.error], "HL70357"),
        4: "E",
        8: escaped(trouble.words),
    }
    return segment("ERR", fields)


_MEANINGS = {
    ErrorCode.SEGMENT_SEQUENCE: "Segment sequence error",
    ErrorCode.REQUIRED_FIELD: "Required field missing",
    ErrorCode.DATA_TYPE: "Data type error",
    ErrorCode.TABLE_VALUE: "Table value not found",
    ErrorCode.UNSUPPORTED_MESSAGE: "Unsupported message type",
    ErrorCode.UNSUPPORTED_EVENT: "Unsupported event code",
    ErrorCode.UNSUPPORTED_PROCESSING_ID: "Unsupported processing id",
    ErrorCode.UNSUPPORTED_VERSION: "Unsupported version id",
    ErrorCode.INTERNAL: "Application internal error",
}
