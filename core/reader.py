"""The radiologist."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads and signs: `name` in DICOM's PN form."""

    name: str
    organization: str
