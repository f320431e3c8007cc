"""The codes that RIS and EHR are told in: ours from resources/codes/ris.toml, with the site's own put over them."""

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydicom.sr.coding import Code

from core.errors import SettingsInvalid


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Concept(_Table):
    """A code by its scheme's DICOM name, and of a number its UCUM unit; `send` is whether the site wants it."""

    code: str = Field(min_length=1)
    scheme: str = Field(min_length=1)
    meaning: str
    unit: str = ""
    send: bool = True


class Scheme(_Table):
    """The names of one coding scheme: HL7 v2 table 0396, and the URI of FHIR."""

    hl7: str
    fhir: str


class PdfForm(_Table):
    """Components 1 to 4 of an ED."""

    source: str
    type: str
    subtype: str
    encoding: str


class OrderFields(_Table):
    """Where an order says what (`OBR-18`, `OBR-31.2`), and how a PSA is known."""

    accession: tuple[str, ...]
    study_instance_uid: tuple[str, ...]
    requested_procedure_id: tuple[str, ...]
    indication: tuple[str, ...]
    psa: tuple[str, ...]
    psa_units: tuple[str, ...]


class ResultCodes(_Table):
    """The whole file; docs/ris.md describes it."""

    procedure: Mapping[str, Concept]
    observations: Mapping[str, Concept]
    values: Mapping[str, Concept]
    schemes: Mapping[str, Scheme]
    pdf: PdfForm
    orders: OrderFields

    def value(self, code: Code) -> Concept:
        """Return how the site codes a value, else the value's own code."""
        given = self.values.get(f"{code.scheme_designator}|{code.value}")
        return given or Concept(code=code.value, scheme=code.scheme_designator, meaning=code.meaning)

    def hl7_scheme(self, scheme: str) -> str:
        """Return the scheme's name in HL7 v2; a site's own is named as the site names it."""
        return self.schemes[scheme].hl7 if scheme in self.schemes else scheme

    def fhir_system(self, scheme: str) -> str:
        """Return the scheme's URI; raises `SettingsInvalid` when the table has none for it."""
        if scheme not in self.schemes:
            raise SettingsInvalid(
                f"The codes for RIS and EHR use the scheme “{scheme}” without saying its URI; add"
                f' “{scheme} = {{ hl7 = "…", fhir = "…" }}” to [schemes].'
            )
        return self.schemes[scheme].fhir


def result_codes(site: Path | None = None) -> ResultCodes:
    """Return our codes with those of the site's file over them; raises `SettingsInvalid` naming file and entry."""
    ours = _ours()
    if site is None:
        return ResultCodes.model_validate(ours)
    try:
        return ResultCodes.model_validate(_over(ours, tomllib.loads(site.read_text("utf-8"))))
    except ValidationError as error:
        told = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise SettingsInvalid(f"The codes in {site} are not usable. {told}.") from error
    except (OSError, ValueError) as error:
        raise SettingsInvalid(f"The codes in {site} cannot be read: {error}.") from error


def _ours() -> dict[str, Any]:
    return tomllib.loads(files("resources").joinpath("codes/ris.toml").read_text("utf-8"))


_OPEN = ("values", "schemes")
"""The tables to which a site may add entries; in any other an unknown name is a misspelt one."""


def _over(ours: dict[str, Any], site: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(ours)
    for table, entries in site.items():
        if table not in ours or not isinstance(entries, Mapping):
            raise ValueError(f"there is no table “{table}”")
        unknown = [name for name in entries if table not in _OPEN and name not in ours[table]]
        if unknown:
            raise ValueError(f"[{table}] has no “{unknown[0]}”")
        merged[table] = {
            **ours[table],
            **{name: _entry(ours[table].get(name), given) for name, given in entries.items()},
        }
    return merged


def _entry(ours: object, given: object) -> object:
    """Return an entry of the site; what it does not say of ours stays, so that `send = false` says enough."""
    return {**ours, **given} if isinstance(ours, dict) and isinstance(given, dict) else given
