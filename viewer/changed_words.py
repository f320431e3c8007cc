"""What changed in a report since the reader wrote a text of their own, in words."""

from collections.abc import Iterator

from core.errors import TemplateBroken
from core.report import Check, Report
from core.wording import ChangedFact, FactName
from reporting.own_words import Marks, Part, is_unmarked, marks
from viewer.language import tr

FACT_NAMES = {
    FactName.REPORTED: tr("reported"),
    FactName.INDEX: tr("index lesion"),
    FactName.PLACE: tr("sector"),
    FactName.SIZE: tr("size"),
    FactName.VOLUME: tr("volume"),
    FactName.T2: "T2W",
    FactName.DWI: "DWI",
    FactName.DCE: "DCE",
    FactName.CATEGORY: "PI-RADS",
    FactName.ADC: "ADC",
    FactName.EPE: tr("EPE"),
    FactName.COMMENT: tr("comment"),
    FactName.INDICATION: tr("indication"),
    FactName.PSA: "PSA",
    FactName.PSA_DENSITY: tr("PSA density"),
    FactName.GLAND_VOLUME: tr("prostate volume"),
    FactName.SEQUENCES: tr("sequences"),
    FactName.PI_QUAL: "PI-QUAL",
    FactName.WARNINGS: tr("notes of the analysis"),
    FactName.NOT_REVIEWED: tr("not reviewed"),
    FactName.RIGHT_VESICLE: tr("right seminal vesicle"),
    FactName.LEFT_VESICLE: tr("left seminal vesicle"),
    FactName.RIGHT_BUNDLE: tr("right neurovascular bundle"),
    FactName.LEFT_BUNDLE: tr("left neurovascular bundle"),
    FactName.NODES: tr("lymph nodes"),
    FactName.BONE: tr("bone"),
    FactName.PRECISE: "PRECISE",
}
_SAME_UNIT = ("mm", "mL", "ng/mL", "ng/mL²")
_PARTS = {Part.FINDINGS: tr("Findings"), Part.IMPRESSION: tr("Impression")}


def changed_in_words(change: ChangedFact) -> str:
    """Return what changed, e.g. `L1 size 12 × 8 → 15 × 8 mm`."""
    if change.name is FactName.REPORTED:
        words = tr("{label} is new") if change.after else tr("{label} is no longer reported")
        return words.format(label=change.subject)
    before, after = (tr(value) if value else "–" for value in (change.before, change.after))
    unit = after.rpartition(" ")[2]
    if unit in _SAME_UNIT:
        before = before.removesuffix(f" {unit}")
    return " ".join(filter(None, (change.subject, FACT_NAMES[change.name], f"{before} → {after}")))


def marks_in_words(found: Marks) -> tuple[str, ...]:
    """Return the changed facts, one line each; where none has a name, the sentences that changed."""
    if found.facts:
        return tuple(changed_in_words(change) for change in found.facts)
    return tuple(f"“{one.before.strip() or '–'}” → “{one.after.strip() or '–'}”" for one in found.sentences)


def changed_checks(report: Report) -> tuple[Check, ...]:
    """Return a check for each fact that changed since the reader wrote a text; none of them blocks signing."""
    try:
        told = tuple(words for part in Part for words in _changed_in(report, part))
    except TemplateBroken as error:  # the reader's own text can be signed without the one that writes itself
        told = (str(error),)
    return tuple(Check(False, False, words) for words in told)


def _changed_in(report: Report, part: Part) -> Iterator[str]:
    for words in marks_in_words(marks(report, part)):
        yield tr("{part}: {words}: your text was written before").format(part=_PARTS[part], words=words)
    if is_unmarked(report, part):
        yield tr("{part}: it is not known what changed since you wrote your text").format(part=_PARTS[part])
