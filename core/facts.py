"""What a report holds, fact by fact, so that a text can be compared with it after the reader wrote that text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from core.pirads import Category
from core.quality import PiQual
from core.staging import Seen
from core.study import Role
from core.wording import ChangedFact, Fact, FactName

if TYPE_CHECKING:  # a report holds what the reader wrote over, so it cannot be imported from here
    from core.report import Lesion, Report

_SEQUENCES = (Role.T2_AXIAL, Role.T2_SAGITTAL, Role.T2_CORONAL, Role.DWI, Role.HIGH_B, Role.ADC, Role.DCE)
_STAGES = (
    (FactName.RIGHT_VESICLE, "right_vesicle", ""),
    (FactName.LEFT_VESICLE, "left_vesicle", ""),
    (FactName.RIGHT_BUNDLE, "right_bundle", ""),
    (FactName.LEFT_BUNDLE, "left_bundle", ""),
    (FactName.NODES, "nodes", "nodes_words"),
    (FactName.BONE, "bone", "bone_words"),
)


def facts(report: Report) -> tuple[Fact, ...]:
    """Return everything that the texts of a report are written from; what the report does not hold is left out."""
    told = (*_examination(report), *_beyond_lesions(report), *_lesions(report))
    return tuple(fact for fact in told if fact.value)


def changed_facts(before: Sequence[Fact], after: Sequence[Fact]) -> tuple[ChangedFact, ...]:
    """Return what differs, in the order of `after`, then what is gone; of a lesion that came or went only that."""
    old = {(fact.subject, fact.name): fact.value for fact in before}
    new = {(fact.subject, fact.name): fact.value for fact in after}
    keys = dict.fromkeys((*new, *old))
    found = [
        ChangedFact(name, old.get((subject, name), ""), new.get((subject, name), ""), subject)
        for subject, name in keys
        if old.get((subject, name)) != new.get((subject, name))
    ]
    came_or_went = {change.subject for change in found if change.name is FactName.REPORTED}
    return tuple(x for x in found if x.name is FactName.REPORTED or x.subject not in came_or_went)


def _examination(report: Report) -> Iterator[Fact]:
    density, psa, gland, form = report.psa_density, report.clinical.psa_ng_ml, report.gland, report.pi_qual
    yield Fact(FactName.INDICATION, report.clinical.indication.strip())
    yield Fact(FactName.PSA, "" if psa is None else f"{psa:.1f} ng/mL")
    yield Fact(FactName.PSA_DENSITY, "" if density is None else f"{density:.2f} ng/mL²")
    yield Fact(FactName.GLAND_VOLUME, "" if gland is None else f"{gland.volume_ml:.1f} mL")
    yield Fact(FactName.SEQUENCES, ", ".join(role.value for role in _SEQUENCES if report.recognised.one(role)))
    yield Fact(FactName.PI_QUAL, str(form.overall.value) if isinstance(form, PiQual) else "")
    yield Fact(FactName.WARNINGS, " ".join(report.warnings))
    yield Fact(FactName.NOT_REVIEWED, ", ".join(lesion.label for lesion in report.unreviewed_lesions))
    if not report.reported_lesions:
        yield Fact(FactName.CATEGORY, "" if report.category is Category.PENDING else report.category.value)


def _beyond_lesions(report: Report) -> Iterator[Fact]:
    for name, finding, words in _STAGES:
        seen: Seen = getattr(report.staging, finding)
        said: str = getattr(report.staging, words) if words else ""
        yield Fact(name, "" if seen is Seen.NOT_ASSESSED else ", ".join(filter(None, (seen.value, said.strip()))))
    if report.precise is not None:
        score, day, words = report.precise.score, report.precise.compared_with, report.precise.words
        yield Fact(FactName.PRECISE, ", ".join(filter(None, (score.value, day.isoformat(), words.strip()))))


def _lesions(report: Report) -> Iterator[Fact]:
    index = report.index_lesion
    yield Fact(FactName.INDEX, index.label if index else "")
    for lesion in report.reported_lesions:
        yield from (Fact(name, value, lesion.label) for name, value in _of_lesion(lesion))


def _of_lesion(lesion: Lesion) -> Iterator[tuple[FactName, str]]:
    measures, given = lesion.measures, lesion.assessment
    yield FactName.REPORTED, lesion.label
    yield FactName.PLACE, lesion.sector.label
    yield FactName.SIZE, f"{measures.long_axis_mm:.0f} × {measures.short_axis_mm:.0f} mm"
    yield FactName.VOLUME, f"{measures.volume_ml:.2f} mL"
    yield FactName.T2, given.t2.value
    yield FactName.DWI, given.dwi.value
    yield FactName.DCE, given.dce.value
    yield FactName.CATEGORY, lesion.category.value
    yield FactName.ADC, "" if measures.adc_mean is None else f"{measures.adc_mean:.0f}"
    yield FactName.EPE, given.epe.value
    yield FactName.COMMENT, lesion.comment.strip()
