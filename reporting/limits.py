"""Texts as DICOM's value representations can hold them (PS3.5 6.2), made to fit by rule where objects are written.

A text that is too long ends in `...`, so that the cut is seen, and in ASCII, as some receivers count bytes. An
identifier is never cut, for it would be another's: one that is too long is left out.
"""

SHORT, LONG = 16, 64
"""Characters that SH and LO hold; PN holds as many as LO in each of its groups."""
_GROUPS, _COMPONENTS = 3, 5
_CUT = "..."


def long_string(value: str) -> str:
    """Return `value` as LO: 64 characters, one line, no backslash."""
    return _cut(_line(value), LONG)


def short_string(value: str) -> str:
    """Return `value` as SH: 16 characters, one line, no backslash."""
    return _cut(_line(value), SHORT)


def identifier(value: str, most: int = SHORT) -> str:
    """Return an identifier as it is, or empty when DICOM cannot hold it."""
    whole = value.strip()
    return whole if whole == _line(whole) and len(whole) <= most else ""


def person_name(value: str) -> str:
    """Return `value` as PN: alphabetic, ideographic and phonetic group, each of 64 characters in five components."""
    groups = (_group(group) for group in value.split("=")[:_GROUPS])
    return "=".join(groups).rstrip("=")


def _group(group: str) -> str:
    components = "^".join(_line(component) for component in group.split("^")[:_COMPONENTS])
    return _cut(components, LONG)


def _cut(value: str, most: int) -> str:
    return value if len(value) <= most else f"{value[: most - len(_CUT)].rstrip()}{_CUT}"


def _line(value: str) -> str:
    """Return `value` without control characters, and with the backslash, which separates values, as a slash."""
    printable = "".join(" " if x in "\t\r\n\f\v\x85\u2028\u2029" else x for x in value.replace("\\", "/"))
    return "".join(x for x in printable if x >= " " and not "\x7f" <= x <= "\x9f").strip()
