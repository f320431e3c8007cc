"""What a signed report tells RIS and EHR, as coded facts: one list that HL7 and FHIR are both written from."""

from collections.abc import Iterator
from dataclasses import dataclass

from pydicom.sr.coding import Code

from core.findings import ModelIdentity
from core.quality import PiQual
from core.report import FromModel, Lesion, Report
from core.staging import Seen
from core.study import Role
from reporting.codes import (
    DCE_SCORES,
    DWI_SCORES,
    EXAM_CATEGORIES,
    EXTENSIONS,
    FROM_MODEL,
    FROM_READER,
    LESION_CATEGORIES,
    PI_QUAL_SCORES,
    T2_SCORES,
    sector_code,
)
from reporting.result_codes import Concept, ResultCodes

_SEEN = {Seen.NONE: "none", Seen.POSSIBLE: "possible", Seen.DEFINITE: "definite"}
_STAGED = ("right_vesicle", "left_vesicle", "right_bundle", "left_bundle", "nodes", "bone")


@dataclass(frozen=True, slots=True)
class Number:
    """A measured value, written with so many decimals; its unit is that of its concept."""

    value: float
    decimals: int

    def __str__(self) -> str:
        return f"{self.value:.{self.decimals}f}"


@dataclass(frozen=True, slots=True)
class Fact:
    """One statement: `name` is its entry in [observations]; `model` is what measured or found it, else the reader."""

    name: str
    value: Number | Code | str
    model: ModelIdentity | None = None


@dataclass(frozen=True, slots=True)
class LesionFacts:
    """What is told of one reported lesion; `number` is its place in the report, from 1."""

    number: int
    lesion: Lesion
    facts: tuple[Fact, ...]


def procedure(report: Report, codes: ResultCodes) -> Concept:
    """Return what was done: as the order says it, else by whether contrast agent was followed."""
    order = report.order
    if order is not None and order.code[0]:
        identifier, text, scheme = order.code
        return Concept(code=identifier, meaning=text, scheme=scheme or "L")
    with_contrast = report.recognised.one(Role.DCE) is not None
    return codes.procedure["multiparametric" if with_contrast else "biparametric"]


def exam_facts(report: Report) -> tuple[Fact, ...]:
    """Return what is told of the examination as a whole."""
    return (Fact("exam_category", EXAM_CATEGORIES[report.category]), *_gland(report), *_judged(report))


def lesion_facts(report: Report) -> tuple[LesionFacts, ...]:
    """Return what is told of each lesion that the reader took, the index lesion first."""
    lesions = enumerate(report.reported_lesions, start=1)
    return tuple(LesionFacts(number, lesion, tuple(_of_lesion(lesion))) for number, lesion in lesions)


def _gland(report: Report) -> Iterator[Fact]:
    if report.gland is not None:
        yield Fact("volume", Number(report.gland.volume_ml, 1), report.gland.model)
    if report.clinical.psa_ng_ml is not None:
        yield Fact("psa", Number(report.clinical.psa_ng_ml, 2))
    if report.psa_density is not None:
        yield Fact("psa_density", Number(report.psa_density, 2))


def _judged(report: Report) -> Iterator[Fact]:
    if isinstance(report.pi_qual, PiQual):
        yield Fact("pi_qual", PI_QUAL_SCORES[report.pi_qual.overall])
    if report.precise is not None:
        yield Fact("precise", Number(float(report.precise.score), 0))
    for name in _STAGED:
        seen: Seen = getattr(report.staging, name)
        if seen is not Seen.NOT_ASSESSED:
            yield Fact(name, _extent(seen))


def _extent(seen: Seen) -> Code:
    return next(code for extension, code in EXTENSIONS.items() if extension.value == _SEEN[seen])


def _of_lesion(lesion: Lesion) -> Iterator[Fact]:
    given, measures, origin = lesion.assessment, lesion.measures, lesion.origin
    yield Fact("category", LESION_CATEGORIES[lesion.category])
    yield Fact("label", lesion.label)
    yield Fact("sector", sector_code(lesion.sector))
    yield Fact("long_axis", Number(measures.long_axis_mm, 1))
    yield Fact("short_axis", Number(measures.short_axis_mm, 1))
    yield Fact("lesion_volume", Number(measures.volume_ml, 2))
    yield from _scores(lesion)
    if measures.adc_mean is not None:
        yield Fact("adc", Number(measures.adc_mean, 0))
    yield Fact("epe", EXTENSIONS[given.epe])
    yield Fact("origin", FROM_MODEL if isinstance(origin, FromModel) else FROM_READER)
    if isinstance(origin, FromModel) and origin.calibrated_on and origin.score is not None:
        yield Fact("probability", Number(origin.score, 2))


def _scores(lesion: Lesion) -> Iterator[Fact]:
    """A score that the reader did not give is not told."""
    given = lesion.assessment
    if given.t2 in T2_SCORES[given.scored_as]:
        yield Fact("t2", T2_SCORES[given.scored_as][given.t2])
    if given.dwi in DWI_SCORES:
        yield Fact("dwi", DWI_SCORES[given.dwi])
    yield Fact("dce", DCE_SCORES[given.dce])
