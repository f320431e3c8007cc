"""The order that the examination answers, as the RIS sent it."""

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Order:
    """One imaging service request; an empty string is what the RIS did not say.

    `placer_number` and `filler_number` are ORC-2 and ORC-3 (HL7 v2.5.1 chapter 4), `code` is OBR-4 as
    (identifier, text, coding system). `priority` is TQ1-9 (table 0485): S for stat, A for as soon as possible.
    """

    accession_number: str
    placer_number: str = ""
    filler_number: str = ""
    requested_procedure_id: str = ""
    description: str = ""
    code: tuple[str, str, str] = ("", "", "")
    study_instance_uid: str = ""
    patient_id: str = ""
    indication: str = ""
    psa_ng_ml: float | None = None
    psa_date: date | None = None
    priority: str = field(default="", compare=False)

    @property
    def is_urgent(self) -> bool:
        """Whether it was ordered as stat or as soon as possible."""
        return self.priority.upper() in ("S", "A", "STAT", "ASAP")
