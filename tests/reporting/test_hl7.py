"""HL7 messages are written and read without losing a character."""

import hl7
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.hl7 import Hl7Unreadable, composed, escaped, formatted, message, read, segment

_TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)
"""Anything that can be typed."""
_BREAKS = "\r\n\v\f\x85\u2028\u2029"


@given(_TEXT)
def test_any_text_comes_back_as_it_went(text):
    content = message([segment("MSH", {2: "^~\\&", 9: "ORU^R01", 10: "1"}), segment("NTE", {3: formatted(text)})])
    back = read(content).first("NTE")
    assert back is not None
    expected = text.replace("\r\n", "\n")
    for character in _BREAKS:
        expected = expected.replace(character, "\n")
    assert back.text(3) == expected


@given(st.text(st.characters(codec="ascii", exclude_categories=("Cc",)), max_size=60))
def test_an_independent_reader_understands_our_escapes(text):
    content = message([segment("MSH", {2: "^~\\&", 9: "ORU^R01", 10: "1"}), segment("NTE", {3: escaped(text) or "-"})])
    parsed = hl7.parse(content.decode())
    assert parsed.unescape(str(parsed.segment("NTE")[3])) == (text or "-")


def test_components_are_escaped_and_end_with_the_last_that_says_something():
    assert composed("a^b", "", "c|d", "", "") == "a\\S\\b^^c\\F\\d"


def test_other_delimiters_than_ours_are_read():
    came = read(b"MSH$*%#@$A$B$C$D$20260101$$ORM*O01$7$P$2.3\rPID$1$$P1*x@y$$Test#S#er*Pros%Zweit*Name\r")
    patient = came.first("PID")
    assert patient is not None
    assert (came.kind, came.control_id) == ("ORM^O01", "7")
    assert (patient.value(3), patient.value(5), patient.value(5, 1, 2)) == ("P1", "Test*er", "Zweit")


@pytest.mark.parametrize(
    ("named", "coded"),
    [(b"8859/1", "latin-1"), (b"8859/15", "iso8859_15"), (b"UNICODE UTF-8", "utf-8"), (b"", "utf-8")],
)
def test_the_character_set_that_the_header_says_is_read(named, coded):
    head = b"MSH|^~\\&|A|B|C|D|20260101||ORM^O01|7|P|2.5.1||||||" + named
    patient = read(head + b"\rPID|1||P1||" + "Müller^Jörg".encode(coded) + b"\r").first("PID")
    assert patient is not None
    assert (patient.value(5), patient.value(5, 2)) == ("Müller", "Jörg")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "does not begin with MSH"),
        (b"GET / HTTP/1.1\r\n\r\n", "does not begin with MSH"),
        (b"MSH|||||||||", "delimiters"),
        (b"MSH|^~\\&|A|B|C|D|20260101||ORM^O01|7|P|2.5.1||||||ISO IR87\r", "ISO IR87"),
        (b"MSH|^~\\&|A|B|C|D|20260101||ORM^O01|7|P|2.5.1\rPID|1||P1||M\xfcller\r", "MSH-18"),
    ],
)
def test_what_cannot_be_read_is_said(content, why):
    with pytest.raises(Hl7Unreadable, match=why):
        read(content)
