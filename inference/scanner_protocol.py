"""By what a series is known again in later studies of the same scanner: manufacturer, model, station and protocol."""

from collections.abc import Iterable

from core.errors import StudyUnreadable
from core.study import Correction, ScannerProtocol, Stack
from inference.elements import Damaged, NotDicom
from inference.frames import header_of
from inference.header import read_texts
from inference.stack_facts import StackFacts

_SCANNER = ("Manufacturer", "ManufacturerModelName", "StationName", "DeviceSerialNumber")


def scanner_protocol(stack: Stack) -> ScannerProtocol:
    """Return the key of a stack; `scanner` is empty where the header names none. Raises `StudyUnreadable`."""
    first = stack.instances[0]
    try:
        texts, header = read_texts(first.path, _SCANNER), header_of(first)
    except (Damaged, NotDicom, OSError) as error:
        raise StudyUnreadable(f"{first.path} is no longer readable ({error}); open the study again.") from error
    named = (texts["Manufacturer"], texts["ManufacturerModelName"], texts["StationName"] or texts["DeviceSerialNumber"])
    b_value = () if stack.b_value is None else (f"b {stack.b_value:g}",)
    looks = (header.protocol_name, header.series_description, "\\".join(header.image_type), *b_value)
    return ScannerProtocol(" · ".join(named) if all(named) else "", " · ".join(looks))


def correction_for(facts: StackFacts, corrections: Iterable[Correction]) -> Correction | None:
    """Return the reader's last word on a stack: in this study, else on this scanner and protocol, else None."""
    said = tuple(corrections)
    if not said or not facts.stack.instances:
        return None
    key, uid = scanner_protocol(facts.stack), facts.series.series_instance_uid
    here = [one for one in said if one.series_instance_uid == uid and one.key.protocol == key.protocol]
    alike = [one for one in said if key.scanner and one.key == key]
    return next(iter([*reversed(here), *reversed(alike)]), None)


def said_in_words(correction: Correction, facts: StackFacts) -> str:
    """Return where the reader said so and when, as the end of a reason."""
    here = correction.series_instance_uid == facts.series.series_instance_uid
    where = "in this study" if here else "for this scanner and protocol"
    return f"as the reader chose {where} on {correction.chosen_on.isoformat()}"
