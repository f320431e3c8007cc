"""What one structured report of an archive says for the worklist: an AI's result, a reader's report, or nothing of it.

Nothing in a report makes this fail: what an AI wrote and cannot be read is a failure, never "no lesion".
"""

from collections.abc import Iterator

from pydicom.dataset import Dataset

from core.pirads import Category
from core.quality import NEEDED_BY_AI, Adequacy, Quality
from core.triage_facts import AiDocument, Analysed, Document, Failed, Prostate, ReaderDocument, Suspicion, Withheld
from reporting import codes, sr_tree
from reporting.equipment import MODEL_NAME
from reporting.failed_sr import failure_of
from reporting.foreign_groups import FindingGroup, finding_groups
from reporting.foreign_items import UNREADABLE, code_of, is_code, items_of, number_of, text_of
from reporting.foreign_makers import device_of
from reporting.sr_quality import read_quality

_WORST_FIRST = (Adequacy.INADEQUATE, Adequacy.LIMITED, Adequacy.DIAGNOSTIC)
_OBSERVER_TYPE, _DEVICE = "121005", "121007"


def document_of(sr: Dataset) -> Document | None:
    """Return what a structured report says of its study; None for one that says nothing of an examination."""
    if text_of(sr, "ManufacturerModelName") == MODEL_NAME:
        return _ours(sr)
    return _foreign(sr)


# ------------------------------------------------------------------ ours


def _ours(sr: Dataset) -> Document:
    verified = text_of(sr, "VerificationFlag") == "VERIFIED"
    if verified or items_of(sr, "DigitalSignaturesSequence"):
        return ReaderDocument(_made_at(sr), verified, _category_of(sr), _about_ours(sr))
    why = failure_of(sr)
    if why is not None:
        about = Prostate(institution=_institution(sr))
        return AiDocument(MODEL_NAME, _made_at(sr), Failed(why or "no reason is given"), about)
    try:
        return _result(sr)
    except (AttributeError, KeyError, IndexError, *UNREADABLE) as error:
        why = f"its result {text_of(sr, 'SOPInstanceUID')} cannot be read ({type(error).__name__})"
        return AiDocument(MODEL_NAME, _made_at(sr), Failed(why))


def _result(sr: Dataset) -> AiDocument:
    evaluations = sr_tree.child(sr, codes.QUALITATIVE_EVALUATIONS)
    if evaluations is None:
        return AiDocument(MODEL_NAME, _made_at(sr), Failed("its result has no evaluation"))
    quality = read_quality(evaluations)
    result = Withheld(quality.withheld) if quality.withheld else _analysed(list(_lesions(sr)))
    return AiDocument(MODEL_NAME, _made_at(sr), result, _about_ours(sr))


def _lesions(sr: Dataset) -> Iterator[Dataset]:
    """Yield the measurement groups that are lesions: those that say where they come from, which the gland does not."""
    measurements = sr_tree.child(sr, codes.IMAGING_MEASUREMENTS) or Dataset()
    for group in sr_tree.children(measurements, codes.MEASUREMENT_GROUP):
        if sr_tree.child(group, codes.ORIGIN) is not None:
            yield group


def _analysed(groups: list[Dataset]) -> Analysed:
    suspicions = [one for one in map(_suspicion, groups) if one is not None]
    suggested = [sr_tree.coded(group, codes.SUGGESTED_CATEGORY) for group in groups]
    categories = [sr_tree.key_of(codes.LESION_CATEGORIES, code, Category.PENDING) for code in suggested]
    return Analysed(len(groups), max(suspicions, key=lambda one: one.score, default=None), _highest(categories))


def _suspicion(group: Dataset) -> Suspicion | None:
    told = sr_tree.child(group, codes.AI_PROBABILITY) or sr_tree.child(group, codes.AI_SCORE)
    return None if told is None else Suspicion(sr_tree.number(told), sr_tree.text(group, codes.CALIBRATED_ON))


def _about_ours(sr: Dataset) -> Prostate:
    try:
        evaluations = sr_tree.child(sr, codes.QUALITATIVE_EVALUATIONS) or Dataset()
        return Prostate(
            gland_ml=_gland_ml(sr),
            psa_ng_ml=next(iter(sr_tree.numbers(evaluations, codes.PSA)), None),
            psa_density=next(iter(sr_tree.numbers(evaluations, codes.PSA_DENSITY)), None),
            adequacy=_adequacy(read_quality(evaluations)),
            institution=_institution(sr),
        )
    except (AttributeError, KeyError, IndexError, *UNREADABLE):
        return Prostate(institution=_institution(sr))


def _gland_ml(sr: Dataset) -> float | None:
    measurements = sr_tree.child(sr, codes.IMAGING_MEASUREMENTS) or Dataset()
    glands = [x for x in sr_tree.children(measurements, codes.MEASUREMENT_GROUP) if not sr_tree.child(x, codes.ORIGIN)]
    return next((volume for gland in glands for volume in sr_tree.numbers(gland, codes.VOLUME)), None)


def _adequacy(quality: Quality) -> Adequacy | None:
    """Return what the worse of the two sequences that an AI looks in is good for; None where nobody checked."""
    found = [quality.adequacy(sequence) for sequence in NEEDED_BY_AI if sequence in quality.sequences]
    return next((worst for worst in _WORST_FIRST if worst in found), None)


def _category_of(sr: Dataset) -> Category:
    evaluations = sr_tree.child(sr, codes.QUALITATIVE_EVALUATIONS) or Dataset()
    code = sr_tree.coded(evaluations, codes.EXAM_CATEGORY)
    return sr_tree.key_of(codes.EXAM_CATEGORIES, code, Category.PENDING)


# ------------------------------------------------------------------ of other systems


def _foreign(sr: Dataset) -> Document | None:
    verified, by_device = text_of(sr, "VerificationFlag") == "VERIFIED", _only_device(sr)
    if verified:
        return ReaderDocument(_made_at(sr), True, _highest([group.suggested for group in _groups(sr)]))
    groups = [group for group in _groups(sr) if group.model is not None]
    if groups and (by_device or _names_algorithm(sr)):
        return AiDocument(device_of(sr), _made_at(sr), _analysed_by_other(groups), _about_foreign(sr))
    if by_device:
        why = f"the result of {device_of(sr) or 'another system'} names no lesion in a form that is read here"
        return AiDocument(device_of(sr), _made_at(sr), Failed(why), _about_foreign(sr))
    return ReaderDocument(_made_at(sr), False, Category.PENDING, _about_foreign(sr))


def _groups(sr: Dataset) -> tuple[FindingGroup, ...]:
    try:
        return finding_groups(sr)[0]
    except (AttributeError, KeyError, IndexError, *UNREADABLE):
        return ()


def _analysed_by_other(groups: list[FindingGroup]) -> Analysed:
    scores = [group.probability for group in groups if group.probability is not None]
    suspicion = Suspicion(max(scores)) if scores else None
    return Analysed(len(groups), suspicion, _highest([group.suggested for group in groups]))


def _about_foreign(sr: Dataset) -> Prostate:
    return Prostate(
        psa_ng_ml=_number_below(sr, codes.PSA.value),
        psa_density=_number_below(sr, codes.PSA_DENSITY.value),
        institution=_institution(sr),
    )


def _number_below(sr: Dataset, value: str) -> float | None:
    """Return the first number of that LOINC code at any depth."""
    for item in _every(sr):
        name = code_of(item, "ConceptNameCodeSequence")
        if name is not None and (name.value, name.scheme_designator) == (value, "LN"):
            for measured in items_of(item, "MeasuredValueSequence"):
                return number_of(measured, "NumericValue")
    return None


def _only_device(sr: Dataset) -> bool:
    """Whether the report names its observers and all of them are devices (PS3.16 TID 1002)."""
    told = (x for x in items_of(sr, "ContentSequence") if _named(x) == _OBSERVER_TYPE)
    kinds = [code_of(one, "ConceptCodeSequence") for one in told]
    return bool(kinds) and all(kind is not None and kind.value == _DEVICE for kind in kinds)


def _names_algorithm(sr: Dataset) -> bool:
    return any(is_code(code_of(item, "ConceptNameCodeSequence"), codes.ALGORITHM_NAME) for item in _every(sr))


def _every(sr: Dataset, depth: int = 0) -> Iterator[Dataset]:
    for item in items_of(sr, "ContentSequence"):
        yield item
        if depth < 20:
            yield from _every(item, depth + 1)


# ------------------------------------------------------------------ both


def _named(item: Dataset) -> str:
    name = code_of(item, "ConceptNameCodeSequence")
    return "" if name is None else name.value


def _highest(categories: list[Category]) -> Category:
    return max((one for one in categories if one.isdigit()), default=Category.PENDING)


def _made_at(sr: Dataset) -> str:
    """Return Content Date and Time as digits that sort by time, "" where they are missing."""
    day, clock = text_of(sr, "ContentDate"), text_of(sr, "ContentTime").split(".")[0]
    return f"{day}{clock}" if day.isdigit() else ""


def _institution(sr: Dataset) -> str:
    return text_of(sr, "InstitutionName")
