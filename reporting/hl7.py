"""HL7 v2 messages as text with delimiters (ER7): written, escaped, read and unescaped (HL7 v2.5.1 chapter 2).

hl7apy checks every message that leaves (`require_valid`). It does not write them, for it escapes what is escaped
already: a line break `\\.br\\` would arrive as the letters `\\.br\\`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.errors import ProsectorError


class Hl7Unreadable(ProsectorError):
    """What came is no HL7 message, or in a character set that is not read."""


class Hl7Invalid(ProsectorError):
    """A message of ours would not follow HL7 v2.5.1, so it is not sent."""


FIELD, COMPONENT, REPETITION, ESCAPE, SUBCOMPONENT = "|^~\\&"
_ESCAPED = {FIELD: "\\F\\", COMPONENT: "\\S\\", REPETITION: "\\R\\", ESCAPE: "\\E\\", SUBCOMPONENT: "\\T\\"}
_BREAK = "\\.br\\"
_LINES = re.compile(r"\r\n|[\r\n\v\f\x85\u2028\u2029]")
_SEQUENCE = re.compile(r"\\([^\\\r\n]{1,60})\\")
_CHARACTER_SETS = {
    "": "utf-8",
    "ASCII": "ascii",
    "UNICODE": "utf-8",
    "UNICODE UTF-8": "utf-8",
    **{f"8859/{part}": f"iso8859_{part}" for part in (1, 2, 3, 4, 5, 6, 7, 8, 9, 15)},
}
"""Table 0211, as far as a message with single-byte delimiters can be in it."""


def escaped(text: str) -> str:
    """Return `text` on one line with every delimiter escaped; a control character becomes its `\\Xdd\\`."""
    return "".join(_escaped_character(character) for character in " ".join(lines(text)))


def formatted(text: str) -> str:
    """Return `text` as FT: escaped, its lines apart by `\\.br\\`."""
    return _BREAK.join(escaped(line) for line in lines(text))


def repeated(text: str) -> str:
    """Return `text` as TX: escaped, each line a repetition."""
    return REPETITION.join(escaped(line) for line in lines(text))


def lines(text: str) -> list[str]:
    """Return the lines of a text, however they end."""
    return _LINES.split(text)


def _escaped_character(character: str) -> str:
    if character < " " or character == "\x7f":
        return f"\\X{ord(character):02X}\\"
    return _ESCAPED.get(character, character)


def composed(*values: str) -> str:
    """Return components, each escaped, without empty ones at the end."""
    return COMPONENT.join(escaped(value) for value in values).rstrip(COMPONENT)


def segment(name: str, fields: Mapping[int, str]) -> str:
    """Return a segment of encoded fields by number; MSH is numbered as the standard does, its MSH-1 the delimiter."""
    first = 2 if name == "MSH" else 1
    values = [fields.get(number, "") for number in range(first, max(fields, default=0) + 1)]
    return FIELD.join((name, *values)).rstrip(FIELD)


def message(segments: Sequence[str]) -> bytes:
    """Return the message in UTF-8, each segment ended by a carriage return."""
    return "".join(f"{one}\r" for one in segments).encode()


# ------------------------------------------------------------------ reading


@dataclass(frozen=True, slots=True)
class Delimiters:
    """What a message separates with, as its MSH says."""

    field: str = FIELD
    component: str = COMPONENT
    repetition: str = REPETITION
    escape: str = ESCAPE
    subcomponent: str = SUBCOMPONENT


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment of a message that came; `fields` are encoded, in the numbers of the standard from 0, the name."""

    name: str
    fields: tuple[str, ...]
    delimiters: Delimiters

    def value(self, field: int, component: int = 1, repetition: int = 1) -> str:
        """Return a component's text, of its first subcomponent; empty when it is not there."""
        encoded = _at(self._repetitions(field), repetition - 1)
        part = _at(encoded.split(self.delimiters.component), component - 1)
        text = unescaped(part.split(self.delimiters.subcomponent)[0], self.delimiters).strip()
        return "" if text == '""' else text

    def repeats(self, field: int) -> int:
        """Return how many repetitions a field has."""
        return len(self._repetitions(field))

    def text(self, field: int) -> str:
        """Return a field as text, its repetitions as lines."""
        return "\n".join(unescaped(one, self.delimiters) for one in self._repetitions(field))

    def _repetitions(self, field: int) -> list[str]:
        return _at(self.fields, field).split(self.delimiters.repetition)


def _at(values: Sequence[str], index: int) -> str:
    return values[index] if index < len(values) else ""


@dataclass(frozen=True, slots=True)
class Hl7Message:
    """A message that came, its MSH first."""

    segments: tuple[Segment, ...]

    @property
    def header(self) -> Segment:
        """MSH."""
        return self.segments[0]

    @property
    def control_id(self) -> str:
        """MSH-10."""
        return self.header.value(10)

    @property
    def kind(self) -> str:
        """MSH-9 without the structure, e.g. `ORM^O01`."""
        return f"{self.header.value(9)}^{self.header.value(9, 2)}"

    def first(self, name: str) -> Segment | None:
        """Return the first segment of this name, or None."""
        return next(self.all(name), None)

    def all(self, name: str) -> Iterator[Segment]:
        """Yield the segments of this name."""
        return (one for one in self.segments if one.name == name)


def read(content: bytes) -> Hl7Message:
    """Return the message that `content` holds; raises `Hl7Unreadable`."""
    if not content.startswith(b"MSH") or len(content) < 9:
        raise Hl7Unreadable("What came is no HL7 message: it does not begin with MSH.")
    delimiters = _delimiters(content[3:8].decode("latin-1"))
    text = _decoded(content, delimiters)
    found = (one for one in re.split(r"\r\n|\r|\n", text) if one.strip())
    return Hl7Message(tuple(_segment(one, delimiters) for one in found))


def _delimiters(told: str) -> Delimiters:
    if len(set(told[:4])) < 4 or any(one.isalnum() or one.isspace() for one in told[:4]):
        raise Hl7Unreadable("What came is no HL7 message: its delimiters (MSH-1 and MSH-2) make no sense.")
    field, component, repetition, escape = told[:4]
    last = told[4] if told[4] != field else SUBCOMPONENT
    return Delimiters(field, component, repetition, escape, last)


def _decoded(content: bytes, delimiters: Delimiters) -> str:
    header = re.split(r"[\r\n]", content.decode("latin-1"), maxsplit=1)[0].split(delimiters.field)
    named = _at(header, 17).split(delimiters.repetition)[0].strip().upper()
    if named not in _CHARACTER_SETS:
        raise Hl7Unreadable(f"The message is in the character set “{named}” (MSH-18), which is not read here.")
    try:
        return content.decode(_CHARACTER_SETS[named])
    except UnicodeDecodeError as error:
        raise Hl7Unreadable(
            f"The message is not in the character set that its MSH-18 says ({named or 'none, which is read as UTF-8'})."
        ) from error


def _segment(line: str, delimiters: Delimiters) -> Segment:
    name, *fields = line.split(delimiters.field)
    before = (name, delimiters.field) if name == "MSH" else (name,)
    return Segment(name, (*before, *fields), delimiters)


def unescaped(text: str, delimiters: Delimiters) -> str:
    """Return text without escape sequences; those that only format are dropped."""
    if delimiters.escape not in text:
        return text
    meant = {
        "F": delimiters.field,
        "S": delimiters.component,
        "R": delimiters.repetition,
        "E": delimiters.escape,
        "T": delimiters.subcomponent,
        ".br": "\n",
        ".sp": "\n",
    }
    pattern = (
        _SEQUENCE.pattern.replace(r"\\", re.escape(delimiters.escape)) if delimiters.escape != ESCAPE else _SEQUENCE
    )
    return re.sub(pattern, lambda found: _meant(found[1], meant), text)


def _meant(sequence: str, meant: Mapping[str, str]) -> str:
    if sequence in meant:
        return meant[sequence]
    if re.fullmatch(r"X([0-9A-Fa-f]{2})+", sequence):
        return bytes.fromhex(sequence[1:]).decode("utf-8", "replace")
    return ""


def require_valid(content: bytes) -> None:
    """Check a message of ours against HL7 v2.5.1's structures; raises `Hl7Invalid` with what hl7apy says."""
    from hl7apy.consts import VALIDATION_LEVEL
    from hl7apy.exceptions import HL7apyException
    from hl7apy.parser import parse_message

    try:
        parse_message(content.decode(), validation_level=VALIDATION_LEVEL.TOLERANT, force_validation=True)
    except (HL7apyException, ValueError) as error:
        raise Hl7Invalid(f"The message would not follow HL7 v2.5.1 ({error}); see to the codes of the site.") from error
