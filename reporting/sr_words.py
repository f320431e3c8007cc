"""What any DICOM structured report says, as lines of text: for reports that another system wrote."""

from pydicom.dataset import Dataset

from reporting.foreign_items import code_of, items_of, text_of, words_of
from reporting.foreign_sr import lines_of, sr_tree
from reporting.words import reader_name

_REFERENCES = frozenset(("IMAGE", "COMPOSITE", "WAVEFORM", "SCOORD", "SCOORD3D", "TCOORD", "UIDREF"))


def sr_title(sr: Dataset) -> str:
    """Return what a report calls itself, or its series, and its day."""
    name = words_of(code_of(sr, "ConceptNameCodeSequence")) or text_of(sr, "SeriesDescription") or "Report"
    day = _day(sr)
    return f"{name} of {day}" if day else name


def sr_words(sr: Dataset) -> str:
    """Return a report as lines of text: its name, day and who verified it, then its content, sections indented.

    References to images, and regions in them, are left out (PS3.3 C.17.3); what cannot be read stands at the end.
    """
    name = words_of(code_of(sr, "ConceptNameCodeSequence")) or "Report"
    head = (name, " · ".join(filter(None, (_day(sr), _verified(sr)))), "")
    tree = sr_tree(sr)
    lost = ("", "Not read:", *map(str, tree.not_read)) if tree.not_read else ()
    return "\n".join((*head, *lines_of(tree, without=_REFERENCES), *lost))


def _verified(sr: Dataset) -> str:
    if text_of(sr, "VerificationFlag") != "VERIFIED":
        return "Not verified"
    observers = items_of(sr, "VerifyingObserverSequence")
    who = [reader_name(text_of(observer, "VerifyingObserverName")) for observer in observers]
    return f"Verified by {', '.join(filter(None, who))}" if any(who) else "Verified"


def _day(sr: Dataset) -> str:
    day = text_of(sr, "ContentDate")
    return f"{day[:4]}-{day[4:6]}-{day[6:8]}" if len(day) == 8 else day
