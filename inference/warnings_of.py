"""What speaks against a study being a prostate examination of a man: said, and never a reason to refuse it."""

import os
import re
from collections.abc import Sequence

from core.study import Study
from inference.stack_facts import StackFacts

_ELSEWHERE = re.compile(
    r"(?<![a-z])(brain|head|skull|neck|breast|heart|cardiac|knee|shoulder|spine|liver|uter|ovar|cervix|female pelvis)"
)


def warnings_of(study: Study, stacks: Sequence[StackFacts]) -> tuple[str, ...]:
    """Return the sentences that a reader must see before trusting any AI result of this study."""
    return tuple(filter(None, (_of_patients(study), _of_sex(study), _of_body_part(study, stacks))))


def _of_patients(study: Study) -> str:
    if len(study.patient_ids) < 2:
        return ""
    named = ", ".join(patient_id or "none" for patient_id in study.patient_ids)
    return (
        f"The images of this study name different patients ({named}): the archive may have corrected the patient while "
        f"they were fetched. Make sure whose they are; to fetch all anew, remove {_folder(study)} and open it again."
    )


def _folder(study: Study) -> str:
    return os.path.commonpath([one.path.parent for series in study.series for one in series.instances])


def _of_sex(study: Study) -> str:
    if study.patient.sex.upper() != "F":
        return ""
    return (
        "The patient's sex is recorded as female: check that this is the right patient and a prostate examination. "
        "The AI knows prostates only."
    )


def _of_body_part(study: Study, stacks: Sequence[StackFacts]) -> str:
    named = _ELSEWHERE.search(f"{study.description} {' '.join(facts.words for facts in stacks)}".lower())
    parts = sorted({facts.first.body_part for facts in stacks} - {"", "PROSTATE", "PELVIS", "ABDOMEN"})
    said = f"its descriptions speak of “{named.group(1)}”" if named else ""
    said = f"Body Part Examined is {', '.join(parts)}" if parts else said
    return said and f"This may be no examination of the prostate: {said}. The AI knows prostates only."
